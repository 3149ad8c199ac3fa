"""What an agent lacks is installed from any editor, by one command, when somebody agrees."""

from __future__ import annotations

import shlex
import socket
import venv
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lsp.editor import PULL, SHELL, Editor, RefusedError
from lsp.served import environment, write_agent

MakeEditor = Callable[..., Editor]
Json = dict[str, Any]

MAIN = """import lacking_thing

def greet():
    return lacking_thing.WORD
"""


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one wheel."""
    folder = tmp_path_factory.mktemp("packages")
    info = "lacking_thing-1.0.dist-info"
    with zipfile.ZipFile(folder / "lacking_thing-1.0-py3-none-any.whl", "w") as wheel:
        wheel.writestr("lacking_thing.py", "WORD = 'installed'\n")
        wheel.writestr(
            f"{info}/METADATA", "Metadata-Version: 2.1\nName: lacking-thing\nVersion: 1.0\n"
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")
    return folder


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """An agent that lacks something, whose Python has no pip."""
    config = write_agent(tmp_path / "agent", MAIN, greet="greet")
    venv.create(config.parent / ".venv", symlinks=True)
    return config


@pytest.fixture
def config(bare: Path) -> Path:
    """The same with pip."""
    venv.create(bare.parent / ".venv", symlinks=True, with_pip=True)
    return bare


def opened(editors: MakeEditor, folder: Path, capabilities: Json = PULL, **more: str) -> Editor:
    offline = {"PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", **more}
    editor = editors([folder], capabilities, environment=environment(folder) | offline)
    editor.start()
    return editor


def execute(editor: Editor, name: str, config: Path, **more: object) -> Json:
    argument = {"configUri": config.as_uri(), **more}
    params = {"command": name, "arguments": [argument]}
    result: Json = editor.request("workspace/executeCommand", params)
    return result


def actions(editor: Editor, path: Path) -> list[Json]:
    uri = path.as_uri()
    begin = {"line": 0, "character": 0}
    params = {
        "textDocument": {"uri": uri},
        "range": {"start": begin, "end": begin},
        "context": {"diagnostics": []},
    }
    found: list[Json] = editor.request("textDocument/codeAction", params)
    return found


def asked(editor: Editor) -> list[str]:
    return [it["message"] for it in editor.of("window/showMessageRequest")]


def test_a_quick_fix_installs_the_package_and_loads_the_agent(
    editors: MakeEditor, config: Path, tmp_path: Path, packages: Path
) -> None:
    editor = opened(editors, tmp_path, PIP_FIND_LINKS=str(packages))
    main = config.parent / "main.py"
    uri = editor.open(main, language="python")
    failed = execute(editor, "runagent.serve.start", config)
    assert failed["failure"]["exception"] == "ModuleNotFoundError"
    editor.until(lambda: actions(editor, main) != [], "the fix is offered")
    (action,) = actions(editor, main)
    words = [failed["interpreter"], "-m", "pip", "install", "lacking-thing"]
    assert action["title"] == f"Install lacking_thing with {shlex.join(words)}"
    assert action["diagnostics"][0]["code"] == "RA420"
    command = {name: action["command"][name] for name in ("command", "arguments")}

    declined = editor.request("workspace/executeCommand", command)
    assert declined == {"state": "declined", "command": words}
    assert asked(editor) == [f"Run this for agent? {shlex.join(words)}"]
    assert not list((config.parent / ".venv").rglob("lacking_thing*"))

    editor.chooses = "Run"
    done = editor.request("workspace/executeCommand", {**command, "workDoneToken": "mine"})
    assert done == {"state": "installed", "command": words, "exitCode": 0}
    kinds = [it["value"]["kind"] for it in editor.of("$/progress") if it["token"] == "mine"]
    assert (kinds[0], kinds[-1]) == ("begin", "end")
    logged = "".join(it["message"] for it in editor.of("window/logMessage"))
    assert "Successfully installed lacking-thing-1.0" in logged
    outcome = execute(editor, "runagent.run", config, tag="greet", serve=False)
    assert outcome["value"] == "installed", "the agent is served by now"
    editor.until(lambda: editor.pull(uri)["items"] == [], "the finding goes")
    assert actions(editor, main) == []


def test_an_agent_that_goes_on_with_old_code_is_loaded_again(
    editors: MakeEditor, config: Path, tmp_path: Path, packages: Path
) -> None:
    editor = opened(editors, tmp_path, PIP_FIND_LINKS=str(packages))
    main = config.parent / "main.py"
    main.write_text("def greet():\n    return 'old'\n")
    served = execute(editor, "runagent.serve.start", config)
    main.write_text(MAIN)
    editor.wait_for(
        "window/showMessage", lambda it: "goes on with the code of before" in it["message"]
    )
    (config.parent / "requirements.txt").write_text("lacking_thing==1.0\n")
    editor.chooses = "Run"
    done = execute(editor, "runagent.installRequirements", config)
    assert done["command"][-2:] == ["-r", str(config.parent / "requirements.txt")]

    def value() -> object:
        return execute(editor, "runagent.run", config, tag="greet")["value"]

    editor.until(lambda: value() == "installed", "the new code answers")
    again = execute(editor, "runagent.serve.start", config)
    assert again["pid"] == served["pid"]
    assert execute(editor, "runagent.installRequirements", config)["state"] == "nothing-missing"


def test_an_installer_that_fails_says_why(
    editors: MakeEditor, config: Path, tmp_path: Path
) -> None:
    editor = opened(editors, tmp_path)
    editor.chooses = "Run"
    failed = execute(editor, "runagent.installRequirements", config, module="lacking_thing")
    assert (failed["state"], failed["exitCode"]) == ("failed", 1)
    (shown,) = editor.of("window/showMessage")
    assert shown["type"] == 1 and "No matching distribution found" in shown["message"]


@pytest.fixture
def silent_index() -> Iterator[socket.socket]:
    """A package index that takes a question and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(60)
        yield listening


