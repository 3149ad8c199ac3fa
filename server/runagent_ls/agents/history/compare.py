"""What differs between two runs: inputs, output, timing."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final, Literal, TypeAlias

from runagent_ls.agents.history.markdown import output_text
from runagent_ls.agents.history.records import StoredChunk, StoredRun
from runagent_ls.agents.values import JsonValue

Path: TypeAlias = tuple[str | int, ...]
ReadChunks: TypeAlias = Callable[[str], Iterable[StoredChunk]]

_MOST_DIFFERENCES: Final = 1000
_MOST_CHUNKS: Final = 20_000
_MOST_CHARS: Final = 1_000_000
_MOST_LINES: Final = 5000


@dataclass(frozen=True, slots=True)
class Difference:
    """One place where two JSON values differ; `old` and `new` are absent (None) where it is
    `added` or `removed`."""

    path: Path
    kind: Literal["added", "removed", "changed"]
    old: JsonValue = None
    new: JsonValue = None

    def to_message(self) -> dict[str, JsonValue]:
        message: dict[str, JsonValue] = {"path": list(self.path), "kind": self.kind}
        if self.kind != "added":
            message["old"] = self.old
        if self.kind != "removed":
            message["new"] = self.new
        return message


@dataclass(frozen=True, slots=True)
class Comparison:
    """`first` against `second`. `text` is a unified diff of the outputs, empty when they are the
    same; `complete` is False when something was too long to be compared whole."""

    first: StoredRun
    second: StoredRun
    inputs: tuple[Difference, ...]
    output: tuple[Difference, ...]
    error: tuple[Difference, ...]
    text: tuple[str, ...]
    complete: bool

    def to_message(self) -> dict[str, JsonValue]:
        """As JSON. `timing` has milliseconds of both runs, null where they are not known."""
        return {
            "first": self.first.to_message(),
            "second": self.second.to_message(),
            "inputs": [difference.to_message() for difference in self.inputs],
            "output": [difference.to_message() for difference in self.output],
            "error": [difference.to_message() for difference in self.error],
            "text": list(self.text),
            "timing": {
                "elapsedMs": [self.first.elapsed_ms, self.second.elapsed_ms],
                "firstChunkMs": [self.first.first_chunk_ms, self.second.first_chunk_ms],
                "chunks": [self.first.chunks, self.second.chunks],
            },
            "complete": self.complete,
        }


def compare(first: StoredRun, second: StoredRun, read_chunks: ReadChunks) -> Comparison:
    """Compare two runs, reading their chunks through `read_chunks`."""
    old, old_whole = _output(first, read_chunks)
    new, new_whole = _output(second, read_chunks)
    output = tuple(islice(differences(old.value, new.value), _MOST_DIFFERENCES + 1))
    text, text_whole = _text_difference(old.text, new.text, first, second)
    whole = old_whole and new_whole and text_whole and len(output) <= _MOST_DIFFERENCES
    return Comparison(
        first,
        second,
        tuple(islice(differences(_inputs(first), _inputs(second)), _MOST_DIFFERENCES)),
        output[:_MOST_DIFFERENCES],
        tuple(differences(first.error, second.error)),
        text,
        whole and not (first.inputs_cut or second.inputs_cut),
    )


def differences(old: JsonValue, new: JsonValue, path: Path = ()) -> Iterator[Difference]:
    """Where two JSON values differ, keys in order, `1` and `1.0` and `true` being different."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            if key not in new:
                yield Difference((*path, key), "removed", old[key])
            elif key not in old:
                yield Difference((*path, key), "added", None, new[key])
            else:
                yield from differences(old[key], new[key], (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        for at in range(max(len(old), len(new))):
            if at >= len(new):
                yield Difference((*path, at), "removed", old[at])
            elif at >= len(old):
                yield Difference((*path, at), "added", None, new[at])
            else:
                yield from differences(old[at], new[at], (*path, at))
    elif type(old) is not type(new) or repr(old) != repr(new):
        yield Difference(path, "changed", old, new)


@dataclass(frozen=True, slots=True)
class _Output:
    value: JsonValue
    text: str


def _inputs(run: StoredRun) -> JsonValue:
    return {"args": run.args, "kwargs": run.kwargs}


def _output(run: StoredRun, read_chunks: ReadChunks) -> tuple[_Output, bool]:
    """What the run gave: its result, or the text of a text stream, or the list of its chunks."""
    if run.kind == "run":
        text = run.result if isinstance(run.result, str) else _pretty(run.result)
        shown = text if run.has_result else ""
        return _Output(run.result, shown[:_MOST_CHARS]), (
            len(shown) <= _MOST_CHARS and run.result_cut_from is None
        )
    chunks = list(islice(read_chunks(run.history_id), _MOST_CHUNKS + 1))
    kept = chunks[:_MOST_CHUNKS]
    text = output_text(kept)
    value: JsonValue = [chunk.value for chunk in kept]
    if all(chunk.type == "text" for chunk in kept):
        # how a text was cut into chunks is chance
        value = text
    whole = len(chunks) <= _MOST_CHUNKS and len(text) <= _MOST_CHARS and not run.dropped_chunks
    return _Output(value, text[:_MOST_CHARS]), whole


def _pretty(value: JsonValue) -> str:
    import json

    return json.dumps(value, indent=2, ensure_ascii=False)


def _text_difference(
    old: str, new: str, first: StoredRun, second: StoredRun
) -> tuple[tuple[str, ...], bool]:
    old_lines, new_lines = old.split("\n"), new.split("\n")
    whole = max(len(old_lines), len(new_lines)) <= _MOST_LINES
    diff = difflib.unified_diff(
        old_lines[:_MOST_LINES],
        new_lines[:_MOST_LINES],
        first.history_id,
        second.history_id,
        lineterm="",
    )
    return tuple(diff), whole
