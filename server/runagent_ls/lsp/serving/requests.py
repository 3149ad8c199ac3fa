"""`runagent/serve/*`, for the RunAgent shell."""

from __future__ import annotations

from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.messages import reading
from runagent_ls.lsp.messages.serving import read_start
from runagent_ls.lsp.serving.served import Served
from runagent_ls.lsp.serving.servers import Servers
from runagent_ls.lsp.serving.telling import agent_id_of
from runagent_ls.lsp.session import Session


class ServeRequests:
    """Starts, stops and tells of served agents."""

    def __init__(self, session: Session, servers: Servers) -> None:
        self._session = session
        self._servers = servers
        session.on_async("runagent/serve/start", self._start)
        session.on_async("runagent/serve/restart", self._restart)
        session.on_async("runagent/serve/stop", self._stop)
        session.on_async("runagent/serve/status", self._status)
        session.on_async("runagent/serve/metrics", self._metrics)

    async def _start(self, params: Json) -> Json:
        request = read_start(params)
        started = await self._servers.start(request.config_path, request.options, exactly=True)
        return self._message(started)

    async def _restart(self, params: Json) -> Json:
        request = read_start(params)
        return self._message(await self._servers.restart(request.config_path, request.options))

    async def _stop(self, params: Json) -> Json:
        return self._message(await self._servers.stop(reading.config_path(params)))

    async def _status(self, _params: Json) -> Json:
        return {"servers": [self._message(served) for served in self._servers.all()]}

    async def _metrics(self, params: Json) -> Json:
        return {"prometheus": await self._servers.metrics(reading.config_path(params))}

    def _message(self, served: Served) -> Json:
        return served.to_message(self._session.uris.uri, agent_id_of(self._session, served))
