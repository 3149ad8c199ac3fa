"""What is wrong with the inputs of a call, before it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from runagent_ls.features.entrypoints import EntrypointInfo, ParameterInfo
from runagent_ls.jsontree.document import JsonValue
from runagent_ls.project.objects import nearest
from runagent_ls.schema.inputs import check_inputs
from runagent_ls.schema.wording import in_words

_POSITIONAL: Final = ("positional_only", "positional_or_keyword")
_PAYLOAD: Final = "payload"


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One thing that is wrong with the inputs.

    `path` starts with the parameter's name and leads into its value; it is empty when the call as
    a whole is wrong. `certain`: Python refuses the call. A value of another type than annotated
    is never certain, for a function may accept anything.
    """

    parameter: str | None
    path: tuple[str | int, ...]
    message: str
    expected: str | None = None
    certain: bool = True

    def to_message(self) -> dict[str, JsonValue]:
        """`InputProblem` of schemas/protocol.schema.json."""
        return {
            "parameter": self.parameter,
            "path": list(self.path),
            "message": self.message,
            "expected": self.expected,
            "certain": self.certain,
        }


def problems(
    info: EntrypointInfo, args: Sequence[JsonValue], kwargs: Mapping[str, JsonValue]
) -> tuple[InputProblem, ...]:
    """What is wrong with positional and keyword arguments; empty when nothing is known to be.

    Says nothing when a decorator may change the parameters, or when they are not known.
    """
    if info.kind == "webhook":
        return tuple(_webhook(args, kwargs))
    if info.signature is None or not info.signature_certain:
        return ()
    return (*_binding(info, args, kwargs), *_types(info, args, kwargs))


def _webhook(args: Sequence[JsonValue], kwargs: Mapping[str, JsonValue]) -> Iterator[InputProblem]:
    """A webhook gets one value: the only positional one, or the keyword `payload`."""
    if len(args) > 1:
        yield InputProblem(None, (), f"A webhook takes one value, {len(args)} were given.")
    if args and kwargs:
        message = "A webhook takes either one positional value or the keyword payload, not both."
        yield InputProblem(None, (), message)
    for name in kwargs:
        if name != _PAYLOAD and not args:
            message = f"A webhook takes no keyword {name}: send everything as {_PAYLOAD}."
            yield InputProblem(name, (name,), message)


def _binding(
    info: EntrypointInfo, args: Sequence[JsonValue], kwargs: Mapping[str, JsonValue]
) -> Iterator[InputProblem]:
    """What Python would raise a TypeError for."""
    parameters = {it.parameter.name: it for it in info.parameters}
    kinds = {it.parameter.kind for it in info.parameters}
    positional = [it for it in info.parameters if it.parameter.kind in _POSITIONAL]
    if len(args) > len(positional) and "var_positional" not in kinds:
        yield _too_many(info, len(positional), len(args))
    filled = {it.parameter.name for it in positional[: len(args)]}
    takes_any = "var_keyword" in kinds
    misplaced = set()
    for name in kwargs:
        known = parameters.get(name)
        kind = known.parameter.kind if known is not None else "var_keyword"
        if kind == "positional_only" and not takes_any:
            misplaced.add(name)
            message = f"{name} can only be given by position, not by its name."
            yield InputProblem(name, (name,), message, _expected(known))
        elif kind in {"positional_or_keyword", "keyword_only"}:
            if name in filled:
                message = f"{name} is given twice: by position and by name."
                yield InputProblem(name, (name,), message, _expected(known))
        elif not takes_any and name not in info.filled_in:
            yield _unknown(info, name)
    for it in info.parameters:
        name = it.parameter.name
        by_name = name in kwargs and it.parameter.kind != "positional_only"
        if it.required and name not in filled and not by_name and name not in misplaced:
            expected = _expected(it)
            what = f": {expected}" if expected else ""
            yield InputProblem(name, (name,), f"{name} is missing{what}.", expected)


def _too_many(info: EntrypointInfo, allowed: int, given: int) -> InputProblem:
    limit = f"at most {allowed}" if allowed else "no"
    values = "value" if allowed == 1 else "values"
    message = f"{info.signature} takes {limit} positional {values}, {given} were given."
    return InputProblem(None, (), message)


def _unknown(info: EntrypointInfo, name: str) -> InputProblem:
    names = [
        it.parameter.name
        for it in info.parameters
        if it.parameter.kind in {"positional_or_keyword", "keyword_only"}
    ]
    # Callers in other languages write `userName`; the platform translates nothing.
    same = [it for it in names if _bare(it) == _bare(name)]
    near = same or nearest(name, names)
    if near:
        rest = f"; did you mean {near[0]}?"
    else:
        rest = f"; its parameters are {', '.join(names)}." if names else "; it takes none."
    return InputProblem(name, (name,), f"{info.tag} has no parameter {name}{rest}")


def _bare(name: str) -> str:
    return name.replace("_", "").lower()


def _expected(info: ParameterInfo | None) -> str | None:
    return in_words(info.schema) if info is not None and info.schema else None


def _types(
    info: EntrypointInfo, args: Sequence[JsonValue], kwargs: Mapping[str, JsonValue]
) -> Iterator[InputProblem]:
    for it, value in _bound(info, args, kwargs):
        name = it.parameter.name
        for found in check_inputs(it.schema, value, (name,)):
            yield InputProblem(name, found.path, found.message, found.expected, certain=False)


def _bound(
    info: EntrypointInfo, args: Sequence[JsonValue], kwargs: Mapping[str, JsonValue]
) -> Iterator[tuple[ParameterInfo, JsonValue]]:
    """Each parameter that gets a value, with that value."""
    positional = [it for it in info.parameters if it.parameter.kind in _POSITIONAL]
    yield from zip(positional, args, strict=False)
    filled = {it.parameter.name for it in positional[: len(args)]}
    named = {
        it.parameter.name
        for it in info.parameters
        if it.parameter.kind in {"positional_or_keyword", "keyword_only"}
    }
    for it in info.parameters:
        name, kind = it.parameter.name, it.parameter.kind
        if kind == "var_positional" and len(args) > len(positional):
            yield it, list(args[len(positional) :])
        elif kind == "var_keyword":
            yield it, {key: value for key, value in kwargs.items() if key not in named}
        elif name in named and name in kwargs and name not in filled:
            yield it, kwargs[name]
