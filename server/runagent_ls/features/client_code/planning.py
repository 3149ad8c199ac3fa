"""From an entrypoint and some inputs to the plan of a call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from runagent_ls.features.client_code.examples import example
from runagent_ls.features.client_code.model import ClientCodeError, ClientTarget
from runagent_ls.features.client_code.plan import Input, Plan
from runagent_ls.features.client_code.text import clean, is_finite, one_line
from runagent_ls.features.entrypoints import EntrypointInfo, ParameterInfo
from runagent_ls.jsontree.document import JsonValue
from runagent_ls.pyfile.signature_schema import MISSING, Missing
from runagent_ls.schema.inputs import check_inputs

REDACTED: Final = "[redacted]"
"""What the history writes in place of a secret."""
_NAMED: Final = ("positional_or_keyword", "keyword_only")
EXACT_IN_DOUBLES: Final = 2**53
"""Integers beyond it are rounded where numbers are floating-point numbers."""


def plan_of(
    info: EntrypointInfo,
    target: ClientTarget,
    args: Sequence[JsonValue],
    kwargs: Mapping[str, JsonValue],
    *,
    few_positional: bool = False,
    largest: int | None = None,
) -> Plan:
    """Lay out a call of the entrypoint with these inputs; examples stand in for those missing.

    `few_positional`: whatever can go by name does, and `*args` is left out unless values for it
    are given. `largest`: the language
    has no larger integers, and leaves empty values out of what it sends. Raises ClientCodeError
    for inputs that JSON cannot say.
    """
    if not is_finite([list(args), dict(kwargs)]):
        raise ClientCodeError(
            "The inputs hold NaN or an infinite number, which JSON cannot say.",
            "Give a finite number, or null.",
        )
    plan = Plan(info.tag, info.streams, target, clean(info.documentation or ""), info.output_schema)
    binding = _bind(info, args, kwargs)
    if binding is None:
        return _untyped(plan, info, args, kwargs)
    found = _typed(plan, info, binding, few_positional=few_positional)
    return found if largest is None else _widened(found, largest)


@dataclass(frozen=True, slots=True)
class _Binding:
    values: dict[str, JsonValue]
    rest: tuple[JsonValue, ...]
    more: dict[str, JsonValue]


def _bind(
    info: EntrypointInfo, args: Sequence[JsonValue], kwargs: Mapping[str, JsonValue]
) -> _Binding | None:
    """Which parameter gets what; None when the parameters are not known or take no such inputs."""
    if info.signature is None:
        return None
    positional = [it.parameter for it in info.parameters if it.parameter.kind.startswith("pos")]
    kinds = {it.parameter.kind for it in info.parameters}
    named = {it.parameter.name for it in info.parameters if it.parameter.kind in _NAMED}
    values = {it.name: value for it, value in zip(positional, args, strict=False)}
    rest = tuple(args[len(positional) :])
    more = {name: value for name, value in kwargs.items() if name not in named}
    # People give NAME=VALUE without thinking of what goes by position.
    lacking = {
        it.parameter.name
        for it in info.parameters
        if it.parameter.kind == "positional_only"
        and it.parameter.name not in values
        and (it.required or "var_keyword" not in kinds)
    }
    values |= {name: more.pop(name) for name in list(more) if name in lacking}
    twice = set(values) & set(kwargs) & named
    if twice or (rest and "var_positional" not in kinds) or (more and "var_keyword" not in kinds):
        return None
    return _Binding({**values, **{k: v for k, v in kwargs.items() if k in named}}, rest, more)


def _untyped(
    plan: Plan, info: EntrypointInfo, args: Sequence[JsonValue], kwargs: Mapping[str, JsonValue]
) -> Plan:
    """For functions whose parameters nobody knows, webhooks, and inputs that do not fit."""
    if info.kind == "webhook" and not args and set(kwargs) <= {"payload"}:
        payload = Input("payload", {}, description="What is sent to the webhook.")
        values = dict(kwargs) or {"payload": {}}
        remarks = tuple(_remarks(values, [] if kwargs else ["payload"]))
        return replace(plan, keyword=(payload,), values=values, remarks=remarks)
    notes: tuple[str, ...] = ()
    if info.signature is not None:
        notes = (f"The inputs do not fit {info.signature}; the code passes them as they are.",)
    elif info.kind == "python":
        notes = ("The parameters of the function are not known; the code takes any inputs.",)
    return replace(
        plan,
        rest=Input("args", {"type": "array"}) if args else None,
        more=Input("inputs", {"type": "object"}),
        rest_values=tuple(args),
        more_values=dict(kwargs),
        remarks=tuple(_remarks({**dict(kwargs), "args": list(args)}, [])),
        notes=notes,
    )


def _typed(plan: Plan, info: EntrypointInfo, binding: _Binding, *, few_positional: bool) -> Plan:
    by_kind = {it.parameter.kind: it for it in info.parameters if it.parameter.kind[:4] == "var_"}
    rest = by_kind.get("var_positional")
    if few_positional and not binding.rest:
        rest = None
    more = by_kind.get("var_keyword")
    by_position = _by_position(info.parameters, with_rest=rest is not None)
    invented = _missing(info, binding, by_position)
    values = {**binding.values, **invented}
    inputs = {
        it.parameter.name: _input(it, values.get(it.parameter.name, MISSING))
        for it in info.parameters
        if not it.parameter.kind.startswith("var_")
    }
    shown = {**values, **binding.more, "*": list(binding.rest)}
    return replace(
        plan,
        positional=tuple(inputs[name] for name in by_position),
        rest=_input(rest, list(binding.rest)) if rest else None,
        keyword=tuple(it for name, it in inputs.items() if name not in by_position),
        more=_input(more, dict(binding.more)) if more else None,
        values=values,
        rest_values=binding.rest,
        more_values=binding.more,
        remarks=tuple(_remarks(shown, list(invented))),
        notes=tuple(_notes(info, values)),
    )


def _widened(plan: Plan, largest: int) -> Plan:
    """For languages that leave out whatever is empty: what is given must be sent all the same."""

    def wide(it: Input) -> Input:
        if it.name not in plan.values:
            return it
        value = plan.values[it.name]
        lost = "'properties'" in str(it.schema) and any(map(_is_empty, _inside(value)))
        schema = {} if lost or beyond(value, largest) else it.schema
        return replace(it, schema=schema, required=it.required or _is_empty(value))

    positional, keyword = map(wide, plan.positional), map(wide, plan.keyword)
    return replace(plan, positional=tuple(positional), keyword=tuple(keyword))


def _is_empty(value: JsonValue) -> bool:
    return value is None or value in ([], {})


def _inside(value: JsonValue) -> Iterator[JsonValue]:
    """Every value in it, at any depth."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict | list):
            items = list(one.values()) if isinstance(one, dict) else one
            yield from items
            waiting.extend(items)


