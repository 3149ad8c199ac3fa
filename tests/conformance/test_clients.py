"""Official and generated clients call our server unchanged, and print what they print for theirs.

JavaScript: RUNAGENT_TYPESCRIPT_SDK names a folder with RunAgent's own library; without it the small
one of `tests/contracts/clients` stands in.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from client_calls import CASES, Case, code_of
from conformance.asking import Server, ask, run
from conformance.pair import Pair, ServeBoth
from conformance.projects import FIXTURES, entrypoint, source, write_project
from runagent_ls.features.client_code import ClientTarget
from serve_our_agent import serving_ours
from serve_real_agent import environment, interpreter

ROOT = Path(__file__).resolve().parents[2]
NODE_MODULES = ROOT / "node_modules"
LIBRARY = os.environ.get("RUNAGENT_TYPESCRIPT_SDK") or str(
    ROOT / "tests/contracts/clients/typescript"
)

SDK = """
import contextlib, io, json, sys
from runagent import RunAgentClient
agent_id, host, port, calls = json.loads(sys.stdin.read())
answers = []
clients = {}
with contextlib.redirect_stdout(io.StringIO()):
    for method, tag, args, kwargs in calls:
        if tag not in clients:
            clients[tag] = RunAgentClient(agent_id, tag, local=True, host=host, port=port)
        try:
            result = getattr(clients[tag], method)(*args, **kwargs)
            streams = method == "run_stream" or tag.endswith("_stream")
            answers.append(["value", repr(list(result) if streams else result)])
        except Exception as error:
            known = {key: getattr(error, key, None) for key in ("code", "message", "suggestion")}
            answers.append(["error", type(error).__name__, str(error), known])
