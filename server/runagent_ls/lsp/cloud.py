"""`runagent/apiKey` and `runagent/cloud`: with which key calls go to which cloud."""

from __future__ import annotations

from runagent_ls.lsp.calling import Calling
from runagent_ls.lsp.jsonrpc import Json, RequestFailedError
from runagent_ls.lsp.messages import reading
from runagent_ls.lsp.session import WARNING, Session


class CloudQuestions:
    """Takes the key from the shell, and tells where it would be sent. Never tells the key."""

    def __init__(self, session: Session, calling: Calling) -> None:
        self._session = session
        self._calling = calling
        session.on("runagent/apiKey", self._use_key)
        session.on_async("runagent/cloud", self._cloud)

    def _use_key(self, params: Json) -> None:
        from runagent_ls.agents.errors import AuthenticationError

        key = params.get("key")
        try:
            self._calling.use_key(key if isinstance(key, str) and key else None)
        except AuthenticationError as error:  # does not say what the key is
            self._session.show(WARNING, f"{error.message} {error.suggestion}")

    async def _cloud(self, params: Json) -> Json:
        from runagent_ls.agents.errors import AgentError

        config = reading.optional_file(params, "configUri", "a configuration")
        await self._session.settings_read()
        try:
            cloud = await self._calling.cloud(self._session.settings_for(config).cloud_base_url)
        except AgentError as error:
            words = " ".join(filter(None, (error.message, error.suggestion)))
            raise RequestFailedError(words) from error
        return {
            "baseUrl": cloud.base_url,
            "baseUrlSource": cloud.base_url_source,
            "hasKey": cloud.key is not None,
            "keySource": cloud.key_source,
            "account": cloud.account,
        }
