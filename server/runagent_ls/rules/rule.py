"""What a rule is, and what it may say. Rules name places; the engine finds positions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import TypeAlias

from runagent_ls.jsontree.document import JsonValue, Part, Path
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.rules.finding import Severity
from runagent_ls.text.position import Span


@dataclass(frozen=True, slots=True)
class InConfig:
    """A place in the configuration. A rule on entrypoints gives `path` from the entrypoint on."""

    path: Path
    part: Part = "value"


@dataclass(frozen=True, slots=True)
class InFile:
    """Code points of any text file. In the configuration itself for what has no path."""

    file: FilePath
    span: Span


Place: TypeAlias = InConfig | InFile


@dataclass(frozen=True, slots=True)
class Replacement:
    """New text for all of a place."""

    place: Place
    new_text: str


@dataclass(frozen=True, slots=True)
class SetValue:
    """Another value at a place of the configuration, written as the one there is."""

    path: Path
    value: JsonValue


@dataclass(frozen=True, slots=True)
class RenameKey:
    """Another key in front of a value of the configuration."""

    path: Path
    key: str


@dataclass(frozen=True, slots=True)
class Remove:
    """A property or item less."""

    path: Path


@dataclass(frozen=True, slots=True)
class Insert:
    """A property more, behind the key `after`."""

    parent: Path
    key: str
    value: JsonValue
    after: str | None = None


Edit: TypeAlias = Replacement | SetValue | RenameKey | Remove | Insert
"""Paths of a rule on entrypoints begin at the entrypoint."""


@dataclass(frozen=True, slots=True)
class Repair:
    """Edits that remove an issue; `safe` when they cannot change what the author means.

    It is offered only when all of them can be made with certainty.
    """

    title: str
    edits: tuple[Edit, ...]
    safe: bool = True


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing a rule has to say.

    `twin` is a second place where the same is shown, such as the function that an entrypoint
    names; each of the two becomes a finding that is related to the other, introduced there by
    `twin_text` and `place_text`. `severity` replaces the rule's own when the effect of this issue
    is another.
    """

    message: str
    place: Place
    twin: Place | None = None
    related: tuple[tuple[Place, str], ...] = ()
    repair: Repair | None = None
    severity: Severity | None = None
    data: Mapping[str, JsonValue] = field(default_factory=dict)
    twin_text: str = "The function that the configuration names"
    place_text: str = "Named as an entrypoint here"


ProjectCheck: TypeAlias = Callable[[AgentProject], Iterable[Issue]]
EntrypointCheck: TypeAlias = Callable[[Entrypoint, AgentProject], Iterable[Issue]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, with one of the two checks or both.

    `check_entrypoint` may look at the entrypoint, at its resolution, and at the project's
    `framework` and `root`; nothing else, because its issues are kept while those stay the same.
    Of its file's source, unless the resolution is refuted: whether it is broken or stale, whether
    the text of `module` occurs in it, and the symbols that the parameters' annotations name.
    `documentation` is the docstring of the rule's module: a title line, then fixed headings.
    """

    code: str
    slug: str
    severity: Severity
    documentation: str
    check_project: ProjectCheck | None = None
    check_entrypoint: EntrypointCheck | None = None
    fixable: bool = False
    reads_broken_config: bool = False
    """Runs also when the configuration's text is so broken that its value is a guess."""
    needs_observation: bool = False
    """Has nothing to say of a project that nobody has imported."""
    last_resort: bool = False
    """Is asked last, and only when no rule has found an error."""

    @property
    def title(self) -> str:
        """What the rule finds, in one line."""
        return self.documentation.strip().split("\n", 1)[0].rstrip(".")
