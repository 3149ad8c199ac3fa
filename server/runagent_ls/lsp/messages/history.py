"""Questions to the history, and recorded runs as the client gets them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Final, NotRequired, TypedDict

from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json
from runagent_ls.lsp.messages import reading

if TYPE_CHECKING:
    from runagent_ls.agents.history import Match, Query, StoredChunk, StoredRun
    from runagent_ls.agents.history.records import RunGroup

STATES: Final = ("running", "completed", "failed", "cancelled", "interrupted")
MOST_RUNS: Final = 200
MOST_ITEMS: Final = 5000
ITEMS_CHARACTERS: Final = 1024 * 1024
"""About so much of a run's output is in one answer."""
_PREVIEW: Final = 200
_TARGET_KEYS: Final = frozenset(
    {"host", "port", "agentId", "source", "leavesMachine", "cloud", "address", "copiesToCloud"}
)

MakeUri = Callable[[FilePath], str]


class HistorySummary(TypedDict):
    historyId: str
    runId: str | None
    kind: str
    tag: str
    state: str
    startedAt: float
    elapsedMs: float | None
    chunks: int
    attempts: int
    configUri: str | None
    agentId: str | None
    target: Json | None
    gitCommit: str | None
    pinned: bool
    inputs: str
    problem: str | None


class HistoryGroup(TypedDict):
    configUri: str | None
    tag: str
    runs: int
    startedAt: float
    state: str


class HistoryMatch(TypedDict):
    run: HistorySummary
    where: str
    excerpt: str


class HistoryRun(TypedDict):
    summary: HistorySummary
    args: list[Any]
    kwargs: dict[str, Any]
    inputsCut: bool
    value: NotRequired[Any]
    valueTruncatedFrom: NotRequired[int]
    error: NotRequired[Json]
    firstChunkMs: NotRequired[float]
    stopped: NotRequired[bool]
    interpreter: NotRequired[str]
    droppedChunks: int
    redacted: bool
    items: list[Json]
    next: int | None


def read_query(params: Json) -> Query:
    """Which runs are meant. Raises `InvalidParamsError`."""
    from runagent_ls.agents.history import Query

    config = reading.optional_file(params, "configUri", "a configuration")
    return Query(
        project=None if config is None else str(config.parent),
        agent_id=reading.optional_text(params, "agentId"),
        tag=reading.optional_text(params, "tag"),
        state=_state(params),
        pinned=None if params.get("pinned") is None else reading.boolean(params, "pinned", False),
        no_project="configUri" in params and params["configUri"] is None,
        since=reading.number(params, "since"),
        until=reading.number(params, "until"),
        limit=reading.whole_number(params, "limit", 50, 1, MOST_RUNS),
        before=reading.optional_text(params, "before"),
    )


def _state(params: Json) -> Any:  # noqa: ANN401 - one of the history's states, which is checked
    return None if params.get("state") is None else reading.choice(params, "state", STATES)


def read_ids(params: Json) -> tuple[str, ...]:
    """`historyIds`, at least one. Raises `InvalidParamsError`."""
    ids = reading.texts(params, "historyIds")
    if not ids:
        raise InvalidParamsError("historyIds must name at least one run")
    return ids


class ConfigUris:
    """The URIs of configurations; of those in the workspace as the workspace spells them."""

    def __init__(self, configs: Iterable[FilePath], uri: MakeUri) -> None:
        from runagent_ls.agents.history.location import same_folder

        self._uri = uri
        self._known = {same_folder(str(config.parent)): config for config in configs}

    def of(self, project_root: str | None, config_path: str | None) -> str | None:
        """The configuration of a recorded run, None for one that belonged to none."""
        config = None if project_root is None else self._known.get(project_root)
        if config is None and config_path is not None:
            config = FilePath(config_path)
        return None if config is None else self._uri(config)


