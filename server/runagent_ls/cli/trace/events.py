"""Which pieces of output are events of the agent runtime, told by what is in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, TypeAlias, get_args, get_type_hints

from agent_runtime import events
from runagent_ls.agents.values import JsonValue
from runagent_ls.sessions import fields

TraceEvent: TypeAlias = Mapping[str, JsonValue]
"""Of unknown type perhaps, and each field but type, session, seq, step and at may be wrong."""

_TYPES: Final = frozenset(
    get_args(get_type_hints(each)["type"])[0] for each in get_args(events.Event)
)


class EventReader:
    """Reads one output. Events of an unknown type count once their session is known."""

    def __init__(self) -> None:
        self._session: JsonValue = None

    def read(self, piece: JsonValue) -> list[TraceEvent]:
        """The events that a piece holds: itself, all of a list, or a text with one a line. None
        when anything in it is something else."""
        if isinstance(piece, dict):
            return [piece] if self._is_event(piece) else []
        parts = _lines(piece) if isinstance(piece, str) else piece
        if not isinstance(parts, list):
            return []
        found = [part for part in parts if isinstance(part, dict) and self._is_event(part)]
        return list(found) if len(found) == len(parts) else []

    def _is_event(self, piece: TraceEvent) -> bool:
        session, kind = piece.get("session"), piece.get("type")
        if not isinstance(session, str) or not isinstance(kind, str):
            return False
        if fields.count(piece, "seq") is None or fields.count(piece, "step") is None:
            return False
        if fields.number(piece, "at") is None:
            return False
        if kind not in _TYPES:
            return session == self._session
        self._session = session
        return True


def _lines(text: str) -> list[JsonValue]:
    """The values of a text that may hold events as JSON; nothing for any other."""
    if not text.lstrip().startswith("{") or '"session"' not in text:
        return []
    try:
        return [json.loads(line) for line in text.split("\n") if line.strip()]
    except (ValueError, RecursionError):
        return []
