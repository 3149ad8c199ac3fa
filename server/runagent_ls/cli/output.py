"""What an agent returns, written to standard output as it arrives."""

from __future__ import annotations

import asyncio
import codecs
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, TextIO, TypeAlias

from runagent_ls.agents.runs import OutputItem, RunOutcome
from runagent_ls.agents.values import JsonValue, for_display
from runagent_ls.cli.terminal import harmless, is_terminal

if TYPE_CHECKING:  # loaded when there is a trace
    from runagent_ls.cli.trace.output_trace import OutputTrace, WayOn

OutputFormat: TypeAlias = Literal["text", "raw", "json"]


def format_for(stream: TextIO, chosen: OutputFormat | None) -> OutputFormat:
    """What was asked for, else text for people and raw for programs."""
    return chosen or ("text" if is_terminal(stream) else "raw")


class Output:
    """Writes to `stream`: as one JSON object a line, as the agent gives it, or for people.

    Text chunks follow each other as they are; every other chunk has a line of its own. For people
    the events of an agent in steps become a trace. For them, and on a terminal, control
    characters become visible escapes; else all bytes pass unchanged.
    """

    def __init__(
        self, stream: TextIO, output_format: OutputFormat, way_on: WayOn | None = None
    ) -> None:
        self._stream = stream
        self._as_json = output_format == "json"
        self._terminal = is_terminal(stream)
        self._trace = _trace(stream) if output_format == "text" else None
        self._way_on = way_on
        self._is_harmless = self._terminal or output_format == "text"
        self._ascii = codecs.lookup(stream.encoding or "ascii").name != "utf-8"
        self._line_is_open = False

    async def chunks(self, items: Sequence[OutputItem]) -> None:
        """Write and flush what arrived together."""
        text = "".join(map(self._line, items) if self._as_json else map(self.shown, items))
        if self._terminal:
            self._write(text)
        else:
            # A reader that pauses must not keep the connection from answering pings.
            await asyncio.to_thread(self._write, text)

    def end(self, outcome: RunOutcome, history_id: str | None = None) -> None:
        """Write the value of a call, or the outcome as JSON."""
        if self._as_json:
            message = outcome.to_message("")
            del message["runId"]
            if history_id is not None:
                message["historyId"] = history_id
            self._write(json.dumps(message) + "\n")
        elif outcome.result is not None:
            self._write(self.result(outcome.result.value))
        self._write(self.rest(history_id))

    def shown(self, item: OutputItem) -> str:
        """A chunk as text."""
        if self._trace is not None and item.type != "unknown-frame":
            told = self._trace.told(item.value)
            if told is not None:
                return self._new_line() + told
        return self.pause() + self._untold(item)

    def pause(self) -> str:
        """Ends the open line of a trace, for something else to be written."""
        return "" if self._trace is None else self._trace.pause()

    def rest(self, history_id: str | None) -> str:
        """What ends the output of a run, which the history has if there is an id."""
        told = "" if self._trace is None else self._trace.end(self._way_on, history_id)
        return self._new_line() + told

    def result(self, value: JsonValue) -> str:
        """What a call gave as text."""
        told = None if self._trace is None else self._trace.told(value)
        if told is not None:
            return told
        if not isinstance(value, str):
            return self._dumped(value, 2)
        self._line_is_open = not value.endswith("\n")
        return self._text(value)

    def _line(self, item: OutputItem) -> str:
        message: dict[str, JsonValue] = {
            "index": item.index,
            "atMs": round(item.at_ms, 3),
            "type": item.type,
        }
        if item.type == "value":
            message["value"] = for_display(item.value, item.raw)
        else:
            message["text"] = item.value if item.type == "text" else item.raw
        return json.dumps(message) + "\n"

    def _untold(self, item: OutputItem) -> str:
        if item.type == "text" and isinstance(item.value, str):
            if item.value:
                self._line_is_open = not item.value.endswith("\n")
            return self._text(item.value)
        before = self._new_line()
        if item.type == "unknown-frame":
            return f"{before}{self._text(item.raw)}\n"
        return before + self._dumped(item.value, None)

    def _new_line(self) -> str:
        is_open, self._line_is_open = self._line_is_open, False
        return "\n" if is_open else ""

    def _dumped(self, value: JsonValue, indent: int | None) -> str:
        return self._text(json.dumps(value, ensure_ascii=self._ascii, indent=indent)) + "\n"

    def _text(self, text: str) -> str:
        return harmless(text) if self._is_harmless else text

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()


def _trace(stream: TextIO) -> OutputTrace:
    from runagent_ls.cli.trace.output_trace import OutputTrace

    return OutputTrace(stream)
