"""Agents of every kind, imported in a real worker."""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from runagent_ls.serve.plan import AgentPlan, Limits
from runagent_ls.serve.state import Failure
from runagent_ls.serve.verification import Verification, verify

MakeAgent = Callable[..., AgentPlan]
SHORT = Limits(start_s=2.5)


def only_failure(found: Verification) -> Failure:
    (report,) = found.reports
    assert report.failure is not None
    assert found.failure is not None
    assert not found.passed
    return report.failure


def lines(failure: Failure) -> list[tuple[str, int]]:
    return [(frame.file.name, frame.line) for frame in failure.frames]


async def test_what_entrypoints_are(agent: MakeAgent) -> None:
    text = """
import functools
def plain(a, b=1): return a
async def waits(): return 1
def parts(): yield 1
async def more_stream(): yield 1
class App:
    def invoke(self, text: str) -> str: return text
app = App()
bound = functools.partial(plain, b=2)
number = 5
"""
    names = ["plain", "waits", "parts", "more_stream", "App", "app.invoke", "bound", "number"]
    found = await verify(agent({"main.py": text}, [(name, "main.py", name) for name in names]))
    seen = {
        it.tag: (it.exists, it.callable, it.kind, it.signature, it.line) for it in found.reports
    }
    assert seen == {
        "plain": (True, True, "function", "(a, b=1)", 3),
        "waits": (True, True, "coroutine function", "()", 4),
        "parts": (True, True, "generator function", "()", 5),
        "more_stream": (True, True, "async generator function", "()", 6),
        "App": (True, True, "class", "()", 7),
        "app.invoke": (True, True, "function", "(text: str) -> str", 8),
        "bound": (True, True, "function", "(a, *, b=2)", 3),
        "number": (True, False, "object", None, None),
    }
    assert found.failure is None
    assert not found.passed
    assert found.python == ".".join(map(str, sys.version_info[:3]))


async def test_an_agent_that_passes(agent: MakeAgent) -> None:
    found = await verify(agent({"main.py": "def f(): ..."}, [("f", "main.py", "f")]))
    assert found.passed


async def test_an_agent_of_webhooks_needs_no_python(agent: MakeAgent, tmp_path: Path) -> None:
    hook = {"webhook_url": "http://127.0.0.1:1/", "method": "post", "tag": "hook"}
    plan = agent(
        {}, [], tmp_path / "none", framework="n8n", agent_architecture={"entrypoints": [hook]}
    )
    assert await verify(plan) == Verification(tmp_path / "none")


async def test_each_failing_entrypoint_is_reported(agent: MakeAgent) -> None:
    files = {
        "main.py": "class A: ...\napp = A()\nd = {}\n",
        "broken.py": "x = 1\ndef f(:\n",
        "raising.py": "import helper\n",
        "helper.py": "def g():\n    raise LookupError('no such thing')\ng()\n",
    }
    entries = [
        ("name", "main.py", "appp"),
        ("attribute", "main.py", "app.invoke"),
        ("key", "main.py", "d.invoke"),
        ("fine", "main.py", "A"),
        ("syntax", "broken.py", "f"),
        ("raises", "raising.py", "f"),
        ("file", "gone.py", "f"),
    ]
    plan = agent(files, entries)
    found = await verify(plan)
    said = {it.tag: it.failure for it in found.reports}
    assert said.pop("fine") is None
    assert {tag: failure and failure.message for tag, failure in said.items()} == {
        "name": f"Object 'appp' not found in {plan.folder}/main.py.\n"
        "Available objects: ['A', 'app', 'd']",
        "attribute": "'A' object has no attribute 'invoke'",
        "key": "'dict' object has no attribute 'invoke'",
        "syntax": "invalid syntax (broken.py, line 2)",
        "raises": "no such thing",
        "file": f"Entry point file not found: {plan.folder}/gone.py",
    }
    assert said["raises"] is not None
    assert lines(said["raises"]) == [("raising.py", 1), ("helper.py", 3), ("helper.py", 2)]
    assert said["syntax"] is not None
    assert lines(said["syntax"]) == [("broken.py", 2)]
    assert found.failure == said["name"]


