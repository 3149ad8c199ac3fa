"""Saves what a `_stream` entrypoint would send, each piece encoded as the platform does it."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ENCODING = HERE.parents[3] / "server" / "runagent_ls" / "serve" / "worker" / "encoding.py"


def save(name: str, pieces: Iterable[object]) -> None:
    """Write `<name>.jsonl`: the payload of each piece in a line."""
    encoding = _encoding()
    with (HERE / f"{name}.jsonl").open("w", encoding="utf-8") as file:
        for number, piece in enumerate(pieces, 1):
            message = json.loads(encoding.chunk(piece, number))
            payload = json.loads(json.loads(message["content"])["payload"])
            file.write(json.dumps(payload, ensure_ascii=False, separators=(",", ":")) + "\n")


def _encoding() -> Any:  # the interpreter has the framework, and needs not have the server
    spec = importlib.util.spec_from_file_location("encoding", ENCODING)
    if spec is None or spec.loader is None:
        raise FileNotFoundError(ENCODING)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
