"""What happens in a session, as plain dicts: the trace.

The same events are what `AgentRuntime.stream` yields, what a store keeps, and what an editor draws.
They are dicts that hold only what JSON can say, so that whatever sends output on (an entrypoint
whose tag ends in `_stream`) can pass them on as they are. `type` tells them apart:

    match event:
        case {"type": "thought", "text": text}:
            ...

Steps count from 1; what happens before the first belongs to step 0. `seq` counts the kept events of
a session from 0 without a hole, also across a resume; `model_delta` and `model_retried` have the
`seq` of the event that comes next, and are not kept. `at` is seconds since 1970, UTC. Readers must
ignore fields and types that they do not know.
"""

from __future__ import annotations

from typing import Literal, NotRequired, TypeAlias, TypedDict

from agent_runtime.json_value import JsonValue

ErrorKind: TypeAlias = Literal["not_found", "transient", "permanent", "malformed", "interrupted"]
"""Why an observation is none that was hoped for: there is no such tool; it may work later; it will
not; the model's output could not be read or its arguments do not fit; the process ended while the
tool ran, so that nobody knows how far it came."""

EndReason: TypeAlias = Literal[
    "answered", "max_iterations", "token_budget", "time_limit", "cancelled", "failed"
]


class _Event(TypedDict):
    session: str
    seq: int
    step: int
    at: float


class Tokens(TypedDict):
    """Tokens of one question to the model. `estimated`: counted by us, the model did not say."""

    input: int
    output: int
    estimated: bool


class Fork(TypedDict):
    """The session and its step after which another one went on."""

    session: str
    step: int


class SessionStarted(_Event):
    """The first event of a session. `trace` is the format's name and version."""

    type: Literal["session_started"]
    trace: Literal["agent_runtime/1"]
    agent: str
    input: str
    model: str
    tools: list[str]
    max_iterations: int
    forked_from: NotRequired[Fork]


class WaitingCall(TypedDict):
    """A call of the step that goes on of which nothing was observed: see `action`."""

    call: str
    tool: str
    arguments: dict[str, JsonValue]


class SessionResumed(_Event):
    """It goes on after its last complete step, in another process perhaps.

    `agent` is the session's, `model` and `tools` are those with which it goes on. `waiting` is
    there when calls were left in the step that goes on, which is `step` + 1. Journals of older
    versions have none of these.
    """

    type: Literal["session_resumed"]
    agent: NotRequired[str]
    model: NotRequired[str]
    tools: NotRequired[list[str]]
    waiting: NotRequired[list[WaitingCall]]


class StepStarted(_Event):
    """The model is asked."""

    type: Literal["step_started"]


class RecalledMemory(TypedDict):
    """`score` orders what was recalled together; `recalls` counts this one too."""

    id: str
    kind: Literal["episodic", "semantic"]
    text: str
    score: float
    recalls: int


class MemoryRecalled(_Event):
    """What was put into the prompt from memory; `tokens` is what it takes there, estimated."""

    type: Literal["memory_recalled"]
    memories: list[RecalledMemory]
    tokens: int


class MemoryDegraded(_Event):
    """Memory works less well than it should, as when texts get no vectors; `problem` for people."""

    type: Literal["memory_degraded"]
    problem: str


class ModelDelta(_Event):
    """A piece of what the model is writing. Never kept."""

    type: Literal["model_delta"]
    text: str


class ModelRetried(_Event):
    """The model is asked again after `error`, in `delay_ms`; `attempt` counts from 1. Pieces of
    the reply that were seen in this step are of no reply. Never kept."""

    type: Literal["model_retried"]
    attempt: int
    error: str
    delay_ms: float


class Thought(_Event):
    """What the model thinks before it acts or answers; empty when it acts without a word."""

    type: Literal["thought"]
    text: str
    tokens: Tokens
    elapsed_ms: float


class Action(_Event):
    """A tool is called. Kept before the call, so that no crash can hide one. `call` is unique."""

    type: Literal["action"]
    call: str
    tool: str
    arguments: dict[str, JsonValue]


class Observation(_Event):
    """What came back. `tool` and `call` are null when the model's output could not be read.

    `content` is the text that the model is shown; `value` what the tool returned, if it was no
    text. `error` is there when `ok` is false.
    """

    type: Literal["observation"]
    call: str | None
    tool: str | None
    ok: bool
    content: str
    value: NotRequired[JsonValue]
    error: NotRequired[ErrorKind]
    elapsed_ms: float


class MemoryStored(_Event):
    """Something is remembered from now on, for later sessions too."""

    type: Literal["memory_stored"]
    id: str
    kind: Literal["episodic", "semantic"]
    text: str


class WorkingChanged(_Event):
    """What is always in the prompt has changed; `removed` are keys."""

    type: Literal["working_changed"]
    set: dict[str, str]
    removed: list[str]


class EntityFields(TypedDict):
    id: str
    kind: str
    properties: dict[str, JsonValue]


class RelationFields(TypedDict):
    source: str
    target: str
    kind: str
    properties: dict[str, JsonValue]


class GraphChanged(_Event):
    """The session's knowledge graph has changed. Entities that are named again are replaced.

    What is removed goes before anything is added: in both lists is what went and came back.
    `entity_count` and `relation_count` are those afterwards. An entity takes its relations along.
    """

    type: Literal["graph_changed"]
    entities: list[EntityFields]
    relations: list[RelationFields]
    removed_entities: list[str]
    removed_relations: list[RelationFields]
    entity_count: int
    relation_count: int


class Checkpoint(_Event):
    """The step is complete and saved: a session can be resumed after it."""

    type: Literal["checkpoint"]


class FinalAnswer(_Event):
    type: Literal["final_answer"]
    text: str


class SessionEnded(_Event):
    """The last event, unless the process was killed. `elapsed_ms` of this run, the rest of all.

    `error` says what failed, for people.
    """

    type: Literal["session_ended"]
    reason: EndReason
    error: NotRequired[str]
    steps: int
    tool_calls: int
    tokens: Tokens
    recalls: int
    entity_count: int
    elapsed_ms: float


Event: TypeAlias = (
    SessionStarted
    | SessionResumed
    | StepStarted
    | MemoryRecalled
    | MemoryDegraded
    | ModelDelta
    | ModelRetried
    | Thought
    | Action
    | Observation
    | MemoryStored
    | WorkingChanged
    | GraphChanged
    | Checkpoint
    | FinalAnswer
    | SessionEnded
)
"""Anything that happens in a session; `type` says what."""
