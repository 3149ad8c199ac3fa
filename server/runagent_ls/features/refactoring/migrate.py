"""Bring a configuration of an older form into the one that RunAgent reads today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from runagent_ls.features.changes import Change
from runagent_ls.features.refactoring.config_edits import config_edits
from runagent_ls.features.refactoring.offer import REWRITE_MIGRATE, Offer
from runagent_ls.features.refactoring.stepwise import Steps
from runagent_ls.jsontree.document import Document, JsonValue
from runagent_ls.jsontree.edits import Replacement, insert_property, rename_key, set_value
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.engine import value_is_known
from runagent_ls.rules.fields.agent_ids import fresh_agent_id
from runagent_ls.rules.fields.missing_field import PLAIN_VALUES
from runagent_ls.schema.validation import validate_config

_MANY: Final = 2_000
_MANY_IN_YAML: Final = 20
"""More entrypoints would take longer than a menu may: each edit of YAML is read again."""
_OLD_FRAMEWORKS: Final = frozenset({"custom", "generic"})
"""What older versions called agents that use no framework."""
_ORDER: Final = (
    "agent_name", "description", "framework", "template", "version", "created_at",
    "template_source", "agent_architecture", "env_vars", "agent_id",
)  # fmt: skip
_REMOVES: Final = frozenset(
    {"legacy-type", "missing-field", "null-env-vars", "unknown-framework", "wrong-type"}
)


def is_legacy(entrypoint: Entrypoint) -> bool:
    """Whether an entrypoint is written with `type`, from before there were tags."""
    value = entrypoint.value
    return isinstance(value, dict) and "tag" not in value and isinstance(value.get("type"), str)


def migrate(project: AgentProject) -> Offer | None:
    """Turn every `type` into a tag and fill in what is required today.

    None unless the configuration has the old form and RunAgent takes the result.
    """
    legacy = [it for it in project.entrypoints if is_legacy(it)]
    if not legacy or not value_is_known(project):
        return None
    if len(legacy) > (_MANY if project.document.language == "json" else _MANY_IN_YAML):
        return None
    steps = Steps(project.document)
    steps.take(_tag_edits(project, legacy))
    _add_fields(steps, project)
    if any(problem.refused for problem in validate_config(steps.document.value)):
        return None
    change = Change(config_edits(project, steps.replacements()))
    return Offer("Migrate to the current form of configuration", REWRITE_MIGRATE, change, _REMOVES)


def _tag_edits(project: AgentProject, legacy: list[Entrypoint]) -> tuple[Replacement, ...]:
    """Each `type` as a tag of its own."""
    taken = {it.tag for it in project.entrypoints}
    made: list[Replacement] = []
    for entrypoint in legacy:
        path = (*entrypoint.path, "type")
        tag = next(it for it in _tags(entrypoint) if it not in taken)
        taken.add(tag)
        made += rename_key(project.document, path, "tag") or ()
        made += set_value(project.document, path, tag) or ()
    return tuple(made)


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


def _add_fields(steps: Steps, project: AgentProject) -> None:
    """The required fields, where they are missing or of an older kind."""
    value = project.document.value
    if not isinstance(value, dict):
        return
    fields: dict[str, JsonValue] = {**PLAIN_VALUES, "env_vars": {}}
    fields["agent_name"] = project.root.name
    fields["created_at"] = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S")
    fields["agent_id"] = fresh_agent_id(project.config_path)
    for key in _ORDER:
        if key not in value and key not in {"env_vars", "agent_architecture"}:
            document = steps.document
            steps.take(insert_property(document, (), key, fields[key], _before(document, key)))
        elif key in value and value[key] is None and key in fields:
            steps.take(set_value(steps.document, (key,), fields[key]))
    if value.get("framework") in _OLD_FRAMEWORKS:
        steps.take(set_value(steps.document, ("framework",), "default"))
    version = value.get("version")
    if isinstance(version, int | float) and not isinstance(version, bool):
        steps.take(set_value(steps.document, ("version",), str(version)))


def _before(document: Document, key: str) -> str | None:
    """The nearest field that comes in front of `key` in what RunAgent writes itself."""
    value = document.value
    earlier = reversed(_ORDER[: _ORDER.index(key)])
    return next((it for it in earlier if isinstance(value, dict) and it in value), None)
