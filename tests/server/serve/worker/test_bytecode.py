"""What runs is what was saved last, however quickly one save follows another."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from worker_client import entry, worker

CACHING = {"PYTHONDONTWRITEBYTECODE": ""}


def save(path: Path, text: str, changed_at: float) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    os.utime(path, (changed_at, changed_at))


def output(folder: Path) -> object:
    with worker(environment=CACHING) as running:
        ready = running.load(folder, [entry("main")])
        assert ready.kind == "READY", ready.payload
        value: object = json.loads(json.loads(running.result("main"))["payload"])
        return value


@pytest.mark.parametrize("imported", ["main.py", "part.py", "package/__init__.py"])
def test_of_two_saves_in_one_second_the_second_runs(tmp_path: Path, imported: str) -> None:
    # ahead of the clock: so it stays one that was just saved, however slow this test is
    soon = time.time() + 3600
    module = imported.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    (tmp_path / "pyproject.toml").touch()
    main = "" if imported == "main.py" else f"from {module} import main\n"
    save(tmp_path / "main.py", main, soon)
    for number in (1, 2):
        save(tmp_path / imported, f"def main():\n    return {number}\n", soon)
        assert output(tmp_path) == number


def test_what_was_saved_before_is_compiled_once(tmp_path: Path) -> None:
    long_ago = time.time() - 3600
    save(tmp_path / "main.py", "from part import main\n", long_ago)
    save(tmp_path / "part.py", "def main():\n    return 1\n", long_ago)
    assert output(tmp_path) == 1
    kept = {path.name.partition(".")[0] for path in tmp_path.rglob("*.pyc")}
    assert kept == {"main", "part"}
