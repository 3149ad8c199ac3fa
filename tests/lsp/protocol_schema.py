"""Holds our own messages against `schemas/protocol.schema.json`."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

SCHEMA: dict[str, Any] = json.loads(
    (Path(__file__).resolve().parents[2] / "schemas" / "protocol.schema.json").read_text("utf-8")
)


@cache
def _validator(definition: str) -> Draft202012Validator:
    return Draft202012Validator({**SCHEMA, "$ref": f"#/$defs/{definition}"})


def check_message(method: str, params: object) -> None:
    """Raises for a message of the server that the schema does not allow.

    Of items of a stream that differ in nothing that the schema looks at, one is checked.
    """
    message = SCHEMA["x-messages"][method]
    assert message["direction"] == "serverToClient", method
    if method == "runagent/output" and isinstance(params, dict):
        items = params.get("items")
        if isinstance(items, list) and all(isinstance(item, dict) for item in items):
            params = {**params, "items": list({_look(item): item for item in items}.values())}
    _validator(message["params"]).validate(params)


def _look(item: dict[str, Any]) -> tuple[object, ...]:
    """All of an `OutputItem` that its definition looks at."""
    index = item.get("index")
    is_negative = isinstance(index, int) and index < 0
    kinds = tuple((key, None if key == "value" else type(item[key])) for key in sorted(item))
    return (kinds, repr(item.get("type")), is_negative)


def check_result(method: str, result: object) -> None:
    """Raises for an answer that the schema does not allow."""
    _validator(SCHEMA["x-messages"][method]["result"]).validate(result)
