"""What a worker is told first: the agent, and how it may behave."""

from __future__ import annotations

from typing import Any

from runagent_ls.serve.plan import AgentPlan, DebugPlan, Limits, PythonEntrypoint
from runagent_ls.serve.supervisor.extractors import compile_extractor
from runagent_ls.serve.supervisor.provided import provided_modules


def load_message(plan: AgentPlan, limits: Limits, debug: DebugPlan | None) -> dict[str, Any]:
    """The content of LOAD."""
    return {
        "folder": str(plan.folder),
        "entrypoints": [
            {
                "tag": each.tag,
                "file": each.file,
                "module": each.module,
                "extractor": compile_extractor(each.extractor),
            }
            for each in plan.entrypoints
            if isinstance(each, PythonEntrypoint)
        ],
        "debug": None if debug is None else _debug(debug),
        "memory_bytes": limits.memory_bytes,
        "cpu_s": limits.cpu_s,
        "environment": dict(plan.environment),
        "provided": provided_modules(),
    }


def _debug(debug: DebugPlan) -> dict[str, Any]:
    folder = None if debug.debugpy is None else str(debug.debugpy)
    return {"path": folder, "host": debug.host, "port": debug.port}
