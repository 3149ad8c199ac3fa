"""What the front takes from uvicorn beyond its documentation is still there."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import Server, ServerState

from runagent_ls.serve.front.connections import HttpConnection

OVERRIDDEN = [
    (H11Protocol.connection_made, ["transport"]),
    (H11Protocol.connection_lost, ["exc"]),
    (H11Protocol.data_received, ["data"]),
    (H11Protocol.on_response_complete, []),
    (H11Protocol.send_400_response, ["msg"]),
    (H11Protocol.timeout_keep_alive_handler, []),
    (H11Protocol.pause_writing, []),
    (H11Protocol.resume_writing, []),
    (H11Protocol._should_upgrade_to_ws, []),
    (H11Protocol.handle_websocket_upgrade, ["event"]),
    (Server.capture_signals, []),
    (Server.main_loop, []),
    (Server.on_tick, ["counter"]),
]
SET = {"config", "conn", "connections", "flow", "headers", "loop", "server_state"}
SET |= {"timeout_keep_alive", "transport"}


def moved(what: str) -> str:
    return (
        f"uvicorn {uvicorn.__version__} has {what}, which serve/front relies on: read its"
        " h11_impl.py and server.py again, adapt connections.py and server.py, and then this test"
        " and the versions in pyproject.toml"
    )


@pytest.mark.parametrize(
    ("method", "parameters"), OVERRIDDEN, ids=[method.__qualname__ for method, _ in OVERRIDDEN]
)
def test_overridden_methods_are_called_as_before(
    method: Callable[..., Any], parameters: list[str]
) -> None:
    has = list(inspect.signature(method).parameters)[1:]
    assert has == parameters, moved(f"{method.__qualname__}{has} instead of {parameters}")


def test_attributes_are_set_as_before() -> None:
    tree = ast.parse(textwrap.dedent(inspect.getsource(H11Protocol.__init__)))
    own = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    assert own >= SET, moved(f"no {sorted(SET - own)} in a connection")
    state = vars(ServerState())
    assert {"connections", "tasks"} <= set(state), moved("no connections or tasks in its state")
    assert hasattr(FlowControl, "pause_writing"), moved("no flow control")
    assert "write_paused" in inspect.getsource(FlowControl.__init__), moved("no `write_paused`")


def test_only_listed_methods_are_overridden() -> None:
    ours = {name for name in vars(HttpConnection) if name in vars(H11Protocol)}
    listed = {method.__name__ for method, _ in OVERRIDDEN}
    assert ours - {"__module__", "__doc__", "__init__"} <= listed


def test_the_upgrade_hook_is_asked() -> None:
    source = inspect.getsource(H11Protocol)
    assert "self._should_upgrade_to_ws()" in source, moved("another way to WebSockets")
    assert "self.handle_websocket_upgrade(event)" in source, moved("another way to WebSockets")
    assert "transport=self.transport" in source, moved("answers that pass our transport by")
