"""The agent projects the client has open, checked when asked for and never twice.

Nothing here waits or talks to the client. Discovery, the one slow part, is done elsewhere and
handed in by `discovered`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.discovery import CONFIG_NAMES
from runagent_ls.project.file_source import DiskFiles, OverlayFiles
from runagent_ls.project.loading import ProjectCache, load_project
from runagent_ls.project.model import AgentProject
from runagent_ls.project.observation import Observation
from runagent_ls.rules.engine import CheckCache, check
from runagent_ls.rules.finding import Finding
from runagent_ls.rules.selection import Selection

logger = logging.getLogger(__name__)

Findings = Mapping[FilePath, tuple[Finding, ...]]
_NOTHING: Final[Findings] = {}
_NOBODY: Final[frozenset[FilePath]] = frozenset()


def is_config(path: FilePath) -> bool:
    return path.name in CONFIG_NAMES


@dataclass(slots=True)
class _Entry:
    """One configuration. `project` and `findings` are of the state before the first change."""

    project: AgentProject | None = None
    findings: Findings = field(default_factory=dict)
    is_loaded: bool = False
    is_checked: bool = False
    reads: frozenset[FilePath] = frozenset()
    check_cache: CheckCache = field(default_factory=CheckCache)


class AgentWorkspace:
    """All projects by the path of their configuration."""

    def __init__(self, select: Callable[[FilePath], Selection]) -> None:
        self.files = OverlayFiles(DiskFiles())
        self._project_cache = ProjectCache()
        self._select = select
        self._entries: dict[FilePath, _Entry] = {}
        self._discovered: dict[FilePath, frozenset[FilePath]] = {}
        self._opened: set[FilePath] = set()
        self._by_folder: dict[FilePath, FilePath] = {}
        self._readers: dict[FilePath, set[FilePath]] = {}
        self._changed: set[FilePath] = set()
        self._by_file: dict[FilePath, dict[FilePath, tuple[Finding, ...]]] = {}
        self._observations: dict[FilePath, Observation] = {}

    # --- what changes ---------------------------------------------------------------------

    def open(self, path: FilePath, text: str) -> None:
        """The client shows a file: its text counts from now on, not the disk's."""
        self.files.open(path, text)
        self._opened.add(path)
        self._appear(path)

    def change(self, path: FilePath, text: str) -> None:
        self.files.change(path, text)
        self._soil(path)

    def close(self, path: FilePath) -> None:
        self.files.close(path)
        self._opened.discard(path)
        self._appear(path)

    def disk_changed(self, paths: Iterable[FilePath]) -> None:
        """Files or folders were created, changed or deleted outside the client's buffers."""
        changed = tuple(paths)
        self.files.refresh()
        for path in changed:
            self._soil(path)
            if self.files.kind(path) != "file":  # perhaps a folder, with projects below it
                self._soil_below(path)
        self.sweep()

    def distrust_disk(self, only_open: bool) -> None:
        """Anything may have changed on the disk; look again, at least around open files."""
        self.files.refresh()
        if only_open:
            for path in self._opened:
                self._soil(path)
        else:
            for entry in self._entries.values():
                entry.is_loaded = entry.is_checked = False
        self.sweep()

    def discovered(self, folder: FilePath, configs: Iterable[FilePath]) -> None:
        """These are all the configurations below a workspace folder."""
        self._discovered[folder] = frozenset(configs)
        self._settle()

    def remove_folder(self, folder: FilePath) -> None:
        self._discovered.pop(folder, None)
        self._settle()

    def sweep(self) -> None:
        """Forget configurations that are gone: deleting a folder announces none of its files."""
        for folder, configs in self._discovered.items():
            gone = {path for path in configs if self.files.kind(path) == "missing"}
            if gone:
                self._discovered[folder] = configs - gone
        self._settle()

    def settings_changed(self) -> None:
        """Severities or other choices changed: the same projects are judged anew."""
        for entry in self._entries.values():
            entry.is_checked = False

    def observe(self, config: FilePath, observation: Observation | None) -> bool:
        """What the agent's own Python said of it last. False when that is nothing new."""
        if self._observations.get(config) == observation:
            return False
        if observation is None:
            del self._observations[config]
        else:
            self._observations[config] = observation
        if (entry := self._entries.get(config)) is not None:
            entry.is_loaded = entry.is_checked = False
        return True

    def _appear(self, path: FilePath) -> None:
        if is_config(path) or path.suffix == ".py":
            self._settle()
        self._soil(path)

    def _soil(self, path: FilePath) -> None:
        """What was known of projects around `path`, or that read it, is out of date."""
        for config in self._configs_of(path):
            entry = self._entries[config]
            entry.is_loaded = entry.is_checked = False

    def _soil_below(self, folder: FilePath) -> None:
        for config, entry in self._entries.items():
            if folder in _folders(config) or any(folder in _folders(p) for p in entry.reads):
                entry.is_loaded = entry.is_checked = False

    def _configs_of(self, path: FilePath) -> set[FilePath]:
        found = {
            config
            for folder in _folders(path)
            if (config := self._by_folder.get(folder)) is not None
        }
        return found | self._readers.get(path, _NOBODY)

    def _settle(self) -> None:
        """Bring the entries in line with what was discovered and what is open."""
        wanted = set().union(*self._discovered.values())
        for path in self._opened:
            wanted |= {path} if is_config(path) else self._config_around(path)
        wanted = {path for path in wanted if self._first_config(path.parent) == path}
        for gone in self._entries.keys() - wanted:
            self._take_over(gone, _NOTHING)
            self._note_reads(gone, frozenset())
            self._project_cache.forget(gone)
            del self._entries[gone], self._by_folder[gone.parent]
        for path in wanted - self._entries.keys():
            self._entries[path] = _Entry()
            self._by_folder[path.parent] = path

    def _config_around(self, path: FilePath) -> set[FilePath]:
        """The nearest configuration above an open Python file, for folders never searched."""
        if path.suffix != ".py":
            return set()
        found = (self._first_config(folder) for folder in path.parents)
        return set(filter(None, [next(filter(None, found), None)]))

    def _first_config(self, folder: FilePath) -> FilePath | None:
        """The one that RunAgent itself would read."""
        candidates = (folder / name for name in CONFIG_NAMES)
        return next((path for path in candidates if self.files.kind(path) != "missing"), None)

    # --- what is asked --------------------------------------------------------------------

    @property
    def configs(self) -> tuple[FilePath, ...]:
        return tuple(sorted(self._entries))

    def is_open(self, path: FilePath) -> bool:
        return path in self._opened

    def project(self, config: FilePath) -> AgentProject:
        """The project of a configuration, as of now; also of one that is not known here."""
        entry = self._entries.get(config)
        if entry is None:
            return load_project(config, self.files, None)
        if not entry.is_loaded or entry.project is None:
            project = load_project(config, self.files, self._project_cache, disk_changed=False)
            if (seen := self._observations.get(config)) is not None:
                project = replace(project, observation=seen)
            entry.project = project
            entry.is_loaded = True
            self._note_reads(config, _reads(entry.project))
        return entry.project

    def projects_of(self, path: FilePath) -> Iterator[AgentProject]:
        """Projects that `path` is part of: those of the folders around it, and those reading it."""
        for config in sorted(self._configs_of(path)):
            yield self.project(config)

    def findings(self, path: FilePath) -> tuple[Finding, ...]:
        """What there is to say about one file, from every project it belongs to, as of now."""
        for config in self._configs_of(path):
            self.check(config)
        return self.known_findings(path)

    def known_findings(self, path: FilePath) -> tuple[Finding, ...]:
        """Like `findings`, as of the last check of each project."""
        found = self._by_file.get(path)
        if not found:
            return ()
        if len(found) == 1:
            return next(iter(found.values()))
        return _merged(found[config] for config in sorted(found))

    def take_changed(self) -> frozenset[FilePath]:
        """Files whose findings changed since this was last asked."""
        changed, self._changed = frozenset(self._changed), set()
        return changed

    def check(self, config: FilePath) -> None:
        """Bring the findings of one project up to date."""
        entry = self._entries.get(config)
        if entry is None or (entry.is_loaded and entry.is_checked):
            return
        try:
            project = self.project(config)
            findings = check(project, self._select(config), entry.check_cache)
        except Exception:
            logger.exception("Checking %s failed", config)
            findings = _NOTHING
        entry.is_checked = True
        self._take_over(config, findings)

    def files_with_findings(self) -> tuple[FilePath, ...]:
        return tuple(self._by_file)

    def _take_over(self, config: FilePath, findings: Findings) -> None:
        entry = self._entries[config]
        for file in {*entry.findings, *findings}:
            before, now = entry.findings.get(file, ()), findings.get(file, ())
            if before != now:
                self._changed.add(file)
            shares = self._by_file.setdefault(file, {})
            if now:
                shares[config] = now
            else:
                shares.pop(config, None)
                if not shares:
                    del self._by_file[file]
        entry.findings = findings

    def _note_reads(self, config: FilePath, reads: frozenset[FilePath]) -> None:
        entry = self._entries[config]
        for path in entry.reads - reads:
            readers = self._readers.get(path, set())
            readers.discard(config)
            if not readers:
                self._readers.pop(path, None)
        for path in reads - entry.reads:
            self._readers.setdefault(path, set()).add(config)
        entry.reads = reads


def _reads(project: AgentProject) -> frozenset[FilePath]:
    """Files outside the project's folder that it depends on, also those that are not there yet.

    Those inside are found by their folder.
    """
    files = {id(item.module_file): item.module_file for item in project.entrypoints}
    modules = (module.path for module in files.values() if module is not None)
    return frozenset(
        path for path in {*project.sources, *modules} if project.root not in _folders(path)
    )


@lru_cache(maxsize=4096)
def _folders(path: FilePath) -> tuple[FilePath, ...]:
    """The path itself and all folders around it; asked for at every edit."""
    return (path, *path.parents)


def _merged(parts: Iterable[tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """Findings of several projects about one file; the same one is said once."""
    merged: list[Finding] = []
    for part in parts:
        merged.extend(item for item in part if item not in merged)
    return tuple(merged)
