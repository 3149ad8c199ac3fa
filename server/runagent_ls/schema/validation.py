"""Checks a configuration as the loader of RunAgent 0.1.49 does, fast enough for every keystroke.

The schema is applied in two sorts of pieces: the document without its entrypoints, and each
entrypoint by itself. What was found for a piece is kept, so that an edit costs one piece.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from runagent_ls.jsontree.document import JsonValue, Missing, NotText, Path
from runagent_ls.schema.entrypoints import ENTRYPOINTS, Kind, kind_of, kind_of_list
from runagent_ls.schema.facts import CONFIG_SCHEMA
from runagent_ls.schema.loading import load
from runagent_ls.schema.messages import problems_of, type_of, unknown_key
from runagent_ls.schema.problem import SchemaProblem
from runagent_ls.schema.quick import surely_valid

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_PRIVATE_MARKS: Final = ("$", "_", "//", "#", "x-")
"""Beginnings of keys that are no mistake although nobody reads them: people's own notes."""
_MAX_KEPT: Final = 2000
_LONGEST_KEPT: Final = 4000
"""Characters of a value that is kept to know it again."""
_INT64: Final = 2.0**63

Found: TypeAlias = tuple[SchemaProblem, ...]

_found_for_texts: dict[Kind, dict[tuple[object, ...], Found]] = {}
"""By keys and types: of entrypoints whose fields take any text, the content decides nothing."""

_found_before: OrderedDict[tuple[str, object], Found] = OrderedDict()


def validate_config(value: JsonValue | Missing) -> Found:
    """All problems of a configuration, the top level's first; none for a missing document.

    With a `refused` problem the real loader refuses the configuration, without one it takes it.
    """
    if isinstance(value, Missing):
        return ()
    if not value:
        return (SchemaProblem("empty", (), "The configuration is empty."),)
    if not isinstance(value, dict):
        message = "The configuration must be an object of named fields."
        return (SchemaProblem("type", (), message, expected=("object",)),)
    head, entrypoints = _split(value)
    found = list(_problems("config", _content(head), head))
    if entrypoints:
        found.extend(_check_entrypoints(value, entrypoints))
    return tuple(found)


def _split(value: dict[str, JsonValue]) -> tuple[dict[str, JsonValue], list[JsonValue]]:
    """The document without its entrypoints, and these."""
    head = dict(value)
    created = head.get("created_at")
    if isinstance(created, NotText) and created.type_name == "timestamp":
        # The one field where the loader wants the date that YAML makes of unquoted text.
        head["created_at"] = str(created)
    for key in head.keys() - _known_fields("config"):
        # Whatever stands below an unknown key is not looked at, however big it is.
        head[key] = None
    architecture = head.get("agent_architecture")
    if isinstance(architecture, dict):
        entrypoints = architecture.get("entrypoints")
        if isinstance(entrypoints, list):
            head["agent_architecture"] = {**architecture, "entrypoints": []}
            return head, entrypoints
    return head, []


def _check_entrypoints(
    config: dict[str, JsonValue], entrypoints: list[JsonValue]
) -> Iterator[SchemaProblem]:
    """Like the loader: all are Python entrypoints, or all are webhooks."""
    chosen = _check_each("python", entrypoints)
    if not _all_taken(chosen):
        python, chosen = chosen, _check_each("webhook", entrypoints)
        if not _all_taken(chosen):
            mixed = _mixed(entrypoints)
            if mixed is not None:
                yield mixed
            chosen = _as_meant(config, entrypoints, python, chosen)
    for index, found in enumerate(chosen if any(chosen) else ()):
        for problem in found:
            yield replace(problem, path=(*ENTRYPOINTS, index, *problem.path))
    yield from _duplicate_tags(entrypoints)


def _as_meant(
    config: dict[str, JsonValue],
    entrypoints: list[JsonValue],
    python: list[Found],
    webhook: list[Found],
) -> list[Found]:
    """Of a refused list, the problems of the kind that each entrypoint's keys speak for."""
    most = kind_of_list(config)
    is_mixed = len({kind_of(it) for it in entrypoints} - {None}) > 1
    kinds = [(kind_of(it) if is_mixed else None) or most for it in entrypoints]
    return [(python if kind == "python" else webhook)[index] for index, kind in enumerate(kinds)]


def _all_taken(found: list[Found]) -> bool:
    return not any(found) or not any(it.refused for problems in found for it in problems)


def _mixed(entrypoints: list[JsonValue]) -> SchemaProblem | None:
    """One problem at the first entrypoint that is of another kind than those before it."""
    first: Kind | None = None
    for index, entrypoint in enumerate(entrypoints):
        kind = kind_of(entrypoint)
        first = first or kind
        if kind is not None and kind != first:
            message = (
                f"Entrypoints are all Python functions or all webhooks: this is a {kind} "
                f"entrypoint, those above are {first} entrypoints."
            )
            return SchemaProblem("mixed-entrypoints", (*ENTRYPOINTS, index), message)
    return None


def _duplicate_tags(entrypoints: list[JsonValue]) -> Iterator[SchemaProblem]:
    tags = [it.get("tag") if isinstance(it, dict) else None for it in entrypoints]
    texts = [tag for tag in tags if isinstance(tag, str)]
    if len(set(texts)) == len(texts):
        return
    first: dict[str, int] = {}
    for index, tag in enumerate(tags):
        if isinstance(tag, str) and first.setdefault(tag, index) != index:
            message = f'The tag "{tag[:60]}" is already that of entrypoint {first[tag] + 1}.'
            yield SchemaProblem("duplicate-tag", (*ENTRYPOINTS, index, "tag"), message)


