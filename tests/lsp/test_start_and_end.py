"""How a server starts, refuses to start, and ends; through `launch.py`."""

from __future__ import annotations

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from lsp.conftest import write_project
from lsp.editor import LAUNCH, LIMIT_S, PULL, PUSH, REPOSITORY, SHELL, Editor, RefusedError

MakeEditor = Callable[..., Editor]


def test_initialize_is_answered_before_pygls_is_loaded(tmp_path: Path) -> None:
    """The client gets its answer although everything after it cannot even be imported."""
    server = tmp_path / "server"
    server.mkdir()
    shutil.copy(LAUNCH, server)
    shutil.copytree(REPOSITORY / "server" / "runagent_ls", server / "runagent_ls")
    (server / "runagent_ls" / "lsp" / "connection.py").write_text("raise SystemExit(7)")
    client = Editor(command=[sys.executable, "-I", "-S", str(server / "launch.py")])
    try:
        answer = client.request("initialize", {"processId": None, "capabilities": {}})
        assert answer["serverInfo"]["name"] == "runagent-ls"
        assert client.process.wait(LIMIT_S) == 7
    finally:
        client.kill()


def test_the_start_leaves_heavy_libraries_alone() -> None:
    script = """
        import sys
        import runagent_ls.lsp.connection, runagent_ls.lsp.commands, runagent_ls.lsp.shell
        heavy = ["httpx", "httpcore", "h11", "websockets", "sqlite3", "ruamel", "jsonpath_ng",
                 "docstring_parser", "pathspec", "dotenv", "jsonschema"]
        print([name for name in heavy if name in sys.modules])
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "server")},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_before_initialize_only_the_standard_library_is_loaded() -> None:
    script = """
        import sys
        before = set(sys.modules)
        import runagent_ls.cli.main, runagent_ls.lsp.server
        new = {name.partition(".")[0] for name in set(sys.modules) - before}
        print(sorted(name for name in new
                     if name not in sys.stdlib_module_names and name != "runagent_ls"))
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY / "server")},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_launching_with_libs_beside_it_ignores_the_users_modules(tmp_path: Path) -> None:
    """As in the VSIX: `python -I -S`, the libraries in `libs`, nothing else on the path."""
    server = tmp_path / "server"
    server.mkdir()
    shutil.copy(LAUNCH, server)
    (server / "runagent_ls").symlink_to(REPOSITORY / "server" / "runagent_ls")
    site_packages = next(Path(p) for p in sys.path if p.endswith("site-packages"))
    (server / "libs").symlink_to(site_packages)
    (tmp_path / "schemas").symlink_to(REPOSITORY / "schemas")
    users = tmp_path / "user"
    users.mkdir()
    (users / "lsprotocol.py").write_text("raise SystemExit('the wrong lsprotocol')")
    config = write_project(tmp_path / "agent", framework="langhcain")
    client = Editor(
        [tmp_path / "agent"],
        command=[sys.executable, "-I", "-S", str(server / "launch.py")],
        environment={"PYTHONPATH": str(users)},
    )
    try:
        client.start()
        assert client.pull(client.open(config))["items"]
        assert client.stop() == 0
    finally:
        client.kill()


def test_the_launcher_parses_on_old_pythons() -> None:
    ast.parse(LAUNCH.read_text("utf-8"), feature_version=(3, 4))


def test_a_python_that_is_too_old_is_told_so(tmp_path: Path) -> None:
    launcher = tmp_path / "launch.py"
    text = LAUNCH.read_text("utf-8")
    assert "REQUIRED = (3, 11)" in text
    launcher.write_text(text.replace("REQUIRED = (3, 11)", "REQUIRED = (3, 99)"))
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(launcher)],
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert "Python 3.99 or newer" in done.stderr
    assert "runagent.interpreter" in done.stderr


