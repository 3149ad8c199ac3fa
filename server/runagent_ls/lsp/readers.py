"""Which projects read which files outside their own folder."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.model import AgentProject

_NOBODY: Final[frozenset[FilePath]] = frozenset()


class Readers:
    """Configurations by the files, also missing ones, that their projects depend on."""

    def __init__(self) -> None:
        self._readers: dict[FilePath, set[FilePath]] = {}
        self._reads: dict[FilePath, frozenset[FilePath]] = {}

    def note(self, project: AgentProject) -> None:
        """Remember what a project read, in place of what it did before."""
        self._replace(project.config_path, _outside(project))

    def forget(self, config: FilePath) -> None:
        """A project is gone."""
        self._replace(config, _NOBODY)

    def of(self, path: FilePath) -> frozenset[FilePath] | set[FilePath]:
        """The configurations of the projects that read a file."""
        return self._readers.get(path, _NOBODY)

    def below(self, folder: FilePath) -> set[FilePath]:
        """The configurations of the projects that read something in a folder."""
        return {
            config
            for config, reads in self._reads.items()
            if any(folder in folders(path) for path in reads)
        }

    def _replace(self, config: FilePath, reads: frozenset[FilePath]) -> None:
        before = self._reads.pop(config, _NOBODY)
        for path in before - reads:
            readers = self._readers.get(path, set())
            readers.discard(config)
            if not readers:
                self._readers.pop(path, None)
        for path in reads - before:
            self._readers.setdefault(path, set()).add(config)
        if reads:
            self._reads[config] = reads


def _outside(project: AgentProject) -> frozenset[FilePath]:
    """Files outside the project's folder that it depends on, also those that are not there yet.

    Those inside are found by their folder.
    """
    files = {id(item.module_file): item.module_file for item in project.entrypoints}
    modules = (module.path for module in files.values() if module is not None)
    return frozenset(
        path for path in {*project.sources, *modules} if project.root not in folders(path)
    )


@lru_cache(maxsize=4096)
def folders(path: FilePath) -> tuple[FilePath, ...]:
    """The path itself and all folders around it; asked for at every edit."""
    return (path, *path.parents)
