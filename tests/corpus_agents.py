"""Real configurations, each with Python beside it that has the shape of the real one.

The Python is made from `facts.json`: functions with the parameters, decorators and kinds that the
real ones have.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).parent / "corpus"
PROJECTS = sorted(path.name for path in CORPUS.iterdir() if path.is_dir())
TYPING = "Any, AsyncGenerator, Dict, Iterator, Optional"
STARS = {"var_positional": "*", "var_keyword": "**"}


def parameter(facts: dict[str, Any]) -> str:
    text = f"{STARS.get(facts['kind'], '')}{facts['name']}"
    if facts["annotation"]:
        text += f": {facts['annotation']}"
    return text + (f" = {facts['default']}" if facts["default"] is not None else "")


def source_of(facts: dict[str, Any]) -> str:
    """Python that has the shape of a callable, and says nothing that the facts do not."""
    if facts["kind"] == "assign":
        return f"from framework import {facts['callee']}\n\n{facts['name']} = {facts['callee']}()\n"
    keyword = "async def" if facts["async"] else "def"
    returns = f" -> {facts['returns']}" if facts["returns"] else ""
    parameters = ", ".join(parameter(it) for it in facts["params"])
    body = "yield compute()" if facts["generator"] else "return compute()"
    lines = [*(f"@{it}" for it in facts["decorators"])]
    lines += [f"{keyword} {facts['name']}({parameters}){returns}:", f"    {body}"]
    return "\n".join(lines) + "\n"


def module_text(callables: Iterable[dict[str, Any]]) -> str:
    parts = dict.fromkeys(source_of(facts) for facts in callables)
    head = f"from typing import {TYPING}\n\nfrom framework import compute\n"
    return "\n\n".join([head, *parts])


def build(project: str, folder: Path) -> Path:
    config = folder / "runagent.config.json"
    shutil.copyfile(CORPUS / project / config.name, config)
    by_file: dict[str, list[dict[str, Any]]] = {}
    facts = json.loads((CORPUS / project / "facts.json").read_text("utf-8"))
    for entrypoint in facts["entrypoints"]:
        if "callable" in entrypoint:
            by_file.setdefault(entrypoint["file"], []).append(entrypoint["callable"])
    for file, callables in by_file.items():
        (folder / file).write_text(module_text(callables), "utf-8")
    return config
