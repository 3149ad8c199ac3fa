"""Agents served by the language server: start, use, end."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
import venv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lsp.editor import PULL, SHELL, Editor, RefusedError
from lsp.served import (
    MAIN,
    TAGS,
    environment,
    events,
    is_gone,
    processes,
    run,
    run_params,
    start,
    states,
    write_agent,
)

MakeEditor = Callable[..., Editor]
Json = dict[str, Any]

HANGS = """
import os, time
from pathlib import Path

here = Path(__file__).parent
(here / "importing").write_text(str(os.getpid()))
while not (here / "gate").exists():
    time.sleep(0.01)

def greet():
    return "hello"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write_agent(tmp_path / "agent")


@pytest.fixture
def shell(editors: MakeEditor, tmp_path: Path) -> Editor:
    editor = editors([tmp_path], SHELL, environment=environment(tmp_path))
    editor.start()
    return editor


# --- start ----------------------------------------------------------------------------------


def test_an_agent_is_served_and_stopped(shell: Editor, config: Path) -> None:
    status = start(shell, config)
    assert (status["state"], status["own"], status["registered"]) == ("ready", True, False)
    assert status["address"] == f"127.0.0.1:{status['port']}"
    assert status["interpreter"] == sys.executable
    assert [it["tag"] for it in status["entrypoints"]] == list(TAGS)
    greet = status["entrypoints"][0]
    assert (greet["exists"], greet["kind"], greet["line"]) == (True, "function", 6)
    assert greet["uri"] == (config.parent / "main.py").as_uri()
    assert states(shell) == ["starting", "ready"]
    assert [it["step"]["step"] for it in events(shell, "step")][-1] == "ready"
    assert shell.request("runagent/serve/status", {})["servers"] == [status]
    stopped = shell.request("runagent/serve/stop", {"configUri": config.as_uri()})
    assert stopped["state"] == "stopped" and "port" not in stopped
    assert all(map(is_gone, processes(status)))
    assert states(shell) == ["starting", "ready", "stopping", "stopped"]
    with pytest.raises(RefusedError, match="agent is not served") as refused:
        shell.request("runagent/serve/stop", {"configUri": config.as_uri()})
    assert refused.value.code == -32803


def test_a_run_from_cold_serves_first(shell: Editor, config: Path) -> None:
    outcome = run(shell, config, "greet", kwargs={"name": "Ada"})
    assert (outcome["state"], outcome["value"]) == ("completed", "hello Ada")
    assert outcome["target"]["source"] == "served"
    told = shell.of("runagent/runState")
    assert [it["state"] for it in told if it["state"] != "serving"] == [
        "resolving",
        "connecting",
        "running",
    ]
    steps = [it["message"] for it in told if it["state"] == "serving"]
    assert len(steps) > 1 and all(steps)
    (server,) = shell.request("runagent/serve/status", {})["servers"]
    again = run(shell, config, "count_stream", runId="again", kwargs={"n": 4})
    assert (again["state"], again["chunks"]) == ("completed", 4)
    assert shell.request("runagent/serve/status", {})["servers"][0]["pid"] == server["pid"]
    assert not [it for it in shell.of("runagent/runState")[len(told) :] if "message" in it]


def test_a_start_takes_longer_than_the_run_may(shell: Editor, tmp_path: Path) -> None:
    """The limit is the function's: agents that are slow to import could never be run."""
    config = write_agent(tmp_path / "slow", HANGS, greet="greet")
    params = run_params(config, "greet", timeouts={"total": 5.0})
    running = shell.begin("runagent/run", params)
    importing(shell, config)
    begin = time.monotonic()
    shell.until(lambda: time.monotonic() > begin + 5.0, "more than the limit has gone by")
    (config.parent / "gate").write_text("")
    assert shell.answer(running)["value"] == "hello"


