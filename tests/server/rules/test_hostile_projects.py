"""Whatever stands in the files: findings, never an exception, and no rule that fails."""

from __future__ import annotations

import copy
import json
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runagent_ls.project.file_source import DiskFiles, OverlayFiles
from runagent_ls.project.loading import ProjectCache, load_project
from runagent_ls.rules.engine import CheckCache, check

CORPUS = Path(__file__).parents[2] / "corpus"
CONFIGS = [
    json.loads(path.read_text("utf-8")) for path in sorted(CORPUS.glob("*/runagent.config.json"))
]
ODD: list[Any] = [None, True, 0, 1.5, "", " ", "a\x00b", "\ud800", [], {}, [[]], "_stream", "${X}"]
ODD += ["../" * 40 + "x.py", "x" * 3000, {"": {"": []}}, [None, "main.py"], -1e308, 10**400, "$["]
SOURCES = ["", "def f(:", "\ufeffx = 1", "\x00", "(" * 3000, "class A:\n  f = A", "import x.y"]


def mutated(config: dict[str, Any], chance: random.Random) -> Any:
    """The configuration with up to four values replaced, removed, added or renamed."""
    value: Any = copy.deepcopy(config)
    for _ in range(chance.randint(1, 4)):
        owner: Any = value
        while True:
            keys = list(owner) if isinstance(owner, dict) else list(range(len(owner)))
            if not keys:
                break
            key = chance.choice(keys)
            child = owner[key]
            if isinstance(child, dict | list) and child and chance.random() < 0.8:
                owner = child
                continue
            match chance.randint(0, 3):
                case 0:
                    del owner[key]
                case 1 if isinstance(owner, dict):
                    owner[str(chance.choice(ODD))] = owner.pop(key)
                case 2 if isinstance(owner, list):
                    owner.append(copy.deepcopy(chance.choice(ODD)))
                case _:
                    owner[key] = copy.deepcopy(chance.choice(ODD))
            break
    return value


@pytest.mark.parametrize("seed", range(60))
def test_mutated_real_configurations(seed: int, workplace: Path) -> None:
    chance = random.Random(seed)  # noqa: S311 not for secrets
    files, cache, kept = OverlayFiles(DiskFiles()), ProjectCache(), CheckCache()
    config = workplace / "runagent.config.json"
    for name in ("main.py", "agent.py", "simple_assistant.py"):
        files.open(workplace / name, chance.choice(SOURCES))
    (workplace / ".env").write_bytes(chance.choice([b"", b"A\n=\n'", b"\xff", b"A=${B}\nB"]))
    for _ in range(5):
        text = json.dumps(mutated(chance.choice(CONFIGS), chance))
        if chance.random() < 0.3:
            at = chance.randrange(len(text))
            text = text[:at] + chance.choice(["", "{", "]", '"', "//", ",", "\n"]) + text[at + 1 :]
        files.change(config, text)
        found = check(load_project(config, files, cache), None, kept)
        assert found == check(load_project(config, files)), "kept issues and fresh ones agree"
        assert not [it.message for each in found.values() for it in each if it.code == "RA999"]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(config=st.binary(max_size=200), source=st.binary(max_size=100), env=st.binary(max_size=60))
def test_any_bytes(workplace: Path, config: bytes, source: bytes, env: bytes) -> None:
    for name in ("runagent.config.json", "runagent.config.yaml"):
        path = workplace / name
        path.write_bytes(config)
        (workplace / "main.py").write_bytes(source)
        (workplace / ".env").write_bytes(env)
        found = check(load_project(path, DiskFiles()))
        assert not [it.message for each in found.values() for it in each if it.code == "RA999"]
        path.unlink()
