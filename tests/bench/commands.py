"""Commands: `check` against the same error from `runagent serve`, `run` against `runagent run`.

Whole processes, from start to end. Run with `python tests/bench/commands.py [--rounds N]`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from lsp_client import compiled_once, milliseconds_since
from measuring import Row, Samples, interleave, print_table
from peers import ROOT
from sample_projects import WRONG_NAME, make_project

sys.path.insert(0, str(ROOT / "tests"))

from serve_real_agent import environment, interpreter, serving

_LIMIT_S: Final = 60.0
_OURS: Final = (sys.executable, "-m", "runagent_ls.cli.main")
_REAL: Final = ("-c", "from runagent.cli.main import runagent; runagent()")


def check_rows(rounds: int) -> list[Row]:
    """Time until a wrong function name is reported."""
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary).resolve()
        cache = root / "cache"
        cache.mkdir()
        project = make_project(root / "agent", 3)
        real = (str(interpreter()), *_REAL)
        subprocess.run(
            [*real, "config", "--register-agent", str(project.folder)],
            env=environment(cache),
            check=True,
            capture_output=True,
            stdin=subprocess.DEVNULL,
            timeout=_LIMIT_S,
        )
        serve = (*real, "serve", str(project.folder))
        commands: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {
            "check": ((*_OURS, "check", str(project.folder)), _our_environment()),
            "serve --no-animation": ((*serve, "--no-animation"), environment(cache)),
            "serve": (serve, environment(cache)),
        }
        times = {name: Samples() for name in commands}

        def measure(name: str) -> None:
            command, settings = commands[name]
            times[name].add(_until_printed(command, settings, WRONG_NAME))

        measures: dict[str, Callable[[], None]] = {
            name: partial(measure, name) for name in commands
        }
        interleave(1, measures)
        for samples in times.values():
            samples.values.clear()
        interleave(rounds, measures)
    mine = times["check"].p50
    return [
        Row("check, one project", mine, times["serve --no-animation"].p50,
            "runagent serve --no-animation", 0.25, 0.1),
        Row("check, one project", mine, times["serve"].p50, "runagent serve", 0.25, 0.1),
    ]  # fmt: skip


def run_rows(rounds: int) -> list[Row]:
    """Time of one call on the command line, found through the registry."""
    with tempfile.TemporaryDirectory() as temporary, contextlib.ExitStack() as stack:
        folder = Path(temporary).resolve() / "agent"
        shutil.copytree(ROOT / "tests" / "fixtures" / "real-agent", folder)
        agent = stack.enter_context(serving(folder))
        settings = environment(agent.cache_dir)
        real = (str(interpreter()), *_REAL, "run", "--local", "--id", agent.agent_id)
        commands: dict[str, tuple[Sequence[str], Mapping[str, str]]] = {
            "run": (
                (*_OURS, "run", "greet", "--agent-id", agent.agent_id, "--arg", 'name="bob"'),
                {**_our_environment(), "RUNAGENT_CACHE_DIR": str(agent.cache_dir)},
            ),
            "runagent run": ((*real, "--tag", "greet", "--name=bob"), settings),
        }
        times = {name: Samples() for name in commands}

        def measure(name: str) -> None:
            command, variables = commands[name]
            times[name].add(_until_printed(command, variables, "hello bob"))

        interleave(rounds, {name: partial(measure, name) for name in commands})
    return [Row("run", times["run"].p50, times["runagent run"].p50, "runagent run", 0.3, 0.2)]


def _our_environment() -> dict[str, str]:
    return {**compiled_once(), "PYTHONPATH": str(ROOT / "server")}


def _until_printed(command: Sequence[str], variables: Mapping[str, str], text: str) -> float:
    """Milliseconds until the process has ended, which must have printed `text`."""
    start = time.perf_counter()
    done = subprocess.run(
        command,
        env=dict(variables),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=_LIMIT_S,
        check=False,
    )
    elapsed = milliseconds_since(start)
    output = done.stdout.decode("utf-8", "replace")
    if text not in output:
        raise RuntimeError(f"{json.dumps(list(command))} did not print {text!r}:\n{output}")
    return elapsed


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args(arguments)
    rows = check_rows(options.rounds) + run_rows(options.rounds)
    print_table("Commands (medians, whole process)", rows)
    return rows


if __name__ == "__main__":
    main()
