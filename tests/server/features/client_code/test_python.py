"""Generated Python runs against a real server, and is typed."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from client_calls import CASES, NASTY, SELF, Case, code_of, expected_values, target_of
from runagent_ls.features.client_code import ClientCodeError, ClientTarget
from serve_real_agent import RunningAgent, environment, interpreter

RUNNER = """\
import json, runpy, sys
shown = []
runpy.run_path(sys.argv[1], {"print": lambda value, **_: shown.append(value)}, "__main__")
with open(sys.argv[2], "w", encoding="utf-8") as out:
    json.dump(shown, out)
"""
STUB = """\
from collections.abc import Iterator
from typing import Any

class RunAgentClient:
    def __init__(
        self, agent_id: str, entrypoint_tag: str, local: bool = True, host: str | None = None,
        port: int | None = None, user_id: str | None = None, persistent_memory: bool = False,
    ) -> None: ...
    def run(self, *input_args: object, **input_kwargs: object) -> Any: ...
    def run_stream(self, *input_args: object, **input_kwargs: object) -> Iterator[Any]: ...
"""
"""The public signatures of the real package, which has no types of its own."""


def run_python(code: str, folder: Path, cache_dir: Path) -> list[Any]:
    """What the program prints, as values; the real package runs it."""
    (folder / "program.py").write_text(code, "utf-8")
    done = subprocess.run(
        [str(interpreter()), "-c", RUNNER, "program.py", "out.json"],
        cwd=folder,
        env=environment(cache_dir),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{code}"
    found: list[Any] = json.loads((folder / "out.json").read_text("utf-8"))
    return found


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_it_gets_what_our_own_client_gets(
    case: Case, client_agent: RunningAgent, tmp_path: Path
) -> None:
    code = code_of(case, "python", target_of(client_agent))
    assert run_python(code.text, tmp_path, client_agent.cache_dir) == await expected_values(
        case, client_agent
    )


async def test_without_an_address_the_agent_is_found_in_the_registry(
    client_agent: RunningAgent, tmp_path: Path
) -> None:
    case = Case("plain", "greet", kwargs={"name": "Ada"})
    code = code_of(case, "python", ClientTarget(client_agent.agent_id))
    found = run_python(code.text, tmp_path, client_agent.cache_dir)
    assert found == [{"greeting": "hello Ada", "n": 1}]


async def test_integers_of_any_size_arrive_whole(
    client_agent: RunningAgent, tmp_path: Path
) -> None:
    case = Case("big", "anything", args=[2**70, -(2**53) - 1])
    code = code_of(case, "python", target_of(client_agent))
    found = run_python(code.text, tmp_path, client_agent.cache_dir)
    assert found == [{"args": [2**70, -(2**53) - 1], "kwargs": {}}]


@pytest.fixture
def checked(pytestconfig: pytest.Config, worker_id: str) -> Path:
    """The type checker's cache, kept from one run of the tests to the next: the standard library
    in it takes most of the time. What has changed is checked anew."""
    assert pytestconfig.cache is not None
    return pytestconfig.cache.mkdir(f"mypy-{worker_id}")


def test_all_of_it_passes_strict_type_checks(tmp_path: Path, checked: Path) -> None:
    (tmp_path / "runagent.pyi").write_text(STUB, "utf-8")
    for case in CASES:
        code = code_of(case, "python", ClientTarget("an-id", host="127.0.0.1", port=8450))
        name = case.name.replace("-", "_")
        (tmp_path / f"client_{name}.py").write_text(code.text, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(checked), "."],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_wrong_type_is_found_by_the_type_checker(tmp_path: Path, checked: Path) -> None:
    (tmp_path / "runagent.pyi").write_text(STUB, "utf-8")
    code = code_of(Case("x", "order"), "python", ClientTarget("an-id")).text
    (tmp_path / "order.py").write_text(f'{code}\norder({{"name": 5}}, "huge")\n', "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(checked), "order.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert 'has type "int"' in done.stdout, done.stdout
    assert "\"Literal['huge']\"" in done.stdout


def test_the_docstring_is_the_agents() -> None:
    code = code_of(Case("x", "greet"), "python", ClientTarget("an-id")).text
    function = next(it for it in ast.walk(ast.parse(code)) if isinstance(it, ast.FunctionDef))
    documentation = ast.get_docstring(function) or ""
    assert documentation.startswith('Say hello, with "quotes", a \\ backslash, ``` `ticks` ```')
    assert "name: whom to greet" in documentation


def test_the_cloud_is_called_without_a_key_in_the_code() -> None:
    code = code_of(Case("x", "greet"), "python", ClientTarget("an-id", cloud=True))
    assert "local=False" in code.text
    assert "api_key" not in code.text
    assert any("RUNAGENT_API_KEY" in note for note in code.notes)


def test_an_input_that_the_library_cannot_send_is_refused() -> None:
    with pytest.raises(ClientCodeError, match="named self"):
        code_of(SELF, "python", ClientTarget("an-id"))


def test_nasty_texts_stay_texts() -> None:
    code = code_of(Case("x", "anything", kwargs={"k": NASTY}), "python", ClientTarget(NASTY))
    values = [it.value for it in ast.walk(ast.parse(code.text)) if isinstance(it, ast.Constant)]
    assert NASTY in values
    assert all(char.isprintable() or char == "\n" for char in code.text)
