"""Circuit breakers that several processes share, in Redis (the extra `redis`).

Each step is one Lua script, so nothing comes between reading and writing, and the only clock is
Redis' own. When Redis is gone, slow or broken, calls go on: each process then breaks circuits on
its own, in memory, leaves Redis alone for `rest` seconds and tries it again.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Self, TypeVar

from agent_runtime.limits import check_pause, check_seconds
from agent_runtime.orchestrator.breaker_state import (
    Admission,
    BreakerRules,
    BreakerState,
    MemoryBackend,
    Verdict,
)

if TYPE_CHECKING:
    from redis.asyncio import Redis

_T = TypeVar("_T")

_LOCAL: Final = "local:"
"""Begins the tokens of calls that were let through without Redis."""
_KEPT_MS: Final = 3_600_000
"""How long Redis keeps what nobody asks for any more, in addition to the breaker's own times."""

_READ: Final = """
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local stored = redis.call('HMGET', KEYS[1], 'opened', 'probe', 'epoch', 'failures')
local opened, probe = tonumber(stored[1] or nil), tonumber(stored[2] or nil)
local epoch = stored[3] or '0'
local function next_epoch()
  return string.format('%.0f', math.max(tonumber(epoch) + 1, now))
end
"""
_ADMIT: Final = f"""{_READ}
if not opened then return {{1, 'closed', epoch, 0}} end
local ends = probe and probe + tonumber(ARGV[2]) or opened + tonumber(ARGV[1])
if now < ends then
  return {{0, probe and 'half-open' or 'open', '', string.format('%.0f', ends - now)}}
end
epoch = next_epoch()
redis.call('HSET', KEYS[1], 'probe', string.format('%.0f', now), 'epoch', epoch)
redis.call('PEXPIRE', KEYS[1], ARGV[3])
return {{1, 'half-open', epoch, 0}}
"""
_SETTLE: Final = f"""{_READ}
local verdict = ARGV[2]
if epoch ~= ARGV[1] then return 0 end
if verdict == 'none' then
  if probe then
    redis.call('HDEL', KEYS[1], 'probe')
    redis.call('HSET', KEYS[1], 'epoch', next_epoch())
  end
elseif verdict == 'success' then
  if opened then
    redis.call('HDEL', KEYS[1], 'opened', 'probe', 'failures')
    redis.call('HSET', KEYS[1], 'epoch', next_epoch())
  elseif stored[4] then
    redis.call('HDEL', KEYS[1], 'failures')
  end
else
  local failures = redis.call('HINCRBY', KEYS[1], 'failures', 1)
  if opened or failures >= tonumber(ARGV[3]) then
    redis.call('HDEL', KEYS[1], 'probe', 'failures')
    redis.call('HSET', KEYS[1], 'opened', string.format('%.0f', now), 'epoch', next_epoch())
  end
end
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1
"""
_STATE: Final = f"""{_READ}
if not opened then return 'closed' end
return (not probe and now < opened + tonumber(ARGV[1])) and 'open' or 'half-open'
"""


