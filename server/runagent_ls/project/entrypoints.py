"""From items of `agent_architecture.entrypoints` to `Entrypoint`s; unchanged ones are kept."""

from __future__ import annotations

from collections.abc import Sequence

from runagent_ls.jsontree.document import JsonValue, Missing
from runagent_ls.project.model import Entrypoint, FileState, ModuleFile, Resolution
from runagent_ls.project.module_files import locate
from runagent_ls.project.module_reader import RecordingReader
from runagent_ls.project.resolution import resolve
from runagent_ls.schema.entrypoints import kind_of


def entrypoint_values(value: JsonValue | Missing) -> list[JsonValue]:
    """The items of the configuration's `entrypoints`; empty when there is no such list."""
    architecture = value.get("agent_architecture") if isinstance(value, dict) else None
    found = architecture.get("entrypoints") if isinstance(architecture, dict) else None
    return found if isinstance(found, list) else []


def build_entrypoints(
    values: Sequence[JsonValue], reader: RecordingReader, previous: Sequence[Entrypoint]
) -> tuple[Entrypoint, ...]:
    """One `Entrypoint` per value.

    `previous` are those of the last reading whose files still hold: equal ones at the start and
    at the end of the list are taken over, `value` object included, so that whoever keeps
    something per entrypoint finds it again by identity.
    """
    shorter = min(len(values), len(previous))
    head = 0
    while head < shorter and previous[head].value == values[head]:
        head += 1
    tail = 0
    while tail < shorter - head and previous[-1 - tail].value == values[-1 - tail]:
        tail += 1
    builder = _Builder(reader)
    middle = [builder.build(at, values[at]) for at in range(head, len(values) - tail)]
    shift = len(values) - len(previous)
    kept = previous[len(previous) - tail :]
    return (*previous[:head], *middle, *(_moved(it, shift) for it in kept))


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
        entrypoint.resolution,
    )


def _path(index: int) -> tuple[str | int, ...]:
    return ("agent_architecture", "entrypoints", index)


class _Builder:
    """Many entrypoints name the same file: each is located once, each name resolved once."""

    def __init__(self, reader: RecordingReader) -> None:
        self._reader = reader
        self._files: dict[str, ModuleFile] = {}
        self._resolutions: dict[tuple[str, str], Resolution | None] = {}

    def build(self, index: int, value: JsonValue) -> Entrypoint:
        keys = value if isinstance(value, dict) else {}
        file, module, tag = (_text(keys.get(key)) for key in ("file", "module", "tag"))
        kind = kind_of(value) or "unknown"
        module_file = self._file(file) if kind == "python" and file is not None else None
        resolution = (
            self._resolution(file, module, module_file)
            if module_file is not None and file is not None and module is not None
            else None
        )
        return Entrypoint(
            index, _path(index), kind, tag, file, module, value, module_file, resolution
        )

    def _file(self, file: str) -> ModuleFile:
        if file not in self._files:
            self._files[file] = locate(file, self._reader)
        return self._files[file]

    def _resolution(self, file: str, module: str, at: ModuleFile) -> Resolution | None:
        if at.source is None or at.state not in {FileState.FOUND, FileState.CASE_DIFFERS}:
            return None
        key = (file, module)
        if key not in self._resolutions:
            self._resolutions[key] = resolve(module, at.path, self._reader)
        return self._resolutions[key]


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None
