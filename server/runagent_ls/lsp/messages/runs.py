"""What to run, where and how: the parameters of `runagent/run`, `stream` and their like."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final, TypedDict

from runagent_ls.agents.timeouts import Timeouts
from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json
from runagent_ls.lsp.messages import reading
from runagent_ls.lsp.messages.serving import StartOptions, read_serve

if TYPE_CHECKING:  # the agents' side is loaded when something is run first
    from runagent_ls.agents.call import Call

MOST_RETRIES: Final = 10


class CancelResult(TypedDict):
    found: bool
    stopped: bool
    message: str


@dataclass(frozen=True, slots=True)
class Place:
    """Which agent, and where. `config_path` None: `agent_id` or the address names it."""

    config_path: FilePath | None = None
    host: str | None = None
    port: int | None = None
    agent_id: str | None = None
    cloud: bool = False


@dataclass(frozen=True, slots=True)
class Options:
    """How calls are made. `retries` counts the attempts after the first."""

    user_id: str | None = None
    persistent_memory: bool = False
    extra: Json = field(default_factory=dict)
    validate: bool = True
    retries: int = 0
    repeat_unsafe: bool = False
    timeouts: Json = field(default_factory=dict)

    def limits(self, settings: Timeouts) -> Timeouts:
        """The request's time limits; those it leaves out are the settings'."""
        return Timeouts(
            connect=self.timeouts.get("connect", settings.connect),
            idle=self.timeouts.get("idle", settings.idle),
            total=self.timeouts.get("total", settings.total),
        )


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A call that a client asked for, checked. `kwargs` None: it did not say."""

    run_id: str
    tag: str
    args: tuple[Any, ...]
    kwargs: Json | None
    place: Place
    options: Options
    serve: StartOptions | None = None
    """How to serve the agent when nobody does; None: not at all."""

    def call(self) -> Call:
        from runagent_ls.agents.call import Call

        options = self.options
        return Call(
            self.tag,
            self.args,
            self.kwargs or {},
            options.user_id,
            options.persistent_memory,
            options.extra,
        )


def read_run(params: Json, run_id: str | None = None) -> RunRequest:
    """Check the parameters of a run. With `run_id` (from a command) neither an id nor keyword
    arguments are required. Raises `InvalidParamsError`."""
    place = read_place(params)
    kwargs = params.get("kwargs")
    if not isinstance(kwargs, dict) and (kwargs is not None or run_id is None):
        raise InvalidParamsError("kwargs must be an object of parameter names and values")
    return RunRequest(
        run_id=run_id or reading.text(params, "runId"),
        tag=reading.text(params, "tag"),
        args=tuple(reading.array(params, "args")),
        kwargs=kwargs,
        place=place,
        options=read_options(params),
        serve=read_serve(params),
    )


def read_place(params: Json) -> Place:
    """`configUri` and `target`. Raises `InvalidParamsError`."""
    path = reading.optional_file(params, "configUri", "a configuration")
    target = reading.mapping(params, "target")
    place = Place(
        config_path=path,
        host=reading.optional_text(target, "target.host"),
        port=reading.port(target, "target.port"),
        agent_id=reading.optional_text(target, "target.agentId"),
        cloud=reading.boolean(target, "target.cloud", False),
    )
    if place.cloud and (place.host is not None or place.port is not None):
        raise InvalidParamsError("target.cloud excludes target.host and target.port")
    if place == Place(cloud=place.cloud):
        raise InvalidParamsError("Either configUri or target must name the agent")
    return place


def read_options(params: Json, retries: int = 0) -> Options:
    """How to call; `retries` is for parameters that do not say. Raises `InvalidParamsError`."""
    return Options(
        user_id=reading.optional_text(params, "userId"),
        persistent_memory=reading.boolean(params, "persistentMemory", False),
        extra=reading.mapping(params, "extra"),
        validate=reading.boolean(params, "validate", True),
        retries=reading.whole_number(params, "retries", retries, 0, MOST_RETRIES),
        repeat_unsafe=reading.boolean(params, "repeatUnsafe", False),
        timeouts=reading.seconds(params, "timeouts"),
    )
