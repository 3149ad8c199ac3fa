"""Renaming methods, where reading tells every use of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from marked_workspace import JSON, config, entry
from renaming import assert_refused, assert_renames

CLASS = "class Agent:\n    def ⟦run⟧(self, run=1):\n        return self.⟦run⟧ if run else None\n"
CONFIG = config(entry("agent.⟦ru‸n⟧"))


def test_uses_by_self_instances_and_the_class(tmp_path: Path) -> None:
    main = (
        "import os, asyncio\n"
        + CLASS
        + "    @classmethod\n    def make(cls): return cls.⟦run⟧, cls().other\n"
        "class Other:\n    def run(self): return self.run\n"
        "agent = Agent()\nother = Other()\nagent.⟦run⟧()\nother.run()\nAgent.⟦run⟧(agent)\n"
        "Agent().⟦run⟧(2)\nasyncio.run(1)\n'x'.run\ndef run(): return run\nx = {'run': run}\n"
    )
    files = {
        JSON: CONFIG,
        "main.py": main,
        "use.py": (
            "from main import agent, Agent as A\nagent.⟦run⟧()\nA().⟦run⟧()\n"
            "import main\nmain.run\nmain.agent.⟦run⟧\n"
        ),
    }
    change = assert_renames(tmp_path, files)
    assert len(change.doubtful) == 1


def test_from_python_and_through_an_import(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("agent.⟦run⟧"), entry("Agent.make", "b", "core.py")),
        "main.py": "from core import agent\n",
        "core.py": CLASS
        + "    @staticmethod\n    def make(): ...\nagent = Agent()\nagent.⟦r‸un⟧\n",
    }
    assert_renames(tmp_path, files)


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        ("def f(x): return x.run()\n", r"main\.py, line 5: x\.run may be this method"),
        ("class B(Agent): ...\n", "a class inherits from Agent"),
        ("def f():\n    from main import Agent as A\n    class B(A): ...\n", "inherits from A"),
        ("f().g.run\n", "may be this method"),
        ("agent = wrap(agent)\n", "is an attribute of agent"),
    ],
)
def test_what_cannot_be_told_is_refused(tmp_path: Path, more: str, reason: str) -> None:
    text = "class Agent:\n    def run(self): ...\n\nagent = Agent()\n" + more
    assert_refused(tmp_path, {JSON: config(entry("agent.ru‸n")), "main.py": text}, reason)


def test_names_that_the_class_has(tmp_path: Path) -> None:
    text = "class Agent:\n    def __init__(self): self.hello = 1\n    def run(self): ...\n"
    files = {JSON: config(entry("agent.ru‸n")), "main.py": text + "agent = Agent()\n"}
    assert_refused(tmp_path, files, "Agent has a hello already")


def test_a_class_that_inherits_is_refused(tmp_path: Path) -> None:
    text = "class Base: ...\nclass Agent(Base):\n    def run(self): ...\nagent = Agent()\n"
    assert_refused(tmp_path, {JSON: config(entry("agent.ru‸n")), "main.py": text}, "inherits")
