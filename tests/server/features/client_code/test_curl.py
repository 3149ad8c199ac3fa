"""Generated shell scripts run against a real server and against the stand-in for the cloud."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from client_calls import CASES, SELF, Case, code_of, expected_values, target_of
from cloud_stand_in import RunningCloud
from runagent_ls.agents.values import decode
from runagent_ls.features.client_code import LANGUAGES, ClientTarget
from serve_real_agent import RunningAgent

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")


def run_script(
    code: str, folder: Path, variables: Mapping[str, str] | None = None, shell: str = "sh"
) -> subprocess.CompletedProcess[str]:
    """Run with this Python as `python3`: it has the package that streams need."""
    (folder / "program.sh").write_text(code, "utf-8")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RUNAGENT_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    return subprocess.run(
        [shell, "program.sh"],
        cwd=folder,
        env={**kept, "PATH": path, "HOME": "/nowhere", **(variables or {})},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def values_of(case: Case, out: str) -> list[Any]:
    if case.streams:
        return [json.loads(line) for line in out.splitlines()]
    return [decode(json.loads(out)["data"])]


@pytest.mark.parametrize("case", [*CASES, SELF], ids=lambda case: case.name)
async def test_it_gets_what_our_own_client_gets(
    case: Case, client_agent: RunningAgent, tmp_path: Path
) -> None:
    code = code_of(case, "curl", target_of(client_agent))
    done = run_script(code.text, tmp_path)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{code.text}"
    assert values_of(case, done.stdout) == await expected_values(case, client_agent)


def test_the_address_may_come_from_the_environment(
    client_agent: RunningAgent, tmp_path: Path
) -> None:
    case = Case("plain", "greet", kwargs={"name": "Ada"})
    code = code_of(case, "curl", ClientTarget(client_agent.agent_id))
    where = {"RUNAGENT_HOST": client_agent.host, "RUNAGENT_PORT": str(client_agent.port)}
    done = run_script(code.text, tmp_path, where)
    assert values_of(case, done.stdout) == [{"greeting": "hello Ada", "n": 1}]


def test_an_answer_with_an_error_status_fails_and_shows_the_answer(
    client_agent: RunningAgent, tmp_path: Path
) -> None:
    target = ClientTarget("another id/?", host=client_agent.host, port=client_agent.port)
    done = run_script(code_of(Case("x", "greet"), "curl", target).text, tmp_path)
    assert done.returncode == 22
    assert "Not Found" in done.stdout


def test_a_stream_that_is_refused_fails(client_agent: RunningAgent, tmp_path: Path) -> None:
    code = code_of(Case("x", "count_stream"), "curl", target_of(client_agent))
    refused = run_script(code.text.replace("count_stream", "lost_stream"), tmp_path)
    assert refused.returncode == 1
    assert "lost_stream not found" in refused.stderr
    failed = run_script(code.text.replace('"input_args": []', '"input_args": [1, 2, 3]'), tmp_path)
    assert failed.returncode == 1
    assert "takes from 0 to 2 positional arguments" in failed.stderr


def test_the_cloud_gets_the_key_of_the_environment(cloud: RunningCloud, tmp_path: Path) -> None:
    case = Case("plain", "greet", kwargs={"name": "Ada"})
    code = code_of(case, "curl", ClientTarget(cloud.agent_id, cloud=True))
    variables = {
        "RUNAGENT_BASE_URL": f"{cloud.base_url}/",
        "RUNAGENT_API_KEY": cloud.api_key,
        "CURL_CA_BUNDLE": str(cloud.ca_file),
    }
    done = run_script(code.text, tmp_path, variables)
    assert values_of(case, done.stdout) == [{"greeting": "hello Ada", "n": 1}], done.stderr
    variables["RUNAGENT_API_KEY"] = "wrong"
    assert run_script(code.text, tmp_path, variables).returncode == 22
    del variables["RUNAGENT_API_KEY"]
    unset = run_script(code.text, tmp_path, variables)
    assert unset.returncode != 0
    assert "RUNAGENT_API_KEY" in unset.stderr


@pytest.mark.parametrize("tag", ["greet", "count_stream"])
@pytest.mark.parametrize("host", ['a"; touch BROKEN; "', "$(touch BROKEN)", "`touch BROKEN`"])
def test_a_host_stays_a_host(host: str, tag: str, tmp_path: Path) -> None:
    code = code_of(Case("host", tag), "curl", ClientTarget("a\ud800", host=host, port=1))
    assert run_script(code.text, tmp_path).returncode != 0
    assert [path.name for path in tmp_path.iterdir()] == ["program.sh"]


def test_an_ipv6_address_stands_in_brackets() -> None:
    target = ClientTarget("a", host="::1", port=8450)
    for language in LANGUAGES:
        assert "[::1]" in code_of(Case("ipv6", "greet"), language, target).text


def test_a_stream_of_the_cloud(cloud: RunningCloud, tmp_path: Path) -> None:
    case = Case("stream", "count_stream", kwargs={"n": 2})
    code = code_of(case, "curl", ClientTarget(cloud.agent_id, cloud=True))
    variables = {
        "RUNAGENT_BASE_URL": cloud.base_url,
        "RUNAGENT_API_KEY": cloud.api_key,
        "SSL_CERT_FILE": str(cloud.ca_file),
    }
    done = run_script(code.text, tmp_path, variables)
    assert values_of(case, done.stdout) == [{"i": 0}, {"i": 1}], done.stderr
