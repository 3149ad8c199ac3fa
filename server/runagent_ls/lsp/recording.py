"""The history of the client's runs: begun with each run, and open to questions."""

from __future__ import annotations

import asyncio
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Final

from runagent_ls.lsp.calling import Calling
from runagent_ls.lsp.messages.runs import RunRequest
from runagent_ls.lsp.session import WARNING, Session

if TYPE_CHECKING:  # loaded when something is run or asked first
    from runagent_ls.agents.history import History, Limits, Recorder, RunRecord
    from runagent_ls.agents.runs import RunOutcome
    from runagent_ls.project.model import AgentProject

_MIB: Final = 1024 * 1024
CLOSE_LIMIT_S: Final = 3.0
"""How long the end of the server waits for the disk."""


class Recording:
    """One history for all runs of the client, with the limits of the settings."""

    def __init__(self, session: Session, calling: Calling) -> None:
        self._session = session
        self._calling = calling
        self._history: History | None = None

    def history(self) -> History:
        """To read, and to write. New settings hold from the next call on."""
        from runagent_ls.agents.history import History

        limits = self._limits()
        if self._history is None:
            loop = asyncio.get_running_loop()

            def tell(trouble: str) -> None:  # from the thread that writes
                loop.call_soon_threadsafe(self._session.show_once, WARNING, trouble)

            self._history = History.open(limits=limits, on_trouble=tell)
        elif self._history.limits != limits:
            self._history.use_limits(limits)
        return self._history

    def is_on(self, config: FilePath | None) -> bool:
        """Whether new runs are kept: neither the settings nor the environment say not to."""
        return self._session.settings_for(config).history_enabled and self.history().enabled

    async def begin(self, request: RunRequest, stream: bool) -> Recorder:
        """Record a run, unless the settings or the environment say not to."""
        from runagent_ls.agents.history import Recorder

        config = request.place.config_path
        if not self.is_on(config):
            return Recorder()
        project = None if config is None else self._session.workspace.project(config)
        record = await asyncio.to_thread(self._record, request, stream, project)
        recorder = self.history().begin(record)
        self.changed()
        return recorder

    def end(self, recorder: Recorder, outcome: RunOutcome) -> None:
        """Record how a run ended."""
        recorder.end(outcome)
        if recorder.history_id is not None:
            self.changed()

    def changed(self) -> None:
        """Tell the shell that a list of runs is no longer right."""
        if self._session.client.is_runagent_shell:
            self._session.protocol.notify_raw("runagent/history/changed", {})

    def close(self) -> None:
        """Write what is left, within a limit."""
        history, self._history = self._history, None
        if history is not None:
            history.close(CLOSE_LIMIT_S)

    def _record(self, request: RunRequest, stream: bool, project: AgentProject | None) -> RunRecord:
        from runagent_ls.agents.history import RunRecord
        from runagent_ls.agents.history.git_commit import commit_of

        options = request.options
        return RunRecord(
            tag=request.tag,
            kind="stream" if stream else "run",
            args=request.args,
            kwargs=request.kwargs or {},
            run_id=request.run_id,
            project_root=None if project is None else str(project.root),
            config_path=None if project is None else str(project.config_path),
            agent_id=request.place.agent_id or (None if project is None else project.agent_id),
            git_commit=None if project is None else commit_of(project.root),
            labels={} if options.user_id is None else {"userId": options.user_id},
            secrets=(*self._calling.given_keys(), *_env_secrets(project)),
        )

    def _limits(self) -> Limits:
        from runagent_ls.agents.history import Limits

        settings = self._session.settings_for(None)
        return Limits(
            total_bytes=settings.history_max_size_mb * _MIB, age_days=settings.history_max_age_days
        )


def _env_secrets(project: AgentProject | None) -> tuple[str, ...]:
    """Of `env_vars` as the editor shows them; the history reads `.env` itself."""
    from runagent_ls.agents.history.redaction.sources import secret_values

    config = None if project is None else project.document.value
    variables = config.get("env_vars") if isinstance(config, dict) else None
    return tuple(secret_values(variables)) if isinstance(variables, dict) else ()
