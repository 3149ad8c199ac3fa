"""Where the children of a container stand, found only as far as somebody asks."""

from __future__ import annotations

from runagent_ls.jsontree.document import Part, Path
from runagent_ls.jsontree.scanning import read_valid_string, skip_space, skip_value
from runagent_ls.text.position import Span

_UNKNOWN = -1


class Container:
    """One object or array of a text.

    Of valid text, children are scanned in order and on demand: their values are skipped by the
    C scanner, and an end is not looked for until it is needed. A recovering parser fills the
    container of a broken text itself, with `add` and `close`.
    """

    __slots__ = (
        "_complete", "_ends", "_in_order", "_index", "_inner", "_keys", "_names", "_starts",
        "_text", "end", "is_object", "start",
    )  # fmt: skip

    def __init__(self, text: str, start: int, *, is_object: bool) -> None:
        self.start = start
        self.end = _UNKNOWN
        self.is_object = is_object
        self._text = text
        self._complete = False
        self._in_order = True
        self._names: list[str] = []
        self._keys: list[Span] = []
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._index: dict[str, int] = {}
        self._inner: dict[int, Container] = {}

    def add(self, key: tuple[str, Span] | None, value: Span, inner: Container | None) -> None:
        """Append a child that a parser has read. Of equal keys, the last one is found."""
        if key is not None:
            self._index[key[0]] = len(self._starts)
            self._names.append(key[0])
            self._keys.append(key[1])
        if self._starts and value.start < self._starts[-1]:
            # YAML's merge keys bring children that stand elsewhere.
            self._in_order = False
        if inner is not None:
            self._inner[len(self._starts)] = inner
        self._starts.append(value.start)
        self._ends.append(value.end)

    def close(self, end: int) -> None:
        """No child will follow."""
        self.end = end
        self._complete = True

    def child(self, step: str | int) -> int | None:
        """Number of the child at a key or index, None when there is none."""
        if isinstance(step, str):
            if not self.is_object:
                return None
            while step not in self._index:
                if not self._advance():
                    return None
            return self._index[step]
        if self.is_object or step < 0:
            return None
        while len(self._starts) <= step:
            if not self._advance():
                return None
        return step

    def span(self, number: int, part: Part) -> Span:
        """Place of a child, its key, or both."""
        if part == "value" or not self.is_object:
            return Span(self._starts[number], self._child_end(number))
        if part == "key":
            return self._keys[number]
        return Span(self._keys[number].start, self._child_end(number))

    def key_span(self, key: str) -> Span | None:
        """Place of a key already read."""
        number = self._index.get(key)
        return None if number is None else self._keys[number]

    def inner(self, number: int) -> Container | None:
        """The child as a container, None when it is a scalar."""
        found = self._inner.get(number)
        if found is None:
            start = self._starts[number]
            opener = self._text[start : start + 1]
            if opener not in ("{", "["):
                return None
            found = Container(self._text, start, is_object=opener == "{")
            self._inner[number] = found
        return found

    def at(self, offset: int) -> int | None:
        """Number of the child whose key or value touches the offset."""
        while self._advance_needed(offset) and self._advance():
            pass
        for number in self._candidates(offset):
            whole = self.span(number, "property")
            if whole.start <= offset <= whole.end:
                return number
        return None

    def step_of(self, number: int) -> str | int:
        """Key or index of a child."""
        return self._names[number] if self.is_object else number

    def _candidates(self, offset: int) -> range:
        """Children that may touch the offset: the last that begins before it, and its neighbour."""
        if not self._in_order:
            return range(len(self._starts))
        low, high = 0, len(self._starts)
        while low < high:
            middle = (low + high) // 2
            begin = self._keys[middle].start if self.is_object else self._starts[middle]
            if begin <= offset:
                low = middle + 1
            else:
                high = middle
        return range(low - 1, max(low - 3, -1), -1)

    def _advance_needed(self, offset: int) -> bool:
        return not self._starts or self._starts[-1] <= offset

    def _child_end(self, number: int) -> int:
        end = self._ends[number]
        if end == _UNKNOWN:
            end = self._ends[number] = skip_value(self._text, self._starts[number])
        return end

    def _advance(self) -> bool:
        """Find the next child of a container of valid text; False at its end."""
        if self._complete:
            return False
        text = self._text
        behind = self._child_end(len(self._starts) - 1) if self._starts else self.start + 1
        offset = skip_space(text, behind)
        if text[offset : offset + 1] in ("}", "]", ""):
            self.close(offset + 1)
            return False
        if self._starts:
            offset = skip_space(text, offset + 1)
        if self.is_object:
            key, key_end = read_valid_string(text, offset)
            self._index[key] = len(self._starts)
            self._names.append(key)
            self._keys.append(Span(offset, key_end))
            offset = skip_space(text, skip_space(text, key_end) + 1)
        self._starts.append(offset)
        self._ends.append(_UNKNOWN)
        return True


def find(root: Container, path: Path, part: Part) -> Span | None:
    """Place of a path below `root`; of its nearest existing ancestor's value when it is missing.

    None stands for the root itself.
    """
    container, number = root, _UNKNOWN
    for step in path:
        inner = root if number == _UNKNOWN else container.inner(number)
        found = inner.child(step) if inner is not None else None
        if inner is None or found is None:
            return None if number == _UNKNOWN else container.span(number, "value")
        container, number = inner, found
    return None if number == _UNKNOWN else container.span(number, part)


def path_at(root: Container, offset: int) -> tuple[Path, Part]:
    """Innermost path below `root` at an offset, and which part of it is there."""
    path: list[str | int] = []
    container = root
    while True:
        number = container.at(offset)
        if number is None:
            return tuple(path), "value"
        path.append(container.step_of(number))
        value = container.span(number, "value")
        if container.is_object and offset < value.start:
            key = container.span(number, "key")
            return tuple(path), "key" if offset <= key.end else "property"
        inner = container.inner(number)
        if inner is None or not value.start < offset < value.end:
            return tuple(path), "value"
        container = inner
