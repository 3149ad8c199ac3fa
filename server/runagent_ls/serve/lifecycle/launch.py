"""How another process of this very program is started: as a wheel, a bundle or from sources."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

_PACKAGES: Final = Path(__file__).resolve().parents[3]
"""The folder that holds `runagent_ls`; in the bundle and in the sources `launch.py` as well."""


def command(*arguments: str) -> list[str]:
    """The words that run `runagent-ls` with `arguments` and nothing of the current folder."""
    script = _PACKAGES / "launch.py"
    if _PACKAGES.name.endswith("-packages") or not script.is_file():
        return [sys.executable, "-P", "-m", "runagent_ls.cli.main", *arguments]
    alone = ["-I"] if sys.flags.isolated else []
    alone += ["-S"] if sys.flags.no_site else []
    return [sys.executable, *alone, str(script), *arguments]
