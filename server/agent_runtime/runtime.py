"""An agent that thinks in steps: put together, and ready to be asked."""

from __future__ import annotations

import copy
from collections.abc import AsyncGenerator, Callable, Generator
from contextlib import aclosing
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Generic, Self, TypeVar

from agent_runtime.config import AgentConfig
from agent_runtime.events import Event
from agent_runtime.metrics import RuntimeMetrics
from agent_runtime.model import Model, ModelFunction, ModelReply
from agent_runtime.orchestrator.breaker import CircuitBreaker
from agent_runtime.orchestrator.dedup import Deduplicator
from agent_runtime.orchestrator.guard import BackpressureGuard
from agent_runtime.orchestrator.retry import RetryPolicy
from agent_runtime.parts import BuildError, Parts
from agent_runtime.persistence.store import SessionStore
from agent_runtime.react.bridge import iterate_blocking, refuse_in_loop, run_blocking
from agent_runtime.react.runner import Runner, Wanted
from agent_runtime.result import RunResult
from agent_runtime.tools.registry import ToolRegistry

if TYPE_CHECKING:
    from agent_runtime.graph.knowledge_graph import KnowledgeGraph
    from agent_runtime.memory.kept import AgentMemory
    from agent_runtime.memory.working import WorkingMemory


class Unconfigured:
    """A builder that was not told yet what the agent is."""


class Configured:
    """A builder that was."""


_State = TypeVar("_State", Unconfigured, Configured)
_Part = TypeVar("_Part")


