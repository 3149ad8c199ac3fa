"""One server of ours from the first step of its start to the end of its process."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
from collections.abc import Callable, Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, TypeAlias

from runagent_ls.lsp.messages.serving import StartOptions
from runagent_ls.lsp.serving.interpreters import interpreter_for
from runagent_ls.lsp.serving.run_names import RunNames
from runagent_ls.lsp.serving.served import ANSWERING, Served, now
from runagent_ls.lsp.serving.telling import Slowly, Teller
from runagent_ls.lsp.session import Session
from runagent_ls.serve.state import Failure, StartFailedError, State, Status

if TYPE_CHECKING:  # loaded with the first start
    from runagent_ls.serve.lifecycle.events import Event
    from runagent_ls.serve.lifecycle.front_process import FrontProcess
    from runagent_ls.serve.lifecycle.options import ServeOptions
    from runagent_ls.serve.lifecycle.start_turn import StartTurn

logger = logging.getLogger(__name__)

Watcher: TypeAlias = Callable[[Served], None]


class Life:
    """A server that is started, answers, and ends."""

    def __init__(
        self,
        session: Session,
        config: FilePath,
        options: StartOptions,
        teller: Teller,
        *,
        names: RunNames,
        on_change: Watcher,
        turn: StartTurn | None,
    ) -> None:
        """`turn` keeps other editors from starting the agent as well; it ends with the start."""
        self.served = Served.new(config, options)
        self._session = session
        self._teller = teller
        self._names = names
        self._telling = Slowly(self.served, teller)
        self._on_change = on_change
        self._turn = turn
        self._front: FrontProcess | None = None
        self._starting: asyncio.Task[None] | None = None
        self._ending: asyncio.Task[None] | None = None
        self._waiting = 0
        self._step: str | None = None
        self._showing: list[Callable[[str], None]] = []

    @property
    def pid(self) -> int | None:
        return None if self._front is None else self._front.pid

    @property
    def goes_on(self) -> bool:
        """Whether it is being started or answers."""
        state = self.served.status.state
        return self._ending is None and (state == "starting" or state in ANSWERING)

    @property
    def is_broken(self) -> bool:
        """Whether there is a server, but no code that it could run."""
        there = self._front is not None and not self._front.ended
        return there and self._ending is None and self.served.status.state == "failed"

    def fits(self, options: StartOptions, *, exactly: bool) -> bool:
        """Whether it is what `options` ask for; `exactly`: in all that they say."""
        mine = self.served.options
        if not exactly:
            return options.debug is None or mine.debug is not None
        asked = (options.interpreter, options.port)
        same = all(
            a is None or a == b for a, b in zip(asked, (mine.interpreter, mine.port), strict=True)
        )
        return same and options.debug == mine.debug and options.register == mine.register

    def again(self, options: StartOptions) -> StartOptions:
        """`options`, with what they leave out as it is now: clients keep the address they know."""
        mine, place = self.served.options, self.served.place
        return dataclasses.replace(
            options,
            interpreter=options.interpreter or mine.interpreter,
            port=options.port or (mine.port if place is None else place.port),
            register=options.register or mine.register,
        )

    # --- start ----------------------------------------------------------------------------

    def begin(self) -> None:
        self._starting = asyncio.get_running_loop().create_task(self._start())
        self._changed()

    async def wait_started(self, show_step: Callable[[str], None] | None) -> None:
        """Until the agent answers or has failed. Who is the last to give up waiting ends it."""
        starting = self._starting
        if starting is None or starting.done():
            return
        self._waiting += 1
        if show_step is not None:
            self._showing.append(show_step)
            if self._step is not None:
                show_step(self._step)
        try:
            await asyncio.shield(starting)
        except asyncio.CancelledError:
            if self._waiting == 1 and not starting.done():
                self.end_soon()
            raise
        finally:
            self._waiting -= 1
            if show_step is not None:
                self._showing.remove(show_step)

    async def _start(self) -> None:
        from runagent_ls.serve.lifecycle.front_process import FrontProcess

        try:
            options = await self._options()
            self._front = await FrontProcess.start(options, self._take, self._ended)
            if self._ending is None:
                await self._front.wait_ready()
        except StartFailedError as error:
            if self._ending is None:
                self._fail(error.failure)
            if self._front is not None:
                await self._front.stop(0)
        except Exception as error:
            logger.exception("%s could not be started", self.served.config)
            text = f"{type(error).__name__}: {error}"
            self._fail(Failure("INITIALIZATION_ERROR", f"The server cannot be started. {text}"))
        finally:
            if self._turn is not None:
                self._turn.end()

    async def _options(self) -> ServeOptions:
        from runagent_ls.serve.lifecycle.events import Step
        from runagent_ls.serve.lifecycle.options import ServeOptions
        from runagent_ls.serve.plan import DebugPlan

        served, asked = self.served, self.served.options
        found = await interpreter_for(self._session, served.config, asked.interpreter)
        served.interpreter, served.broken_environments = found.path, found.broken
        for broken in found.broken:
            self._take(Step("starting", f"The Python of {broken} is gone; it is passed over"))
        return ServeOptions(
            path=served.config,
            port=asked.port,
            reload=asked.debug is None,
            interpreter=found.path,
            register=asked.register,
            debug=None if asked.debug is None else DebugPlan(asked.debug.debugpy),
        )

    # --- what the server tells ------------------------------------------------------------

    def _take(self, event: Event) -> None:
        from runagent_ls.serve.lifecycle import events

        match event:
            case events.Step(step, message):
                self._step = message
                self._teller.step(self.served, step, message)
                for show in self._showing:
                    show(message)
            case events.StatusChanged(status):
                self._take_status(status)
            case events.Ready():
                self.served.place = event
                if self.served.status.state == "starting":
                    self.served.status = dataclasses.replace(self.served.status, state="ready")
                self._changed()
            case events.Logged(lines):
                named = (dataclasses.replace(it, run_id=self._names.run(it.run_id)) for it in lines)
                self._telling.log([events.line_to_message(line) for line in named])
            case events.RequirementsMissing(missing, command):
                self._teller.requirements(self.served.config, missing, command)
            case events.Failed(failure):
                self._fail(failure)

    def _take_status(self, status: Status) -> None:
        if self._ending is not None and status.state not in ("stopping", "stopped"):
            status = dataclasses.replace(status, state="stopping")
        elif self.served.place is None and status.state == "ready":
            status = dataclasses.replace(status, state="starting")  # until it is known where
        self.served.status = status
        self._changed()

    def _ended(self, code: int) -> None:
        self._telling.flush()
        self.served.place = None
        if self._ending is not None:
            self._set("stopped")
        elif self.served.status.state not in ("failed", "starting"):
            how = f"by signal {-code}" if code < 0 else f"with exit code {code}"
            message = f"The agent's server ended {how}."
            self._fail(Failure("SERVER_ERROR", message, "Start it again.", exit_code=code))
        self._changed()

    def _fail(self, failure: Failure) -> None:
        status = self.served.status
        if (status.state, status.failure) == ("failed", failure):
            return  # it is told in several ways
        self.served.place = None
        self._set("failed", failure)
        self._changed()

    def _set(self, state: State, failure: Failure | None = None) -> None:
        status = self.served.status
        self.served.status = Status(
            state, now(), failure=failure, python=status.python, entrypoints=status.entrypoints
        )

    def _changed(self) -> None:
        self._telling.status()
        self._on_change(self.served)

    # --- what it is told ------------------------------------------------------------------

    def reload(self) -> None:
        if self._front is not None:
            self._front.reload()

    def files_changed(self, paths: Sequence[FilePath]) -> None:
        if self._front is not None and self.goes_on:
            self._front.changed(paths)

    def end_soon(self, grace_s: float | None = None) -> asyncio.Task[None]:
        """Begin to end it; the same task when that has begun."""
        if self._ending is None:
            self._ending = asyncio.get_running_loop().create_task(self._end(grace_s))
        return self._ending

    async def end(self, grace_s: float | None = None) -> None:
        """End it and wait until its process is gone; once begun that is not called off."""
        await asyncio.shield(self.end_soon(grace_s))

    async def _end(self, grace_s: float | None) -> None:
        state = self.served.status.state
        if state not in ("failed", "stopped"):
            self._set("stopping")
            self._changed()
        if self._front is not None:
            await self._front.stop(grace_s)
        if self._starting is not None:
            await asyncio.wait([self._starting])
        if self._front is not None and not self._front.ended:
            await self._front.stop(0)
        if state not in ("failed", "stopped"):
            self._set("stopped")
            self._changed()
        self._telling.flush()  # nothing of it is told after the next start has begun

    def kill(self) -> None:
        if self._front is not None:
            self._front.kill()
