"""Move a value of `env_vars` to `.env`, which is not shared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.changes import Change, CreateFile, text_edits
from runagent_ls.features.refactoring.config_edits import config_edits
from runagent_ls.features.refactoring.env_lines import env_values, with_variable
from runagent_ls.features.refactoring.offer import EXTRACT_ENV, Offer
from runagent_ls.features.refactoring.stepwise import Steps
from runagent_ls.jsontree.document import NotText
from runagent_ls.jsontree.edits import remove
from runagent_ls.project.model import AgentProject
from runagent_ls.project.surroundings import ENV_FILE
from runagent_ls.project.upload import BUILT_IN_PATTERNS, is_ignored, patterns_of
from runagent_ls.rules.engine import value_is_known
from runagent_ls.rules.environment.overridden_value import RULE as OVERRIDDEN
from runagent_ls.rules.environment.secret_in_config import RULE as SECRETS
from runagent_ls.rules.finding import TextEdit
from runagent_ls.rules.rule import InConfig, Rule
from runagent_ls.text.lines import newline_of
from runagent_ls.text.position import Span

_SECRET: Final = frozenset({"secret-in-config"})
_GITIGNORE: Final = ".gitignore"
_NEW_GITIGNORE: Final = (ENV_FILE, ".git/", "node_modules/", *BUILT_IN_PATTERNS)
"""A new `.gitignore` switches RunAgent's own list off, so it repeats that list."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What one file needs: edits when it is there, or to be created."""

    edits: tuple[TextEdit, ...] = ()
    creates: tuple[CreateFile, ...] = ()


def move_to_env(project: AgentProject, name: str) -> Offer | None:
    """Write the variable into `.env`, take it out of the configuration, ignore `.env`.

    Where `.env` sets the variable already, its value counts, and the one here is only taken out;
    unless that is the fix of the rule which says so.
    """
    if name not in _values(project) or not _is_sure(project):
        return None
    if env_values(project.env_file or "").get(name) is not None:
        change = None if name in _names(OVERRIDDEN, project) else _moved(project, (), (name,))
        title = f"Remove {name}, which .env sets"
        return None if change is None else Offer(title, EXTRACT_ENV, change, _SECRET)
    change = _moved(project, (name,), (name,))
    title = f"Move {name} to .env"
    return None if change is None else Offer(title, EXTRACT_ENV, change, _SECRET)


def move_secrets_to_env(project: AgentProject) -> Offer | None:
    """The same for everything that looks like a secret, when that is more than one value."""
    names = _names(SECRETS, project)
    if len(names) < 2 or not _is_sure(project):
        return None
    set_there = env_values(project.env_file or "")
    change = _moved(project, [it for it in names if set_there.get(it) is None], names)
    title = f"Move all {len(names)} secrets to .env"
    return None if change is None else Offer(title, EXTRACT_ENV, change, _SECRET)


def _names(rule: Rule, project: AgentProject) -> list[str]:
    """The variables of the configuration that a rule speaks of."""
    issues = rule.check_project(project) if rule.check_project is not None else ()
    places = [it.place for it in issues]
    return [str(it.path[1]) for it in places if isinstance(it, InConfig) and len(it.path) > 1]


def _is_sure(project: AgentProject) -> bool:
    """Whether both files say for certain what is in them: a brace that is not closed may put any
    field among the variables."""
    return value_is_known(project) and not project.surroundings.env_error


def _values(project: AgentProject) -> dict[str, str]:
    """The variables of the configuration whose values are texts."""
    value = project.document.value
    found = value.get("env_vars") if isinstance(value, dict) else None
    items = found.items() if isinstance(found, dict) else ()
    return {
        name: text
        for name, text in items
        if isinstance(text, str) and not isinstance(text, NotText)
    }


def _moved(project: AgentProject, written: Sequence[str], removed: Sequence[str]) -> Change | None:
    """Write some variables into `.env` and take some out of the configuration."""
    steps = Steps(project.document)
    for name in removed:
        made = remove(steps.document, ("env_vars", name))
        if not made:
            return None
        steps.take(made)
    edits = config_edits(project, steps.replacements())
    if not written:
        return Change(edits)
    env, ignored = _env(project, written), _gitignore(project)
    if env is None or ignored is None:
        return None
    return Change(edits + env.edits + ignored.edits, env.creates + ignored.creates)


def _env(project: AgentProject, names: Sequence[str]) -> _Part | None:
    """Lines for variables of the configuration; None when one cannot be written."""
    path, known = project.root / ENV_FILE, project.env_file
    if known is None and (project.files is None or project.files.kind(path) != "missing"):
        return None
    text, values = known or "", _values(project)
    newline = newline_of(project.document.text if known is None else known)
    for name in names:
        line = with_variable(text, name, values[name], newline)
        if line is None:
            return None
        text += line
    if known is None:
        return _Part(creates=(CreateFile(path, text),))
    return _Part(_appended(path, known, text[len(known) :]))


def _gitignore(project: AgentProject) -> _Part | None:
    """What makes an upload leave `.env` out; None when that cannot be had by one line."""
    path = project.root / _GITIGNORE
    files = project.files
    if files is None:
        return None
    if files.kind(path) == "missing":
        newline = newline_of(project.document.text)
        text = "".join(f"{it}{newline}" for it in _NEW_GITIGNORE)
        return _Part(creates=(CreateFile(path, text),))
    known = files.read(path).text
    if known is None:
        return None
    if is_ignored(ENV_FILE, patterns_of(known)):
        return _Part()
    newline = newline_of(known)
    line = f"{'' if not known or known.endswith(newline) else newline}{ENV_FILE}{newline}"
    if not is_ignored(ENV_FILE, patterns_of(known + line)):
        return None
    return _Part(_appended(path, known, line))


def _appended(file: FilePath, text: str, more: str) -> tuple[TextEdit, ...]:
    return text_edits(file, text, [(Span(len(text), len(text)), more)])