class RuntimeBuilder(Generic[_State]):
    """Collects the parts of an `AgentRuntime`. Each method gives a new builder.

    Only one that was given an `AgentConfig` can `build`: type checkers refuse it otherwise, and
    so does `BuildError` at run time.
    """

    def __init__(self, parts: Parts | None = None) -> None:
        self._parts = Parts() if parts is None else parts

    def with_agent_config(self, config: AgentConfig) -> RuntimeBuilder[Configured]:
        """What the agent is, and its limits."""
        checked = _checked(config, AgentConfig, "with_agent_config")
        return RuntimeBuilder[Configured](self._changed(config=checked))

    def with_model(self, model: Model | ModelFunction) -> RuntimeBuilder[_State]:
        """Who thinks: a provider, or any callable that takes the messages and gives text.

        The callable may be async, and may yield pieces of the text when it is an async generator.
        """
        if isinstance(model, type) or not (isinstance(model, Model) or callable(model)):
            raise BuildError(
                f"A model is a provider or a function of messages, not {_named(model)}: write "
                'with_model(OpenAIModel("gpt-5.4-mini")), for instance.'
            )
        if isinstance(model, Model) and not isinstance(model.name, str):
            raise BuildError(f"The name of a model is text, not {_named(model.name)}.")
        return self._with(model=model)

    def with_tools(self, *tools: ToolRegistry | Callable[..., object]) -> RuntimeBuilder[_State]:
        """What the agent can do: functions and registries, besides what was given before.

        ToolDefinitionError, at `build`, when one cannot be a tool or when two have the same name.
        """
        return self._with(tools=[*self._parts.tools, *tools])

    def with_memory(
        self, *memories: AgentMemory | WorkingMemory, tools: bool = False
    ) -> RuntimeBuilder[_State]:
        """What the agent remembers: `EpisodicMemory` and `SemanticMemory`, kept under its name in
        the store across sessions, and a `WorkingMemory`, of which each session has its own copy.

        With `tools` the model can use them: `remember`, `learn`, `forget`, `recall`, `note`,
        `drop_note`, as far as there are memories for it.
        """
        from agent_runtime.memory.kept import AgentMemory
        from agent_runtime.memory.working import WorkingMemory

        working = self._parts.working
        others: list[AgentMemory] = list(self._parts.memories)
        for one in memories:
            if not isinstance(one, WorkingMemory):
                others.append(_checked(one, AgentMemory, "with_memory"))
            elif working is None:
                working = one
            else:
                raise BuildError("An agent has one working memory; there are two.")
        tools = tools or self._parts.memory_tools
        return self._with(memories=others, working=working, memory_tools=tools)

    def with_graph(self, graph: KnowledgeGraph, *, tools: bool = False) -> RuntimeBuilder[_State]:
        """What the agent knows at the beginning of a session, which has its own copy.

        Tools find it as `current_session().graph`. With `tools` the model can use it: `relate`,
        `neighbours` and what else `graph_tools` offers.
        """
        from agent_runtime.graph.knowledge_graph import KnowledgeGraph

        return self._with(graph=_checked(graph, KnowledgeGraph, "with_graph"), graph_tools=tools)

    def with_store(self, store: SessionStore) -> RuntimeBuilder[_State]:
        """Where sessions are kept, so that they can be resumed."""
        return self._with(store=_checked(store, SessionStore, "with_store"))

    def with_retry(self, policy: RetryPolicy) -> RuntimeBuilder[_State]:
        """When the model is asked again after a failure. Without it: 3 attempts at most.

        Transient failures are repeated, unless the policy has a `repeatable` of its own.
        """
        return self._with(retry=_checked(policy, RetryPolicy, "with_retry"))

    def with_breaker(self, breaker: CircuitBreaker) -> RuntimeBuilder[_State]:
        """Stops asking a model that fails for a while."""
        return self._with(breaker=_checked(breaker, CircuitBreaker, "with_breaker"))

    def with_deduplicator(self, deduplicator: Deduplicator[ModelReply]) -> RuntimeBuilder[_State]:
        """Asks the model equal questions once. A reply that is shared is not streamed."""
        checked = _checked(deduplicator, Deduplicator, "with_deduplicator")
        return self._with(deduplicator=checked)

    def with_guard(self, guard: BackpressureGuard) -> RuntimeBuilder[_State]:
        """How many sessions may run at once; more raise `BackpressureShed`.

        It serves one event loop at a time: use `run` and `stream`, or `arun` and `astream`, but
        not both at once, which is a RuntimeError.
        """
        return self._with(guard=_checked(guard, BackpressureGuard, "with_guard"))

    def with_metrics(self, metrics: RuntimeMetrics) -> RuntimeBuilder[_State]:
        """Where the agent is counted, together with others perhaps; otherwise on its own."""
        return self._with(metrics=_checked(metrics, RuntimeMetrics, "with_metrics"))

    def build(self: RuntimeBuilder[Configured]) -> AgentRuntime:
        """The runtime. BuildError when the configuration or the model is missing."""
        return AgentRuntime(self._parts)

    def _with(self, **changes: Any) -> RuntimeBuilder[_State]:  # noqa: ANN401 - fields of Parts
        return RuntimeBuilder[_State](self._changed(**changes))

    def _changed(self, **changes: Any) -> Parts:  # noqa: ANN401 - fields of Parts
        parts = copy.copy(self._parts)
        for name, value in changes.items():
            setattr(parts, name, value)
        return parts


_EXAMPLES: Final = {
    "with_agent_config": 'AgentConfig(name="helper")',
    "with_memory": "EpisodicMemory(), WorkingMemory()",
    "with_graph": "KnowledgeGraph()",
    "with_store": 'FileStore("folder")',
    "with_retry": "RetryPolicy(attempts=3)",
    "with_breaker": 'CircuitBreaker("model")',
    "with_deduplicator": "Deduplicator()",
    "with_guard": "BackpressureGuard(soft=4, hard=8)",
    "with_metrics": "RuntimeMetrics()",
}


def _checked(part: _Part, kind: type, method: str) -> _Part:
    """The part. BuildError for anything else, such as a class that was not called."""
    if isinstance(part, type) or not isinstance(part, kind):
        raise BuildError(
            f"{method}(...) takes {kind.__name__}, not {_named(part)}: write "
            f"{method}({_EXAMPLES[method]}), for instance."
        )
    return part


