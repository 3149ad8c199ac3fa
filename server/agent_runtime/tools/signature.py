"""What a function takes: its parameters as a JSON Schema, and arguments as its types."""

from __future__ import annotations

import functools
import inspect
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from agent_runtime.json_value import JsonValue
from agent_runtime.tools.errors import ToolDefinitionError
from agent_runtime.tools.local_names import local_names
from agent_runtime.tools.parameter import ABSENT, Parameter


@dataclass(frozen=True, slots=True)
class Signature:
    """`extra` is what any further argument is (`**kwargs`); None when there is no such thing."""

    description: str
    parameters: Mapping[str, Parameter]
    extra: Parameter | None
    definitions: dict[str, Any] = field(default_factory=dict)

    @property
    def schema(self) -> dict[str, JsonValue]:
        """The JSON Schema that a model is shown."""
        return self._schema_of(lambda parameter: parameter.schema)

    @property
    def checked(self) -> dict[str, JsonValue]:
        """The JSON Schema that arguments are held against before they are decoded."""
        return self._schema_of(lambda parameter: parameter.checked)

    def _schema_of(self, part: Callable[[Parameter], dict[str, Any]]) -> dict[str, JsonValue]:
        required = [p.name for p in self.parameters.values() if p.default is ABSENT]
        made: dict[str, JsonValue] = {
            "type": "object",
            "properties": {name: part(p) for name, p in self.parameters.items()},
            "required": required,
            "additionalProperties": False if self.extra is None else part(self.extra),
        }
        if self.definitions:
            made["$defs"] = self.definitions
        return made

    def bind(self, arguments: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
        """How the function is called with decoded arguments."""
        left = dict(arguments)
        positional = [left.pop(p.name, p.default) for p in self.parameters.values() if p.positional]
        return positional, left


def signature_of(
    function: Callable[..., object], name: str, names: Mapping[str, Any] | None = None
) -> Signature:
    """What `function` takes; `names` are local ones that its annotations may use.

    ToolDefinitionError when no model can say that.
    """
    from agent_runtime.tools.documentation import documentation_of
    from agent_runtime.tools.types import TypeReader

    try:
        found = inspect.signature(function)
    except (ValueError, TypeError) as error:
        raise ToolDefinitionError(
            f"The tool {name} has no signature that can be read: wrap it in a function with "
            "annotated parameters."
        ) from error
    _refuse_unbound(function, found, name)
    annotations = _annotations(function, found, name, names or {})
    documentation = documentation_of(function)
    reader = TypeReader(name)
    parameters: dict[str, Parameter] = {}
    extra: Parameter | None = None
    for parameter in found.parameters.values():
        if parameter.kind is parameter.VAR_POSITIONAL:
            raise ToolDefinitionError(
                f"The tool {name} takes *{parameter.name}, whose values have no names a model "
                "could give: take a list instead."
            )
        made = reader.read(
            parameter,
            annotations.get(parameter.name, ABSENT),
            documentation.parameters.get(parameter.name),
        )
        if parameter.kind is parameter.VAR_KEYWORD:
            extra = made
        else:
            parameters[parameter.name] = made
    return Signature(documentation.text, parameters, extra, reader.definitions)


def _refuse_unbound(function: Callable[..., object], found: inspect.Signature, name: str) -> None:
    path = getattr(function, "__qualname__", "").rpartition(".")[0]
    first = next(iter(found.parameters), None)
    if inspect.isfunction(function) and first == "self" and path and not path.endswith(">"):
        raise ToolDefinitionError(
            f"The tool {name} is a method of {path}, without an object: give that of an object, "
            f"as in {path}().{function.__name__}."
        )


def _annotations(
    function: Callable[..., object],
    found: inspect.Signature,
    name: str,
    marked: Mapping[str, Any],
) -> dict[str, Any]:
    """Of the parameters only: what is returned need not be known at run time."""
    raw = {
        parameter.name: parameter.annotation
        for parameter in found.parameters.values()
        if parameter.annotation is not ABSENT
    }
    holder = type("holder", (), {"__annotations__": raw})
    # which the alias names in itself, whatever a module that imports it calls it
    defined = behind(function)
    names = {"JsonValue": JsonValue} | getattr(defined, "__globals__", {})
    local = {**marked, **local_names(defined)}
    try:
        return typing.get_type_hints(holder, names, local, include_extras=True)
    except Exception as error:
        raise ToolDefinitionError(
            f"The tool {name} has an annotation that cannot be evaluated ({error}): define or "
            "import what it names at the top of the module, not for type checkers only, or mark "
            "the tool with @tool in the function where it is defined."
        ) from error


def behind(function: Callable[..., object]) -> Any:  # noqa: ANN401 - any callable
    """What was written: without what decorators put around it."""
    return inspect.unwrap(_plain(function))


def _plain(function: Callable[..., object]) -> Any:  # noqa: ANN401 - any callable
    """The function behind a partial, a bound method or an object with `__call__`."""
    while True:
        if isinstance(function, functools.partial):
            function = function.func
        elif inspect.ismethod(function):
            function = function.__func__
        elif inspect.isfunction(function) or inspect.isbuiltin(function):
            return function
        elif inspect.isclass(function):
            return function.__init__
        elif hasattr(function, "__call__") and inspect.ismethod(function.__call__):  # noqa: B004
            function = function.__call__
        else:
            return function
