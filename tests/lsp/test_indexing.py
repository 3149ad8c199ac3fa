"""Client code in files that nobody opened is found, followed on the disk, and never in the way."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from lsp.conftest import VALID, write_project
from lsp.editor import PULL, PUSH, Editor, Json
from lsp.patched import command

CREATED, CHANGED, DELETED = 1, 2, 3


def python_client(tag: str = "greet") -> str:
    return (
        "from runagent import RunAgentClient\n\n"
        f"client = RunAgentClient(agent_id={VALID['agent_id']!r}, entrypoint_tag={tag!r})\n"
    )


def script_client(tag: str = "greet") -> str:
    return (
        "import { RunAgentClient } from 'runagent';\n"
        f"new RunAgentClient({{ agentId: '{VALID['agent_id']}', entrypointTag: '{tag}' }});\n"
    )


class Workspace:
    """An editor with an agent open, and who is said to call its `greet`."""

    def __init__(self, editor: Editor, folder: Path) -> None:
        self.editor = editor
        self.folder = folder
        self.config = folder / "agent" / "runagent.config.json"
        self._uri = editor.open(self.config)
        lines = self.config.read_text("utf-8").split("\n")
        line = next(number for number, text in enumerate(lines) if '"tag": "greet"' in text)
        self._position = {"line": line, "character": lines[line].index("greet") + 1}

    def callers(self) -> set[str]:
        """Files, relative to the folder, that call `greet` as far as is known now."""
        params = {
            "textDocument": {"uri": self._uri},
            "position": self._position,
            "context": {"includeDeclaration": True},
        }
        found = self.editor.request("textDocument/references", params) or []
        base = f"{self.folder.as_uri()}/"
        names = {item["uri"].removeprefix(base) for item in found}
        return {name for name in names if not name.startswith("agent/")}

    def until_called_by(self, *names: str) -> None:
        self.editor.until(lambda: self.callers() == set(names), f"calls in {names}")


Begin = Callable[..., Workspace]


@pytest.fixture
def begin(tmp_path: Path, editors: Callable[..., Editor]) -> Begin:
    """Write an agent and files beside it, and open the folder."""

    def make(files: dict[str, str], capabilities: Json = PULL) -> Workspace:
        write_project(tmp_path / "agent")
        write_files(tmp_path, files)
        editor = editors([tmp_path], capabilities)
        editor.start()
        return Workspace(editor, tmp_path)

    return make


def write_files(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def test_calls_in_closed_files_of_every_language_are_found(begin: Begin) -> None:
    scripts = [
        f"web/{suffix}.{suffix}"
        for suffix in ["ts", "tsx", "js", "jsx", "mts", "cts", "mjs", "cjs"]
    ]
    files = {name: script_client() for name in scripts}
    work = begin({**files, "a/b/call.py": python_client(), "other.py": python_client("other")})
    work.until_called_by("a/b/call.py", *scripts)


def test_what_git_ignores_and_what_is_installed_is_left_out(begin: Begin) -> None:
    hidden = ["built/x.js", "node_modules/p/x.js", ".venv/x.py", "env/x.py", "a/skip.py"]
    files = {name: (python_client if name.endswith("py") else script_client)() for name in hidden}
    work = begin(
        {
            **files,
            "env/pyvenv.cfg": "",
            ".gitignore": "built/\n",
            "a/.gitignore": "skip.py\n",
            "z.py": python_client(),
        }
    )
    work.until_called_by("z.py")
    for name in hidden:
        work.editor.files_changed((work.folder / name, CHANGED))
    (work.folder / "z.py").unlink()
    (work.folder / "y.py").write_text(python_client())
    work.editor.files_changed((work.folder / "z.py", DELETED), (work.folder / "y.py", CREATED))
    work.until_called_by("y.py")


def test_a_file_that_appears_changes_and_disappears_is_followed(begin: Begin) -> None:
    work = begin({})
    path = work.folder / "call.ts"
    path.write_text(script_client())
    work.editor.files_changed((path, CREATED))
    work.until_called_by("call.ts")
    path.write_text(script_client("other"))
    work.editor.files_changed((path, CHANGED))
    work.until_called_by()
    path.write_text(script_client("greet"))
    work.editor.files_changed((path, CHANGED))
    work.until_called_by("call.ts")
    path.unlink()
    work.editor.files_changed((path, DELETED))
    work.until_called_by()


def test_a_folder_that_goes_takes_its_calls_along(begin: Begin) -> None:
    work = begin({"clients/a.py": python_client(), "clients/b.ts": script_client()})
    work.until_called_by("clients/a.py", "clients/b.ts")
    shutil.rmtree(work.folder / "clients")
    work.editor.files_changed((work.folder / "clients", DELETED))
    work.until_called_by()


def test_a_folder_renamed_in_the_editor_is_found_under_its_new_name(begin: Begin) -> None:
    work = begin({"clients/a.py": python_client()})
    work.until_called_by("clients/a.py")
    old, new = work.folder / "clients", work.folder / "moved"
    old.rename(new)
    files = [{"oldUri": old.as_uri(), "newUri": new.as_uri()}]
    work.editor.notify("workspace/didRenameFiles", {"files": files})
    work.until_called_by("moved/a.py")


def test_a_gitignore_that_changes_hides_and_shows(begin: Begin) -> None:
    work = begin({"a.py": python_client(), "b.py": python_client(), ".gitignore": ""})
    work.until_called_by("a.py", "b.py")
    ignore = work.folder / ".gitignore"
    ignore.write_text("b.py\n")
    work.editor.files_changed((ignore, CHANGED))
    work.until_called_by("a.py")
    ignore.write_text("a.py\n")
    work.editor.files_changed((ignore, CHANGED))
    work.until_called_by("b.py")


def test_what_the_editor_shows_counts_more_than_the_disk(begin: Begin) -> None:
    work = begin({"call.py": python_client("other")})
    uri = work.editor.open(work.folder / "call.py", python_client(), "python")
    assert work.callers() == {"call.py"}
    (work.folder / "call.py").write_text(python_client("third"))
    work.editor.files_changed((work.folder / "call.py", CHANGED))
    (work.folder / "more.py").write_text(python_client())
    work.editor.files_changed((work.folder / "more.py", CREATED))
    work.until_called_by("call.py", "more.py")
    work.editor.close_document(uri)
    assert work.callers() == {"more.py"}


def test_a_client_that_does_not_watch_files_is_up_to_date_after_a_save(begin: Begin) -> None:
    work = begin({"a.py": python_client()}, PUSH)
    work.until_called_by("a.py")
    (work.folder / "a.py").unlink()
    (work.folder / "b.ts").write_text(script_client())
    saved = {"textDocument": {"uri": work.config.as_uri()}}

    def found() -> bool:
        work.editor.notify("textDocument/didSave", saved)
        return work.callers() == {"b.ts"}

    work.editor.until(found, "the calls on the disk")


def test_closing_a_workspace_folder_forgets_its_calls(
    tmp_path: Path, editors: Callable[..., Editor]
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    write_project(first / "agent")
    write_files(second, {"call.py": python_client()})
    editor = editors([first, second])
    editor.start()
    work = Workspace(editor, first)
    editor.until(lambda: len(work.callers()) == 1, "the call in the second folder")
    removed = [{"uri": second.as_uri(), "name": "second"}]
    event = {"event": {"added": [], "removed": removed}}
    editor.notify("workspace/didChangeWorkspaceFolders", event)
    work.until_called_by()


@pytest.mark.parametrize(
    "content",
    [b"", b"\0" * 1000, b"\xff\xfe" + script_client().encode("utf-16-le"), b"RunAgentClient(" * 99],
)
def test_any_bytes_are_read(begin: Begin, content: bytes) -> None:
    work = begin({"good.py": python_client()})
    path = work.folder / "odd.ts"
    path.write_bytes(content)
    work.editor.files_changed((path, CREATED))
    (work.folder / "later.py").write_text(python_client())
    work.editor.files_changed((work.folder / "later.py", CREATED))
    also = ["odd.ts"] if content.startswith(b"\xff\xfe") else []
    work.until_called_by("good.py", "later.py", *also)


# --- progress and cancel ----------------------------------------------------------------------

GATED_LOOK = """
    import pathlib, threading
    look = runagent_ls.lsp.indexing.look
    def slow(path, known):
        if path.name == "slow000.py":  # the disk turns out to be slow, but answers
            threading.Event().wait(0.1)
        while path.name.startswith("slow1") and not path.with_name("go").exists():
            threading.Event().wait(0.01)
        return look(path, known)
    runagent_ls.lsp.indexing.look = slow
