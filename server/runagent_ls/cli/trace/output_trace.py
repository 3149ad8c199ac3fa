"""The trace within one output, of which other pieces may be anything."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import TextIO, TypeAlias

from runagent_ls.agents.values import JsonValue
from runagent_ls.cli.terminal import Painter, harmless, is_terminal, one_line, wants_colour
from runagent_ls.cli.trace.events import EventReader
from runagent_ls.cli.trace.trace_text import TraceText, Width

WayOn: TypeAlias = Callable[[str, int], str | None]
"""The command that goes on with a session after a step, None when there is none."""


class OutputTrace:
    """Tells the events among the pieces of an output that is written to `stream`."""

    def __init__(self, stream: TextIO) -> None:
        self._events = EventReader()
        self._text = TraceText(
            Painter(wants_colour(stream)),
            width_of(stream),
            stream.encoding or "ascii",
            is_live=is_terminal(stream),
        )

    def told(self, piece: JsonValue) -> str | None:
        """The text of a piece that holds events and nothing else; None for any other piece."""
        events = self._events.read(piece)
        return "".join(map(self._text.read, events)) if events else None

    def pause(self) -> str:
        """Ends the line that is open, for something else to be written."""
        return self._text.pause()

    def end(self, way_on: WayOn | None, history_id: str | None) -> str:
        """What ends the trace: the command that prints what was shortened in it, if the history has
        the run, its session, and the command that goes on with it."""
        text, session = self._text.end(), self._text.session
        if self._text.has_shortened and history_id is not None:
            show = f"runagent-ls history show {one_line(history_id)} --output-format raw"
            text += f"\n{self._text.flat('shortened above; the whole output:')}{show}\n"
        if session is None:
            return text
        step = self._text.last_complete_step
        command = None if way_on is None else way_on(session, step)
        return text + session_end(self._text, session, step, command)


def session_end(trace: TraceText, session: str, step: int, command: str | None) -> str:
    """Names the session below its trace, and the command that goes on with it after a step."""
    named = f"session {one_line(session)}"
    if command is None:
        return f"\n{trace.flat(named)}"
    where = f"after step {step}" if step else "from its beginning"
    return f"\n{trace.flat(f'{named}, to go on {where}:')}{harmless(command)}\n"


def width_of(stream: TextIO) -> Width:
    """Asks how wide the terminal is; lines of a pipe have no limit."""
    if not is_terminal(stream):
        return lambda: None
    return lambda: shutil.get_terminal_size().columns
