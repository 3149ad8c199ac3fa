"""What stands around a configuration: `.env`, `.gitignore`, and the files that run at start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.discovery import CONFIG_NAMES
from runagent_ls.project.file_source import FileSource, FileText
from runagent_ls.project.model import EarlyExit, StartupFolder, Surroundings, UploadFolder
from runagent_ls.project.startup import startup_folder
from runagent_ls.project.upload import upload_folder
from runagent_ls.pyfile.facts import early_exit

ENV_FILE: Final = ".env"


@dataclass(slots=True)
class UploadCache:
    """The last walk of the agent folder, and what it depended on besides the folders."""

    generation: int
    texts: tuple[FileText, FileText]
    upload: UploadFolder


def env_text(root: FilePath, files: FileSource) -> tuple[str | None, str | None]:
    """The text of `.env`, and why it cannot be read; both None without that file.

    The loader ignores an `.env` that is a folder.
    """
    path = root / ENV_FILE
    if files.kind(path) in {"missing", "directory"}:
        return None, None
    read = files.read(path)
    broken = next((problem for problem in read.problems if problem.breaks_loader), None)
    if read.text is None or broken is None:
        return read.text, read.error
    return read.text, broken.message


def surroundings(
    config_path: FilePath,
    entry_files: Iterable[FilePath],
    files: FileSource,
    known: UploadCache | None,
) -> tuple[Surroundings, UploadCache]:
    """Look around a project. `known` saves the walk of its folder while nothing changed."""
    root = config_path.parent
    texts = (files.read(root / ENV_FILE), files.read(root / ".gitignore"))
    if known is None or known.generation != files.generation or known.texts != texts:
        known = UploadCache(files.generation, texts, upload_folder(root, files))
    entries: dict[FilePath, list[FilePath]] = {}
    for entry in dict.fromkeys(entry_files):
        entries.setdefault(entry.parent, []).append(entry)
    startup = {folder.folder: folder for folder in (startup_folder(it, files) for it in entries)}
    startup = {folder: _with_open_buffers(it, entries, files) for folder, it in startup.items()}
    names = {entry.name for entry in files.listing(root)}
    lacking = [it for it in entries if files.kind(it / "__init__.py") == "missing"]
    found = Surroundings(
        env_error=env_text(root, files)[1],
        other_configs=tuple(
            name for name in CONFIG_NAMES if name in names and name != config_path.name
        ),
        startup=tuple(startup.values()),
        lacking_package_file=tuple(file for folder in lacking for file in entries[folder]),
        upload=known.upload,
        texts=_texts(root, known.upload, startup.values(), files),
    )
    return found, known


def _with_open_buffers(
    startup: StartupFolder, entries: Mapping[FilePath, list[FilePath]], files: FileSource
) -> StartupFolder:
    """The folder was read from disk; entrypoint files may stand open, with other statements.

    `entries` are the entrypoints' files by folder.
    """
    candidates = [exit_.file for exit_ in startup.exits]
    inside = [folder for folder in entries if folder.is_relative_to(startup.folder)]
    candidates += [file for folder in inside for file in entries[folder]]
    exits: list[EarlyExit] = []
    for path in dict.fromkeys(candidates):
        file = files.python(path)
        found = early_exit(file) if file is not None else None
        exits.extend([EarlyExit(path, *found)] if found else [])
    return replace(startup, exits=tuple(exits)) if exits or startup.exits else startup


def _texts(
    root: FilePath, upload: UploadFolder, startup: Iterable[StartupFolder], files: FileSource
) -> dict[FilePath, str]:
    paths = [root / path for path in (".gitignore", *upload.private)]
    paths += [exit_.file for folder in startup for exit_ in folder.exits]
    read = {path: files.read(path).text for path in paths}
    return {path: text for path, text in read.items() if text is not None}
