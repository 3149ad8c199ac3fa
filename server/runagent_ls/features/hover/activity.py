"""What has happened with an agent, in words: facts that no file tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

from runagent_ls.features.markup.content import Code, Inline, Line, Text

CallState: TypeAlias = Literal["running", "completed", "failed", "cancelled", "interrupted"]

_UNITS: Final = (
    (60.0, 1.0, "second"),
    (3600.0, 60.0, "minute"),
    (86_400.0, 3600.0, "hour"),
    (float("inf"), 86_400.0, "day"),
)
_OUTCOMES: Final[Mapping[CallState, str]] = {
    "running": "it goes on",
    "completed": "completed",
    "failed": "failed",
    "cancelled": "was cancelled",
    "interrupted": "was interrupted",
}


@dataclass(frozen=True, slots=True)
class LastCall:
    """The newest recorded call of a tag. `started_at` in seconds since 1970."""

    state: CallState
    started_at: float
    elapsed_ms: float | None = None
    chunks: int = 0


@dataclass(frozen=True, slots=True)
class Activity:
    """`served_at` is the address at which the agent answers now, None when none is known.

    `last_calls` is by tag; `now` is in seconds since 1970.
    """

    now: float = 0.0
    served_at: str | None = None
    last_calls: Mapping[str, LastCall] = field(default_factory=dict)


def activity_line(activity: Activity, tag: str | None) -> Line | None:
    """`Served at … · Last called …`; None when there is nothing to say."""
    parts: list[tuple[Inline, ...]] = []
    if activity.served_at is not None:
        parts.append((Text("Served at "), Code(activity.served_at)))
    call = activity.last_calls.get(tag) if tag is not None else None
    if call is not None:
        parts.append((Text(last_called(call, activity.now)),))
    pieces: list[Inline] = []
    for part in parts:
        pieces += [Text(" · "), *part] if pieces else part
    return Line(tuple(pieces)) if pieces else None


def last_called(call: LastCall, now: float) -> str:
    """`Last called 5 minutes ago: completed in 1.2 s with 7 chunks`."""
    text = f"Last called {ago(now - call.started_at)}: {_OUTCOMES[call.state]}"
    if call.elapsed_ms is not None and call.state != "running":
        text += f" {'in' if call.state == 'completed' else 'after'} {duration(call.elapsed_ms)}"
    if call.chunks:
        text += f" with {counted(call.chunks, 'chunk')}"
    return text


def ago(seconds: float) -> str:
    """`just now`, `1 minute ago`, `3 days ago`. A clock that was set back gives `just now`."""
    if seconds < 5:
        return "just now"
    for below, unit, name in _UNITS:
        if seconds < below:
            return f"{counted(int(seconds // unit), name)} ago"
    return "long ago"


def duration(milliseconds: float) -> str:
    """`12 ms`, `1.2 s`, `3 min 20 s`."""
    if milliseconds < 1000:
        return f"{milliseconds:.0f} ms"
    if milliseconds < 60_000:
        return f"{milliseconds / 1000:.1f} s"
    minutes, seconds = divmod(int(milliseconds // 1000), 60)
    return f"{minutes} min {seconds} s"


def counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
