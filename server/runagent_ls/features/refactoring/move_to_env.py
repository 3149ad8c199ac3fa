"""Move a value of `env_vars` to `.env`, which is not shared."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from runagent_ls.features.changes import Change, CreateFile
from runagent_ls.features.refactoring.config_edits import config_edits
from runagent_ls.features.refactoring.env_lines import env_values, with_variable
from runagent_ls.features.refactoring.offer import EXTRACT_ENV, Offer
from runagent_ls.features.refactoring.python_layout import newline_of
from runagent_ls.jsontree.document import NotText
from runagent_ls.jsontree.edits import remove
from runagent_ls.project.model import AgentProject
from runagent_ls.project.upload import BUILT_IN_PATTERNS, is_ignored, patterns_of
from runagent_ls.rules.finding import TextEdit
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Span

_ENV: Final = ".env"
_GITIGNORE: Final = ".gitignore"
_NEW_GITIGNORE: Final = (_ENV, ".git/", "node_modules/", *BUILT_IN_PATTERNS)
"""A new `.gitignore` switches RunAgent's own list off, so it repeats that list."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What one file needs: edits when it is there, or to be created."""

    edits: tuple[TextEdit, ...] = ()
    creates: tuple[CreateFile, ...] = ()


def move_to_env(project: AgentProject, name: str) -> Offer | None:
    """Write the variable into `.env`, take it out of the configuration, ignore `.env`.

    Where `.env` sets the variable already, its value counts, and the one here is only taken out.
    """
    value = project.document.value
    env_vars = value.get("env_vars") if isinstance(value, dict) else None
    found = env_vars.get(name) if isinstance(env_vars, dict) else None
    if not isinstance(found, str) or isinstance(found, NotText) or project.surroundings.env_error:
        return None
    removed = remove(project.document, ("env_vars", name))
    if not removed:
        return None
    edits = config_edits(project, removed)
    set_there = env_values(project.env_file or "")
    if set_there.get(name) is not None:
        removes = frozenset({"secret-in-config", "overridden-value"})
        return Offer(f"Remove {name}, which .env sets", EXTRACT_ENV, Change(edits), removes)
    env, ignored = _env(project, name, found), _gitignore(project)
    if env is None or ignored is None:
        return None
    change = Change(edits + env.edits + ignored.edits, env.creates + ignored.creates)
    return Offer(f"Move {name} to .env", EXTRACT_ENV, change, frozenset({"secret-in-config"}))


def _env(project: AgentProject, name: str, value: str) -> _Part | None:
    path = project.root / _ENV
    files, text = project.files, project.env_file
    if text is None:
        if files is None or files.kind(path) != "missing":
            return None
        line = with_variable("", name, value, newline_of(project.document.text))
        return None if line is None else _Part(creates=(CreateFile(path, line),))
    line = with_variable(text, name, value, newline_of(text))
    if line is None:
        return None
    end = LineIndex(text).range(Span(len(text), len(text)))
    return _Part((TextEdit(path, end, line),))


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
    if is_ignored(_ENV, patterns_of(known)):
        return _Part()
    newline = newline_of(known)
    line = f"{'' if not known or known.endswith(newline) else newline}{_ENV}{newline}"
    if not is_ignored(_ENV, patterns_of(known + line)):
        return None
    end = LineIndex(known).range(Span(len(known), len(known)))
    return _Part((TextEdit(path, end, line),))
