"""From issues, which name places, to findings, which have positions."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Final

from runagent_ls.jsontree.document import Document, JsonValue, Path
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.finding import Finding, Fix, Related, Severity, TextEdit
from runagent_ls.rules.rule import (
    InConfig,
    Insert,
    Issue,
    Place,
    Remove,
    RenameKey,
    Repair,
    Replacement,
    Rule,
    SetValue,
)
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Position, Range, Span

if TYPE_CHECKING:  # loaded with the first fix
    from runagent_ls.jsontree.edits.replacing import Replacement as ConfigReplacement

MAX_YAML_READ_AGAIN: Final = 200_000
"""Characters of YAML that are read to prove fixes, in one check: about half a second."""


class Renderer:
    """Finds positions for one project; a text is indexed when something in it is shown."""

    def __init__(self, project: AgentProject) -> None:
        self._project = project
        self._lines: dict[FilePath, LineIndex] = {}
        self._tags: frozenset[JsonValue] | None = None
        self._yaml_read_again = 0

    def findings(
        self, rule: Rule, issue: Issue, base: Path, level: Severity | None
    ) -> Iterator[Finding]:
        """The issue at its place and at its twin, if any. `base` goes before `InConfig` paths."""
        file, place = self._at(issue.place, base)
        related = tuple(self._related(at, message, base) for at, message in issue.related)
        severity = level or issue.severity or rule.severity
        fix = self._fix(issue.repair, base) if issue.repair is not None else None
        twin = self._at(issue.twin, base) if issue.twin is not None else None
        to_twin = (Related(*twin, issue.twin_text),) if twin else ()
        yield Finding(
            rule.code, rule.slug, severity, issue.message, file, place,
            (*to_twin, *related), fix, issue.data,
        )  # fmt: skip
        if twin is not None:
            back = Related(file, place, issue.place_text)
            yield Finding(
                rule.code, rule.slug, severity, issue.message, *twin, (back, *related), fix,
                issue.data,
            )  # fmt: skip

    def _related(self, place: Place, message: str, base: Path) -> Related:
        return Related(*self._at(place, base), message)

    def _fix(self, repair: Repair, base: Path) -> Fix | None:
        """None when an edit cannot be made with certainty."""
        edits: list[TextEdit] = []
        for edit in repair.edits:
            if isinstance(edit, Replacement):
                edits.append(TextEdit(*self._at(edit.place, base), edit.new_text))
                continue
            if (
                isinstance(edit, SetValue)
                and edit.path[-1:] == ("tag",)
                and self._is_tag(edit.value)
            ):
                return None
            if not self._is_affordable(edit):
                return None
            made = _replacements(self._project.document, edit, base)
            if not made:
                return None
            file = self._project.config_path
            edits += [TextEdit(file, self._range(file, span), text) for span, text in made]
        return Fix(repair.title, tuple(edits), repair.safe)

    def _is_tag(self, value: JsonValue) -> bool:
        """Whether an entrypoint has this tag: a second one would not load."""
        if self._tags is None:
            self._tags = frozenset(entrypoint.tag for entrypoint in self._project.entrypoints)
        return value in self._tags

    def _is_affordable(self, edit: SetValue | RenameKey | Remove | Insert) -> bool:
        """Whether there is time to prove it: of YAML by reading the whole text again, if lines come
        or go. Findings that are left without their fix get it when others are fixed."""
        document = self._project.document
        if document.language == "json" or isinstance(edit, SetValue | RenameKey):
            return True
        self._yaml_read_again += len(document.text)
        return self._yaml_read_again <= max(MAX_YAML_READ_AGAIN, len(document.text))

    def _at(self, place: Place, base: Path) -> tuple[FilePath, Range]:
        if isinstance(place, InConfig):
            file = self._project.config_path
            span = self._project.document.span((*base, *place.path), place.part)
            return file, self._range(file, span)
        return place.file, self._range(place.file, place.span)

    def _range(self, file: FilePath, span: Span) -> Range:
        lines = self._lines.get(file)
        if lines is None:
            text = self._text(file)
            if text is None:
                return Range(Position(0, 0), Position(0, 0))
            lines = self._lines[file] = LineIndex(text)
        return lines.range(span)

    def _text(self, file: FilePath) -> str | None:
        if file == self._project.config_path:
            return self._project.document.text
        if file == self._project.root / ".env":
            return self._project.env_file
        source = self._project.sources.get(file)
        known = source.text if source is not None else self._project.surroundings.texts.get(file)
        has_run = self._project.observation is not None or self._project.failed_runs
        if known is None and has_run and self._project.files:
            # A file that was met while the agent ran.
            return self._project.files.read(file).text
        return known


def _replacements(
    document: Document, edit: SetValue | RenameKey | Remove | Insert, base: Path
) -> tuple[ConfigReplacement, ...] | None:
    """What an edit replaces in the configuration's text."""
    from runagent_ls.jsontree import edits as config_edits  # with the first fix

    match edit:
        case SetValue(path, value):
            return config_edits.set_value(document, (*base, *path), value)
        case RenameKey(path, key):
            return config_edits.rename_key(document, (*base, *path), key)
        case Remove(path):
            return config_edits.remove(document, (*base, *path))
        case Insert(parent, key, value, after):
            return config_edits.insert_property(document, (*base, *parent), key, value, after)
