"""What can be told of a case before it runs, beyond the shape of its file."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Final

from runagent_ls.jsontree.document import Document, JsonValue, Path
from runagent_ls.jsontree.json_document import parse_json
from runagent_ls.project.model import AgentProject
from runagent_ls.schema.json_schema import schema_problem
from runagent_ls.testing.model import Case, CaseProblem
from runagent_ls.testing.paths import path_problem

_OF_STREAMS: Final = ("maxFirstChunkMs", "minChunks")


def unusable_expectations(document: Document, *, streams: bool) -> list[CaseProblem]:
    """Expectations of the right shape that can never be judged."""
    value = document.value
    expect = value.get("expect") if isinstance(value, dict) else None
    if not isinstance(expect, dict):
        return []
    return [
        CaseProblem(message, document.span(("expect", *path)))
        for path, message in _unusable(expect, streams=streams)
    ]


def _unusable(expect: Mapping[str, JsonValue], *, streams: bool) -> Iterator[tuple[Path, str]]:
    for name in () if streams else _OF_STREAMS:
        if name in expect:
            yield (name,), f"{name} is for streams; this entrypoint gives one answer."
    for name, limit in expect.items():
        if isinstance(limit, bool) and name in (*_OF_STREAMS, "maxTotalMs"):
            yield (name,), f"{name} must be a number."
    yield from _regex(expect, ())
    schema = expect.get("schema")
    if isinstance(schema, dict) and (found := schema_problem(schema)) is not None:
        yield ("schema", *found[0]), found[1]
    places = expect.get("jsonPath")
    for index, place in enumerate(places if isinstance(places, list) else ()):
        if isinstance(place, dict):
            if (problem := path_problem(str(place["path"]))) is not None:
                yield ("jsonPath", index, "path"), problem
            yield from _regex(place, ("jsonPath", index))


def _regex(holder: Mapping[str, JsonValue], at: Path) -> Iterator[tuple[Path, str]]:
    pattern = holder.get("regex")
    if isinstance(pattern, str) and (problem := _pattern_problem(pattern)) is not None:
        yield (*at, "regex"), problem


@lru_cache(maxsize=512)
def _pattern_problem(pattern: str) -> str | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of patterns that may mean something else one day
            re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return f"This is no regular expression: {str(error) or type(error).__name__}."
    return None


def with_unfit_call(case: Case, project: AgentProject) -> Case:
    """The case with what is certainly wrong with its call: the entrypoint is not there, or Python
    refuses the inputs. A case that expects an error may give inputs that do not fit."""
    from runagent_ls.features.entrypoints import describe, not_found
    from runagent_ls.features.inputs import problems

    document = parse_json(case.text or "")
    value = document.value
    if project.config_error is not None or not isinstance(value, dict):
        return case
    found = project.entrypoint_of(case.place.tag)
    if found is None:
        problem = CaseProblem(not_found(project, case.place.tag), document.span(()))
        return replace(case, problems=(problem,))
    if "error" in (case.expect or {}):
        return case
    named = "inputs" if "inputs" in value else "kwargs"
    wrong = tuple(
        CaseProblem(it.message, document.span((named, *it.path)))
        for it in problems(describe(found, project), case.args, case.kwargs)
        if it.certain
    )
    return replace(case, problems=wrong) if wrong else case
