"""The refusal of inputs that do not fit a function, before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence

from runagent_ls.agents.errors import ValidationError
from runagent_ls.agents.values import JsonValue


def unfit_inputs(
    signature: str, problems: Sequence[dict[str, JsonValue]], suggestion: str
) -> ValidationError:
    """`problems` are `InputProblem`s of schemas/protocol.schema.json, at least one."""
    said = " ".join(str(problem["message"]) for problem in problems)
    return ValidationError(
        f"The inputs do not fit {signature}. {said} Nothing was sent.",
        suggestion=suggestion,
        action="send-anyway",
        details={"problems": list(problems)},
    )
