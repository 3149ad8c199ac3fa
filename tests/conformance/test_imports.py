"""How entry files are found and imported: names, roots, packages, shared state (section 2.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from conformance.asking import ask, run
from conformance.comparing import check
from conformance.projects import CONFIG
from conformance.starts import Start, plain, real_starts
from serve_our_agent import NotServedError, serving_ours
from serve_real_agent import interpreter

PROBE = """
import os, pickle, sys
from dataclasses import dataclass

@dataclass
class Thing:
    x: int = 1

guarded = __name__ == "__main__"

def below(path):
    return os.path.relpath(os.path.realpath(path), os.path.realpath(ROOT))

ROOT = {root}

def probe():
    return {{
        "name": __name__,
        "package": __package__,
        "spec": __spec__ and __spec__.name,
        "file": below(__file__),
        "qualified": [Thing.__module__, probe.__module__],
        "pickled": pickle.loads(pickle.dumps(Thing(2))).x,
        "itself": sys.modules[__name__].__dict__ is globals(),
        "guarded": guarded,
        "path": [below(each) for each in sys.path if each.startswith(os.path.dirname(ROOT))],
        "more": MORE(),
    }}

MORE = lambda: None
"""


def probing(root: str = "os.path.dirname(__file__)", more: str = "") -> str:
    """A program that tells how it was imported; `root`: where the agent's folder is."""
    return PROBE.format(root=root) + more


NESTED = "os.path.dirname(os.path.dirname(__file__))"
DEEP = "os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(__file__))))"
SHARING = "from state import CALLS\ndef probe():\n    CALLS.append({})\n    return CALLS\n"
HELPER = "VALUE = 'helped'\nNAME = __name__\n"


@dataclass(frozen=True)
class Layout:
    """Files of an agent and where its entrypoints are. `folder`: the agent's, below the files'."""

    files: Mapping[str, str]
    entries: Mapping[str, str]
    """tag to `file:module`"""
    folder: str = "agent"


def layout(files: Mapping[str, str], folder: str = "agent", **entries: str) -> Layout:
    return Layout({f"{folder}/{name}": text for name, text in files.items()}, entries, folder)


