"""A small editor for tests: starts the real server and speaks LSP with it over stdio.

Every message of the server is checked as it comes: against `lsprotocol` when it is LSP's, against
`schemas/protocol.schema.json` when it is ours. Waiting always has a limit.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from lsprotocol import converters, types

from lsp.protocol_schema import check_message, check_result

REPOSITORY = Path(__file__).resolve().parents[2]
LAUNCH = REPOSITORY / "server" / "launch.py"
LIMIT_S = 120.0
Json = dict[str, Any]

PULL: Json = {
    "textDocument": {
        "diagnostic": {"relatedDocumentSupport": False, "relatedInformation": True},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix"]}}},
        "publishDiagnostics": {"relatedInformation": True},
    },
    "workspace": {
        "configuration": True,
        "diagnostics": {"refreshSupport": True},
        "codeLens": {"refreshSupport": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "didChangeConfiguration": {"dynamicRegistration": True},
        "workspaceEdit": {"documentChanges": True},
    },
    "window": {"workDoneProgress": True},
}
PUSH: Json = {"textDocument": {"publishDiagnostics": {"relatedInformation": True}}}
SHELL: Json = {**PULL, "experimental": {"runagent": {"version": 1}}}


class RefusedError(Exception):
    """The server answered a request with an error."""

    def __init__(self, error: Json) -> None:
        super().__init__(f"{error['code']}: {error['message']}")
        self.code: int = error["code"]
        self.message: str = error["message"]


class Editor:
    """One client and its server process."""

    def __init__(
        self,
        folders: Iterable[Path] = (),
        capabilities: Json | None = None,
        settings: Json | None = None,
        environment: dict[str, str] | None = None,
        command: list[str] | None = None,
    ) -> None:
        self.process = subprocess.Popen(
            command or [sys.executable, str(LAUNCH)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "RUNAGENT_LS_HISTORY": "off", **(environment or {})},
        )
        self.folders = list(folders)
        self.capabilities = PULL if capabilities is None else capabilities
        self.settings: Json = settings or {}
        self.messages: list[Json] = []
        """Notifications and requests of the server, in order."""
        self.acknowledges = True
        self.chooses: str | None = None
        """The button that is pressed when the server asks something; None closes the question."""
        self.on_output: Callable[[Json], None] | None = None
        self.stderr = b""
        self._answers: dict[int, Json] = {}
        self._methods: dict[int, str] = {}
        self._arrived = threading.Condition()
        self._faults: list[Exception] = []
        self._last_id = 0
        self._closed = False
        self._writing = threading.Lock()
        self._converter: Any = converters.get_converter()
        self._readers = [
            threading.Thread(target=self._read, daemon=True),
            threading.Thread(target=self._read_stderr, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    # --- sending --------------------------------------------------------------------------

    def start(self, **more: object) -> Json:
        """Initialize and tell so; gives the result of `initialize`."""
        folders = [{"uri": path.as_uri(), "name": path.name} for path in self.folders]
        params = {
            "processId": os.getpid(),
            "rootUri": None,
            "capabilities": self.capabilities,
            "workspaceFolders": folders,
            **more,
        }
        result: Json = self.request("initialize", params)
        self.notify("initialized", {})
        return result

    def send(self, message: Json) -> None:
        self.send_bytes(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def send_bytes(self, *bodies: bytes) -> None:
        """Send bodies, each with its header, in one write."""
        data = b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in bodies)
        assert self.process.stdin is not None
        with self._writing:
            self.process.stdin.write(data)
            self.process.stdin.flush()

    def notify(self, method: str, params: object) -> None:
        self.send({"method": method, "params": params})

    def begin(self, method: str, params: object) -> int:
        """Send a request without waiting; gives its id for `answer`."""
        self._last_id += 1
        self._methods[self._last_id] = method
        self.send({"id": self._last_id, "method": method, "params": params})
        return self._last_id

    def expect(self, request_id: int, method: str) -> None:
        """Say that a request of this id will be sent as bytes, so that its answer is checked."""
        self._methods[request_id] = method

    def answer(self, request_id: int, limit: float = LIMIT_S) -> Any:
        """Wait for the answer of a request begun before."""
        self._wait(lambda: request_id in self._answers, f"answer to {request_id}", limit)
        answer = self._answers[request_id]
        if "error" in answer:
            raise RefusedError(answer["error"])
        return answer["result"]

    @property
    def answered(self) -> list[int]:
        """Ids of the requests that were answered, in the order of the answers."""
        with self._arrived:
            return list(self._answers)

    def request(self, method: str, params: object, limit: float = LIMIT_S) -> Any:
        return self.answer(self.begin(method, params), limit)

    # --- documents ------------------------------------------------------------------------

    def open(self, path: Path, text: str | None = None, language: str = "json") -> str:
        uri = path.as_uri()
        text = path.read_text("utf-8") if text is None else text
        document = {"uri": uri, "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": document})
        return uri

    def change(self, uri: str, text: str, version: int = 2) -> None:
        document = {"uri": uri, "version": version}
        changes = [{"text": text}]
        self.notify("textDocument/didChange", {"textDocument": document, "contentChanges": changes})

    def close_document(self, uri: str) -> None:
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def pull(self, uri: str, previous: str | None = None) -> Json:
        params: Json = {"textDocument": {"uri": uri}}
        if previous is not None:
            params["previousResultId"] = previous
        report: Json = self.request("textDocument/diagnostic", params)
        return report

    def pull_all(self, previous: dict[str, str] | None = None) -> dict[str, Json]:
        """Workspace diagnostics by URI."""
        ids = [{"uri": uri, "value": value} for uri, value in (previous or {}).items()]
        report = self.request("workspace/diagnostic", {"previousResultIds": ids})
        return {item["uri"]: item for item in report["items"]}

    def files_changed(self, *changes: tuple[Path, int]) -> None:
        """Tell of created (1), changed (2) or deleted (3) files."""
        events = [{"uri": path.as_uri(), "type": kind} for path, kind in changes]
        self.notify("workspace/didChangeWatchedFiles", {"changes": events})

    # --- receiving ------------------------------------------------------------------------

    def of(self, method: str) -> list[Json]:
        """Parameters of all messages of this method so far."""
        with self._arrived:
            return [it.get("params") or {} for it in self.messages if it["method"] == method]

    def wait_for(
        self, method: str, wanted: Callable[[Json], bool] = lambda _: True, limit: float = LIMIT_S
    ) -> Json:
        """Wait for a message of this method that is as wanted; gives its parameters."""
        found: list[Json] = []

        def look() -> bool:
            found[:] = [
                params
                for message in self.messages
                if message["method"] == method and wanted(params := message.get("params") or {})
            ]
            return bool(found)

        self._wait(look, method, limit)
        return found[0]

    def published(self, uri: str, wanted: Callable[[list[Json]], bool]) -> list[Json]:
        """Wait until the newest published diagnostics of a file are as wanted."""
        newest: list[list[Json]] = [[]]

        def look() -> bool:
            of_uri = [
                message["params"]["diagnostics"]
                for message in self.messages
                if message["method"] == "textDocument/publishDiagnostics"
                and message["params"]["uri"] == uri
            ]
            newest[0] = of_uri[-1] if of_uri else []
            return bool(of_uri) and wanted(newest[0])

        self._wait(look, f"diagnostics of {uri}", LIMIT_S)
        return newest[0]

    def until(self, wanted: Callable[[], bool], what: str, limit: float = LIMIT_S) -> None:
        """Ask again and again until `wanted` holds, for states that no message announces."""
        deadline = time.monotonic() + limit
        while not wanted():
            if time.monotonic() > deadline:
                raise AssertionError(f"{what}: not within {limit} s")
            time.sleep(0.01)

    def _wait(self, wanted: Callable[[], bool], what: str, limit: float) -> None:
        with self._arrived:
            fine = self._arrived.wait_for(
                lambda: bool(self._faults) or wanted() or self.process.poll() is not None, limit
            )
            if self._faults:
                raise self._faults[0]
            if not wanted():
                state = "the server ended" if fine else f"nothing within {limit} s"
                stderr = self.stderr.decode(errors="replace")
                newest = "\n".join(str(message)[:2000] for message in self.messages[-30:])
                raise AssertionError(
                    f"{what}: {state}\nstderr: {stderr}\nnewest messages:\n{newest}"
                )

    def _read(self) -> None:
        try:
            while (body := self._read_body()) is not None:
                self._take(json.loads(body))
        except Exception as fault:
            self._fault(fault)
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(30)  # it closed its output, so it is about to end
        with self._arrived:
            self._arrived.notify_all()

    def _read_body(self) -> bytes | None:
        stream = self.process.stdout
        assert stream is not None
        length = None
        while line := stream.readline():
            if line == b"\r\n":
                assert length is not None, "a message without Content-Length"
                return stream.read(length)
            name, _, value = line.partition(b":")
            assert line.endswith(b"\r\n") and value, f"not a header: {line!r}"
            if name.lower() == b"content-length":
                length = int(value)
        return None

    def _take(self, message: Json) -> None:
        method = message.get("method")
        if method is None:
            self._check_answer(message)
            with self._arrived:
                if message["id"] is not None:
                    self._answers[message["id"]] = message
                else:
                    self.messages.append({"method": "", "params": message["error"]})
                self._arrived.notify_all()
            return
        self._check(message)
        if "id" in message:
            self.send({"id": message["id"], "result": self._own_answer(message)})
        if method == "runagent/output":
            if self.on_output is not None:
                self.on_output(message["params"])
            if self.acknowledges:
                known = {name: message["params"][name] for name in ("runId", "seq")}
                self.notify("runagent/outputAck", known)
        with self._arrived:
            self.messages.append(message)
            self._arrived.notify_all()

    def _own_answer(self, message: Json) -> object:
        if message["method"] == "window/showMessageRequest":
            actions = message["params"]["actions"]
            return next((it for it in actions if it["title"] == self.chooses), None)
        if message["method"] != "workspace/configuration":
            return None
        scoped: Json = self.settings.get("by folder", {})
        return [
            scoped.get(item.get("scopeUri"), self.settings.get(item["section"]))
            for item in message["params"]["items"]
        ]

    def _check(self, message: Json) -> None:
        """A message of the server must be what its protocol says; raises otherwise."""
        method = message["method"]
        if method.startswith("runagent/"):
            check_message(method, message.get("params"))
            return
        known = types.METHOD_TO_TYPES[method][0]
        self._converter.structure(message, known)

    def _check_answer(self, message: Json) -> None:
        assert ("result" in message) != ("error" in message), message
        method = self._methods.get(message["id"] or 0)
        if method is None or "error" in message:
            return
        if method.startswith("runagent/"):
            check_result(method, message["result"])
        elif method not in ("workspace/executeCommand", "initialize", "textDocument/codeAction"):
            known = types.METHOD_TO_TYPES[method][1]
            self._converter.structure(message, known)

    def _fault(self, fault: Exception) -> None:
        with self._arrived:
            self._faults.append(fault)
            self._arrived.notify_all()

    def _read_stderr(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.stderr += line

    # --- the end --------------------------------------------------------------------------

    def stop(self, limit: float = LIMIT_S) -> int:
        """Shut the server down as LSP wants it; its exit code."""
        self.request("shutdown", None)
        self.send({"method": "exit"})
        code = self.process.wait(limit)
        self.kill()
        return code

    def kill(self) -> None:
        """End the server whatever it does, and close what it leaves."""
        if self._closed:
            return
        self._closed = True
        self.process.kill()
        self.process.wait()
        for reader in self._readers:
            reader.join(5)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
