"""From the paths of the command line to the projects that they mean."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from runagent_ls.cli.exit_codes import CommandError
from runagent_ls.jsontree.document import Document
from runagent_ls.project.discovery import CONFIG_NAMES, config_in, find_configs
from runagent_ls.project.file_source import FileSource
from runagent_ls.text.lines import LineIndex


def configs_of(paths: Sequence[Path], files: FileSource) -> list[Path]:
    """Absolute paths of the configurations that `paths` name or contain, each one once.

    Without a path the current folder is meant. Raises `CommandError` for a path that is not
    there, that is a file of another name, or when no path leads to a project.
    """
    asked = [absolute(path) for path in paths or [Path()]]
    found: dict[Path, None] = {}
    for path in asked:
        found.update(dict.fromkeys(_configs_at(path, files)))
    if not found:
        raise CommandError(
            f"No agent project in {', '.join(map(str, asked))}.",
            f"Looked for {_listed()}, leaving out what .gitignore names."
            " Give the folder of the agent or its configuration file.",
        )
    return list(found)


def absolute(path: Path) -> Path:
    """Absolute; links are kept, people see the path that they gave."""
    return path.resolve() if ".." in path.parts else path.absolute()


def breakage(document: Document) -> str | None:
    """Why the platform cannot read a configuration, and in which line."""
    first = next((it for it in document.problems if it.breaks_loader), None)
    if first is None:
        return None
    line = LineIndex(document.text).position(first.span.start).line + 1
    return f"it is broken in line {line}: {first.message}"


def _configs_at(path: Path, files: FileSource) -> list[Path]:
    kind = files.kind(path)
    if kind != "missing" and path.name in CONFIG_NAMES:
        return [path]
    if kind == "directory":
        nested = find_configs(path, files)
        # A folder that is named on the command line counts even when .gitignore names it.
        own = config_in(path, files)
        return nested if own is None or own in nested else [own, *nested]
    if kind == "missing":
        raise CommandError(f"{path} is not there.", "Give a folder or a configuration file.")
    raise CommandError(
        f"{path} is no configuration file of an agent.",
        f"Give a folder, or a file with one of these names: {_listed()}.",
    )


def _listed() -> str:
    return f"{', '.join(CONFIG_NAMES[:-1])} and {CONFIG_NAMES[-1]}"
