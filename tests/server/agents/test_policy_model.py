"""Any row of failures: a server is called as often as the rules say, never once more."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from agent_runtime.orchestrator import RetryPolicy
from counting_server import BOOM, GREETING, CountingServer, Recorder, answer, found
from runagent_ls.agents.call import Call
from runagent_ls.agents.policy import CallPolicy
from runagent_ls.agents.runs import RunOutcome, execute


@dataclass(frozen=True)
class Reply:
    """What a server sends; `again` when the call may follow once more: always, or if allowed."""

    data: bytes
    again: str


def refusal(status: str, headers: str = "") -> bytes:
    return answer({"detail": "no"}, status, headers)


REPLIES: Final = {
    "value": Reply(GREETING, "never"),
    "the function raised": Reply(BOOM, "never"),
    "refused inputs": Reply(refusal("422 Unprocessable Entity"), "never"),
    "wrong key": Reply(refusal("401 Unauthorized"), "never"),
    "nothing": Reply(b"", "if allowed"),
    "half": Reply(GREETING[:-9], "if allowed"),
    "failed": Reply(refusal("500 Internal Server Error"), "if allowed"),
    "gateway": Reply(refusal("502 Bad Gateway"), "if allowed"),
    "unavailable": Reply(refusal("503 Service Unavailable"), "if allowed"),
    "busy": Reply(refusal("429 Too Many Requests"), "always"),
    "busy for a while": Reply(refusal("503 Service Unavailable", "retry-after: 2\r\n"), "always"),
    "busy for long": Reply(refusal("429 Too Many Requests", "retry-after: 61\r\n"), "never"),
}


def expected_calls(names: Sequence[str], attempts: int, unsafe: bool) -> int:
    repeated = {"always", "if allowed"} if unsafe else {"always"}
    for calls, name in enumerate(names, 1):
        if REPLIES[name].again not in repeated or calls == attempts:
            return calls
    raise AssertionError("there is always a last reply")


async def no_pause(seconds: float) -> None:
    assert 0 <= seconds <= 60


async def call_all(names: Sequence[str], policy: CallPolicy) -> tuple[RunOutcome, int]:
    server = CountingServer(iter([REPLIES[name].data for name in names]))
    async with await asyncio.start_server(server.handle, "127.0.0.1", 0) as listening:
        server.port = int(listening.sockets[0].getsockname()[1])
        outcome = await execute(Call("x"), found(server.target), Recorder(), policy=policy)
    return outcome, len(server.bodies)


@settings(deadline=None, max_examples=60)
@given(
    names=st.lists(st.sampled_from(sorted(REPLIES)), max_size=6),
    attempts=st.integers(1, 5),
    unsafe=st.booleans(),
)
def test_it_is_called_as_often_as_the_rules_say(
    names: list[str], attempts: int, unsafe: bool
) -> None:
    names = [*names, "value"]
    policy = CallPolicy(retry=RetryPolicy(attempts=attempts, sleep=no_pause), repeat_unsafe=unsafe)
    outcome, calls = asyncio.run(call_all(names, policy))
    assert outcome.attempts == calls == expected_calls(names, attempts, unsafe)
    assert (outcome.state == "completed") == (names[calls - 1] == "value")