@pytest.mark.parametrize(("capabilities", "pulls"), [(PULL, True), (PUSH, False), ({}, False)])
def test_diagnostics_are_pulled_or_pushed(
    editors: MakeEditor, capabilities: dict[str, object], pulls: bool
) -> None:
    result = editors(capabilities=capabilities).start()["capabilities"]
    assert ("diagnosticProvider" in result) is pulls
    assert result["textDocumentSync"]["change"] == 1
    assert result["positionEncoding"] == "utf-16"


def test_the_shell_keeps_its_commands_to_itself(editors: MakeEditor) -> None:
    plain = editors(capabilities=PULL).start()["capabilities"]
    shell = editors(capabilities=SHELL).start()["capabilities"]
    commands = [
        "runagent.run",
        "runagent.stream",
        "runagent.batch",
        "runagent.serve.start",
        "runagent.serve.stop",
        "runagent.installRequirements",
    ]
    assert plain["executeCommandProvider"]["commands"] == commands
    assert "executeCommandProvider" not in shell
    assert shell["experimental"] == {"runagent": {"version": 1}}


@pytest.mark.parametrize("params", [None, [], 7, {"capabilities": []}, {"workspaceFolders": 5}])
def test_any_parameters_of_initialize_will_do(editors: MakeEditor, params: object) -> None:
    editor = editors()
    assert "capabilities" in editor.request("initialize", params)
    editor.notify("initialized", {})


def test_requests_before_initialize_are_refused(editors: MakeEditor) -> None:
    editor = editors()
    with pytest.raises(RefusedError) as refused:
        editor.request("textDocument/codeLens", {"textDocument": {"uri": "file:///a"}})
    assert refused.value.code == -32002
    editor.start()


def test_a_second_initialize_is_refused(editors: MakeEditor) -> None:
    editor = editors()
    editor.start()
    with pytest.raises(RefusedError, match="initialized already"):
        editor.request("initialize", {"capabilities": {}})


def test_shutdown_then_exit_ends_with_0(editors: MakeEditor) -> None:
    editor = editors()
    editor.start()
    editor.request("shutdown", None)
    with pytest.raises(RefusedError, match="shutting down"):
        editor.request("textDocument/codeLens", {"textDocument": {"uri": "file:///a"}})
    editor.send({"method": "exit"})
    assert editor.process.wait(LIMIT_S) == 0


@pytest.mark.parametrize("initialized", [False, True])
def test_exit_without_shutdown_ends_with_1(editors: MakeEditor, initialized: bool) -> None:
    editor = editors()
    if initialized:
        editor.start()
    editor.send({"method": "exit"})
    assert editor.process.wait(LIMIT_S) == 1


@pytest.mark.parametrize("initialized", [False, True])
def test_the_end_of_the_input_ends_the_server(editors: MakeEditor, initialized: bool) -> None:
    editor = editors()
    if initialized:
        editor.start()
    assert editor.process.stdin is not None
    editor.process.stdin.close()
    assert editor.process.wait(LIMIT_S) == 1


def test_the_server_ends_when_the_editor_process_dies(editors: MakeEditor) -> None:
    """Although standard input stays open: some editor's helper may have inherited it."""
    parent = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        editor = editors()
        editor.start(processId=parent.pid)
        assert editor.process.poll() is None
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    assert editor.process.wait(LIMIT_S) == 1


def test_a_process_of_another_namespace_is_not_waited_for(editors: MakeEditor) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    editor = editors()
    editor.start(processId=gone.pid)
    assert editor.pull("file:///nowhere.json")["items"] == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b"\xff\xfe", -32700),
        (b"[" * 100_000, -32700),
        (b"[]", -32600),
        (b'"text"', -32600),
        (b'{"id": 1, "method": "shutdown"}', -32600),
    ],
)
@pytest.mark.parametrize("initialized", [False, True])
def test_what_is_no_message_is_answered_and_survived(
    editors: MakeEditor, body: bytes, code: int, initialized: bool
) -> None:
    editor = editors()
    if initialized:
        editor.start()
    editor.send_bytes(body)
    assert editor.wait_for("")["code"] == code
    if not initialized:
        editor.start()
    assert editor.pull("file:///nowhere.json")["items"] == []


