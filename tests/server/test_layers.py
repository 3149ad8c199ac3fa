"""Imports run downwards only, and each heavy library has one door."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

SERVER: Final = Path(__file__).parents[2] / "server"
PACKAGE: Final = "runagent_ls"
LOWEST: Final = "agent_runtime"
"""A package of its own below all layers: it may be used without the rest."""

_CORE: Final = ("text", "jsontree", "pyfile", "schema", "project", "rules", "features")
BELOW: Final[Mapping[str, frozenset[str]]] = {
    "text": frozenset(),
    "jsontree": frozenset({"text"}),
    "pyfile": frozenset({"text"}),
    "schema": frozenset({"text", "jsontree", "pyfile"}),
    "project": frozenset({"text", "jsontree", "pyfile", "schema"}),
    "rules": frozenset({"text", "jsontree", "pyfile", "schema", "project"}),
    "features": frozenset({"text", "jsontree", "pyfile", "schema", "project", "rules"}),
    "agents": frozenset({"text", "schema"}),
    "serve": frozenset({"text", "jsontree", "pyfile", "schema", "project", "agents"}),
    "testing": frozenset({*_CORE, "agents"}),
    "sessions": frozenset(),
    "lsp": frozenset({*_CORE, "agents", "serve", "testing", "sessions"}),
    # Without arguments the command is the language server.
    "cli": frozenset({*_CORE, "agents", "serve", "testing", "sessions", "lsp"}),
}
"""Which packages each package may import, besides itself."""

DOORS: Final[Mapping[str, frozenset[str]]] = {
    "pygls": frozenset({"lsp"}),
    "lsprotocol": frozenset({"features", "lsp", "cli"}),
    "httpx": frozenset({"agents", "serve"}),
    "starlette": frozenset({"serve"}),
    "uvicorn": frozenset({"serve"}),
    "h11": frozenset({"agents", "serve"}),
    "websockets": frozenset({"agents", "serve"}),
    "jsonschema": frozenset({"schema", LOWEST}),
    "packaging": frozenset({"serve"}),
    "ruamel": frozenset({"jsontree"}),
    LOWEST: frozenset({"agents", "serve", "sessions", "lsp", "cli"}),
    "tenacity": frozenset({LOWEST}),
    "cachetools": frozenset({LOWEST}),
    "prometheus_client": frozenset({LOWEST}),
    "redis": frozenset({LOWEST}),
    "networkx": frozenset({LOWEST}),
    "mashumaro": frozenset({LOWEST}),
    "anthropic": frozenset({LOWEST}),
    "openai": frozenset({LOWEST}),
}
"""Which packages may import a library at all."""

HEAVY: Final = frozenset(
    {"httpx", "httpcore", "h11", "websockets", "jsonschema", "ruamel", "jsonpath_ng", "dotenv"}
    | {"docstring_parser", "pathspec", "tenacity", "cachetools", "prometheus_client", "redis"}
    | {"starlette", "uvicorn", "click", "anyio", "packaging", "networkx", "mashumaro"}
    | {"anthropic", "openai"}
)
"""Libraries that starting must not pay for: only what needs them imports them, when it does."""

STARTS: Final[Mapping[str, frozenset[str]]] = {
    f"{PACKAGE}.lsp.server": HEAVY,
    f"{PACKAGE}.cli.main": HEAVY | {"pygls", "lsprotocol"},
    f"{PACKAGE}.cli.check": HEAVY | {"pygls", "lsprotocol"},
    f"{PACKAGE}.cli.running": HEAVY | {"pygls", "lsprotocol"},
}
"""What must not be imported, even through others, when a module is."""


@dataclass(frozen=True)
class Import:
    """One imported module, and whether importing the file imports it."""

    module: str
    line: int
    at_start: bool


def _is_typing_block(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING")


def imports_of(source: str, package: str) -> Iterator[Import]:
    """Every import of a module in `package`, relative ones made absolute."""

    def walk(node: ast.AST, at_start: bool) -> Iterator[Import]:
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, node.lineno, at_start)
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")
            base = ".".join(parents[: len(parents) - node.level + 1]) if node.level else ""
            module = ".".join(part for part in (base, node.module) if part)
            for alias in node.names:
                yield Import(f"{module}.{alias.name}", node.lineno, at_start)
        inner = at_start and not (
            isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            or _is_typing_block(node)
        )
        for child in ast.iter_child_nodes(node):
            yield from walk(child, inner)

    yield from walk(ast.parse(source), True)


def violations(source: str, layer: str, package: str) -> list[str]:
    """What a module of `layer` imports although it may not, one message each."""
    found = []
    for imported in imports_of(source, package):
        root, _, rest = imported.module.partition(".")
        target = rest.partition(".")[0]
        if layer == LOWEST and root == PACKAGE:
            found.append(f"line {imported.line}: {layer} imports {root}")
        elif layer == LOWEST and root == LOWEST:
            continue
        elif root == PACKAGE and target != "version" and target not in BELOW[layer] | {layer}:
            found.append(f"line {imported.line}: {layer} imports {target or 'the package'}")
        elif root == PACKAGE and (layer, target) == ("cli", "lsp") and imported.at_start:
            found.append(f"line {imported.line}: cli imports lsp at start")
        elif root in DOORS and layer not in DOORS[root]:
            found.append(f"line {imported.line}: {layer} imports {root}")
    return found


def reached_at_start(module: str, sources: Mapping[str, str]) -> dict[str, str]:
    """Top-level names of all libraries that importing `module` imports, with the importer."""
    found: dict[str, str] = {}
    waiting, seen = [module], {module}
    while waiting:
        current = waiting.pop()
        package = current if f"{current}.__init__" in sources else current.rpartition(".")[0]
        source = sources.get(current, sources.get(f"{current}.__init__", ""))
        for imported in imports_of(source, package):
            if not imported.at_start:
                continue
            parts = imported.module.split(".")
            if parts[0] not in {PACKAGE, LOWEST}:
                found.setdefault(parts[0], current)
            prefixes = [".".join(parts[:length]) for length in range(1, len(parts) + 1)]
            fresh = [name for name in prefixes if name not in seen and _is_module(name, sources)]
            seen.update(fresh)
            waiting.extend(fresh)
    return found


def _is_module(name: str, sources: Mapping[str, str]) -> bool:
    return name in sources or f"{name}.__init__" in sources


def _modules() -> list[Path]:
    return sorted(path for root in (PACKAGE, LOWEST) for path in (SERVER / root).rglob("*.py"))


def _sources() -> dict[str, str]:
    return {
        ".".join(path.relative_to(SERVER).with_suffix("").parts): path.read_text("utf-8")
        for path in _modules()
    }


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(SERVER)))
def test_imports_run_downwards(path: Path) -> None:
    parts = path.relative_to(SERVER).with_suffix("").parts
    if parts[0] == LOWEST:
        assert violations(path.read_text("utf-8"), LOWEST, ".".join(parts[:-1])) == []
        return
    if len(parts) == 2:
        assert not list(imports_of(path.read_text("utf-8"), PACKAGE)) or parts[1] == "__main__"
        return
    package = ".".join(parts[:-1])
    assert violations(path.read_text("utf-8"), parts[1], package) == []


def test_every_package_has_a_layer() -> None:
    packages = {path.parent.name for path in (SERVER / PACKAGE).glob("*/__init__.py")}
    assert packages == set(BELOW)


def test_the_table_has_no_cycle() -> None:
    placed: set[str] = set()
    while len(placed) < len(BELOW):
        ready = {layer for layer, below in BELOW.items() if below <= placed} - placed
        assert ready, f"cycle among {set(BELOW) - placed}"
        placed |= ready


def circles(sources: Mapping[str, str], depth: int = 99) -> list[list[str]]:
    """Modules that import one another, be it late or for types alone; one list per circle.

    What lies deeper than `depth` folders counts as one.
    """
    known = {name.removesuffix(".__init__"): name for name in sources}
    graph: dict[str, set[str]] = {_room(module, depth): set() for module in known}
    for module, name in known.items():
        package = module if name != module else module.rpartition(".")[0]
        for imported in imports_of(sources[name], package):
            owner = imported.module.rpartition(".")[0]
            meant = [it for it in (imported.module, owner) if it in known][:1]
            graph[_room(module, depth)].update(_room(it, depth) for it in meant)
    return sorted(sorted(found) for found in _knots(graph) if len(found) > 1)


def _room(module: str, depth: int) -> str:
    return ".".join(module.split(".")[:depth])


def _knots(graph: Mapping[str, set[str]]) -> Iterator[set[str]]:
    """Sets of modules that each reach all others of their set."""
    reached = {module: _reached(graph, module) for module in graph}
    waiting = dict.fromkeys(graph)
    while waiting:
        module, _ = waiting.popitem()
        knot = {module} | {it for it in reached[module] if module in reached[it]}
        yield knot
        for it in knot - {module}:
            del waiting[it]


def _reached(graph: Mapping[str, set[str]], module: str) -> set[str]:
    found: set[str] = set()
    waiting = [module]
    while waiting:
        fresh = graph[waiting.pop()] - found
        found |= fresh
        waiting.extend(fresh)
    return found


def test_no_modules_import_one_another() -> None:
    assert circles(_sources()) == []


def test_no_rooms_of_the_features_import_one_another() -> None:
    rooms = {name: it for name, it in _sources().items() if name.startswith(f"{PACKAGE}.features.")}
    assert circles(rooms, depth=3) == []


def test_a_circle_of_rooms_is_seen() -> None:
    sources = {
        "runagent_ls.features.hover.code": "from runagent_ls.features.rename import tags",
        "runagent_ls.features.rename.tags": "import runagent_ls.features.graph.places",
        "runagent_ls.features.graph.places": "from ..hover.blocks import joined",
        "runagent_ls.features.hover.blocks": "",
    }
    assert circles(sources) == []
    assert circles(sources, depth=3) == [
        [f"runagent_ls.features.{name}" for name in ("graph", "hover", "rename")]
    ]


def test_a_circle_is_seen() -> None:
    sources = {
        "runagent_ls.__init__": "",
        "runagent_ls.rules.__init__": "from .engine import run",
        "runagent_ls.rules.engine": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n"
        "    from .rule import Rule\nfrom . import finding",
        "runagent_ls.rules.rule": "def late():\n    import runagent_ls.rules.registry",
        "runagent_ls.rules.registry": "from runagent_ls.rules import engine",
        "runagent_ls.rules.finding": "import runagent_ls.text",
    }
    names = ("engine", "registry", "rule")
    assert circles(sources) == [[f"runagent_ls.rules.{name}" for name in names]]


@pytest.mark.parametrize("module", STARTS)
def test_starting_imports_nothing_heavy(module: str) -> None:
    sources = _sources()
    assert _is_module(module, sources)
    reached = reached_at_start(module, sources)
    assert {name: reached[name] for name in STARTS[module] & set(reached)} == {}


def test_a_heavy_import_through_others_is_seen() -> None:
    sources = {
        "runagent_ls.__init__": "",
        "runagent_ls.cli.__init__": "",
        "runagent_ls.cli.main": "from runagent_ls.rules import engine",
        "runagent_ls.rules.__init__": "from . import engine",
        "runagent_ls.rules.engine": "import jsonschema\ndef late():\n    import httpx\n"
        "import agent_runtime.retry",
        "agent_runtime.__init__": "",
        "agent_runtime.retry": "import tenacity",
    }
    assert reached_at_start("runagent_ls.cli.main", sources) == {
        "jsonschema": "runagent_ls.rules.engine",
        "tenacity": "agent_runtime.retry",
    }


@pytest.mark.parametrize(
    ("layer", "source", "expected"),
    [
        ("text", "from runagent_ls.rules import registry", "text imports rules"),
        ("jsontree", "import runagent_ls.pyfile.model", "jsontree imports pyfile"),
        ("rules", "def late():\n    from runagent_ls.lsp import server", "rules imports lsp"),
        ("rules", "from ..features import hover", "rules imports features"),
        ("agents", "from runagent_ls.project import model", "agents imports project"),
        ("lsp", "from runagent_ls.cli.main import main", "lsp imports cli"),
        ("cli", "from runagent_ls.lsp.server import main", "cli imports lsp at start"),
        ("features", "import pygls.lsp", "features imports pygls"),
        ("rules", "from lsprotocol import types", "rules imports lsprotocol"),
        ("rules", "def call():\n    import httpx", "rules imports httpx"),
        ("project", "from runagent_ls import lsp", "project imports lsp"),
        (LOWEST, "def late():\n    import runagent_ls.text", "agent_runtime imports runagent_ls"),
        (LOWEST, "import httpx", "agent_runtime imports httpx"),
        ("rules", "import agent_runtime.orchestrator", "rules imports agent_runtime"),
        ("agents", "def late():\n    import tenacity", "agents imports tenacity"),
    ],
)
def test_an_upward_import_is_seen(layer: str, source: str, expected: str) -> None:
    (found,) = violations(source, layer, f"{PACKAGE}.{layer}")
    assert found.endswith(expected)


@pytest.mark.parametrize(
    ("layer", "source"),
    [
        ("rules", "from runagent_ls.project.model import AgentProject"),
        ("rules", "from . import registry\nfrom .finding import Finding"),
        ("cli", "def late():\n    from runagent_ls.lsp.server import main"),
        ("agents", "import httpx"),
        ("agents", "from agent_runtime.orchestrator import RetryPolicy"),
        (LOWEST, "from agent_runtime.orchestrator.retry import Retry\nimport tenacity"),
        ("text", "from runagent_ls.version import __version__"),
    ],
)
def test_a_downward_import_is_fine(layer: str, source: str) -> None:
    assert violations(source, layer, f"{PACKAGE}.{layer}") == []