def summary_of(run: StoredRun, uris: ConfigUris) -> HistorySummary:
    return {
        "historyId": run.history_id,
        "runId": run.run_id,
        "kind": run.kind,
        "tag": run.tag,
        "state": run.state,
        "startedAt": run.started_at,
        "elapsedMs": run.elapsed_ms,
        "chunks": run.chunks,
        "attempts": run.attempts,
        "configUri": uris.of(run.project_root, run.config_path),
        "agentId": run.agent_id,
        "target": _target(run.target),
        "gitCommit": run.git_commit,
        "pinned": run.pinned,
        "inputs": _preview(run),
        "problem": _problem(run.error),
    }


def groups_of(groups: Iterable[RunGroup], uris: ConfigUris) -> list[HistoryGroup]:
    return [
        {
            "configUri": uris.of(group.project_root, group.config_path),
            "tag": group.tag,
            "runs": group.runs,
            "startedAt": group.newest_at,
            "state": group.newest_state,
        }
        for group in groups
    ]


def match_of(match: Match, uris: ConfigUris) -> HistoryMatch:
    return {
        "run": summary_of(match.run, uris),
        "where": match.where,
        "excerpt": match.excerpt,
    }


def run_of(
    run: StoredRun, chunks: Iterable[StoredChunk], limit: int, uris: ConfigUris
) -> HistoryRun:
    """The run with up to `limit` of its chunks; `next` when there are more."""
    items, more = _items(chunks, limit)
    message: HistoryRun = {
        "summary": summary_of(run, uris),
        "args": run.args,
        "kwargs": run.kwargs,
        "inputsCut": run.inputs_cut,
        "droppedChunks": run.dropped_chunks,
        "redacted": run.redacted,
        "items": items,
        "next": more,
    }
    if run.has_result:
        message["value"] = run.result
    if run.result_cut_from is not None:
        message["valueTruncatedFrom"] = run.result_cut_from
    if isinstance(run.error, dict):
        message["error"] = run.error
    if run.first_chunk_ms is not None:
        message["firstChunkMs"] = run.first_chunk_ms
    if run.stopped is not None:
        message["stopped"] = run.stopped
    if run.interpreter is not None:
        message["interpreter"] = run.interpreter
    return message


def _items(chunks: Iterable[StoredChunk], limit: int) -> tuple[list[Json], int | None]:
    items: list[Json] = []
    room = ITEMS_CHARACTERS
    last = -1
    for chunk in chunks:
        if len(items) >= limit or room <= 0:
            return items, last
        item = _item(chunk)
        room -= len(item["text"]) if "text" in item else len(json.dumps(item["value"]))
        items.append(item)
        last = chunk.index
    return items, None


def _item(chunk: StoredChunk) -> Json:
    item: Json = {"index": chunk.index, "atMs": chunk.at_ms, "type": chunk.type}
    if chunk.type == "value" and chunk.cut_from is None:
        item["value"] = chunk.value
        return item
    if chunk.type == "value":
        item["type"] = "text"  # the beginning and the end of its JSON
    item["text"] = chunk.value if isinstance(chunk.value, str) else json.dumps(chunk.value)
    if chunk.cut_from is not None:
        item["truncatedFrom"] = chunk.cut_from
    return item


def _preview(run: StoredRun) -> str:
    """`name="Ada", times=2`, shortened."""
    parts: list[str] = []
    room = _PREVIEW
    named = [("", value) for value in run.args] + [(f"{k}=", v) for k, v in run.kwargs.items()]
    for name, value in named:
        part = name + json.dumps(value, ensure_ascii=False)
        parts.append(part)
        room -= len(part)
        if room < 0:
            break
    text = ", ".join(parts)
    return text if len(text) <= _PREVIEW else f"{text[: _PREVIEW - 1]}…"


def _problem(error: object) -> str | None:
    message = error.get("message") if isinstance(error, dict) else None
    return message if isinstance(message, str) else None


def _target(target: object) -> Json | None:
    """As it was written, unless another version wrote it in another shape."""
    return target if isinstance(target, dict) and target.keys() == _TARGET_KEYS else None
