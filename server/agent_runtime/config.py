"""What an agent is and how far it may go."""

from __future__ import annotations

from dataclasses import dataclass

from agent_runtime.limits import check_seconds, check_whole, is_number


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentConfig:
    """An agent's name, what it is told, and its limits. None means no limit.

    `name` is what its memory is kept under. `max_iterations` counts the steps of a session, also
    across a resume; `token_budget` the tokens of a session, read and written. Limits of time are
    in seconds: `time_limit` of one run, `model_time_limit` of one question to the model (ten
    minutes, as long as the SDKs of providers wait), `tool_time_limit` of one call of a tool that
    has no limit of its own. At most
    `max_memory_recalls` memories with at most `max_memory_tokens` tokens together are put into
    the prompt. Of the steps so far the prompt tells about `max_history_tokens` tokens, the latest
    in full. `max_reply_tokens` and `temperature` are passed to the model. With
    `remember_answers`, an agent with episodic memory remembers each question with its answer.

    ValueError for limits that make no sense.

    >>> AgentConfig(name="helper").max_iterations
    10
    >>> AgentConfig(name="helper", max_iterations=0)
    Traceback (most recent call last):
        ...
    ValueError: max_iterations must be at least 1, not 0
    """

    name: str
    instructions: str = ""
    max_iterations: int = 10
    max_memory_recalls: int = 5
    max_memory_tokens: int = 500
    max_history_tokens: int = 16_000
    max_reply_tokens: int | None = None
    token_budget: int | None = None
    temperature: float | None = None
    time_limit: float | None = None
    model_time_limit: float | None = 600.0
    tool_time_limit: float | None = None
    remember_answers: bool = True

    def __post_init__(self) -> None:
        for name in ("name", "instructions"):
            if not isinstance(given := getattr(self, name), str):
                raise ValueError(f"{name} must be text, not {given!r:.40}")
        if not self.name.strip():
            raise ValueError("name must not be empty")
        for name, least in _LEAST.items():
            value = getattr(self, name)
            if value is None and name in _OPTIONAL:
                continue
            check_whole(name, value, least)
        for name in ("time_limit", "model_time_limit", "tool_time_limit"):
            seconds = getattr(self, name)
            if seconds is not None:
                check_seconds(name, seconds)
        if self.temperature is not None and not is_number(self.temperature):
            raise ValueError(f"temperature must be a number, not {self.temperature!r:.40}")


_LEAST = {
    "max_iterations": 1,
    "max_memory_recalls": 0,
    "max_memory_tokens": 0,
    "max_history_tokens": 100,
    "max_reply_tokens": 1,
    "token_budget": 1,
}
_OPTIONAL = ("max_reply_tokens", "token_budget")
