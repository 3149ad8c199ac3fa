"""Loading an agent again when its files change; what goes wrong leaves the old one answering."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from runagent_ls.serve.lifecycle.missing import requirement_files
from runagent_ls.serve.plan import AgentPlan, PythonEntrypoint
from runagent_ls.serve.state import Failure, StartFailedError

ENVIRONMENT_FILE = ".env"


class Reloadable(Protocol):
    """What a supervisor offers for it."""

    @property
    def files(self) -> frozenset[Path]: ...

    async def reload(self, plan: AgentPlan) -> None: ...

    def reload_failed(self, failure: Failure) -> None:
        """There is no plan to reload: the old one goes on, as after a reload that failed."""
        ...


class Reloader:
    """Loads again on request, and by itself while `watch` runs."""

    def __init__(
        self,
        supervisor: Reloadable,
        plan: AgentPlan,
        load: Callable[[], AgentPlan],
        taken: Callable[[AgentPlan], None],
    ) -> None:
        """`load` makes the plan anew, StartFailedError; `taken` is told which plan is served."""
        self._supervisor = supervisor
        self._plan = plan
        self._load = load
        self._taken = taken
        self._hint: Callable[[], None] | None = None
        self._asked = asyncio.Event()
        self._read_at = time.time()

    def ask(self) -> None:
        """Load again, as soon as a load that is under way lets it."""
        self._asked.set()

    def hint(self) -> None:
        """Files were saved: look at once, when files are watched at all."""
        if self._hint is not None:
            self._hint()

    async def run(self, *, watching: bool) -> None:
        """Load again whenever it is asked for, or with `watching` files change, until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            if watching:
                from runagent_ls.serve.watching import FileWatcher

                watcher = FileWatcher(lambda _: self.ask())
                self._hint = watcher.hint
                tasks.create_task(watcher.run())
                while True:
                    await watcher.watch(
                        self._files(), [self._plan.folder], read_after=self._read_at
                    )
                    await self._once()
            while True:
                await self._once()

    async def _once(self) -> None:
        await self._asked.wait()
        self._asked.clear()
        self._read_at = time.time()
        try:
            plan = await asyncio.to_thread(self._load)
        except StartFailedError as error:
            self._supervisor.reload_failed(error.failure)
            return
        except Exception as error:  # noqa: BLE001 - whatever it is, what is served goes on
            said = f"The configuration could not be read ({type(error).__name__})."
            self._supervisor.reload_failed(Failure("SERVER_ERROR", said))
            return
        self._plan = plan
        reloading = asyncio.create_task(self._supervisor.reload(plan))
        asked = asyncio.create_task(self._asked.wait())
        try:
            # Code that hangs when it is imported must not hold up the next save, which repairs it.
            await asyncio.wait({reloading, asked}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            asked.cancel()
        if reloading.done():
            self._taken(plan)

    def _files(self) -> set[Path]:
        """What the agent depends on, as far as it is known: modules show when they are imported."""
        return {*self._supervisor.files, *files_of(self._plan)}


def files_of(plan: AgentPlan) -> set[Path]:
    """What is known without importing anything: configuration, `.env`, requirements, files of
    entrypoints."""
    named = {plan.folder / it.file for it in plan.entrypoints if isinstance(it, PythonEntrypoint)}
    asked = requirement_files(plan.folder)
    return {*named, *asked, plan.config_path, plan.folder / ENVIRONMENT_FILE}
