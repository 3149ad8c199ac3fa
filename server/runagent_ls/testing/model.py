"""What a case says, as read from its file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from runagent_ls.jsontree.document import JsonValue, Path
from runagent_ls.testing.places import CasePlace
from runagent_ls.text.position import Span


@dataclass(frozen=True, slots=True)
class CaseProblem:
    """Why a case cannot be run as it is written. `span` is in the text of its file.

    `of_format` is true for what anybody can tell who knows JSON and schemas/case.schema.json.
    """

    message: str
    span: Span
    of_format: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One call and what is expected of it. With `problems` it must not be run.

    `text` is None when the file cannot be read. `expect` is as it stands in the file: an object of
    schemas/case.schema.json when there are no problems, None when nothing is expected.
    """

    place: CasePlace
    text: str | None
    problems: tuple[CaseProblem, ...] = ()
    description: str | None = None
    args: Sequence[JsonValue] = ()
    kwargs: Mapping[str, JsonValue] = field(default_factory=dict)
    user_id: str | None = None
    persistent_memory: bool | None = None
    expect: Mapping[str, JsonValue] | None = None

    @property
    def expectations(self) -> int:
        """How many there are; each item of a list counts."""
        parts = () if self.expect is None else self.expect.items()
        listed = ("contains", "jsonPath")
        return sum(
            len(part) if name in listed and isinstance(part, list) else 1 for name, part in parts
        )


@dataclass(frozen=True, slots=True)
class Failure:
    """One expectation that a run did not meet.

    `expectation` names it as in the file (`contains[1]`, `jsonPath[0].equals`), or is `completes`
    for what every case without `error` expects. `path` leads to it from `expect`. `expected` and
    `actual` are texts to be compared by eye.
    """

    expectation: str
    message: str
    path: Path = ()
    expected: str | None = None
    actual: str | None = None
