"""One tool: a function, what a model must know to call it, and the call."""

from __future__ import annotations

import copy
import inspect
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar, overload

from agent_runtime.events import ErrorKind
from agent_runtime.json_value import JsonValue
from agent_runtime.limits import check_seconds
from agent_runtime.model import ToolDescription
from agent_runtime.orchestrator.breaker import CircuitBreaker, CircuitOpenError
from agent_runtime.orchestrator.breaker_state import BreakerBackend, BreakerRules, Verdict
from agent_runtime.tools.arguments import ArgumentReader, MisfitError
from agent_runtime.tools.errors import ToolDefinitionError, ToolError, is_transient, text_of
from agent_runtime.tools.local_names import local_names
from agent_runtime.tools.result import ToolResult, failed, returned
from agent_runtime.tools.running import Caller
from agent_runtime.tools.signature import behind, signature_of

_F = TypeVar("_F", bound=Callable[..., object])

_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")
"""What every provider takes as the name of a tool."""
_MARK: Final = "__agent_tool__"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolOptions:
    """What `tool` and `ToolRegistry.add` are told. None: as the function or the registry says.

    `names` are local ones in the function's annotations, which nobody knows any more later.
    """

    name: str | None = None
    description: str | None = None
    repeatable: bool | None = None
    time_limit: float | None = None
    breaker: BreakerRules | bool | None = None
    transient: tuple[type[BaseException], ...] = ()
    names: Mapping[str, Any] = field(default_factory=dict)

    def over(self, other: ToolOptions) -> ToolOptions:
        """These where they say something, the other ones elsewhere."""
        said = {
            name: value
            for name in ("name", "description", "repeatable", "time_limit", "breaker")
            if (value := getattr(self, name)) is not None
        }
        return replace(
            other,
            **said,
            transient=(*other.transient, *self.transient),
            names={**other.names, **self.names},
        )


@overload
def tool(function: _F, /) -> _F: ...
@overload
def tool(
    *,
    name: str | None = None,
    description: str | None = None,
    repeatable: bool | None = None,
    time_limit: float | None = None,
    breaker: BreakerRules | bool | None = None,
    transient: tuple[type[BaseException], ...] = (),
) -> Callable[[_F], _F]: ...
def tool(
    function: Callable[..., object] | None = None,
    /,
    *,
    name: str | None = None,
    description: str | None = None,
    repeatable: bool | None = None,
    time_limit: float | None = None,
    breaker: BreakerRules | bool | None = None,
    transient: tuple[type[BaseException], ...] = (),
) -> Any:
    """Says of a function or method how it is a tool; it stays the function that it was.

    `name` is the function's own and `description` its docstring unless given. `repeatable`: it
    may run again when nobody knows whether it was done. `time_limit` in seconds. `breaker`: rules
    of its own for the circuit breaker, or False for none. `transient`: exceptions after which the
    same call may work later, beside those that say so anyway (see `is_transient`).

    >>> @tool(repeatable=True, time_limit=10)
    ... def double(number: int) -> int:
    ...     return 2 * number
    >>> double(4)
    8
    """
    options = ToolOptions(
        name=name,
        description=description,
        repeatable=repeatable,
        time_limit=time_limit,
        breaker=breaker,
        transient=transient,
    )

    def mark(marked: Callable[..., object]) -> Callable[..., object]:
        try:
            setattr(marked, _MARK, replace(options, names=local_names(behind(marked))))
        except (AttributeError, TypeError) as error:
            raise ToolDefinitionError(
                f"{marked!r} cannot be marked as a tool: give it to ToolRegistry.add with these "
                "options."
            ) from error
        return marked

    return mark if function is None else mark(function)


def options_of(function: Callable[..., object]) -> ToolOptions:
    """What `tool` said of the function."""
    options = getattr(function, _MARK, None)
    return options if isinstance(options, ToolOptions) else ToolOptions()


