"""What mypy says of code that uses the agent runtime."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from run_python import SERVER

# the libraries behind the runtime are none of a user's types, and reading them takes mypy longest
_SETTINGS = """
[mypy]
strict = True
follow_imports = silent

[mypy-anthropic.*,httpx.*,jsonschema.*,mashumaro.*,networkx.*,openai.*,pydantic.*,redis.*]
follow_imports = skip
"""


def type_errors(folder: Path, *files: str) -> list[str]:
    """The errors in these files of the folder, in which nothing is written."""
    with tempfile.TemporaryDirectory() as own:
        settings = Path(own) / "mypy.ini"
        settings.write_text(_SETTINGS, encoding="utf-8")
        options = [f"--config-file={settings}", f"--cache-dir={Path(own) / 'cache'}"]
        done = subprocess.run(
            [sys.executable, "-m", "mypy", *options, *files],
            cwd=folder,
            env={**os.environ, "MYPYPATH": str(SERVER)},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
    errors = sorted(line for line in done.stdout.splitlines() if ": error: " in line)
    assert done.returncode == bool(errors), done.stdout + done.stderr
    return errors
