"""Whatever a client sends about serving is answered: properly, or by a sentence that names it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lsp.editor import SHELL, Editor, RefusedError
from lsp.served import environment, start, write_agent

Json = dict[str, Any]
MakeEditor = Callable[..., Editor]

METHODS = [
    "runagent/serve/start",
    "runagent/serve/stop",
    "runagent/serve/restart",
    "runagent/serve/status",
    "runagent/serve/metrics",
    "runagent/verify",
]
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)
NO_CONFIG = ANYTHING | st.sampled_from(["untitled:x", "file:", "http://a/b", "file://host/%00"])


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serving")


@pytest.fixture(scope="module")
def shell(folder: Path) -> Iterator[Editor]:
    editor = Editor([folder / "open"], SHELL, environment=environment(folder))
    try:
        editor.start()
        yield editor
        assert editor.stop() == 0
        assert b"Traceback" not in editor.stderr, editor.stderr.decode()
    finally:
        editor.kill()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    method=st.sampled_from(METHODS),
    params=st.none()
    | st.fixed_dictionaries(
        {},
        optional=dict.fromkeys(
            ("configUri", "interpreter", "port", "debug", "register"), NO_CONFIG
        ),
    ),
)
def test_wrong_parameters_are_refused_with_a_sentence(
    shell: Editor, method: str, params: Json | None
) -> None:
    if method == "runagent/serve/status":
        assert shell.request(method, params) == {"servers": []}
        return
    with pytest.raises(RefusedError) as refused:
        shell.request(method, params)
    assert refused.value.code == -32602
    assert "must be" in refused.value.message


def test_a_config_outside_of_the_open_folders_is_served(shell: Editor, folder: Path) -> None:
    config = write_agent(folder / "elsewhere")
    status = start(shell, config)
    assert status["state"] == "ready"
    asked = {"configUri": config.as_uri(), "interpreter": sys.executable}
    assert "failure" not in shell.request("runagent/verify", asked)
    assert shell.request("runagent/serve/stop", asked)["state"] == "stopped"


def test_a_config_in_yaml_is_served(shell: Editor, folder: Path) -> None:
    config = write_agent(folder / "yaml")
    renamed = config.with_name("runagent.config.yaml")
    config.rename(renamed)  # JSON is YAML as well
    asked = {"configUri": renamed.as_uri(), "interpreter": sys.executable}
    assert start(shell, renamed)["state"] == "ready"
    assert "failure" not in shell.request("runagent/verify", asked)
    shell.request("runagent/serve/stop", asked)


@pytest.mark.parametrize("name", ["nothing/runagent.config.json", "yaml-less", "open/main.py"])
def test_what_is_no_agent_is_told_in_the_answer(shell: Editor, folder: Path, name: str) -> None:
    asked = {"configUri": (folder / name).as_uri(), "interpreter": sys.executable}
    assert shell.request("runagent/serve/start", asked)["failure"]["message"]
    assert shell.request("runagent/verify", asked)["failure"]["message"]


def test_served_runs_are_in_the_history_with_their_python(
    editors: MakeEditor, tmp_path: Path
) -> None:
    variables = environment(tmp_path) | {"RUNAGENT_LS_HISTORY": str(tmp_path / "history.db")}
    editor = editors([tmp_path], SHELL, environment=variables)
    editor.start()
    config = write_agent(tmp_path / "agent")
    params = {"runId": "r", "configUri": config.as_uri(), "tag": "greet", "kwargs": {}}
    serve = {"interpreter": sys.executable}
    outcome = editor.request("runagent/run", {**params, "serve": serve})
    assert outcome["state"] == "completed"
    (listed,) = editor.request("runagent/history/list", {})["runs"]
    assert listed["historyId"] == outcome["historyId"]
    assert listed["target"]["source"] == "served"
    found = editor.request("runagent/history/get", {"historyId": listed["historyId"]})
    assert found["interpreter"] == sys.executable
