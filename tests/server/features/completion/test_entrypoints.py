"""Values of entrypoints: files, functions, tags, extractors, and whole entrypoints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from completing import YAML_CONFIG, Completing, value_after
from runagent_ls.features.completion.files import MAX_SHOWN

MAIN = '''"""A sample."""
import os
from dataclasses import dataclass

from helpers import shared
from framework import Graph

LIMIT = 3
NAMES = ["a"]


@dataclass
class Answer:
    text: str
    scores: list[float]


class Bot:
    def __init__(self):
        self.memory = []

    def run(self, message: str) -> str:
        """Answer a message."""

    def chat_stream(self):
        yield 1

    def _hidden(self): ...

    @property
    def size(self) -> int:
        return 1


def _private(): ...


def greet(name: str, times: int = 1) -> Answer:
    """Say hello.

    To everyone.
    """


def count(n: int):
    yield n


async def tokens():
    yield "x"


def loose(x):
    if x:
        return {"reply": 1, "why": 2}

    def inner():
        return {"not": 1}

    return {"other": inner}


bot = Bot()
graph = Graph().compile()
'''


@pytest.fixture
def agent(tmp_path: Path) -> Completing:
    return Completing(
        tmp_path / "demo", main=MAIN, helpers="def shared(x: int): ...\n\n\ndef other(): ...\n"
    )


def config(*entries: str, framework: str = "default") -> str:
    """A configuration of these entrypoints, each written as JSON."""
    listed = ", ".join(entries)
    head = f'{{"framework": "{framework}", "agent_architecture": {{"entrypoints": '
    return f"{head}[{listed}]}}}}"


def entry(**fields: str) -> str:
    return json.dumps(fields, ensure_ascii=False)


def in_entry(agent: Completing, **fields: str) -> list[str]:
    """Labels at the cursor of one entrypoint."""
    return agent.labels(config(entry(**fields)))


# --- file -----------------------------------------------------------------------------------


def test_files_of_the_project_the_likely_ones_first(agent: Completing) -> None:
    for path in ("src/deep/agent.py", "src/__init__.py", "tests/test_main.py", ".hidden/x.py",
                 "venv/pyvenv.cfg", "venv/lib/site.py", "ignored/gone.py", "notes.txt",
                 "agent.py"):  # fmt: skip
        agent.write(path, "")
    agent.write(".gitignore", "ignored/\n")
    assert in_entry(agent, file="‸") == [
        "agent.py", "main.py", "helpers.py", "src/deep/agent.py",
        "src/__init__.py", "tests/test_main.py",
    ]  # fmt: skip
    assert agent.choose(config(entry(file="he‸xx.py")), "main.py") == config(entry(file="main.py"))


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("ma", "sub/made.py"),
        ("./", "./sub/made.py"),
        (r"sub\\", r"sub\\made.py"),
        (r".\\su", r".\\sub\\made.py"),
    ],
)
def test_paths_are_compared_with_what_is_written_in_its_manner(
    agent: Completing, written: str, compared: str
) -> None:
    agent.write("sub/made.py", "")
    text = '{"agent_architecture": {"entrypoints": [{"file": "‸"}]}}'.replace("‸", f"{written}‸")
    found = agent.here(text)["sub/made.py"]
    assert (found.filter_text, found.text) == (compared, "sub/made.py")


def test_many_files_are_narrowed_by_what_is_written(agent: Completing) -> None:
    for number in range(MAX_SHOWN + 50):
        agent.write(f"many/part_{number}.py", "")
    text = config(entry(file="‸"))
    all_ = agent.at(text.replace("‸", ""), text.index("‸"))
    assert len(all_.items) == MAX_SHOWN
    assert not all_.complete
    text = config(entry(file="pt_33‸"))
    some = agent.at(text.replace("‸", ""), text.index("‸"))
    assert "many/part_33.py" in [it.label for it in some.items]
    assert len(some.items) < 40


# --- module ---------------------------------------------------------------------------------


def test_callables_with_signature_and_docstring(agent: Completing) -> None:
    found = agent.here(config(entry(file="main.py", module="‸")))
    own = ["greet", "count", "tokens", "loose", "bot.run", "bot.chat_stream"]
    assert list(found)[:7] == [*own, "shared"]
    assert {"LIMIT", "NAMES", "os", "dataclass", "Bot.run", "bot._hidden"}.isdisjoint(found)
    assert found["greet"].detail == "(name: str, times: int = 1) -> Answer"
    assert "To everyone." in str(found["greet"].documentation)
    assert found["greet"].kind == "function"
    assert found["bot.run"].kind == "method"
    assert found["bot.run"].detail == "(message: str) -> str"
    names = list(found)
    assert names.index("_private") > names.index("greet")
    assert names.index("Bot") > names.index("loose")


def test_members_behind_a_dot(agent: Completing) -> None:
    found = in_entry(agent, file="main.py", module="bot.‸")
    assert found == ["bot.run", "bot.chat_stream", "bot._hidden"]
    assert in_entry(agent, file="main.py", module="Bot.‸") == []
    after = value_after(agent, config(entry(file="main.py", module="bot.r‸x")), "bot.run")
    assert after["agent_architecture"]["entrypoints"][0]["module"] == "bot.run"


def test_usual_members_of_objects_that_only_running_would_tell(agent: Completing) -> None:
    text = config(entry(file="main.py", module="gr‸"), framework="langgraph")
    found = agent.here(text)
    assert "not certain" in found["graph.invoke"].detail
    assert "graph.invoke" not in agent.labels(config(entry(file="main.py", module="gr‸")))


def test_files_that_are_not_there_or_outside_have_no_names(agent: Completing) -> None:
    agent.write("../outside.py", "def reach(): ...\n")
    for file in ("missing.py", "../outside.py", str(agent.folder / "main.py"), "main.txt", ""):
        assert in_entry(agent, file=file, module="‸") == [], file


def test_names_follow_the_file_as_it_is_now(agent: Completing) -> None:
    assert "added" not in in_entry(agent, file="helpers.py", module="‸")
    agent.edit("helpers.py", "def added(): ...\n")
    assert in_entry(agent, file="helpers.py", module="‸") == ["added"]
    agent.edit("helpers.py", "def added(): ...\n\n\ndef broken(:\n")
    assert in_entry(agent, file="helpers.py", module="‸") == ["added"]


# --- tag ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "tags"),
    [
        ("greet", ["greet"]),
        ("count", ["count_stream"]),
        ("tokens", ["tokens_stream"]),
        ("bot.chat_stream", ["bot_chat_stream", "chat_stream"]),
        ("bot.run", ["bot_run", "run"]),
        ("graph.invoke", ["graph_invoke", "graph_invoke_stream", "invoke", "invoke_stream"]),
        ("nothing", ["nothing"]),
    ],
)
def test_tags_after_the_function(agent: Completing, module: str, tags: list[str]) -> None:
    found = in_entry(agent, file="main.py", module=module, tag="‸")
    assert found == tags


def test_tags_are_unique(agent: Completing) -> None:
    text = config(
        entry(tag="greet"), entry(tag="count_stream"), entry(tag="greet_2"),
        entry(file="main.py", module="greet", tag="gr‸"),
        entry(file="main.py", module="count", tag="own"),
    )  # fmt: skip
    assert agent.labels(text) == ["greet_3"]
    own = text.replace("‸", "").replace('"own"', '"count_stream‸"')
    assert agent.labels(own) == ["count_2_stream"]


def test_webhooks_never_stream(agent: Completing) -> None:
    found = agent.labels(config('{"webhook_url": "x", "tag": "‸"}', framework="n8n"))
    assert found == ["ask"]


# --- extractor ------------------------------------------------------------------------------


def test_extractors_from_the_return_type(agent: Completing) -> None:
    text = config('{"file": "main.py", "module": "greet", "tag": "t", "extractor": {‸}}')
    found = agent.here(text)
    assert list(found) == ["text", "scores"]
    after = value_after(agent, text, "scores")
    assert after["agent_architecture"]["entrypoints"][0]["extractor"] == {"scores": "$.scores"}
    value = text.replace("{‸}", '{"scores": "‸"}')
    assert agent.labels(value) == ["$.scores", "$.scores[0]", "$.text"]


def test_extractors_from_what_is_returned(agent: Completing) -> None:
    text = config('{"file": "main.py", "module": "loose", "tag": "t", "extractor": {"x": "‸"}}')
    assert agent.labels(text) == ["$.reply", "$.why", "$.other"]


# --- whole entrypoints ----------------------------------------------------------------------


def test_a_whole_entrypoint_from_a_function(agent: Completing) -> None:
    text = config(entry(file="main.py", module="greet", tag="count_stream"), "‸")
    found = agent.here(text)
    assert {"greet", "_private", "bot"}.isdisjoint(found)
    added = value_after(agent, text, "count")["agent_architecture"]["entrypoints"][1]
    assert added == {"file": "main.py", "module": "count", "tag": "count_2_stream"}
    assert found["shared"].detail == "helpers.py: shared(x: int)"


def test_the_rest_of_an_entrypoint_from_a_function(agent: Completing) -> None:
    whole = value_after(agent, config("{‸}"), "count")["agent_architecture"]["entrypoints"]
    assert whole == [{"file": "main.py", "module": "count", "tag": "count_stream"}]
    text = config('{"file": "helpers.py", ‸}')
    assert [it.label for it in agent.here(text).values() if it.kind == "snippet"] == [
        "shared", "other",
    ]  # fmt: skip
    rest = value_after(agent, text, "other")["agent_architecture"]["entrypoints"]
    assert rest == [{"file": "helpers.py", "module": "other", "tag": "other"}]


def test_framework_is_guessed_from_imports(agent: Completing) -> None:
    agent.write("main.py", "from langgraph.graph import StateGraph\nimport langchain\n")
    found = agent.here('{"framework": "‸"}')
    assert next(iter(found)) == "langgraph"
    assert [it.label for it in found.values() if it.preselect] == ["langgraph"]
    assert found["n8n"].documentation


def test_folders_that_are_not_kept_yet(agent: Completing) -> None:
    for path in ("data/a.txt", "logs/b.txt", ".cache/c"):
        agent.write(path, "")
    assert agent.labels('{"persistent_folders": ["data", "‸"]}') == ["logs"]
    listed = "persistent_folders:\n- data\n- ‸\n"
    kept = value_after(agent, listed, "logs", YAML_CONFIG)
    assert kept == {"persistent_folders": ["data", "logs"]}


# --- YAML -----------------------------------------------------------------------------------

BLOCK = """\
agent_architecture:
  entrypoints:
    - file: main.py
      module: greet
      tag: greet
