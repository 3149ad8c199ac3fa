"""Models of pydantic, as its second version reads them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from runagent_ls.project.annotations import limits
from runagent_ls.project.annotations.family import Family, keywords
from runagent_ls.project.annotations.known import Schema
from runagent_ls.project.annotations.meaning import External, Place
from runagent_ls.project.annotations.reading import Reading
from runagent_ls.project.annotations.records import (
    FieldSource,
    annotated_fields,
    is_class_variable,
    plain_default,
    record,
    with_default,
)
from runagent_ls.pyfile.signature_schema import literal

_HOOKS: Final = {
    "__init__", "__new__", "__get_pydantic_core_schema__", "__get_validators__",
    "__pydantic_init_subclass__", "__init_subclass__", "model_validate", "validate",
}  # fmt: skip
"""Methods after which the fields no longer say what is accepted."""
_ANY_NAME: Final = (
    "populate_by_name", "allow_population_by_field_name", "validate_by_name",
)  # fmt: skip


@dataclass(slots=True)
class _Config:
    """What `model_config` says about names and further keys."""

    known: bool = True
    closed: bool = False
    any_name: bool = False
    """A field may be given by its own name beside its alias."""
    generator: str | None = None
    """The function that makes aliases, by canonical name; `?` for one that is not known."""
    changes_texts: bool = False


def model(reading: Reading, family: Family) -> Schema:
    """The object that a model is made of; empty when code of the model decides."""
    config = _config(reading, family)
    converted = _converted_fields(reading, family)
    if converted is None or not config.known or config.generator == "?":
        return {}
    found: dict[str, tuple[Schema, bool]] = {}
    keys: dict[str, str] = {}
    certain = True
    for ancestor in family.line:
        for source in annotated_fields(ancestor):
            if not _is_field(reading, source):
                continue
            key, sure, schema, required = _field(reading, source, config)
            certain = certain and sure
            if key is None:
                continue
            if source.name in converted or "*" in converted:
                schema = {k: v for k, v in schema.items() if k in {"description", "default"}}
            earlier = keys.get(source.name)
            if earlier is not None and earlier != key:
                found.pop(earlier, None)
            keys[source.name] = key
            found[key] = (schema, required and sure)
    return record(found, closed=config.closed and certain)


def root_model(reading: Reading, family: Family) -> Schema:
    """`RootModel[T]`, or a class with `root: T`."""
    if _converted_fields(reading, family) != set():
        return {}
    own = family.own
    for source in annotated_fields(own):
        if source.name == "root":
            return reading.schema(source.annotation, own.inside, own.variables)
    for base in own.node.bases:
        if isinstance(base, ast.Subscript):
            outside = Place(own.inside.path, own.inside.owners[:-1])
            if reading.external(base.value, outside) == "pydantic.RootModel":
                return reading.schema(base.slice, outside, own.variables)
    return {}


def _is_field(reading: Reading, source: FieldSource) -> bool:
    if source.name.startswith("_") or source.name == "model_config":
        return False
    return not is_class_variable(reading, source.annotation, source.ancestor.inside)


def _field(
    reading: Reading, source: FieldSource, config: _Config
) -> tuple[str | None, bool, Schema, bool]:
    """Key in JSON (None: not known), whether it is the only one, schema, whether it is required."""
    place = source.ancestor.inside
    schema = reading.schema(source.annotation, place, source.ancestor.variables)
    if source.docstring and "description" not in schema:
        schema = {**schema, "description": source.docstring}
    key: str | None = _generated(source.name, config)
    sure = True
    required = source.value is None
    for call in _field_calls(reading, source):
        if call is source.value and not config.changes_texts:
            schema = limits.limited(schema, call)
        schema, needed = with_default(reading, schema, call, place)
        # `Annotated[..., Field(default=1)]` has one as well.
        required = needed if call is source.value else required and needed
        alias, is_only = _alias(call)
        key = alias or key if is_only or alias else None
        sure = sure and is_only
    if source.value is not None and not isinstance(source.value, ast.Call):
        is_required = isinstance(source.value, ast.Constant) and source.value.value is Ellipsis
        schema, required = plain_default(schema, source.value), is_required
    only_key = sure and (key == source.name or not config.any_name)
    return key, only_key, schema, required


def _generated(name: str, config: _Config) -> str:
    if config.generator == "pydantic.alias_generators.to_camel":
        return to_camel(name)
    if config.generator == "pydantic.alias_generators.to_pascal":
        return to_pascal(name)
    return name


def to_pascal(name: str) -> str:
    """As pydantic's alias generator of this name."""
    titled = re.sub(r"[^\W\d_]+", lambda found: found[0][:1].upper() + found[0][1:].lower(), name)
    return re.sub(r"(?<=[0-9A-Za-z])_(?=[0-9A-Z])", "", titled)


def to_camel(name: str) -> str:
    """As pydantic's alias generator of this name: `userId` of `user_id`, others as they are."""
    if re.match(r"^[a-z]+[A-Za-z0-9]*$", name) and not re.search(r"\d(?=[a-z])", name):
        return name
    pascal = to_pascal(name)
    return re.sub(r"(^_*[A-Z])", lambda found: found[1].lower(), pascal)


