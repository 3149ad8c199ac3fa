"""What an agent has in mind in a session: a few short texts that are always in the prompt."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from typing import TypedDict

from agent_runtime.limits import check_whole
from agent_runtime.tokens import estimate_tokens


class WorkingChanges(TypedDict):
    """The fields of a `working_changed` event. `set` is in the order of use, last used last."""

    set: dict[str, str]
    removed: list[str]


class WorkingMemory:
    """Texts by key, at most `capacity` of them and at most `max_tokens` in the prompt.

    Where one more does not fit, those that were not used for the longest time go. Setting and
    getting use an entry; looking at all of them does not. What happens is collected until
    `take_changes`, so that a session can be told again from its events. Threads may share it.

    >>> memory = WorkingMemory(capacity=2)
    >>> memory.set("goal", "find the invoice")
    >>> memory.set("customer", "Ada")
    >>> memory.get("goal")
    'find the invoice'
    >>> memory.set("month", "May")
    >>> memory.items()
    [('goal', 'find the invoice'), ('month', 'May')]
    >>> memory.take_changes()
    {'set': {'goal': 'find the invoice', 'month': 'May'}, 'removed': ['customer']}
    """

    def __init__(self, capacity: int = 20, *, max_tokens: int = 1_000) -> None:
        """`max_tokens` is of `render()`, estimated. ValueError for limits below 1."""
        check_whole("capacity", capacity, 1)
        check_whole("max_tokens", max_tokens, 1)
        self.capacity = capacity
        self.max_tokens = max_tokens
        self._entries: OrderedDict[str, str] = OrderedDict()
        self._tokens = 0
        self._touched: set[str] = set()
        self._removed: dict[str, None] = {}
        self._lock = threading.RLock()

    def set(self, key: str, text: str) -> None:
        """Keeps the text, which makes it the last used.

        ValueError when the key is blank, or when the text alone is longer than `max_tokens`.
        """
        if not key.strip():
            raise ValueError("An entry of working memory needs a key.")
        tokens = estimate_tokens(_line(key, text))
        if tokens > self.max_tokens:
            raise ValueError(
                f"{key!r:.80} takes about {tokens} tokens in the prompt; working memory has room "
                f"for {self.max_tokens}. Shorten it, or remember it as an episode or a fact."
            )
        with self._lock:
            self._drop(key)
            self._entries[key] = text
            self._tokens += tokens
            self._touched.add(key)
            self._removed.pop(key, None)
            while len(self._entries) > self.capacity or self._tokens > self.max_tokens:
                self._forget(next(iter(self._entries)))

    def get(self, key: str, default: str | None = None) -> str | None:
        """The text, which makes it the last used, or `default`."""
        with self._lock:
            if key not in self._entries:
                return default
            if next(reversed(self._entries)) != key:
                self._entries.move_to_end(key)
                self._touched.add(key)
            return self._entries[key]

    def delete(self, key: str) -> bool:
        """Whether there was something to forget."""
        with self._lock:
            if key not in self._entries:
                return False
            self._forget(key)
            return True

    def clear(self) -> None:
        """Forgets everything."""
        with self._lock:
            for key in list(self._entries):
                self._forget(key)

    def items(self) -> list[tuple[str, str]]:
        """All keys and texts, those that will go first first."""
        with self._lock:
            return list(self._entries.items())

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, key: object) -> bool:
        return key in self._entries

    def render(self) -> str:
        """What stands in the prompt: a line for each entry, empty when there is none.

        A text of several lines is indented, so that it cannot pass for another entry.
        """
        return "".join(_line(key, text) for key, text in self.items()).removesuffix("\n")

    def take_changes(self) -> WorkingChanges | None:
        """What has changed since it was asked last, as a `working_changed` event says it."""
        with self._lock:
            if not self._touched and not self._removed:
                return None
            changes = WorkingChanges(
                set={key: text for key, text in self._entries.items() if key in self._touched},
                removed=list(self._removed),
            )
            self._touched.clear()
            self._removed.clear()
            return changes

    def apply(self, changes: WorkingChanges) -> None:
        """Does again what `take_changes` told of; that is no change itself."""
        self.restore(changes["set"], removed=changes["removed"])

    def restore(self, entries: Mapping[str, str], *, removed: Iterable[str] = ()) -> None:
        """Sets entries in the order given, and forgets others, as a session left them.

        The limits hold: entries that do not fit are left out.
        """
        with self._lock:
            before = set(self._touched), dict(self._removed)
            for key in removed:
                self._drop(key)
            for key, text in entries.items():
                if estimate_tokens(_line(key, text)) <= self.max_tokens and key.strip():
                    self.set(key, text)
            self._touched, self._removed = before

    def emptied(self) -> WorkingMemory:
        """An empty one with the same limits, for another session."""
        return WorkingMemory(self.capacity, max_tokens=self.max_tokens)

    def _forget(self, key: str) -> None:
        self._drop(key)
        self._removed[key] = None

    def _drop(self, key: str) -> None:
        text = self._entries.pop(key, None)
        if text is not None:
            self._tokens -= estimate_tokens(_line(key, text))


def _line(key: str, text: str) -> str:
    name = " ".join(key.split())
    return f"- {name}: " + "\n  ".join(text.splitlines()) + "\n"
