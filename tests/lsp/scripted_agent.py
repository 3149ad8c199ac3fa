"""An agent's server of our own that answers calls as it is told, one after the other."""

from __future__ import annotations

import http.server
import json
import threading
from typing import Any

Json = dict[str, Any]

BUSY = (503, {"detail": "busy"})
FINE = (200, {"success": True, "data": "done"})


class ScriptedAgent:
    """Serves the agent `agent_id`. Each of `answers` is a status and a body, or None to
    drop the connection; `bodies` are the calls so far."""

    def __init__(self, agent_id: str) -> None:
        self.answers: list[tuple[int, Json] | None] = []
        self.bodies: list[Json] = []
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(200, {"status": "healthy", "agent_id": agent_id})

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                outer.bodies.append(json.loads(self.rfile.read(length)))
                answer = outer.answers.pop(0)
                if answer is not None:
                    self._answer(*answer)

            def _answer(self, status: int, body: Json) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    @property
    def target(self) -> Json:
        return {"port": self._server.server_port}

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
