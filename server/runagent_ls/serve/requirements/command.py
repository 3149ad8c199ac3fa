"""The one command that comes next when requirements are not met."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from runagent_ls.serve.requirements.declared import REQUIREMENTS
from runagent_ls.serve.requirements.installed import InterpreterReport, ask
from runagent_ls.serve.requirements.modules import package_of

NEW_ENVIRONMENT: Final = ".venv"


class Wanted(Protocol):
    """Something to install: a requirement, and the file that asks for it."""

    @property
    def requirement(self) -> str: ...

    @property
    def file(self) -> Path: ...


def install_command(
    folder: Path, interpreter: Path, report: InterpreterReport, wanted: Iterable[Wanted]
) -> tuple[tuple[str, ...] | None, str | None]:
    """The words of the command, and what to say of it where it does not install by itself."""
    if report.managed:
        own = folder / NEW_ENVIRONMENT
        return (str(interpreter), "-m", "venv", str(own)), (
            f"{interpreter} belongs to the system and takes no packages: make an environment for"
            " the agent, then install into that."
        )
    requirements = folder / REQUIREMENTS
    words = ["-r", str(requirements)] if any(it.file != _pyproject(folder) for it in wanted) else []
    words += [it.requirement for it in wanted if it.file == _pyproject(folder)]
    return with_installer(interpreter, report, words)


@dataclass(frozen=True, slots=True)
class _Package:
    requirement: str
    file: Path


async def install_package(
    folder: Path, interpreter: Path, package: str
) -> tuple[tuple[str, ...] | None, str | None]:
    """`install_command` for one package that no file asks for. Raises InterpreterUnusableError."""
    report = await ask(interpreter, ())
    # named by itself, as those of pyproject.toml are
    return install_command(folder, interpreter, report, [_Package(package, _pyproject(folder))])


def with_installer(
    interpreter: Path, report: InterpreterReport, words: Iterable[str]
) -> tuple[tuple[str, ...] | None, str | None]:
    """`words` behind the program that installs into `interpreter`."""
    if report.has_pip:
        return (str(interpreter), "-m", "pip", "install", *words), None
    uv = shutil.which("uv")
    if uv is not None:
        return (uv, "pip", "install", "--python", str(interpreter), *words), None
    return (str(interpreter), "-m", "ensurepip", "--upgrade"), (
        f"{interpreter} has no pip yet: get it first, then install."
    )


def usual_command(interpreter: Path, module: str) -> tuple[str, ...]:
    """What would install `module`, where nobody has asked the interpreter; empty when that is not
    known, as for a part of a package that is there."""
    package = package_of(module) if "." not in module else None
    return () if package is None else (str(interpreter), "-m", "pip", "install", package)


def _pyproject(folder: Path) -> Path:
    return folder / "pyproject.toml"
