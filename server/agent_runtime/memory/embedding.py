"""Vectors of texts, made by a function that may be async, slow or broken: words still find then."""

from __future__ import annotations

import os
import threading
from array import array
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

from agent_runtime.memory.vectors import unit

if TYPE_CHECKING:
    import asyncio

    from agent_runtime.tools.threads import LeftBehind

_T = TypeVar("_T")

Embed: TypeAlias = Callable[[str], Sequence[float] | Awaitable[Sequence[float]]]
"""Gives a text's vector, always of the same length; sync or async, may ask a server."""


class StillHangingError(Exception):
    """Earlier calls of `embed` hang in threads, which cannot be stopped: no other one is begun."""


class Embedder:
    """Asks `embed` for at most `limit` seconds. Blocks; any thread may ask."""

    def __init__(self, embed: Embed, limit: float, degraded: Callable[[str], None]) -> None:
        self._embed = embed
        self._limit = limit
        self._degraded = degraded
        self._left: LeftBehind | None = None

    def direction(self, text: str) -> array[float] | None:
        """The text's vector with the length 1; None, which `degraded` is told of, without one.

        It says what kind of failure that was, and no more: texts of errors may show keys.
        """
        import asyncio

        asking = asyncio.run_coroutine_threadsafe(self._asked(text), _LOOP.loop())
        try:
            # the limit is that of `_asked`; this is for a function that keeps the loop from it
            return unit(asking.result(2 * self._limit))
        except Exception as error:  # noqa: BLE001 - whatever the function raises
            asking.cancel()
            self._degraded(
                f"A text got no vector ({type(error).__name__}): memory is searched by words "
                "instead."
            )
            return None

    async def _asked(self, text: str) -> Sequence[float]:
        import asyncio
        import inspect

        from agent_runtime.tools.running import is_async
        from agent_runtime.tools.threads import call_in_thread, left_behind_of

        async def vector() -> Any:  # noqa: ANN401 - whatever it gives
            if is_async(self._embed):
                return await cast("Awaitable[Any]", self._embed(text))
            left = self._left = self._left or left_behind_of(self._embed)
            if left.is_full:
                raise StillHangingError
            outcome = await call_in_thread(lambda: self._embed(text), "embed", left)
            if outcome.error is not None:
                raise outcome.error
            made: Any = outcome.value
            return await made if inspect.isawaitable(made) else made

        try:
            async with asyncio.timeout(self._limit):
                return cast("Sequence[float]", await vector())
        except (SystemExit, KeyboardInterrupt) as error:  # which would end the loop
            raise RuntimeError(type(error).__name__) from error


class _EmbeddingLoop:
    """One event loop for all of them, so that connections of an async function serve again
    whatever loop or thread asks; it stands still for nobody who waits for a vector."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None

    def loop(self) -> asyncio.AbstractEventLoop:
        import asyncio

        with self._lock:
            loop = self._loop
            if loop is None:
                loop = self._loop = asyncio.new_event_loop()
                threading.Thread(
                    target=loop.run_forever, name="agent-runtime-embed", daemon=True
                ).start()
            return loop

    def forget(self) -> None:
        """In a process that was forked its thread is not there."""
        self._lock = threading.Lock()
        self._loop = None


_LOOP = _EmbeddingLoop()
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_LOOP.forget)


async def in_thread(work: Callable[[], _T]) -> _T:
    """What `work` gives, which asks for vectors. A cancel leaves the thread to its limits."""
    from agent_runtime.tools.threads import start_in_thread

    outcome = await start_in_thread(work, "memory")
    if outcome.error is not None:
        raise outcome.error
    return cast("_T", outcome.value)
