"""The first message of a stream: what is to run, or why it is refused."""

from __future__ import annotations

import json
from typing import Final

from runagent_ls.agents.values import DEEPEST, JsonValue, is_deeper
from runagent_ls.serve.plan import AgentPlan
from runagent_ls.serve.supervisor.runs import Run

_FIELDS: Final = ("entrypoint_tag", "input_args", "input_kwargs")


class RefusedError(Exception):
    """The request is none; the text says why."""


def run_of(message: bytes, plan: AgentPlan, run_id: str) -> Run:
    """The run that a first message asks for. RefusedError in the platform's words where it has
    any."""
    request = _object_of(message)
    missing = next((name for name in _FIELDS if name not in request), None)
    if missing is not None:
        raise RefusedError(f"Missing required field: {missing}")
    tag, args, kwargs = (request[name] for name in _FIELDS)
    if not isinstance(tag, str):
        raise RefusedError("entrypoint_tag must be a string")
    if plan.entrypoint(tag) is None:
        raise RefusedError(f"Entrypoint {tag} not found")
    if not tag.endswith("_stream"):
        raise RefusedError(
            f"Entrypoint `{tag}` is not a streaming entrypoint. "
            "Use a streaming entrypoint (ending with '_stream')."
        )
    if isinstance(args, str | dict):
        args = list(args)  # the platform spreads them into characters and keys
    if not isinstance(args, list):
        raise RefusedError("input_args must be an array")
    if not isinstance(kwargs, dict):
        raise RefusedError("input_kwargs must be an object")
    return Run(run_id, tag, args, kwargs)


def _object_of(message: bytes) -> dict[str, JsonValue]:
    try:
        value: JsonValue = json.loads(message.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"Invalid JSON format: {error}") from None
    if message.count(b"[") + message.count(b"{") > DEEPEST and is_deeper(value, DEEPEST):
        raise RefusedError("Invalid JSON format: nested too deeply")
    if not isinstance(value, dict):
        raise RefusedError(f"Missing required field: {_FIELDS[0]}")
    return value
