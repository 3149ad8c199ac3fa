"""What an upload would pack, by the platform's own rule, which is not quite that of git."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from fnmatch import translate
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.file_source import Entry, FileSource
from runagent_ls.project.model import UploadFolder

BUILT_IN_PATTERNS: Final = (
    "__pycache__/", "*.pyc", "*.pyo", "*.pyd", ".Python", "build/", "develop-eggs/", "dist/",
    "downloads/", "eggs/", ".eggs/", "lib/", "lib64/", "parts/", "sdist/", "var/", "wheels/",
    "*.egg-info/", ".installed.cfg", "*.egg", ".venv/", "venv/", "env/", ".DS_Store", "Thumbs.db",
)  # fmt: skip
"""In force only while the agent folder has no .gitignore."""

COUNTED_AS_WHOLE: Final = frozenset({".git", ".hg", ".svn", "node_modules"})
MAX_PATHS: Final = 5_000

_PRIVATE_NAME: Final = re.compile(
    r"(?:^|/)(?:\.env(?:\.[^/]*)?|id_(?:rsa|dsa|ecdsa|ed25519)|[^/]*\.(?:pem|key))$"
)
_EXAMPLE_NAME: Final = re.compile(r"\.(?:example|sample|template|dist|defaults?|tpl)$")
_ENV_VALUE: Final = re.compile(r"^\s*(?:export\s+)?[A-Za-z_]\w*\s*=\s*[^\s#]", re.MULTILINE)


def patterns_of(gitignore: str | None) -> tuple[str, ...]:
    """The patterns that decide: those of .gitignore, or the built-in list without that file."""
    if gitignore is None:
        return BUILT_IN_PATTERNS
    lines = (line.strip() for line in re.split(r"\r\n|\r|\n", gitignore))
    return tuple(line for line in lines if line and not line.startswith("#"))


def is_ignored(path: str, patterns: tuple[str, ...]) -> bool:
    """Whether upload leaves `path` out (relative, slashes; folders end in a slash)."""
    plain, negated = _compiled(patterns)
    asked = os.path.normcase(path).replace("\\", "/") if os.name == "nt" else path
    return plain.match(asked) is not None and negated.match(asked) is None


@lru_cache(maxsize=256)
def _compiled(patterns: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """One expression for all plain patterns, and one for those that begin with `!`."""
    plain = [pattern for pattern in patterns if not pattern.startswith("!")]
    negated = [pattern[1:].removeprefix("!") for pattern in patterns if pattern.startswith("!")]
    return _any_of(plain), _any_of(negated)


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    expressions = [translate(each) for pattern in patterns for each in _meant(pattern)]
    return re.compile("|".join(expressions) or r"(?!)")


def _meant(pattern: str) -> tuple[str, ...]:
    plain = os.path.normcase(pattern).replace("\\", "/") if os.name == "nt" else pattern
    return (plain[:-1], f"{plain[:-1]}/*") if plain.endswith("/") else (plain,)


def upload_folder(root: FilePath, files: FileSource) -> UploadFolder:
    """Walk the agent folder as an upload would, within limits."""
    has_gitignore = files.kind(root / ".gitignore") != "missing"
    gitignore = (files.read(root / ".gitignore").text or "") if has_gitignore else None
    patterns = patterns_of(gitignore)
    paths: list[str] = []
    complete = True
    for path in _walk(root, files, patterns):
        if len(paths) >= MAX_PATHS:
            complete = False
            break
        paths.append(path)
    private = tuple(path for path in paths if _is_private(path, root, files))
    return UploadFolder(tuple(paths), gitignore, complete, private)


def _walk(root: FilePath, files: FileSource, patterns: tuple[str, ...]) -> Iterator[str]:
    waiting = [""]
    while waiting:
        prefix = waiting.pop()
        for entry in files.listing(root / prefix if prefix else root):
            path = f"{prefix}{entry.name}"
            if not entry.is_folder:
                if not is_ignored(path, patterns):
                    yield path
            elif not entry.is_link and not is_ignored(f"{path}/", patterns):
                if _counts_as_whole(entry, root / path, files):
                    yield f"{path}/"
                else:
                    waiting.append(f"{path}/")


def _counts_as_whole(entry: Entry, folder: FilePath, files: FileSource) -> bool:
    return entry.name in COUNTED_AS_WHOLE or files.kind(folder / "pyvenv.cfg") == "file"


def _is_private(path: str, root: FilePath, files: FileSource) -> bool:
    if not _PRIVATE_NAME.search(path) or _EXAMPLE_NAME.search(path):
        return False
    text = files.read(root / path).text
    if text is None:
        return False
    if "/.env" in f"/{path}":
        return _ENV_VALUE.search(text) is not None
    return "PRIVATE KEY-----" in text