class Tool:
    """A function that a model can call. Made by `ToolRegistry.add`.

    `breaker` is None when nothing stops calls of a tool that fails. ToolDefinitionError when the
    function cannot be a tool; ValueError for a limit that makes no sense.
    """

    def __init__(
        self,
        function: Callable[..., object],
        options: ToolOptions,
        backend: BreakerBackend,
        scope: str | None = None,
    ) -> None:
        self.name = _name_of(function, options)
        signature = signature_of(function, self.name, options.names)
        self.description = (
            signature.description if options.description is None else options.description
        )
        self.input_schema: Mapping[str, JsonValue] = signature.schema
        self.repeatable = bool(options.repeatable)
        self.time_limit = options.time_limit
        self._function = function
        self._signature = signature
        self._arguments = ArgumentReader(signature, self.name)
        self._transient = options.transient
        self._caller = Caller(function, self.name)
        self._scope = scope
        self.breaker = self._breaker(options.breaker, backend)

    def __repr__(self) -> str:
        return f"Tool({self.name!r})"

    def describe(self) -> ToolDescription:
        """As a model is told of it."""
        return ToolDescription(self.name, self.description, self.input_schema)

    def of_agent(self, name: str) -> Tool:
        """The same with a circuit breaker that is the agent's, unless its registry has a scope."""
        if self.breaker is None or self._scope is not None:
            return self
        made = copy.copy(self)
        made._scope = name
        made.breaker = made._breaker(self.breaker.rules, self.breaker.backend)
        return made

    def is_same(self, other: Tool) -> bool:
        """Whether both call one function, with the same options."""
        return self._caller is other._caller

    async def call(
        self, arguments: Mapping[str, JsonValue], *, time_limit: float | None = None
    ) -> ToolResult:
        """What the function gives for the arguments; each failure is a result that says its kind.

        `time_limit` in seconds holds where the tool has none of its own. Only a cancel is raised.
        """
        begun = time.perf_counter()

        def elapsed() -> float:
            return (time.perf_counter() - begun) * 1000

        try:
            decoded = self._arguments.read(arguments)
        except MisfitError as error:
            return failed("malformed", str(error), elapsed())
        try:
            result = await self._run(
                decoded, time_limit if self.time_limit is None else self.time_limit
            )
        except Exception as error:  # noqa: BLE001 - whatever the tool raises is its result
            kind: ErrorKind = "transient" if self._may_pass(error) else "permanent"
            return failed(kind, _words(error), elapsed())
        try:
            return returned(result, elapsed())
        except Exception as error:  # noqa: BLE001 - what was returned runs code of its own
            return failed(
                "permanent", f"What it returned cannot be shown: {text_of(error)}.", elapsed()
            )

    async def _run(self, arguments: Mapping[str, Any], limit: float | None) -> object:
        positional, named = self._signature.bind(arguments)

        def work() -> object:
            return self._function(*positional, **named)

        if self.breaker is None:
            return await self._caller.call(work, limit)
        return await self.breaker.call(lambda: self._caller.call(work, limit))

    def _breaker(
        self, rules: BreakerRules | bool | None, backend: BreakerBackend
    ) -> CircuitBreaker | None:
        if rules is False:
            return None
        wanted = rules if isinstance(rules, BreakerRules) else BreakerRules()
        scope = "" if self._scope is None else f"{self._scope}:"
        return CircuitBreaker(
            f"tool:{scope}{self.name}",  # no name of a tool has a colon
            threshold=wanted.threshold,
            recovery=wanted.recovery,
            probe_limit=wanted.probe_limit,
            backend=backend,
            judge=self._verdict,
        )

    def _verdict(self, error: BaseException) -> Verdict:
        """Only what may pass counts against a tool: wrong arguments are the model's fault."""
        if not isinstance(error, Exception):
            return "none"
        if self._may_pass(error):
            return "failure"
        return "success" if isinstance(error, ToolError) else "none"

    def _may_pass(self, error: Exception) -> bool:
        return is_transient(error, self._transient)


def _name_of(function: Callable[..., object], options: ToolOptions) -> str:
    """The tool's name, when the function can be a tool at all."""
    if not callable(function):
        several = isinstance(function, Iterable) and not isinstance(function, str)
        hint = ": give functions one by one, as in with_tools(*functions)" if several else ""
        raise ToolDefinitionError(f"A tool is a function, not {type(function).__name__}{hint}.")
    name = options.name or getattr(function, "__name__", None) or type(function).__name__
    if _NAME.fullmatch(name) is None:
        raise ToolDefinitionError(
            f"{name!r} is no name for a tool: give one of at most 64 letters, digits, _ and -, "
            "beginning with a letter, as in ToolRegistry().add(function, name='search')."
        )
    if inspect.isgeneratorfunction(function) or inspect.isasyncgenfunction(function):
        raise ToolDefinitionError(
            f"The tool {name} yields, but a tool returns one result: return a list, for instance."
        )
    if options.time_limit is not None:
        check_seconds("time_limit", options.time_limit)
    return name


def _words(error: Exception) -> str:
    """Exceptions that speak to the model speak for themselves; of others the type helps."""
    message, kind = text_of(error), type(error).__name__
    speaks = isinstance(error, ToolError | CircuitOpenError) or kind in ("TimeoutError", message)
    return message if speaks else f"{kind}: {message}"
