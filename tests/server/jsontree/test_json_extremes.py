"""Deep, long and hostile texts: a result each time, and memory and work that stay in bounds."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from runagent_ls.jsontree.faults import MAX_PROBLEMS
from runagent_ls.jsontree.json_document import parse_json

DEEP = 10_000


@pytest.mark.parametrize(
    "text",
    [
        "[" * DEEP + "]" * DEEP,
        "[" * DEEP,
        '{"a":' * DEEP + "1" + "}" * DEEP,
        '{"a":[' * DEEP,
        "[" * DEEP + "1 2" + "]" * DEEP,
        "[" * DEEP + "}" * DEEP,
    ],
    ids=["arrays", "open arrays", "objects", "open mix", "mistake inside", "wrong closers"],
)
def test_deep_nesting(text: str) -> None:
    document = parse_json(text)
    assert "too-deep" in {problem.kind for problem in document.problems}
    assert any(problem.breaks_loader for problem in document.problems)
    assert json.dumps(document.value)
    path = document.path_at(len(text) // 2)[0]
    assert document.span(path).start <= len(text)


def test_a_valid_part_beside_a_deep_one_is_kept() -> None:
    text = '{"deep": ' + "[" * DEEP + "]" * DEEP + ', "agent_id": "x"}'
    document = parse_json(text)
    assert isinstance(document.value, dict)
    assert document.value["agent_id"] == "x"
    start, end = document.span(("agent_id",))
    assert text[start:end] == '"x"'


@pytest.mark.parametrize(
    "text",
    [
        '"' * 20_000,
        "{" * 20_000,
        "}" * 20_000,
        "," * 20_000,
        "[1 " * 5_000,
        "/*" * 20_000,
        "'" * 20_000,
        "\\" * 20_000,
        '{"a' * 5_000,
        '"a"b' * 5_000,
        "\x00\xff" * 10_000,
        "[{}" * 3_000 + "}" * 3_000,
        "a: " * 10_000,
        "\ud800" * 1_000,
    ],
    ids=range(14),
)
def test_hostile_text_ends_with_a_short_list(text: str) -> None:
    document = parse_json(text)
    assert 0 < len(document.problems) <= MAX_PROBLEMS
    assert any(problem.breaks_loader for problem in document.problems)


def test_lone_surrogates_are_kept() -> None:
    document = parse_json('{"a": "\\ud800", "b": "\ud83d" "c": "\\ud83d\\ude00"}')
    assert document.value == {"a": "\ud800", "b": "\ud83d", "c": "\U0001f600"}


def test_a_mistake_in_a_big_file_costs_little_more_than_the_file() -> None:
    entry = '{"file": "main.py", "module": "greet", "tag": "greet"}'
    valid = "[" + ",".join([entry] * 40_000) + "]"
    middle = valid.index("},{", len(valid) // 2)
    broken = valid[: middle + 1] + " " + valid[middle + 2 :]
    tracemalloc.start()
    parse_json(valid)
    _, needed = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    document = parse_json(broken)
    _, needed_broken = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [problem.kind for problem in document.problems] == ["missing-comma"]
    assert document.value == json.loads(valid)
    assert needed_broken < 3 * needed
