"""`runagent-ls test`: run saved cases, report what does not hold."""

from __future__ import annotations

import asyncio
import io
import sys
from argparse import Namespace
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path

from runagent_ls.agents.history import History
from runagent_ls.cli.calling import check_target
from runagent_ls.cli.case_choice import chosen_cases
from runagent_ls.cli.case_report import CaseLines
from runagent_ls.cli.case_runs import AgentCases
from runagent_ls.cli.exit_codes import CommandError, ExitCode
from runagent_ls.cli.recording import open_history
from runagent_ls.cli.running import exit_code_of
from runagent_ls.cli.terminal import Painter, wants_colour
from runagent_ls.testing import json_report, junit
from runagent_ls.testing.model import Case
from runagent_ls.testing.report import Attempt, TestReport


def test(options: Namespace) -> int:
    """Run the cases that the options choose; 0 when all of them passed."""
    check_target(options)
    _check_output(options)
    cases = chosen_cases(options.paths, options.tag, options.names)
    if options.list:
        return _list(options, cases)
    report = TestReport(Path.cwd())
    for_people = options.output_format == "text" and options.output is None
    stream = sys.stdout if for_people else sys.stderr
    lines = CaseLines(stream, report.base, Painter(wants_colour(stream)))
    with History(None) if options.no_history else open_history() as history:
        try:
            asyncio.run(_run(options, cases, history, report, lines))
        except KeyboardInterrupt:
            report.is_complete = False
    lines.end(report)
    if not for_people:
        _write(options, _rendered(options, report))
    return _exit_code(report)


async def _run(
    options: Namespace,
    cases: Sequence[Case],
    history: History,
    report: TestReport,
    lines: CaseLines,
) -> None:
    for _, of_agent in groupby(cases, lambda case: case.place.config_path):
        async with AgentCases(options, history) as agent:
            for case in of_agent:
                ended = await agent.run(case)
                report.cases.append(ended)
                lines.ended(ended)
                if any(it.outcome.state == "cancelled" for it in ended.attempts):
                    report.is_complete = False
                    return


def _list(options: Namespace, cases: list[Case]) -> ExitCode:
    if options.output_format == "junit":
        raise CommandError("--list has no JUnit form.", "Use --output-format text or json.")
    if options.output_format == "json":
        text = json_report.render_list(cases)
    else:
        text = _lines(options, lambda lines: lines.listed(cases))
    _write(options, text)
    return ExitCode.FINDINGS if any(case.problems for case in cases) else ExitCode.OK


def _rendered(options: Namespace, report: TestReport) -> str:
    match options.output_format:
        case "json":
            return json_report.render(report)
        case "junit":
            return junit.render(report)
        case _:

            def tell(lines: CaseLines) -> None:
                for case in report.cases:
                    lines.ended(case)
                lines.end(report)

            return _lines(options, tell)


def _lines(options: Namespace, tell: Callable[[CaseLines], None]) -> str:
    """What `tell` says, in colours only where it goes to a terminal."""
    out = io.StringIO()
    colours = options.output is None and wants_colour(sys.stdout)
    tell(CaseLines(out, Path.cwd(), Painter(colours)))
    return out.getvalue()


def _check_output(options: Namespace) -> None:
    """Found out before the cases run: what they gave would be lost."""
    output: Path | None = options.output
    if output is not None and (output.is_dir() or not output.parent.is_dir()):
        raise CommandError(
            f"{output} cannot be written: there is no folder {output.parent}."
            if not output.is_dir()
            else f"{output} is a folder.",
            "Give the file of the report with --output.",
        )


def _write(options: Namespace, text: str) -> None:
    output: Path | None = options.output
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise CommandError(f"{output} cannot be written: {error.strerror or error}.") from error


def _exit_code(report: TestReport) -> ExitCode:
    """Why the agent was not reached only when that is all that went wrong."""
    if not report.is_complete:
        return ExitCode.INTERRUPTED
    failed = [it for case in report.cases for it in case.attempts if not it.passed]
    codes = {_code(attempt) for attempt in failed}
    if any(case.case.problems for case in report.cases):
        codes.add(ExitCode.FINDINGS)
    if not codes:
        return ExitCode.OK
    return codes.pop() if len(codes) == 1 else ExitCode.FINDINGS


def _code(attempt: Attempt) -> ExitCode:
    error = attempt.outcome.error
    if error is None:
        return ExitCode.FINDINGS
    code = exit_code_of(error)
    return ExitCode.FINDINGS if code == ExitCode.WRONG_USE and attempt.is_reached else code
