"""What is called and what comes back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from runagent_ls.agents.errors import NonStreamEntrypointError, StreamEntrypointError
from runagent_ls.agents.values import JsonValue

STREAM_SUFFIX = "_stream"


@dataclass(frozen=True, slots=True)
class Call:
    """One entrypoint with its inputs, which reach the function exactly as JSON holds them.

    `user_id` and `persistent_memory` matter in the cloud only; `extra` are further fields of the
    request for servers that know them.
    """

    tag: str
    args: Sequence[JsonValue] = ()
    kwargs: Mapping[str, JsonValue] = field(default_factory=dict)
    user_id: str | None = None
    persistent_memory: bool = False
    extra: Mapping[str, JsonValue] = field(default_factory=dict)

    @property
    def streams(self) -> bool:
        """Only the tag decides, never the function."""
        return self.tag.endswith(STREAM_SUFFIX)

    def body(self) -> dict[str, JsonValue]:
        """The request of REST and of the stream; the stream needs all three keys."""
        body: dict[str, JsonValue] = {
            **self.extra,
            "entrypoint_tag": self.tag,
            "input_args": list(self.args),
            "input_kwargs": dict(self.kwargs),
        }
        if self.user_id is not None:
            body["user_id"] = self.user_id
        if self.persistent_memory:
            body["persistent_memory"] = True
        return body

    def require_plain(self) -> None:
        """StreamEntrypointError when `run` cannot call this tag."""
        if self.streams:
            raise StreamEntrypointError(
                f"`{self.tag}` is a streaming entrypoint (its tag ends in `{STREAM_SUFFIX}`); "
                "a plain call cannot run it."
            )

    def require_stream(self) -> None:
        """NonStreamEntrypointError when `stream` cannot call this tag."""
        if not self.streams:
            raise NonStreamEntrypointError(
                f"`{self.tag}` is not a streaming entrypoint: only tags ending in "
                f"`{STREAM_SUFFIX}` stream."
            )


@dataclass(frozen=True, slots=True)
class RunResult:
    """The answer of a plain call; `elapsed` in seconds, as seen from here."""

    value: JsonValue
    request_id: str | None
    elapsed: float


@dataclass(frozen=True, slots=True)
class Started:
    """The checks are passed and the function is being called."""

    invocation_id: str | None


@dataclass(slots=True)  # not frozen: that costs a third of the time of reading a small chunk
class Chunk:
    """One item of the stream. `raw` is the text it was decoded from."""

    index: int
    value: JsonValue
    raw: str


@dataclass(frozen=True, slots=True)
class UnknownFrame:
    """A message we have no meaning for (not JSON, or of an unknown type), handed on as it came."""

    raw: str


@dataclass(frozen=True, slots=True)
class Progress(UnknownFrame):
    """A report in between (`stream_progress`, `stream_update`), which carries no output."""

    status: str


@dataclass(frozen=True, slots=True)
class Completed:
    """The server's word that all chunks were sent; `execution_time` in seconds, its own."""

    total_chunks: int | None
    execution_time: float | None
    invocation_id: str | None


StreamEvent: TypeAlias = Started | Chunk | UnknownFrame | Completed