@pytest.mark.parametrize(
    ("code", "message", "places"),
    [
        ("import os\nos._exit(7)\n", "The agent's process ended with exit code 7.", []),
        (
            "import ctypes\ndef f():\n    ctypes.string_at(0)\nf()\n",
            "The agent's process was ended by SIGSEGV: it used memory that is not its own, which"
            " compiled code does when it has a fault.",
            [("main.py", 4), ("main.py", 3)],
        ),
        ("import os\nos.kill(os.getpid(), 9)\n", "The agent's process was ended by SIGKILL", []),
    ],
)
async def test_code_that_ends_the_process(
    agent: MakeAgent, code: str, message: str, places: list[tuple[str, int]]
) -> None:
    files = {"main.py": code, "other.py": "def g(): ...\n"}
    found = await verify(agent(files, [("f", "main.py", "f"), ("g", "other.py", "g")]))
    first, second = sorted(found.reports, key=lambda it: it.tag)
    assert first.failure is not None
    assert first.failure.code == "PROCESS_ENDED"
    assert first.failure.message.startswith(message)
    assert lines(first.failure) == places
    assert (second.tag, second.exists, second.failure) == ("g", True, None)
    assert found.python is not None


async def test_an_import_that_hangs_says_where(agent: MakeAgent) -> None:
    files = {
        "main.py": "import helper\ndef f(): ...\n",
        "helper.py": "import threading\n\ndef wait():\n    threading.Event().wait()\n\nwait()\n",
        "other.py": "def g(): ...\n",
    }
    plan = agent(files, [("f", "main.py", "f"), ("g", "other.py", "g")])
    found = await verify(plan, Limits(start_s=8.0))
    failed = {it.tag: it.failure for it in found.reports}
    assert failed["g"] is None
    assert failed["f"] is not None
    assert failed["f"].code == "START_TIMEOUT"
    assert failed["f"].message == "The agent was not imported within 8 seconds."
    assert lines(failed["f"]) == [("main.py", 1), ("helper.py", 6), ("helper.py", 4)]
    assert failed["f"].frames[-1].text == "threading.Event().wait()"
    assert {it.name for it in plan.folder.iterdir()} - {"__pycache__"} == {
        *files,
        "runagent.config.json",
    }


@pytest.mark.parametrize(
    "code",
    [
        "while True:\n    print('x' * 1000)\n",
        "import sys\nwhile True:\n    sys.stderr.write('x' * 1000 + chr(10))\n",
        "import os\nwhile True:\n    os.write(1, b'x' * 1000)\n",
        "while True:\n    pass\n",
        "import signal, faulthandler\nfaulthandler.disable()\n"
        "signal.signal(signal.SIGABRT, signal.SIG_IGN)\nwhile True:\n    pass\n",
    ],
)
async def test_an_import_that_never_ends_is_ended(agent: MakeAgent, code: str) -> None:
    begun = time.monotonic()
    found = await verify(agent({"main.py": code}, [("f", "main.py", "f")]), SHORT)
    assert only_failure(found).code == "START_TIMEOUT"
    assert time.monotonic() - begun < 120


async def test_what_is_printed_while_importing_does_no_harm(agent: MakeAgent) -> None:
    code = "import os\nprint('x' * 1_000_000)\nos.write(1, b'\\0' * 100_000)\ndef f(): ...\n"
    found = await verify(agent({"main.py": code}, [("f", "main.py", "f")]))
    assert found.passed


async def test_variables_of_the_agent_are_there(agent: MakeAgent) -> None:
    code = "import os\nA, B = os.environ['ONE'], os.environ['TWO']\ndef f(): ...\n"
    files = {"main.py": code, ".env": "TWO=2\n"}
    found = await verify(agent(files, [("f", "main.py", "f")], env_vars={"ONE": "1"}))
    assert found.passed
    found = await verify(agent(files, [("f", "main.py", "f")]))
    failure = only_failure(found)
    assert (failure.exception, failure.message) == ("KeyError", "'ONE'")


