"""Running the rules over a project: issues in, findings with positions out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from operator import is_
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.model import AgentProject, Entrypoint, ModuleFile, Verdict
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.finding import Finding
from runagent_ls.rules.own.rule_failed import RULE as RULE_FAILED
from runagent_ls.rules.own.rule_failed import failure_of
from runagent_ls.rules.registry import all_rules
from runagent_ls.rules.rendering import Renderer
from runagent_ls.rules.rule import Issue, Rule
from runagent_ls.rules.selection import Level, Selection

EVERYTHING: Final = Selection()

VALUE_IS_KNOWN: Final = frozenset(
    {"trailing-comma", "comment", "byte-order-mark", "duplicate-key", "not-a-number"}
)
"""Syntax problems that leave no doubt about what the author wrote."""


@dataclass(slots=True)
class _Kept:
    """Issues of one entrypoint, and all that they depend on."""

    value: object
    module_file: ModuleFile | None
    file_facts: object
    verdict: Verdict | None
    framework: str | None
    issues: tuple[tuple[Rule, Issue], ...]

    def holds(self, entrypoint: Entrypoint, file_facts: object, framework: str | None) -> bool:
        """Whether the rules would say the same of `entrypoint`."""
        if self.value is not entrypoint.value or self.framework != framework:
            return False
        now = entrypoint.verdict
        if self.verdict is now and self.module_file is entrypoint.module_file:
            return True
        # Where nothing is said, no place is named: then it does not matter that places moved.
        # What is missing is looked for in the whole file, so there everything matters.
        if self.issues or self.verdict is None or now is None:
            return False
        same = self.verdict.settled is now.settled and self.file_facts == file_facts
        return same and now.settled.exists is not Proof.REFUTED


class CheckCache:
    """Issues per entrypoint, kept from one check to the next of the same project."""

    def __init__(self) -> None:
        self.entrypoints: tuple[Entrypoint, ...] = ()
        self.kept: list[_Kept] = []
        """One for each of `entrypoints`."""
        self.framework: str | None = None

    def unchanged(self, now: tuple[Entrypoint, ...], framework: str | None) -> tuple[int, int]:
        """How many entrypoints at the start and at the end are the very same as last time."""
        if framework != self.framework:
            return 0, 0
        shorter = min(len(now), len(self.entrypoints))
        head = _same_at_start(now, self.entrypoints, shorter)
        tail = _same_at_start(reversed(now), reversed(self.entrypoints), shorter - head)
        return head, tail


def _same_at_start(now: Iterable[object], before: Iterable[object], most: int) -> int:
    same = list(map(is_, islice(now, most), islice(before, most)))
    return same.index(False) if False in same else len(same)


def check(
    project: AgentProject,
    selection: Selection | None = None,
    cache: CheckCache | None = None,
) -> Mapping[FilePath, tuple[Finding, ...]]:
    """All findings by file, sorted by place; the configuration's file is always a key.

    Never raises: a rule that fails becomes a finding of its own.
    """
    chosen = selection or EVERYTHING
    levels = _levels(chosen)
    renderer = Renderer(project)
    found: dict[FilePath, list[Finding]] = {project.config_path: []}
    failed = False
    for rule, issue, base in _issues(project, cache, levels):
        level = levels[rule.code]
        if level == "off" or (failed and rule.last_resort):
            continue
        failed = failed or (issue.severity or rule.severity) == "error"
        for finding in renderer.findings(rule, issue, base, level):
            found.setdefault(finding.file, []).append(finding)
    return {path: _sorted(findings) for path, findings in found.items()}


def _levels(selection: Selection) -> Mapping[str, Level | None]:
    if selection.select or selection.ignore or selection.severities:
        return {rule.code: selection.level(rule) for rule in all_rules()}
    return _own_levels()


@cache
def _own_levels() -> Mapping[str, Level | None]:
    """What most checks use: every rule as loud as it is."""
    return {rule.code: None for rule in all_rules()}


def _sorted(findings: list[Finding]) -> tuple[Finding, ...]:
    order = sorted(findings, key=lambda it: (it.range, it.code, it.message))
    unique: dict[tuple[object, ...], Finding] = {}
    for finding in order:
        unique.setdefault((finding.code, finding.range, finding.message), finding)
    return tuple(unique.values())


def _issues(
    project: AgentProject, cache: CheckCache | None, levels: Mapping[str, object]
) -> Iterator[tuple[Rule, Issue, tuple[str | int, ...]]]:
    readable = value_is_known(project)
    asked = [rule for rule in all_rules() if rule.check_project and levels[rule.code] != "off"]
    if project.observation is None:
        asked = [rule for rule in asked if not rule.needs_observation]
    if not readable:
        asked = [rule for rule in asked if rule.reads_broken_config]
    for rule in asked:
        if not rule.last_resort:
            yield from ((it, issue, ()) for it, issue in _ask_project(rule, project))
    if readable:
        yield from _entrypoint_issues(project, cache)
    for rule in asked:
        if rule.last_resort:
            yield from ((it, issue, ()) for it, issue in _ask_project(rule, project))


def value_is_known(project: AgentProject) -> bool:
    """False when the configuration is missing, or so broken that its value is a guess."""
    return project.config_error is None and all(
        not problem.breaks_loader or problem.kind in VALUE_IS_KNOWN
        for problem in project.document.problems
    )


def _entrypoint_issues(
    project: AgentProject, cache: CheckCache | None
) -> Iterator[tuple[Rule, Issue, tuple[str | int, ...]]]:
    cache = CheckCache() if cache is None else cache
    entrypoints, framework = project.entrypoints, project.framework
    head, tail = cache.unchanged(entrypoints, framework)
    before, behind = cache.kept[:head], cache.kept[len(cache.kept) - tail :]
    between = cache.kept[head : len(cache.kept) - tail]
    middle = entrypoints[head : len(entrypoints) - tail]
    cache.kept = [*before, *_kept(middle, project, between), *behind]
    cache.entrypoints, cache.framework = entrypoints, framework
    for entrypoint, known in zip(entrypoints, cache.kept, strict=True):
        if known.issues:
            yield from ((rule, issue, entrypoint.path) for rule, issue in known.issues)


def _kept(
    entrypoints: Iterable[Entrypoint], project: AgentProject, before: Iterable[_Kept]
) -> Iterator[_Kept]:
    """What there is to say about each, taken over from `before` where that holds."""
    rules = [rule for rule in all_rules() if rule.check_entrypoint is not None]
    kept = {id(it.value): it for it in before}
    framework = project.framework
    facts: dict[int, object] = {}
    for entrypoint in entrypoints:
        at = entrypoint.module_file
        if id(at) not in facts:
            facts[id(at)] = _file_facts(at)
        known = kept.get(id(entrypoint.value))
        if known is None or not known.holds(entrypoint, facts[id(at)], framework):
            issues = tuple(_ask_entrypoint(rules, entrypoint, project))
            known = _Kept(
                entrypoint.value, at, facts[id(at)], entrypoint.verdict, framework, issues
            )
        yield known


def _file_facts(at: ModuleFile | None) -> object:
    """All of a file but the names that it defines: on those a `Verdict` has its own watch."""
    if at is None or at.source is None:
        return at
    broken = at.source.syntax_error is not None
    return replace(at, source=None), broken, at.source.stale


def _ask_project(rule: Rule, project: AgentProject) -> list[tuple[Rule, Issue]]:
    try:
        issues = tuple(rule.check_project(project)) if rule.check_project is not None else ()
    except Exception as error:  # noqa: BLE001 one broken rule must not silence the others
        return [(RULE_FAILED, failure_of(rule, error))]
    return [(rule, issue) for issue in issues]


def _ask_entrypoint(
    rules: Iterable[Rule], entrypoint: Entrypoint, project: AgentProject
) -> Iterator[tuple[Rule, Issue]]:
    for rule in rules:
        if rule.check_entrypoint is None:
            continue
        try:
            issues = tuple(rule.check_entrypoint(entrypoint, project))
        except Exception as error:  # noqa: BLE001 one broken rule must not silence the others
            yield RULE_FAILED, failure_of(rule, error)
        else:
            yield from ((rule, issue) for issue in issues)
