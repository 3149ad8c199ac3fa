"""`Run`, `Stream` and, in the RunAgent shell, `Debug` above entrypoints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath

from runagent_ls.features.lenses import Lens, config_lenses, lens_facts, python_lenses
from runagent_ls.lsp.capabilities import DEBUG_COMMAND, LOG_COMMAND, RUN_COMMAND, STREAM_COMMAND
from runagent_ls.lsp.client import dig
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.rendering import range_message
from runagent_ls.lsp.scheduling import Debounced
from runagent_ls.lsp.serving.served import Served
from runagent_ls.lsp.session import Session
from runagent_ls.serve.state import Status


class Lenses:
    """Answers `textDocument/codeLens`, and tells the client when to ask again."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: dict[FilePath, object] = {}
        self._troubles: dict[FilePath, str] = {}
        self._refresher = Debounced(self._refresh)
        session.on_deferred("textDocument/codeLens", self._lenses, [])
        session.on_pause.append(self._refresher.pause)

    def _lenses(self, params: Json) -> list[Json]:
        path = self._session.uris.path(dig(params, "textDocument", "uri"))
        if path is None:
            return []
        messages: list[Json] = []
        for project in self._session.workspace.projects_of(path):
            config = project.config_path
            self._facts[config] = lens_facts(project)
            own = config == path
            lenses = config_lenses(project) if own else python_lenses(project, path)
            messages += [message for lens in lenses for message in self._messages(lens)]
            if (trouble := self._troubles.get(config)) is not None:
                lines = {lens.range.start.line: lens for lens in lenses}
                messages += [self._trouble(lens, trouble) for lens in lines.values()]
        return messages

    def _trouble(self, lens: Lens, title: str) -> Json:
        """What is wrong with the server of this entrypoint; only the shell can show its log."""
        argument = {"configUri": self._session.uris.uri(lens.config_path)}
        shell = self._session.client.is_runagent_shell
        command = {"title": title, "command": LOG_COMMAND if shell else "", "arguments": [argument]}
        return {"range": range_message(lens.range), "command": command}

    def _messages(self, lens: Lens) -> Iterator[Json]:
        yield self._message(lens, lens.title, STREAM_COMMAND if lens.streams else RUN_COMMAND)
        # A debugger is the client's: only the shell is known to have the command.
        if lens.debug_title is not None and self._session.client.is_runagent_shell:
            yield self._message(lens, lens.debug_title, DEBUG_COMMAND)

    def _message(self, lens: Lens, title: str, command: str) -> Json:
        argument = {"configUri": self._session.uris.uri(lens.config_path), "tag": lens.tag}
        return {
            "range": range_message(lens.range),
            "command": {"title": title, "command": command, "arguments": [argument]},
        }

    def project_changed(self, config: FilePath) -> bool:
        """Ask for new lenses when those that were shown would differ. True when they do."""
        facts = lens_facts(self._session.workspace.project(config))
        if self._facts.get(config, facts) == facts:
            return False
        self._facts[config] = facts
        self.changed_elsewhere()
        return True

    def served(self, served: Served) -> None:
        """An agent's server has told how it is."""
        trouble = trouble_of(served.status)
        if self._troubles.get(served.config) == trouble:
            return
        if trouble is None:
            del self._troubles[served.config]
        else:
            self._troubles[served.config] = trouble
        self.changed_elsewhere()

    def changed_elsewhere(self) -> None:
        self._refresher.ask()
        self._refresher.pause()

    def _refresh(self) -> None:
        if self._session.client.refreshes_lenses:
            self._session.spawn(self._ask(), "workspace/codeLens/refresh")

    async def _ask(self) -> None:
        await self._session.protocol.ask("workspace/codeLens/refresh", None)


def trouble_of(status: Status) -> str | None:
    """What somebody who is about to run an entrypoint must know of its server; None: nothing."""
    failure = status.failure
    reason = "" if failure is None else f": {failure.exception or failure.code}"
    if status.stale_since is not None:
        since = status.stale_since.astimezone().strftime("%H:%M:%S")
        return f"Runs the code of before {since}{reason}"
    return f"Does not start{reason}" if status.state == "failed" else None