def _by_position(parameters: Sequence[ParameterInfo], *, with_rest: bool) -> list[str]:
    """What must go by position: also what stands before `*args`, and up to a `self`, which no
    method of a Python class takes by name."""
    kinds = ("positional_only", "positional_or_keyword")
    found = [it.parameter for it in parameters if it.parameter.kind in kinds]
    if with_rest:
        return [it.name for it in found]
    forced = [at for at, it in enumerate(found) if it.kind == kinds[0] or it.name == "self"]
    return [it.name for it in found[: forced[-1] + 1]] if forced else []


def _missing(
    info: EntrypointInfo, binding: _Binding, by_position: Sequence[str]
) -> dict[str, JsonValue]:
    """Example values for what is required and not given, and for gaps between positions."""
    given = [at for at, name in enumerate(by_position) if name in binding.values]
    last = len(by_position) if binding.rest else given[-1] + 1 if given else 0
    needed = set(by_position[:last])
    return {
        it.parameter.name: example(it.schema, it.parameter.name)
        for it in info.parameters
        if (it.required or it.parameter.name in needed) and it.parameter.name not in binding.values
    }


def _input(info: ParameterInfo, value: JsonValue | Missing) -> Input:
    parameter = info.parameter
    fits = isinstance(value, Missing) or _fits(info.schema, value)
    return Input(
        parameter.name,
        info.schema if fits else {},
        info.required,
        info.default_value,
        clean(parameter.description) if parameter.description else None,
    )


def _fits(schema: Mapping[str, JsonValue], value: JsonValue) -> bool:
    """Whether the value can be written where the type of the schema is asked for.

    Stricter than the function that is called: languages take no unknown keys in a literal, no 1.0
    for an integer and no true for a number.
    """
    if check_inputs(_closed(dict(schema)), value):
        return False
    return "'integer'" not in str(schema) or not _has_whole_float(value)


def _closed(schema: dict[str, JsonValue]) -> dict[str, JsonValue]:
    found: dict[str, JsonValue] = {
        key: _closed(inner)
        if isinstance(inner, dict)
        else [_closed(it) if isinstance(it, dict) else it for it in inner]
        if isinstance(inner, list)
        else inner
        for key, inner in schema.items()
    }
    if isinstance(found.get("properties"), dict) and found.get("type") == "object":
        found.setdefault("additionalProperties", False)
    if found.get("type") in ("integer", "number"):
        found["not"] = {"type": "boolean"}
    return found


def _has_whole_float(value: JsonValue) -> bool:
    return any(isinstance(it, float) and it.is_integer() for it in (value, *_inside(value)))


def _notes(info: EntrypointInfo, values: Mapping[str, JsonValue]) -> Iterator[str]:
    if not info.signature_certain:
        yield "A decorator may change the parameters; the code shows those of the source."
    for it in info.parameters:
        name = it.parameter.name
        for found in check_inputs(it.schema, values[name], (name,)) if name in values else ():
            yield f"{found.message.rstrip('.')}. The code takes anything there."
    handed_over = [it.parameter.name for it in info.parameters if _is_converted(it)]
    if handed_over:
        yield (
            f"RunAgent hands JSON over as it is: the function gets plain values for"
            f" {', '.join(handed_over)}, not objects of the annotated types."
        )


def _is_converted(info: ParameterInfo) -> bool:
    """Whether the annotation names a type whose objects JSON does not have."""
    text = str(info.schema)
    return any(sign in text for sign in ("'$ref'", "'format'", "'title'"))


def _remarks(values: Mapping[str, JsonValue], invented: Sequence[str]) -> Iterator[str]:
    if invented:
        yield f"Example values, made from the types: {', '.join(invented)}."
    secret = [one_line(name) for name, value in values.items() if REDACTED in str(value)]
    if secret:
        yield f"Fill in what the history left out as secret: {', '.join(secret)}."


def beyond(value: JsonValue, limit: int) -> bool:
    """Whether it holds an integer farther from zero than the limit."""
    return any(isinstance(it, int) and abs(it) > limit for it in (value, *_inside(value)))