def _field_calls(reading: Reading, source: FieldSource) -> Iterator[ast.Call]:
    """Every `Field(...)`: those in `Annotated` first, then the one behind the equals sign."""
    place = source.ancestor.inside
    match source.annotation:
        case ast.Subscript(value=value, slice=ast.Tuple(elts=[_, *metadata])):
            is_annotated = reading.external(value, place) == "typing.Annotated"
            for node in metadata if is_annotated else ():
                if isinstance(node, ast.Call) and _is_field_call(reading, node, place):
                    yield node
    if isinstance(source.value, ast.Call) and _is_field_call(reading, source.value, place):
        yield source.value


def _is_field_call(reading: Reading, call: ast.Call, place: Place) -> bool:
    return reading.external(call.func, place) == "pydantic.Field"


def _alias(call: ast.Call) -> tuple[str | None, bool]:
    """The key that a `Field` names, and whether there is no other."""
    options = keywords(call)
    node = options.get("validation_alias", options.get("alias"))
    if node is None:
        return None, not any(it.arg is None for it in call.keywords)
    value = literal(node)
    if value is None or isinstance(value, str):
        return value, True
    if isinstance(node, ast.Call) and node.args:
        first = literal(node.args[0])
        return (first if isinstance(first, str) else None), False
    return None, False


def _converted_fields(reading: Reading, family: Family) -> set[str] | None:
    """Names of fields whose input a validator sees first; None when one sees the whole object."""
    found: set[str] = set()
    for ancestor in family.line:
        for statement in ancestor.node.body:
            if not isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if statement.name in _HOOKS:
                return None
            for decorator in statement.decorator_list:
                names = _validated(reading, decorator, ancestor.inside)
                if names is None:
                    return None
                found |= names
    return found


def _validated(reading: Reading, decorator: ast.expr, place: Place) -> set[str] | None:
    """Fields that a decorated method converts; None when it may convert everything."""
    callee = decorator.func if isinstance(decorator, ast.Call) else decorator
    meaning = reading.meaning(callee, place)
    name = meaning.name if isinstance(meaning, External) else ""
    options = keywords(decorator)
    if name in {"pydantic.root_validator", "pydantic.model_validator"}:
        mode = literal(options["mode"]) if "mode" in options else None
        return set() if name.endswith("model_validator") and mode == "after" else None
    if name not in {"pydantic.field_validator", "pydantic.validator"}:
        return set()
    before = literal(options["pre"]) is not False if "pre" in options else False
    mode = literal(options["mode"]) if "mode" in options else "after"
    if not before and mode == "after":
        return set()
    values = [literal(it) for it in decorator.args] if isinstance(decorator, ast.Call) else []
    names = {value for value in values if isinstance(value, str)}
    return names if len(names) == len(values) else {"*"}


def _config(reading: Reading, family: Family) -> _Config:
    config = _Config()
    for ancestor in family.line:
        for name, node in _options(ancestor.node):
            _configure(reading, config, name, node, ancestor.inside)
    return config


def _options(node: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    """Options of a model, from its keywords, `model_config` and the older `class Config`."""
    for keyword in node.keywords:
        yield keyword.arg or "?", keyword.value
    for statement in node.body:
        match statement:
            case ast.Assign(targets=[ast.Name(id="model_config")], value=value):
                yield from _mapping(value)
            case ast.AnnAssign(target=ast.Name(id="model_config"), value=ast.expr() as value):
                yield from _mapping(value)
            case ast.ClassDef(name="Config", body=body, bases=bases):
                if bases:
                    yield "?", bases[0]
                for inner in body:
                    match inner:
                        case ast.Assign(targets=[ast.Name(id=name)], value=value):
                            yield name, value


def _mapping(value: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    match value:
        case ast.Call(args=[], keywords=given):
            for keyword in given:
                yield keyword.arg or "?", keyword.value
        case ast.Dict(keys=keys, values=values):
            for key, inner in zip(keys, values, strict=True):
                name = key.value if isinstance(key, ast.Constant) else None
                yield (name if isinstance(name, str) else "?"), inner
        case _:
            yield "?", value


def _configure(reading: Reading, config: _Config, name: str, node: ast.expr, place: Place) -> None:
    value = literal(node)
    if name == "?":
        config.known = False
    elif name == "extra":
        # `Extra.forbid` is how the first version wrote it.
        config.closed = value == "forbid" or getattr(node, "attr", None) == "forbid"
    elif name in _ANY_NAME or name == "validate_by_alias":
        config.any_name = config.any_name or (value is not False) != (name == "validate_by_alias")
    elif name == "alias_generator":
        known = reading.external(node, place)
        is_known = known.startswith("pydantic.alias_generators.to_") and "snake" not in known
        config.generator = None if value is None else known if is_known else "?"
    elif name in {"str_strip_whitespace", "anystr_strip_whitespace", "str_to_lower"}:
        config.changes_texts = config.changes_texts or value is not False
