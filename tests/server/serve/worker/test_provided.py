"""The agent runtime in an interpreter without packages, and what does not come with it."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from runagent_ls.serve.supervisor.provided import provided_modules
from runagent_ls.serve.worker import provided as finder
from worker_client import entry, worker

EXTRAS = {"redis", "anthropic", "openai", "pydantic", "httpx2"}
"""An agent that uses them has them installed itself."""

EVERYTHING = """
import importlib, pkgutil, sys

import agent_runtime

def everything():
    refused = {}
    for found in pkgutil.walk_packages(agent_runtime.__path__, "agent_runtime."):
        try:
            module = importlib.import_module(found.name)
        except ImportError as error:
            refused[found.name] = error.name
        else:
            for name in getattr(module, "__all__", ()):
                getattr(module, name)
    import networkx.algorithms.community, jsonschema, mashumaro.jsonschema
    jsonschema.validate({"a": 1}, {"type": "object", "required": ["a"]})
    own = [name for name in sys.path if name.startswith(RUNTIME)]
    return [refused, len(sys.modules), own]

RUNTIME = __import__("os").path.dirname(agent_runtime.__path__[0])
"""


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter without a single package."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def answer(folder: Path, interpreter: Path, source: str, tag: str) -> Any:
    """What an entrypoint of `source` returns."""
    (folder / "main.py").write_text(source, "utf-8")
    with worker(interpreter) as running:
        ready = running.load(folder, [entry(tag)], provided=provided_modules())
        assert ready.kind == "READY", ready.payload
        return json.loads(json.loads(running.result(tag))["payload"])


def test_all_of_the_runtime_and_its_libraries_are_there(tmp_path: Path, bare: Path) -> None:
    refused, modules, own = answer(tmp_path, bare, EVERYTHING, "everything")
    assert set(refused.values()) <= EXTRAS, refused
    assert modules > 200
    assert own == []


def test_without_the_runtime_nothing_of_ours_is_there(tmp_path: Path, bare: Path) -> None:
    names = sorted(provided_modules().keys() - {"agent_runtime"})
    source = f"""
import importlib.util
def there(names={names}):
    return [name for name in names if importlib.util.find_spec(name)]
"""
    assert len(names) > 10
    assert answer(tmp_path, bare, source, "there") == []


def test_with_the_runtime_no_other_library_of_ours_is_there(tmp_path: Path, bare: Path) -> None:
    names = ["runagent_ls", "pygls", "lsprotocol", "httpx", "h11", "starlette", "uvicorn", "cattrs"]
    source = f"""
import importlib.util, agent_runtime
def there():
    return [name for name in {names} if importlib.util.find_spec(name)]
"""
    assert answer(tmp_path, bare, source, "there") == []


@pytest.mark.parametrize("own", ["networkx.py", "networkx/__init__.py"])
def test_what_the_agent_has_wins(tmp_path: Path, bare: Path, own: str) -> None:
    (tmp_path / own).parent.mkdir(exist_ok=True)
    (tmp_path / own).write_text("__version__ = 'the own one'\n", "utf-8")
    source = "import agent_runtime, networkx\ndef which(): return [networkx.__version__]\n"
    assert answer(tmp_path, bare, source, "which") == ["the own one"]


def test_a_runtime_of_the_agents_own_brings_nothing(tmp_path: Path, bare: Path) -> None:
    (tmp_path / "agent_runtime.py").write_text("", "utf-8")
    source = """
import importlib.util, agent_runtime
def which(): return [agent_runtime.__file__, importlib.util.find_spec("networkx") is None]
"""
    assert answer(tmp_path, bare, source, "which") == [str(tmp_path / "agent_runtime.py"), True]


@pytest.mark.parametrize(
    "files",
    [
        ["agent_runtime/__pycache__/config.cpython-311.pyc", "agent_runtime/graph/notes.txt"],
        ["agent_runtime/runagent.config.json", "agent_runtime/main.py"],
    ],
    ids=["what is left of a copy", "another agent"],
)
def test_a_folder_of_that_name_is_not_taken_for_the_runtime(
    tmp_path: Path, bare: Path, files: list[str]
) -> None:
    """As it would be if the runtime was installed."""
    touch(tmp_path, *files)
    source = (
        "from agent_runtime import AgentConfig\ndef name(): return AgentConfig(name='x').name\n"
    )
    assert answer(tmp_path, bare, source, "name") == "x"


def test_a_package_without_init_of_the_agents_own_is_left_alone(tmp_path: Path, bare: Path) -> None:
    touch(tmp_path, "agent_runtime/own/part.py")
    source = "from agent_runtime.own import part\ndef name(): return part.__name__\n"
    assert answer(tmp_path, bare, source, "name") == "agent_runtime.own.part"


NEW_TYPES = """
from agent_runtime import ToolRegistry
def add(a: float) -> float:
    "Add."
    return a
def tools():
    ToolRegistry([add])
    import typing_extensions
    return [typing_extensions.__file__]
"""


@pytest.mark.parametrize(
    ("version", "replaced"),
    [("4.12.2", True), ("4.14.0", False), ("4.14.0rc1", False), ("14", False), (None, False)],
)
def test_a_library_that_is_too_old_is_replaced(
    tmp_path: Path, bare: Path, version: str | None, replaced: bool
) -> None:
    """As pip would do; what nobody knows the version of is the agent's own."""
    here = tmp_path / "packages"
    own = install(here, version)
    there = provided_modules()["typing_extensions"]
    if not replaced:
        own.write_text(Path(there, "typing_extensions.py").read_text("utf-8"), "utf-8")
    found = answer(tmp_path, bare, with_packages(here, NEW_TYPES), "tools")
    assert found == [str(Path(there, "typing_extensions.py") if replaced else own)]


