"""Python code in an interpreter of its own, for what only a whole process shows."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

SERVER: Final = Path(__file__).parents[1] / "server"
_LIMIT_S: Final = 180.0


def run_python(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs the code, which finds our packages, and tells what it printed; it must end well.

    `variables` of the environment are set besides those of the tests.
    """
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(SERVER), **variables},
        capture_output=True,
        text=True,
        timeout=_LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done
