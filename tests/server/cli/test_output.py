"""What an agent returns, as people, pipes and programs get it."""

from __future__ import annotations

import io
import json
import math

import pytest

from runagent_ls.agents.call import RunResult
from runagent_ls.agents.runs import OutputItem, RunOutcome
from runagent_ls.agents.values import JsonValue
from runagent_ls.cli.output import Output, OutputFormat, format_for


class Stream(io.TextIOWrapper):
    """Standard output of a process, with or without a terminal behind it."""

    def __init__(self, terminal: bool, encoding: str) -> None:
        self.bytes = io.BytesIO()
        self._terminal = terminal
        super().__init__(self.bytes, encoding=encoding, errors="backslashreplace", newline="\n")

    def isatty(self) -> bool:
        return self._terminal

    @property
    def written(self) -> str:
        self.flush()
        return self.bytes.getvalue().decode(self.encoding)


def text(value: str, index: int = 0) -> OutputItem:
    return OutputItem(index, 1.25, "text", value, json.dumps(value))


def value(item: JsonValue, index: int = 0) -> OutputItem:
    return OutputItem(index, 1.25, "value", item, json.dumps(item))


def completed(result: JsonValue) -> RunOutcome:
    return RunOutcome("completed", None, 3.0, 0, result=RunResult(result, None, 0.1))


STREAMED = RunOutcome("completed", None, 3.0, 2)


async def shown(
    *items: OutputItem,
    outcome: RunOutcome = STREAMED,
    output_format: OutputFormat | None = None,
    terminal: bool = False,
    encoding: str = "utf-8",
) -> str:
    stream = Stream(terminal, encoding)
    output = Output(stream, format_for(stream, output_format))
    if items:
        await output.chunks(items)
    output.end(outcome)
    return stream.written


async def test_text_chunks_follow_each_other() -> None:
    assert await shown(text("once "), text(""), text("upon")) == "once upon\n"
    assert await shown(text("a line\n"), text("")) == "a line\n"


async def test_other_chunks_have_a_line_each() -> None:
    assert await shown(value({"i": 0}), value(None)) == '{"i": 0}\nnull\n'
    assert await shown(text("so"), value([1]), text("on")) == "so\n[1]\non\n"
    unknown = OutputItem(0, 1.0, "unknown-frame", None, "???")
    assert await shown(text("so"), unknown) == "so\n???\n"


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ("plain", "plain\n"),
        ("ends\n", "ends\n"),
        ("", "\n"),
        (None, "null\n"),
        (2**70, "1180591620717411303424\n"),
        ({"a": "h\u00e9"}, '{\n  "a": "h\u00e9"\n}\n'),
        (math.nan, "NaN\n"),
    ],
)
async def test_value_of_a_call(result: JsonValue, expected: str) -> None:
    assert await shown(outcome=completed(result)) == expected


async def test_a_terminal_is_not_steered() -> None:
    hostile = "\x1b]8;;command:x\x07click\x1b]8;;\x07 \x9b2J"
    for items, outcome in (((text(hostile),), STREAMED), ((), completed(hostile))):
        written = await shown(*items, outcome=outcome, terminal=True)
        assert written == "\\x1b]8;;command:x\\x07click\\x1b]8;;\\x07 \\x9b2J\n"
    assert "\x9b" not in await shown(outcome=completed({"a": "\x9b2J"}), terminal=True)


async def test_a_pipe_gets_what_the_agent_said() -> None:
    assert await shown(text("\x1b[1mbold\x1b[0m\n")) == "\x1b[1mbold\x1b[0m\n"


async def test_values_are_json_in_every_encoding() -> None:
    written = await shown(outcome=completed({"a": "h\u00e9 \U0001f989"}), encoding="cp1252")
    assert json.loads(written) == {"a": "h\u00e9 \U0001f989"}
    assert await shown(text("\U0001f989\n"), encoding="ascii") == "\\U0001f989\n"


async def test_json_lines() -> None:
    written = await shown(
        text("h\u00e9"),
        value(math.nan, 1),
        outcome=STREAMED,
        output_format="json",
        encoding="ascii",
    )
    assert [json.loads(line) for line in written.splitlines()] == [
        {"index": 0, "atMs": 1.25, "type": "text", "text": "h\u00e9"},
        {"index": 1, "atMs": 1.25, "type": "value", "value": "NaN"},
        {"state": "completed", "target": None, "elapsedMs": 3.0, "chunks": 2, "attempts": 0},
    ]


async def test_json_of_a_call() -> None:
    written = await shown(outcome=completed({"a": 1}), output_format="json")
    assert json.loads(written)["value"] == {"a": 1}
