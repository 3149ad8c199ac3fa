"""From problems of the text to issues, shared by the rules of this family."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runagent_ls.jsontree.document import SyntaxProblem
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InFile, Issue, Repair, Replacement
from runagent_ls.text.decoding import TextProblem
from runagent_ls.text.position import Span

RELATED: Final = {
    "duplicate-key": "The first one, whose value is lost",
    "missing-comma": "This value ends here",
}


def syntax_problems(project: AgentProject, *kinds: str) -> Iterator[SyntaxProblem]:
    """Problems of the configuration's text of these kinds; none when it cannot be read."""
    if project.config_error is None:
        yield from (problem for problem in project.document.problems if problem.kind in kinds)


def syntax_issue(
    project: AgentProject, problem: SyntaxProblem, repair: Repair | None = None
) -> Issue:
    """`problem` as an issue, related to the place it refers to."""
    related = problem.related
    text = RELATED.get(problem.kind, "Opened here")
    return Issue(
        problem.message,
        InFile(project.config_path, problem.span),
        related=((InFile(project.config_path, related), text),) if related is not None else (),
        repair=repair,
        data={"kind": problem.kind},
    )


def encoding_issues(project: AgentProject, *kinds: str) -> Iterator[Issue]:
    """Problems of the configuration's bytes of these kinds."""
    for problem in project.text_problems:
        if problem.kind in kinds:
            yield _encoding_issue(project, problem)


def _encoding_issue(project: AgentProject, problem: TextProblem) -> Issue:
    severity = None if problem.breaks_loader else "warning"
    return Issue(
        problem.message,
        InFile(project.config_path, problem.span),
        severity="warning" if severity else None,
        data={"kind": problem.kind},
    )


def deletion(project: AgentProject, title: str, span: Span) -> Repair:
    """Remove a piece of the configuration's text."""
    return Repair(title, (Replacement(InFile(project.config_path, span), ""),))


def line_deletion(project: AgentProject, title: str, span: Span) -> Repair:
    """Remove a piece that goes on to the end of its line, with the blanks in front of it; with
    the line, when nothing else is on it."""
    from runagent_ls.jsontree.edits.json_gaps import Gaps  # with the first of them

    gaps = Gaps(project.document)
    end = gaps.line_end(span.end)
    if not gaps.is_blank(span.end, end):
        return deletion(project, title, span)
    if gaps.begins_line(span.start):
        return deletion(project, title, Span(gaps.line_start(span.start), end))
    in_front = len(gaps.text[: span.start].rstrip(" \t"))
    return deletion(project, title, Span(in_front, span.end))
