"""Every example of the documentation runs as it stands."""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

from agent_runtime import orchestrator

PAGE = (Path(__file__).parents[2] / "docs" / "orchestrator.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^```python\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE)


def compiled(source: str) -> CodeType:
    flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    code: CodeType = compile(source, "orchestrator.md", "exec", flags)
    return code


@pytest.mark.parametrize("source", EXAMPLES, ids=lambda source: source.split("import ")[1][:20])
async def test_the_example_runs(source: str) -> None:
    names: dict[str, Any] = {"__name__": "example"}
    result = FunctionType(compiled(source), names)()
    if inspect.isawaitable(result):
        await result


def test_every_part_has_an_example() -> None:
    shown = "\n".join(EXAMPLES)
    parts = ["RetryPolicy", "CircuitBreaker", "RedisBackend", "Deduplicator", "BackpressureGuard"]
    for part in [*parts, "Pipeline", "Metrics"]:
        assert part in orchestrator.__all__
        assert f"{part}(" in shown or f"{part}." in shown


def test_everything_public_says_what_it_is() -> None:
    without = [
        name
        for name in orchestrator.__all__
        if inspect.isclass(part := getattr(orchestrator, name)) or inspect.isfunction(part)
        if not (part.__doc__ or "").strip() or (part.__doc__ or "").startswith(f"{name}(")
    ]
    assert without == []
