"""What is not loaded until the first diagnostics are there, and what is ready soon after them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Final

SERVER: Final = Path(__file__).parents[2] / "server"
LATE: Final = (
    "runagent_ls.features.callables",
    "runagent_ls.features.completion",
    "runagent_ls.features.graph",
    "runagent_ls.features.hover",
    "runagent_ls.features.markup",
    "runagent_ls.features.navigation",
    "runagent_ls.features.new_agent",
    "runagent_ls.features.refactoring",
    "runagent_ls.features.rename",
    "runagent_ls.features.symbols",
    "runagent_ls.lsp.slices",
    "runagent_ls.project.annotations",
    "docstring_parser",
)
_FIRST_DIAGNOSTICS: Final = """
import sys
from pathlib import Path
import runagent_ls.lsp.server
import runagent_ls.lsp.connection
from runagent_ls.lsp.workspace import AgentWorkspace
from runagent_ls.rules.selection import Selection

workspace = AgentWorkspace(lambda config: Selection())
config = Path(sys.argv[1])
workspace.open(config, config.read_text())
assert workspace.findings(config)
"""
_PRELOADED: Final = """
import asyncio
from runagent_ls.lsp.features.preloading import preload

asyncio.run(preload(0))
"""


def loaded(script: str, *arguments: str) -> set[str]:
    """Names of all modules that are loaded after the script."""
    script += "\nimport json, sys\nprint(json.dumps(list(sys.modules)))"
    script = f"import sys\nsys.path.insert(0, {str(SERVER)!r})\n{script}"
    process = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        check=True,
        text=True,
        timeout=60,
    )
    return set(json.loads(process.stdout))


def test_first_diagnostics_load_no_feature(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(
        'def greet(name):\n    """Greet.\n\n    Args:\n        name: who\n    """\n'
    )
    entrypoints = [
        {"file": "main.py", "module": module, "tag": module} for module in ("greet", "missing")
    ]
    config = tmp_path / "runagent.config.json"
    config.write_text(json.dumps({"agent_architecture": {"entrypoints": entrypoints}}))
    assert loaded(_FIRST_DIAGNOSTICS, str(config)) & set(LATE) == set()


def test_features_are_ready_soon_after() -> None:
    """All but what only commands of the RunAgent shell need."""
    missing = set(LATE) - loaded(_PRELOADED)
    assert missing <= {"runagent_ls.features.new_agent", "docstring_parser"}
