"""Commands as people type them."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterable


def command_line(words: Iterable[str]) -> str:
    """The words quoted for the shell of this system."""
    listed = list(words)
    return subprocess.list2cmdline(listed) if sys.platform == "win32" else shlex.join(listed)