"""


@pytest.mark.parametrize(
    ("text", "label", "last"),
    [
        (BLOCK + "    ‸", "count", {"file": "main.py", "module": "count", "tag": "count_stream"}),
        (BLOCK + "    - ‸", "count", {"file": "main.py", "module": "count", "tag": "count_stream"}),
        (BLOCK + "    - file: main.py\n      ‸", "module", {"file": "main.py", "module": "count"}),
        (BLOCK + "    - file: m‸", "helpers.py", {"file": "helpers.py"}),
        (BLOCK.replace("module: greet", "module: 'gr‸'"), "bot.run",
         {"file": "main.py", "module": "bot.run", "tag": "greet"}),
        (BLOCK.replace("tag: greet", "tag:‸"), "greet",
         {"file": "main.py", "module": "greet", "tag": "greet"}),
    ],
)  # fmt: skip
def test_entrypoints_in_yaml(
    agent: Completing, text: str, label: str, last: dict[str, str]
) -> None:
    found = value_after(agent, text, label, YAML_CONFIG)
    assert found["agent_architecture"]["entrypoints"][-1] == last


def test_lists_of_texts_in_yaml(agent: Completing) -> None:
    assert value_after(agent, "env_vars:\nauth_settings:\n  type: ‸\n", "api_key", YAML_CONFIG)[
        "auth_settings"
    ] == {"type": "api_key"}
    listed = value_after(agent, "framework: lang‸\n", "langchain", YAML_CONFIG)
    assert listed == {"framework": "langchain"}
