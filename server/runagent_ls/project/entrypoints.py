"""From items of `agent_architecture.entrypoints` to `Entrypoint`s; unchanged ones are kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from runagent_ls.jsontree.document import JsonValue, Missing
from runagent_ls.project.model import Entrypoint, FileState, ModuleFile
from runagent_ls.project.module_files import locate
from runagent_ls.project.module_reader import RecordingReader
from runagent_ls.project.verdicts import Verdicts
from runagent_ls.schema.entrypoints import ENTRYPOINTS, kind_of


def entrypoint_values(value: JsonValue | Missing) -> list[JsonValue]:
    """The items of the configuration's `entrypoints`; empty when there is no such list."""
    architecture = value.get("agent_architecture") if isinstance(value, dict) else None
    found = architecture.get("entrypoints") if isinstance(architecture, dict) else None
    return found if isinstance(found, list) else []


def build_entrypoints(
    values: Sequence[JsonValue],
    reader: RecordingReader,
    verdicts: Verdicts,
    previous: Sequence[Entrypoint],
    *,
    files_hold: bool,
) -> tuple[Entrypoint, ...]:
    """One `Entrypoint` per value.

    `previous` are those of the last reading: equal ones at the start and at the end of the list
    are taken over, `value` object included, so that whoever keeps something per entrypoint finds
    it again by identity. Unless `files_hold`, their files are looked at again.
    """
    shorter = min(len(values), len(previous))
    head = 0
    while head < shorter and previous[head].value == values[head]:
        head += 1
    tail = 0
    while tail < shorter - head and previous[-1 - tail].value == values[-1 - tail]:
        tail += 1
    builder = _Builder(reader, verdicts)
    middle = [builder.build(at, values[at]) for at in range(head, len(values) - tail)]
    shift = len(values) - len(previous)
    kept = previous[len(previous) - tail :]
    found = (*previous[:head], *middle, *(_moved(it, shift) for it in kept))
    return found if files_hold else tuple(builder.refreshed(it) for it in found)


def _moved(entrypoint: Entrypoint, by: int) -> Entrypoint:
    if not by:
        return entrypoint
    index = entrypoint.index + by
    return Entrypoint(
        index,
        _path(index),
        entrypoint.kind,
        entrypoint.tag,
        entrypoint.file,
        entrypoint.module,
        entrypoint.value,
        entrypoint.module_file,
        entrypoint.verdict,
    )


def _path(index: int) -> tuple[str | int, ...]:
    return (*ENTRYPOINTS, index)


class _Builder:
    """Many entrypoints name the same file: each is located once, each name resolved once."""

    def __init__(self, reader: RecordingReader, verdicts: Verdicts) -> None:
        self._reader = reader
        self._verdicts = verdicts
        self._files: dict[str, ModuleFile] = {}

    def build(self, index: int, value: JsonValue) -> Entrypoint:
        keys = value if isinstance(value, dict) else {}
        file, module, tag = (_text(keys.get(key)) for key in ("file", "module", "tag"))
        kind = kind_of(value) or "unknown"
        bare = Entrypoint(index, _path(index), kind, tag, file, module, value)
        return self.refreshed(bare)

    def refreshed(self, entrypoint: Entrypoint) -> Entrypoint:
        """The entrypoint with what its file is now; itself when nothing changed."""
        it = entrypoint
        if it.kind != "python" or it.file is None:
            return it
        at = self._file(it.file)
        verdict = None
        if it.module is not None and at.source is not None and at.state in _READABLE:
            verdict = self._verdicts.of(it.module, at.path)
        if at is it.module_file and verdict is it.verdict:
            return it
        return Entrypoint(
            it.index, it.path, it.kind, it.tag, it.file, it.module, it.value, at, verdict
        )

    def _file(self, file: str) -> ModuleFile:
        if file not in self._files:
            self._files[file] = locate(file, self._reader)
        return self._files[file]


_READABLE: Final = {FileState.FOUND, FileState.CASE_DIFFERS}


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None