async def test_keys_are_taken_out_of_what_is_said(agent: MakeAgent) -> None:
    key = "sk-proj-0123456789abcdefghijklmn"
    code = f"import os\nraise ValueError('bad key ' + os.environ['API_KEY'])  # {key}\n"
    plan = agent({"main.py": code}, [("f", "main.py", "f")], env_vars={"API_KEY": key})
    found = await verify(plan)
    assert only_failure(found).message.startswith("bad key ")
    assert key not in repr(found)


async def test_modules_of_the_agent_are_not_taken_for_others(agent: MakeAgent) -> None:
    files = {
        "main.py": "import running, session, framing\nf = running.f\n",
        "running.py": "def f(): ...\n",
        "session.py": "",
        "framing.py": "",
    }
    assert (await verify(agent(files, [("f", "main.py", "f")]))).passed


async def test_a_missing_package_comes_with_the_command_that_installs_it(agent: MakeAgent) -> None:
    code = "import yaml_not_there\n"
    found = await verify(agent({"main.py": code}, [("f", "main.py", "f")]))
    python = str(Path(sys.executable))
    words = (python, "-m", "pip", "install", "yaml-not-there")
    assert found.installs["yaml_not_there"][-2:] == words[-2:]
    files = {"main.py": code, "requirements.txt": "yaml_not.there>=1\nother-thing\n"}
    plan = agent(files, [("f", "main.py", "f")])
    found = await verify(plan)
    requirements = ("-r", str(plan.folder / "requirements.txt"))
    assert found.installs["yaml_not_there"][-2:] == requirements


async def test_a_package_that_lacks_a_part_is_not_installed_again(agent: MakeAgent) -> None:
    found = await verify(agent({"main.py": "import json.nothing\n"}, [("f", "main.py", "f")]))
    assert only_failure(found).message == ("No module named 'json.nothing'")
    assert found.installs == {}


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("#!/bin/sh\nexit 3\n", "it ended with code 3 and said nothing"),
        ("#!/bin/sh\necho hello\n", "it does not tell its version"),
        (
            "#!/bin/sh\necho version is 2.7.18\nexit 1\n",
            "it is Python 2.7.18, and agents need 3.9 or newer",
        ),
        ("#!/bin/sh\necho broken >&2\nexit 3\n", "broken"),
    ],
)
async def test_a_broken_interpreter(
    agent: MakeAgent, tmp_path: Path, script: str, reason: str
) -> None:
    python = tmp_path / "python"
    python.write_text(script, "utf-8")
    python.chmod(0o755)
    found = await verify(agent({"main.py": "def f(): ..."}, [("f", "main.py", "f")], python))
    assert found.reports == ()
    assert found.failure is not None
    assert found.failure.code == "INTERPRETER_ERROR"
    assert found.failure.message == f"The agent cannot run in the Python at {python}: {reason}."


async def test_an_interpreter_that_is_not_there(agent: MakeAgent, tmp_path: Path) -> None:
    plan = agent({"main.py": "def f(): ..."}, [("f", "main.py", "f")], tmp_path / "python")
    found = await verify(plan)
    assert found.failure is not None
    assert found.failure.code == "INTERPRETER_ERROR"


async def test_nothing_is_left_when_verifying_is_cancelled(
    agent: MakeAgent, tmp_path: Path
) -> None:
    """Neither the worker nor what it has started."""
    mark = tmp_path / "pids"
    code = (
        "import os, subprocess, time\n"
        "child = subprocess.Popen(['sleep', '1000'])\n"
        f"open({str(mark)!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}\\n')\n"
        "time.sleep(1000)\n"
    )
    task = asyncio.create_task(verify(agent({"main.py": code}, [("f", "main.py", "f")])))
    async with asyncio.timeout(60):
        while not (mark.exists() and mark.read_text("utf-8").endswith("\n")):
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        pids = [int(pid) for pid in mark.read_text("utf-8").split()]
        while any(map(_lives, pids)):
            await asyncio.sleep(0.01)


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


async def test_the_agent_runtime_is_found_as_when_the_agent_is_served(agent: MakeAgent) -> None:
    text = "from agent_runtime.orchestrator import RetryPolicy\ndef go(): return RetryPolicy()\n"
    found = await verify(agent({"main.py": text}, [("go", "main.py", "go")]))
    assert found.passed, found.failure
