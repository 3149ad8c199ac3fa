"""The report of a batch for people."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from runagent_ls.agents.batch.report import PERCENTS, BatchReport
from runagent_ls.cli.progress import duration
from runagent_ls.cli.terminal import harmless, one_line

NAMED: Final = 10


def report_text(report: BatchReport, output: Path) -> str:
    """Several lines, the last one ending with a line break."""
    return harmless("\n".join(_lines(report, output))) + "\n"


def _lines(report: BatchReport, output: Path) -> Iterator[str]:
    tally = report.tally
    share = f" ({tally.completed / tally.done:.1%})" if tally.done else ""
    counts = [f"{tally.completed} completed{share}", f"{tally.failed} failed"]
    if tally.unknown:
        counts.append(f"{len(tally.unknown)} unknown")
    yield f"{report.tag}: {tally.done} items ended: {', '.join(counts)}"
    if report.resumed:
        yield f"  {report.ended_now} of them in this run, {report.resumed} before"
    if report.wall_s:
        paused = f", {duration(report.paused_s)} of it paused" if report.paused_s >= 1 else ""
        rate = f"{report.ended_now / report.wall_s:.1f} items/s"
        yield f"  took {duration(report.wall_s)}{paused}; {rate}; {tally.retries} retries"
    latencies = tally.latencies.percentiles(*PERCENTS)
    if latencies is not None:
        named = zip(PERCENTS, latencies, strict=True)
        estimated = "" if tally.latencies.exact else " (within 0.25 %)"
        shown = "  ".join(f"p{percent:g} {value:.0f}" for percent, value in named)
        yield f"  latency in ms: {shown}{estimated}"
    for code, kind in sorted(tally.errors.items(), key=lambda item: -item[1].count):
        first = f"first in line {kind.line}: {one_line(kind.message)}"
        yield f"  {kind.count} x {one_line(code)}, {first}"
    yield from _what_is_open(report, output)


def _what_is_open(report: BatchReport, output: Path) -> Iterator[str]:
    unknown = sorted(report.tally.unknown.values())
    if unknown:
        more = f" and {len(unknown) - NAMED} more" if len(unknown) > NAMED else ""
        lines = ", ".join(map(str, unknown[:NAMED])) + more
        yield (
            f"  may have run, without an answer: lines {lines};"
            " --resume --repeat-unsafe calls them again"
        )
    if report.one_at_a_time is not None:
        yield f"  {report.one_at_a_time.sentence()}"
    if report.error is not None:
        how = "gave up" if report.end == "gave-up" else "refused"
        yield f"{how}: error[{one_line(report.error.code)}]: {report.error.message}"
        if report.error.suggestion:
            yield f"  help: {report.error.suggestion}"
    if report.end != "finished":
        left = "the rest" if report.not_run is None else f"{report.not_run} items"
        yield f"{left} not run; go on with --resume. Results so far are in {output}"