def test_nothing_is_served_unless_that_is_asked_for(shell: Editor, config: Path) -> None:
    params = run_params(config, "greet")
    del params["serve"]
    outcome = shell.request("runagent/run", params)
    assert outcome["error"]["code"] == "AGENT_ADDRESS_NOT_FOUND"
    assert shell.request("runagent/serve/status", {}) == {"servers": []}
    assert shell.of("runagent/serve/event") == []


def test_ten_clicks_at_once_start_one_server(shell: Editor, config: Path) -> None:
    requests = [
        shell.begin("runagent/run", run_params(config, "greet", runId=f"r{number}"))
        for number in range(5)
    ]
    asked = {"configUri": config.as_uri(), "interpreter": sys.executable}
    starts = [shell.begin("runagent/serve/start", asked) for _ in range(5)]
    assert {shell.answer(it)["state"] for it in requests} == {"completed"}
    assert len({shell.answer(it)["pid"] for it in starts}) == 1
    assert states(shell) == ["starting", "ready"]


def test_a_function_that_raises_says_on_which_line(shell: Editor, config: Path) -> None:
    main = config.parent / "main.py"
    main.write_text(MAIN + "\n\ndef greet(name='you'):\n    return name.missing\n")
    called = run(shell, config, "greet")
    streamed = run(shell, config, "fail_stream", kwargs={"steps": 2})
    for outcome, text in ((called, "return name.missing"), (streamed, "raise ValueError")):
        assert outcome["state"] == "failed"
        frame = outcome["error"]["frames"][-1]
        assert frame["uri"] == main.as_uri() and frame["text"].startswith(text)
        assert main.read_text().split("\n")[frame["line"]].strip() == frame["text"]
    assert streamed["chunks"] == 2


def test_a_configuration_that_keeps_an_agent_from_starting_leads_to_its_problems(
    shell: Editor, config: Path
) -> None:
    config.write_text(config.read_text("utf-8").replace('"main.py"', "7", 1), "utf-8")
    error = run(shell, config, "count_stream")["error"]
    assert (error["code"], error["action"]) == ("VALIDATION_ERROR", "show-problems")
    assert "runagent.config.json" in error["suggestion"]
    assert error["frames"][-1]["uri"] == config.as_uri()
    assert "runagent-ls" not in str(error)


def test_an_import_that_keeps_an_agent_from_starting_leads_to_its_log(
    shell: Editor, config: Path
) -> None:
    (config.parent / "main.py").write_text("raise RuntimeError('no luck')\n", "utf-8")
    error = run(shell, config, "greet")["error"]
    assert error["action"] == "show-logs"


def test_prints_are_told_with_their_run(shell: Editor, config: Path) -> None:
    run(shell, config, "greet", runId="mine", kwargs={"name": "Ada"})

    def lines() -> list[Json]:
        return [line for it in events(shell, "log") for line in it["lines"]]

    shell.until(lambda: any("greeting Ada" in it["text"] for it in lines()), "the print is told")
    (line,) = [it for it in lines() if "greeting Ada" in it["text"]]
    assert (line["runId"], line["stream"]) == ("mine", "stdout")


def test_a_wanted_port_is_taken(shell: Editor, config: Path, free_port: int) -> None:
    first = start(shell, config, port=free_port)
    assert first["port"] == free_port
    params = {"configUri": config.as_uri()}
    again = shell.request("runagent/serve/restart", params)
    assert again["port"] == free_port and again["pid"] != first["pid"]
    assert again["interpreter"] == sys.executable
    assert all(map(is_gone, processes(first)))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"configUri": 5}, "configUri"),
        ({"configUri": "untitled:x"}, "configUri"),
        ({"port": 0}, "port"),
        ({"port": "80"}, "port"),
        ({"interpreter": ""}, "interpreter"),
        ({"debug": True}, "debug"),
        ({"debug": {"debugpyPath": 5}}, "debug.debugpyPath"),
        ({"register": "yes"}, "register"),
    ],
)
def test_parameters_of_the_wrong_shape_are_refused_by_name(
    shell: Editor, config: Path, changes: Json, named: str
) -> None:
    for method in ("runagent/serve/start", "runagent/serve/restart"):
        with pytest.raises(RefusedError, match=named) as refused:
            shell.request(method, {"configUri": config.as_uri(), **changes})
        assert refused.value.code == -32602
    assert shell.of("runagent/serve/event") == []


