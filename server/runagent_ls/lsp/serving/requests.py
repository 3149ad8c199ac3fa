"""`runagent/serve/*` and `runagent/verify`, for the RunAgent shell."""

from __future__ import annotations

from runagent_ls.lsp.jsonrpc import Json, RequestFailedError
from runagent_ls.lsp.messages import reading
from runagent_ls.lsp.messages.serving import read_start
from runagent_ls.lsp.session import Session


class ServeRequests:
    """Starts, stops and tells of served agents."""

    def __init__(self, session: Session) -> None:
        session.on_async("runagent/serve/start", self._start)
        session.on_async("runagent/serve/restart", self._start)
        session.on_async("runagent/serve/stop", self._stop)
        session.on_async("runagent/serve/status", self._status)
        session.on_async("runagent/verify", self._verify)

    async def _start(self, params: Json) -> Json:
        request = read_start(params)
        raise RequestFailedError(f"{request.config_path} cannot be served from here yet")

    async def _stop(self, params: Json) -> Json:
        path = reading.config_path(params)
        raise RequestFailedError(f"{path} is not served by this editor")

    async def _status(self, _params: Json) -> Json:
        return {"servers": []}

    async def _verify(self, params: Json) -> Json:
        request = read_start(params)
        raise RequestFailedError(f"{request.config_path} cannot be verified from here yet")
