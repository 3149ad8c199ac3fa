"""Imports that are called impossible fail in a real Python, and those that work are not named."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project

ENTRY = {"file": "main.py", "module": "f", "tag": "f"}
FAILS = {
    "absent": {"main.py": "from helper import nam\n", "helper.py": "name = 1\n"},
    "second name": {"main.py": "from helper import name, other\n", "helper.py": "name = 1\n"},
    "in brackets": {"main.py": "from helper import (\n    other as x,\n)\n", "helper.py": ""},
    "package": {"main.py": "from pkg import other\n", "pkg/__init__.py": "", "pkg/sub.py": ""},
    "circular": {"main.py": "from helper import x\n", "helper.py": "import main\n"},
    "deleted": {"main.py": "from helper import x\n", "helper.py": "x = 1\ndel x\n"},
    "main guard": {
        "main.py": "from helper import x\n",
        "helper.py": "if __name__ == '__main__':\n    x = 1\n",
    },
    "star of a plain file": {
        "main.py": "from helper import x\n", "helper.py": "from more import *\n",
        "more.py": "y = 1\n"
    },
}  # fmt: skip
WORKS = {
    "there": {"main.py": "from helper import name\n", "helper.py": "name = 1\n"},
    "submodule": {"main.py": "from pkg import sub\n", "pkg/__init__.py": "", "pkg/sub.py": ""},
    "subpackage": {"main.py": "from pkg import sub\n", "pkg/__init__.py": "", "pkg/sub/a.py": ""},
    "getattr": {"main.py": "from helper import x\n", "helper.py": "def __getattr__(n): return 1\n"},
    "globals": {"main.py": "from helper import x\n", "helper.py": "globals()['x'] = 1\n"},
    "star": {"main.py": "from helper import x\n", "helper.py": "from more import *\n",
             "more.py": "x = 1\n"},
    "caught": {"main.py": "try:\n    from helper import x\nexcept ImportError:\n    x = 1\n",
               "helper.py": ""},
    "later": {"main.py": "def g():\n    from helper import x\n", "helper.py": ""},
    "typing only": {"main.py": "TYPE_CHECKING = 0\nif TYPE_CHECKING:\n    from helper import x\n",
                    "helper.py": ""},
    "global": {"main.py": "from helper import x\n",
               "helper.py": "def g():\n    global x\n    x = 1\ng()\n"},
    "set from outside": {"main.py": "import helper\nhelper.x = 1\nfrom helper import x\n",
                         "helper.py": ""},
    "set by name": {"main.py": "import helper\nsetattr(helper, 'x', 1)\nfrom helper import x\n",
                    "helper.py": ""},
    "set by an import": {"main.py": "import more\nfrom helper import x\n", "helper.py": "",
                         "more.py": "import helper\nhelper.x = 1\n"},
    "module's own attributes": {"main.py": "from helper import __file__, __name__\n",
                                "helper.py": ""},
    "standard library": {"main.py": "from json import loads\n", "json.py": ""},
    "walrus": {"main.py": "from helper import x\n", "helper.py": "print((x := 1))\n"},
    "replaced": {"main.py": "from helper import x\n",
                 "helper.py": "import sys, types as t\n"
        "sys.modules[__name__] = t.SimpleNamespace(x=1)\n"},
}  # fmt: skip


def named(folder: Path, files: dict[str, str]) -> list[str]:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    config = folder / "runagent.config.json"
    config.write_text(json.dumps({"agent_architecture": {"entrypoints": [ENTRY]}}), "utf-8")
    (folder / "pyproject.toml").write_text("", "utf-8")
    return [found.name for found in load_project(config, DiskFiles()).missing_imports]


def imported(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-c", "import json, sys; sys.path.insert(0, '.'); import main"],
        cwd=folder, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("case", FAILS)
def test_what_is_named_fails(tmp_path: Path, case: str) -> None:
    assert named(tmp_path, FAILS[case])
    done = imported(tmp_path)
    assert "ImportError: cannot import name" in done.stderr


@pytest.mark.parametrize("case", WORKS)
def test_what_works_is_not_named(tmp_path: Path, case: str) -> None:
    assert not named(tmp_path, WORKS[case])
    done = imported(tmp_path)
    assert done.returncode == 0, done.stderr
