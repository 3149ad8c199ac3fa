"""The pure-Python `rpds` of the bundle does what the compiled one does."""

from __future__ import annotations

import importlib.util
import pickle
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import rpds as compiled
from hypothesis import given
from hypothesis import strategies as st

REPO = Path(__file__).resolve().parents[3]
Act = Callable[..., Any]


def load_stand_in() -> ModuleType:
    """Load it under a name of its own: `rpds` is the compiled one here."""
    path = REPO / "server" / "bundle_stand_ins" / "rpds" / "__init__.py"
    spec = importlib.util.spec_from_file_location("rpds_stand_in", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # pickle looks there
    spec.loader.exec_module(module)
    return module


stand_in = load_stand_in()

keys = st.integers(0, 6) | st.sampled_from(["a", "b", "urn:x", ("urn:x", "anchor"), None])
pairs = st.lists(st.tuples(keys, st.integers()), max_size=6)
items = st.lists(keys, max_size=6)


def outcome(act: Act, *arguments: Any) -> Any:
    """The value in a form that both modules share, or the error's type."""
    try:
        return plain(act(*arguments))
    except (KeyError, IndexError, TypeError) as error:
        return type(error)


def plain(value: Any) -> Any:
    kind = type(value).__name__
    if kind == "HashTrieMap":
        return kind, dict(value.items())
    if kind == "HashTrieSet":
        return kind, set(value)
    if kind == "List":
        return kind, list(value)
    return value


def same_life(ours: Any, theirs: Any, changes: Mapping[str, Act], life: Sequence[Any]) -> Any:
    """Lead both through the same changes, comparing after each; give what they have become."""
    for name, *arguments in life:
        before = plain(ours)
        result = outcome(changes[name], ours, *arguments)
        assert result == outcome(changes[name], theirs, *arguments), name
        assert plain(ours) == before, f"{name} changed the collection itself"
        if isinstance(result, tuple) and result[0] == type(ours).__name__:
            ours, theirs = changes[name](ours, *arguments), changes[name](theirs, *arguments)
    return ours, theirs


def same_answers(ours: Any, theirs: Any, questions: Mapping[str, Act], *arguments: Any) -> None:
    for name, question in questions.items():
        assert outcome(question, ours, *arguments) == outcome(question, theirs, *arguments), name


def through_pickle(value: Any) -> Any:
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - written by the same line


def lives(changes: Mapping[str, Act], *arguments: st.SearchStrategy[Any]) -> Any:
    return st.lists(st.tuples(st.sampled_from(sorted(changes)), *arguments), max_size=6)


MAP_CHANGES: dict[str, Act] = {
    "insert": lambda m, key, other: m.insert(key, 7),
    "remove": lambda m, key, other: m.remove(key),
    "discard": lambda m, key, other: m.discard(key),
    "update": lambda m, key, other: m.update(other, [(key, 8)]),
    "update by name": lambda m, key, other: m.update(name=1),
}
MAP_QUESTIONS: dict[str, Act] = {
    "value": lambda m, key: m[key],
    "get": lambda m, key: m.get(key, "none"),
    "has": lambda m, key: key in m,
    "length": lambda m, key: len(m),
    "true": lambda m, key: bool(m),
    "keys": lambda m, key: set(m.keys()),
    "iterated": lambda m, key: set(m),
    "values": lambda m, key: sorted(m.values()),
    "items": lambda m, key: set(m.items()),
    "pickled": lambda m, key: through_pickle(m),
    "copied": lambda m, key: type(m)(m) == m,
    "kept": lambda m, key: type(m).convert(m) is m,
    "other order is equal": lambda m, key: m == type(m)(reversed(list(m.items()))),
    "equal means one hash": lambda m, key: hash(m) == hash(type(m)(list(m.items()))),
    "a dict is not equal": lambda m, key: m == dict(m.items()),
    "unhashable": lambda m, key: m.insert([], 1),
    "unhashable asked for": lambda m, key: [] in m,
}


@given(pairs, lives(MAP_CHANGES, keys, pairs), keys)
def test_map(start: Any, life: Any, key: Any) -> None:
    ours, theirs = stand_in.HashTrieMap(start), compiled.HashTrieMap(start)
    same_answers(*same_life(ours, theirs, MAP_CHANGES, life), MAP_QUESTIONS, key)


SET_CHANGES: dict[str, Act] = {
    "insert": lambda s, item, other: s.insert(item),
    "remove": lambda s, item, other: s.remove(item),
    "discard": lambda s, item, other: s.discard(item),
    "update": lambda s, item, other: s.update(other, [item]),
}
SET_QUESTIONS: dict[str, Act] = {
    "has": lambda s, item: item in s,
    "length": lambda s, item: len(s),
    "true": lambda s, item: bool(s),
    "iterated": lambda s, item: set(s),
    "equal to a set": lambda s, item: s == set(s),
    "within": lambda s, item: s <= s.insert(item),
    "equal means one hash": lambda s, item: hash(s) == hash(type(s)(list(s))),
    "pickled": lambda s, item: through_pickle(s),
}


@given(items, lives(SET_CHANGES, keys, items), keys)
def test_set(start: Any, life: Any, item: Any) -> None:
    ours, theirs = stand_in.HashTrieSet(start), compiled.HashTrieSet(start)
    same_answers(*same_life(ours, theirs, SET_CHANGES, life), SET_QUESTIONS, item)


LIST_CHANGES: dict[str, Act] = {
    "push": lambda xs, item: xs.push_front(item),
    "drop": lambda xs, item: xs.drop_first(),
    "rest": lambda xs, item: xs.rest,
}
LIST_QUESTIONS: dict[str, Act] = {
    "first": lambda xs, item: xs.first,
    "rest": lambda xs, item: xs.rest,
    "length": lambda xs, item: len(xs),
    "true": lambda xs, item: bool(xs),
    "has": lambda xs, item: item in xs,
    "backwards": lambda xs, item: list(reversed(xs)),
    "equal": lambda xs, item: xs == type(xs)(list(xs)),
    "a list is not equal": lambda xs, item: xs == list(xs),
    "two arguments": lambda xs, item: type(xs)(item, item),
    "pickled": lambda xs, item: through_pickle(xs),
    "shown": lambda xs, item: repr(xs),
    "equal means one hash": lambda xs, item: hash(xs) == hash(type(xs)(list(xs))),
}


@given(items, lives(LIST_CHANGES, keys), keys)
def test_list(start: Any, life: Any, item: Any) -> None:
    ours, theirs = stand_in.List(start), compiled.List(start)
    same_answers(*same_life(ours, theirs, LIST_CHANGES, life), LIST_QUESTIONS, item)


@pytest.mark.parametrize("argument", [None, {"a": 1}, [("a", 1)], 1])
def test_map_is_made_from(argument: Any) -> None:
    both = [outcome(lambda made: made(argument, b=2), m.HashTrieMap) for m in (stand_in, compiled)]
    assert both[0] == both[1]


def test_from_keys() -> None:
    both = [outcome(m.HashTrieMap.fromkeys, "ab", 1) for m in (stand_in, compiled)]
    assert both[0] == both[1]
