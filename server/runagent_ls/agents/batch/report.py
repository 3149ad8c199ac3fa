"""The tally of a batch, and the report it ends in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from runagent_ls.agents.batch.latencies import Latencies
from runagent_ls.agents.batch.one_at_a_time import OneAtATime
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.values import JsonValue

BatchEnd: TypeAlias = Literal["finished", "gave-up", "interrupted", "refused"]
"""`gave-up`: the agent stayed away. `refused`: it takes no call of this kind at all."""

UNKNOWN_NAMED: Final = 100
"""So many items of unknown outcome are named; all are counted."""
PERCENTS: Final = (50.0, 90.0, 95.0, 99.0)


@dataclass(slots=True)
class ErrorKind:
    """How often one code came, and the first item it came for."""

    count: int
    message: str
    index: int
    line: int


class Tally:
    """Counts over all items that have ended, those of earlier runs of the batch included."""

    def __init__(self) -> None:
        self.completed = 0
        self.failed = 0
        self.unknown: dict[int, int] = {}
        """Index to line. Items whose call may have run, though no answer came."""
        self.retries = 0
        self.shared = 0
        self.errors: dict[str, ErrorKind] = {}
        self.latencies = Latencies()
        self._code_of_unknown: dict[int, str] = {}

    @property
    def done(self) -> int:
        """Items that have a result."""
        return self.completed + self.failed + len(self.unknown)

    def add(self, record: Mapping[str, Any]) -> None:
        """Count one line of the output; a later line of an unknown item replaces the earlier."""
        index, line = int(record["index"]), _number(record.get("line"))
        self._forget_unknown(index)
        match record["state"]:
            case "completed":
                self.completed += 1
            case "failed":
                self.failed += 1
            case _:
                self.unknown[index] = int(line)
        attempts = _number(record.get("attempts"))
        self.retries += max(int(attempts) - 1, 0)
        self.shared += record.get("shared") is True
        if attempts and record["state"] != "unknown":
            self.latencies.add(_number(record.get("elapsedMs")))
        error = record.get("error")
        if isinstance(error, dict):
            self._count_error(index, int(line), error)

    def _count_error(self, index: int, line: int, error: Mapping[str, Any]) -> None:
        code = str(error.get("code"))
        if index in self.unknown:
            self._code_of_unknown[index] = code
        known = self.errors.get(code)
        if known is None:
            self.errors[code] = ErrorKind(1, str(error.get("message")), index, line)
        else:
            known.count += 1

    def _forget_unknown(self, index: int) -> None:
        if self.unknown.pop(index, None) is None:
            return
        code = self._code_of_unknown.pop(index, None)
        if code is not None:
            self.errors[code].count -= 1
            if not self.errors[code].count:
                del self.errors[code]


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else 0


@dataclass(frozen=True, slots=True)
class BatchReport:
    """How a batch ended. Counts are over the whole batch, times in seconds of this run alone.

    `resumed` items had ended in earlier runs. `not_run` items have no result yet; None when
    nobody counted the inputs. `one_at_a_time` is the evidence that calls at once do not help, if
    they do not.
    """

    tag: str
    end: BatchEnd
    tally: Tally
    resumed: int
    not_run: int | None
    wall_s: float
    paused_s: float
    one_at_a_time: OneAtATime | None = None
    error: AgentError | None = None
    notices: tuple[str, ...] = field(default=())

    @property
    def ended_now(self) -> int:
        """Items that got their result in this run."""
        return self.tally.done - self.resumed

    @property
    def all_fine(self) -> bool:
        """Every item has completed."""
        tally = self.tally
        return self.end == "finished" and not tally.failed and not tally.unknown

    def to_message(self) -> dict[str, JsonValue]:
        """`BatchReport` of schemas/protocol.schema.json, without the run's id."""
        tally = self.tally
        latencies = tally.latencies.percentiles(*PERCENTS)
        message: dict[str, JsonValue] = {
            "tag": self.tag,
            "end": self.end,
            "done": tally.done,
            "completed": tally.completed,
            "failed": tally.failed,
            "unknown": len(tally.unknown),
            "resumed": self.resumed,
            "notRun": self.not_run,
            "shared": tally.shared,
            "retries": tally.retries,
            "successRate": round(tally.completed / tally.done, 6) if tally.done else None,
            "wallS": round(self.wall_s, 3),
            "pausedS": round(self.paused_s, 3),
            "itemsPerSecond": round(self.ended_now / self.wall_s, 3) if self.wall_s else None,
            "errors": {
                code: {
                    "count": kind.count,
                    "example": {"index": kind.index, "line": kind.line, "message": kind.message},
                }
                for code, kind in sorted(tally.errors.items(), key=lambda item: -item[1].count)
            },
            "unknownItems": [
                {"index": index, "line": line}
                for index, line in sorted(tally.unknown.items())[:UNKNOWN_NAMED]
            ],
            "notices": list(self.notices),
        }
        if latencies is not None:
            names = (f"p{percent:g}" for percent in PERCENTS)
            rounded: list[JsonValue] = [round(value, 3) for value in latencies]
            message["latencyMs"] = {
                **dict(zip(names, rounded, strict=True)),
                "count": tally.latencies.count,
                "exact": tally.latencies.exact,
            }
        if self.one_at_a_time is not None:
            message["oneAtATime"] = self.one_at_a_time.to_message()
        if self.error is not None:
            message["error"] = self.error.to_message()
        return message
