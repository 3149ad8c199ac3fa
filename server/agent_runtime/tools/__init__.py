"""Tools: functions that a model can call, described, checked, limited and watched.

- `tool`: says of a function how it is a tool
- `ToolRegistry`: the tools of an agent
- `Tool`: one of them; `ToolResult`: how a call of it ended
- `ToolError`: raised by tools that say what is wrong
- `ToolDefinitionError`: a function cannot be a tool
"""

from agent_runtime.tools.errors import ToolDefinitionError, ToolError, is_transient
from agent_runtime.tools.registry import ToolRegistry
from agent_runtime.tools.result import ResultFields, ToolResult, to_json
from agent_runtime.tools.tool import Tool, tool

__all__ = [
    "ResultFields",
    "Tool",
    "ToolDefinitionError",
    "ToolError",
    "ToolRegistry",
    "ToolResult",
    "is_transient",
    "to_json",
    "tool",
]
