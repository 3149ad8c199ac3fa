"""Readings again after edits say what a first reading says, and redo only what an edit touched."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.project.file_source import DiskFiles, OverlayFiles
from runagent_ls.project.loading import ProjectCache, load_project
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.engine import CheckCache, check

BASE: dict[str, Any] = {
    "agent_name": "demo", "description": "d", "framework": "langchain", "template": "",
    "version": "1.0.0", "created_at": "2025-06-25T13:42:03",
    "template_source": {"repo_url": "", "author": "", "path": ""},
    "agent_id": "11111111-2222-4333-8444-555555555555",
}  # fmt: skip
MODULES = ("a", "b", "c", "d.run", "d.x", "e", "f.g", "Agent.run", "agent.run", "helper")
FILES = ("main.py", "helper.py", "pkg/__init__.py", "pkg/sub.py")
STATEMENTS = (
    "def a(text):\n    return text\n", "def a(items):\n    return next(iter(items))\n",
    "async def b(text: bytes):\n    yield 'x'\n", "def b(p: bytes):\n    return 1\n",
    "bytes = str\n", "c = 1\n", "c = {'k': 1}\n", "from helper import c\n",
    "from .helper import e\n",
    "import helper\n", "from pkg import sub as d\n", "from pkg.sub import *\n", "f = helper\n",
    "class Agent:\n    def run(self, text):\n        return 'x'\n",
    "class Agent:\n    def go(self):\n        self.x = 1\n", "agent = Agent()\n",
    "agent.run = print\n", "setattr(agent, 'run', 1)\n", "register(agent)\n", "d = Agent()\n",
    "e = a\n", "def e():\n    global c\n    c = 2\n", "f = globals()\n", "x = (\n", "# d.run\n",
    "if len('x') > 1:\n    a = None\n", "def deco(fn):\n    return fn\n",
    "@deco\ndef e(x):\n    pass\n",
    "def g(a, /, b: datetime):\n    return b\n", "import time\n", "def run():\n    pass\n",
    "def e_gen():\n    time.sleep(1)\n    yield 1\n", "del a\n", "\n\n", "é = 'ü'\n",
    "if __name__ == '__main__':\n    c = 3\n", "import sys\nsys.exit()\n", "__all__ = ['a']\n",
    "from helper import missing\n",
    "try:\n    from helper import c\nexcept ImportError:\n    c = 1\n",
)  # fmt: skip


def essence(project: AgentProject) -> object:
    return (
        [(it.index, it.tag, it.module_file, it.resolution) for it in project.entrypoints],
        set(project.sources),
    )


def edited(text: str, rng: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    match rng.randrange(4):
        case 0 if lines:
            start = rng.randrange(len(lines))
            del lines[start : start + rng.randint(1, 3)]
        case 1 if text:
            at = rng.randrange(len(text))
            return text[:at] + rng.choice(["x", "", " ", "\n", "(", "'", "_"]) + text[at + 1 :]
        case _:
            lines.insert(rng.randrange(len(lines) + 1), rng.choice(STATEMENTS))
    return "".join(lines)


@pytest.mark.parametrize("seed", range(60))
def test_random_edits_give_what_a_fresh_reading_gives(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - only a repeatable choice
    entrypoints: list[dict[str, str]] = [
        {"file": rng.choice(FILES[:2]), "module": module, "tag": tag}
        for module in MODULES
        for tag in (module, f"{module}_stream")
    ]
    config = tmp_path / "runagent.config.json"
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pyproject.toml").write_text("", "utf-8")
    texts = {name: "".join(rng.sample(STATEMENTS, 9)) for name in FILES}
    files = OverlayFiles(DiskFiles())
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
        files.open(tmp_path / name, text)
    cache, checks = ProjectCache(), CheckCache()
    for step in range(25):
        value = BASE | {"agent_architecture": {"entrypoints": entrypoints}}
        files.change(config, json.dumps(value))
        again = load_project(config, files, cache, disk_changed=False)
        # Findings first: they must not depend on places that somebody asked for before.
        found = check(again, None, checks)
        afresh = load_project(config, files)
        assert found == check(afresh), (seed, step)
        if rng.random() < 0.5:
            assert essence(again) == essence(afresh), (seed, step)
        name = rng.choice(FILES)
        texts[name] = edited(texts[name], rng)
        files.change(tmp_path / name, texts[name])
        if rng.random() < 0.15:
            rng.shuffle(entrypoints)


def test_an_edit_resolves_only_what_it_touches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from runagent_ls.project import verdicts

    source = "".join(f"def f{i}(x):\n    return x\n\n\n" for i in range(50))
    main, config = tmp_path / "main.py", tmp_path / "runagent.config.json"
    main.write_text(source, "utf-8")
    entrypoints = [{"file": "main.py", "module": f"f{i}", "tag": f"t{i}"} for i in range(50)]
    config.write_text(json.dumps(BASE | {"agent_architecture": {"entrypoints": entrypoints}}))
    files, cache, checks = OverlayFiles(DiskFiles()), ProjectCache(), CheckCache()
    check(load_project(config, files, cache), None, checks)
    asked: list[str] = []
    for name in ("examine", "resolve"):
        real = getattr(verdicts, name)

        def spy(module: str, *rest: Any, real: Any = real) -> Any:
            asked.append(module)
            return real(module, *rest)

        monkeypatch.setattr(verdicts, name, spy)
    files.open(main, source.replace("def f7(x)", "def f7(x, y)"))
    project = load_project(config, files, cache, disk_changed=False)
    check(project, None, checks)
    assert asked == ["f7"]
    moved = project.entrypoints[9].resolution
    assert moved is not None
    assert moved.symbol is not None
    assert project.sources[main].text[moved.symbol.span.start :].startswith("f9(")
    assert asked == ["f7", "f9"]
