"""Our copies of two rules of RunAgent, against the real package: what upload packs, what runs."""

from __future__ import annotations

import json
import random
import subprocess
from pathlib import Path

import pytest

from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.startup import MARKERS, startup_folder
from runagent_ls.project.upload import upload_folder
from serve_real_agent import environment, interpreter

ASK_REAL = """
import json, sys
from pathlib import Path
from runagent.utils.gitignore import get_filtered_files
from runagent.utils.imports import PackageImporter
asked = json.load(sys.stdin)
importer = PackageImporter(verbose=False)
json.dump({
    "packed": [get_filtered_files(Path(folder)) for folder in asked["agents"]],
    "roots": [str(importer._find_project_root(Path(entry))) for entry in asked["entries"]],
}, sys.stdout)
"""
FILES = [
    "main.py", ".env", "lib/a.py", "src/lib/a.py", "build/x", "sub/build/x", "venv/bin/python",
    "data", "data.txt", "src/data/x", "a.pyc", "src/a.pyc", "src/__pycache__/a.pyc", "x.egg-info/y",
    ".gitignore2", "notes [1].txt", "src/deep/er/main.py", "Thumbs.db", "src/.DS_Store", "env",
]  # fmt: skip
PATTERNS = [
    "venv", "venv/", ".env", "/data", "data/", "data", "*.pyc", "**/*.pyc", "src/*", "!src/a.pyc",
    "!.env", "#.env", "", "  lib/  ", "*", "!*", "notes [1].txt", "notes [[]1].txt", "src/lib/",
    "*/x", "?ata", "src", "!main.py", "!src/", "\\\\.env", "er/",
]  # fmt: skip


def make_agents(folder: Path, count: int) -> list[Path]:
    chance = random.Random(7)  # noqa: S311 not for secrets
    agents = []
    for number in range(count):
        agent = folder / f"agent{number}"
        for name in chance.sample(FILES, chance.randint(5, len(FILES))):
            path = agent / name
            if not any(parent.is_file() for parent in path.parents):
                path.parent.mkdir(parents=True, exist_ok=True)
                if not path.is_dir():
                    path.write_text("x", "utf-8")
        if number % 5:
            lines = chance.choices(PATTERNS, k=chance.randint(0, 4))
            (agent / ".gitignore").write_text("\n".join(lines), "utf-8")
        agents.append(agent)
    return agents


def make_entries(folder: Path, count: int) -> list[Path]:
    chance = random.Random(11)  # noqa: S311 not for secrets
    entries = []
    for number in range(count):
        entry = folder / f"tree{number}" / "1" / "2" / "3" / "4" / "5" / "main.py"
        entry.parent.mkdir(parents=True)
        entry.write_text("", "utf-8")
        for level in chance.sample(range(6), chance.randint(0, 2)):
            (entry.parents[level] / chance.choice(MARKERS)).touch()
        entries.append(entry)
    return entries


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[tuple[Path, object]]]:
    """What the real package answers for each agent folder and each entrypoint file."""
    folder = tmp_path_factory.mktemp("real")
    agents, entries = make_agents(folder, 120), make_entries(folder, 60)
    question = {"agents": [str(it) for it in agents], "entries": [str(it) for it in entries]}
    done = subprocess.run(
        [interpreter(), "-c", ASK_REAL],
        input=json.dumps(question),
        env=environment(folder / "cache"),
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    answer = json.loads(done.stdout)
    return {
        "packed": list(zip(agents, answer["packed"], strict=True)),
        "roots": list(zip(entries, answer["roots"], strict=True)),
    }


def test_upload_packs_the_same_files(real: dict[str, list[tuple[Path, object]]]) -> None:
    for agent, packed in real["packed"]:
        ours = upload_folder(agent, DiskFiles())
        assert sorted(ours.paths) == packed, ours.gitignore


def test_the_same_folder_runs_at_start(real: dict[str, list[tuple[Path, object]]]) -> None:
    for entry, root in real["roots"]:
        assert str(startup_folder(entry.parent, DiskFiles()).folder) == root