def test_one_that_was_imported_before_is_named_with_what_to_do(tmp_path: Path, bare: Path) -> None:
    here = tmp_path / "packages"
    own = install(here, "4.12.2")
    source = with_packages(here, f"import typing_extensions\n{NEW_TYPES}\nToolRegistry([add])\n")
    (tmp_path / "main.py").write_text(source, "utf-8")
    with worker(bare) as running:
        said = running.load(tmp_path, [entry("tools")], provided=provided_modules())
    assert said.kind == "FAILED"
    assert json.loads(said.payload)["failure"]["message"] == (
        f"agent_runtime needs typing-extensions 4.14 or newer, and {own} is older:"
        f' {bare} -m pip install "typing-extensions>=4.14"'
    )


def test_without_the_runtime_an_old_library_stays(tmp_path: Path, bare: Path) -> None:
    here = tmp_path / "packages"
    own = install(here, "4.12.2")
    source = "import typing_extensions\ndef which(): return [typing_extensions.__file__]\n"
    assert answer(tmp_path, bare, with_packages(here, source), "which") == [str(own)]


def test_too_old_is_what_the_runtime_and_its_libraries_do_not_accept() -> None:
    """Read from what they ask for."""
    file = Path(provided_modules()["agent_runtime"], "agent_runtime", "pyproject.toml")
    asked = tomllib.loads(file.read_text("utf-8"))["project"]["dependencies"]
    for module, (distribution, _) in finder.OLDEST.items():
        assert module in provided_modules()
        asked += metadata.requires(distribution) or []
    requirements = [Requirement(each) for each in asked]
    for distribution, oldest in finder.OLDEST.values():
        bounds = [
            Version(bound.version)
            for it in requirements
            if canonicalize_name(it.name) == distribution and "extra" not in str(it.marker)
            for bound in it.specifier
            if bound.operator == ">="
        ]
        assert max(bounds) == Version(".".join(map(str, oldest))), distribution
    assert finder.OLDEST.keys() == provided_modules().keys() - {"agent_runtime"}


def touch(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("", "utf-8")


def install(folder: Path, version: str | None) -> Path:
    """A typing_extensions that has nothing in it."""
    touch(folder, "typing_extensions.py")
    if version is not None:
        touch(folder, f"typing_extensions-{version}.dist-info/METADATA")
    return folder / "typing_extensions.py"


def with_packages(folder: Path, source: str) -> str:
    return f"import sys; sys.path.append({str(folder)!r})\n{source}"


@pytest.mark.parametrize(
    ("source", "lent"),
    [
        ("import agent_runtime", True),
        ("from agent_runtime.tools import tool", True),
        ("import importlib.util; importlib.util.find_spec('agent_runtime')", False),
        ("import sys; sys.modules['agent_runtime'] = 7", False),
        ("import json", False),
    ],
)
def test_that_it_was_lent_is_told(tmp_path: Path, bare: Path, source: str, lent: bool) -> None:
    assert told_lent(tmp_path, bare, source) is lent


def test_that_of_the_agents_own_is_not_lent(tmp_path: Path, bare: Path) -> None:
    (tmp_path / "agent_runtime.py").write_text("", "utf-8")
    assert told_lent(tmp_path, bare, "import agent_runtime") is False


def told_lent(folder: Path, interpreter: Path, source: str) -> object:
    (folder / "main.py").write_text(f"{source}\ndef f(): ...\n", "utf-8")
    with worker(interpreter) as running:
        ready = running.load(folder, [entry("f")], provided=provided_modules())
        assert ready.kind == "READY", ready.payload
        return json.loads(ready.payload)["lent"]


def test_an_old_python_is_told_which_one_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", [])
    finder.provide({"agent_runtime": "/nowhere"})
    (ours,) = sys.meta_path
    with monkeypatch.context() as old:
        old.setattr(sys, "version_info", (3, 9, 18, "final", 0))
        with pytest.raises(ImportError, match=r"3\.11 or newer, but .* Python 3\.9") as refused:
            ours.find_spec("agent_runtime", None)
    assert refused.value.name == "agent_runtime"
    assert sys.executable in str(refused.value)


def test_every_module_lies_in_its_folder() -> None:
    for name, folder in provided_modules().items():
        found = [Path(folder, name, "__init__.py"), Path(folder, f"{name}.py")]
        assert any(each.is_file() for each in found), (name, folder)
        package = Path(folder, name)
        compiled = [it for it in package.rglob("*") if it.suffix in {".so", ".pyd"}]
        assert compiled == [], name


TYPES = """
from __future__ import annotations

import asyncio, dataclasses, enum
from agent_runtime import ToolRegistry

class Color(enum.Enum):
    RED = "red"

@dataclasses.dataclass
class Item:
    colors: list[Color]

@dataclasses.dataclass
class Order:
    items: list[Item]

def buy(order: Order, color: Color) -> list[str]:
    return [color.name, *[type(item).__name__ for item in order.items]]

def bought():
    order = {"items": [{"colors": ["red"]}]}
    result = asyncio.run(ToolRegistry([buy]).call("buy", {"order": order, "color": "red"}))
    return result.content
"""


def test_tools_take_types_of_the_agents_own_file(tmp_path: Path, bare: Path) -> None:
    folder = tmp_path / "my-agent-1.0"
    folder.mkdir()
    assert answer(folder, bare, TYPES, "bought") == '["RED", "Item"]'
