"""Loading again: what goes wrong never ends what is served."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

from agent_folders import MakeAgent
from runagent_ls.serve.lifecycle.planning import plan_of
from runagent_ls.serve.lifecycle.reloading import Reloader
from runagent_ls.serve.plan import AgentPlan
from runagent_ls.serve.state import Failure


class Supervised:
    """Takes plans as a supervisor does; with `hangs` none of them gets ready."""

    def __init__(self) -> None:
        self.files: frozenset[Path] = frozenset()
        self.reloaded: list[AgentPlan] = []
        self.failures: list[Failure] = []
        self.hangs = False

    async def reload(self, plan: AgentPlan) -> None:
        self.reloaded.append(plan)
        if self.hangs:
            await asyncio.Event().wait()

    def reload_failed(self, failure: Failure) -> None:
        self.failures.append(failure)


async def until(wanted: Callable[[], object]) -> None:
    async with asyncio.timeout(60):
        while not wanted():
            await asyncio.sleep(0.005)


async def test_a_fault_of_ours_is_a_failed_reload_and_not_the_end(make_agent: MakeAgent) -> None:
    plan = plan_of(make_agent() / "runagent.config.json", Path(sys.executable))
    loads: list[AgentPlan | Exception] = [KeyError("secret"), plan]
    taken: list[AgentPlan] = []
    supervised = Supervised()

    def load() -> AgentPlan:
        found = loads.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    reloader = Reloader(supervised, plan, load, taken.append)
    running = asyncio.create_task(reloader.run(watching=False))
    reloader.ask()
    await until(lambda: supervised.failures)
    assert "KeyError" in supervised.failures[0].message
    assert "secret" not in supervised.failures[0].message
    reloader.ask()
    await until(lambda: taken)
    assert supervised.reloaded == taken == [plan]
    running.cancel()


async def test_an_import_that_hangs_does_not_hold_up_the_next_save(make_agent: MakeAgent) -> None:
    plan = plan_of(make_agent() / "runagent.config.json", Path(sys.executable))
    supervised = Supervised()
    supervised.hangs = True
    reloader = Reloader(supervised, plan, lambda: plan, lambda _: None)
    running = asyncio.create_task(reloader.run(watching=False))
    reloader.ask()
    await until(lambda: len(supervised.reloaded) == 1)
    reloader.ask()
    await until(lambda: len(supervised.reloaded) == 2)
    running.cancel()
