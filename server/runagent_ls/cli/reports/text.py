"""`--output-format text`: for people, one block for each finding."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from runagent_ls.cli.reports.excerpt import excerpt
from runagent_ls.cli.reports.report import CheckedFile, Report
from runagent_ls.cli.terminal import Painter, one_line
from runagent_ls.rules.finding import Finding, Severity
from runagent_ls.text.paths import shown_path

_COLOUR: Final[dict[Severity, str]] = {
    "error": "red",
    "warning": "yellow",
    "information": "blue",
    "hint": "cyan",
}
_NOUN: Final[dict[Severity, tuple[str, str]]] = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "information": ("remark", "remarks"),
    "hint": ("hint", "hints"),
}

if TYPE_CHECKING:
    from runagent_ls.serve.state import EntrypointReport


def render(report: Report, paint: Painter, encoding: str) -> str:
    """All findings with source excerpts, then one line that counts them.

    `encoding` is that of the output: what it cannot hold is shown as an escape, in place.
    """
    blocks = [_block(report, file, finding, paint, encoding) for file, finding in report.findings()]
    seen = [_verified(report, config, paint) for config in report.verified]
    return "\n".join([*blocks, *seen, _summary(report, paint) + "\n"])


def _verified(report: Report, config: Path, paint: Painter) -> str:
    """What the agent's own Python made of each entrypoint."""
    found = report.verified[config]
    python = f"Python {found.python}" if found.python else "Python"
    where = shown_path(found.interpreter, report.base)
    lines = [paint(one_line(f"{shown_path(config, report.base)} in {python} ({where})"), "bold")]
    width = max((len(it.tag) for it in found.reports), default=0)
    lines += [one_line(f"  {it.tag:{width}}  {_seen(it)}").rstrip() for it in found.reports]
    if found.lent:
        from runagent_ls.serve.supervisor.provided import lending_note

        lines.append(one_line(f"  note: {lending_note(found.interpreter)}"))
    return "\n".join(lines) + "\n"


def _seen(report: EntrypointReport) -> str:
    if report.failure is not None:
        return "not there" if report.failure.exception == "AttributeError" else "not imported"
    if report.callable is False:
        return "cannot be called"
    return f"{report.kind} {report.signature or ''}"


def _block(
    report: Report, file: CheckedFile, finding: Finding, paint: Painter, encoding: str
) -> str:
    colour = _COLOUR[finding.severity]
    start = finding.range.start
    number = str(start.line + 1)
    gutter = " " * len(number)
    where = f"{shown_path(file.path, report.base)}:{number}:{file.column(start)}"
    lines = [
        f"{paint(f'{finding.severity}[{finding.code}]', 'bold', colour)}"
        f"{paint(': ' + one_line(finding.message), 'bold')}",
        f"{gutter}{paint('-->', 'blue')} {one_line(where)}",
    ]
    bar = paint(f"{gutter} |", "blue")
    shown = excerpt(file, finding.range, encoding)
    if shown is not None:
        carets = paint("^" * shown.width, "bold", colour)
        lines += [
            bar,
            f"{paint(f'{number} |', 'blue')} {shown.text}".rstrip(),
            f"{bar} {' ' * shown.indent}{carets}",
        ]
    notes = _notes(report, finding)
    if notes and shown is not None:
        lines.append(bar)
    mark = paint("=", "blue")
    lines += [f"{gutter} {mark} {paint(name, 'bold')}: {text}" for name, text in notes]
    return "\n".join(lines) + "\n"


def _notes(report: Report, finding: Finding) -> list[tuple[str, str]]:
    notes = []
    for related in finding.related:
        start = related.range.start
        path = shown_path(related.file, report.base)
        where = one_line(f"{path}:{start.line + 1}")
        notes.append(("note", f"{one_line(related.message)} ({where})"))
    if finding.fix is not None:
        how = (
            "apply with --fix"
            if finding.fix.safe
            else "not by --fix: see whether it is what you mean"
        )
        notes.append(("fix", f"{one_line(finding.fix.title)} ({how})"))
    return notes


def _summary(report: Report, paint: Painter) -> str:
    fixed = f"Fixed {_plural(report.fixed, 'problem', 'problems')}. " if report.fixed else ""
    projects = _plural(report.projects, "project", "projects")
    count = report.count()
    if not count:
        return f"{fixed}{paint('No problems', 'green')} in {projects}."
    listed = ", ".join(
        _plural(count[severity], *_NOUN[severity]) for severity in _NOUN if count[severity]
    )
    fixable = sum(finding.fix is not None and finding.fix.safe for _, finding in report.findings())
    advice = f" {fixable} fixable with --fix." if fixable else ""
    return (
        f"{fixed}Found {listed} in {projects}.{advice}"
        " `runagent-ls rule CODE` explains each of them."
    )


def _plural(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
