"""Cases as the shell of an editor sees them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

from runagent_ls.jsontree.json_document import parse_json
from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json
from runagent_ls.lsp.messages import reading
from runagent_ls.lsp.messages.runs import RunRequest, read_options, read_place
from runagent_ls.lsp.messages.serving import read_serve
from runagent_ls.lsp.rendering import range_message
from runagent_ls.text.lines import LineIndex

if TYPE_CHECKING:  # loaded when a case is asked for first
    from runagent_ls.testing.model import Case, Failure
    from runagent_ls.testing.writing import NewCase


class CaseSummary(TypedDict):
    configUri: str
    tag: str
    name: str
    uri: str
    description: str | None
    expectations: int
    problem: str | None
    problemRange: NotRequired[Json]


class CaseDetails(TypedDict):
    case: CaseSummary
    args: list[Any]
    kwargs: Json
    userId: NotRequired[str]
    persistentMemory: NotRequired[bool]
    expect: Json | None


class CaseFailure(TypedDict):
    expectation: str
    message: str
    expected: NotRequired[str]
    actual: NotRequired[str]
    range: NotRequired[Json]


def summary_of(case: Case, uri: Callable[[FilePath], str]) -> CaseSummary:
    """`CaseSummary` of schemas/protocol.schema.json, with the first problem."""
    place = case.place
    summary: CaseSummary = {
        "configUri": uri(place.config_path),
        "tag": place.tag,
        "name": place.name,
        "uri": uri(place.path),
        "description": case.description,
        "expectations": case.expectations,
        "problem": None,
    }
    if case.problems:
        first = case.problems[0]
        summary["problem"] = first.message
        summary["problemRange"] = range_message(LineIndex(case.text or "").range(first.span))
    return summary


def details_of(case: Case, uri: Callable[[FilePath], str]) -> CaseDetails:
    """`CaseDetails` of schemas/protocol.schema.json."""
    details: CaseDetails = {
        "case": summary_of(case, uri),
        "args": list(case.args),
        "kwargs": dict(case.kwargs),
        "expect": None if case.expect is None else dict(case.expect),
    }
    if case.user_id is not None:
        details["userId"] = case.user_id
    if case.persistent_memory is not None:
        details["persistentMemory"] = case.persistent_memory
    return details


def failure_of(failure: Failure, case: Case) -> CaseFailure:
    """`CaseFailure` of schemas/protocol.schema.json."""
    message: CaseFailure = {"expectation": failure.expectation, "message": failure.message}
    if failure.expected is not None:
        message["expected"] = failure.expected
    if failure.actual is not None:
        message["actual"] = failure.actual
    if failure.path:
        text = case.text or ""
        span = parse_json(text).span(("expect", *failure.path))
        message["range"] = range_message(LineIndex(text).range(span))
    return message


def read_case_run(params: Json, case: Case) -> RunRequest:
    """The run of a case, with the options of `runagent/cases/run`. Raises `InvalidParamsError`.

    What is certainly wrong with the inputs is known by now; the rest is the agent's to judge.
    """
    asked = {**params, "configUri": case.place.config_path.as_uri()}
    options = read_options({"timeouts": params.get("timeouts", {}), "validate": False})
    return RunRequest(
        run_id=reading.text(params, "runId"),
        tag=case.place.tag,
        args=tuple(case.args),
        kwargs=dict(case.kwargs),
        place=read_place(asked),
        options=replace(
            options,
            user_id=case.user_id,
            persistent_memory=case.persistent_memory or False,
        ),
        serve=read_serve(params),
    )


def read_new_case(params: Json) -> NewCase:
    """What `runagent/cases/save` is to write. Raises `InvalidParamsError`."""
    from runagent_ls.testing.writing import NewCase

    expect = params.get("expect")
    if expect is not None and not isinstance(expect, dict):
        raise InvalidParamsError("expect must be an object")
    return NewCase(
        args=reading.array(params, "args"),
        kwargs=reading.mapping(params, "kwargs"),
        user_id=reading.optional_text(params, "userId"),
        persistent_memory=reading.boolean(params, "persistentMemory", False),
        expect=expect,
    )
