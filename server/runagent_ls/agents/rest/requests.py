"""What a call looks like on its way to a target."""

from __future__ import annotations

import math

from runagent_ls.agents.call import Call
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts
from runagent_ls.agents.values import JsonValue

CALL_LIMIT_S = 300
STREAM_LIMIT_S = 600
"""What the platform's Python client asks of the cloud when nothing else is said."""


def body_for(target: Target, call: Call, timeouts: Timeouts) -> dict[str, JsonValue]:
    """The request's body. The cloud also hears the time limit, and who asks by default.

    The local server ignores all of that, so it gets the call alone.
    """
    body = call.body()
    if not target.cloud:
        return body
    usual = STREAM_LIMIT_S if call.streams else timeouts.idle or CALL_LIMIT_S
    body.setdefault("timeout_seconds", math.ceil(timeouts.total or usual))
    body.setdefault("async_execution", False)
    if target.user_id is not None:
        body.setdefault("user_id", target.user_id)
    if target.persistent_memory:
        body.setdefault("persistent_memory", True)
    return body
