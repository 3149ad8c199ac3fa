"""Calls of tools as the loop makes them."""

from __future__ import annotations

from agent_runtime.json_value import JsonValue
from agent_runtime.tools import ToolRegistry


async def said(tools: ToolRegistry, name: str, **arguments: JsonValue) -> str:
    """What the tool says; it must have worked."""
    result = await tools.call(name, arguments)
    assert result.ok, result.content
    return result.content


async def refused(tools: ToolRegistry, name: str, **arguments: JsonValue) -> str:
    """Why the tool cannot do that."""
    result = await tools.call(name, arguments)
    assert not result.ok
    assert result.error == "permanent"
    return result.content