@pytest.mark.parametrize("way", ["progress", "request", "exit"])
def test_installing_ends_when_nobody_wants_it(
    editors: MakeEditor, config: Path, tmp_path: Path, silent_index: socket.socket, way: str
) -> None:
    index = f"http://127.0.0.1:{silent_index.getsockname()[1]}/"
    more = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": index, "NO_PROXY": "127.0.0.1"}
    editor = opened(editors, tmp_path, PULL, **more)
    editor.chooses = "Run"
    argument = {"configUri": config.as_uri(), "module": "lacking_thing"}
    params: Json = {"command": "runagent.installRequirements", "arguments": [argument]}
    request = editor.begin("workspace/executeCommand", {**params, "workDoneToken": "mine"})
    connection, _ = silent_index.accept()
    with connection:
        connection.settimeout(60)
        with pytest.raises(RefusedError, match="being installed for agent already"):
            editor.request("workspace/executeCommand", params)
        if way == "progress":
            editor.notify("window/workDoneProgress/cancel", {"token": "mine"})
            assert editor.answer(request)["state"] == "cancelled"
        elif way == "request":
            editor.notify("$/cancelRequest", {"id": request})
            with pytest.raises(RefusedError) as refused:
                editor.answer(request)
            assert refused.value.code == -32800
        else:
            assert editor.stop() == 0
        while connection.recv(4096):
            pass  # until its process is gone


def test_the_shell_has_a_terminal_for_it(editors: MakeEditor, bare: Path, tmp_path: Path) -> None:
    editor = opened(editors, tmp_path, SHELL)
    main = bare.parent / "main.py"
    uri = editor.open(main, language="python")
    editor.request("runagent/serve/start", {"configUri": bare.as_uri()})
    codes = [it["code"] for it in editor.pull(uri)["items"]]
    assert "RA420" in codes
    assert [it["title"] for it in actions(editor, main)] == ["Turn the rule missing-dependency off"]


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ({"configUri": "untitled:x"}, "configUri"),
        ({"module": 5}, "module"),
        ({"module": ""}, "module"),
        ({"module": "json"}, "part of Python"),
    ],
)
def test_what_cannot_be_installed_is_refused(
    editors: MakeEditor, bare: Path, tmp_path: Path, argument: Json, said: str
) -> None:
    editor = opened(editors, tmp_path)
    with pytest.raises(RefusedError, match=said):
        execute(editor, "runagent.installRequirements", bare, **argument)
    assert asked(editor) == []
