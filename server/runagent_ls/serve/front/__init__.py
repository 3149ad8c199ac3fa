"""The platform's REST and WebSocket interface in front of an agent's workers.

    front = build_app(supervisor, FrontContext(...))
    await serve(front, sockets, stopping)

`uvicorn` speaks HTTP; what is asked all the time (a run, the health) is answered without a detour,
all the rest by Starlette, which is imported when something of it is asked for the first time.
"""

from __future__ import annotations

from runagent_ls.serve.front.app import Front, build_app
from runagent_ls.serve.front.context import Agent, FrontContext
from runagent_ls.serve.front.logs import LogLine, RunLogs
from runagent_ls.serve.front.server import serve

__all__ = ["Agent", "Front", "FrontContext", "LogLine", "RunLogs", "build_app", "serve"]
