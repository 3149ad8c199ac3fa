"""What a new agent consists of, and what is refused."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest

from runagent_ls.features.changes import Change, RefusedError
from runagent_ls.features.new_agent.configuration import Birth, EntrypointFields
from runagent_ls.features.new_agent.planning import make_agent, plan_new_agent
from runagent_ls.features.new_agent.templates import TEMPLATES
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project
from runagent_ls.rules.engine import check

BIRTH = Birth(UUID("0f4e8b76-51c2-4d0e-8f63-b6f9f3e0c412"), datetime(2026, 2, 3, 4, 5, 6))


def write(change: Change) -> None:
    for file in change.creates:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        with file.path.open("x", encoding="utf-8", newline="") as stream:
            stream.write(file.text)


def findings(folder: Path) -> list[str]:
    """Every finding of the agent in a folder, the mildest included."""
    project = load_project(folder / "runagent.config.json", DiskFiles())
    return [f"{it.code}: {it.message}" for found in check(project).values() for it in found]


@pytest.mark.parametrize("template", TEMPLATES)
def test_each_template_has_no_finding(tmp_path: Path, template: str) -> None:
    folder = tmp_path / "agent"
    write(plan_new_agent(folder, "agent", template, DiskFiles()))
    assert findings(folder) == []
    project = load_project(folder / "runagent.config.json", DiskFiles())
    tags = [tag for _, tag in TEMPLATES[template].entrypoints]
    assert [it.tag for it in project.entrypoints] == tags
    assert {it.is_stream for it in project.entrypoints} == {True, False}


def test_the_configuration_is_written_for_any_encoding(tmp_path: Path) -> None:
    """RunAgent reads it in the encoding of the system, so it must not matter."""
    change = plan_new_agent(tmp_path, ' Zoë "Ö" ', "basic", DiskFiles(), BIRTH)
    text = next(it.text for it in change.creates if it.path.name == "runagent.config.json")
    assert text.isascii()
    assert text.endswith("}\n")
    value = json.loads(text)
    assert value["agent_name"] == 'Zoë "Ö"'
    assert value["agent_id"] == "0f4e8b76-51c2-4d0e-8f63-b6f9f3e0c412"
    assert value["created_at"] == "2026-02-03T04:05:06"


def test_two_agents_have_different_ids(tmp_path: Path) -> None:
    made = [plan_new_agent(tmp_path / name, name, "basic", DiskFiles()) for name in ("a", "b")]
    assert len({json.loads(it.creates[-1].text)["agent_id"] for it in made}) == 2


def test_what_is_there_stays(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("mine\n")
    change = plan_new_agent(tmp_path, "agent", "basic", DiskFiles())
    assert [it.path.name for it in change.creates] == [
        "requirements.txt",
        "main.py",
        "runagent.config.json",
    ]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("runagent.config.json", "is an agent already: it has a runagent.config.json"),
        ("runagent.config.yml", "is an agent already: it has a runagent.config.yml"),
        ("main.py", "already has main.py"),
    ],
)
def test_a_folder_with_an_agent_or_its_files_is_refused(
    tmp_path: Path, name: str, words: str
) -> None:
    (tmp_path / name).write_text("")
    with pytest.raises(RefusedError, match=words):
        plan_new_agent(tmp_path, "agent", "basic", DiskFiles())


def test_a_file_that_a_template_needs_is_not_taken_for_its_own(tmp_path: Path) -> None:
    (tmp_path / "offline_model.py").write_text("")
    with pytest.raises(RefusedError, match=r"already has offline_model\.py"):
        plan_new_agent(tmp_path, "agent", "react", DiskFiles())
    assert plan_new_agent(tmp_path, "agent", "basic", DiskFiles()).creates


def test_names_templates_and_folders_that_cannot_be_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(RefusedError, match="needs a name"):
        plan_new_agent(tmp_path, "  ", "basic", DiskFiles())
    with pytest.raises(RefusedError, match="there are basic, conversation, react"):
        plan_new_agent(tmp_path, "agent", "besic", DiskFiles())
    with pytest.raises(RefusedError, match="is no folder"):
        plan_new_agent(tmp_path / "file", "agent", "basic", DiskFiles())


CODE = "def greet(name: str) -> str:\n    return name\n\n\ndef count():\n    yield 1\n"
GREET = EntrypointFields("src/main.py", "greet", "greet")
COUNT = EntrypointFields("src/main.py", "count", "count_stream")


@pytest.fixture
def coded(tmp_path: Path) -> Path:
    folder = tmp_path / "coded"
    (folder / "src").mkdir(parents=True)
    (folder / "src" / "main.py").write_text(CODE)
    return folder


def test_code_becomes_an_agent_by_one_file(coded: Path) -> None:
    change = make_agent(coded, [GREET, COUNT], DiskFiles(), BIRTH)
    assert [it.path for it in change.creates] == [coded / "runagent.config.json"]
    write(change)
    assert findings(coded) == []
    assert json.loads(change.creates[0].text)["agent_name"] == "coded"


def test_the_framework_is_the_one_that_the_code_imports(coded: Path) -> None:
    source = coded / "src" / "main.py"
    source.write_text(f"from langgraph.graph import StateGraph\nimport langchain\n{CODE}")
    (file,) = make_agent(coded, [GREET], DiskFiles()).creates
    assert json.loads(file.text)["framework"] == "langgraph"
    # An upload looks for these letters, so the check of that framework would fail.
    unwritten = EntrypointFields("src/main.py", "app.invoke", "app")
    (file,) = make_agent(coded, [unwritten], DiskFiles()).creates
    assert json.loads(file.text)["framework"] == "default"


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        ([], "Nothing was chosen"),
        ([GREET, EntrypointFields("src/main.py", "count", "greet")], "'greet' is there twice"),
        ([EntrypointFields("gone.py", "greet", "greet")], "gone.py is not there"),
    ],
)
def test_a_choice_that_cannot_work_is_refused(
    coded: Path, chosen: list[EntrypointFields], words: str
) -> None:
    with pytest.raises(RefusedError, match=words):
        make_agent(coded, chosen, DiskFiles())
