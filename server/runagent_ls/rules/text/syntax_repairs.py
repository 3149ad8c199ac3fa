"""Repairs of broken JSON: each is proved by reading the text again."""

from __future__ import annotations

import json
import re
from typing import Final, NamedTuple

from runagent_ls.jsontree import parse
from runagent_ls.jsontree.document import Document, SyntaxProblem
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InFile, Repair, Replacement
from runagent_ls.text.position import Span

MAX_PROBLEMS: Final = 10
MAX_LENGTH: Final = 100_000
"""A text with more problems, or a longer one, is not read again for each of them."""

_CONSTANTS: Final = {"true": "true", "yes": "true", "false": "false", "no": "false"}
_CLOSERS: Final = re.compile(r"([\]}]+)(,?) (?:is|are) missing here")
_NEEDS_A_LOOK: Final = frozenset(
    {
        "missing-quote",
        "missing-bracket",
        "extra-bracket",
        "wrong-bracket",
        "unquoted-string",
        "invalid-escape",
        "unescaped-quote",
    }
)
"""Kinds where the reader guesses what was meant: not repaired without being asked to."""
_WRITTEN_OTHERWISE: Final = frozenset({"invalid-escape"})
"""Kinds whose value changes: the backslash that was left out comes back."""


class _Edit(NamedTuple):
    title: str
    span: Span
    new_text: str


def syntax_repair(project: AgentProject, problem: SyntaxProblem) -> Repair | None:
    """What makes one problem go away and leaves the value as it was understood; None: nothing."""
    document = project.document
    if document.language != "json":
        return None
    edit = _edit(document.text, problem)
    if edit is None or not _is_proven(document, problem, edit):
        return None
    place = InFile(project.config_path, edit.span)
    safe = problem.kind not in _NEEDS_A_LOOK
    return Repair(edit.title, (Replacement(place, edit.new_text),), safe)


def is_affordable(document: Document) -> bool:
    """Whether there is time to read the text again for each of its problems."""
    return len(document.problems) <= MAX_PROBLEMS and len(document.text) <= MAX_LENGTH


def _is_proven(document: Document, problem: SyntaxProblem, edit: _Edit) -> bool:
    from runagent_ls.jsontree.edits import apply  # with the first of them
    from runagent_ls.jsontree.edits.proof import is_same

    before = document.problems
    if not is_affordable(document):
        return problem.kind == "missing-comma"
    after = parse(apply(document.text, [(edit.span, edit.new_text)]), "json")
    if len(after.problems) >= len(before):
        return False
    return problem.kind in _WRITTEN_OTHERWISE or is_same(after.value, document.value)


def _edit(text: str, problem: SyntaxProblem) -> _Edit | None:
    span, written = problem.span, text[problem.span.start : problem.span.end]
    match problem.kind:
        case "missing-comma":
            end = problem.related.end if problem.related is not None else span.start
            return _Edit("Insert the missing comma", Span(end, end), ",")
        case "missing-colon":
            return _Edit("Insert the missing colon", span, ":")
        case "missing-quote":
            return _Edit("Insert the missing quote", span, '"')
        case "wrong-separator":
            right = "," if written == ";" else ":"
            return _Edit(f"Replace {written} by {right}", span, right)
        case "misspelt-constant":
            right = _CONSTANTS.get(written.lower(), "null")
            return _Edit(f"Replace {written} by {right}", span, right)
        case "wrong-quotes" if "\\" not in written:
            return _Edit("Use double quotes", span, _quoted(written[1:-1]))
        case "unquoted-key" | "unquoted-string":
            return _Edit("Put it in double quotes", span, _quoted(written))
        case "extra-bracket" | "unexpected-comma" | "unexpected-colon":
            return _Edit(f"Remove {written}", span, "")
        case "invalid-character":
            return _Edit("Replace by a plain space", span, " ")
    return _bracket_edit(text, problem) or _string_edit(problem, written)


def _bracket_edit(text: str, problem: SyntaxProblem) -> _Edit | None:
    if problem.kind == "wrong-bracket" and problem.related is not None:
        right = "}" if text[problem.related.start] == "{" else "]"
        return _Edit(f"Replace by {right}", problem.span, right)
    if problem.kind != "missing-bracket":
        return None
    closers = _CLOSERS.match(problem.message)
    missing = "".join(closers.groups()) if closers is not None else ""
    if missing == "" and "opening {" in problem.message:
        missing = "{"
    return _Edit(f"Insert {missing}", problem.span, missing) if missing else None


def _string_edit(problem: SyntaxProblem, written: str) -> _Edit | None:
    match problem.kind:
        case "control-character":
            right = _quoted(written)[1:-1]
            return _Edit(f"Write {right}", problem.span, right)
        case "invalid-escape":
            right = written[1:] if written == "\\'" else f"\\{written}"
            return _Edit(f"Write {right}", problem.span, right)
        case "unescaped-quote":
            return _Edit('Write \\"', problem.span, '\\"')
    return None


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
