"""How the platform's server starts, asked for many folders in one process."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from serve_real_agent import environment, interpreter

_ASK = Path(__file__).with_name("ask_real_server.py")


@dataclass(frozen=True)
class Start:
    """How one start went. `answers` by path when the server got up."""

    exit_code: int
    stdout: str
    stderr: str
    answers: dict[str, Any] | None

    @property
    def error(self) -> str | None:
        """What it said of its failure."""
        found = re.search(r"❌ Server error: (.*)", self.stdout, re.DOTALL)
        return found[1].strip() if found else None


def real_starts(folders: Sequence[Path], cache_dir: Path) -> list[Start]:
    """One start of `runagent serve` for each folder, in order."""
    done = subprocess.run(
        [str(interpreter()), str(_ASK)],
        input="".join(json.dumps(str(folder)) + "\n" for folder in folders),
        # nothing may be fetched
        env=environment(cache_dir) | {"PIP_NO_INDEX": "1", "PYTHONUTF8": "1"},
        cwd=cache_dir,
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    starts = [Start(**json.loads(line)) for line in done.stdout.splitlines()]
    assert len(starts) == len(folders), done.stderr[-3000:]
    return starts


def plain(text: str, folder: Path) -> str:
    """Without the folder's name and how rich has broken lines and dropped what is in brackets."""
    text = re.sub(r"\[type=[^\]]*\]?", "", text.replace(str(folder), "<agent-dir>"))
    return re.sub(r"\s+", " ", text).strip()


def each(starts: Sequence[Start], folders: Sequence[Path]) -> Iterator[tuple[Start, Path]]:
    """Both, side by side."""
    yield from zip(starts, folders, strict=True)
