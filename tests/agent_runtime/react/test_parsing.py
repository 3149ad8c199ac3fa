"""Any text of a model is an answer, calls, or says what is wrong with it."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.model import ModelReply, ToolRequest
from agent_runtime.react.parsing import (
    MOST_CALLS,
    Answer,
    Call,
    Calls,
    Malformed,
    parse,
    parse_reply,
)

FRAGMENTS = [
    *("Thought:", "Action:", "Action Input:", "FINAL_ANSWER", "FINAL_ANSWER:", "Final Answer:"),
    *("Observation:", "**Action:**", "```json", "```", "{", "}", "[", '"', "\\", "\n", " ", "\r\n"),
    *("**FINAL_ANSWER:", "**", "<think>", "</think>"),
    *('{"a": 1}', "[1]", "NaN", "1e999", "search", "\ud800", "\x00", "\u2028", ":", "a", "#"),
]

DEEP = '{"x": ' * 64 + "1" + "}" * 64
"""As deep as arguments may be."""


@given(st.lists(st.sampled_from(FRAGMENTS) | st.text(), max_size=40).map("".join))
def test_any_text(text: str) -> None:
    parsed = parse_reply(ModelReply(text))
    # all of it can be kept and sent on
    match parsed:
        case Calls(thought, calls):
            assert 0 < len(calls) <= MOST_CALLS
            assert all(call.tool for call in calls)
            said: list[object] = [thought, *[(call.tool, call.arguments) for call in calls]]
        case Answer(thought, answer):
            assert answer.strip()
            said = [thought, answer]
        case Malformed(thought, problem):
            assert problem.endswith(".")
            said = [thought, problem]
    json.dumps(said, ensure_ascii=False, allow_nan=False).encode()


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"[A-Za-z_][A-Za-z0-9_-]{0,20}", fullmatch=True),
            st.dictionaries(
                st.text(),
                st.recursive(
                    st.none()
                    | st.booleans()
                    | st.integers()
                    | st.text(st.characters(codec="utf-8")),
                    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
                    max_leaves=8,
                ),
            ),
        ),
        min_size=1,
        max_size=4,
    ),
    st.sampled_from(["{}", "```json\n{}\n```", "```\n{}```", "\n{}", "`{}`", "  {}  "]),
    st.sampled_from(["{}:", "**{}:**", "**{}**:", "### {}:", "{} :"]),
    st.booleans(),
)
def test_calls_as_models_write_them(
    calls: list[tuple[str, dict[str, object]]], fence: str, style: str, indented: bool
) -> None:
    lines = [f"{style.format('Thought')} I look it up."]
    for name, arguments in calls:
        source = json.dumps(arguments, indent=2 if indented else None)
        lines.append(f"{style.format('Action')} `{name}`")
        lines.append(f"{style.format('Action Input')} {fence.replace('{}', source)}")
    parsed = parse("\n".join([*lines, "Observation: made up", "FINAL_ANSWER: made up"]))
    assert isinstance(parsed, Calls)
    assert parsed.thought == "I look it up."
    expected = [(name, json.loads(json.dumps(arguments))) for name, arguments in calls]
    assert [(call.tool, call.arguments) for call in parsed.calls] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FINAL_ANSWER: 42", Answer("", "42")),
        (
            "Thought: easy\nFINAL_ANSWER:\n\nIt is\nAction: none",
            Answer("easy", "It is\nAction: none"),
        ),
        ("Let me see.\n**Final Answer:** 42", Answer("Let me see.", "42")),
        ("FINAL_ANSWER 42", Answer("", "42")),
        ("**FINAL_ANSWER: 42**", Answer("", "42")),
        ("**Final Answer: 42**\n\nI am **sure**", Answer("", "42\n\nI am **sure**")),
        ("* FINAL_ANSWER: a *b*", Answer("", "a *b*")),
        ("**FINAL_ANSWER:** a **b**", Answer("", "a **b**")),
        ("`FINAL_ANSWER: 42`", Answer("", "42")),
        ("```\nFINAL_ANSWER: 42\n```", Answer("", "42")),
        ("```text\nThought: easy\nFINAL_ANSWER: 42\n```\n", Answer("```text\neasy", "42")),
        ("```\nFINAL_ANSWER:\n```py\n1\n```", Answer("", "```py\n1\n```")),
        ("FINAL_ANSWER: ```\n42\n```", Answer("", "```\n42\n```")),
        ("FINAL_ANSWER:\n```\n42\n```", Answer("", "```\n42\n```")),
        ("<think>\nEasy\n</think>\n\nFINAL_ANSWER: 42", Answer("Easy", "42")),
        ("<think>Easy</think>FINAL_ANSWER: 42", Answer("Easy", "42")),
        (
            "<think>\nFINAL_ANSWER: 1?\nNo.\n</think>\nAction: now",
            Calls("FINAL_ANSWER: 1?\nNo.", (Call("now", {}),)),
        ),
        ("FINAL_ANSWER: <think>a</think>", Answer("", "<think>a</think>")),
        ("The FINAL_ANSWER: is near\nFINAL_ANSWER: 1", Answer("The FINAL_ANSWER: is near", "1")),
        ("Action: now", Calls("", (Call("now", {}),))),
        ("Action: now\nAction Input:", Calls("", (Call("now", {}),))),
        ("Action: a\nAction: b", Calls("", (Call("a", {}), Call("b", {})))),
        ("Action: a\nFINAL_ANSWER: early", Calls("", (Call("a", {}),))),
        ('Action: a\nAction Input: {"x": "\\ud83d"}', Calls("", (Call("a", {"x": "\ufffd"}),))),
        ("Action: a\nAction Input: " + DEEP, Calls("", (Call("a", json.loads(DEEP)),))),
    ],
)
def test_what_is_understood(text: str, expected: Answer | Calls) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "neither an Action nor a FINAL_ANSWER"),
        ("I do not know.", "neither an Action nor a FINAL_ANSWER"),
        ("Observation: sunny\nFINAL_ANSWER: sunny", "neither an Action nor a FINAL_ANSWER"),
        ("FINAL_ANSWER:  \n", "nothing after FINAL_ANSWER"),
        ("Action:\nAction Input: {}", "no name of a tool after Action"),
        ("Action Input: {}", "an Action Input without an Action"),
        ("Action: a\nAction Input: Paris", "is not JSON: Expecting value at character 1"),
        ('Action: a\nAction Input: {"x": 1', "is not JSON: Expecting ',' delimiter"),
        ("Action: a\nAction Input: [1]", "must be a JSON object"),
        ('Action: a\nAction Input: {"x": NaN}', "NaN is not JSON"),
        ('Action: a\nAction Input: {"x": 1e999}', "1e999 is not JSON"),
        ('Action: a\nAction Input: {"x": ' + "9" * 5000 + "}", "is not JSON"),
        ("Action: a\nAction Input: " + '{"x": ' * 100_000, "nested too deeply"),
        (f'Action: a\nAction Input: {{"x": {DEEP}}}', "nested too deeply"),
        ("Action: a\n" * (MOST_CALLS + 1), f"more than {MOST_CALLS} Actions"),
    ],
)
def test_what_is_not(text: str, problem: str) -> None:
    parsed = parse(text)
    assert isinstance(parsed, Malformed)
    assert problem in parsed.problem
    assert parsed.thought == text


@pytest.mark.parametrize(
    "text",
    [
        "Action" + " " * 2_000_000,
        " " * 2_000_000 + "Action:",
        "#" * 2_000_000,
        "\n" * 2_000_000,
        "Thought:\n" * 200_000,
        "Action: a\nAction Input: " + "{" * 2_000_000,
        "`" * 2_000_000 + "FINAL_ANSWER: x",
        "<think>" * 300_000,
        "```\n" * 500_001 + "FINAL_ANSWER: x" + "\n```" * 500_001,
    ],
)
def test_a_huge_text_takes_time_by_its_length_only(text: str) -> None:
    begun = time.process_time()
    parse(text)
    assert time.process_time() - begun < 10


def test_calls_by_the_providers_own_tool_calling_win_over_the_text() -> None:
    requests = [ToolRequest("add", '{"a": 1}'), ToolRequest("now", " ")]
    parsed = parse_reply(ModelReply("FINAL_ANSWER: early", requests))
    assert parsed == Calls("FINAL_ANSWER: early", (Call("add", {"a": 1}), Call("now", {})))


@pytest.mark.parametrize("arguments", ["{", "[1]", "{} {}", '{"x": NaN}', '"text"'])
def test_arguments_of_such_calls_that_are_no_object(arguments: str) -> None:
    parsed = parse_reply(ModelReply("I add", [ToolRequest("add", arguments)]))
    assert isinstance(parsed, Malformed)
    assert "add" in parsed.problem
