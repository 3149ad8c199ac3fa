"""Without arguments the command is the language server."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from run_cli import COMMAND, LIMIT_S, Cli, environment


def message(**content: object) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **content}).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


CONVERSATION = (
    message(id=1, method="initialize", params={"processId": None, "rootUri": None})
    + message(method="initialized", params={})
    + message(id=2, method="shutdown")
    + message(method="exit")
)


@pytest.mark.parametrize("arguments", [(), ("--stdio",)])
def test_it_speaks_to_an_editor(cli: Cli, arguments: tuple[str, ...]) -> None:
    done = cli(*arguments, stdin=CONVERSATION)
    assert done.code == 0
    assert '"capabilities"' in done.out
    assert done.err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of this kind are POSIX")
def test_a_person_at_a_terminal_is_told(tmp_path: Path) -> None:
    import pty

    ours, theirs = pty.openpty()
    with subprocess.Popen(
        COMMAND,
        cwd=tmp_path,
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(),
    ) as process:
        os.close(theirs)
        assert process.stderr is not None
        try:
            assert b"waiting for an editor" in process.stderr.readline()
        finally:
            os.close(ours)
            process.kill()
        process.wait(LIMIT_S)
