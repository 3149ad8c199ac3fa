"""What an agent returns, written to standard output as it arrives."""

from __future__ import annotations

import asyncio
import codecs
import json
from collections.abc import Sequence
from typing import TextIO

from runagent_ls.agents.runs import OutputItem, RunOutcome
from runagent_ls.agents.values import JsonValue, for_display
from runagent_ls.cli.terminal import harmless, is_terminal


class Output:
    """Writes to `stream`: for people and pipes, or (`as_json`) one JSON object a line.

    Text chunks follow each other as they are; every other chunk has a line of its own. On a
    terminal control characters become visible escapes, in a pipe all bytes pass unchanged.
    """

    def __init__(self, stream: TextIO, as_json: bool) -> None:
        self._stream = stream
        self._as_json = as_json
        self._terminal = is_terminal(stream)
        self._ascii = codecs.lookup(stream.encoding or "ascii").name != "utf-8"
        self._line_is_open = False

    async def chunks(self, items: Sequence[OutputItem]) -> None:
        """Write and flush what arrived together."""
        text = "".join(map(self._line, items) if self._as_json else map(self._shown, items))
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
            value = outcome.result.value
            self._write(self._text(value) if isinstance(value, str) else self._dumped(value, 2))
            self._line_is_open = isinstance(value, str) and not value.endswith("\n")
        if self._line_is_open:
            self._write("\n")

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

    def _shown(self, item: OutputItem) -> str:
        if item.type == "text" and isinstance(item.value, str):
            if item.value:
                self._line_is_open = not item.value.endswith("\n")
            return self._text(item.value)
        before = "\n" if self._line_is_open else ""
        self._line_is_open = False
        if item.type == "unknown-frame":
            return f"{before}{self._text(item.raw)}\n"
        return before + self._dumped(item.value, None)

    def _dumped(self, value: JsonValue, indent: int | None) -> str:
        return self._text(json.dumps(value, ensure_ascii=self._ascii, indent=indent)) + "\n"

    def _text(self, text: str) -> str:
        return harmless(text) if self._terminal else text

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