LAYOUTS = {
    "alone": layout({"pyproject.toml": "", "main.py": probing()}, probe="main.py:probe"),
    "no marker": layout({"main.py": probing()}, probe="main.py:probe"),
    "helper": layout(
        {
            "requirements.txt": "",
            "main.py": probing(more="import helper\nMORE = lambda: [helper.VALUE, helper.NAME]\n"),
            "helper.py": HELPER,
        },
        probe="main.py:probe",
    ),
    "below a marker": layout(
        {
            "pyproject.toml": "",
            "src/main.py": probing(NESTED, "import helper\nMORE = lambda: helper.NAME\n"),
            "src/helper.py": HELPER,
        },
        probe="src/main.py:probe",
    ),
    "helper at the root": layout(
        {
            "pyproject.toml": "",
            "src/main.py": probing(NESTED, "import helper\nMORE = lambda: helper.NAME\n"),
            "helper.py": HELPER,
        },
        probe="src/main.py:probe",
    ),
    "package": layout(
        {
            "pyproject.toml": "",
            "app/__init__.py": "WHERE = 'package'\n",
            "app/main.py": probing(NESTED, "from .helper import NAME\nMORE = lambda: NAME\n"),
            "app/helper.py": HELPER,
        },
        probe="app/main.py:probe",
    ),
    "package by its name": layout(
        {
            "pyproject.toml": "",
            "app/__init__.py": "",
            "main.py": probing(more="from app.helper import NAME\nMORE = lambda: NAME\n"),
            "app/helper.py": HELPER,
        },
        probe="main.py:probe",
    ),
    "relative without a package": layout(
        {
            "pyproject.toml": "",
            "main.py": probing(more="from .helper import NAME\nMORE = lambda: NAME\n"),
            "helper.py": HELPER,
        },
        probe="main.py:probe",
    ),
    "relative to the parent": layout(
        {
            "pyproject.toml": "",
            "a/__init__.py": "",
            "a/b/__init__.py": "",
            "a/helper.py": HELPER,
            "a/b/main.py": probing(
                "os.path.dirname(os.path.dirname(os.path.dirname(__file__)))",
                "from ..helper import NAME\nMORE = lambda: NAME\n",
            ),
        },
        probe="a/b/main.py:probe",
    ),
    "deep": layout({"setup.cfg": "", "a/b/c/main.py": probing(DEEP)}, probe="a/b/c/main.py:probe"),
    "marker above": Layout(
        {"pyproject.toml": "", "agents/one/main.py": probing()},
        {"probe": "main.py:probe"},
        "agents/one",
    ),
    "outside": Layout(
        {"pyproject.toml": "", "shared/tool.py": probing(), "agent/main.py": ""},
        {"probe": "../shared/tool.py:probe"},
    ),
    "dotted path": layout(
        {"pyproject.toml": "", "main.py": probing(), "sub/x.py": ""},
        probe="./sub/../main.py:probe",
    ),
    "odd name": layout(
        {"pyproject.toml": "", "my main-1.py": probing()},
        "my agent-1.0",
        probe="my main-1.py:probe",
    ),
    "two files share a module": layout(
        {
            "pyproject.toml": "",
            "state.py": "CALLS = []\n",
            "main.py": SHARING.format(1),
            "other.py": SHARING.format(2),
        },
        probe1="main.py:probe",
        probe2="other.py:probe",
    ),
    "one file, two entrypoints": layout(
        {
            "pyproject.toml": "",
            "main.py": "CALLS = []\ndef probe():\n    CALLS.append(1)\n    return CALLS\n",
        },
        probe1="main.py:probe",
        probe2="./main.py:probe",
    ),
    "names like ours": layout(
        {
            "pyproject.toml": "",
            "main.py": "import worker, runs, channel, streams, encoding\n"
            "def probe():\n    return [worker.X, runs.X, channel.X, streams.X, encoding.X]\n",
            **{
                f"{name}.py": "X = __name__\n"
                for name in ("worker", "runs", "channel", "streams", "encoding")
            },
        },
        probe="main.py:probe",
    ),
    "import error in a helper": layout(
        {"pyproject.toml": "", "main.py": "import helper\n", "helper.py": "1 / 0\n"},
        probe="main.py:probe",
    ),
    "relative beyond the top": layout(
        {"pyproject.toml": "", "main.py": "from ...x import y\n"}, probe="main.py:probe"
    ),
    "not utf-8": layout(
        {"pyproject.toml": "", "main.py": "# coding: latin-1\ndef probe():\n    return 'ü'\n"},
        probe="main.py:probe",
    ),
    "found by getattr": layout(
        {
            "pyproject.toml": "",
            "main.py": "class A:\n    def __getattr__(self, name):\n"
            "        return lambda: name\napp = A()\n",
        },
        probe="main.py:app.anything.at.all",
    ),
    "module's own getattr": layout(
        {"pyproject.toml": "", "main.py": "def __getattr__(name):\n    return lambda: name\n"},
        probe="main.py:lazy",
    ),
    "private": layout(
        {"pyproject.toml": "", "main.py": "def _hidden():\n    return 1\n"}, probe="main.py:_hidden"
    ),
    "imported name": layout(
        {"pyproject.toml": "", "main.py": "from platform import python_version as probe\n"},
        probe="main.py:probe",
    ),
}  # fmt: skip


def write(name: str, parent: Path) -> Path:
    """The agent's folder of a layout."""
    chosen = LAYOUTS[name]
    for path, text in chosen.files.items():
        (parent / path).parent.mkdir(parents=True, exist_ok=True)
        (parent / path).write_text(text, encoding="utf-8")
    folder = parent / chosen.folder
    entrypoints = [
        dict(zip(("file", "module", "tag"), (*place.split(":"), tag), strict=True))
        for tag, place in chosen.entries.items()
    ]
    config = {**CONFIG, "agent_architecture": {"entrypoints": entrypoints}}
    (folder / "runagent.config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Start, Path]]:
    parent = tmp_path_factory.mktemp("layouts")
    folders = [write(name, parent / f"{number}" / "project") for number, name in enumerate(LAYOUTS)]
    starts = real_starts(folders, tmp_path_factory.mktemp("cache"))
    return dict(zip(LAYOUTS, zip(starts, folders, strict=True), strict=True))


@pytest.mark.parametrize("name", LAYOUTS)
def test_layouts(theirs: dict[str, tuple[Start, Path]], tmp_path: Path, name: str) -> None:
    start, their_folder = theirs[name]
    folder = write(name, tmp_path / "project")
    try:
        with serving_ours(folder, "--interpreter", str(interpreter())) as agent:
            ours = {tag: outcome(ask(agent, run(tag)).body) for tag in LAYOUTS[name].entries}
    except NotServedError as failed:
        assert failed.failure is not None
        assert start.error is not None, failed
        assert plain(failed.failure["message"], folder) == plain(start.error, their_folder)
        return
    assert start.answers is not None, start
    check({tag: outcome(start.answers[tag]) for tag in ours}, ours)


def outcome(body: dict[str, Any]) -> Any:
    """The value of a run, or its error."""
    return json.loads(json.loads(body["data"])["payload"]) if body["success"] else body["error"]
