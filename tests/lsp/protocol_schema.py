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
    """Raises for a message of the server that the schema does not allow."""
    message = SCHEMA["x-messages"][method]
    assert message["direction"] == "serverToClient", method
    _validator(message["params"]).validate(params)


def check_result(method: str, result: object) -> None:
    """Raises for an answer that the schema does not allow."""
    _validator(SCHEMA["x-messages"][method]["result"]).validate(result)