# --- cancel ---------------------------------------------------------------------------------


def importing(shell: Editor, config: Path) -> int:
    """The process that is importing the agent, once it is."""
    marker = config.parent / "importing"
    shell.until(lambda: marker.exists() and marker.read_text() != "", "the agent is imported")
    return int(marker.read_text())


def test_the_last_who_waits_ends_the_start(shell: Editor, tmp_path: Path) -> None:
    config = write_agent(tmp_path / "slow", HANGS, greet="greet")
    asked = {"configUri": config.as_uri(), "interpreter": sys.executable}
    first = shell.begin("runagent/serve/start", asked)
    second = shell.begin("runagent/run", run_params(config, "greet"))
    worker = importing(shell, config)
    shell.notify("$/cancelRequest", {"id": first})
    with pytest.raises(RefusedError) as refused:
        shell.answer(first)
    assert refused.value.code == -32800
    assert not is_gone(worker)
    assert shell.request("runagent/cancel", {"runId": "r-greet"})["stopped"] is True
    assert shell.answer(second)["state"] == "cancelled"
    shell.until(lambda: is_gone(worker), "the start has ended")
    shell.until(lambda: states(shell)[-1] == "stopped", "that is told")


def test_a_start_goes_on_for_who_still_waits(shell: Editor, tmp_path: Path) -> None:
    config = write_agent(tmp_path / "slow", HANGS, greet="greet")
    first = shell.begin("runagent/run", run_params(config, "greet", runId="first"))
    second = shell.begin("runagent/run", run_params(config, "greet", runId="second"))
    importing(shell, config)
    shell.request("runagent/cancel", {"runId": "first"})
    (config.parent / "gate").write_text("")
    assert shell.answer(first)["state"] == "cancelled"
    assert shell.answer(second)["value"] == "hello"


def test_a_start_can_be_stopped(shell: Editor, tmp_path: Path) -> None:
    config = write_agent(tmp_path / "slow", HANGS, greet="greet")
    running = shell.begin("runagent/run", run_params(config, "greet"))
    worker = importing(shell, config)
    assert (
        shell.request("runagent/serve/stop", {"configUri": config.as_uri()})["state"] == "stopped"
    )
    assert is_gone(worker)
    error = shell.answer(running)["error"]
    assert "its start was stopped" in error["message"]


# --- the end --------------------------------------------------------------------------------


def exit_at_once(editor: Editor) -> None:
    editor.send({"method": "exit"})


def close_input(editor: Editor) -> None:
    assert editor.process.stdin is not None
    editor.process.stdin.close()


@pytest.mark.parametrize(
    "end",
    [
        lambda editor: editor.stop(),
        exit_at_once,
        close_input,
        lambda editor: editor.process.terminate(),
        lambda editor: editor.process.kill(),
    ],
    ids=["shutdown", "exit", "end of input", "SIGTERM", "SIGKILL"],
)
def test_servers_end_with_the_language_server(
    shell: Editor, config: Path, tmp_path: Path, end: Callable[[Editor], object]
) -> None:
    status = start(shell, config)
    kwargs = {"marker": str(tmp_path / "spins")}
    shell.begin("runagent/run", run_params(config, "spin", kwargs=kwargs))
    shell.until((tmp_path / "spins.begun").exists, "a function runs")
    end(shell)
    shell.process.wait(60)
    shell.until(lambda: all(map(is_gone, processes(status))), "no process is left")
    shell.until(lambda: not list((tmp_path / "state").glob("servers/*")), "no record is left")


@pytest.mark.parametrize("killed", [False, True])
def test_a_start_ends_with_the_language_server(shell: Editor, tmp_path: Path, killed: bool) -> None:
    config = write_agent(tmp_path / "slow", HANGS, greet="greet")
    shell.begin("runagent/serve/start", {"configUri": config.as_uri()})
    worker = importing(shell, config)
    if killed:
        shell.process.kill()
        shell.process.wait(60)
    else:
        assert shell.stop() == 0
    shell.until(lambda: is_gone(worker), "no process is left")


