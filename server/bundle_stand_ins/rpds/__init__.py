"""Persistent collections in pure Python, for the bundle only, in place of the compiled ``rpds-py``.

`referencing` and `jsonschema` keep their registries in three immutable collections of `rpds`. That
package is compiled for each platform; the VSIX is one for all. These classes behave the same for
everything the two libraries do with them (tests/server/bundle compares them with the real ones).

Each change copies the whole collection. The registries hold a few dozen entries, so a copy costs
less than the bookkeeping of a real trie would.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterable, Iterator, KeysView, Mapping, ValuesView
from typing import Generic, TypeVar, cast

K = TypeVar("K")
V = TypeVar("V")
T = TypeVar("T")

__all__ = ["HashTrieMap", "HashTrieSet", "List"]


class HashTrieMap(Mapping[K, V]):
    """An immutable mapping; every change gives a new one."""

    __slots__ = ("_dict",)

    def __init__(
        self, value: Mapping[K, V] | Iterable[tuple[K, V]] | None = None, **more: V
    ) -> None:
        """Take the pairs of `value`, then `more`; TypeError for an unhashable key."""
        self._dict: dict[K, V] = dict(value) if value is not None else {}
        self._dict.update(cast("dict[K, V]", more))

    @classmethod
    def convert(cls, value: Mapping[K, V] | Iterable[tuple[K, V]]) -> HashTrieMap[K, V]:
        """Return `value` itself when it is such a map already."""
        return value if isinstance(value, cls) else cls(value)

    @classmethod
    def fromkeys(cls, keys: Iterable[K], value: V | None = None) -> HashTrieMap[K, V | None]:
        """Map each key to the same value."""
        return HashTrieMap(dict.fromkeys(keys, value))

    def insert(self, key: K, val: V) -> HashTrieMap[K, V]:
        """Return a map in which `key` has the value `val`."""
        return HashTrieMap({**self._dict, key: val})

    def remove(self, key: K) -> HashTrieMap[K, V]:
        """Return a map without `key`; KeyError when it has none."""
        copy = dict(self._dict)
        del copy[key]
        return HashTrieMap(copy)

    def discard(self, key: K) -> HashTrieMap[K, V]:
        """Return a map without `key`, whether it was there or not."""
        return self.remove(key) if key in self._dict else self

    def update(
        self, *others: Mapping[K, V] | Iterable[tuple[K, V]], **more: V
    ) -> HashTrieMap[K, V]:
        """Return a map with the pairs of all `others` as well; the later win."""
        copy = dict(self._dict)
        for other in others:
            copy.update(other)
        copy.update(cast("dict[K, V]", more))
        return HashTrieMap(copy)

    def __getitem__(self, key: K) -> V:
        return self._dict[key]

    def __contains__(self, key: object) -> bool:
        return key in self._dict

    def __iter__(self) -> Iterator[K]:
        return iter(self._dict)

    def __len__(self) -> int:
        return len(self._dict)

    def keys(self) -> KeysView[K]:
        return self._dict.keys()

    def values(self) -> ValuesView[V]:
        return self._dict.values()

    def items(self) -> ItemsView[K, V]:
        return self._dict.items()

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, HashTrieMap):
            return NotImplemented
        return self._dict == other._dict

    def __hash__(self) -> int:
        return hash(frozenset(self._dict.items()))

    def __reduce__(self) -> tuple[type[HashTrieMap[K, V]], tuple[dict[K, V]]]:
        return HashTrieMap, (self._dict,)

    def __repr__(self) -> str:
        return f"HashTrieMap({self._dict!r})"


class HashTrieSet(frozenset[T]):
    """An immutable set; every change gives a new one."""

    __slots__ = ()

    def insert(self, value: T) -> HashTrieSet[T]:
        """Return a set with `value` in it."""
        return HashTrieSet((*self, value))

    def remove(self, value: T) -> HashTrieSet[T]:
        """Return a set without `value`; KeyError when it is not in it."""
        if value not in self:
            raise KeyError(value)
        return self.discard(value)

    def discard(self, value: T) -> HashTrieSet[T]:
        """Return a set without `value`, whether it was in it or not."""
        return HashTrieSet(item for item in self if item != value)

    def update(self, *others: Iterable[T]) -> HashTrieSet[T]:
        """Return a set with the members of all `others` as well."""
        return HashTrieSet(self.union(*others))

    def __repr__(self) -> str:
        return f"HashTrieSet({{{', '.join(map(repr, self))}}})"


class List(Generic[T]):
    """An immutable list that grows and shrinks at its front."""

    __slots__ = ("_items",)

    def __init__(self, value: Iterable[T] = (), *more: T) -> None:
        """`List([1, 2])` and `List(1, 2)` are the same."""
        items = cast("tuple[T, ...]", (value, *more)) if more else tuple(value)
        self._items: tuple[T, ...] = items

    def push_front(self, value: T) -> List[T]:
        """Return a list with `value` before all others."""
        return List((value, *self._items))

    def drop_first(self) -> List[T]:
        """Return a list without the first item; IndexError when it is empty."""
        if not self._items:
            raise IndexError("empty list has no first element")
        return List(self._items[1:])

    @property
    def first(self) -> T:
        """The first item; IndexError when the list is empty."""
        if not self._items:
            raise IndexError("empty list has no first element")
        return self._items[0]

    @property
    def rest(self) -> List[T]:
        """All but the first; empty for an empty list."""
        return List(self._items[1:])

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)

    def __reversed__(self) -> Iterator[T]:
        return reversed(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, List):
            return NotImplemented
        return self._items == other._items

    def __hash__(self) -> int:
        return hash(self._items)

    def __reduce__(self) -> tuple[type[List[T]], tuple[tuple[T, ...]]]:
        return List, (self._items,)

    def __repr__(self) -> str:
        return f"List({list(self._items)!r})"
