"""What there is to say of a case, as findings for editors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from runagent_ls.jsontree.document import JsonValue, Path
from runagent_ls.jsontree.json_document import parse_json
from runagent_ls.rules.environment.secret_in_config import is_secret
from runagent_ls.rules.finding import Finding, Severity
from runagent_ls.testing.model import Case
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Span

CODE: Final = "case"
UNUSABLE: Final = "unusable-case"
LEAK: Final = "secret-in-case"


def findings_of(case: Case, *, with_format: bool) -> tuple[Finding, ...]:
    """What is wrong with a case, and secrets in it: cases are committed with the agent.

    Without `with_format` only what an editor that knows the schema of cases does not tell itself.
    """
    lines = LineIndex(case.text or "")

    def finding(slug: str, severity: Severity, message: str, span: Span) -> Finding:
        return Finding(CODE, slug, severity, message, case.place.path, lines.range(span))

    return (
        *(
            finding(UNUSABLE, "error", it.message, it.span)
            for it in case.problems
            if with_format or not it.of_format
        ),
        *(finding(LEAK, "warning", message, span) for message, span in _secrets(case)),
    )


def _secrets(case: Case) -> Iterator[tuple[str, Span]]:
    found = list(_secret_paths(case.kwargs))
    if not found:
        return
    document = parse_json(case.text or "")
    value = document.value
    named = "inputs" if isinstance(value, dict) and "inputs" in value else "kwargs"
    for path in found:
        message = (
            f"{path[-1]} looks like a secret, and cases are shared with the code. Let the agent"
            " read it from its environment, and make this key invalid."
        )
        yield message, document.span((named, *path))


def _secret_paths(inputs: Mapping[str, JsonValue]) -> Iterator[Path]:
    """Texts in objects, at any depth, that look like secrets by their names and what they are."""
    waiting: list[tuple[Path, JsonValue]] = [((), dict(inputs))]
    while waiting:
        path, value = waiting.pop()
        if isinstance(value, dict):
            waiting += [((*path, key), value[key]) for key in reversed(value)]
        elif isinstance(value, list):
            waiting += [((*path, index), value[index]) for index in reversed(range(len(value)))]
        elif isinstance(value, str) and is_secret(_name(path), value):
            yield path


def _name(path: Path) -> str:
    return next((step for step in reversed(path) if isinstance(step, str)), "")
