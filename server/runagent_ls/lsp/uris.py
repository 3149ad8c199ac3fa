"""URIs of the client and paths of the server, in the client's own spelling.

Symbolic links are not followed: what the client calls a file is what it hears back.
"""

from __future__ import annotations

import os
from pathlib import Path as FilePath

from pygls import uris


def to_path(uri: object) -> FilePath | None:
    """The absolute path a `file:` URI names; None for every other scheme and for nonsense."""
    if not isinstance(uri, str) or uri[:5].lower() != "file:":
        return None
    try:
        # A raw `;` is part of a name, but URL parsers cut it off as "parameters".
        path = uris.to_fs_path(uri.replace(";", "%3B"))
    except ValueError:
        return None
    if not path or "\0" in path or not os.path.isabs(path):  # noqa: PTH117 - a str test, no I/O
        return None
    return FilePath(os.path.normpath(path))


class Uris:
    """Remembers how the client spells what it opened and its workspace folders."""

    def __init__(self) -> None:
        self._paths: dict[str, FilePath | None] = {}
        self._spelled: dict[FilePath, str] = {}
        self._folders: dict[FilePath, str] = {}

    def path(self, uri: object) -> FilePath | None:
        """Like `to_path`, remembered: an edit names the same URI over and over."""
        if not isinstance(uri, str):
            return None
        if uri not in self._paths:
            if len(self._paths) > 4096:
                self._paths.clear()
            self._paths[uri] = to_path(uri)
        return self._paths[uri]

    def uri(self, path: FilePath) -> str:
        """As the client spelled it, else below its workspace folder's URI, else made by us."""
        if (spelled := self._spelled.get(path)) is not None:
            return spelled
        for folder in path.parents:
            if (base := self._folders.get(folder)) is not None:
                rest = uris.from_fs_path("/" + path.relative_to(folder).as_posix()) or ""
                return base.rstrip("/") + rest.removeprefix("file://")
        return uris.from_fs_path(str(path)) or path.as_uri()

    def opened(self, uri: str, path: FilePath) -> None:
        self._spelled[path] = uri

    def closed(self, path: FilePath) -> None:
        self._spelled.pop(path, None)

    def add_folder(self, uri: str, path: FilePath) -> None:
        self._folders[path] = uri

    def remove_folder(self, path: FilePath) -> None:
        self._folders.pop(path, None)
