"""Serving an agent that nobody serves, for one command."""

from __future__ import annotations

import contextlib
from argparse import Namespace
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING

from runagent_ls.agents.errors import (
    AgentAddressNotFoundError,
    AgentError,
    AgentNotFoundLocalError,
)
from runagent_ls.agents.targets import own_servers
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.values import JsonValue
from runagent_ls.cli.projects import absolute

if TYPE_CHECKING:
    from runagent_ls.serve.lifecycle.events import Event
    from runagent_ls.serve.lifecycle.front_process import FrontProcess
    from runagent_ls.serve.state import Failure

Find = Callable[[], Awaitable[Target]]

_PURPOSES = {"batch": "this batch", "test": "its cases"}
_GRACE_S = 1.0
"""The one call is over; what it left running gets this long."""


class NotServedError(AgentError):
    """The agent is not served, and could not be. Its function was certainly not called."""

    default_code = "INITIALIZATION_ERROR"
    default_may_have_run = False

    def __init__(self, failure: Failure) -> None:
        frames: list[JsonValue] = [
            {"file": str(it.file), "line": it.line, "text": it.text} for it in failure.frames
        ]
        place = f" ({failure.frames[-1].file}:{failure.frames[-1].line})" if frames else ""
        super().__init__(
            f"The agent does not start: {failure.message}{place}",
            suggestion=failure.suggestion,
            details={"cause": failure.code, "frames": frames},
        )
        self.failure = failure


def may_serve(options: Namespace) -> bool:
    """Whether a project was named, by an option or by the current folder, and nothing else."""
    elsewhere = options.cloud or options.agent_id is not None or options.port is not None
    return not (elsewhere or options.no_serve)


@contextlib.asynccontextmanager
async def served_if_needed(
    options: Namespace, find: Find, say: Callable[[str], None]
) -> AsyncIterator[Find]:
    """`find`, which serves the agent where it is not found. At the end the server is ended.

    A batch waits for somebody else's server that was there and is gone.
    """
    fronts: list[FrontProcess] = []
    batch = options.command == "batch"
    others = False

    async def found() -> Target:
        nonlocal others
        if fronts and not fronts[-1].ended:
            return await _target(fronts[-1], options)
        try:
            target = await find()
        except (AgentAddressNotFoundError, AgentNotFoundLocalError):
            if others and batch:
                raise
            purpose = _PURPOSES.get(options.command, "this call")
            say(f"nobody serves the agent, serving it for {purpose}")
        else:
            others = True
            return target
        fronts.append(await _started(options, say))
        return await _target(fronts[-1], options)

    try:
        yield found
    finally:
        for front in fronts:
            await front.stop(_GRACE_S)


async def _started(options: Namespace, say: Callable[[str], None]) -> FrontProcess:
    from runagent_ls.serve.lifecycle.events import Step
    from runagent_ls.serve.lifecycle.front_process import FrontProcess
    from runagent_ls.serve.lifecycle.options import ServeOptions
    from runagent_ls.serve.state import StartFailedError

    def tell(event: Event) -> None:
        if isinstance(event, Step) and event.step != "ready":
            say(event.message)

    path = absolute(options.project or Path())
    interpreter = None if options.interpreter is None else absolute(options.interpreter)
    try:
        return await FrontProcess.start(ServeOptions(path, interpreter=interpreter), tell)
    except StartFailedError as error:
        raise NotServedError(error.failure) from error


async def _target(front: FrontProcess, options: Namespace) -> Target:
    from runagent_ls.serve.state import StartFailedError

    try:
        ready = await front.wait_ready()
    except StartFailedError as error:
        raise NotServedError(error.failure) from error
    record = next((it for it in own_servers.find(ready.agent_id) if it.pid == ready.pid), None)
    python = None if record is None or record.interpreter is None else str(record.interpreter)
    return Target(
        ready.host,
        ready.port,
        ready.agent_id,
        "served",
        copies_to_cloud=False,
        token=ready.token,
        interpreter=python,
    )
