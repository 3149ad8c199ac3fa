"""Runs as Markdown, for a report or a comment: what an agent wrote cannot leave its code block."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import IO, Final

from runagent_ls.agents.history.records import StoredChunk, StoredRun
from runagent_ls.agents.values import JsonValue

_TICKS: Final = re.compile(r"`+")
_STEERING: Final = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]"
)
LONGEST_OUTPUT: Final = 200_000
"""Characters of output; a report is for people."""


def write_markdown(run: StoredRun, chunks: Iterable[StoredChunk], out: IO[str]) -> None:
    """Write one run."""
    out.write(f"## {_code(run.tag)}, {run.state}\n\n")
    for name, value in facts(run):
        out.write(f"- {name}: {_code(value)}\n")
    out.write("\n### Inputs\n\n")
    inputs: JsonValue = run.kwargs if not run.args else {"args": run.args, "kwargs": run.kwargs}
    out.write("Too long to be stored.\n" if run.inputs_cut else _block(_pretty(inputs), "json"))
    if run.has_result:
        is_text = isinstance(run.result, str)
        out.write("\n### Result\n\n")
        out.write(
            _block(str(run.result), "text") if is_text else _block(_pretty(run.result), "json")
        )
    if run.chunks:
        out.write("\n### Output\n\n")
        out.write(_block(output_text(chunks, LONGEST_OUTPUT), "text"))
        if run.dropped_chunks:
            out.write(f"\n{run.dropped_chunks} of {run.chunks} chunks are not stored.\n")
    if isinstance(run.error, dict):
        out.write("\n### Error\n\n")
        out.write(_block(f"{run.error.get('code')}: {run.error.get('message')}", "text"))
    out.write("\n")


def output_parts(chunks: Iterable[StoredChunk]) -> Iterator[str]:
    """The output piece by piece: texts follow each other, other chunks have lines of their own."""
    expected: int | None = None
    is_open = False
    for chunk in chunks:
        if expected is not None and chunk.index != expected:
            yield left_out(chunk.index - expected)
            is_open = False
        expected = chunk.index + 1
        text = chunk.value if isinstance(chunk.value, str) else _line(chunk.value)
        if chunk.type != "text":
            text = f"{chr(10) if is_open else ''}{text}\n"
        is_open = not text.endswith("\n") if text else is_open
        yield text


def left_out(count: int) -> str:
    """What stands in the place of chunks that are not stored."""
    return f"\n[... {count} chunks are not stored ...]\n"


def output_text(chunks: Iterable[StoredChunk], limit: int | None = None) -> str:
    """The output as one text, cut after about `limit` characters."""
    parts: list[str] = []
    length = 0
    for part in output_parts(chunks):
        if limit is not None and length + len(part) > limit:
            parts.append(f"{part[: limit - length]}\n[... the rest is left out here ...]\n")
            break
        parts.append(part)
        length += len(part)
    return "".join(parts)


def facts(run: StoredRun) -> Iterator[tuple[str, str]]:
    """What is known about a run, as names and texts for people."""
    yield "Run", run.history_id
    yield "Started", datetime.fromtimestamp(run.started_at).astimezone().isoformat(" ", "seconds")
    if run.elapsed_ms is not None:
        yield "Took", f"{run.elapsed_ms / 1000:.3f} s"
    if isinstance(run.target, dict):
        address = run.target.get("address") or f"{run.target.get('host')}:{run.target.get('port')}"
        yield "Agent", f"{run.target.get('agentId')} at {address}"
    for name, value in (
        ("Project", run.project_root),
        ("Commit", run.git_commit),
        ("Interpreter", run.interpreter),
    ):
        if value is not None:
            yield name, value
    if run.attempts > 1:
        yield "Attempts", str(run.attempts)


def _block(text: str, language: str) -> str:
    text = _STEERING.sub(lambda match: _escaped(match[0]), text.replace("\r\n", "\n"))
    longest = max((len(ticks) for ticks in _TICKS.findall(text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}{'' if text.endswith(chr(10)) else chr(10)}{fence}\n"


def _code(text: str) -> str:
    """A code span on one line."""
    shown = _STEERING.sub(lambda match: _escaped(match[0]), text).replace("\n", " ")
    longest = max((len(ticks) for ticks in _TICKS.findall(shown)), default=0)
    ticks = "`" * (longest + 1)
    space = " " if shown.startswith("`") or shown.endswith("`") else ""
    return f"{ticks}{space}{shown}{space}{ticks}"


def _escaped(char: str) -> str:
    return char.encode("unicode_escape").decode("ascii")


def _pretty(value: JsonValue) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)


def _line(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False)