def _check_each(kind: Kind, entrypoints: list[JsonValue]) -> list[Found]:
    """Problems of each entrypoint; paths are relative to it."""
    alike = _found_for_texts.setdefault(kind, {})
    found: list[Found] = []
    for entrypoint in entrypoints:
        if not isinstance(entrypoint, dict):
            found.append(_problems(kind, _content(type_of(entrypoint)), entrypoint))
            continue
        shape = (*entrypoint, *map(type, entrypoint.values()))
        known = alike.get(shape)
        found.append(_check_new(kind, entrypoint, shape) if known is None else known)
    return found


def _check_new(kind: Kind, entrypoint: dict[str, JsonValue], shape: tuple[object, ...]) -> Found:
    """Check an entrypoint whose keys and types were not seen yet, or do not decide alone."""
    known, plain_texts = _known_fields(kind), _plain_texts(kind)
    deciding = [
        (key, field)
        for key, field in entrypoint.items()
        if key in known and not (type(field) is str and key in plain_texts)
    ]
    found = _problems(kind, (shape, _content(deciding)), entrypoint)
    alike = _found_for_texts[kind]
    if not deciding and len(alike) < _MAX_KEPT:
        alike[shape] = found
    return found


def _content(value: object) -> object:
    """A key for a value that, unlike equality, tells true from 1. A too deep one is like none."""
    try:
        written = repr(value)
    except RecursionError:
        return object()
    if len(written) <= _LONGEST_KEPT:
        return written
    from hashlib import sha256  # late: hardly any configuration is so long

    # Each edit of a long text makes another key, so the texts themselves are not kept.
    return sha256(written.encode("utf-8", "surrogatepass")).digest()


def _problems(part: str, key: object, value: JsonValue) -> Found:
    """What the schema says about one piece, from memory when its like was seen before."""
    place = (part, key)
    found = _found_before.get(place)
    if found is None:
        try:
            found = tuple(_apply(part, value))
        except RecursionError:
            # `jsonschema` writes values out; the schema looks at four levels at most.
            found = tuple(_apply(part, _shallow(value, 4)))
        _found_before[place] = found
        if len(_found_before) > _MAX_KEPT:
            _found_before.popitem(last=False)
    return found


def _shallow(value: JsonValue, levels: int) -> JsonValue:
    """A copy in which the containers below some levels are empty."""
    if isinstance(value, dict):
        items = value.items() if levels else ()
        return {key: _shallow(item, levels - 1) for key, item in items}
    if isinstance(value, list):
        return [_shallow(item, levels - 1) for item in value] if levels else []
    return value


def _apply(part: str, value: JsonValue) -> Iterator[SchemaProblem]:
    """One problem for each place, then the keys nobody knows."""
    if not surely_valid(_schema(part), value, load(CONFIG_SCHEMA)):
        yield from _errors(part, value)
    yield from _unknown_keys(part, value)


def _errors(part: str, value: JsonValue) -> Iterator[SchemaProblem]:
    """Run `jsonschema`."""
    whole = "The configuration" if part == "config" else "An entrypoint"
    seen: set[tuple[Path, str | None]] = set()
    for error in _validator(part).iter_errors(value):
        for problem in problems_of(error, whole):
            if (problem.path, problem.key) not in seen:
                seen.add((problem.path, problem.key))
                yield problem


def _unknown_keys(part: str, value: JsonValue) -> Iterator[SchemaProblem]:
    """Ignored keys of the objects whose fields the loader knows."""
    if not isinstance(value, dict):
        return
    fields = _schema(part)["properties"]
    inner = ("template_source", "agent_architecture") if part == "config" else ()
    places: list[tuple[Path, JsonValue, Mapping[str, Any]]] = [((), value, fields)]
    places.extend(((key,), value.get(key), fields[key]["properties"]) for key in inner)
    for path, place, known in places:
        for key in place if isinstance(place, dict) else ():
            if key and key not in known and not key.startswith(_PRIVATE_MARKS):
                yield unknown_key(path, key, known)


@cache
def _known_fields(part: str) -> frozenset[str]:
    return frozenset(_schema(part)["properties"])


@cache
def _plain_texts(kind: Kind) -> frozenset[str]:
    """Fields of an entrypoint that take any text, so that its content decides nothing."""
    return frozenset(
        key
        for key, schema in _schema(kind)["properties"].items()
        if schema.get("type") == "string" and not schema.keys() & {"enum", "pattern", "minLength"}
    )


def _schema(part: str) -> Mapping[str, Any]:
    root = load(CONFIG_SCHEMA)
    found: Mapping[str, Any] = root if part == "config" else root["$defs"][f"{part}Entrypoint"]
    return found


@cache
def _validator(part: str) -> Validator:
    """`jsonschema` with the types as pydantic sees them."""
    from jsonschema import Draft202012Validator, validators

    extend: Callable[..., type[Draft202012Validator]] = validators.extend
    types = Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"string": _is_text, "number": _is_number, "integer": _is_integer}
    )
    made = extend(Draft202012Validator, type_checker=types)
    # With `$schema` in it, `evolve` would go back to the types of the draft.
    root = {key: value for key, value in load(CONFIG_SCHEMA).items() if key != "$schema"}
    validator: Validator = made(root)
    return validator if part == "config" else validator.evolve(schema=_schema(part))


def _is_text(_checker: object, value: object) -> bool:
    return isinstance(value, str) and not isinstance(value, NotText)


def _is_number(_checker: object, value: object) -> bool:
    """NaN and the infinities are no moments in time."""
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _is_integer(_checker: object, value: object) -> bool:
    """A float counts when it is whole and fits into 64 bits; an integer has no limit."""
    if isinstance(value, float):
        return value.is_integer() and abs(value) < _INT64
    return isinstance(value, int) and not isinstance(value, bool)
