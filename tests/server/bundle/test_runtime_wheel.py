"""`pip install server/agent_runtime`: the runtime alone, beside the platform's own packages."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import serve_real_agent
from runagent_ls.serve.supervisor.provided import provided_modules
from runagent_ls.version import __version__

REPO = Path(__file__).resolve().parents[3]
SOURCE = REPO / "server" / "agent_runtime"
TIMEOUT_S = 120


def project(folder: Path) -> Any:
    return tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built where git ignores everything, as in an environment inside a repository."""
    folder = tmp_path_factory.mktemp("runtime")
    subprocess.run(["git", "init", "-q", folder], check=True, timeout=TIMEOUT_S)
    (folder / ".gitignore").write_text("*\n", encoding="utf-8")
    source = folder / "agent_runtime"
    shutil.copytree(SOURCE, source, ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--no-index"]
    build = [*pip, "--quiet", "--wheel-dir", str(folder), str(source)]
    done = subprocess.run(build, capture_output=True, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("runagent_ls_runtime-*.whl"))


def test_it_holds_the_whole_runtime_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        files = {name for name in archive.namelist() if ".dist-info/" not in name}
    source = {it.relative_to(SOURCE.parent).as_posix() for it in SOURCE.rglob("*") if it.is_file()}
    assert files == {name for name in source if "__pycache__" not in name}
    assert (SOURCE / "LICENSE").read_bytes() == (REPO / "LICENSE").read_bytes()


def test_it_asks_for_what_the_whole_asks_for() -> None:
    alone, whole = project(SOURCE), project(REPO)
    assert alone["version"] == __version__
    assert alone["requires-python"] == whole["requires-python"]
    assert set(alone["dependencies"]) < set(whole["dependencies"])
    assert alone["optional-dependencies"] == whole["optional-dependencies"]
    names = {canonicalize_name(Requirement(it).name) for it in alone["dependencies"]}
    assert names <= {canonicalize_name(it) for it in provided_modules()}


def test_the_platform_works_beside_it_and_not_beside_the_whole() -> None:
    """Both would be installed into one Python: the platform's server installs an agent's
    requirements into its own."""
    ask = "import importlib.metadata as m; print(*m.requires('runagent'), sep='\\n')"
    asked = [str(serve_real_agent.interpreter()), "-c", ask]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=TIMEOUT_S, check=True)
    platform = {
        canonicalize_name(Requirement(it).name)
        for it in done.stdout.splitlines()
        if "extra ==" not in it
    }
    assert "uvicorn" in platform
    alone, whole = (
        {canonicalize_name(Requirement(it).name) for it in project(each)["dependencies"]}
        for each in (SOURCE, REPO)
    )
    assert not alone & platform
    assert "uvicorn" in whole & platform, "the pages can say: install runagent-ls"
