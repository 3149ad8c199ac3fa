"""Which requirements of an agent its Python does not meet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runagent_ls.project.file_source import FileSource
from runagent_ls.serve.requirements import installed
from runagent_ls.serve.requirements.command import install_command
from runagent_ls.serve.requirements.declared import Declared, declared_by
from runagent_ls.serve.requirements.installed import InterpreterReport, Package

if TYPE_CHECKING:
    from packaging.requirements import Requirement

MAX_ROUNDS: Final = 5
"""How deep extras of extras are followed."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """A requirement that is not met. `installed` is the version that is there instead, None when
    the package is missing; `through` the requirement whose extra asks for it."""

    requirement: str
    name: str
    installed: str | None
    file: Path
    line: int
    through: str | None = None

    def __str__(self) -> str:
        there = f", {self.installed} is installed" if self.installed else ""
        extra = f", for {self.through}" if self.through else ""
        return f"{self.requirement}{there}{extra}"


@dataclass(frozen=True, slots=True)
class Requirements:
    """`command` are the words of the one command that comes next, None when nothing is to be
    done or nothing can be; `advice` says what it is where that is not to install."""

    unmet: tuple[Unmet, ...] = ()
    command: tuple[str, ...] | None = None
    advice: str | None = None


async def check_requirements(
    folder: Path,
    interpreter: Path,
    *,
    files: FileSource | None = None,
    limit_s: float = installed.LIMIT_S,
) -> Requirements:
    """Compare what the agent in `folder` asks for with what `interpreter` has.

    Starts the interpreter only when something is asked for. Raises InterpreterUnusableError.
    """
    asked = declared_by(folder, files)
    if not asked:
        return Requirements()
    names = {_canonical(it.requirement.name) for it in asked}
    report = await installed.ask(interpreter, names, limit_s)
    packages = dict(report.packages)
    for _ in range(MAX_ROUNDS):
        wanted = {_canonical(it.name) for one in asked for it, _ in _extras(one, packages, report)}
        if wanted <= names:
            break
        more = await installed.ask(interpreter, wanted - names, limit_s)
        packages.update(more.packages)
        names |= wanted
    unmet = tuple(dict.fromkeys(it for one in asked for it in _unmet(one, packages, report)))
    if not unmet:
        return Requirements()
    command, advice = install_command(folder, interpreter, report, unmet)
    return Requirements(unmet, command, advice)


def _unmet(
    one: Declared, packages: Mapping[str, Package], report: InterpreterReport
) -> Iterable[Unmet]:
    requirement = one.requirement
    if not _applies(requirement, report.markers):
        return
    there = packages.get(_canonical(requirement.name))
    if there is None or not _satisfies(there.version, requirement):
        version = there.version if there else None
        yield Unmet(_shown(requirement), requirement.name, version, one.file, one.line)
        return
    for further, through in _extras(one, packages, report):
        found = packages.get(_canonical(further.name))
        if found is None or not _satisfies(found.version, further):
            version = found.version if found else None
            yield Unmet(_shown(further), further.name, version, one.file, one.line, through)


def _extras(
    one: Declared, packages: Mapping[str, Package], report: InterpreterReport
) -> list[tuple[Requirement, str]]:
    """What the extras of a requirement ask for, as far as the packages are known."""
    if not _applies(one.requirement, report.markers):
        return []
    found: list[tuple[Requirement, str]] = []
    waiting, seen = [one.requirement], set[tuple[str, str]]()
    while waiting:
        owner = waiting.pop()
        there = packages.get(_canonical(owner.name))
        for extra in owner.extras if there is not None else ():
            key = (_canonical(owner.name), extra)
            if key in seen or there is None:
                continue
            seen.add(key)
            for further in _parsed(there.requires):
                if further.marker is None or _applies(further, report.markers):
                    continue
                if _applies(further, {**report.markers, "extra": extra}):
                    found.append((further, _shown(one.requirement)))
                    waiting.append(further)
    return found


def _parsed(lines: Iterable[str]) -> Iterable[Requirement]:
    from packaging.requirements import InvalidRequirement, Requirement

    for line in lines:
        try:
            yield Requirement(line)
        except InvalidRequirement:
            continue


def _applies(requirement: Requirement, markers: Mapping[str, str]) -> bool:
    from packaging.markers import UndefinedComparison, UndefinedEnvironmentName

    if requirement.marker is None:
        return True
    try:
        return requirement.marker.evaluate({"extra": "", **markers})
    except (UndefinedComparison, UndefinedEnvironmentName):
        return False


def _satisfies(version: str, requirement: Requirement) -> bool:
    """A version that cannot be compared is taken to be the right one."""
    from packaging.version import InvalidVersion, Version

    try:
        return requirement.specifier.contains(Version(version), prereleases=True)
    except InvalidVersion:
        return True


def _shown(requirement: Requirement) -> str:
    """Without marker and without address, which may hold a password."""
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return f"{requirement.name}{extras}{requirement.specifier}"


def _canonical(name: str) -> str:
    from packaging.utils import canonicalize_name

    return canonicalize_name(name)
