"""The agent that works in steps, run in a worker whose Python has nothing installed."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from checked_types import type_errors
from runagent_ls.features.new_agent.planning import plan_new_agent
from runagent_ls.features.new_agent.react_template import CASES
from runagent_ls.features.new_agent.templates import TEMPLATES
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.serve.supervisor.provided import provided_modules
from worker_client import Worker, entry, worker

FAMILY = "Ada is the mother of Bob. Bob is the father of Cleo."
REACT = TEMPLATES["react"]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An interpreter without a single package."""
    folder = tmp_path_factory.mktemp("bare") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)
    return folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "agent")


def write(folder: Path) -> Path:
    folder.mkdir()
    for file in plan_new_agent(folder, "agent", "react", DiskFiles()).creates:
        file.path.parent.mkdir(parents=True, exist_ok=True)
        file.path.write_text(file.text, "utf-8")
    return folder


@contextmanager
def served(folder: Path, interpreter: Path) -> Iterator[Worker]:
    entries = [entry(tag, module) for module, tag in REACT.entrypoints]
    with worker(interpreter) as running:
        ready = running.load(folder, entries, provided=provided_modules())
        assert ready.kind == "READY", ready.payload
        yield running


def ask(running: Worker, question: str, **more: Any) -> Any:
    return json.loads(json.loads(running.result("ask", question=question, **more))["payload"])


def watch(running: Worker, question: str, **more: Any) -> list[dict[str, Any]]:
    """The events of a stream."""
    number = running.start("ask_stream", question=question, **more)
    assert running.end_of(number).kind == "DONE"
    return [json.loads(json.loads(content)["payload"]) for content in running.contents(number)]


def test_what_it_answers(folder: Path, bare: Path) -> None:
    way = "Ada -is the mother of-> Bob\nBob -is the father of-> Cleo"
    answers = {
        f"{FAMILY} How is Ada related to Cleo?": way,
        "Ada likes tea. Who likes tea?": "tea (thing)\nAda -likes-> tea",
        "What is 12 * (3 + 4), and that minus 4?": "84\n80",
        "Calculate 2 plus 3 divided by 4.": "2.75",
        "7 * -2": "-14",
        "What is 1,000 * 2?": "2000",
        "Ada was born 1815-12-10.": "I will keep that in mind.",
        "What is 1/0? And 2+2?": "That did not work. ZeroDivisionError: division by zero\n4",
        "What is 2**99999999?": "That did not work. I cannot work out '2 ** 99999999'.",
        "What is that + 1?": "That did not work. I cannot work out 'that'.",
        "What is the capital of France?": "I do not know.",
        "Please remember that the key is under the mat.": "I will keep that in mind.",
        "Where is the key?": "the key is under the mat",
        "Where is the cat?": "I do not know.",
        "my name is Zoë\nWhat is my name?": "my name is Zoë",
        "Who is Eve? And how does Eve know Ada?": "I do not know.\nI do not know.",
        "": "I will keep that in mind.",
    }
    with served(folder, bare) as running:
        assert {question: ask(running, question)["answer"] for question in answers} == answers


def test_it_takes_a_step_for_each_part_and_tries_something_else_when_one_fails(
    folder: Path, bare: Path
) -> None:
    with served(folder, bare) as running:
        events = watch(running, f"{FAMILY} Who is Cleo? What about tea?")
    called = [it["tool"] for it in events if it["type"] == "action"]
    assert called == ["relate", "relate", "neighbours", "neighbours", "recall"]
    failed = [it["tool"] for it in events if it["type"] == "observation" and not it["ok"]]
    assert failed == ["neighbours"]
    assert [it["seq"] for it in events if it["type"] != "model_delta"] == list(
        range(events[-1]["seq"] + 1)
    )
    assert events[-1]["reason"] == "answered"


def test_it_remembers_after_a_restart_and_for_itself_alone(folder: Path, bare: Path) -> None:
    with served(folder, bare) as running:
        ask(running, f"{FAMILY} Remember the milk.")
    with served(folder, bare) as running:
        assert ask(running, "What about the milk?")["answer"] == "the milk"
        # what was related belongs to the session in which it was
        assert ask(running, "Who is Cleo?")["answer"] == "I do not know."
    other = write(folder.with_name("other"))
    with served(other, bare) as running:
        assert ask(running, "What about the milk?")["answer"] == "I do not know."


def test_a_session_goes_on_after_an_earlier_step_with_what_it_knew_then(
    folder: Path, bare: Path
) -> None:
    question = "What is 2 + 3? And that * 10? And that + 1?"
    with served(folder, bare) as running:
        assert ask(running, question, session_id="sums")["answer"] == "5\n50\n51"
    with served(folder, bare) as running:
        events = watch(running, question, session_id="sums", resume_from_step=1)
    again = [it["arguments"]["expression"] for it in events if it["type"] == "action"]
    assert again == ["that * 10", "that + 1"]
    (answer,) = [it["text"] for it in events if it["type"] == "final_answer"]
    assert answer == "5\n50\n51"
    kept = folder / ".runagent" / "runtime" / "sessions"
    assert len(list(kept.iterdir())) == 2, "the first one and the one that branched off"


def test_what_it_keeps_is_not_for_git(folder: Path, bare: Path) -> None:
    with served(folder, bare) as running:
        ask(running, "Remember the milk.")
    subprocess.run(["git", "init", "-q", folder], check=True)
    listed = ["git", "-C", str(folder), "status", "--porcelain", "--untracked-files=all"]
    text = subprocess.run(listed, check=True, capture_output=True, text=True).stdout
    files = {line[3:] for line in text.splitlines()}
    own = {".gitignore", "main.py", "offline_model.py", "requirements.txt", "runagent.config.json"}
    assert files == own | set(CASES)


def test_its_code_is_formatted_and_sound(folder: Path) -> None:
    ruff = Path(sys.executable).with_name("ruff")
    layout = ("--isolated", "--line-length=100", "--target-version=py311")
    for command in (["format", "--check"], ["check", "--select=E,F,W,N,UP,B,C4,RET"]):
        done = subprocess.run(
            [ruff, *command, "--no-cache", *layout, folder], capture_output=True, check=False
        )
        assert done.returncode == 0, done.stdout.decode()


def test_its_types_hold(folder: Path) -> None:
    assert type_errors(folder, "main.py", "offline_model.py") == []


def test_a_python_that_is_too_old_gets_as_far_as_to_say_so(folder: Path) -> None:
    for file in folder.glob("*.py"):
        ast.parse(file.read_text("utf-8"), feature_version=(3, 9))
