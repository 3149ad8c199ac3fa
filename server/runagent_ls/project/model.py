"""The model every rule and feature reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path as FilePath
from typing import Literal, TypeAlias

from runagent_ls.jsontree.document import Document, JsonValue, Path
from runagent_ls.project.configuration import agent_name
from runagent_ls.project.file_source import FileSource
from runagent_ls.project.observation import FailedRun, Observation
from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.model import Proof, Signature, Symbol
from runagent_ls.schema.entrypoints import ENTRYPOINTS
from runagent_ls.schema.problem import SchemaProblem
from runagent_ls.text.decoding import TextProblem
from runagent_ls.text.position import Span


class FileState(Enum):
    """What stands at the path that an entrypoint's `file` names."""

    FOUND = "found"
    MISSING = "missing"
    NOT_PYTHON = "not-python"
    DIRECTORY = "directory"
    UNREADABLE = "unreadable"
    CASE_DIFFERS = "case-differs"


@dataclass(frozen=True, slots=True)
class ModuleFile:
    """The file behind an entrypoint. `nearest` names the closest existing files, best first."""

    path: FilePath
    state: FileState
    inside_project: bool
    absolute: bool
    nearest: tuple[str, ...] = ()
    detail: str | None = None
    source: PyFile | None = None


@dataclass(frozen=True, slots=True)
class Resolution:
    """What `module` names, as far as parsing can tell.

    `exists` is refuted only when no reading of the program can bind the name; `failed_part` is
    then the first part of the dotted path that is not there, and `nearest` what is.
    `defined_in` is the file that holds `symbol`, after imports inside the project were followed.
    `streams` answers: does iterating what a call returns give chunks?
    """

    exists: Proof
    is_callable: Proof
    streams: Proof
    failed_part: str | None = None
    nearest: tuple[str, ...] = ()
    owner: Symbol | None = None
    """What the part before `failed_part` is: a dict, a class, an instance, ..."""
    symbol: Symbol | None = None
    defined_in: FilePath | None = None
    needs_instance: bool = False
    """An instance method addressed on its class: the call would miss `self`."""
    is_property: bool = False
    """A property is addressed: its getter runs when the server starts, not at each call."""
    signature: Signature | None = None
    """What a caller meets: without a bound `self`, without what `partial` has filled in, a
    class's `__init__`. Of a decorated function as written."""
    signature_certain: bool = False
    """False when a decorator or a dynamic part may change the parameters."""
    gives_generator: Proof = Proof.UNKNOWN
    """Calling it gives a generator object, of either kind."""
    gives_coroutine: Proof = Proof.UNKNOWN
    """Calling it gives a coroutine that the server does not await."""


class Verdict:
    """A resolution whose places are found again when they are asked for.

    After an edit elsewhere in a file a function is what it was, some characters further on.
    `settled` is right in all but the places, and the same object for as long as that is so.
    """

    __slots__ = ("_place", "_resolution", "settled")

    def __init__(self, settled: Resolution, place: Callable[[], Resolution] | None = None) -> None:
        """`place` gives the resolution with its places; None when those of `settled` are right."""
        self.settled = settled
        self._place = place
        self._resolution: Resolution | None = None if place is not None else settled

    @property
    def resolution(self) -> Resolution:
        if self._resolution is None:
            self._resolution = self._place() if self._place is not None else self.settled
            self._place = None
        return self._resolution


EntrypointKind: TypeAlias = Literal["python", "webhook", "unknown"]


@dataclass(frozen=True, slots=True)
class Entrypoint:
    """One item of `agent_architecture.entrypoints`. Fields are None unless they are strings."""

    index: int
    path: Path
    kind: EntrypointKind
    tag: str | None
    file: str | None
    module: str | None
    value: JsonValue
    module_file: ModuleFile | None = None
    verdict: Verdict | None = None

    @property
    def resolution(self) -> Resolution | None:
        """What `module` names; None without a file that could be looked into."""
        return self.verdict.resolution if self.verdict is not None else None

    @property
    def is_stream(self) -> bool:
        """True when the real server would stream it: the tag decides, never the function."""
        return self.tag is not None and self.tag.endswith("_stream")


@dataclass(frozen=True, slots=True)
class MissingImport:
    """A top-level import in `file` of a `name` that is not in the project's file `looked_in`."""

    file: FilePath
    span: Span
    module: str
    name: str
    looked_in: FilePath
    nearest: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EarlyExit:
    """A statement of a module's top level that ends the process of whoever imports it."""

    file: FilePath
    span: Span
    statement: str
    certain: bool
    """False when something before it may fail first, such as the import of another package."""


