"""Every example of the documentation runs as it stands, and every public name is explained."""

from __future__ import annotations

import ast
import asyncio
import doctest
import importlib
import inspect
import re
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from agent_runtime import orchestrator
from runtime_reference import MODULES, documented, packages

DOCS = Path(__file__).parents[2] / "docs"
PAGES = {name: (DOCS / name).read_text("utf-8") for name in ("agent-runtime.md", "orchestrator.md")}
EXAMPLES = [
    pytest.param(name, source, id=f"{name.removesuffix('.md')}-{number}")
    for name, page in PAGES.items()
    for number, source in enumerate(
        re.findall(r"^```python\n(.*?)^```", page, re.DOTALL | re.MULTILINE), 1
    )
]
PUBLIC = packages()


def compiled(source: str, page: str) -> CodeType:
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code: CodeType = compile(source, page, "exec", flags)
    return code


@pytest.mark.parametrize(("page", "source"), EXAMPLES)
def test_the_example_runs(
    page: str, source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    names: dict[str, Any] = {"__name__": "example"}
    result = FunctionType(compiled(source, page), names)()
    if inspect.iscoroutine(result):
        asyncio.run(result)


def test_every_part_of_the_orchestrator_has_an_example() -> None:
    shown = PAGES["orchestrator.md"]
    parts = ["RetryPolicy", "CircuitBreaker", "RedisBackend", "Deduplicator", "BackpressureGuard"]
    for part in [*parts, "Pipeline", "Metrics"]:
        assert part in orchestrator.__all__
        assert f"{part}(" in shown or f"{part}." in shown


@pytest.mark.parametrize("module", PUBLIC)
def test_everything_public_says_what_it_is(module: str) -> None:
    found = importlib.import_module(module)
    assert (found.__doc__ or "").strip()
    without = [
        name
        for name in PUBLIC[module]
        if inspect.isclass(part := getattr(found, name)) or inspect.isfunction(part)
        if not (part.__doc__ or "").strip() or (part.__doc__ or "").startswith(f"{name}(")
    ]
    assert without == []


@pytest.mark.parametrize("module", PUBLIC)
def test_every_method_of_a_public_class_says_what_it_does(module: str) -> None:
    found = importlib.import_module(module)
    without = [
        f"{name}.{method}"
        for name in PUBLIC[module]
        if inspect.isclass(part := getattr(found, name))
        if part.__module__.startswith("agent_runtime.")
        for method, value in vars(part).items()
        if not method.startswith("_")
        if inspect.isfunction(value) or isinstance(value, property | classmethod | staticmethod)
        if not (inspect.getdoc(getattr(part, method)) or "").strip()
    ]
    assert without == []


def test_the_page_says_of_every_public_name_what_it_is() -> None:
    page = PAGES["agent-runtime.md"]
    command = "run: python tests/runtime_reference.py docs/agent-runtime.md"
    assert page == documented(page), command
    rows = re.findall(r"^\| `(\w+)` \| (.*) \|$", page.partition("## All names")[2], re.MULTILINE)
    assert [name for name, text in rows if not text] == []
    assert {name for name, _ in rows} == {name for names in PUBLIC.values() for name in names}


@pytest.mark.parametrize("module", MODULES)
def test_the_examples_of_docstrings_give_what_they_say(
    module: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    found = importlib.import_module(module)
    results = doctest.testmod(found, optionflags=doctest.ELLIPSIS)
    assert results.failed == 0


def test_docstrings_have_examples() -> None:
    finder = doctest.DocTestFinder()
    examples = [
        test.name
        for module in MODULES
        for test in finder.find(importlib.import_module(module))
        if test.examples
    ]
    assert len(examples) >= 10
