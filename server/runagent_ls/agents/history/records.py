"""What is written of a run, and what is read back."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal, TypeAlias

from runagent_ls.agents.values import JsonValue

RunKind: TypeAlias = Literal["run", "stream"]
StoredState: TypeAlias = Literal["running", "completed", "failed", "cancelled", "interrupted"]
"""`interrupted`: the process that recorded the run ended before the run did."""
ChunkType: TypeAlias = Literal["text", "value", "unknown-frame"]

MIB = 1024 * 1024
DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is kept. `None` as an age means for ever.

    A run keeps its first `head_bytes` and its last `tail_bytes` of output; one chunk, result or
    set of inputs longer than `item_bytes` is cut. Pinned runs are spared by size and age.
    """

    total_bytes: int = 200 * MIB
    age_days: float | None = 90.0
    head_bytes: int = 48 * MIB
    tail_bytes: int = 8 * MIB
    item_bytes: int = 4 * MIB


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A run that begins. `started_at` in seconds since 1970; `secrets` are removed everywhere.

    `run_id` is the caller's own name of the run and need not be unique; `labels` are further
    facts worth keeping, such as the batch that a run belongs to.
    """

    tag: str
    kind: RunKind
    args: Sequence[JsonValue] = ()
    kwargs: Mapping[str, JsonValue] = field(default_factory=dict)
    run_id: str | None = None
    project_root: str | None = None
    config_path: str | None = None
    agent_id: str | None = None
    git_commit: str | None = None
    interpreter: str | None = None
    started_at: float = field(default_factory=time.time)
    labels: Mapping[str, JsonValue] = field(default_factory=dict)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def in_utf8(self) -> RunRecord:
        """The same with escapes for halves of characters, which names of files may hold."""
        return replace(
            self,
            tag=_in_utf8(self.tag) or "",
            run_id=_in_utf8(self.run_id),
            project_root=_in_utf8(self.project_root),
            config_path=_in_utf8(self.config_path),
            agent_id=_in_utf8(self.agent_id),
            git_commit=_in_utf8(self.git_commit),
            interpreter=_in_utf8(self.interpreter),
        )


def _in_utf8(text: str | None) -> str | None:
    return None if text is None else text.encode("utf-8", "backslashreplace").decode()


@dataclass(frozen=True, slots=True)
class StoredChunk:
    """One chunk or unknown frame as it was stored; `at_ms` since the run began.

    `cut_from` is the length in characters of what was too long; `value` is then its beginning and
    end as text.
    """

    index: int
    at_ms: float
    type: ChunkType
    value: JsonValue
    cut_from: int | None = None


@dataclass(frozen=True, slots=True)
class StoredRun:
    """One run without its chunks. Times in seconds since 1970, durations in milliseconds.

    `chunks` counts all items that arrived, `dropped_chunks` those that are not stored because the
    run was too long. `error` has the shape `RunError` of schemas/protocol.schema.json, `target`
    the shape `Target`. `redacted` tells whether anything was replaced by `[redacted]`.
    """

    history_id: str
    run_id: str | None
    kind: RunKind
    tag: str
    project_root: str | None
    config_path: str | None
    agent_id: str | None
    args: list[JsonValue]
    kwargs: dict[str, JsonValue]
    inputs_cut: bool
    target: JsonValue
    git_commit: str | None
    interpreter: str | None
    labels: dict[str, JsonValue]
    state: StoredState
    started_at: float
    ended_at: float | None
    elapsed_ms: float | None
    first_chunk_ms: float | None
    chunks: int
    dropped_chunks: int
    stored_bytes: int
    has_result: bool
    result: JsonValue
    result_cut_from: int | None
    error: JsonValue
    stopped: bool | None
    attempts: int
    pinned: bool
    redacted: bool

    def to_message(self) -> dict[str, JsonValue]:
        """The run as JSON, names in camelCase; absent instead of null where nothing is known."""
        always: dict[str, JsonValue] = {
            "historyId": self.history_id,
            "kind": self.kind,
            "tag": self.tag,
            "state": self.state,
            "startedAt": self.started_at,
            "args": self.args,
            "kwargs": self.kwargs,
            "target": self.target,
            "chunks": self.chunks,
            "droppedChunks": self.dropped_chunks,
            "storedBytes": self.stored_bytes,
            "attempts": self.attempts,
            "pinned": self.pinned,
            "redacted": self.redacted,
        }
        known: dict[str, JsonValue] = {
            "runId": self.run_id,
            "projectRoot": self.project_root,
            "configPath": self.config_path,
            "agentId": self.agent_id,
            "gitCommit": self.git_commit,
            "interpreter": self.interpreter,
            "endedAt": self.ended_at,
            "elapsedMs": self.elapsed_ms,
            "firstChunkMs": self.first_chunk_ms,
            "error": self.error,
            "stopped": self.stopped,
            "resultCutFrom": self.result_cut_from,
        }
        message = always | {name: value for name, value in known.items() if value is not None}
        if self.has_result:
            message["value"] = self.result
        if self.inputs_cut:
            message["inputsCut"] = True
        if self.labels:
            message["labels"] = self.labels
        return message


@dataclass(frozen=True, slots=True)
class NewestRun:
    """How the newest run of a tag went, without what went in and out. As in `StoredRun`."""

    state: StoredState
    started_at: float
    elapsed_ms: float | None
    chunks: int


@dataclass(frozen=True, slots=True)
class Query:
    """Which runs: all that are given must fit. Times in seconds since 1970.

    `project` is the project's folder, `before` the `next` of the page before; `no_project` means
    runs that belong to none.
    """

    project: str | None = None
    agent_id: str | None = None
    tag: str | None = None
    state: StoredState | None = None
    since: float | None = None
    until: float | None = None
    pinned: bool | None = None
    limit: int = 50
    before: str | None = None
    no_project: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """Runs, newest first; `next` continues with older ones, None at the end."""

    runs: tuple[StoredRun, ...]
    next: str | None


@dataclass(frozen=True, slots=True)
class RunGroup:
    """The runs of one entrypoint: how many, and when the newest began and how it went.

    `project_root` and `config_path` are None for runs that belong to no project.
    """

    project_root: str | None
    config_path: str | None
    tag: str
    runs: int
    newest_at: float
    newest_state: StoredState


@dataclass(frozen=True, slots=True)
class Match:
    """A run that was found, and the place of the first match: `inputs`, `output` or `error`."""

    run: StoredRun
    where: str
    excerpt: str


LastInputs: TypeAlias = tuple[list[JsonValue], dict[str, JsonValue]]
"""Arguments and keyword arguments."""


class HistoryError(Exception):
    """The history cannot be read or written: a plain sentence with the path, and what to do."""

    def __init__(self, message: str, suggestion: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.suggestion = suggestion
