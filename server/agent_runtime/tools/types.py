"""Annotated types as JSON Schema, and JSON values as these types: mashumaro does the work.

This module imports mashumaro: import it when a tool is made, not before.
"""

from __future__ import annotations

import base64
import collections.abc
import functools
import inspect
import operator
import sys
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Final, get_args, get_origin

from mashumaro.codecs.basic import BasicDecoder, BasicEncoder
from mashumaro.dialect import Dialect
from mashumaro.exceptions import UnresolvedTypeReferenceError
from mashumaro.jsonschema import build_json_schema
from mashumaro.jsonschema.models import Context

from agent_runtime.json_value import JsonValue
from agent_runtime.tools.annotation_parts import parts_of, speaks_pydantic, tell_required_keys
from agent_runtime.tools.errors import ToolDefinitionError
from agent_runtime.tools.generated_code import find_types_of_any_module
from agent_runtime.tools.parameter import ABSENT, Parameter
from agent_runtime.tools.result import to_json


@dataclass(frozen=True, slots=True)
class _Codec:
    """As Parameter; `encode` is the way back."""

    schema: dict[str, Any]
    checked: dict[str, Any]
    decode: Callable[[Any], Any]
    encode: Callable[[Any], Any]


_SEQUENCES: Final = {
    collections.abc.Iterable: collections.abc.Sequence,
    collections.abc.Collection: collections.abc.Sequence,
}
_SCALARS: Final = {bool, int, float, str, types.NoneType}
_CONTAINERS: Final = {list, dict, collections.abc.Sequence, collections.abc.Mapping}


find_types_of_any_module()


def _bytes(text: str) -> bytes:
    return base64.b64decode("".join(text.split()), validate=True)


class _Strict(Dialect):
    """Text that is no base64 is refused; mashumaro would leave out what it does not know."""

    serialization_strategy = {  # noqa: RUF012 - read where it stands
        bytes: {"deserialize": _bytes},
        bytearray: {"deserialize": lambda text: bytearray(_bytes(text))},
    }


class TypeReader:
    """Reads the parameters of one tool; `definitions` are the schema's, shared by them."""

    def __init__(self, tool: str) -> None:
        self._tool = tool
        self._context = Context()
        self._more: dict[str, Any] = {}

    @property
    def definitions(self) -> dict[str, Any]:
        shared = self._context.definitions.items()
        return {name: _json_of(schema.to_dict()) for name, schema in shared} | self._more

    def read(
        self,
        parameter: inspect.Parameter,
        annotation: Any,  # noqa: ANN401 - any annotation
        description: str | None,
    ) -> Parameter:
        """ToolDefinitionError when values of the type cannot come from JSON."""
        codec = self._codec(parameter.name, annotation)
        said = description or _said_of(annotation)
        about = {"description": said} if said else {}
        return Parameter(
            parameter.name,
            {**codec.schema, **about, **_default(parameter, codec.encode)},
            codec.checked,
            codec.decode,
            parameter.kind is parameter.POSITIONAL_ONLY,
            parameter.default,
        )

    def _codec(self, name: str, annotation: Any) -> _Codec:  # noqa: ANN401 - any annotation
        try:
            wanted = plain(annotation)
        except TypeError as error:  # `Callable[[int], str]`, and whatever else is no type
            raise self._refusal(name, annotation) from error
        if wanted is Any:
            return _Codec({}, {}, _as_it_is, _as_it_is)
        parts = list(parts_of(wanted))
        if "pydantic" in sys.modules and any(map(speaks_pydantic, parts)):
            return self._pydantic(name, wanted)
        for part in parts:
            tell_required_keys(get_origin(part) or part)
        try:
            built = build_json_schema(wanted, self._context, with_definitions=False)
            schema = _json_of(built.to_dict())
            decode = BasicDecoder(wanted, default_dialect=_Strict).decode
        except UnresolvedTypeReferenceError as error:
            raise ToolDefinitionError(
                f"The tool {self._tool} takes {name} as {inspect.formatannotation(wanted)}, in "
                f"which nobody knows what {error.name} is: define both at the top of the module."
            ) from error
        except Exception as error:
            raise self._refusal(name, wanted) from error
        return _Codec(schema, schema, decode, lambda value: BasicEncoder(wanted).encode(value))

    def _pydantic(self, name: str, wanted: Any) -> _Codec:  # noqa: ANN401 - any annotation
        from agent_runtime.tools.pydantic_types import pydantic_codec

        try:
            schema, definitions, decode, encode = pydantic_codec(wanted, name)
        except Exception as error:
            raise self._refusal(name, wanted) from error
        self._more |= definitions
        return _Codec(schema, {}, decode, encode)

    def _refusal(self, name: str, wanted: object) -> ToolDefinitionError:
        return ToolDefinitionError(
            f"The tool {self._tool} takes {name} as {inspect.formatannotation(wanted)}, which "
            "cannot be made from JSON: use a dataclass, a TypedDict, an Enum, a pydantic model or "
            "a type of the standard library."
        )


