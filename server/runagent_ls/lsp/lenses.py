"""`Run`, `Stream` and, in the RunAgent shell, `Debug` above entrypoints."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath

from runagent_ls.features.lenses import Lens, config_lenses, lens_facts, python_lenses
from runagent_ls.lsp.capabilities import DEBUG_COMMAND, RUN_COMMAND, STREAM_COMMAND
from runagent_ls.lsp.client import dig
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.rendering import range_message
from runagent_ls.lsp.scheduling import Debounced
from runagent_ls.lsp.session import Session


class Lenses:
    """Answers `textDocument/codeLens`, and tells the client when to ask again."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._facts: dict[FilePath, object] = {}
        self._refresher = Debounced(self._refresh)
        session.on_deferred("textDocument/codeLens", self._lenses, [])
        session.on_pause.append(self._refresher.pause)

    def _lenses(self, params: Json) -> list[Json]:
        path = self._session.uris.path(dig(params, "textDocument", "uri"))
        if path is None:
            return []
        found: list[Lens] = []
        for project in self._session.workspace.projects_of(path):
            self._facts[project.config_path] = lens_facts(project)
            if project.config_path == path:
                found.extend(config_lenses(project))
            else:
                found.extend(python_lenses(project, path))
        return [message for lens in found for message in self._messages(lens)]

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

    def changed_elsewhere(self) -> None:
        self._refresher.ask()
        self._refresher.pause()

    def _refresh(self) -> None:
        if self._session.client.refreshes_lenses:
            self._session.spawn(self._ask(), "workspace/codeLens/refresh")

    async def _ask(self) -> None:
        await self._session.protocol.ask("workspace/codeLens/refresh", None)
