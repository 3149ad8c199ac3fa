"""Where cases are kept: `.runagent/cases/<tag>/<name>.json` in the agent's folder.

Tags and names may hold what file systems do not take; that stands percent-encoded in the path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final
from urllib.parse import quote, unquote

from runagent_ls.project.discovery import config_in
from runagent_ls.project.file_source import FileSource

FOLDER: Final = (".runagent", "cases")
SUFFIX: Final = ".json"
_UNSAFE: Final = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*%\ud800-\udfff]')
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\.|$)", re.IGNORECASE)
"""Names that are no files on Windows, whatever follows the first dot."""


@dataclass(frozen=True, slots=True)
class CasePlace:
    """One case of one entrypoint, and the file that holds it."""

    config_path: FilePath
    tag: str
    name: str
    path: FilePath


def cases_folder(config_path: FilePath) -> FilePath:
    """The folder with the cases of the agent of a configuration."""
    return config_path.parent.joinpath(*FOLDER)


def new_place(config_path: FilePath, tag: str, name: str) -> CasePlace:
    """Where the case `name` of an entrypoint is written."""
    path = cases_folder(config_path) / encoded(tag) / (encoded(name) + SUFFIX)
    return CasePlace(config_path, tag, name, path)


def place_of(path: FilePath, files: FileSource) -> CasePlace | None:
    """What a file holds by its path; None when it is no case of any agent."""
    if not is_case(path):
        return None
    config_path = config_in(path.parents[3], files)
    if config_path is None:
        return None
    return CasePlace(config_path, decoded(path.parent.name), decoded(path.stem), path)


def is_case(path: FilePath) -> bool:
    """Whether a file lies where cases lie."""
    folders = path.parts[-4:-2]
    return folders == FOLDER and path.suffix == SUFFIX and not path.name.startswith(".")


def concerns_cases(path: FilePath) -> bool:
    """Whether a path is a case or a folder of cases, also one that holds them all."""
    parts = path.parts
    return FOLDER[0] in parts[-1:] or FOLDER in (parts[-2:], parts[-3:-1], parts[-4:-2])


def cases_of(config_path: FilePath, files: FileSource) -> list[CasePlace]:
    """All cases of an agent, by tag and name. Links to folders are not followed."""
    root = cases_folder(config_path)
    found = [
        CasePlace(
            config_path,
            decoded(folder.name),
            decoded(entry.name.removesuffix(SUFFIX)),
            root / folder.name / entry.name,
        )
        for folder in files.listing(root)
        if folder.is_folder and not folder.is_link and not folder.name.startswith(".")
        for entry in files.listing(root / folder.name)
        if not entry.is_folder and is_case(root / folder.name / entry.name)
    ]
    return sorted(found, key=lambda it: (it.tag, it.name, it.path))


def encoded(text: str) -> str:
    """A tag or a name as part of a path, on every file system."""
    written = _UNSAFE.sub(lambda found: _percent(found.group()), text)
    if written[:1] in (".", " ") or _DEVICES.match(written):
        written = _percent(written[0]) + written[1:]
    if written[-1:] in (".", " "):
        written = written[:-1] + _percent(written[-1])
    return written


def decoded(part: str) -> str:
    """The tag or name that part of a path stands for."""
    return unquote(part, errors="surrogatepass") if _is_utf8(part) else part


def _is_utf8(part: str) -> bool:
    try:
        unquote(part, errors="surrogatepass")
    except UnicodeError:
        return False
    return True


def _percent(character: str) -> str:
    if character in "._-~" or character.isalnum():
        return f"%{ord(character):02X}"  # which `quote` would leave as it is
    return quote(character, safe="", errors="surrogatepass")
