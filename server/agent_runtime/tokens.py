"""How much of a prompt a text takes, without asking anybody.

Every model has a tokenizer of its own, and most are on a server. Budgets need a number that is
quick, the same everywhere and rather too high than too low. Tokenizers work on UTF-8 and take about
four bytes of English into a token; of other scripts fewer letters, which have more bytes.

>>> estimate_tokens("What is the capital of France?")
8
>>> shorten("What is the capital of France?", 4)
'What is the c…'
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable

from agent_runtime.model import Message

_BYTES_PER_TOKEN = 4
_TOKENS_PER_MESSAGE = 4
_ELLIPSIS = "…"


def estimate_tokens(text: str) -> int:
    """About how many tokens the text takes; 0 only for an empty one."""
    return -(-_size(text) // _BYTES_PER_TOKEN)


def estimate_messages(messages: Iterable[Message]) -> int:
    """The same for a whole conversation, with what marks each turn."""
    return sum(_TOKENS_PER_MESSAGE + estimate_tokens(message.content) for message in messages)


def shorten(text: str, max_tokens: int) -> str:
    """The text, or as much of its beginning as takes no more than that, with … at the end.

    Empty when not even that has room.
    """
    limit = max(0, max_tokens) * _BYTES_PER_TOKEN
    # no character has fewer bytes than one, so that only this much needs to be looked at
    beginning = text[: limit + 1]
    if len(beginning) == len(text) and _size(text) <= limit:
        return text
    room = limit - _size(_ELLIPSIS)
    kept = bisect_right(range(len(beginning) + 1), room, key=lambda n: _size(beginning[:n])) - 1
    return beginning[:kept] + _ELLIPSIS if kept >= 0 else ""


def _size(text: str) -> int:
    # half of a pair, which JSON can say and UTF-8 cannot, counts like other rare characters
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