def test_a_server_that_is_killed_is_told_and_started_again(shell: Editor, config: Path) -> None:
    status = start(shell, config)
    os.kill(status["pid"], signal.SIGKILL)
    shell.until(lambda: states(shell)[-1] == "failed", "the end is told")
    shell.until(lambda: is_gone(status["workerPid"]), "its worker ends too")
    failure = events(shell, "status")[-1]["status"]["failure"]
    assert failure["message"] == "The agent's server ended by signal 9."
    assert run(shell, config, "greet")["state"] == "completed"


def test_a_server_that_does_not_listen_any_more_is_killed(shell: Editor, config: Path) -> None:
    status = start(shell, config)
    os.kill(status["pid"], signal.SIGSTOP)
    assert shell.stop() == 0
    shell.until(lambda: all(map(is_gone, processes(status))), "no process is left")


def test_closing_its_folder_ends_a_server(
    editors: MakeEditor, config: Path, tmp_path: Path
) -> None:
    editor = editors([tmp_path, config.parent], SHELL, environment=environment(tmp_path))
    editor.start()
    status = start(editor, config)

    def close(folder: Path) -> None:
        event = {"added": [], "removed": [{"uri": folder.as_uri(), "name": "x"}]}
        editor.notify("workspace/didChangeWorkspaceFolders", {"event": event})

    close(tmp_path)
    assert run(editor, config, "greet")["target"]["port"] == status["port"]
    close(config.parent)
    editor.until(lambda: all(map(is_gone, processes(status))), "its server has ended")


def test_a_restart_tells_nothing_of_the_old_server_after_the_start_of_the_new(
    shell: Editor, config: Path
) -> None:
    start(shell, config)
    params = {"configUri": config.as_uri(), "interpreter": sys.executable}
    shell.request("runagent/serve/restart", params)
    states = [it["status"]["state"] for it in events(shell, "status")]
    second = len(states) - states[::-1].index("starting")
    assert "stopped" in states[:second]
    assert "stopped" not in states[second:]
    assert states[-1] == "ready"


# --- two editors ----------------------------------------------------------------------------


def test_a_second_editor_uses_the_server_of_the_first(
    editors: MakeEditor, shell: Editor, config: Path, tmp_path: Path
) -> None:
    first = start(shell, config)
    other = editors([tmp_path], SHELL, environment=environment(tmp_path))
    other.start()
    outcome = run(other, config, "greet")
    assert (outcome["state"], outcome["target"]["port"]) == ("completed", first["port"])
    assert other.request("runagent/serve/status", {}) == {"servers": []}
    found = start(other, config)
    assert (found["own"], found["pid"], found["state"]) == (False, first["pid"], "ready")
    assert found["workerPid"] == first["workerPid"]
    assert found["entrypoints"] == first["entrypoints"]
    with pytest.raises(RefusedError, match="another editor or a terminal"):
        other.request("runagent/serve/stop", {"configUri": config.as_uri()})
    assert other.stop() == 0
    assert not is_gone(first["pid"])
    assert run(shell, config, "greet")["state"] == "completed"


def test_stopping_what_somebody_else_serves_tells_who_serves_it(
    editors: MakeEditor, shell: Editor, config: Path, tmp_path: Path
) -> None:
    first = start(shell, config)
    other = editors([tmp_path], SHELL, environment=environment(tmp_path))
    other.start()
    with pytest.raises(RefusedError, match=f"process {first['pid']}"):
        other.request("runagent/serve/stop", {"configUri": config.as_uri()})
    (told,) = events(other, "status")
    assert (told["status"]["own"], told["status"]["pid"]) == (False, first["pid"])
    assert shell.stop() == 0
    with pytest.raises(RefusedError, match="not served by this editor"):
        other.request("runagent/serve/stop", {"configUri": config.as_uri()})
    assert [it["status"]["state"] for it in events(other, "status")] == ["ready", "stopped"]


