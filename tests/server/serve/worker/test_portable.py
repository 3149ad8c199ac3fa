"""The worker's own code: any CPython from 3.9 on, nothing but its standard library."""

from __future__ import annotations

import ast
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runagent_ls.serve import worker as package
from worker_client import entry, worker

FILES = sorted(Path(package.__path__[0]).glob("*.py"))
SINCE_3_9 = {"tomllib"}
"""Modules of a newer standard library."""


def imports(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_file_is_python_3_9_and_imports_only_what_is_always_there(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"), feature_version=(3, 9))
    names = {name.partition(".")[0] for name in imports(tree)}
    allowed = set(sys.stdlib_module_names) - SINCE_3_9
    if path.name == "debugging.py":
        allowed.add("debugpy")
    assert names <= allowed
    future = [node for node in tree.body if isinstance(node, ast.ImportFrom)]
    plain = path.name in {"__init__.py", "__main__.py"}
    assert plain or any(node.module == "__future__" for node in future), "annotations as text"


def other_interpreters() -> list[str]:
    found = [shutil.which(f"python3.{minor}") for minor in range(9, 16)]
    return [each for each in found if each is not None]


@pytest.mark.parametrize("interpreter", [sys.executable, *other_interpreters()])
def test_it_runs_in_what_is_installed_here(tmp_path: Path, interpreter: str) -> None:
    if subprocess.run([interpreter, "-c", ""], check=False, capture_output=True).returncode:
        pytest.skip("it does not start")
    (tmp_path / "main.py").write_text("def now(): print(1); return 2\n", "utf-8")
    with worker(Path(interpreter)) as running:
        assert running.load(tmp_path, [entry("now")]).kind == "READY"
        assert running.result("now") == '{"type": "integer", "payload": "2"}'
        assert running.stop() == 0


def test_starting_does_not_import_what_takes_long(tmp_path: Path) -> None:
    late = "asyncio ctypes concurrent pathlib socket logging subprocess difflib multiprocessing"
    source = f"import sys\nFOUND = [name for name in {late.split()} if name in sys.modules]\n"
    (tmp_path / "main.py").write_text(source + "def main(): return FOUND\n", "utf-8")
    with worker() as running:
        running.load(tmp_path, [entry("main")])
        assert running.result("main") == '{"type": "array", "payload": "[]"}'
