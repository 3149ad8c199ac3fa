"""The configuration as the platform's loader reads it, with its words when it refuses it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from runagent_ls.agents.values import JsonValue
from runagent_ls.jsontree.document import Document
from runagent_ls.jsontree.document import Path as JsonPath
from runagent_ls.project.configuration import parse_config
from runagent_ls.project.discovery import CONFIG_NAMES
from runagent_ls.project.file_source import DiskFiles, FileSource
from runagent_ls.schema.validation import validate_config
from runagent_ls.serve.lifecycle.planning.dotenv_file import with_env_file
from runagent_ls.serve.state import Failure, Frame, StartFailedError
from runagent_ls.text.lines import LineIndex

_CHECK = "`runagent-ls check` shows every mistake of the configuration."


@dataclass(frozen=True, slots=True)
class Configuration:
    """A configuration that the loader takes. `environment` is `env_vars` with `.env` over it."""

    path: Path
    document: Document
    value: Mapping[str, JsonValue]
    environment: Mapping[str, str]

    def frame(self, path: JsonPath) -> Frame:
        """The line of a place in the file."""
        return frame_of(self.path, self.document, path)


def load_configuration(path: Path, files: FileSource | None = None) -> Configuration:
    """Read the configuration at `path`, which is absolute.

    Raises StartFailedError as `Configuration`'s reader of the platform does.
    """
    files = files or DiskFiles()
    document = _document(path, files)
    value = document.value
    if not value:
        kind = "JSON" if document.language == "json" else "YAML"
        raise _refused(
            f"Error reading {kind} config file {path}: Config file {path} is empty", path, document
        )
    if isinstance(value, str):
        raise _refused("'str' object does not support item assignment", path, document)
    if not isinstance(value, dict):
        raise _refused("list indices must be integers or slices, not str", path, document)
    environment = with_env_file(path.parent, value.get("env_vars", {}))
    _check(path, document)
    if environment is None:
        raise StartFailedError(
            Failure(
                "VALIDATION_ERROR",
                "'NoneType' object has no attribute 'items'",
                "env_vars is null: write {} or leave it out.",
                frames=(frame_of(path, document, ("env_vars",)),),
            )
        )
    return Configuration(path, document, value, environment)


def frame_of(path: Path, document: Document, place: JsonPath) -> Frame:
    """Where a place of the document stands, as a step of a traceback."""
    lines = LineIndex(document.text)
    number = lines.position(document.span(place).start).line
    return Frame(path, number + 1, "", lines.line(number).strip() or None)


def _document(path: Path, files: FileSource) -> Document:
    if files.kind(path) == "missing":
        tried = ", ".join(str(path.parent / name) for name in CONFIG_NAMES)
        raise StartFailedError(
            Failure(
                "NOT_FOUND",
                f"No config file found. Tried: {tried}",
                "Give the folder of an agent: the one with its runagent.config.json.",
            )
        )
    read = files.read(path)
    if read.text is None:
        raise StartFailedError(
            Failure("VALIDATION_ERROR", f"{path} {read.error}.", frames=(Frame(path, 1, ""),))
        )
    broken = next((problem for problem in read.problems if problem.breaks_loader), None)
    if broken is not None:
        raise StartFailedError(
            Failure("VALIDATION_ERROR", broken.message, frames=(Frame(path, 1, ""),))
        )
    document = parse_config(path, read.text)
    if document.language == "json":
        _check_json(path, document)
    broken_syntax = next((it for it in document.problems if it.breaks_loader), None)
    if broken_syntax is not None:
        line = LineIndex(read.text).position(broken_syntax.span.start).line
        text = LineIndex(read.text).line(line).strip() or None
        raise StartFailedError(
            Failure(
                "VALIDATION_ERROR",
                f"Invalid {document.language.upper()} format in {path}: {broken_syntax.message}",
                _CHECK,
                frames=(Frame(path, line + 1, "", text),),
            )
        )
    return document


def _check_json(path: Path, document: Document) -> None:
    """Broken JSON in the words of Python's reader, which the platform passes on."""
    if not any(problem.breaks_loader for problem in document.problems):
        return
    try:
        json.loads(document.text)
    except json.JSONDecodeError as error:
        text = LineIndex(document.text).line(error.lineno - 1).strip() or None
        ours = next(problem for problem in document.problems if problem.breaks_loader)
        raise StartFailedError(
            Failure(
                "VALIDATION_ERROR",
                f"Invalid JSON format in {path}: {error}",
                ours.message,
                frames=(Frame(path, error.lineno, "", text),),
            )
        ) from error
    except RecursionError:
        return


def _check(path: Path, document: Document) -> None:
    """What the loader's model refuses, in the words of `runagent-ls check`."""
    refused = [problem for problem in validate_config(document.value) if problem.refused]
    if not refused:
        return
    first = refused[0]
    more = f" ({len(refused) - 1} more)" if len(refused) > 1 else ""
    raise StartFailedError(
        Failure(
            "VALIDATION_ERROR",
            f"{first.message}{more}",
            _CHECK,
            frames=tuple(frame_of(path, document, problem.path) for problem in refused[:1]),
        )
    )


def _refused(message: str, path: Path, document: Document) -> StartFailedError:
    return StartFailedError(
        Failure("VALIDATION_ERROR", message, _CHECK, frames=(frame_of(path, document, ()),))
    )
