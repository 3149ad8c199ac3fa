"""The loader of the real `runagent` package, asked in one batch."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, TypeAlias

import pytest

from serve_real_agent import interpreter

HERE = Path(__file__).parent

AskRealLoader: TypeAlias = Callable[[Sequence[tuple[str, str]]], list[dict[str, Any]]]


@pytest.fixture(scope="session")
def ask_real_loader() -> AskRealLoader:
    """Verdicts on configurations given as (file name, text), in order."""

    def ask(configs: Sequence[tuple[str, str]]) -> list[dict[str, Any]]:
        answer = subprocess.run(
            [str(interpreter()), str(HERE / "ask_real_loader.py")],
            input="".join(json.dumps(config) + "\n" for config in configs),
            capture_output=True,
            text=True,
            timeout=300,
            check=True,
        )
        verdicts = [json.loads(line) for line in answer.stdout.splitlines()]
        assert len(verdicts) == len(configs), answer.stderr
        return verdicts

    return ask


@pytest.fixture(scope="session")
def recorded_cases() -> list[dict[str, Any]]:
    """The 204 configurations with the verdict that runagent 0.1.49 gave."""
    document = json.loads((HERE / "data" / "config-cases.json").read_text(encoding="utf-8"))
    cases: list[dict[str, Any]] = document["cases"]
    return cases


@pytest.fixture(scope="session")
def mutated() -> ModuleType:
    """The neighbouring module `mutate`, which importlib mode does not put on the path."""
    spec = importlib.util.spec_from_file_location("mutate_configs", HERE / "mutate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