@dataclass(frozen=True, slots=True)
class StartupFolder:
    """The folder whose Python files all run when an entrypoint's file is loaded.

    `marker` is the name that made it this folder, None when nothing did. Paths are as found on
    disk; `complete` is false when the folder was too large to look through.
    """

    folder: FilePath
    marker: str | None
    environments: tuple[FilePath, ...] = ()
    """Virtual environments in it."""
    agents: tuple[FilePath, ...] = ()
    """Other agents' folders in it that hold Python files."""
    exits: tuple[EarlyExit, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class UploadFolder:
    """What an upload of the agent would pack: every file that its ignore rules let through.

    `paths` are relative, with slashes. Folders that are only counted as a whole (`.git`,
    `node_modules`, virtual environments) end in a slash. `gitignore` is None without that file.
    """

    paths: tuple[str, ...] = ()
    gitignore: str | None = None
    complete: bool = True
    private: tuple[str, ...] = ()
    """Those of `paths` whose content is secret: `.env` files with values, private keys."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around configuration and entrypoint files."""

    env_error: str | None = None
    """Why `.env` cannot be read, None when it can or is not there."""
    other_configs: tuple[str, ...] = ()
    """Names of further configuration files in the folder, which the loader never reads."""
    startup: tuple[StartupFolder, ...] = ()
    lacking_package_file: tuple[FilePath, ...] = ()
    """Entrypoint files in whose folder there is no `__init__.py`."""
    upload: UploadFolder = UploadFolder()
    texts: Mapping[FilePath, str] = field(default_factory=dict)
    """Texts of the files named here, for whoever wants to point into them."""


@dataclass(frozen=True, slots=True)
class AgentProject:
    """A folder with a configuration file, as it was at one moment.

    `config_path` may not exist (`document` is then of an empty text and `config_error` says why).
    `sources` holds every Python file that was read, also those reached through imports.
    """

    root: FilePath
    config_path: FilePath
    document: Document
    schema_problems: tuple[SchemaProblem, ...]
    entrypoints: tuple[Entrypoint, ...]
    sources: Mapping[FilePath, PyFile]
    env_file: str | None = None
    """Text of `.env`, None when there is none."""
    config_error: str | None = None
    text_problems: tuple[TextProblem, ...] = ()
    """What is wrong with the configuration's encoding."""
    surroundings: Surroundings = Surroundings()
    entry_files: Mapping[FilePath, Entrypoint] = field(default_factory=dict)
    """The files that entrypoints name and that were read, each with the first that names it."""
    missing_imports: tuple[MissingImport, ...] = ()
    """Imports of these files that fail."""
    files: FileSource | None = field(default=None, repr=False, compare=False)
    """Where to read further files of the project, for questions that go beyond the model."""
    observation: Observation | None = None
    """What the agent's own Python said, when it was asked; reading a project asks nothing."""
    failed_runs: tuple[FailedRun, ...] = ()
    """Of entrypoints whose last run failed; whoever runs them puts them here."""

    @property
    def agent_name(self) -> str:
        """What people call the agent, its folder's name if the configuration has none."""
        return agent_name(self.document, self.root)

    @property
    def framework(self) -> str | None:
        """`framework` of the configuration when it is a string."""
        value = self.document.value
        found = value.get("framework") if isinstance(value, dict) else None
        return found if isinstance(found, str) else None

    @property
    def agent_id(self) -> str | None:
        """`agent_id` of the configuration when it is a string that is not empty."""
        value = self.document.value
        found = value.get("agent_id") if isinstance(value, dict) else None
        return found if isinstance(found, str) and found else None

    def entrypoint_of(self, tag: str) -> Entrypoint | None:
        """The entrypoint that a call of `tag` reaches: of equal ones the first."""
        return next((it for it in self.entrypoints if it.tag == tag), None)

    def entrypoint_at(self, path: Path) -> Entrypoint | None:
        """The entrypoint that a path of the configuration is, or is in."""
        if len(path) <= len(ENTRYPOINTS) or path[: len(ENTRYPOINTS)] != ENTRYPOINTS:
            return None
        index = path[len(ENTRYPOINTS)]
        known = isinstance(index, int) and 0 <= index < len(self.entrypoints)
        return self.entrypoints[index] if isinstance(index, int) and known else None