def _json_of(schema: dict[str, Any]) -> dict[str, Any]:
    """Without what JSON does not know: defaults and members of an Enum may be anything.

    Names of properties are text, of which mashumaro makes the keys: a schema that asks for
    numbers there would allow none.
    """
    made: dict[str, Any] = {key: to_json(value) for key, value in schema.items()}
    left: list[Any] = [made]
    while left:
        part = left.pop()
        if isinstance(part, dict):
            # `type` is no text in a map of properties, one of which may be called propertyNames
            if part.get("type") == "object" and "enum" not in part.get("propertyNames", ()):
                part.pop("propertyNames", None)
            left += [value for key, value in part.items() if key not in ("default", "enum")]
        elif isinstance(part, list):
            left += part
    return made


def _default(parameter: inspect.Parameter, encode: Callable[[Any], Any]) -> dict[str, JsonValue]:
    """The default as a schema's keyword; nothing when JSON cannot say it."""
    value = parameter.default
    if value is ABSENT:
        return {}
    for form in (encode, _as_it_is):  # a default need not be of the type
        try:
            return {"default": to_json(form(value))}
        except Exception:  # noqa: BLE001, S112 - the types run code of their own
            continue
    return {}


def _said_of(annotation: Any) -> str | None:  # noqa: ANN401 - any annotation
    """The text in `Annotated[str, "the city's name"]`, a custom of frameworks for agents."""
    if get_origin(annotation) is not Annotated:
        return None
    return next((one for one in annotation.__metadata__ if isinstance(one, str)), None)


def plain(annotation: Any) -> Any:  # noqa: ANN401 - any annotation
    """The annotation in words that mashumaro knows: any JSON is `Any`."""
    if annotation in (ABSENT, object) or _is_any_json(annotation):
        return Any
    origin, args = get_origin(annotation), get_args(annotation)
    if origin is typing.Literal or not args:
        return _SEQUENCES.get(annotation, annotation)
    if origin is Annotated:
        inner, *more = args
        return Annotated[(plain(inner), *more)]
    changed = tuple(plain(arg) if not isinstance(arg, list) else arg for arg in args)
    if origin in (typing.Union, types.UnionType):
        return Any if Any in changed else functools.reduce(operator.or_, changed)
    base = _SEQUENCES.get(origin, origin)
    return annotation if changed == args and base is origin else base[changed]


def _is_any_json(annotation: Any) -> bool:  # noqa: ANN401 - any annotation
    """Whether it is like JsonValue: each scalar, and containers (of itself, which no type says)."""
    args = set(get_args(annotation))
    containers = {get_origin(arg) or arg for arg in args - _SCALARS}
    return args >= _SCALARS and bool(containers) and containers <= _CONTAINERS


def _as_it_is(value: Any) -> Any:  # noqa: ANN401 - any value
    return value
