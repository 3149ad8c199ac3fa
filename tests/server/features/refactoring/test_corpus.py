"""Every refactoring that real agents offer, anywhere, is taken: none leaves a new finding."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from corpus_agents import PROJECTS, build
from marked_text import CURSOR
from refactoring_cases import CONFIG, Files, apply, ask, read_files, written
from runagent_ls.features.refactoring.offers import offers

STEP = 5
"""Code points between two cursors: less than any name that something is offered at."""


def as_it_is(files: Files) -> Files:
    return files


def without_functions(files: Files) -> Files:
    return written(files, lambda path, text: "x = 1\n" if path.endswith(".py") else text)


def without_files(files: Files) -> Files:
    return {path: text for path, text in files.items() if not path.endswith(".py")}


def without_entrypoints(files: Files) -> Files:
    """As before the first function was exposed."""
    text = files[CONFIG].replace('"agent_architecture"', '"entrypoints_were"')
    return {**files, CONFIG: text}


def without_streams(files: Files) -> Files:
    return written(files, lambda _, text: re.sub(r'("tag": *"\w+?)_stream"', r'\1_live"', text))


def of_old_form(files: Files) -> Files:
    return written(files, lambda _, text: text.replace('"tag"', '"type"'))


CHANGES = (
    as_it_is, without_functions, without_files, without_entrypoints, without_streams, of_old_form
)  # fmt: skip


def places(files: Files, root: Path) -> dict[str, tuple[str, int]]:
    """A place, as path and offset, for each title that is offered anywhere."""
    workspace = ask({**files, CONFIG: files[CONFIG] + CURSOR}, root).workspace
    found = {}
    for path, text in files.items():
        for offset in range(0, len(text), STEP):
            for offer in offers(workspace, root / path, offset):
                found[offer.title] = path, offset
    return found


@pytest.mark.parametrize("project", PROJECTS)
@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_offered_leaves_nothing_new(
    project: str, change: Callable[[Files], Files], tmp_path: Path
) -> None:
    (tmp_path / "built").mkdir()
    files = change(read_files(build(project, tmp_path / "built").parent))
    shutil.rmtree(tmp_path / "built")
    for number, (title, (path, offset)) in enumerate(places(files, tmp_path / "all").items()):
        text = files[path]
        marked = {**files, path: text[:offset] + CURSOR + text[offset:]}
        again = ask(marked, tmp_path / f"{number}")
        known = Counter(it[:2] for it in again.findings())
        apply(again.titled(title).change)
        # Advice may change: there are more names to be meant now.
        left = Counter(it[:2] for it in again.findings())
        assert left <= known, title


def test_real_agents_offer_every_kind(tmp_path: Path) -> None:
    offered = set()
    for number, project in enumerate(PROJECTS):
        for change in CHANGES:
            root = tmp_path / f"{number}-{change.__name__}"
            (root / "built").mkdir(parents=True)
            files = change(read_files(build(project, root / "built").parent))
            offered |= {title.split()[0] for title in places(files, root / "all")}
    assert offered == {"Create", "Generate", "Expose", "Migrate", "Split", "Add", "Move"}
