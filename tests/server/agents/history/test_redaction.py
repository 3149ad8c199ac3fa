"""No secret reaches the disk: by name, by value, by looks, whole or in pieces."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from runagent_ls.agents.errors import FunctionError
from runagent_ls.agents.history import History, RunRecord
from runagent_ls.agents.history.redaction.keys import family_of
from runagent_ls.agents.runs import OutputItem, RunOutcome
from runagent_ls.agents.values import JsonValue

from .conftest import OpenHistory, completed, items

SECRET = "q9Zr/7+Lw2=Xk&4 vT"
MASK = "[redacted]"


def file_bytes(path: Path) -> bytes:
    """All that stands in the database and beside it."""
    return b"\0".join(file.read_bytes() for file in sorted(path.parent.iterdir()) if file.is_file())


def recorded(history: History, record: RunRecord, batch: list[OutputItem]) -> list[JsonValue]:
    """The chunks of a run as they were stored; written while it ran and again at its end."""
    recorder = history.begin(record)
    for item in batch:
        recorder.output([item])
    assert history.flush()
    recorder.end(completed(len(batch)))
    assert history.flush()
    assert recorder.history_id is not None
    return [chunk.value for chunk in history.iter_chunks(recorder.history_id)]


@pytest.mark.parametrize(
    "name",
    [
        "password", "Password", "PASSWORD", "db_password", "dbPassword", "user-password", "passwd",
        "pass_word", "secret", "client_secret", "clientSecret", "secrets", "token", "tokens",
        "accessToken", "refresh-token", "authtoken", "api_key", "apiKey", "apikey", "API-KEY",
        "x-api-key", "OPENAI_API_KEY", "authorization", "Authorization", "Proxy-Authorization",
        "credential", "credentials", "private_key", "privateKey", "cookie", "Set-Cookie", "cookies",
        "session", "session_id", "sessionId", "SESSION_TOKEN", "aws_secret_access_key",
        "aws_access_key_id", "passphrase", "jwt", "bearer", "ssh.key", "db_pass", "smtpPass",
    ],
)  # fmt: skip
def test_names_of_secrets(name: str) -> None:
    assert family_of(name) is not None


@pytest.mark.parametrize(
    "name",
    [
        "max_tokens", "maxTokens", "token_count", "tokenCount", "total_tokens", "totalTokens",
        "prompt_tokens", "completion_tokens", "tokenizer", "tokenize", "tokens_used", "num_tokens",
        "n_tokens_total", "token_limit", "token_type", "token_url", "key", "keys", "keyboard",
        "monkey", "bypass", "author", "authors", "secretary", "passenger", "passing", "compass",
        "sessions", "session_count", "max_sessions", "name", "value", "", "eos_token", "MAXTOKENS",
    ],
)  # fmt: skip
def test_names_of_what_people_need(name: str) -> None:
    assert family_of(name) is None


def test_by_name_at_any_depth_everywhere(history: History, path: Path) -> None:
    hidden: dict[str, JsonValue] = {
        "password": "hunter2", "apiKey": ["hunter2", {"deep": "hunter2"}], "pin_secret": 7711993,
        "headers": {"Authorization": "Basic hunter2", "Cookie": "a=hunter2"}, "token": "hunter2",
    }  # fmt: skip
    kept: dict[str, JsonValue] = {
        "max_tokens": 512, "token_count": 7, "total_tokens": 99, "tokens": 12, "tokenizer": "bpe",
        "session": {"turns": 3}, "password_set": True, "secret": None,
    }  # fmt: skip
    recorder = history.begin(RunRecord("t_stream", "stream", [hidden], {**kept, "inner": hidden}))
    recorder.output(items([{"chunk": hidden}, json.dumps(hidden), {"usage": kept}]))
    frame = json.dumps({"type": "?", "data": hidden})
    recorder.output([OutputItem(3, 5.0, "unknown-frame", None, frame)])
    error = FunctionError("failed", details={"answer": hidden, "raw": json.dumps(hidden)})
    recorder.end(RunOutcome("failed", None, 5.0, 4, error=error))
    assert history.flush()
    data = file_bytes(path)
    assert b"hunter2" not in data
    assert b"7711993" not in data
    run = history.get("last")
    assert run.redacted
    assert {name: run.kwargs[name] for name in kept} == kept
    assert run.args == [
        {
            "password": MASK, "apiKey": [MASK, {"deep": MASK}], "pin_secret": MASK,
            "headers": {"Authorization": MASK, "Cookie": MASK}, "token": MASK,
        }
    ]  # fmt: skip
    chunks = history.chunks(run.history_id)
    assert chunks[2].value == {"usage": kept}
    assert json.loads(str(chunks[1].value))["password"] == MASK
    assert json.loads(str(chunks[3].value))["type"] == "?"


def test_which_session_of_an_agent_it_was_is_kept_and_no_login(
    history: History, path: Path
) -> None:
    event: dict[str, JsonValue] = {
        "session": "trip-1", "seq": 0, "step": 0, "at": 1.5, "type": "session_started",
        "forked_from": {"session": "trip-0", "step": 2}, "token": "hunter2",
    }  # fmt: skip
    result: JsonValue = {"answer": "42", "steps": 3, "session": "trip-1"}
    logins: list[JsonValue] = [
        {"session": "hunter2", "step": 1, "user": "ada"},
        {"session": "hunter2", "step": True},
        {"session": "hunter2", "seq": 0, "type": "login", "at": 1.5},
    ]
    inputs: dict[str, JsonValue] = {"session_id": "trip-0", "resume_from_step": None}
    batch = items([event, result, *logins])
    chunks = recorded(history, RunRecord("t_stream", "stream", [], inputs), batch)
    assert chunks[0] == {**event, "token": MASK}
    assert chunks[1] == result
    assert history.get("last").kwargs == inputs
    assert b"hunter2" not in file_bytes(path)


def test_by_the_name_beside_a_value(history: History, path: Path) -> None:
    headers: JsonValue = [["X-Api-Key", "hunter2"], ["Accept", "any"]]
    env: JsonValue = [{"key": "DB_PASSWORD", "value": "hunter2"}, {"name": "LANG", "value": "C"}]
    kept: JsonValue = [["secret", "garden", "party"], ["token", 7], {"key": "author", "value": 1}]
    text = json.dumps({"headers": headers, "env": env})
    batch = items([{"headers": headers}, {"env": env}, kept, text])
    chunks = recorded(history, RunRecord("t_stream", "stream", [headers]), batch)
    assert chunks[0] == {"headers": [["X-Api-Key", MASK], ["Accept", "any"]]}
    assert chunks[1] == {
        "env": [{"key": "DB_PASSWORD", "value": MASK}, {"name": "LANG", "value": "C"}]
    }
    assert chunks[2] == kept
    assert b"hunter2" not in file_bytes(path)
    nested: JsonValue = "end"
    for _ in range(60):
        nested = [["token", 1], ["next", nested]]
    assert recorded(history, RunRecord("t_stream", "stream"), items([nested])) == [nested]


@pytest.mark.parametrize(
    "spelled",
    [
        SECRET,
        json.dumps(SECRET),
        quote(SECRET),
        quote(SECRET, safe=""),
        quote_plus(SECRET).replace("%2F", "%2f").replace("%2B", "%2b").replace("%3D", "%3d"),
        base64.b64encode(SECRET.encode()).decode(),
        base64.b64encode(f"user:{SECRET}".encode()).decode(),
        base64.urlsafe_b64encode(f"x{SECRET}".encode()).decode(),
    ],
)
def test_a_known_secret_in_other_spellings(history: History, spelled: str) -> None:
    record = RunRecord("t_stream", "stream", kwargs={"q": f"<{spelled}>"}, secrets=(SECRET,))
    (chunk,) = recorded(history, record, items([f"say {spelled} now"]))
    assert MASK in str(chunk)
    assert spelled.strip('"')[3:-6] not in str(chunk)
    assert spelled.strip('"')[3:-6] not in str(history.get("last").kwargs)


def test_a_secret_in_pieces(history: History, path: Path) -> None:
    pieces = ["it is q9Z", "r/7", "", "+Lw2=Xk", "&4 vT, and q", "9Zr it is not"]
    batch = [
        OutputItem(index, 10.0 * index, "text", text, text) for index, text in enumerate(pieces)
    ]
    record = RunRecord("t_stream", "stream", secrets=(SECRET,))
    chunks = recorded(history, record, batch)
    assert "".join(map(str, chunks)) == f"it is {MASK}, and q9Zr it is not"
    assert chunks[0] == f"it is {MASK}"
    times = [chunk.at_ms for chunk in history.chunks(history.get("last").history_id)]
    assert times == [0.0, 10.0, 20.0, 30.0, 40.0, 50.0]
    assert SECRET.encode() not in file_bytes(path)


def test_what_may_begin_a_secret_waits_for_more(history: History) -> None:
    recorder = history.begin(RunRecord("t_stream", "stream", secrets=(SECRET,)))
    recorder.output(items(["harmless", SECRET[:-1]]))
    assert history.flush()
    history_id = history.get("last").history_id
    assert [chunk.value for chunk in history.chunks(history_id)] == ["harmless"]
    recorder.output(items(["!"], first=2))
    assert history.flush()
    assert [chunk.value for chunk in history.chunks(history_id)] == ["harmless", SECRET[:-1], "!"]
    recorder.end(completed(3))


def test_a_few_characters_do_not_wait_for_ever(history: History) -> None:
    """An output that ends in the first letter of a key is there while the agent thinks."""
    recorder = history.begin(RunRecord("t_stream", "stream", secrets=(SECRET,)))
    recorder.output(items(["ends in q9Z"]))
    deadline = time.monotonic() + 30
    while not history.list().runs or not history.get("last").chunks:
        assert time.monotonic() < deadline
    # should it have been the key: the rest of it does not get there
    recorder.output(items([SECRET[3:], "."], first=1))
    recorder.end(completed(3))
    assert history.flush()
    values = [chunk.value for chunk in history.chunks(history.get("last").history_id)]
    assert values == ["ends in q9Z", MASK, "."]


@pytest.mark.parametrize(
    "key",
    [
        "sk-proj-abcdefghij0123456789ABCDEFGHIJ",
        "ghp_0123456789abcdefghij0123456789ABCDEF",
        "AKIAIOSFODNN7EXAMPLE",
        "AIzaSyA0123456789abcdefghijklmnopqrstuvw",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
        "xoxb-1234567890-abcdefghij",
    ],
)
def test_keys_known_by_their_looks(history: History, path: Path, key: str) -> None:
    half = len(key) // 2
    batch = items([f"use {key}.", {"text": key}, f"split {key[:half]}", f"{key[half:]} done"])
    chunks = recorded(history, RunRecord("t_stream", "stream", kwargs={"note": key}), batch)
    assert chunks[0] == f"use {MASK}."
    assert chunks[1] == {"text": MASK}
    assert "".join(map(str, chunks[2:])) == f"split {MASK} done"
    assert key.encode() not in file_bytes(path)


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Authorization: Bearer abc123def456ghi789", "abc123def456ghi789"),
        ("postgres://ada:lovelace42@db/x", "lovelace42"),
        ("postgres://ada:love@lace42@db/x", "lace42"),
        ("Authorization: Basic dXNlcjpwYXNz", "dXNlcjpwYXNz"),
        ("curl -H 'X-Api-Key: abc-123' -v", "abc-123"),
        ("GET /\nX-Auth-Token: abc-123\nAccept: */*", "abc-123"),
        ("db:\n  password: hunter2\n", "hunter2"),
        ("login --password hunter2 --verbose", "hunter2"),
        ("login --api-key=hunter2", "hunter2"),
        ('client(api_key = "let me in")', "let me in"),
        ("GET /ws?token=abcdef123456&x=1", "abcdef123456"),
        ("{'password': 'let me in', 'a': 1}", "let me in"),
        ('log: {"api_key": "abc"} sent', '"abc"'),
        ('nested: "{\\"api_key\\": \\"abcd\\"}" sent', "abcd"),
        ('cut off {"password": "let me', "let me"),
        ("-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----", "MIIEvQ"),
    ],
)
def test_secrets_in_free_text(history: History, text: str, hidden: str) -> None:
    chunks = recorded(history, RunRecord("t_stream", "stream"), items([text, " end"]))
    assert hidden not in "".join(map(str, chunks))
    assert MASK in str(chunks[0])


@pytest.mark.parametrize(
    "text",
    [
        "The token count is 12; max_tokens=4096 and total_tokens: 33.",
        'usage: {"max_tokens": 512, "tokenizer": "bpe"}',
        "A session about password policies, keys and secrets.",
        "See https://example.com:8080/path and a@b.example.",
        "Bearer of bad news; basic understanding.",
        "sk-learn and skis; eyJust",
        "Secretary: Anna2000, author: Bob1900, passenger: 12345678; the token: 12345678.",
        "run --max-tokens 4096 --author 12345678; password: see below; session: 2026-01-31",
        'author = "Bob Smith", max_tokens = "4096"',
        '[["secretary", "Anna"], ["max_tokens", 5]] {"name": "author", "value": "Bob"}',
    ],
)
def test_harmless_text_stays(history: History, text: str) -> None:
    assert recorded(history, RunRecord("t_stream", "stream"), items([text])) == [text]
    assert not history.get("last").redacted


def test_json_that_comes_in_pieces(history: History, path: Path) -> None:
    pieces = ['{"user": "ada", "pass', 'word"', ': "let', " me ", 'in", "max_tokens": 5}']
    chunks = recorded(history, RunRecord("t_stream", "stream"), items(pieces))
    text = "".join(map(str, chunks))
    assert "let" not in text
    assert " me " not in text
    assert '"max_tokens": 5}' in text
    assert b"let me in" not in file_bytes(path)


def test_secrets_of_the_project_are_known(history: History, path: Path, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("OPENAI_API_KEY=fromdotenv1\nMODEL=fourfourfour\n", "utf-8")
    config = tmp_path / "runagent.config.json"
    config.write_text('{"env_vars": {"DB_PASSWORD": "fromconfig1", "REGION": "eu-central-1"}}')
    record = RunRecord(
        "t", "run", project_root=str(tmp_path), config_path=str(config),
        kwargs={"q": "fromdotenv1 fromconfig1 eu-central-1 fourfourfour"},
    )  # fmt: skip
    history.begin(record)
    assert history.flush()
    assert history.get("last").kwargs == {"q": f"{MASK} {MASK} eu-central-1 fourfourfour"}
    assert b"fromdotenv1" not in file_bytes(path)
    assert history.get("last").project_root == str(tmp_path)


def test_the_key_of_the_platform_is_known(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNAGENT_API_KEY", "rau_Xy12Zw34Vu56")
    history.begin(RunRecord("t", "run", kwargs={"q": "key rau_Xy12Zw34Vu56"}))
    assert history.flush()
    assert history.get("last").kwargs == {"q": f"key {MASK}"}


def test_a_secret_made_of_two_chunks_and_our_commas(history: History, path: Path) -> None:
    secret = 'x9Qab","cdefgh'
    record = RunRecord("t_stream", "stream", secrets=(secret,))
    recorded(history, record, items([{"k": 1}, "before"]) + items(["x9Qab", "cdefgh"], first=2))
    assert secret.encode() not in file_bytes(path)
    frame = OutputItem(1, 1.0, "unknown-frame", None, "cdefgh")
    recorded(history, record, [*items([["x9Qab"]]), frame])
    assert secret.encode() not in file_bytes(path)


def test_the_stored_key_of_the_platform_is_known(
    history: History, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("RUNAGENT_API_KEY", raising=False)
    monkeypatch.setenv("RUNAGENT_CACHE_DIR", str(tmp_path))
    (tmp_path / "user_data.json").write_text('{"api_key": "rau_Stored12Zw34"}')
    history.begin(RunRecord("t", "run", kwargs={"q": "key rau_Stored12Zw34"}))
    assert history.flush()
    assert history.get("last").kwargs == {"q": f"key {MASK}"}


SECRETS = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=8, max_size=24
).filter(lambda text: any(char.isalpha() for char in text) and text == text.strip())


@st.composite
def leaking(draw: st.DrawFn) -> tuple[str, JsonValue, list[str]]:
    """A secret, a value that has it somewhere, and a text with it cut into pieces."""
    secret = draw(SECRETS)
    around = st.text(max_size=10)
    spelled = draw(around) + secret + draw(around)
    value = draw(
        st.recursive(
            st.just(spelled) | st.integers() | st.text(max_size=8),
            lambda inner: (
                st.lists(inner, max_size=3)
                | st.dictionaries(st.text(max_size=6) | st.just(spelled), inner, max_size=3)
            ),
            max_leaves=6,
        )
    )
    text = draw(around) + spelled + draw(st.just(secret) | around)
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=12)))
    pieces = [text[start:end] for start, end in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    return secret, [value, spelled], pieces


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(case=leaking(), flush_each=st.booleans())
def test_no_file_ever_has_the_secret(
    open_history: OpenHistory,
    tmp_path: Path,
    case: tuple[str, JsonValue, list[str]],
    flush_each: bool,
) -> None:
    secret, value, pieces = case
    path = tmp_path / f"{time.monotonic_ns()}" / "history.db"
    history = open_history(path)
    history.begin(RunRecord("t", "run"))
    assert history.flush()
    data = secret.encode("utf-8")
    assume(data not in file_bytes(path))
    recorder = history.begin(
        RunRecord("t_stream", "stream", [value], {"value": value}, secrets=(secret,))
    )
    for index, piece in enumerate(pieces):
        recorder.output([OutputItem(index, 1.0, "text", piece, piece)])
        if flush_each:
            assert history.flush()
    count = len(pieces)
    recorder.output([OutputItem(count, 2.0, "value", value, json.dumps(value))])
    recorder.output([OutputItem(count + 1, 2.0, "unknown-frame", None, json.dumps(value))])
    assert history.flush()
    assert data not in file_bytes(path)
    recorder.end(RunOutcome("failed", None, 1.0, count, error=FunctionError(secret, details=value)))
    assert history.flush()
    assert data not in file_bytes(path)
    run = history.get("last")
    assert (run.chunks, run.state) == (count + 2, "failed")
    assert history.close()


def _pieces(text: str, size: int) -> Iterator[str]:
    for at in range(0, len(text), size):
        yield text[at : at + size]


def test_long_texts_cost_no_more_than_their_length(history: History) -> None:
    """Texts made to be slow: each would take minutes if places were looked at again and again."""
    size = 300_000
    record = RunRecord("t_stream", "stream", secrets=("a" * 40 + "b", "\\" * 9, '"' * 10))
    units = ["a", '\\"', '"password": "', "sk-", "eyJ", "://", '{"a":', "-----BEGIN ", "x=y "]
    for unit in (*units, "x = '", "--password ", "api_key: 1", '["token","'):
        text = (unit * size)[:size]
        begun = time.process_time()
        recorded(history, record, items([text, *_pieces(text, 50_000), {"v": text}]))
        assert time.process_time() - begun < 20, unit