def test_a_request_that_is_nested_too_deeply_is_answered(editors: MakeEditor) -> None:
    editor = editors()
    editor.start()
    editor.expect(777, "runagent/run")
    head = b'{"jsonrpc":"2.0","id":777,"method":"runagent/run","params":'
    editor.send_bytes(head + b"[" * 100_000 + b"]" * 100_000 + b"}")
    with pytest.raises(RefusedError, match="nested too deeply"):
        editor.answer(777)
    assert editor.pull("file:///nowhere.json")["items"] == []


@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("textDocument/diagnostic", None),
        ("textDocument/diagnostic", {"textDocument": 5}),
        ("workspace/diagnostic", {"previousResultIds": [3, {"uri": 4}]}),
        ("textDocument/codeLens", []),
        ("textDocument/codeAction", {"textDocument": {"uri": "file:///a"}, "range": "x"}),
    ],
)
def test_malformed_parameters_get_an_empty_answer(
    editor: Editor, method: str, params: object
) -> None:
    assert editor.request(method, params) in ([], {"kind": "full", "items": []}, {"items": []})


def test_malformed_parameters_of_typed_requests_are_refused(editor: Editor) -> None:
    with pytest.raises(RefusedError) as refused:
        editor.request("workspace/executeCommand", {"command": 7})
    assert refused.value.code == -32602
    with pytest.raises(RefusedError) as unknown:
        editor.request("no/suchMethod", {})
    assert unknown.value.code == -32601


def test_malformed_notifications_are_survived(editor: Editor) -> None:
    params: object
    for method in ("didOpen", "didChange", "didClose", "didSave"):
        for params in (None, [], {"textDocument": None}, {"textDocument": {"uri": 5}}):
            editor.notify(f"textDocument/{method}", params)
    editor.notify("textDocument/didChange", {"textDocument": {"uri": "file:///x"}})
    for method in ("didChangeWatchedFiles", "didChangeWorkspaceFolders", "didDeleteFiles"):
        for params in (None, [], {"changes": [1, {}]}, {"event": 3}, {"files": [2]}):
            editor.notify(f"workspace/{method}", params)
    editor.notify("$/cancelRequest", {"id": "never"})
    editor.notify("$/cancelRequest", None)
    editor.notify("no/suchNotification", None)
    assert editor.pull("untitled:Untitled-1") == {"kind": "full", "items": []}


def test_prints_of_any_kind_do_not_break_the_protocol(tmp_path: Path) -> None:
    """Libraries, their C code and child processes print to standard error instead."""
    script = f"""
        import os, subprocess, sys
        sys.path.insert(0, {str(REPOSITORY / "server")!r})
        from runagent_ls.lsp import server, stdio
        claim = stdio.claim
        def loud():
            claimed = claim()
            print("from print")
            os.write(1, b"from C\\n")
            subprocess.run([sys.executable, "-c", "print('from a child', input())"], input=None)
            return claimed
        stdio.claim = loud
        sys.exit(server.main())
    """
    client = Editor(command=[sys.executable, "-c", textwrap.dedent(script)])
    try:
        client.start()
        assert client.stop() == 0
    finally:
        client.kill()
    assert b"from print" in client.stderr
    assert b"from C" in client.stderr
    assert b"EOFError" in client.stderr  # the child found no input to steal


def test_a_message_in_many_pieces_is_understood(editors: MakeEditor) -> None:
    editor = editors()
    stdin = editor.process.stdin
    assert stdin is not None
    body = json.dumps(
        {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {"capabilities": {}}}
    ).encode()
    for byte in b"Content-Length: %d\r\n\r\n%b" % (len(body), body):
        stdin.write(bytes([byte]))
        stdin.flush()
    assert "capabilities" in editor.answer(1)
