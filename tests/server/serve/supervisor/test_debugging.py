"""An agent under a debugger, which may hold its runs as long as it likes."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path

import pytest

from runagent_ls.serve.plan import DebugPlan, Limits
from runagent_ls.serve.state import StartFailedError
from runagent_ls.serve.supervisor import RunFailedError
from supervised_agent import Agent, supervised, until


async def test_runs_wait_for_the_debugger_without_a_limit(tmp_path: Path) -> None:
    agent = Agent(tmp_path, "def greet():\n    return 'hi'", ("greet",))
    limits = Limits(run_s=0.01, cancel_s=0.01)
    async with supervised(agent, limits, DebugPlan()) as served:
        port = served.status.debug_port
        assert port
        with socket.create_connection(("127.0.0.1", port), 10):
            pass
        pid = served.status.worker_pid
        run = served.run("greet")
        waiting = asyncio.create_task(served.output(run))
        done, _ = await asyncio.wait({waiting}, timeout=0.3)
        assert not done
        await served.supervisor.cancel(run.id)
        with pytest.raises(RunFailedError, match="cancelled"):
            await waiting
        await until(lambda: served.status.running == 0)
        assert served.status.worker_pid == pid


async def test_a_debugger_that_cannot_listen(tmp_path: Path) -> None:
    agent = Agent(tmp_path, "def greet():\n    return 'hi'", ("greet",))
    with socket.create_server(("127.0.0.1", 0)) as taken:
        debug = DebugPlan(port=taken.getsockname()[1])
        async with supervised(agent, None, debug, start=False) as served:
            with pytest.raises(StartFailedError) as caught:
                await served.supervisor.start()
            assert caught.value.failure.code == "DEBUGGER_FAILED"
