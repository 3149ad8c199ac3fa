"""The agent projects the client has open, checked when asked for and never twice.

Nothing here waits or talks to the client. Discovery, the one slow part, is done elsewhere and
handed in by `discovered`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path as FilePath

from runagent_ls.jsontree.document import Document, JsonValue, Missing
from runagent_ls.lsp.config_files import config_around, first_config
from runagent_ls.lsp.known_findings import NOTHING, Findings, KnownFindings
from runagent_ls.lsp.readers import Readers, folders
from runagent_ls.project.agent_index import AgentIndex
from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.configuration import read_config
from runagent_ls.project.discovery import is_config
from runagent_ls.project.file_source import DiskFiles, OverlayFiles
from runagent_ls.project.index import WorkspaceIndex
from runagent_ls.project.loading import ProjectCache, load_project
from runagent_ls.project.model import AgentProject
from runagent_ls.project.observation import FailedRun, Observation
from runagent_ls.pyfile.table import SymbolTable
from runagent_ls.rules.engine import CheckCache, check
from runagent_ls.rules.finding import Finding
from runagent_ls.rules.selection import Selection

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class _Entry:
    """One configuration. `project` and `findings` are of the state before the first change."""

    project: AgentProject | None = None
    findings: Findings = field(default_factory=dict)
    is_loaded: bool = False
    is_checked: bool = False
    check_cache: CheckCache = field(default_factory=CheckCache)


class AgentWorkspace:
    """All projects by the path of their configuration."""

    def __init__(
        self, select: Callable[[FilePath], Selection], *, changes_are_told: bool = True
    ) -> None:
        """`changes_are_told`: the client watches files, so that nothing is read again unasked."""
        self._changes_are_told = changes_are_told
        self.files = OverlayFiles(DiskFiles())
        self._project_cache = ProjectCache()
        self._select = select
        self._entries: dict[FilePath, _Entry] = {}
        self._discovered: dict[FilePath, frozenset[FilePath]] = {}
        self._opened: set[FilePath] = set()
        self._by_folder: dict[FilePath, FilePath] = {}
        self._readers = Readers()
        self._known = KnownFindings()
        self.index = WorkspaceIndex(self.files)
        """Client calls of the files read so far; who looks at the disk fills it."""
        self.agents = AgentIndex(self._value)
        """Agent ids and tags of the configurations read so far."""
        self._observations: dict[FilePath, Observation] = {}
        self._failed_runs: dict[FilePath, tuple[FailedRun, ...]] = {}

    # --- what changes ---------------------------------------------------------------------

    def open(self, path: FilePath, text: str) -> None:
        """The client shows a file: its text counts from now on, not the disk's."""
        self.files.open(path, text)
        self._opened.add(path)
        self._appear(path)

    def change(self, path: FilePath, text: str) -> None:
        self.files.change(path, text)
        self.index.edited(path)
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
        self._judge_anew(config)
        return True

    def runs_failed(self, config: FilePath, failed: tuple[FailedRun, ...]) -> bool:
        """Which entrypoints' last runs failed. False when that is nothing new."""
        if self._failed_runs.get(config, ()) == failed:
            return False
        self._failed_runs[config] = failed
        self._judge_anew(config)
        return True

    def _judge_anew(self, config: FilePath) -> None:
        if (entry := self._entries.get(config)) is not None:
            entry.is_loaded = entry.is_checked = False

    def _appear(self, path: FilePath) -> None:
        if is_config(path) or path.suffix == ".py":
            self._settle()
        self.index.edited(path)
        self._soil(path)

    def _soil(self, path: FilePath) -> None:
        """What was known of projects around `path`, or that read it, is out of date."""
        for config in self._configs_of(path):
            entry = self._entries[config]
            entry.is_loaded = entry.is_checked = False
            if config == path:
                self.agents.edited(config)

    def _soil_below(self, folder: FilePath) -> None:
        readers = self._readers.below(folder)
        for config, entry in self._entries.items():
            if folder in folders(config) or config in readers:
                entry.is_loaded = entry.is_checked = False

    def _configs_of(self, path: FilePath) -> set[FilePath]:
        found = {
            config
            for folder in folders(path)
            if (config := self._by_folder.get(folder)) is not None
        }
        return found | self._readers.of(path)

    def _settle(self) -> None:
        """Bring the entries in line with what was discovered and what is open."""
        wanted = set().union(*self._discovered.values())
        for path in self._opened:
            wanted |= {path} if is_config(path) else config_around(path, self.files)
        wanted = {path for path in wanted if first_config(path.parent, self.files) == path}
        for gone in self._entries.keys() - wanted:
            self._known.replace(gone, self._entries[gone].findings, NOTHING)
            self._readers.forget(gone)
            self.agents.forget(gone)
            self._project_cache.forget(gone)
            del self._entries[gone], self._by_folder[gone.parent]
        for path in wanted - self._entries.keys():
            self._entries[path] = _Entry()
            self._by_folder[path.parent] = path

    # --- what is asked --------------------------------------------------------------------

    @property
    def folders(self) -> tuple[FilePath, ...]:
        """The workspace folders that were searched, sorted."""
        return tuple(sorted(self._discovered))

    @property
    def configs(self) -> tuple[FilePath, ...]:
        return tuple(sorted(self._entries))

    @property
    def open_files(self) -> frozenset[FilePath]:
        return frozenset(self._opened)

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
            if failed := self._failed_runs.get(config):
                project = replace(project, failed_runs=failed)
            entry.project = project
            entry.is_loaded = True
            self._readers.note(project)
            self.agents.edited(config)
        return entry.project

    def document(self, config: FilePath) -> Document:
        """What a configuration says, as of now, without loading its project for that."""
        entry = self._entries.get(config)
        if entry is not None and entry.is_loaded and entry.project is not None:
            return entry.project.document
        return read_config(config, self.files)

    def _value(self, config: FilePath) -> JsonValue | Missing:
        return self.document(config).value

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
        return self._known.of(path)

    def take_changed(self) -> frozenset[FilePath]:
        """Files whose findings changed since this was last asked."""
        return self._known.take_changed()

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
            findings = NOTHING
        entry.is_checked = True
        self._known.replace(config, entry.findings, findings)
        entry.findings = findings
        if self._changes_are_told and not self._is_worked_on(config):
            self._rest(config, entry)

    def _rest(self, config: FilePath, entry: _Entry) -> None:
        """Drop a third of what is known of a project: it serves those only who edit it."""
        self._project_cache.forget(config)
        entry.check_cache = CheckCache()
        for path, source in entry.project.sources.items() if entry.project is not None else ():
            # What others share they will ask for, too.
            if isinstance(source.symbols, SymbolTable) and config.parent in folders(path):
                source.symbols.rest()

    def _is_worked_on(self, config: FilePath) -> bool:
        """Whether a file in the project's folder, or one that it reads, is open."""
        return any(
            config.parent in folders(it) or config in self._readers.of(it) for it in self._opened
        )

    def files_with_findings(self) -> tuple[FilePath, ...]:
        return self._known.files

    def client_calls(self, path: FilePath) -> tuple[ClientCall, ...]:
        """The calls of SDK clients in one file, as of now; empty for other files."""
        return self.index.calls(path)

    def calls_with_tag(self, tag: str) -> tuple[ClientCall, ...]:
        """All known calls that name this tag, of whichever agent, in the order of their files."""
        return self.index.calls_with_tag(tag)

    def calls_with_id(self, agent_id: str) -> tuple[ClientCall, ...]:
        """All known calls that name this agent, in the order of their files."""
        return self.index.calls_with_id(agent_id)

    def configs_with_id(self, agent_id: str) -> tuple[FilePath, ...]:
        """The known configurations with this `agent_id`, sorted; several when they are copies."""
        return self.agents.with_id(agent_id)

    def configs_with_tag(self, tag: str) -> tuple[FilePath, ...]:
        """The known configurations with an entrypoint of this tag, sorted."""
        return self.agents.with_tag(tag)
