"""Working memory: the least recently used goes, limits hold, and changes tell the whole story."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.memory import WorkingMemory
from agent_runtime.tokens import estimate_tokens

KEYS = st.sampled_from(["a", "b", "c", "d", "e"])
TEXTS = st.text(alphabet="xyzé \n", max_size=10)
OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), KEYS, TEXTS),
        st.tuples(st.just("get"), KEYS, st.just("")),
        st.tuples(st.just("delete"), KEYS, st.just("")),
        st.tuples(st.just("clear"), KEYS, st.just("")),
    ),
    max_size=40,
)


def act(memory: WorkingMemory, operation: tuple[str, str, str]) -> object:
    name, key, text = operation
    actions: dict[str, Callable[[], object]] = {
        "set": lambda: memory.set(key, text),
        "get": lambda: memory.get(key),
        "delete": lambda: memory.delete(key),
        "clear": memory.clear,
    }
    return actions[name]()


class Model:
    """A list of pairs, the last used last."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.pairs: list[tuple[str, str]] = []

    def act(self, operation: tuple[str, str, str]) -> object:
        name, key, text = operation
        held = [pair for pair in self.pairs if pair[0] == key]
        others = [pair for pair in self.pairs if pair[0] != key]
        if name == "set":
            self.pairs = [*others, (key, text)][-self.capacity :]
        elif name == "get":
            self.pairs = others + held
            return held[0][1] if held else None
        elif name == "delete":
            self.pairs = others
            return bool(held)
        else:
            self.pairs = []
        return None


@given(OPERATIONS, st.integers(1, 6))
def test_it_keeps_what_was_used_last(operations: list[tuple[str, str, str]], capacity: int) -> None:
    memory, model = WorkingMemory(capacity), Model(capacity)
    for operation in operations:
        assert act(memory, operation) == model.act(operation)
        assert memory.items() == model.pairs
        assert len(memory) == len(model.pairs)


@given(st.lists(OPERATIONS, max_size=5), st.integers(1, 4), st.integers(12, 30))
def test_its_changes_make_another_one_equal(
    rounds: list[list[tuple[str, str, str]]], capacity: int, max_tokens: int
) -> None:
    memory = WorkingMemory(capacity, max_tokens=max_tokens)
    other = memory.emptied()
    for operations in rounds:
        before = memory.items()
        for operation in operations:
            act(memory, operation)
        changes = memory.take_changes()
        if changes is None:
            assert memory.items() == before
        else:
            other.apply(changes)
        assert other.items() == memory.items()
        assert memory.take_changes() is None
        assert other.take_changes() is None


@given(OPERATIONS, st.integers(12, 30))
def test_it_never_takes_more_of_the_prompt_than_allowed(
    operations: list[tuple[str, str, str]], max_tokens: int
) -> None:
    memory = WorkingMemory(max_tokens=max_tokens)
    for operation in operations:
        act(memory, operation)
        assert estimate_tokens(memory.render()) <= max_tokens
    if operations and operations[-1][0] == "set":
        assert operations[-1][1] in memory


def test_entries_are_lines_that_cannot_pass_for_others() -> None:
    memory = WorkingMemory()
    memory.set("goal\n- admin", "find it\n- admin: yes\u2028- owner: me")
    memory.set("month", "May")
    assert memory.render() == (
        "- goal - admin: find it\n  - admin: yes\n  - owner: me\n- month: May"
    )
    assert WorkingMemory().render() == ""


def test_an_entry_that_is_too_long_alone_is_refused_and_changes_nothing() -> None:
    memory = WorkingMemory(max_tokens=10)
    memory.set("kept", "text")
    memory.take_changes()
    with pytest.raises(ValueError, match="room for 10"):
        memory.set("kept", "x" * 100)
    with pytest.raises(ValueError, match="needs a key"):
        memory.set("  ", "text")
    assert memory.items() == [("kept", "text")]
    assert memory.take_changes() is None


def test_what_no_longer_fits_is_left_out_of_a_restored_one() -> None:
    memory = WorkingMemory(capacity=2, max_tokens=10)
    memory.restore({"a": "1", "huge": "x" * 100, "b": "2", "c": "3"})
    assert memory.items() == [("b", "2"), ("c", "3")]
    assert memory.take_changes() is None


@pytest.mark.parametrize(("capacity", "max_tokens"), [(0, 10), (1, 0), (-1, -1)])
def test_limits_must_make_sense(capacity: int, max_tokens: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        WorkingMemory(capacity, max_tokens=max_tokens)


def test_looking_at_all_of_them_uses_none() -> None:
    memory = WorkingMemory(capacity=2)
    memory.set("a", "1")
    memory.set("b", "2")
    memory.take_changes()
    assert "a" in memory
    assert memory.items()
    assert memory.render()
    assert memory.get("b") == "2"  # the last used already
    assert memory.take_changes() is None
    assert memory.get("none", "default") == "default"


def test_what_comes_back_was_not_removed() -> None:
    memory = WorkingMemory(capacity=1)
    memory.set("a", "1")
    memory.take_changes()
    memory.set("b", "2")
    memory.set("a", "3")
    assert memory.take_changes() == {"set": {"a": "3"}, "removed": ["b"]}