def _named(part: object) -> str:
    return f"the class {part.__name__}" if isinstance(part, type) else type(part).__name__


_ACLOSE: Final = "await runtime.aclose() or async with"


class AgentRuntime:
    """Runs an agent. Made by `AgentRuntime.builder()`; several runs may go on at once.

    `close`, `aclose`, or the end of a `with` or `async with`, ends what it has begun.

    >>> from agent_runtime import AgentConfig, AgentRuntime, ScriptedModel
    >>> def add(a: int, b: int) -> int:
    ...     return a + b
    >>> model = ScriptedModel([
    ...     'Thought: I add.\\nAction: add\\nAction Input: {"a": 2, "b": 3}',
    ...     'FINAL_ANSWER: 5',
    ... ])
    >>> runtime = (AgentRuntime.builder()
    ...     .with_agent_config(AgentConfig(name="calculator"))
    ...     .with_model(model)
    ...     .with_tools(add)
    ...     .build())
    >>> runtime.run("What is 2 + 3?").answer
    '5'
    """

    def __init__(self, parts: Parts) -> None:
        """Of a builder's parts; BuildError when one is missing."""
        self._runner = Runner(parts)
        self.config: AgentConfig = self._runner.config
        self.metrics: RuntimeMetrics = self._runner.metrics

    @staticmethod
    def builder() -> RuntimeBuilder[Unconfigured]:
        """Where each runtime begins."""
        return RuntimeBuilder[Unconfigured]()

    def run(
        self, question: str, *, session_id: str | None = None, resume_from_step: int | None = None
    ) -> RunResult:
        """Asks the agent and waits for the end. RuntimeError where an event loop runs: `arun`.

        An unknown `session_id` is a new session of that name; a session that was interrupted goes
        on, with the same question. `resume_from_step` goes on after a step of it: after an earlier
        one, or when it has ended, in a fork with a name of its own, the session stays as it is.

        BackpressureShed when the guard takes no more; SessionBusyError when another run works on
        the session; ResumeError when it cannot go on like that; StoreError when nothing can be
        saved.
        """
        return run_blocking(
            lambda: self.arun(question, session_id=session_id, resume_from_step=resume_from_step),
            "await runtime.arun(...)",
        )

    async def arun(
        self, question: str, *, session_id: str | None = None, resume_from_step: int | None = None
    ) -> RunResult:
        """The same for async code. Cancelling it is kept in the session."""
        return await self._runner.run(Wanted(question, session_id, resume_from_step))

    def stream(
        self, question: str, *, session_id: str | None = None, resume_from_step: int | None = None
    ) -> Generator[Event, None, None]:
        """The events of a run as they happen; of a session that goes on only the new ones.

        Raises what `run` raises. Closing the generator cancels the run.
        """
        return iterate_blocking(
            lambda: self.astream(
                question, session_id=session_id, resume_from_step=resume_from_step
            ),
            "async for event in runtime.astream(...)",
        )

    async def astream(
        self, question: str, *, session_id: str | None = None, resume_from_step: int | None = None
    ) -> AsyncGenerator[Event, None]:
        """The same for async code. The agent waits when its events are not taken."""
        async with aclosing(
            self._runner.stream(Wanted(question, session_id, resume_from_step))
        ) as events:
            async for event in events:
                yield event

    async def aclose(self) -> None:
        """Cancels the runs that are under way and waits until their sessions say so, ten seconds
        at most; then closes the connections of a provider's model. Any number of times.

        Whoever waits for such a run gets RuntimeClosedError, and so does whoever asks the agent
        afterwards. What the builder was given stays open for others: a store, a `client` of an SDK,
        a model of one's own. A model that several runtimes share opens connections again. What
        still runs in a thread cannot be stopped.
        """
        await self._runner.aclose()

    def close(self) -> None:
        """The same for callers that are not async. RuntimeError where an event loop runs."""
        run_blocking(self.aclose, _ACLOSE)

    def __enter__(self) -> Self:
        refuse_in_loop(_ACLOSE)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()
