from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from run_cli import Cli, Done, run_cli


@pytest.fixture
def cli(tmp_path: Path) -> Cli:
    """Run `runagent-ls` with arguments; `cwd` is a fresh folder unless given."""

    def run(
        *arguments: object,
        cwd: Path | None = None,
        stdin: bytes = b"",
        env: Mapping[str, str] | None = None,
        encoding: str = "utf-8",
    ) -> Done:
        return run_cli(arguments, cwd or tmp_path, stdin, env, encoding)

    return run
