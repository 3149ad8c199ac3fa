"""Agents that may be concerned by a rename, told by their configurations before any is loaded."""

from __future__ import annotations

import os.path
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path as FilePath
from typing import NamedTuple

from runagent_ls.features.graph.occurrences import module_name, spelling
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.jsontree.document import Document, Path
from runagent_ls.project.entrypoints import entrypoint_values
from runagent_ls.project.model import AgentProject
from runagent_ls.schema.entrypoints import ENTRYPOINTS


class Written(NamedTuple):
    """`file` and `module` of an entrypoint as the configuration has them."""

    path: Path
    file: str
    module: str

    def target(self, config: FilePath) -> FilePath:
        """What `file` names."""
        return FilePath(os.path.normpath(config.parent / self.file))


def written_entrypoints(document: Document) -> Iterator[Written]:
    """The entrypoints that name a file."""
    for index, value in enumerate(entrypoint_values(document.value)):
        file = value.get("file") if isinstance(value, dict) else None
        module = value.get("module") if isinstance(value, dict) else None
        if isinstance(file, str):
            path = (*ENTRYPOINTS, index)
            yield Written(path, file, module if isinstance(module, str) else "")


def projects_reaching(
    snapshot: Snapshot, name: str, homes: Collection[FilePath], known: Collection[FilePath]
) -> Iterator[AgentProject]:
    """Projects besides the `known` with an entrypoint that may go through `name` of `homes`.

    That is: its file is one of them, or may import one of them.
    """
    importing = _imports_of({module_name(home) for home in homes})
    spelt = spelling(name)
    for config in snapshot.configs:
        if config in known or not snapshot.files.mentions(config, spelt):
            continue
        entrypoints = written_entrypoints(snapshot.document(config))
        named = {it.file: it for it in entrypoints if name in it.module.split(".")}
        targets = [it.target(config) for it in named.values()]
        if any(it in homes or snapshot.files.mentions(it, importing) for it in targets):
            yield snapshot.project(config)


def _imports_of(modules: Iterable[str]) -> re.Pattern[str]:
    """Text that may be an import of one of the modules, and hardly ever anything else."""
    names = rf"\b(?:{'|'.join(map(re.escape, sorted(modules)))})\b"
    return re.compile(rf"\b(?:from|import)\b[^\r\n#]*(?:{names}|\\\r?\n)|\bimport\s*\([^)]*{names}")
