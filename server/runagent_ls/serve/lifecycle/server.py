"""The front process: one agent from its folder to its end."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import secrets
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runagent_ls.agents.targets.own_servers import ServerToken, state_folder
from runagent_ls.agents.targets.registry import Registry
from runagent_ls.serve.lifecycle.control import Changed, Order, Reload, Stop, TellStatus
from runagent_ls.serve.lifecycle.events import Event, Failed, Ready, Step, Waiting
from runagent_ls.serve.lifecycle.exit_codes import AGENT_FAILED, WRONG_USE
from runagent_ls.serve.lifecycle.missing import (
    RequirementsCheck,
    is_missing_module,
    requirements_missing,
    with_command,
)
from runagent_ls.serve.lifecycle.options import ServeOptions
from runagent_ls.serve.lifecycle.planning.loading import Loaded, load, located
from runagent_ls.serve.lifecycle.ports import Address, listen
from runagent_ls.serve.lifecycle.publication import Publication
from runagent_ls.serve.lifecycle.reloading import Reloader, files_of
from runagent_ls.serve.lifecycle.reports import Reports
from runagent_ls.serve.plan import AgentPlan
from runagent_ls.serve.state import Failure, StartFailedError
from runagent_ls.serve.supervisor import Supervisor
from runagent_ls.serve.supervisor.provided import lending_note

if TYPE_CHECKING:
    from runagent_ls.serve.front import Front

_INVOCATIONS: Final = "invocations.db"


class _AgentFaultError(StartFailedError):
    """Its own files keep the agent from starting; `files` are those that are known."""

    def __init__(self, failure: Failure, files: Iterable[Path] = ()) -> None:
        super().__init__(failure)
        self.files = frozenset(files)


class AgentServer:
    """Serves an agent until it is told to stop. `report` is told what happens; it must not block.

    `take` gives it an order, from the loop's thread.
    """

    def __init__(self, options: ServeOptions, report: Callable[[Event], None]) -> None:
        self._options = options
        self._report = report
        self._orders: asyncio.Queue[Order] = asyncio.Queue()
        self._stopping = asyncio.Event()
        self._hurry = asyncio.Event()
        self._grace_s: float | None = None
        self._token = ServerToken(secrets.token_urlsafe(32))
        self._config_path = options.path
        self._told_lent = False

    def take(self, order: Order) -> None:
        """A `Stop` without grace ends what still runs at once, also when it is the second."""
        if not isinstance(order, Stop):
            self._orders.put_nowait(order)
            return
        if not self._stopping.is_set():
            self._grace_s = order.grace_s
            self._stopping.set()
        elif order.grace_s == 0:
            self._hurry.set()

    async def run(self) -> int:
        """Serve; the exit code. Everything that was started has ended when this returns."""
        while True:
            begun_at = time.time()
            try:
                self._report(Step("loading", "Reading the configuration"))
                loaded = self._load()
                await self._serve(loaded)
            except _AgentFaultError as fault:
                failure = located(fault.failure, self._config_path)
                if not self._options.wait:
                    return self._failed(failure)
                self._report(Waiting(failure))
                if await self._repaired(failure, fault.files, begun_at):
                    continue
            except StartFailedError as error:
                return self._failed(error.failure)
            return 0

    async def _repaired(self, failure: Failure, files: Iterable[Path], begun_at: float) -> bool:
        """Whether to try again; False when it was stopped."""
        from runagent_ls.serve.lifecycle.repairing import repaired

        return await repaired(self._options.path, files, failure, begun_at, self._stopping)

    def _failed(self, failure: Failure) -> int:
        self._report(Failed(failure))
        code = failure.exit_code
        return code if code is not None and 0 < code < 256 else AGENT_FAILED

    def _load(self) -> Loaded:
        try:
            loaded = load(self._options.path, self._options.interpreter)
        except StartFailedError as error:
            if error.failure.exit_code == WRONG_USE:
                raise
            raise _AgentFaultError(error.failure) from None
        self._config_path = loaded.plan.config_path
        return loaded

    async def _serve(self, loaded: Loaded) -> None:
        registry = Registry.of_environment()
        async with contextlib.AsyncExitStack() as stack:
            address = self._listen(registry, loaded.plan)
            stack.callback(address.socket.close)
            supervisor = self._supervisor(loaded)
            # a start that was given up, or failed, leaves a worker behind as well
            stack.push_async_callback(supervisor.stop, 0.0)
            if not await self._started(supervisor):
                return
            front = self._front(supervisor, address, registry)
            stack.push_async_callback(front.context.invocations.close)
            publication = Publication(
                address.host,
                address.port,
                self._token,
                registry if self._options.register else None,
            )
            stack.callback(publication.withdraw)
            publication.publish(loaded.plan)
            await self._until_stopped(supervisor, front, address, publication)

    def _listen(self, registry: Registry, plan: AgentPlan) -> Address:
        options = self._options
        avoided: set[int] = set()
        if options.port is None and registry.path.is_file():
            from runagent_ls.serve.lifecycle.registry.registration import ports_in

            avoided = ports_in(registry, but_of=plan.agent_id)
        address = listen(options.host, options.port, avoided)
        if address.taken is not None:
            self._report(Step("starting", f"{address.taken}; {address.port} is used instead"))
        return address

    def _supervisor(self, loaded: Loaded) -> Supervisor:
        self._reports = Reports(self._report, self._config_path)
        options, python = self._options, loaded.interpreter
        for broken in python.broken:
            self._report(Step("starting", f"The Python of {broken} is gone; it is passed over"))
        self._report(Step("importing", f"Importing the agent with {python.path}"))
        return Supervisor(loaded.plan, options.limits, self._reports, options.debug)

    async def _started(self, supervisor: Supervisor) -> bool:
        """False when it was stopped before. Meanwhile the front's libraries are imported."""
        starting = asyncio.create_task(supervisor.start())
        stopped = asyncio.create_task(self._stopping.wait())
        try:
            await asyncio.to_thread(importlib.import_module, "runagent_ls.serve.front")
            await asyncio.wait({starting, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not starting.done():
                return False
            try:
                starting.result()
            except StartFailedError as error:
                self._reports.mute()
                failure = await self._advised(supervisor.plan, error.failure)
                files = supervisor.files | files_of(supervisor.plan)
                raise _AgentFaultError(failure, files) from None
            return True
        finally:
            for task in (starting, stopped):
                task.cancel()
            await asyncio.gather(starting, stopped, return_exceptions=True)

    async def _advised(self, plan: AgentPlan, failure: Failure) -> Failure:
        """With the command that installs the module that was not found."""
        if not is_missing_module(failure):
            return failure
        missing = await requirements_missing(plan, failure)
        if missing is None:
            return failure
        self._report(missing)
        return with_command(failure, missing)

    async def _tell_missing(self, supervisor: Supervisor, again: asyncio.Event) -> None:
        check = RequirementsCheck(self._report)
        while True:
            await check.look(supervisor.plan, supervisor.status.failure)
            await again.wait()
            again.clear()

    def _front(self, supervisor: Supervisor, address: Address, registry: Registry) -> Front:
        from runagent_ls.serve.front import FrontContext, build_app
        from runagent_ls.serve.invocations import Invocations

        options = self._options
        path = registry.path if options.register else state_folder() / _INVOCATIONS
        context = FrontContext(
            host=address.host,
            port=address.port,
            token=self._token.reveal(),
            invocations=Invocations(
                path, own=not options.register, variables=supervisor.plan.environment
            ),
            limits=options.limits,
            allow_hosts=frozenset(options.allow_hosts),
            allow_origins=frozenset(options.allow_origins),
        )
        self._reports.keep_in(context.logs)
        return build_app(supervisor, context)

    async def _until_stopped(
        self,
        supervisor: Supervisor,
        front: Front,
        address: Address,
        publication: Publication,
    ) -> None:
        from runagent_ls.serve.front import serve

        def tell_where() -> None:
            place = (address.host, address.port, self._token, supervisor.plan.agent_id, os.getpid())
            self._report(Ready(*place, publication.registered))

        def ready() -> None:
            self._report(Step("ready", f"{supervisor.plan.name} is served"))
            tell_where()
            self._tell_lent(supervisor)

        def reloaded(_: AgentPlan) -> None:
            if supervisor.plan.agent_id != publication.agent_id:  # not so when loading failed
                try:
                    publication.publish(supervisor.plan)
                except StartFailedError as error:
                    supervisor.reload_failed(error.failure)
                tell_where()
            self._tell_lent(supervisor)
            look_again.set()

        look_again = asyncio.Event()
        reloader = Reloader(supervisor, supervisor.plan, lambda: self._load().plan, reloaded)
        async with asyncio.TaskGroup() as tasks:
            obeying = tasks.create_task(self._obey(reloader, supervisor))
            reloading = tasks.create_task(reloader.run(watching=self._options.reload))
            stopping = tasks.create_task(self._stop(supervisor, publication))
            serving = tasks.create_task(
                serve(front, [address.socket], self._stopping, serving=ready)
            )
            checking = tasks.create_task(self._tell_missing(supervisor, look_again))
            await self._stopping.wait()
            for task in (obeying, reloading, checking):
                task.cancel()
            await stopping
            if self._hurry.is_set():
                serving.cancel()

    def _tell_lent(self, supervisor: Supervisor) -> None:
        """Once, in the log, where whoever looks after the agent finds it."""
        if supervisor.lends_runtime and not self._told_lent:
            self._told_lent = True
            note = lending_note(supervisor.plan.interpreter)
            self._reports.logged(None, "stderr", f"note: {note}\n")

    async def _stop(self, supervisor: Supervisor, publication: Publication) -> None:
        """Once told to: nobody shall find us any more, and what runs may end."""
        await self._stopping.wait()
        publication.withdraw()
        ending = asyncio.create_task(supervisor.stop(self._grace_s))
        hurrying = asyncio.create_task(self._hurry.wait())
        await asyncio.wait({ending, hurrying}, return_when=asyncio.FIRST_COMPLETED)
        hurrying.cancel()
        if not ending.done():
            await supervisor.stop(0.0)
        await ending

    async def _obey(self, reloader: Reloader, supervisor: Supervisor) -> None:
        while True:
            match await self._orders.get():
                case Reload():
                    reloader.ask()
                case Changed():
                    reloader.hint()
                case TellStatus():
                    self._reports.status_changed(supervisor.status)
                case Stop():
                    pass
