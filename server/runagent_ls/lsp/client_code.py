"""`runagent/client`: a program in another language that calls an entrypoint."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final

from runagent_ls.features import entrypoints
from runagent_ls.lsp.calling import Calling
from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json, RequestFailedError
from runagent_ls.lsp.messages import reading
from runagent_ls.lsp.messages.runs import Place, read_place
from runagent_ls.lsp.recording import Recording
from runagent_ls.lsp.session import Session

if TYPE_CHECKING:  # loaded when code is asked for first
    from runagent_ls.features.client_code import ClientLanguage, ClientTarget
    from runagent_ls.project.model import AgentProject

LANGUAGES: Final[tuple[ClientLanguage, ...]] = ("python", "typescript", "go", "rust", "curl")


class ClientCodeRequests:
    """Writes client code."""

    def __init__(self, session: Session, calling: Calling, recording: Recording) -> None:
        self._session = session
        self._calling = calling
        self._recording = recording
        session.on_async("runagent/client", self._client)

    async def _client(self, params: Json) -> Json:
        from runagent_ls.features.client_code import ClientCodeError, generate

        config, tag = reading.config_path(params), reading.text(params, "tag")
        named = reading.choice(params, "language", LANGUAGES)
        language = next(it for it in LANGUAGES if it == named)
        args, kwargs = reading.array(params, "args"), reading.mapping(params, "kwargs")
        project = self._session.workspace.project(config)
        found = project.entrypoint_of(tag)
        if found is None:
            raise InvalidParamsError(entrypoints.not_found(project, tag))
        notes: list[str] = []
        if reading.boolean(params, "lastRun", False):
            last = await self._last_inputs(project, tag)
            if last is None:
                notes.append(f"No run of {tag} is recorded, so the values are examples.")
            else:
                args, kwargs = last[0], {**last[1], **kwargs}
        info = entrypoints.describe(found, project)
        try:
            code = generate(info, language, self._target(read_place(params)), args, kwargs)
        except ClientCodeError as error:
            words = " ".join(filter(None, (error.message, error.advice)))
            raise RequestFailedError(words) from error
        return {
            "text": code.text,
            "languageId": code.language_id,
            "fileName": code.file_name,
            "notes": [*notes, *code.notes],
        }

    def _target(self, place: Place) -> ClientTarget:
        """Where the program calls: the given address, else the one of the settings."""
        from runagent_ls.features.client_code import ClientTarget

        agent_id = self._calling.agent_id(place)
        if not agent_id:
            raise RequestFailedError(
                "The configuration has no agent_id, and clients call an agent by it."
            )
        if place.cloud:
            return ClientTarget(agent_id, cloud=True)
        settings = self._session.settings_for(place.config_path)
        host, port = place.host, place.port
        if host is None and port is None:
            host, port = settings.host, settings.port
        if port is None:
            return ClientTarget(agent_id)
        return ClientTarget(agent_id, host=host or "127.0.0.1", port=port)

    async def _last_inputs(
        self, project: AgentProject, tag: str
    ) -> tuple[list[Any], dict[str, Any]] | None:
        from runagent_ls.agents.history import HistoryError

        history = self._recording.history()
        try:
            return await asyncio.to_thread(
                history.last_inputs, tag, project=str(project.root), agent_id=None
            )
        except HistoryError as error:
            raise RequestFailedError(error.message) from error
