"""An upload leaves out the file of an entrypoint.

## What it does
Works out which files an upload packs and looks for each entrypoint's file among them.

## Why is this bad
`.gitignore` keeps files from the upload, and without one RunAgent leaves out `lib/`, `build/`,
`dist/` and others. The path must also be written as the packed one: `./main.py` is not found. The
upload then fails: `Entrypoint file ... not found in agent directory`.

## Example
```json
{"file": "lib/main.py", "module": "greet", "tag": "greet"}
```

## Use instead
```json
{"file": "agent/main.py", "module": "greet", "tag": "greet"}
```

## Fix
A path such as `./main.py` is written as `main.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path as FilePath

from runagent_ls.project.model import AgentProject, Entrypoint, FileState
from runagent_ls.project.upload import is_ignored, patterns_of
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue


def _check(project: AgentProject) -> Iterator[Issue]:
    upload = project.surroundings.upload
    patterns = patterns_of(upload.gitignore)
    # Entrypoints that name a file alike share their `ModuleFile`: few to look at, of a thousand.
    by_file = {id(it.module_file): it for it in project.entrypoints}
    left = {at for at, it in by_file.items() if not _is_fine(it, project, patterns)}
    for entrypoint in project.entrypoints if left else ():
        at, file = entrypoint.module_file, entrypoint.file
        if id(at) not in left or at is None:
            continue
        place = InConfig((*entrypoint.path, "file"))
        plain = _inside(at.path, project.root)
        by = _ignored_by(plain, patterns)
        if by is not None:
            where = ".gitignore" if upload.gitignore is not None else "RunAgent's built-in list"
            yield Issue(f"{plain} is not uploaded: {where} leaves out {by}.", place)
        elif plain != file and upload.complete:
            edit = SetValue(place.path, plain)
            yield Issue(
                f"An upload looks for exactly {file} and packs the file as {plain}: it fails.",
                place,
                repair=Repair(f"Change to {plain}", (edit,)),
            )


def _is_fine(entrypoint: Entrypoint, project: AgentProject, patterns: tuple[str, ...]) -> bool:
    """Whether the file is packed under its name, or is another rule's business."""
    at, file = entrypoint.module_file, entrypoint.file
    if at is None or not file:
        return True
    if at.state is not FileState.FOUND or at.absolute or not at.inside_project:
        return True
    plain = _inside(at.path, project.root)
    return plain == file and _ignored_by(plain, patterns) is None


@lru_cache(maxsize=4096)
def _inside(path: FilePath, root: FilePath) -> str:
    return path.relative_to(root).as_posix()


@lru_cache(maxsize=4096)
def _ignored_by(path: str, patterns: tuple[str, ...]) -> str | None:
    """The part of `path` that the rule leaves out: a folder above it, or the file itself."""
    parts = path.split("/")
    for depth in range(1, len(parts)):
        folder = "/".join(parts[:depth]) + "/"
        if is_ignored(folder, patterns):
            return folder
    return path if is_ignored(path, patterns) else None


RULE = Rule(
    "RA408",
    "entry-file-not-uploaded",
    "warning",
    __doc__ or "",
    check_project=_check,
    fixable=True,
)
