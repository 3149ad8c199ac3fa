"""Cases of `tests/fixtures/refactoring`: a project with the cursor in it, and what is offered.

Names that begin with `dot-` stand for ones with a leading dot. `written` changes how a case's
files are written, without changing what they say.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from marked_text import CURSOR, marked
from runagent_ls.features.changes import Change
from runagent_ls.features.refactoring.offer import Offer
from runagent_ls.features.refactoring.offers import offers
from runagent_ls.lsp.workspace import AgentWorkspace
from runagent_ls.project.discovery import CONFIG_NAMES
from runagent_ls.rules.finding import TextEdit
from runagent_ls.rules.selection import Selection
from runagent_ls.text.lines import LineIndex

CASES: Final = Path(__file__).parent / "fixtures" / "refactoring"
Files = dict[str, str]
CONFIG: Final = "runagent.config.json"
AGENT_ID: Final = "5f0c7a1e-3c55-4a0b-9d3e-0b1d8a6f2c11"


def config(*entries: dict[str, Any], **more: object) -> str:
    """A configuration with these entrypoints; the cursor may stand in any text of it."""
    value = {
        "agent_name": "demo",
        "description": "Greets people",
        "framework": "default",
        "template": "",
        "version": "1.0.0",
        "created_at": "2025-06-25T13:42:03",
        "template_source": {"repo_url": "", "author": "", "path": ""},
        "agent_architecture": {"entrypoints": list(entries)},
        "env_vars": {},
        "agent_id": AGENT_ID,
        **more,
    }
    return json.dumps(value, indent=2, ensure_ascii=False)


def entry(module: str, tag: str, file: str = "main.py", **more: object) -> dict[str, Any]:
    return {"file": file, "module": module, "tag": tag, **more}


@dataclass(frozen=True)
class Case:
    """`before` has the cursor in one of its texts; paths are relative, with slashes."""

    name: str
    title: str
    removes: tuple[str, ...]
    before: Files

    @property
    def after(self) -> Files:
        """What the files are to be when the offer was taken."""
        return read_files(CASES / self.name / "after")


def cases() -> list[Case]:
    """All cases by name."""
    found = []
    for folder in sorted(CASES.iterdir()):
        offer = json.loads((folder / "offer.json").read_text("utf-8"))
        before = read_files(folder / "before")
        found.append(Case(folder.name, offer["title"], tuple(offer["removes"]), before))
    return found


def case(name: str) -> Case:
    """One case."""
    return next(it for it in cases() if it.name == name)


def read_files(folder: Path) -> Files:
    """Texts of all files below a folder, line ends as they are."""
    return {
        re.sub(
            r"(^|/)dot-", r"\1.", path.relative_to(folder).as_posix()
        ): path.read_bytes().decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@dataclass(frozen=True)
class Asked:
    """A project on the disk, and what is offered where its cursor was."""

    root: Path
    workspace: AgentWorkspace
    offers: tuple[Offer, ...]

    def titled(self, title: str) -> Offer:
        found = [it for it in self.offers if it.title == title]
        assert len(found) == 1, [it.title for it in self.offers]
        return found[0]

    def findings(self) -> list[tuple[str, str, str]]:
        """Path, rule and words of all findings, as the disk is now."""
        self.workspace.distrust_disk(only_open=False)
        for config in self.workspace.configs:
            self.workspace.check(config)
        return sorted(
            (path.relative_to(self.root).as_posix(), it.slug, it.message)
            for path in self.workspace.files_with_findings()
            for it in self.workspace.known_findings(path)
        )


def ask(files: Mapping[str, str], root: Path) -> Asked:
    """Write a project and ask for refactorings at the cursor in one of its files."""
    (place,) = [path for path, text in files.items() if CURSOR in text]
    write(files, root)
    workspace = AgentWorkspace(lambda _config: Selection())
    configs = [root / path for path in files if Path(path).name in CONFIG_NAMES]
    workspace.discovered(root, configs)
    for config in configs:
        workspace.agents.refresh(config)
    for path in files:
        workspace.client_calls(root / path)
    offset = marked(files[place]).offset
    return Asked(root, workspace, tuple(offers(workspace, root / place, offset)))


def write(files: Mapping[str, str], root: Path) -> None:
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.replace(CURSOR, "").encode())


def apply(change: Change) -> None:
    """Change the files on the disk as an editor would, doubtful edits left out."""
    for created in change.creates:
        assert not created.path.exists()
        created.path.parent.mkdir(parents=True, exist_ok=True)
        created.path.write_bytes(created.text.encode())
    by_file: dict[Path, list[TextEdit]] = {}
    for edit in change.edits:
        by_file.setdefault(edit.file, []).append(edit)
    for path, edits in by_file.items():
        path.write_bytes(edited(path.read_bytes().decode(), edits).encode())


def edited(text: str, edits: Iterable[TextEdit]) -> str:
    lines = LineIndex(text)
    spots = [(lines.offset(it.range.start), lines.offset(it.range.end), it) for it in edits]
    end = len(text) + 1
    for start, stop, edit in sorted(spots, key=lambda spot: spot[:2], reverse=True):
        assert stop <= end, "edits overlap"
        text, end = text[:start] + edit.new_text + text[stop:], start
    return text


def written(files: Mapping[str, str], change: Callable[[str, str], str]) -> Files:
    """All texts after `change(path, text)`."""
    return {path: change(path, text) for path, text in files.items()}
