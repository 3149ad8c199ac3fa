"""Cases on a terminal: a line for each as it ends, and what did not hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final, TextIO

from runagent_ls.cli.terminal import Painter, harmless, one_line
from runagent_ls.testing.junit import lines_of
from runagent_ls.testing.model import Case, Failure
from runagent_ls.testing.report import CaseReport, Result, TestReport
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.paths import shown_path

_WORDS: Final[dict[Result, tuple[str, str]]] = {
    "passed": ("PASS", "green"),
    "failed": ("FAIL", "red"),
    "error": ("ERROR", "red"),
}
_LONGEST_FAILURE: Final = 40
"""Lines of one failure; the other formats have all of it."""


class CaseLines:
    """Writes to `stream` for people. Paths are shown from `base`."""

    def __init__(self, stream: TextIO, base: Path, paint: Painter) -> None:
        self._stream = stream
        self._base = base
        self._paint = paint

    def listed(self, cases: Sequence[Case]) -> None:
        """The cases, none of which was run."""
        for case in cases:
            count = case.expectations
            expected = "1 expectation" if count == 1 else f"{count} expectations"
            path = shown_path(case.place.path, self._base)
            self._say(f"{self._paint(_name(case), 'bold')}  {expected}  {one_line(path)}")
            if case.description:
                self._say(f"  {one_line(case.description)}")
            self._problems(case)

    def ended(self, report: CaseReport) -> None:
        """One case, with what did not hold."""
        word, color = _WORDS[report.result]
        time = f"  {report.elapsed_s * 1000:.0f} ms" if report.attempts else ""
        often = f"  {report.flakiness}" if report.flakiness is not None else ""
        if report.flakiness is None and len(report.attempts) > 1:
            often = f"  {len(report.attempts)} runs"
        self._say(f"{self._paint(word, 'bold', color)} {_name(report.case)}{often}{time}")
        self._problems(report.case)
        for number, attempt in enumerate(report.attempts, 1):
            if attempt.failures and len(report.attempts) > 1:
                self._say(f"  run {number}:")
            for failure in attempt.failures:
                for line in _shown(failure):
                    self._say(f"  {harmless(line)}")

    def end(self, report: TestReport) -> None:
        """How many of all went how."""
        counts = [
            f"{report.count('passed')} passed",
            *([f"{failed} failed"] if (failed := report.count("failed")) else []),
            *([f"{errors} could not be run"] if (errors := report.count("error")) else []),
        ]
        flaky = sum(it.flakiness is not None for it in report.cases)
        counts += [f"{flaky} of them only sometimes"] if flaky else []
        end = "" if report.is_complete else "; interrupted, others were not run"
        color = "green" if report.count("passed") == len(report.cases) else "red"
        self._say(self._paint(", ".join(counts), "bold", color) + end)

    def _problems(self, case: Case) -> None:
        lines = LineIndex(case.text or "")
        for problem in case.problems:
            start = lines.position(problem.span.start)
            path = shown_path(case.place.path, self._base)
            place = f"{path}:{start.line + 1}:{start.character + 1}"
            self._say(f"  {self._paint('-->', 'blue')} {one_line(place)}")
            self._say(f"  {one_line(problem.message)}")

    def _say(self, text: str) -> None:
        print(text, file=self._stream, flush=True)


def _name(case: Case) -> str:
    return one_line(f"{case.place.tag}/{case.place.name}")


def _shown(failure: Failure) -> Iterator[str]:
    lines = list(lines_of(failure))
    yield from lines[:_LONGEST_FAILURE]
    if len(lines) > _LONGEST_FAILURE:
        yield f"[... {len(lines) - _LONGEST_FAILURE} more lines ...]"