def test_the_second_editor_serves_when_the_first_has_gone(
    editors: MakeEditor, shell: Editor, config: Path, tmp_path: Path
) -> None:
    first = start(shell, config)
    other = editors([tmp_path], SHELL, environment=environment(tmp_path))
    other.start()
    assert start(other, config)["own"] is False
    assert shell.stop() == 0
    assert run(other, config, "greet")["state"] == "completed"
    (server,) = other.request("runagent/serve/status", {})["servers"]
    assert server["own"] is True and server["pid"] != first["pid"]


# --- other editors --------------------------------------------------------------------------


@pytest.fixture
def plain(editors: MakeEditor, tmp_path: Path) -> Editor:
    settings = {"runagent": {"serve": {"interpreter": sys.executable}}}
    editor = editors([tmp_path], PULL, settings, environment=environment(tmp_path))
    editor.start()
    return editor


def execute(editor: Editor, name: str, config: Path, **more: object) -> Json:
    argument = {"configUri": config.as_uri(), **more}
    params = {"command": name, "arguments": [argument]}
    result: Json = editor.request("workspace/executeCommand", params)
    return result


@pytest.mark.parametrize("wanted", ["env", "env/bin/python", "python3"])
def test_the_setting_names_the_python(
    editors: MakeEditor, config: Path, tmp_path: Path, wanted: str
) -> None:
    venv.create(tmp_path / "env", symlinks=True)
    settings = {"runagent": {"serve": {"interpreter": wanted}}}
    editor = editors([tmp_path], SHELL, settings, environment=environment(tmp_path))
    editor.start()
    status = editor.request("runagent/serve/start", {"configUri": config.as_uri()})
    assert status["state"] == "ready"
    expected = shutil.which(wanted) if wanted == "python3" else str(tmp_path / "env/bin/python")
    assert status["interpreter"] == expected


def test_any_editor_runs_from_cold(plain: Editor, config: Path) -> None:
    asked = {"tag": "greet", "kwargs": {"name": "Ada"}}
    refused = execute(plain, "runagent.run", config, **asked, serve=False)
    assert refused["error"]["code"] == "AGENT_ADDRESS_NOT_FOUND"
    result = execute(plain, "runagent.run", config, **asked)
    assert result["value"] == "hello Ada"
    with pytest.raises(RefusedError, match="serve must be true or false"):
        execute(plain, "runagent.run", config, **asked, serve="yes")
    how = {"interpreter": sys.executable}
    assert execute(plain, "runagent.run", config, **asked, serve=how)["state"] == "completed"
    told = [it["value"].get("message", "") for it in plain.of("$/progress")]
    assert any("Importing" in it for it in told)
    plain.until(
        lambda: any("greeting Ada" in it["message"] for it in plain.of("window/logMessage")),
        "the agent's print is logged",
    )


def test_any_editor_starts_and_stops_an_agent(plain: Editor, config: Path) -> None:
    status = execute(plain, "runagent.serve.start", config)
    assert status["state"] == "ready"
    assert status["interpreter"] == sys.executable
    shown = [it["message"] for it in plain.of("window/showMessage")]
    assert shown == [f"agent is served at {status['address']}."]
    kinds = [it["value"]["kind"] for it in plain.of("$/progress")]
    assert kinds[0] == "begin" and kinds[-1] == "end" and "report" in kinds
    assert execute(plain, "runagent.serve.stop", config)["state"] == "stopped"
    assert all(map(is_gone, processes(status)))


def test_any_editor_is_shown_why_an_agent_does_not_start(plain: Editor, config: Path) -> None:
    (config.parent / "main.py").write_text(MAIN + "\nraise ValueError('no luck')\n")
    status = execute(plain, "runagent.serve.start", config)
    assert status["state"] == "failed"
    (shown,) = plain.of("window/showMessage")
    assert shown["type"] == 1 and "no luck" in shown["message"]
