"""The invocations over HTTP."""

from __future__ import annotations

import re
import sqlite3
from typing import Final

from starlette.requests import Request

from runagent_ls.agents.values import JsonValue
from runagent_ls.serve.front.answers import Answer, detail, failure, json_bytes
from runagent_ls.serve.invocations import Invocations

_USUAL: Final = 50
_LARGEST: Final = 2**62
_INTEGER: Final = re.compile(r"\s*[+-]?[0-9]{1,400}(?:\.0*)?\s*")
"""What the platform's framework takes for a whole number."""


class History:
    """Answers what is asked of the invocations of one agent."""

    def __init__(self, invocations: Invocations, agent_id: str) -> None:
        self._invocations = invocations
        self._agent_id = agent_id

    async def recent(self, request: Request) -> Answer:
        """`?limit=50&status=`; any other status than the known ones matches nothing."""
        limit = _limit(request)
        if isinstance(limit, Answer):
            return limit
        status = request.query_params.get("status")
        try:
            found = await self._invocations.recent(self._agent_id, limit, status or None)
        except (OSError, sqlite3.Error) as error:
            return _unreadable(error)
        body: JsonValue = {
            "agent_id": self._agent_id,
            "invocations": list(found),
            "total_count": len(found),
        }
        return Answer(200, json_bytes(body))

    async def stats(self, _: Request) -> Answer:
        try:
            stats = await self._invocations.stats(self._agent_id)
        except (OSError, sqlite3.Error) as error:
            return _unreadable(error)
        return Answer(200, json_bytes({"agent_id": self._agent_id, "stats": stats}))

    async def one(self, request: Request) -> Answer:
        """Of any agent in the same file."""
        invocation_id: str = request.path_params["invocation_id"]
        try:
            found = await self._invocations.one(invocation_id)
        except (OSError, sqlite3.Error) as error:
            return _unreadable(error)
        if found is None:
            return failure(404, "NOT_FOUND", f"Invocation {invocation_id} not found")
        return Answer(200, json_bytes(found))


def _limit(request: Request) -> int | Answer:
    given = request.query_params.getlist("limit")
    if not given:
        return _USUAL
    text = given[-1]
    if _INTEGER.fullmatch(text) is None:
        problem: JsonValue = {
            "type": "int_parsing",
            "loc": ["query", "limit"],
            "msg": "Input should be a valid integer, unable to parse string as an integer",
            "input": text,
        }
        return detail(422, [problem])
    number = int(text.partition(".")[0])
    return max(-1, min(number, _LARGEST))


def _unreadable(error: Exception) -> Answer:
    said = f"The invocations cannot be read: {error}"
    return failure(500, "INTERNAL_ERROR", said)
