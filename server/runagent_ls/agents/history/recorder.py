"""What records one run: handed out by `History.begin`, or put in front of a run's sink."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from runagent_ls.agents.runs import OutputItem, RunOutcome, RunState, Sink
from runagent_ls.agents.targets.target import Target

if TYPE_CHECKING:
    from runagent_ls.agents.history.transcript import Transcript
    from runagent_ls.agents.history.writer import Writer

WAIT_FOR_DISK_S: Final = 1.0
"""How long a stream waits for a disk that is slower than it, each time."""


class Recorder:
    """Records one run. No method waits or raises; with the history off none does anything.

    `history_id` names the run in the history, None when it is not recorded.
    """

    def __init__(self, writer: Writer | None = None, transcript: Transcript | None = None) -> None:
        self._writer = writer
        self._transcript = transcript
        self._target: Target | None = None
        self._ended = False

    @property
    def history_id(self) -> str | None:
        return None if self._transcript is None else self._transcript.history_id

    def state(self, state: RunState, target: Target | None) -> None:
        """The run's target, once it is known."""
        if target is not None and target != self._target:
            self._target = target
            if self._writer is not None and self._transcript is not None:
                from runagent_ls.agents.history.writer import Connected

                self._writer.submit(Connected(self._transcript, target))

    def output(self, items: Sequence[OutputItem]) -> bool:
        """Take items over, which are not changed any more; False when the disk is behind."""
        if self._writer is None or self._transcript is None or self._ended:
            return True
        return self._writer.output(self._transcript, items)

    async def wait_for_disk(self) -> None:
        """Wait until the writer has caught up, at most WAIT_FOR_DISK_S."""
        if self._writer is not None:
            await asyncio.to_thread(self._writer.wait_for_room, WAIT_FOR_DISK_S)

    def end(self, outcome: RunOutcome) -> None:
        """How the run ended; what comes later is ignored."""
        if self._writer is None or self._transcript is None or self._ended:
            return
        from runagent_ls.agents.history.writer import End

        self._ended = True
        self._writer.submit(End(self._transcript, outcome))


def recording(sink: Sink, recorder: Recorder) -> Sink:
    """A sink that records what it hands on to `sink`. The run's end is for the caller to record."""
    return sink if recorder.history_id is None else _Recording(sink, recorder)


class _Recording:
    def __init__(self, sink: Sink, recorder: Recorder) -> None:
        self._sink = sink
        self._recorder = recorder

    async def state(self, state: RunState, target: Target | None) -> None:
        self._recorder.state(state, target)
        await self._sink.state(state, target)

    async def output(self, items: Sequence[OutputItem]) -> None:
        if not self._recorder.output(items):
            await self._recorder.wait_for_disk()
        await self._sink.output(items)
