"""What of the steps so far stands in the prompt: the latest in full, older ones in short.

A session may have any number of steps; what is kept of them here has a limit.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from agent_runtime.model import Message
from agent_runtime.tokens import estimate_messages, estimate_tokens, shorten

_SHORT_TOKENS = 120
"""Of a step that is told in short."""


class Turn:
    """A step: what the model said, and what it was answered, as two messages."""

    __slots__ = ("messages", "tokens")

    def __init__(self, said: str, answered: str) -> None:
        self.messages = (Message("assistant", said), Message("user", answered))
        self.tokens = estimate_messages(self.messages)

    def within(self, max_tokens: int) -> Turn:
        """Shortened to that: what was said at most to half of it, what was answered to the rest."""
        if self.tokens <= max_tokens:
            return self
        said, answered = (message.content for message in self.messages)
        room = max_tokens - Turn("", "").tokens
        said = shorten(said, max(room // 2, room - estimate_tokens(answered)))
        return Turn(said, shorten(answered, room - estimate_tokens(said)))


class _Turns:
    """Turns in order, and their tokens."""

    def __init__(self) -> None:
        self.turns: deque[Turn] = deque()
        self.tokens = 0

    def append(self, turn: Turn) -> None:
        self.turns.append(turn)
        self.tokens += turn.tokens

    def take_first(self) -> Turn:
        turn = self.turns.popleft()
        self.tokens -= turn.tokens
        return turn


class History:
    """Turns within `max_tokens`, estimated: three quarters for those in full.

    >>> history = History(max_tokens=1_000)
    >>> for n in range(500):
    ...     history.add(Turn(f"Thought: {n}", "Observation: " + "x" * 400))
    >>> history.left_out > 400, 400 < history.tokens <= 1_000
    (True, True)
    """

    def __init__(self, max_tokens: int) -> None:
        self._max_full = max(1, max_tokens * 3 // 4)
        self._max_short = max_tokens - self._max_full
        self._full = _Turns()
        self._short = _Turns()
        self.left_out = 0

    @property
    def tokens(self) -> int:
        return self._full.tokens + self._short.tokens

    def add(self, turn: Turn) -> None:
        """The latest turn."""
        self._full.append(turn.within(self._max_full))
        while self._full.tokens > self._max_full:
            self._short.append(self._full.take_first().within(_SHORT_TOKENS))
        while self._short.tokens > self._max_short:
            self._short.take_first()
            self.left_out += 1

    def messages(self) -> Iterator[Message]:
        """The turns as a conversation."""
        for turns in (self._short.turns, self._full.turns):
            for turn in turns:
                yield from turn.messages
