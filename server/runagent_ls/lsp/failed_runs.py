"""The line that failed a run is marked in its file until the entrypoint's next run succeeds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from runagent_ls.lsp.session import Session
from runagent_ls.project.observation import FailedRun, Fault, Step

if TYPE_CHECKING:  # the agents' side is loaded when something is run first
    from runagent_ls.agents.errors import AgentError
    from runagent_ls.lsp.messages.runs import RunRequest
    from runagent_ls.lsp.runs import Ended

_PACKAGES = frozenset({"site-packages", "dist-packages", "node_modules"})


class FailedRuns:
    """Keeps, for each entrypoint, where its last run failed."""

    def __init__(self, session: Session, on_change: Callable[[], None]) -> None:
        self._session = session
        self._on_change = on_change
        self._by_config: dict[FilePath, dict[str, FailedRun]] = {}

    def ended(self, request: RunRequest, ended: Ended, judged: bool) -> None:
        """A run is over. One that was cancelled, or never came into the agent's code, says nothing
        new of it; one that is `judged` may be expected to fail, and whoever judges tells."""
        config = request.place.config_path
        if config is None:
            return
        failed = self._by_config.setdefault(config, {})
        if ended.outcome.state == "completed":
            failed.pop(request.tag, None)
        elif not judged and (found := self._found(config, request.tag, ended)) is not None:
            failed[request.tag] = found
        if self._session.workspace.runs_failed(config, tuple(failed.values())):
            self._on_change()

    def _found(self, config: FilePath, tag: str, ended: Ended) -> FailedRun | None:
        error = ended.outcome.error
        if error is None or not error.may_have_run:
            return None  # a start that failed is spoken of by what is known of the agent
        steps = self._steps(config.parent, ended)
        entrypoint = self._session.workspace.project(config).entrypoint_of(tag)
        if not steps or entrypoint is None:
            return None
        return FailedRun(
            tag, entrypoint.value, Fault("raised", error.message, _exception(error), steps)
        )

    def _steps(self, root: FilePath, ended: Ended) -> tuple[Step, ...]:
        """Those in files of the project, with the text by which they are found again."""
        frames = ended.message.get("error", {}).get("frames", ())
        found = []
        for frame in frames:
            path = None if frame["uri"] is None else self._session.uris.path(frame["uri"])
            if path is not None and frame["text"] and not _is_installed(path, root):
                found.append(Step(path, frame["line"] + 1, frame["text"]))
        return tuple(found)


def _is_installed(path: FilePath, root: FilePath) -> bool:
    folders = path.relative_to(root).parts[:-1] if path.is_relative_to(root) else path.parts
    return any(part in _PACKAGES or part.startswith(".") for part in folders)


def _exception(error: AgentError) -> str | None:
    """The class of what was raised, as our own servers tell it."""
    name = error.details.get("exception") if isinstance(error.details, dict) else None
    return name if isinstance(name, str) and name else None
