"""The traceback of an agent's failure as places in the project's files."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path as FilePath
from pathlib import PurePath, PureWindowsPath
from typing import TYPE_CHECKING, Final

from runagent_ls.lsp.jsonrpc import Json

if TYPE_CHECKING:
    from runagent_ls.agents.failures.tracebacks import TracebackFrame
    from runagent_ls.project.file_source import FileSource

MOST_FRAMES: Final = 100
"""Of a recursion without end the innermost frames are enough."""
_DEEPEST: Final = 5


def frames(
    message: str,
    details: object,
    root: FilePath | None,
    files: FileSource,
    uri: Callable[[FilePath], str],
) -> list[Json]:
    """`RunError.frames` of what is told of a failure, outermost first. A file of the project at
    `root` has a URI."""
    from runagent_ls.agents.failures.tracebacks import frames_of

    found: list[TracebackFrame] = list(_reported(details, _DEEPEST))
    for text in (message, *_texts(details, _DEEPEST)):
        # a server repeats its words in several fields
        found += [frame for frame in frames_of(text) if frame not in found[-MOST_FRAMES:]]
    return [_message(frame, root, files, uri) for frame in found[-MOST_FRAMES:]]


def _message(
    frame: TracebackFrame, root: FilePath | None, files: FileSource, uri: Callable[[FilePath], str]
) -> Json:
    place = None if root is None else _place(frame, root, files)
    return {
        "uri": None if place is None else uri(place[0]),
        "file": frame.file,
        "line": max(frame.line - 1, 0) if place is None else place[1],
        "function": frame.function,
        "text": frame.text,
    }


def _place(frame: TracebackFrame, root: FilePath, files: FileSource) -> tuple[FilePath, int] | None:
    """The project's file and a line that it has; None when the frame is in no file of it.

    An agent that runs elsewhere names its files by other folders: they are found again by the
    end of their path, if the line of source is the same here.
    """
    named = PurePath(frame.file)
    if named.suffix != ".py" or "\0" in frame.file or ".." in named.parts:
        return None
    path = root / named
    if path.is_relative_to(root) and (text := files.read(path).text) is not None:
        return path, min(max(frame.line - 1, 0), text.count("\n"))
    parts = PureWindowsPath(frame.file).parts  # takes slashes of both kinds
    for start in range(1, len(parts)):
        path = root.joinpath(*parts[start:])
        text = files.read(path).text
        lines = [] if text is None else text.split("\n")
        if (
            frame.text
            and 0 < frame.line <= len(lines)
            and lines[frame.line - 1].strip() == frame.text
        ):
            return path, frame.line - 1
    return None


def _reported(value: object, depth: int) -> Iterator[TracebackFrame]:
    """The steps that a server of ours sends as such, wherever they stand."""
    from runagent_ls.agents.failures.tracebacks import TracebackFrame

    if not isinstance(value, dict) or depth <= 0:
        return
    steps = value.get("frames")
    for step in steps[-MOST_FRAMES:] if isinstance(steps, list) else ():
        file, line, function, text = (
            step.get(name) if isinstance(step, dict) else None
            for name in ("file", "line", "function", "text")
        )
        if isinstance(file, str) and isinstance(line, int):
            yield TracebackFrame(
                file,
                line,
                function if isinstance(function, str) else None,
                text if isinstance(text, str) else None,
            )
    for inner in value.values():
        yield from _reported(inner, depth - 1)


def _texts(value: object, depth: int) -> Iterator[str]:
    """Texts of several lines that a server sent along."""
    if isinstance(value, str):
        if "\n" in value:
            yield value
    elif depth > 0 and isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner, depth - 1)
    elif depth > 0 and isinstance(value, list):
        for inner in value[:MOST_FRAMES]:
            yield from _texts(inner, depth - 1)
