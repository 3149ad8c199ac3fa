"""The text of a case to what it says; whatever the text is, this gives a case or its problems."""

from __future__ import annotations

from typing import Final

from runagent_ls.agents.call import STREAM_SUFFIX
from runagent_ls.jsontree.document import Document, JsonValue, Missing, Part
from runagent_ls.jsontree.json_document import parse_json
from runagent_ls.project.file_source import FileSource
from runagent_ls.schema.inputs import check_inputs
from runagent_ls.schema.loading import load
from runagent_ls.schema.quick import surely_valid
from runagent_ls.testing.checks import unusable_expectations
from runagent_ls.testing.model import Case, CaseProblem
from runagent_ls.testing.places import CasePlace
from runagent_ls.text.position import Span

SCHEMA: Final = "case.schema.json"
_NOWHERE: Final = Span(0, 0)


def read_case(place: CasePlace, files: FileSource) -> Case:
    """The case in a file."""
    found = files.read(place.path)
    if found.text is None:
        message = f"{place.path.name} {found.error}."
        return Case(place, None, (CaseProblem(message, _NOWHERE),))
    return parse_case(place, found.text)


def parse_case(place: CasePlace, text: str) -> Case:
    """The case in a text, with all that is wrong with it."""
    document = parse_json(text)
    value = document.value
    problems = [
        CaseProblem(it.message, it.span, of_format=True)
        for it in document.problems
        if it.breaks_loader
    ] or _problems(document)
    if not problems:
        problems = unusable_expectations(document, streams=place.tag.endswith(STREAM_SUFFIX))
    if not isinstance(value, dict):
        return Case(place, text, tuple(problems))
    kwargs = value.get("inputs", value.get("kwargs"))
    args, expect, memory = value.get("args"), value.get("expect"), value.get("persistentMemory")
    return Case(
        place,
        text,
        tuple(problems),
        description=_text(value.get("description")),
        args=args if isinstance(args, list) else (),
        kwargs=kwargs if isinstance(kwargs, dict) else {},
        user_id=_text(value.get("userId")),
        persistent_memory=memory if isinstance(memory, bool) else None,
        expect=expect if isinstance(expect, dict) else None,
    )


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) and value else None


def _problems(document: Document) -> list[CaseProblem]:
    """What the schema does not allow."""
    value = document.value
    if isinstance(value, Missing):
        message = 'The file is empty. A case is an object such as {"inputs": {}}.'
        return [CaseProblem(message, document.span(()), of_format=True)]
    if not isinstance(value, dict):
        message = 'A case is an object such as {"inputs": {}}.'
        return [CaseProblem(message, document.span(()), of_format=True)]
    schema, outline = load(SCHEMA), _outline(value)
    found: list[CaseProblem] = []
    if not surely_valid(schema, outline, schema):
        for it in check_inputs(schema, outline):
            part: Part = "value" if it.expected is not None else "key"  # a key that nobody knows
            found.append(CaseProblem(it.message, document.span(it.path, part), of_format=True))
    if "inputs" in value and "kwargs" in value:
        message = "inputs and kwargs are the same thing: write one of them."
        found.append(CaseProblem(message, document.span(("kwargs",), "key")))
    return found


def _outline(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    """The case without the values of which the schema says nothing, however large they are."""
    outline = dict(value)
    for name in ("inputs", "kwargs"):
        if isinstance(outline.get(name), dict):
            outline[name] = {}
    if isinstance(outline.get("args"), list):
        outline["args"] = []
    expect = outline.get("expect")
    if isinstance(expect, dict):
        outline["expect"] = {name: _outlined(name, part) for name, part in expect.items()}
    return outline


def _outlined(name: str, part: JsonValue) -> JsonValue:
    if name == "equals":
        return None
    if name == "schema" and isinstance(part, dict):
        return {}
    if name == "jsonPath" and isinstance(part, list):
        return [_without_equals(item) for item in part]
    return part


def _without_equals(item: JsonValue) -> JsonValue:
    return {**item, "equals": None} if isinstance(item, dict) and "equals" in item else item