"""


@contextmanager
def gated(folder: Path) -> Iterator[Editor]:
    """An editor whose server does not get on with files `slow1*` until there is a file `go`."""
    editor = Editor([folder], command=command(GATED_LOOK))
    try:
        editor.start()
        yield editor
        assert editor.stop() == 0
    finally:
        editor.kill()


def reading(kind: str) -> Callable[[Json], bool]:
    return lambda it: it["token"] == "runagent-client-code" and it["value"]["kind"] == kind


def many(count: int) -> dict[str, str]:
    first = {f"a{number:03}.py": python_client() for number in range(100)}
    slow = {f"slow{number}.py": python_client() for number in ("000", *range(100, 100 + count))}
    return {**first, **slow}


def test_reading_shows_progress_and_features_answer_meanwhile(tmp_path: Path) -> None:
    write_project(tmp_path / "agent", framework="langhcain")
    write_files(tmp_path, many(150))
    with gated(tmp_path) as editor:
        work = Workspace(editor, tmp_path)
        begun = editor.wait_for("$/progress", reading("begin"))
        assert begun["value"]["cancellable"] is True
        report = editor.wait_for("$/progress", reading("report"))
        assert report["value"]["message"].endswith(" files")
        known = work.callers()
        assert known < set(many(150))
        assert editor.pull(work.config.as_uri())["items"]
        assert editor.pull_all()
        (tmp_path / "go").write_text("")
        work.until_called_by(*many(150))
        editor.wait_for("$/progress", reading("end"))


def test_reading_can_be_cancelled_and_what_is_known_stays(tmp_path: Path) -> None:
    write_project(tmp_path / "agent")
    write_files(tmp_path, many(150))
    with gated(tmp_path) as editor:
        work = Workspace(editor, tmp_path)
        editor.wait_for("$/progress", reading("begin"))
        editor.notify("window/workDoneProgress/cancel", {"token": "runagent-client-code"})
        said = editor.wait_for("window/logMessage", lambda it: "Stopped reading" in it["message"])
        assert "were left out" in said["message"]
        (tmp_path / "go").write_text("")
        editor.wait_for("$/progress", reading("end"))
        known = work.callers()
        assert known < set(many(150))
        left = min(set(many(150)) - known)
        editor.files_changed((tmp_path / left, CHANGED))
        editor.until(lambda: work.callers() == {*known, left}, "a file changed after the cancel")


def test_shutting_down_does_not_wait_for_a_slow_disk(tmp_path: Path) -> None:
    write_project(tmp_path / "agent")
    write_files(tmp_path, many(150))
    with gated(tmp_path) as editor:
        editor.wait_for("$/progress", reading("begin"))
