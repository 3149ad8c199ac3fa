"""What can be said about the text of a function's failure: Python's own wording, recognised."""

from __future__ import annotations

import re
from typing import NamedTuple

from runagent_ls.agents.errors import Action
from runagent_ls.agents.values import JsonValue


class Advice(NamedTuple):
    """Both None when nothing better than the error's default is known."""

    suggestion: str | None
    action: Action | None


_WRONG_INPUTS = re.compile(
    r"\(\) (?:got an unexpected keyword argument|missing \d+ required|takes \d+ positional"
    r"|takes from \d+ to \d+ positional|got multiple values for argument"
    r"|got some positional-only arguments)"
)
_MARKUP = re.compile(r"closing tag '\[/.*\]' at position \d+")
_NOT_ITERABLE = re.compile(r"^'(\w+)' object is not iterable$")
_RESULT_PREFIX = re.compile(
    r"^Agent execution failed: (?:Server error running agent [^:\s]+: ?)?", re.DOTALL
)


def own_words(message: str) -> str:
    """The function's own message, without what the server puts in front of it."""
    return _RESULT_PREFIX.sub("", message, count=1)


def said_by_function(message: str, details: JsonValue) -> str:
    """What an exception says, `message` being its text.

    A server of ours tells with `details` that it was none like the others: `3` alone says nothing.
    """
    if not isinstance(details, dict) or details.get("kind") != "exit":
        return message or "The function raised an exception without a text."
    if details.get("exception") != "SystemExit":
        said = f"The function raised {details.get('exception')}"
        return f"{said}: {message}" if message else f"{said}."
    if not message:
        return "The function ended the program (SystemExit)."
    if re.fullmatch(r"-?\d+", message):
        return f"The function ended the program (SystemExit) with {message}."
    return f"The function ended the program (SystemExit): {message}"


def advice_for(message: str) -> Advice:
    """What to do about a failure, judged by Python's or the server's fixed wording."""
    if _WRONG_INPUTS.search(message):
        return Advice(
            "The inputs do not fit the function: names must be exactly its parameters.",
            "edit-inputs",
        )
    if _MARKUP.search(message):
        return Advice(
            "The server garbled the function's message because it contains a path in square "
            "brackets; the output of `runagent serve` has the original.",
            "show-logs",
        )
    not_iterable = _NOT_ITERABLE.match(message)
    if not_iterable is not None:
        return Advice(
            f"The function gave a {not_iterable[1]}, which cannot be streamed: let it `yield` "
            "its chunks (an `async def` with `yield` must be named directly, not through a "
            "wrapper), or rename the tag so that it does not end in `_stream`.",
            None,
        )
    return Advice(None, None)
