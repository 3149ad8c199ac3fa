"""`Run` and `Stream` above entrypoints."""

from __future__ import annotations

from pathlib import Path as FilePath

from runagent_ls.features.lenses import Lens, config_lenses, lens_facts, python_lenses
from runagent_ls.lsp.capabilities import RUN_COMMAND, STREAM_COMMAND
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
        return [self._message(lens) for lens in found]

    def _message(self, lens: Lens) -> Json:
        argument = {"configUri": self._session.uris.uri(lens.config_path), "tag": lens.tag}
        command = STREAM_COMMAND if lens.streams else RUN_COMMAND
        return {
            "range": range_message(lens.range),
            "command": {"title": lens.title, "command": command, "arguments": [argument]},
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
