"""The model every rule and feature reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path as FilePath
from typing import Literal, TypeAlias

from runagent_ls.jsontree.document import Document, JsonValue, Path
from runagent_ls.pyfile.model import Proof, PyFile, Symbol
from runagent_ls.schema.problem import SchemaProblem


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
    resolution: Resolution | None = None

    @property
    def is_stream(self) -> bool:
        """True when the real server would stream it: the tag decides, never the function."""
        return self.tag is not None and self.tag.endswith("_stream")


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

    @property
    def agent_id(self) -> str | None:
        """`agent_id` of the configuration when it is a string that is not empty."""
        value = self.document.value
        found = value.get("agent_id") if isinstance(value, dict) else None
        return found if isinstance(found, str) and found else None
