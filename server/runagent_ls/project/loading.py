"""Reading an agent project, again and again while it is edited."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path as FilePath

from runagent_ls.jsontree import parse
from runagent_ls.jsontree.document import Document
from runagent_ls.jsontree.json_document import JsonDocument, parse_json
from runagent_ls.project.entrypoints import build_entrypoints, entrypoint_values
from runagent_ls.project.file_source import FileSource, FileText
from runagent_ls.project.missing_imports import missing_imports, never_set
from runagent_ls.project.model import AgentProject, Entrypoint, MissingImport
from runagent_ls.project.module_reader import RecordingReader
from runagent_ls.project.surroundings import UploadCache, env_text, surroundings
from runagent_ls.project.verdicts import Verdicts
from runagent_ls.schema.validation import validate_config


@dataclass(slots=True)
class _Last:
    """The last reading of one configuration."""

    project: AgentProject
    text: FileText
    reader: RecordingReader
    verdicts: Verdicts
    upload: UploadCache


class ProjectCache:
    """What repeated readings of projects share. Belongs to one `FileSource`; not thread-safe."""

    def __init__(self) -> None:
        self._last: dict[FilePath, _Last] = {}

    def get(self, config_path: FilePath) -> _Last | None:
        return self._last.get(config_path)

    def put(self, config_path: FilePath, last: _Last) -> None:
        self._last[config_path] = last

    def forget(self, config_path: FilePath) -> None:
        """Drop what is known of a configuration that was deleted or closed."""
        self._last.pop(config_path, None)


def load_project(
    config_path: FilePath,
    files: FileSource,
    cache: ProjectCache | None = None,
    *,
    disk_changed: bool = True,
) -> AgentProject:
    """Read the project of `config_path` (absolute). Never raises; what is wrong is in the result.

    With a `cache`, unchanged parts are taken over from the last reading. A reading again looks
    whether files on disk changed, at most once per file; pass `disk_changed=False` when it is
    known that at most open buffers changed since the last `files.refresh()`.
    """
    last = cache.get(config_path) if cache is not None else None
    if last is not None and disk_changed:
        files.refresh()
    read = files.read(config_path)
    document = _document(config_path, read, last)
    unchanged = last is not None and last.reader.still_holds(files)
    reader = last.reader if last and unchanged else RecordingReader(config_path.parent, files)
    known = last.verdicts if last is not None else None
    verdicts = known if known is not None and unchanged else Verdicts(reader, known)
    entrypoints = build_entrypoints(
        entrypoint_values(document.value),
        reader,
        verdicts,
        last.project.entrypoints if last else (),
        files_hold=unchanged,
    )
    verdicts.forget_earlier()
    entry_files = _entry_files(entrypoints)
    if last is not None and unchanged and last.project.entry_files.keys() == entry_files.keys():
        missing = last.project.missing_imports
    else:
        missing = _missing_imports(entry_files, verdicts, reader)
    around, upload = surroundings(config_path, entry_files, files, last.upload if last else None)
    project = AgentProject(
        root=config_path.parent,
        config_path=config_path,
        document=document,
        schema_problems=validate_config(document.value) if read.text is not None else (),
        entrypoints=entrypoints,
        sources={path: source for path, source in reader.sources.items() if source is not None},
        env_file=env_text(config_path.parent, files)[0],
        config_error=read.error,
        text_problems=read.problems,
        surroundings=around,
        entry_files=entry_files,
        missing_imports=missing,
        files=files,
    )
    if cache is not None:
        cache.put(config_path, _Last(project, read, reader, verdicts, upload))
    return project


def load_entrypoints(config_path: FilePath, files: FileSource, tag: str) -> AgentProject:
    """The project with the entrypoints of `tag` alone, and without what only rules ask for.

    For a call that is about to begin: it reads the files behind that tag and no others.
    """
    read = files.read(config_path)
    document = _document(config_path, read, None)
    reader = RecordingReader(config_path.parent, files)
    wanted = [
        value
        for value in entrypoint_values(document.value)
        if isinstance(value, dict) and value.get("tag") == tag
    ]
    return AgentProject(
        root=config_path.parent,
        config_path=config_path,
        document=document,
        schema_problems=(),
        entrypoints=build_entrypoints(wanted, reader, Verdicts(reader), (), files_hold=False),
        sources={path: source for path, source in reader.sources.items() if source is not None},
        config_error=read.error,
        text_problems=read.problems,
        files=files,
    )


def _entry_files(entrypoints: tuple[Entrypoint, ...]) -> dict[FilePath, Entrypoint]:
    # Most entrypoints of one file share their `ModuleFile`: compare that, not a thousand paths.
    distinct = {id(it.module_file): it for it in reversed(entrypoints)}
    found: dict[FilePath, Entrypoint] = {}
    for it in sorted(distinct.values(), key=lambda entrypoint: entrypoint.index):
        if it.module_file is not None and it.module_file.source is not None:
            found.setdefault(it.module_file.path, it)
    return found


def _missing_imports(
    entry_files: Iterable[FilePath], verdicts: Verdicts, reader: RecordingReader
) -> tuple[MissingImport, ...]:
    found: list[MissingImport] = []
    for path in entry_files:
        source = reader.python(path)
        if source is not None:
            found.extend(missing_imports(path, source, verdicts.questions()))
    return never_set(found, reader, verdicts.questions())


def _document(config_path: FilePath, read: FileText, last: _Last | None) -> Document:
    if last is not None and last.text is read:
        return last.project.document
    text = read.text or ""
    if config_path.suffix == ".json":
        previous = last.project.document if last is not None else None
        return parse_json(text, previous if isinstance(previous, JsonDocument) else None)
    return parse(text, "yaml")
