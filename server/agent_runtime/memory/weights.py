"""In which order memories come to mind."""

from __future__ import annotations

from dataclasses import dataclass

from agent_runtime.limits import is_number


@dataclass(frozen=True, slots=True)
class RecallWeights:
    """What counts how much when memories are put in order. Only the proportions matter.

    ValueError for negative weights, and when all are 0.
    """

    relevance: float = 5.0
    importance: float = 2.0
    recency: float = 2.0
    frequency: float = 1.0

    def __post_init__(self) -> None:
        weights = (self.relevance, self.importance, self.recency, self.frequency)
        if not all(is_number(weight) and weight >= 0 for weight in weights) or not (
            is_number(sum(weights)) and sum(weights) > 0
        ):
            raise ValueError(
                "weights must be numbers that are not negative, one of them above 0, not "
                f"{weights!r:.80}"
            )

    def score(self, *, relevance: float, importance: float, recency: float, recalls: int) -> float:
        """The weighted mean, from 0 to 1; `recalls` count as `recalls / (recalls + 1)`."""
        total = self.relevance + self.importance + self.recency + self.frequency
        return (
            self.relevance * relevance
            + self.importance * importance
            + self.recency * recency
            + self.frequency * recalls / (recalls + 1)
        ) / total
