"""Which cloud and which key: the platform's order, what it stored, and what is refused."""

from __future__ import annotations

import copy
import json
import pickle
import sqlite3
import subprocess
from pathlib import Path

import pytest

from runagent_ls.agents.errors import (
    AgentAddressNotFoundError,
    AuthenticationError,
    InitializationError,
)
from runagent_ls.agents.targets.credentials import (
    DEFAULT_BASE_URL,
    ApiKey,
    Cloud,
    cloud_of_environment,
    known_secrets,
    normal_base_url,
)
from runagent_ls.agents.targets.registry import Registry
from runagent_ls.agents.targets.resolving import resolve_cloud
from serve_real_agent import environment, interpreter


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache folder, and no variable of the machine."""
    for name in ("API_KEY", "BASE_URL", "USER_ID", "PERSISTENT_MEMORY"):
        monkeypatch.delenv(f"RUNAGENT_{name}", raising=False)
    folder = tmp_path / "cache"
    folder.mkdir()
    monkeypatch.setenv("RUNAGENT_CACHE_DIR", str(folder))
    return folder


def store(folder: Path, **values: object) -> Path:
    """User configuration as `runagent` stores it."""
    path = folder / "runagent_local.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS user_metadata (key PRIMARY KEY, value)")
        connection.executemany(
            "INSERT OR REPLACE INTO user_metadata VALUES (?, ?)",
            [(key, json.dumps(value)) for key, value in values.items()],
        )
    connection.close()
    return path


def revealed(cloud: Cloud) -> str | None:
    return None if cloud.key is None else cloud.key.reveal()


def test_nothing_is_known() -> None:
    assert cloud_of_environment() == Cloud(DEFAULT_BASE_URL, "default", None, None)


def test_the_stored_key_goes_before_the_variable(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNAGENT_API_KEY", "rau_variable")
    assert revealed(cloud_of_environment()) == "rau_variable"
    store(cache, api_key="rau_stored")
    cloud = cloud_of_environment()
    assert (revealed(cloud), cloud.key_source) == ("rau_stored", "stored")
    cloud = cloud_of_environment(key="rau_given")
    assert (revealed(cloud), cloud.key_source) == ("rau_given", "given")


def test_whose_a_key_is_was_stored_with_it_and_says_nothing_of_other_keys(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(cache, user_email="ada@example.com")
    monkeypatch.setenv("RUNAGENT_API_KEY", "rau_variable")
    assert cloud_of_environment().account is None
    store(cache, api_key="rau_stored")
    assert cloud_of_environment().account == "ada@example.com"
    assert cloud_of_environment(key="rau_given").account is None
    store(cache, user_email=5)
    assert cloud_of_environment().account is None


def test_the_base_url_of_the_variable_goes_before_the_stored_one(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(cache, base_url="https://stored.example/")
    assert cloud_of_environment().base_url == "https://stored.example"
    monkeypatch.setenv("RUNAGENT_BASE_URL", "https://variable.example/api/v1/")
    cloud = cloud_of_environment()
    assert (cloud.base_url, cloud.base_url_source) == ("https://variable.example", "environment")
    assert cloud_of_environment(base_url="https://given.example").base_url_source == "given"


def test_an_empty_value_counts_as_none(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store(cache, api_key="", base_url=None)
    monkeypatch.setenv("RUNAGENT_API_KEY", "")
    monkeypatch.setenv("RUNAGENT_BASE_URL", "")
    assert cloud_of_environment("", "") == Cloud(DEFAULT_BASE_URL, "default", None, None)
    monkeypatch.setenv("RUNAGENT_API_KEY", "rau_variable")
    assert cloud_of_environment().key_source == "environment"


@pytest.mark.parametrize(
    ("stored_key", "stored_url", "variable_key", "variable_url"),
    [
        (None, None, None, None),
        ("rau_stored", None, "rau_variable", None),
        (None, None, "rau_variable", "https://variable.example/x/"),
        (None, "https://stored.example", None, "https://variable.example"),
        ("", "", "rau_variable", ""),
        ("rau_stored", "https://stored.example/", "", ""),
    ],
)
def test_the_order_is_that_of_the_platforms_client(
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    stored_key: str | None,
    stored_url: str | None,
    variable_key: str | None,
    variable_url: str | None,
) -> None:
    said = {"api_key": stored_key, "base_url": stored_url}
    variables = {"RUNAGENT_API_KEY": variable_key, "RUNAGENT_BASE_URL": variable_url}
    given = {name: value for name, value in variables.items() if value is not None}
    script = (
        "import json, sys; from runagent.utils.config import Config\n"
        f"for name, value in {said!r}.items():\n"
        "    if value is not None: Config.set_user_config(name, value)\n"
        "print(json.dumps([Config.get_api_key(), Config.get_base_url()]))"
    )
    done = subprocess.run(
        [str(interpreter()), "-c", script],
        env=environment(cache) | given,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    key, base_url = json.loads(done.stdout.splitlines()[-1])
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    cloud = cloud_of_environment()
    assert revealed(cloud) == (key or None)
    assert cloud.base_url == base_url.rstrip("/")


def test_the_file_from_before_the_registry(cache: Path) -> None:
    (cache / "user_data.json").write_text('{"api_key": "rau_legacy", "user_id": "u"}')
    assert revealed(cloud_of_environment()) == "rau_legacy"
    store(cache, user_email="a@example.com")  # now the registry holds something
    assert cloud_of_environment().key is None


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"\xff\xfe", b"null", b'{"api_key": 5}'])
def test_a_legacy_file_that_holds_no_configuration(cache: Path, content: bytes) -> None:
    (cache / "user_data.json").write_bytes(content)
    assert cloud_of_environment().key is None


def test_a_registry_that_cannot_be_read_is_as_none(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cache / "runagent_local.db").write_bytes(b"no database at all" * 100)
    monkeypatch.setenv("RUNAGENT_API_KEY", "rau_variable")
    assert revealed(cloud_of_environment()) == "rau_variable"


def test_a_stored_value_that_is_no_json_stands_for_itself(cache: Path) -> None:
    path = store(cache)
    with sqlite3.connect(path) as connection:
        connection.execute("INSERT INTO user_metadata VALUES ('api_key', 'rau_bare')")
    connection.close()
    assert revealed(cloud_of_environment()) == "rau_bare"


def test_who_asks_by_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNAGENT_USER_ID", "ada")
    monkeypatch.setenv("RUNAGENT_PERSISTENT_MEMORY", "1")
    cloud = cloud_of_environment(key="rau_given")
    assert (cloud.user_id, cloud.persistent_memory) == ("ada", True)
    target = resolve_cloud("a", cloud)
    assert (target.user_id, target.persistent_memory) == ("ada", True)
    monkeypatch.setenv("RUNAGENT_PERSISTENT_MEMORY", "no")
    assert not cloud_of_environment().persistent_memory


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("https://x.example", "https://x.example"),
        ("https://x.example/", "https://x.example"),
        ("  https://X.Example/api/v1  ", "https://x.example"),
        ("https://x.example/api/v1/", "https://x.example"),
        ("https://x.example:8443/base/api/v1", "https://x.example:8443/base"),
        ("HTTPS://x.example", "https://x.example"),
        ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("http://localhost", "http://localhost"),
        ("http://[::1]:80", "http://[::1]:80"),
    ],
)
def test_base_urls(text: str, normal: str) -> None:
    assert normal_base_url(text) == normal


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x.example", "https://"),
        ("ftp://x.example", "https://"),
        ("https://", "no host"),
        ("https://a..b", "no host"),
        ("https://a b", "no host"),
        ("https://x.example:99999", "port"),
        ("https://x.example:port", "port"),
        ("https://x.example:0", "port"),
        ("https://x.example/?a=1", "after the path"),
        ("https://x.example/#a", "after the path"),
        ("https://[::1", "not a URL"),
        ("https://x.example/a b", "spaces"),
        ("http://x.example", "readable"),
        ("http://192.168.1.5:8000", "readable"),
    ],
)
def test_base_urls_that_are_refused(text: str, said: str) -> None:
    with pytest.raises(InitializationError, match=said) as caught:
        normal_base_url(text, "environment")
    assert "RUNAGENT_BASE_URL" in caught.value.message
    assert caught.value.may_have_run is False


def test_a_password_in_a_base_url_is_refused_and_not_shown() -> None:
    with pytest.raises(InitializationError) as caught:
        normal_base_url("https://ada:secret@x.example")
    assert "secret" not in json.dumps(caught.value.to_message())


def test_plain_http_is_fine_without_a_key() -> None:
    assert cloud_of_environment(base_url="http://x.example").base_url == "http://x.example"
    with pytest.raises(InitializationError, match="readable"):
        cloud_of_environment("rau_given", "http://x.example")


@pytest.mark.parametrize("text", ["two words", "line\nbreak", "schlüssel", "\x00", ""])
def test_texts_that_are_no_key(text: str) -> None:
    with pytest.raises(AuthenticationError) as caught:
        ApiKey(text)
    assert not text.strip("\x00") or text not in caught.value.message


def test_a_key_shows_itself_to_nobody() -> None:
    key = ApiKey(" rau_very_secret\n")
    cloud = Cloud(key=key, key_source="given")
    target = resolve_cloud("agent", cloud)
    shown = f"{key} {key!r} {key:} {cloud} {target} {target.to_message()} {vars(ApiKey)}"
    assert "very_secret" not in shown
    assert copy.deepcopy(key) is key
    assert key == ApiKey("rau_very_secret") != ApiKey("other")
    with pytest.raises(TypeError):
        pickle.dumps(key)
    with pytest.raises(TypeError):
        json.dumps(key)
    assert key.reveal() == "rau_very_secret"


def test_what_must_be_redacted(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store(cache, api_key="rau_stored/1")
    monkeypatch.setenv("RUNAGENT_API_KEY", "rau_variable")
    secrets = known_secrets("rau_given", None, "x")
    assert set(secrets) == {"rau_given", "rau_stored/1", "rau_stored%2F1", "rau_variable"}


def test_no_key_and_no_id() -> None:
    with pytest.raises(AuthenticationError) as caught:
        resolve_cloud("agent", cloud_of_environment())
    assert "RUNAGENT_API_KEY" in caught.value.message
    assert caught.value.may_have_run is False
    for agent_id in (None, ""):
        with pytest.raises(AgentAddressNotFoundError):
            resolve_cloud(agent_id, Cloud(key=ApiKey("rau_given")))


def test_signed_in_or_not(cache: Path) -> None:
    registry = Registry(cache / "runagent_local.db")
    assert registry.is_signed_in() is False
    store(cache, user_email="a@example.com", user_id="u-1")
    assert registry.is_signed_in() is None  # the server's own variable decides
    store(cache, api_key="rau_stored")
    assert registry.is_signed_in() is True
