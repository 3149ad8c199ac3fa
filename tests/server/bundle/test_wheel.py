"""`pip install .` gives the command `runagent-ls` with its schemas inside."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from agent_folders import write_agent

REPO = Path(__file__).resolve().parents[3]
TIMEOUT_S = 120


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built without the network: the build tool is in the environment of the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    source.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPO / name, source)
    ignore = shutil.ignore_patterns("libs", "libs.new", "__pycache__")
    for name in ("server", "schemas"):
        shutil.copytree(REPO / name, source / name, ignore=ignore)
    options = ["--no-deps", "--no-build-isolation", "--no-index", "--quiet"]
    build = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        *options,
        "--wheel-dir",
        str(folder),
        str(source),
    ]
    done = subprocess.run(build, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("runagent_ls-*.whl"))


def test_it_holds_the_schemas_and_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        (metadata,) = [archive.read(name) for name in names if name.endswith("/METADATA")]
    for schema in (REPO / "schemas").rglob("*.json"):
        assert f"runagent_ls/schemas/{schema.relative_to(REPO / 'schemas').as_posix()}" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert {"agent_runtime/py.typed", "agent_runtime/orchestrator/__init__.py"} <= set(names)
    assert b"Provides-Extra: redis" in metadata
    # Lent to agents, and in nobody's way: whoever installs the wheel has the compiled one.
    assert "runagent_ls/bundle_stand_ins/rpds/__init__.py" in names
    assert not any(name.startswith(("rpds", "bundle_stand_ins")) for name in names)


@pytest.fixture(scope="module")
def command(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """In an environment of its own; the libraries are lent from the tests' one."""
    home = tmp_path_factory.mktemp("installed") / "venv"
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    options = ["--no-deps", "--no-index", "--quiet"]
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        *options,
        str(wheel),
    ]
    done = subprocess.run(install, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr
    lent = next((home / "lib").glob("python*/site-packages")) / "lent.pth"
    lent.write_text(str(Path(pytest.__file__).parents[1]), encoding="utf-8")
    return home / "bin" / "runagent-ls"


def run(*words: str | Path, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        words,
        cwd=cwd,
        env={k: v for k, v in os.environ.items() if k != "PYTHONPATH"},
        capture_output=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def test_the_command_checks_a_project(command: Path, tmp_path: Path) -> None:
    (tmp_path / "runagent.config.json").write_text('{"framework": "langchian"}', encoding="utf-8")
    checked = run(command, "check", ".", "--output-format", "json", cwd=tmp_path)
    assert checked.returncode == 1, checked.stderr.decode()
    diagnostics = json.loads(checked.stdout)["files"][0]["diagnostics"]
    assert any("langchian" in item["message"] for item in diagnostics)


def test_the_command_serves_an_agent(command: Path, tmp_path: Path) -> None:
    project = write_agent(tmp_path / "agent")
    (project / "runagent_ls.py").write_text("raise RuntimeError('not for you')", encoding="utf-8")
    done = run(command, "run", "greet", "--no-history", cwd=project)
    assert (done.returncode, done.stdout) == (0, b"hello you\n"), done.stderr.decode()
