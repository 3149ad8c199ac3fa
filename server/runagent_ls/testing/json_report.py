"""Cases and how they went as one JSON object."""

from __future__ import annotations

import json

from runagent_ls.jsontree.document import JsonValue
from runagent_ls.testing.model import Case, CaseProblem, Failure
from runagent_ls.testing.report import Attempt, CaseReport, TestReport
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Range


def render(report: TestReport) -> str:
    """`{"cases": [...], "passed": n, "failed": n, "errors": n, "complete": true}`."""
    value: dict[str, JsonValue] = {
        "cases": [_case(it) for it in report.cases],
        "passed": report.count("passed"),
        "failed": report.count("failed"),
        "errors": report.count("error"),
        "complete": report.is_complete,
    }
    return json.dumps(value, indent=2) + "\n"


def render_list(cases: list[Case]) -> str:
    """`{"cases": [...]}`, without runs."""
    return json.dumps({"cases": [described(case) for case in cases]}, indent=2) + "\n"


def described(case: Case) -> dict[str, JsonValue]:
    """What is known of a case before it runs."""
    place = case.place
    return {
        "config": str(place.config_path),
        "tag": place.tag,
        "name": place.name,
        "path": str(place.path),
        "description": case.description,
        "expectations": case.expectations,
        "problems": [_problem(problem, case) for problem in case.problems],
    }


def _case(report: CaseReport) -> dict[str, JsonValue]:
    return {
        **described(report.case),
        "result": report.result,
        "runs": [_attempt(attempt) for attempt in report.attempts],
    }


def _problem(problem: CaseProblem, case: Case) -> JsonValue:
    range_ = LineIndex(case.text or "").range(problem.span)
    return {"message": problem.message, "range": _range(range_)}


def _range(range_: Range) -> JsonValue:
    return {
        name: {"line": position.line, "character": position.character}
        for name, position in (("start", range_.start), ("end", range_.end))
    }


def _attempt(attempt: Attempt) -> JsonValue:
    outcome = attempt.outcome
    said: dict[str, JsonValue] = {
        "passed": attempt.passed,
        "state": outcome.state,
        "elapsedMs": round(outcome.elapsed_ms, 3),
        "chunks": outcome.chunks,
        "failures": [_failure(it) for it in attempt.failures],
    }
    if outcome.first_chunk_ms is not None:
        said["firstChunkMs"] = round(outcome.first_chunk_ms, 3)
    if outcome.error is not None:
        said["code"] = outcome.error.code
    if attempt.history_id is not None:
        said["historyId"] = attempt.history_id
    return said


def _failure(failure: Failure) -> JsonValue:
    said: dict[str, JsonValue] = {
        "expectation": failure.expectation,
        "message": failure.message,
    }
    if failure.expected is not None:
        said["expected"] = failure.expected
    if failure.actual is not None:
        said["actual"] = failure.actual
    return said