class RedisBackend:
    """Keeps breakers in Redis, each as one small hash that expires.

    With a `client` that is given it is for the event loop of that client; `from_url` makes one
    for each event loop that uses it, also one after the other, in any thread.

    `limit` is how long a step may wait for Redis, `rest` how long a Redis that failed is left
    alone, both in seconds. Keys in Redis begin with `prefix`. A verdict that cannot be delivered
    is lost; a probe whose verdict is lost makes room after its `probe_limit`.
    ValueError for limits that make no sense.
    """

    def __init__(
        self,
        client: Redis | Callable[[], Redis],
        *,
        prefix: str = "circuit-breaker:",
        limit: float = 0.5,
        rest: float = 5.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        check_seconds("limit", limit)
        check_pause("rest", rest)
        self._client = client
        self._clients: dict[asyncio.AbstractEventLoop, Redis] = {}
        self._lock = threading.Lock()
        self._prefix = prefix
        self._limit = limit
        self._rest = rest
        self._clock = clock
        self._absent_until = float("-inf")
        self._local = MemoryBackend(clock=clock)

    @classmethod
    def from_url(cls, url: str, **options: Any) -> Self:  # noqa: ANN401 - those of __init__
        """With a client of its own for `redis://...`, `rediss://...` or `unix://...`.

        ImportError when the extra `redis` is not installed, ValueError for another URL.
        """
        try:
            from redis.asyncio import Redis
            from redis.asyncio.retry import Retry
            from redis.backoff import NoBackoff
        except ImportError as error:
            raise ImportError(
                "Sharing circuit breakers needs the package `redis`: install `runagent-ls[redis]`."
            ) from error

        # a retry would hold the call back; the breaker does without Redis instead. `limit` alone
        # says how long that takes, where the client by itself gives up after five seconds
        def connect() -> Redis:
            return Redis.from_url(
                url,
                retry=Retry(NoBackoff(), 0),
                socket_timeout=None,
                socket_connect_timeout=None,
            )

        connect()  # says at once that the URL is none
        return cls(connect, **options)

    @property
    def shared(self) -> bool:
        """False while Redis is left alone and each process is on its own."""
        return self._clock() >= self._absent_until

    async def aclose(self) -> None:
        """Close the connections to Redis, of this event loop."""
        client = self._of_this_loop()
        with self._lock:
            self._clients.pop(asyncio.get_running_loop(), None)
        await client.aclose()

    async def admit(self, key: str, rules: BreakerRules) -> Admission:
        """See `BreakerBackend`."""
        times = [_ms(rules.recovery), _ms(rules.probe_limit)]
        admission = await self._ask(_ADMIT, key, [*times, sum(times) + _KEPT_MS], _admission)
        if admission is None:
            local = await self._local.admit(key, rules)
            return replace(local, token=_LOCAL + local.token)
        return admission

    async def settle(self, key: str, rules: BreakerRules, token: str, verdict: Verdict) -> None:
        """See `BreakerBackend`."""
        if token.startswith(_LOCAL):
            await self._local.settle(key, rules, token.removeprefix(_LOCAL), verdict)
            return
        kept = _ms(rules.recovery) + _ms(rules.probe_limit) + _KEPT_MS
        await self._ask(_SETTLE, key, [token, verdict, rules.threshold, kept], int)

    async def state(self, key: str, rules: BreakerRules) -> BreakerState:
        """See `BreakerBackend`."""
        state = await self._ask(_STATE, key, [_ms(rules.recovery)], _state)
        return await self._local.state(key, rules) if state is None else state

    def _of_this_loop(self) -> Redis:
        if not callable(self._client):
            return self._client
        loop = asyncio.get_running_loop()
        with self._lock:
            if loop not in self._clients:
                for ended in [one for one in self._clients if one.is_closed()]:
                    del self._clients[ended]
                self._clients[loop] = self._client()
            return self._clients[loop]

    async def _ask(
        self, script: str, key: str, args: Sequence[str | int], read: Callable[[Any], _T]
    ) -> _T | None:
        """What the script's reply says; None when Redis gives none, or one that makes no sense."""
        if not self.shared:
            return None
        name = (self._prefix + key).encode("utf-8", "backslashreplace")
        try:
            async with asyncio.timeout(self._limit):
                # sent whole each time: it is short, and a Redis that restarts has forgotten it
                reply = await self._of_this_loop().eval(script, 1, name, *map(str, args))
            return read(reply)
        except Exception:  # noqa: BLE001 - a client makes anything of hostile bytes; calls go on
            self._absent_until = self._clock() + self._rest
            return None


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _admission(reply: Any) -> Admission:  # noqa: ANN401 - whatever Redis says
    """TypeError or ValueError for anything that the script does not give."""
    allowed, state, token, left = reply
    if int(left) < 0:
        raise ValueError("a negative time")
    return Admission(int(allowed) == 1, _state(state), _text(token), int(left) / 1000)


def _state(reply: Any) -> BreakerState:  # noqa: ANN401 - whatever Redis says
    """As `_admission`."""
    for state in ("closed", "open", "half-open"):
        if _text(reply) == state:
            return state
    raise ValueError("no state of a breaker")


def _text(reply: Any) -> str:  # noqa: ANN401 - whatever Redis says
    if not isinstance(reply, bytes | str):
        raise TypeError("no text")
    return reply.decode() if isinstance(reply, bytes) else reply
