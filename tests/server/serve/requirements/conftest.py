"""A virtual environment to put packages into: only their metadata, nothing is downloaded."""

from __future__ import annotations

import sys
import venv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pytest


@dataclass(frozen=True)
class Environment:
    python: Path
    packages: Path

    def install(self, name: str, version: str, requires: Iterable[str] = ()) -> None:
        folder = self.packages / f"{name.replace('-', '_')}-{version}.dist-info"
        folder.mkdir()
        lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}"]
        lines += [f"Requires-Dist: {it}" for it in requires]
        (folder / "METADATA").write_text("\n".join(lines) + "\n", "utf-8")

    def add_pip(self) -> None:
        (self.packages / "pip.py").write_text("raise RuntimeError('not to be imported')\n", "utf-8")


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    folder = tmp_path / "environment"
    venv.create(folder, with_pip=False, symlinks=True)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    return Environment(folder / "bin" / "python", folder / "lib" / version / "site-packages")


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    folder = tmp_path / "agent"
    folder.mkdir()
    return folder
