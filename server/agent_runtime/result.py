"""How a run ended."""

from __future__ import annotations

from dataclasses import dataclass

from agent_runtime.events import EndReason, Tokens


class NoAnswerError(Exception):
    """A session ended without an answer; `result` says how."""

    def __init__(self, result: RunResult) -> None:
        super().__init__(result.why)
        self.result = result


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a session ended.

    `answer` is None unless `reason` is `answered`. `steps`, `tool_calls` and `tokens` are of the
    whole session. `error` says what failed, `cause` is the exception.
    """

    session: str
    reason: EndReason
    answer: str | None
    steps: int
    tool_calls: int
    tokens: Tokens
    error: str | None = None
    cause: Exception | None = None

    @property
    def why(self) -> str:
        """Why it ended, in a sentence."""
        return _WHY[self.reason].format(steps=self.steps, error=self.error)

    def require_answer(self) -> str:
        """The answer. NoAnswerError, from what failed, when there is none."""
        if self.answer is None:
            raise NoAnswerError(self) from self.cause
        return self.answer


_WHY: dict[EndReason, str] = {
    "answered": "There is an answer.",
    "max_iterations": "There was no answer after {steps} steps, which is the limit.",
    "token_budget": "The token budget was used up after {steps} steps.",
    "time_limit": "The time limit was reached in step {steps}.",
    "cancelled": "It was cancelled in step {steps}.",
    "failed": "It failed in step {steps}: {error}",
}
