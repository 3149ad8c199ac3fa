"""Any answer of any server gives a result or one error of ours, never something else."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.failures.cloud_advice import adapt_to_cloud
from runagent_ls.agents.rest.answer import Answer
from runagent_ls.agents.rest.answers import result_of_run
from runagent_ls.agents.rest.records import invocation_of, invocations_of, stats_of, status_of
from runagent_ls.agents.rest.reports import architecture_of, health_of
from runagent_ls.agents.targets.credentials import ApiKey, Cloud
from runagent_ls.agents.targets.resolving import resolve_cloud
from runagent_ls.agents.targets.target import Target

LOCAL = Target("127.0.0.1", 8450, "agent", "explicit")
IN_CLOUD = resolve_cloud("agent", Cloud("https://x.example", "given", ApiKey("rau_key")))

READERS: list[Callable[[Answer], Any]] = [
    lambda answer: result_of_run(answer, "t"),
    architecture_of,
    health_of,
    status_of,
    invocations_of,
    invocation_of,
    stats_of,
]

WORDS = st.sampled_from(
    ["", "x", "[CODE] text", "INTERNAL_ERROR", "NOT_FOUND", "AGENT_NOT_FOUND", "403: permission"]
)
OF_ENVELOPES = ["success", "data", "error", "code", "message", "detail", "details", "suggestion"]
OF_RESULTS = ["result_data", "output_data", "request_id", "loc", "msg"]
OF_REPORTS = ["entrypoints", "tag", "agent_id", "status", "stats", "invocations", "invocation_id"]
KEYS = st.sampled_from([*OF_ENVELOPES, *OF_RESULTS, *OF_REPORTS])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)
BODIES = JSON.map(lambda body: json.dumps(body).encode()) | st.binary(max_size=40)
HEADERS = st.dictionaries(
    st.sampled_from(["location", "retry-after"]),
    st.sampled_from(["", "5", "-1", "soon", "http://[", "https://x:99999/", "//y/z", "1e9"]),
)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_answers_in_other_encodings_of_unicode(encoding: str) -> None:
    body = json.dumps({"success": True, "data": '"käse"'}, ensure_ascii=False).encode(encoding)
    assert result_of_run(Answer(200, body, LOCAL), "t") == ("käse", None)


def test_numbers_beyond_all_floats_are_unknown() -> None:
    counts = {"total_invocations": 10**400, "success_rate": float("nan"), "failed_invocations": 3}
    body = json.dumps({"success": True, "stats": counts}).encode()
    stats = stats_of(Answer(200, body, LOCAL))
    assert (stats.total, stats.failed, stats.success_rate) == (0, 3, None)
    healthy = json.dumps({"agent_id": "a", "status": "healthy", "uptime_seconds": 10**400})
    assert health_of(Answer(200, healthy.encode(), LOCAL)).agent_id == "a"


@example(400, b'{"error": {}}', {})
@given(
    st.sampled_from([200, 201, 204, 301, 400, 401, 403, 404, 405, 409, 422, 429, 500, 503]),
    BODIES,
    HEADERS,
)
def test_any_answer(status: int, body: bytes, headers: dict[str, str]) -> None:
    for target in (LOCAL, IN_CLOUD):
        answer = Answer(status, body, target, headers)
        for reader in READERS:
            try:
                reader(answer)
            except AgentError as error:
                adapt_to_cloud(error, target)
                assert error.message
                assert error.code
                json.dumps(error.to_message())
                # a refusal whose code says that the function failed is no certain refusal
                refused = 300 <= status < 500 and error.code != "INTERNAL_ERROR"
                assert not (refused and error.may_have_run), error


@pytest.mark.parametrize("reader", READERS[1:])
def test_questions_run_nothing(reader: Callable[[Answer], Any]) -> None:
    envelope = b'{"success": false, "error": {"code": "INTERNAL_ERROR", "message": "x"}}'
    for status in (200, 500):
        with pytest.raises(AgentError) as caught:
            reader(Answer(status, envelope, LOCAL))
        assert caught.value.may_have_run is False
