"""Runs as the registry file holds them, for the server's history that fails on its own records.

One result with a NaN or an infinity in it makes the whole history answer with an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from runagent_ls.agents.errors import AgentError, FunctionError, RegistryError
from runagent_ls.agents.rest.records import Invocation, Invocations, invocation_from
from runagent_ls.agents.targets.registry import Registry
from runagent_ls.agents.values import JsonValue, parse

if TYPE_CHECKING:
    from runagent_ls.agents.targets.target import Target

_OUT_OF_RANGE = "Out of range float values are not JSON compliant"
_NOTE = (
    "The server cannot list its runs, because a result holds a number that JSON does not know "
    "(NaN or infinity). They were read from the local registry file instead."
)


def recorded_instead(
    target: Target, limit: int, status: str | None, error: AgentError
) -> Invocations | None:
    """The runs of an agent from the registry, None when `error` is another one. Blocks."""
    if not _is_out_of_range(error):
        return None
    error.suggestion = (
        "Ask for fewer runs, or remove old ones with `runagent db cleanup`; a result there holds "
        "NaN or infinity."
    )
    error.action = None
    if target.leaves_machine:
        return None
    try:
        rows = Registry.of_environment().invocations(target.agent_id, limit, status)
    except RegistryError:
        return None
    items = tuple(item for item in map(_invocation, rows) if item is not None)
    return Invocations(items, _NOTE) if items else None


def recorded_one_instead(invocation_id: str, error: AgentError) -> Invocation | None:
    """The same for one run."""
    if not _is_out_of_range(error):
        return None
    try:
        row = Registry.of_environment().invocation(invocation_id)
    except RegistryError:
        return None
    return None if row is None else _invocation(row)


def _is_out_of_range(error: AgentError) -> bool:
    return isinstance(error, FunctionError) and _OUT_OF_RANGE in error.message


def _invocation(row: dict[str, object]) -> Invocation | None:
    record: dict[str, JsonValue] = {}
    for name, value in row.items():
        if name in ("input_data", "output_data") and isinstance(value, str):
            try:
                record[name] = parse(value)
            except ValueError:
                record[name] = value
        elif isinstance(value, str | int | float):
            record[name] = value
    for name in ("request_timestamp", "response_timestamp"):
        moment = record.get(name)
        if isinstance(moment, str):  # as the server writes it: no fractions, a T in between
            record[name] = moment.split(".")[0].replace(" ", "T")
    return invocation_from(record)