print(json.dumps(answers))
"""

CALLS: list[tuple[str, str, list[Any], dict[str, Any]]] = [
    ("run", "echo", [1, "ü 🦉", None, 2**70, [1.5]], {"k": {"a": []}}),
    ("run", "function", ["Ada"], {"times": 2}),
    ("run", "coroutine_function", [], {"name": "x"}),
    ("run", "returns_none", [], {}),
    ("run", "raises", ["boom [x]"], {}),
    ("run", "raises_without_text", [], {}),
    ("run", "nope", [], {}),
    ("run", "generator_stream", [2], {}),
    ("run_stream", "generator_stream", [3], {}),
    ("run_stream", "async_generator_stream", [], {"n": 2}),
    ("run_stream", "generator_stream", [0], {}),
    ("run_stream", "fails_midway_stream", [], {}),
    ("run_stream", "fails_at_once_stream", [], {}),
    ("run_stream", "generator_stream", [], {"wrong": 1}),
    ("run_stream", "nope_stream", [], {}),
    ("run_stream", "big_stream", [200_000, 3], {}),
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    names = ["echo", "function", "coroutine_function", "returns_none", "raises"]
    entrypoints = [entrypoint(name) for name in [*names, "raises_without_text", "required"]]
    entrypoints += [
        entrypoint(name, f"{name}_stream")
        for name in ("generator", "async_generator", "fails_midway", "fails_at_once")
    ]
    entrypoints.append(entrypoint("big_items", "big_stream"))
    folder = tmp_path_factory.mktemp("clients") / "agent"
    return write_project(folder, {"main.py": source("callables.py")}, entrypoints)


@pytest.fixture(scope="module")
def pair(serve_both: ServeBoth, project: Path) -> Pair:
    return serve_both(project)


def sdk(calls: Sequence[Any], agent_id: str, address: Sequence[Any], cache_dir: Path) -> list[Any]:
    """What the official SDK makes of the calls; by the id alone when the address is of Nones."""
    done = subprocess.run(
        [str(interpreter()), "-c", SDK],
        input=json.dumps([agent_id, *address, calls]),
        env=environment(cache_dir),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    answers: list[Any] = json.loads(done.stdout.splitlines()[-1])
    assert len(answers) == len(calls)
    return answers


def test_the_python_sdk_by_address(pair: Pair) -> None:
    theirs, ours = (
        sdk(CALLS, server.agent_id, (server.host, server.port), server.cache_dir)
        for server in (pair.theirs, pair.ours)
    )
    assert ours == theirs
    assert sum(answer[0] == "value" for answer in ours) == 9


def test_the_python_sdk_meets_arguments_that_do_not_fit(pair: Pair) -> None:
    calls: list[Any] = [("run", "required", [], {})]
    theirs, ours = (
        sdk(calls, server.agent_id, (server.host, server.port), server.cache_dir)[0]
        for server in (pair.theirs, pair.ours)
    )
    assert ours[:3] == [*theirs[:2], theirs[2].replace("INTERNAL_ERROR", "VALIDATION_ERROR")]


def test_the_python_sdk_by_id(project: Path, tmp_path: Path) -> None:
    """Registered, an agent is found as one that `runagent serve` serves."""
    with serving_ours(
        project, "--register", "--interpreter", str(interpreter()), folders=tmp_path
    ) as ours:
        answers = sdk(CALLS[:2] + CALLS[8:9], ours.agent_id, (None, None), ours.cache_dir)
    assert [answer[0] for answer in answers] == ["value"] * 3
    assert "Ada" in answers[1][1]


def test_the_platform_lists_what_we_registered(project: Path, tmp_path: Path) -> None:
    with serving_ours(
        project, "--register", "--interpreter", str(interpreter()), folders=tmp_path
    ) as ours:
        ask(ours, run("echo", "for the list"))
        command = "from runagent.cli.main import runagent; runagent()"
        done = subprocess.run(
            [str(interpreter()), "-c", command, "db", "invocations", "--format", "json"],
            env=environment(ours.cache_dir),
            capture_output=True,
            encoding="utf-8",
            timeout=300,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert "for the list" in done.stdout


@pytest.fixture(scope="module")
def clients(serve_both: ServeBoth) -> Pair:
    return serve_both(FIXTURES / "client-agent")


CODE = [case for case in CASES if case.name in {"plain", "nested", "any-both", "unfit", "stream"}]


# curl has no WebSocket
PROGRAMS = [
    (language, case)
    for language in ("python", "typescript", "curl")
    for case in CODE
    if not (language == "curl" and case.streams)
]


@pytest.mark.parametrize(
    ("language", "case"), PROGRAMS, ids=[f"{language}-{case.name}" for language, case in PROGRAMS]
)
def test_generated_code(clients: Pair, tmp_path: Path, language: Any, case: Case) -> None:
    theirs, ours = (
        printed(server, language, case, tmp_path / side)
        for side, server in (("theirs", clients.theirs), ("ours", clients.ours))
    )
    assert ours == theirs
    assert ours.strip()


def printed(server: Server, language: Any, case: Case, folder: Path) -> str:
    """What a generated program prints, without the address and, where curl shows the whole
    answer, without its id and time."""
    folder.mkdir(parents=True)
    target = ClientTarget(server.agent_id, host=server.host, port=server.port)
    code = code_of(case, language, target).text
    if language == "typescript":
        return _typescript(code, folder)
    if language == "curl":
        return _output(["bash", "-c", code], folder).split('"timestamp"')[0]
    (folder / "program.py").write_text(code, encoding="utf-8")
    said = _output([interpreter(), "program.py"], folder)
    return said.replace(f"{server.host}:{server.port}", "<address>")


def _typescript(code: str, folder: Path) -> str:
    node = shutil.which("node")
    if node is None or not NODE_MODULES.is_dir():
        pytest.skip("needs node, and the packages that `npm ci` installs")
    (folder / "node_modules").mkdir()
    (folder / "node_modules/runagent").symlink_to(LIBRARY, target_is_directory=True)
    (folder / "package.json").write_text('{"type": "module"}', encoding="utf-8")
    (folder / "program.ts").write_text(code, encoding="utf-8")
    esbuild = NODE_MODULES / ".bin/esbuild"
    _output([esbuild, "program.ts", "--outfile=program.js", "--log-level=warning"], folder)
    return _output([node, "--experimental-websocket", "--preserve-symlinks", "program.js"], folder)


def _output(command: Sequence[object], folder: Path) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env=environment(folder),
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout.replace(str(folder), "<folder>")
