"""Bring a configuration of an older form into the one that RunAgent reads today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import SequenceMatcher
from typing import Final

from runagent_ls.features.changes import Change
from runagent_ls.features.refactoring.config_edits import ENTRYPOINTS, config_edits
from runagent_ls.features.refactoring.offer import REWRITE_MIGRATE, Offer
from runagent_ls.jsontree import parse
from runagent_ls.jsontree.document import Document, JsonValue
from runagent_ls.jsontree.edits import (
    Replacement,
    apply,
    insert_property,
    rename_key,
    set_value,
)
from runagent_ls.project.entrypoints import entrypoint_values
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.fields.agent_ids import fresh_agent_id
from runagent_ls.rules.fields.missing_field import PLAIN_VALUES
from runagent_ls.schema.validation import validate_config
from runagent_ls.text.position import Span

_OLD_FRAMEWORKS: Final = frozenset({"custom", "generic"})
"""What older versions called agents that use no framework."""
_ORDER: Final = (
    "agent_name", "description", "framework", "template", "version", "created_at",
    "template_source", "agent_architecture", "env_vars", "agent_id",
)  # fmt: skip
_REMOVES: Final = frozenset(
    {"legacy-type", "missing-field", "null-env-vars", "unknown-framework", "wrong-type"}
)
_Edit = tuple[Replacement, ...] | None


def is_legacy(entrypoint: Entrypoint) -> bool:
    """Whether an entrypoint is written with `type`, from before there were tags."""
    value = entrypoint.value
    return isinstance(value, dict) and "tag" not in value and isinstance(value.get("type"), str)


def migrate(project: AgentProject) -> Offer | None:
    """Turn every `type` into a tag and fill in what is required today.

    None unless the configuration has the old form and RunAgent takes the result.
    """
    if project.config_error is not None or not any(map(is_legacy, project.entrypoints)):
        return None
    document = project.document
    for entrypoint in project.entrypoints:
        if is_legacy(entrypoint):
            document = _with_tag(document, project, entrypoint)
    document = _with_fields(document, project)
    if any(problem.refused for problem in validate_config(document.value)):
        return None
    change = Change(config_edits(project, _differences(project.document.text, document.text)))
    return Offer("Migrate to the current form of configuration", REWRITE_MIGRATE, change, _REMOVES)


def _after(document: Document, made: _Edit) -> Document:
    """The document with an edit made; as it was when it could not be made."""
    if not made:
        return document
    return parse(apply(document.text, made), document.language)


def _with_tag(document: Document, project: AgentProject, entrypoint: Entrypoint) -> Document:
    taken = {str(it.get("tag")) for it in entrypoint_values(document.value) if isinstance(it, dict)}
    path = (*ENTRYPOINTS, entrypoint.index)
    tag = next(it for it in _tags(entrypoint) if it not in taken)
    document = _after(document, rename_key(document, (*path, "type"), "tag"))
    return _after(document, set_value(document, (*path, "tag"), tag))


def _tags(entrypoint: Entrypoint) -> Iterator[str]:
    """Tags for an entrypoint without one, the best first: the old type is what callers know.

    They stream when the old type says so, or the function is known to be a generator.
    """
    value = entrypoint.value
    old = str(value.get("type")) if isinstance(value, dict) else ""
    found = entrypoint.resolution
    generates = found is not None and found.gives_generator is Proof.PROVEN
    suffix = "_stream" if old.endswith("_stream") or generates else ""
    stems = [old, (entrypoint.module or "run").rpartition(".")[2]]
    for stem in (it.removesuffix("_stream").strip() for it in stems):
        if stem:
            yield f"{stem}{suffix}"
    number = 2
    while True:
        yield f"{old.removesuffix('_stream').strip() or 'run'}_{number}{suffix}"
        number += 1


def _with_fields(document: Document, project: AgentProject) -> Document:
    """The required fields, where they are missing or of an older kind."""
    value = document.value
    if not isinstance(value, dict):
        return document
    fields: dict[str, JsonValue] = {**PLAIN_VALUES, "env_vars": {}}
    fields["agent_name"] = project.root.name
    fields["created_at"] = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    fields["agent_id"] = fresh_agent_id(project.config_path)
    for key in _ORDER:
        if key not in value and key not in {"env_vars", "agent_architecture"}:
            document = _after(
                document, insert_property(document, (), key, fields[key], _before(document, key))
            )
        elif key in value and value[key] is None and key in fields:
            document = _after(document, set_value(document, (key,), fields[key]))
    if value.get("framework") in _OLD_FRAMEWORKS:
        document = _after(document, set_value(document, ("framework",), "default"))
    version = value.get("version")
    if isinstance(version, int | float) and not isinstance(version, bool):
        document = _after(document, set_value(document, ("version",), str(version)))
    return document


def _before(document: Document, key: str) -> str | None:
    """The nearest field that comes in front of `key` in what RunAgent writes itself."""
    value = document.value
    earlier = reversed(_ORDER[: _ORDER.index(key)])
    return next((it for it in earlier if isinstance(value, dict) and it in value), None)


def _differences(before: str, after: str) -> tuple[Replacement, ...]:
    """What turns one text into the other, line by line."""
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    starts = [0]
    for line in old:
        starts.append(starts[-1] + len(line))
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return tuple(
        (Span(starts[first], starts[last]), "".join(new[low:high]))
        for name, first, last, low, high in matcher.get_opcodes()
        if name != "equal"
    )
