"""Which functions of a folder are offered as entrypoints, and in which order."""

from __future__ import annotations

from pathlib import Path

import pytest

from runagent_ls.features.new_agent.candidates import Candidate, candidates
from runagent_ls.project.file_source import DiskFiles, OverlayFiles


def offered(folder: Path, files: dict[str, str]) -> dict[str, Candidate]:
    """Candidates by `file:module`, in their order."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    found = candidates(folder, DiskFiles())
    return {f"{it.fields.file}:{it.fields.module}": it for it in found}


def suggested(found: dict[str, Candidate]) -> list[str]:
    return [name for name, it in found.items() if it.suggested]


SCRIPT = '''
import argparse


def load(path):
    return open(path).read()


def summarize(text: str, sentences: int = 3) -> str:
    """Make a text short.

    More of it.
    """
    return load(text)


def _private():
    return 1


def main():
    args = argparse.ArgumentParser().parse_args()
    print(summarize(args.text))


if __name__ == "__main__":
    main()
'''


def test_what_a_script_is_for_comes_first(tmp_path: Path) -> None:
    found = offered(tmp_path, {"tool.py": SCRIPT})
    assert next(iter(found)) == "tool.py:summarize"
    assert suggested(found) == ["tool.py:summarize"]
    assert "tool.py:_private" not in found
    best = found["tool.py:summarize"]
    assert best.signature == "(text: str, sentences: int = 3) -> str"
    assert best.documentation == "Make a text short."
    assert best.fields.tag == "summarize"


def test_generators_get_tags_that_stream_and_tags_are_unique(tmp_path: Path) -> None:
    stream = "async def reply(text):\n    yield text\n"
    found = offered(tmp_path, {"main.py": stream, "b/other.py": "def reply(text):\n    return 1\n"})
    tags = {name: it.fields.tag for name, it in found.items()}
    assert tags == {"main.py:reply": "reply_stream", "b/other.py:reply": "reply"}
    twice = offered(tmp_path, {"c/third.py": "def reply(text):\n    return 1\n"})
    assert sorted(it.fields.tag for it in twice.values()) == ["reply", "reply_2", "reply_stream"]


def test_methods_of_an_object_are_offered(tmp_path: Path) -> None:
    source = (
        "class Bot:\n    def __init__(self): self.said = []\n"
        "    def chat(self, text: str):\n        return text\n"
        "    def _hidden(self):\n        return 1\n"
        "bot = Bot()\n"
    )
    assert list(offered(tmp_path, {"bot.py": source})) == ["bot.py:bot.chat"]


def test_what_a_framework_makes_is_offered_with_its_methods(tmp_path: Path) -> None:
    graph = (
        "from langgraph.graph import StateGraph\n"
        "builder = StateGraph(dict)\n"
        "app = builder.compile()\n"
    )
    crew = "from crewai import Crew\nteam = Crew(agents=[], tasks=[])\n"
    found = offered(tmp_path, {"graph.py": graph, "crew.py": crew})
    tags = {name: it.fields.tag for name, it in found.items()}
    assert tags == {
        "crew.py:team.kickoff": "team",
        "graph.py:app.invoke": "app",
        "graph.py:app.stream": "app_stream",
    }


@pytest.mark.parametrize(
    "name",
    ["tests/test_it.py", "test_it.py", "conftest.py", "setup.py", ".venv/x.py", "other/main.py"],
)
def test_tests_and_other_agents_are_left_out(tmp_path: Path, name: str) -> None:
    files = {name: "def answer(text):\n    return text\n", "other/runagent.config.json": "{}"}
    assert offered(tmp_path, files) == {}


def test_what_git_ignores_is_left_out(tmp_path: Path) -> None:
    files = {".gitignore": "build/\n", "build/main.py": "def answer(text):\n    return text\n"}
    assert offered(tmp_path, files) == {}


def test_broken_and_unreadable_files_do_not_hide_others(tmp_path: Path) -> None:
    (tmp_path / "bytes.py").write_bytes(b"\xff\xfe\x00def \x80")
    found = offered(
        tmp_path,
        {
            "broken.py": "def broken(:\n\n\ndef whole(text):\n    return text\n",
            "main.py": "def answer(text: str):\n    return text\n",
        },
    )
    assert "main.py:answer" in found
    assert next(iter(found)) == "main.py:answer"


def test_unsaved_texts_count(tmp_path: Path) -> None:
    main = tmp_path / "main.py"
    main.write_text("def old(text):\n    return text\n")
    files = OverlayFiles(DiskFiles())
    files.open(main, "def fresh(text):\n    return text\n")
    assert [it.fields.module for it in candidates(tmp_path, files)] == ["fresh"]


def test_a_folder_without_code_offers_nothing(tmp_path: Path) -> None:
    assert candidates(tmp_path, DiskFiles()) == ()
    assert candidates(tmp_path / "missing", DiskFiles()) == ()
