"""`schemas/protocol.schema.json` against the server's code and the documentation."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any, NotRequired, get_origin, get_type_hints

import pytest
from jsonschema import Draft202012Validator
from pygls.lsp.server import LanguageServer
from pygls.protocol import default_converter

from lsp.protocol_schema import SCHEMA
from runagent_ls.agents.errors import AgentError
from runagent_ls.lsp.connection import Connection
from runagent_ls.lsp.messages import cases, history, projects, runs
from runagent_ls.lsp.protocol import Protocol

MESSAGES: dict[str, dict[str, str]] = SCHEMA["x-messages"]
DOCUMENTATION = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"


def references(value: object) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [ref for item in value.values() for ref in references(item)]
    if isinstance(value, list):
        return [ref for item in value for ref in references(item)]
    return []


def test_the_schema_is_one_and_its_references_lead_somewhere() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    names = {ref.removeprefix("#/$defs/") for ref in references(SCHEMA)}
    names |= {message[part] for message in MESSAGES.values() for part in ("params", "result")
              if part in message}  # fmt: skip
    assert names <= SCHEMA["$defs"].keys()


def test_every_object_is_closed_and_named_once() -> None:
    for name, definition in SCHEMA["$defs"].items():
        if definition.keys() <= {"enum", "description"}:
            continue
        assert definition.get("additionalProperties") is False, name
        assert set(definition.get("required", ())) <= definition["properties"].keys(), name


@pytest.mark.parametrize(
    ("typed", "definition"),
    [
        (projects.EntrypointSummary, "EntrypointSummary"),
        (projects.ProjectSummary, "Project"),
        (projects.ParameterMessage, "ParameterInfo"),
        (projects.EntrypointMessage, "EntrypointInfo"),
        (runs.CancelResult, "CancelResult"),
        (projects.CheckResult, "CheckResult"),
        (history.HistorySummary, "HistorySummary"),
        (history.HistoryMatch, "HistoryMatch"),
        (history.HistoryRun, "HistoryRun"),
        (cases.CaseSummary, "CaseSummary"),
        (cases.CaseDetails, "CaseDetails"),
        (cases.CaseFailure, "CaseFailure"),
    ],
)
def test_typed_dicts_have_the_schemas_keys(typed: Any, definition: str) -> None:
    schema = SCHEMA["$defs"][definition]
    hints = get_type_hints(typed, include_extras=True)
    assert hints.keys() == schema["properties"].keys()
    required = {name for name, hint in hints.items() if get_origin(hint) is not NotRequired}
    assert required == set(schema["required"])


def registered(experimental: object) -> set[str]:
    async def connect() -> set[str]:
        server = LanguageServer(
            "x", "0", protocol_cls=Protocol, converter_factory=default_converter
        )
        protocol = server.protocol
        assert isinstance(protocol, Protocol)
        Connection(protocol, {"capabilities": {"experimental": experimental}})
        return {name for name in protocol.fm.features if name.startswith("runagent/")}

    return asyncio.run(connect())


def test_the_server_answers_exactly_the_messages_of_the_schema() -> None:
    wanted = {name for name, it in MESSAGES.items() if it["direction"] == "clientToServer"}
    assert registered({"runagent": {"version": 1}}) == wanted
    assert registered({}) == set()


def test_actions_of_errors_are_those_of_the_schema() -> None:
    known = set(SCHEMA["$defs"]["RunError"]["properties"]["action"]["enum"])
    kinds: list[type[AgentError]] = [AgentError, *AgentError.__subclasses__()]
    assert len(kinds) > 10
    assert {kind.default_action for kind in kinds} - {None} <= known


def test_the_documentation_describes_every_message() -> None:
    text = DOCUMENTATION.read_text("utf-8")
    described = set(re.findall(r"^### `(runagent/[\w/]+)`", text, re.MULTILINE))
    assert described == MESSAGES.keys()
