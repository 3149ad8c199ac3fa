"""Holds what a run gave against what a case expects: all that takes no time to tell.

What may take forever is in `testing.confined`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from runagent_ls.agents.outcome import RunOutcome
from runagent_ls.jsontree.document import JsonValue
from runagent_ls.schema.wording import path_in_words, shortened
from runagent_ls.testing.answer import Answer
from runagent_ls.testing.comparing import Difference, as_text, difference
from runagent_ls.testing.model import Failure

Expect = Mapping[str, JsonValue]

COMPLETES: Final = "completes"
ABOUT_OUTPUT: Final = ("equals", "contains", "regex", "schema", "jsonPath")


def failed_end(expect: Expect, outcome: RunOutcome) -> Failure | None:
    """A run that did not end as it should; nothing else is worth looking at then."""
    wanted, error = expect.get("error"), outcome.error
    if outcome.state == "cancelled":
        return Failure(COMPLETES, "The run was cancelled.")
    if wanted is None:
        if error is None:
            return None
        return Failure(COMPLETES, f"The run failed: {error.message} ({error.code})")
    if error is None:
        message = f"The run was to fail with {wanted}, but it completed."
        return Failure("error", message, ("error",), str(wanted), "completed")
    if error.code == wanted:
        return None
    message = f"The run was to fail with {wanted}, but it failed with {error.code}: {error.message}"
    return Failure("error", message, ("error",), str(wanted), error.code)


def quick_failures(expect: Expect, answer: Answer) -> Iterator[Failure]:
    """Of the limits, `equals` and `contains`, those that do not hold."""
    yield from _limits(expect, answer.outcome)
    missing = next((it for it in ABOUT_OUTPUT if it in expect), None)
    if missing is None:
        return
    if not answer.has_output:
        yield Failure(missing, "The run failed, so there is no result to look at.", (missing,))
    elif not answer.is_complete:
        message = "The output is too large to be looked at."
        yield Failure(missing, message, (missing,))
    else:
        if "equals" in expect:
            yield from _equals(expect["equals"], answer)
        yield from _contains(expect.get("contains"), answer.text)


def _limits(expect: Expect, outcome: RunOutcome) -> Iterator[Failure]:
    limit = expect.get("maxFirstChunkMs")
    if isinstance(limit, int | float):
        first = outcome.first_chunk_ms
        if first is None:
            message = f"No chunk came; the first was to come within {shortened(limit)} ms."
            yield Failure("maxFirstChunkMs", message, ("maxFirstChunkMs",))
        elif first > limit:
            took = f"The first chunk came after {first:.0f} ms"
            message = f"{took}, which is more than {shortened(limit)} ms."
            yield Failure("maxFirstChunkMs", message, ("maxFirstChunkMs",))
    limit = expect.get("maxTotalMs")
    if isinstance(limit, int | float) and outcome.elapsed_ms > limit:
        message = (
            f"The run took {outcome.elapsed_ms:.0f} ms, which is more than {shortened(limit)} ms."
        )
        yield Failure("maxTotalMs", message, ("maxTotalMs",))
    least = expect.get("minChunks")
    if isinstance(least, int) and outcome.chunks < least:
        message = f"{outcome.chunks} chunks came, at least {least} were expected."
        yield Failure("minChunks", message, ("minChunks",))


def _equals(expected: JsonValue, answer: Answer) -> Iterator[Failure]:
    # Of a stream a text means all of its text, however it was cut into chunks.
    by_text = answer.streams and isinstance(expected, str)
    actual = answer.text if by_text else answer.output
    if (found := difference(expected, actual)) is not None:
        shown = as_text(expected), as_text(actual)
        yield Failure("equals", in_words(found, "The output"), ("equals",), *shown)


def _contains(expected: JsonValue, text: str) -> Iterator[Failure]:
    if isinstance(expected, str) and expected not in text:
        yield _lacking("contains", ("contains",), expected, text)
    for index, part in enumerate(expected if isinstance(expected, list) else ()):
        if isinstance(part, str) and part not in text:
            yield _lacking(f"contains[{index}]", ("contains", index), part, text)


def _lacking(name: str, path: tuple[str | int, ...], part: str, text: str) -> Failure:
    near = " It does in another case." if part.casefold() in text.casefold() else ""
    message = f"The output does not contain {shortened(part)}.{near}"
    return Failure(name, message, path, as_text(part), as_text(text))


def in_words(found: Difference, what: str) -> str:
    """A difference as a sentence."""
    place = path_in_words(found.path)
    where = f"{what} differs at {place}" if place else what
    if found.lacks is not None or found.extra is not None:
        parts = [
            *([f"lacks the key {shortened(found.lacks)}"] if found.lacks is not None else []),
            *([f"has the key {shortened(found.extra)} besides"] if found.extra is not None else []),
        ]
        return f"{where}{': it' if place else ''} {' and '.join(parts)}."
    expected, actual = found.expected, found.actual
    if isinstance(expected, list) and isinstance(actual, list):
        counts = f"{_items(actual)}, not {len(expected)}"
        return f"{where}{': it' if place else ''} has {counts}."
    both = f"{shortened(actual)}, not {shortened(expected)}"
    return f"{where}: it is {both}." if place else f"{where} is {both}."


def _items(values: list[Any]) -> str:
    return "1 item" if len(values) == 1 else f"{len(values)} items"
