"""Recorded runs for people to read, safe for their terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final

from runagent_ls.agents.history import StoredChunk, StoredRun
from runagent_ls.agents.history.compare import Comparison, Difference
from runagent_ls.agents.history.markdown import facts, left_out, output_parts
from runagent_ls.agents.runs import OutputItem
from runagent_ls.agents.values import JsonValue
from runagent_ls.cli.output import Output
from runagent_ls.cli.terminal import Painter, harmless, one_line

_COLOURS: Final = {
    "completed": "green",
    "failed": "red",
    "cancelled": "yellow",
    "interrupted": "yellow",
    "running": "cyan",
}
_LONGEST_VALUE: Final = 80


def listed(runs: Sequence[StoredRun], paint: Painter) -> Iterator[str]:
    """A line for each run."""
    width = max((len(one_line(run.tag)) for run in runs), default=0)
    for run in runs:
        yield heading(run, paint, width)


def heading(run: StoredRun, paint: Painter, width: int = 0) -> str:
    """Id, time, state, tag, duration and inputs on one line."""
    started = datetime.fromtimestamp(run.started_at).strftime("%Y-%m-%d %H:%M:%S")
    state = paint(run.state.ljust(11), _COLOURS[run.state])
    took = "" if run.elapsed_ms is None else f"{run.elapsed_ms / 1000:.2f} s"
    pinned = " (pinned)" if run.pinned else ""
    tag = one_line(run.tag).ljust(width)
    return (
        f"{paint(run.history_id, 'bold')}  {started}  {state}  {tag}  {took:>9}"
        f"  {_short(_inputs(run))}{pinned}"
    )


def shown(
    run: StoredRun, chunks: Iterable[StoredChunk], paint: Painter, output: Output | None = None
) -> Iterator[str]:
    """One run, piece by piece; what it gave as `output` shows it, else as it was given."""
    yield f"{paint(one_line(run.tag), 'bold')}  {paint(run.state, _COLOURS[run.state])}\n"
    for name, value in facts(run):
        yield f"{name}: {one_line(value)}\n"
    if run.redacted:
        yield "Secrets were replaced by [redacted].\n"
    yield f"\n{paint('Inputs', 'bold')}\n"
    yield "too long to be stored\n" if run.inputs_cut else f"{_pretty(_inputs(run))}\n"
    if run.has_result:
        yield f"\n{paint('Result', 'bold')}\n{_result(run, output)}"
    if run.chunks:
        yield f"\n{paint('Output', 'bold')}, {run.chunks} chunks\n"
        yield from _given(chunks) if output is None else _told(run, chunks, output)
    if run.dropped_chunks:
        yield f"{run.dropped_chunks} chunks are not stored: the run was too long.\n"
    if isinstance(run.error, dict):
        code, message = one_line(str(run.error.get("code"))), str(run.error.get("message"))
        yield f"\n{paint(f'error[{code}]', 'bold', 'red')}: {harmless(message)}\n"


def _result(run: StoredRun, output: Output | None) -> str:
    value = run.result
    if output is not None:
        return output.result(value) + output.rest(run.history_id)
    return f"{harmless(value) if isinstance(value, str) else _pretty(value)}\n"


def _given(chunks: Iterable[StoredChunk]) -> Iterator[str]:
    part = ""
    for part in output_parts(chunks):
        yield harmless(part)
    yield "" if part.endswith("\n") else "\n"


def _told(run: StoredRun, chunks: Iterable[StoredChunk], output: Output) -> Iterator[str]:
    expected: int | None = None
    for chunk in chunks:
        if expected is not None and chunk.index != expected:
            yield output.pause() + left_out(chunk.index - expected)
        expected = chunk.index + 1
        raw = chunk.value if isinstance(chunk.value, str) else ""
        yield output.shown(OutputItem(chunk.index, chunk.at_ms, chunk.type, chunk.value, raw))
    yield output.rest(run.history_id)


def compared(comparison: Comparison, paint: Painter) -> Iterator[str]:
    """What differs between two runs, line by line."""
    first, second = comparison.first, comparison.second
    yield heading(first, paint)
    yield heading(second, paint)
    yield ""
    yield from _differences("Inputs", comparison.inputs, paint)
    yield from _differences("Output", comparison.output, paint)
    if first.error or second.error:
        yield from _differences("Error", comparison.error, paint)
    if comparison.text:
        yield paint("Output as text", "bold")
        colours = {"+": "green", "-": "red", "@": "cyan"}
        for line in comparison.text:
            colour = colours.get(line[:1])
            yield paint(one_line(line), colour) if colour else one_line(line)
    if not comparison.complete:
        yield "Something was too long to be compared whole."


def _differences(title: str, found: Sequence[Difference], paint: Painter) -> Iterator[str]:
    if not found:
        yield f"{paint(title, 'bold')}: the same"
        return
    yield paint(title, "bold")
    for difference in found:
        place = _place(difference.path)
        if difference.kind == "removed":
            yield paint(f"  - {place}: {_short(difference.old)}", "red")
        elif difference.kind == "added":
            yield paint(f"  + {place}: {_short(difference.new)}", "green")
        else:
            yield f"  ~ {place}: {_short(difference.old)} -> {_short(difference.new)}"


def _place(path: Sequence[str | int]) -> str:
    if not path:
        return "all of it"
    return "".join(f"[{step}]" if isinstance(step, int) else f".{one_line(step)}" for step in path)[
        0 if isinstance(path[0], int) else 1 :
    ]


def _inputs(run: StoredRun) -> JsonValue:
    return run.kwargs if not run.args else [*run.args, *([run.kwargs] if run.kwargs else [])]


def _pretty(value: JsonValue) -> str:
    return harmless(json.dumps(value, indent=2, ensure_ascii=False))


def _short(value: JsonValue) -> str:
    text = one_line(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}…"
