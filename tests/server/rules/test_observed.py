"""What the runtime said, shown in a project that may have been edited since."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.project.file_source import DiskFiles, OverlayFiles
from runagent_ls.project.loading import load_project
from runagent_ls.project.model import AgentProject
from runagent_ls.project.observation import Observation
from runagent_ls.rules.engine import check
from runagent_ls.rules.selection import Selection
from runagent_ls.serve.state import EntrypointReport, Failure, Frame
from runagent_ls.serve.verification import Verification, observation_of, observed

PYTHON = Path("/env/bin/python")
CODE = "import os\n\nKEY = os.environ['KEY']\n\n\ndef greet():\n    return KEY\n"


def entry(module: str, tag: str, file: str = "main.py") -> dict[str, str]:
    return {"file": file, "module": module, "tag": tag}


def write(folder: Path, *entrypoints: dict[str, str], **changes: Any) -> Path:
    (folder / "main.py").write_text(CODE, "utf-8")
    value = {
        "agent_id": "11111111-2222-4333-8444-555555555555",
        "agent_name": "demo",
        "description": "d",
        "framework": "default",
        "template": "",
        "version": "1.0.0",
        "created_at": "2025-06-25T13:42:03",
        "template_source": {"repo_url": "", "author": "", "path": ""},
        "agent_architecture": {"entrypoints": list(entrypoints) or [entry("greet", "greet")]},
        **changes,
    }
    path = folder / "runagent.config.json"
    path.write_text(json.dumps(value, indent=2), "utf-8")
    return path


def raised(folder: Path, tag: str = "greet", **changes: Any) -> Failure:
    frame = Frame(folder / "main.py", 3, "<module>", "KEY = os.environ['KEY']")
    failure = Failure("SERVER_ERROR", "'KEY'", exception="KeyError", tag=tag, frames=(frame,))
    return replace(failure, **changes)


def said(project: AgentProject, selection: Selection | None = None) -> list[tuple[str, str, int]]:
    """Code, file and line from 1 of each finding."""
    return [
        (it.code, it.file.name, it.range.start.line + 1)
        for findings in check(project, selection).values()
        for it in findings
    ]


def load(config: Path) -> AgentProject:
    return load_project(config, DiskFiles())


CONFIG_LINE = ("RA320", "runagent.config.json", 17)


def test_a_failed_start_is_said_at_its_line(workplace: Path) -> None:
    project = load(write(workplace))
    seen = observed(project, Verification(PYTHON, failure=raised(workplace)))
    assert said(seen) == [CONFIG_LINE, ("RA320", "main.py", 3)]
    assert said(project) == []


def test_reading_a_project_says_nothing_of_the_runtime(workplace: Path) -> None:
    assert load(write(workplace)).observation is None


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("# more\n\n" + CODE, 5),
        (CODE.replace("\n", "\r\n"), 3),
        (CODE.replace("KEY = os", "    KEY = os"), 3),
        (CODE.replace("['KEY']", ".get('KEY')"), None),
        (CODE.replace("KEY = os.environ['KEY']\n", "\n") + "KEY = os.environ['KEY']\n" * 2, None),
        ("", None),
    ],
)
def test_the_line_is_found_again_or_not_at_all(
    workplace: Path, text: str, line: int | None
) -> None:
    """Whatever is typed in an editor after the agent was imported."""
    config = write(workplace)
    seen = observation_of(load(config), Verification(PYTHON, failure=raised(workplace)))
    files = OverlayFiles(DiskFiles())
    files.open(workplace / "main.py", text)
    later = replace(load_project(config, files), observation=seen)
    found = [it for it in said(later) if it[0] == "RA320"]
    assert found == [CONFIG_LINE, *([("RA320", "main.py", line)] if line else [])]


def test_an_edited_entrypoint_is_no_longer_spoken_of(workplace: Path) -> None:
    config = write(workplace)
    seen = observation_of(load(config), Verification(PYTHON, failure=raised(workplace)))
    write(workplace, entry("greet", "greet2"))
    assert said(replace(load(config), observation=seen)) == []
    write(workplace, entry("greet", "first"), entry("greet", "greet"))
    codes = said(replace(load(config), observation=seen))
    assert codes == [("RA320", "runagent.config.json", 22), ("RA320", "main.py", 3)]


def test_entrypoints_of_one_file_fail_once(workplace: Path) -> None:
    config = write(workplace, entry("greet", "one"), entry("greet", "two"))
    failures = [raised(workplace, tag) for tag in ("one", "two")]
    reports = tuple(EntrypointReport(it.tag or "", False, failure=it) for it in failures)
    seen = observed(load(config), Verification(PYTHON, reports, failures[0]))
    assert said(seen) == [CONFIG_LINE, ("RA320", "main.py", 3)]


def test_reports_of_a_worker_that_goes_on_with_old_code_are_left_aside(workplace: Path) -> None:
    """A reload failed: what the old worker has is not what the files have."""
    report = EntrypointReport("greet", True, callable=False, kind="object")
    config = write(workplace)
    stale = Verification(PYTHON, (report,), raised(workplace))
    assert {code for code, _, _ in said(observed(load(config), stale))} == {"RA320"}
    fresh = Verification(PYTHON, (report,))
    assert {code for code, _, _ in said(observed(load(config), fresh))} == {"RA306"}


def test_a_place_in_the_configuration_is_no_place_of_the_fault(workplace: Path) -> None:
    """Who shows a failure may have added where the entrypoint is named."""
    config = write(workplace, entry("app.run", "run"))
    frame = Frame(config, 16, "", "{")
    message = f"Object 'app' not found in {workplace}/main.py.\nAvailable objects: ['KEY', 'apps']"
    (workplace / "main.py").write_text("globals()['a' + 'pp'] = 1\n", "utf-8")
    failure = Failure("SERVER_ERROR", message, None, "AttributeError", "run", (frame,))
    found = check(observed(load(config), Verification(PYTHON, failure=failure)))
    ((finding,),) = found.values()
    assert finding.code == "RA303"
    assert finding.message == (
        "main.py does not define app when it is imported. Did you mean apps?"
    )


@pytest.mark.parametrize(
    ("failure", "code"),
    [
        (Failure("START_TIMEOUT", "not imported within 60 seconds."), "RA321"),
        (Failure("PROCESS_ENDED", "ended with exit code 7.", exit_code=7), "RA322"),
        (Failure("MEMORY_LIMIT", "used more than 5 MB.", exit_code=-9), "RA322"),
        (Failure("INTERPRETER_ERROR", "Python does not start."), "RA421"),
        (Failure("SERVER_ERROR", "4", exception="SystemExit", tag="greet"), "RA411"),
        (Failure("SERVER_ERROR", "", exception="KeyboardInterrupt"), "RA411"),
        (Failure("NOT_FOUND", "The folder is gone."), "RA323"),
        (Failure("SERVER_ERROR", "", exception="RuntimeError"), "RA320"),
        (Failure("SERVER_ERROR", "x" * 10_000, exception="RuntimeError", tag="greet"), "RA320"),
        (Failure("SERVER_ERROR", "No module named 'absent'", None, "ModuleNotFoundError"), "RA420"),
        (Failure("SERVER_ERROR", "?", exception="ModuleNotFoundError"), "RA320"),
        (Failure("SERVER_ERROR", "gone", exception="OSError", tag="no such tag"), "RA320"),
    ],
)
def test_every_kind_of_failure_is_said(workplace: Path, failure: Failure, code: str) -> None:
    seen = observed(load(write(workplace)), Verification(PYTHON, failure=failure))
    found = [it for findings in check(seen).values() for it in findings]
    assert [it.code for it in found] == [code]
    assert len(found[0].message) < 1000


def test_the_command_of_an_agent_that_nobody_asked_for_packages(workplace: Path) -> None:
    failure = raised(workplace, message="No module named 'yaml'", exception="ModuleNotFoundError")
    seen = observed(load(write(workplace)), Verification(PYTHON, failure=failure))
    messages = {it.message for findings in check(seen).values() for it in findings}
    assert messages == {
        f"main.py imports yaml, which is not installed in {PYTHON}, so the agent does not start."
        f" Run: {PYTHON} -m pip install PyYAML"
    }
    data = [dict(it.data) for findings in check(seen).values() for it in findings]
    command = [str(PYTHON), "-m", "pip", "install", "PyYAML"]
    assert data == [{"module": "yaml", "command": command}] * 2


def test_modules_of_other_versions_of_python_are_not_installed(workplace: Path) -> None:
    failure = raised(
        workplace, message="No module named 'distutils'", exception="ModuleNotFoundError"
    )
    seen = observed(load(write(workplace)), Verification(PYTHON, failure=failure, python="3.12.1"))
    (message,) = {it.message for findings in check(seen).values() for it in findings}
    assert message == (
        "main.py imports distutils, which is not a part of Python 3.12.1 at /env/bin/python, so"
        " the agent does not start."
    )


def test_a_syntax_error_that_only_this_python_has(workplace: Path) -> None:
    config = write(workplace)
    code = "match 1:\n    case _:\n        pass\n\n\ndef greet(): ...\n"
    (workplace / "main.py").write_text(code, "utf-8")
    frame = Frame(workplace / "main.py", 1, "<module>", "match 1:")
    failure = Failure(
        "SERVER_ERROR",
        "invalid syntax (main.py, line 1)",
        exception="SyntaxError",
        tag="greet",
        frames=(frame,),
    )
    seen = observed(load(config), Verification(PYTHON, failure=failure, python="3.9.18"))
    found = check(seen)[workplace / "main.py"]
    assert [(it.code, it.message) for it in found] == [
        (
            "RA301",
            "main.py has a syntax error for Python 3.9.18, so the agent does not start: invalid"
            " syntax",
        )
    ]
    # Reading data can raise the same: that is no fault of the line's grammar.
    other = replace(failure, message="invalid syntax (<unknown>, line 1)")
    assert said(observed(load(config), Verification(PYTHON, failure=other)))[0][0] == "RA320"


def test_an_import_of_a_name_that_reading_proves_wrong_is_said_once(workplace: Path) -> None:
    config = write(workplace)
    (workplace / "main.py").write_text("from helper import gret\ndef greet(): ...\n", "utf-8")
    (workplace / "helper.py").write_text("def hello(): ...\n", "utf-8")
    frame = Frame(workplace / "main.py", 1, "<module>", "from helper import gret")
    failure = Failure(
        "SERVER_ERROR",
        f"cannot import name 'gret' from 'helper' ({workplace}/helper.py)",
        exception="ImportError",
        tag="greet",
        frames=(frame,),
    )
    seen = observed(load(config), Verification(PYTHON, failure=failure))
    assert {code for code, _, _ in said(seen)} == {"RA308"}


def test_what_is_said_last_is_said_only_when_no_error_is_known(workplace: Path) -> None:
    failure = Failure("VALIDATION_ERROR", "agent_name is no text.")
    config = write(workplace, agent_name=3)
    seen = observed(load(config), Verification(PYTHON, failure=failure))
    assert {code for code, _, _ in said(seen)} == {"RA102"}
    off = Selection(ignore=("RA102",))
    assert said(seen, off) == [("RA323", "runagent.config.json", 1)]
    assert said(seen, Selection(ignore=("RA102", "RA323"))) == []


def test_a_broken_configuration_leaves_the_runtime_out(workplace: Path) -> None:
    config = write(workplace)
    seen = observation_of(load(config), Verification(PYTHON, failure=raised(workplace)))
    config.write_text("{not json", "utf-8")
    codes = {code for code, _, _ in said(replace(load(config), observation=seen))}
    assert codes == {"RA001"}


def test_an_agent_that_dies_while_it_is_called_is_not_said_to_fail_at_import(
    workplace: Path,
) -> None:
    frame = Frame(workplace / "main.py", 7, "greet", "return KEY")
    died = Failure("PROCESS_ENDED", "It was ended by SIGSEGV.", exit_code=-11, frames=(frame,))
    report = EntrypointReport("greet", True, callable=True, kind="function")
    seen = observed(load(write(workplace)), Verification(PYTHON, (report,), died))
    found = check(seen)[workplace / "main.py"]
    assert [(it.code, it.range.start.line, it.message) for it in found] == [
        ("RA322", 6, "It was ended by SIGSEGV.")
    ]


def test_an_agent_that_was_stopped_has_no_mistake(workplace: Path) -> None:
    stopped = Failure("CANCELLED", "The agent was stopped.")
    seen = observed(load(write(workplace)), Verification(PYTHON, failure=stopped))
    assert said(seen) == []


def test_an_observation_of_nothing_says_nothing(workplace: Path) -> None:
    project = load(write(workplace))
    assert said(replace(project, observation=Observation(PYTHON, "3.11.7"))) == []
    assert said(observed(project, Verification(PYTHON))) == []


def test_a_file_that_is_gone_or_outside_is_no_trouble(workplace: Path) -> None:
    frames = (
        Frame(workplace / "gone.py", 3, "<module>", "x"),
        Frame(Path("/nowhere/else.py"), 0, "<module>"),
    )
    failure = raised(workplace, frames=frames, message="x")
    seen = observed(load(write(workplace)), Verification(PYTHON, failure=failure))
    assert said(seen) == [CONFIG_LINE]
