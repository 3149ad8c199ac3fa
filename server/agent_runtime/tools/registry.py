"""The tools of an agent, by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar, overload

from agent_runtime.json_value import JsonValue
from agent_runtime.limits import check_seconds
from agent_runtime.model import ToolDescription
from agent_runtime.orchestrator.breaker_state import (
    BreakerBackend,
    BreakerRules,
    MemoryBackend,
)
from agent_runtime.tools.errors import ToolDefinitionError
from agent_runtime.tools.result import ToolResult, failed
from agent_runtime.tools.tool import Tool, ToolOptions, options_of
from agent_runtime.tools.validation import nearest

_F = TypeVar("_F", bound=Callable[..., object])


class ToolRegistry:
    """Functions that a model may call, in the order in which they were added.

    `time_limit` in seconds and `breaker` hold for tools without their own; `breaker` False means
    none. Circuit breakers keep their state in `backend`, in this process unless given. There each
    agent has its own for each name of a tool; with a `scope`, the tools of one name and scope have
    one breaker for all agents, as they ask the same service. Any number of sessions and threads may
    call tools at once; add tools before. ValueError for a limit that makes no sense.

    >>> import asyncio
    >>> tools = ToolRegistry()
    >>> @tools.tool
    ... def add(a: float, b: float) -> float:
    ...     \"\"\"The sum of two numbers.\"\"\"
    ...     return a + b
    >>> asyncio.run(tools.call("add", {"a": 1, "b": 2})).value
    3.0
    >>> asyncio.run(tools.call("add", {"a": 1})).content
    '"b" is missing. add takes a (a number), b (a number).'
    """

    def __init__(
        self,
        functions: Iterable[Callable[..., object]] = (),
        *,
        time_limit: float | None = None,
        breaker: BreakerRules | bool = True,
        backend: BreakerBackend | None = None,
        scope: str | None = None,
    ) -> None:
        if time_limit is not None:
            check_seconds("time_limit", time_limit)
        self._scope = scope
        self._defaults = ToolOptions(time_limit=time_limit, breaker=breaker)
        self._backend: BreakerBackend = MemoryBackend() if backend is None else backend
        self._tools: dict[str, Tool] = {}
        for function in functions:
            self.add(function)

    def __len__(self) -> int:
        return len(self._tools)

    def __iter__(self) -> Iterator[Tool]:
        return iter(self._tools.values())

    def __contains__(self, name: object) -> bool:
        return name in self._tools

    def __repr__(self) -> str:
        return f"ToolRegistry({', '.join(self._tools)})"

    def get(self, name: str) -> Tool | None:
        """The tool of this name, if there is one."""
        return self._tools.get(name)

    @property
    def names(self) -> list[str]:
        """In the order in which the tools were added."""
        return list(self._tools)

    def descriptions(self) -> list[ToolDescription]:
        """All tools as a model is told of them."""
        return [tool.describe() for tool in self]

    def add(
        self,
        function: Callable[..., object],
        *,
        name: str | None = None,
        description: str | None = None,
        repeatable: bool | None = None,
        time_limit: float | None = None,
        breaker: BreakerRules | bool | None = None,
        transient: tuple[type[BaseException], ...] = (),
    ) -> Tool:
        """Makes a function, method or any other callable a tool; options as those of `tool`.

        They go before what `@tool` says of it. ToolDefinitionError when it cannot be a tool, or
        when there is another one of its name.
        """
        given = ToolOptions(
            name=name,
            description=description,
            repeatable=repeatable,
            time_limit=time_limit,
            breaker=breaker,
            transient=transient,
        )
        options = given.over(options_of(function).over(self._defaults))
        made = Tool(function, options, self._backend, self._scope)
        self._take(made)
        return made

    def include(self, other: ToolRegistry, *, agent: str | None = None) -> None:
        """Takes all tools of another registry, with its limits and its circuit breakers.

        For an `agent` of this name, which then has breakers of its own.
        """
        for one in other:
            known = self._tools.get(one.name)
            if known is None or not known.is_same(one):
                self._take(one if agent is None else one.of_agent(agent))

    @overload
    def tool(self, function: _F, /) -> _F: ...
    @overload
    def tool(
        self,
        /,
        *,
        name: str | None = None,
        description: str | None = None,
        repeatable: bool | None = None,
        time_limit: float | None = None,
        breaker: BreakerRules | bool | None = None,
        transient: tuple[type[BaseException], ...] = (),
    ) -> Callable[[_F], _F]: ...
    def tool(
        self,
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
        """`add` as a decorator, with or without options; the function stays what it is."""

        def added(one: Callable[..., object]) -> Callable[..., object]:
            self.add(
                one,
                name=name,
                description=description,
                repeatable=repeatable,
                time_limit=time_limit,
                breaker=breaker,
                transient=transient,
            )
            return one

        return added if function is None else added(function)

    async def call(
        self,
        name: str,
        arguments: Mapping[str, JsonValue],
        *,
        time_limit: float | None = None,
    ) -> ToolResult:
        """Calls a tool as `Tool.call` does; `not_found`, with the nearest name, when none is it."""
        found = self._tools.get(name)
        if found is None:
            return failed("not_found", self._missing(name))
        return await found.call(arguments, time_limit=time_limit)

    def _missing(self, name: str) -> str:
        shown = json.dumps(name[:100], ensure_ascii=False)
        if not self._tools:
            return f"There is no tool {shown}; there are none at all."
        like = nearest(name, self._tools)
        hint = f" Did you mean {like}?" if like else ""
        return f"There is no tool {shown}.{hint} The tools are: {', '.join(self._tools)}."

    def _take(self, made: Tool) -> None:
        if made.name in self._tools:
            raise ToolDefinitionError(
                f"There are two tools with the name {made.name}: give one of them another name."
            )
        self._tools[made.name] = made
