"""`check` through the public door: projects on disk in, reports and exit codes out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, Final

import pytest

from run_cli import COMMAND, LIMIT_S, Cli, Done, environment
from runagent_ls.cli.main import main

CONFIG: Final = "runagent.config.json"
CLEAN: Final = "def greet(name: str) -> str:\n    return name\n"
HEAVY: Final = frozenset(
    {"pygls", "lsprotocol", "httpx", "websockets", "asyncio", "ruamel", "cattrs", "anyio"}
)


def config(module: str = "greet", **changes: object) -> dict[str, object]:
    return {
        "agent_name": "demo",
        "description": "d",
        "framework": "default",
        "template": "",
        "version": "1.0.0",
        "created_at": "2025-06-25T13:42:03",
        "template_source": {"repo_url": "", "author": "", "path": ""},
        "agent_architecture": {
            "entrypoints": [{"file": "main.py", "module": module, "tag": "greet"}]
        },
        "agent_id": "11111111-2222-4333-8444-555555555555",
        **changes,
    }


def write_agent(folder: Path, source: str = CLEAN, **changes: object) -> Path:
    """An agent in `folder`; gives the configuration's path."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.py").write_text(source)
    path = folder / CONFIG
    path.write_text(json.dumps(config(**changes), indent=2) + "\n")  # type: ignore[arg-type]
    return path


def files_of(done: Done) -> dict[str, list[dict[str, Any]]]:
    """Diagnostics by path, of JSON output."""
    return {file["path"]: file["diagnostics"] for file in json.loads(done.out)["files"]}


def errors_of(done: Done) -> list[dict[str, Any]]:
    return [
        diagnostic
        for diagnostics in files_of(done).values()
        for diagnostic in diagnostics
        if diagnostic["severity"] == "error"
    ]


def test_a_clean_project_is_0(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path)
    assert cli("check") == Done(0, "No problems in 1 project.\n", "")
    assert files_of(cli("check", "--output-format", "json")) == {CONFIG: []}


def test_a_wrong_name_is_1_and_stands_at_its_place(cli: Cli, tmp_path: Path) -> None:
    path = write_agent(tmp_path, module="gret")
    done = cli("check", "--output-format", "json")
    assert done.code == 1
    (error,) = errors_of(done)
    start, end = error["range"]["start"], error["range"]["end"]
    line = path.read_text().splitlines()[start["line"]]
    assert line[start["character"] : end["character"]].strip('"') == "gret"
    assert error["source"] == "runagent"
    assert set(error) <= {"code", "severity", "message", "range", "source", "fix"}


def test_text_shows_the_line_with_a_caret(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path, module="gret")
    done = cli("check")
    assert done.code == 1
    assert done.err == ""
    head, where, _, line, carets, *_ = done.out.splitlines()
    assert head.startswith("error[RA")
    assert "gret" in head
    assert where.strip().startswith(f"--> {CONFIG}:")
    column = carets.index("^")
    assert line[column:].strip('"').startswith("gret")
    assert done.out.rstrip().splitlines()[-1].startswith("Found 1 error")
    assert "\x1b" not in done.out


@pytest.mark.parametrize("name", ["runagent.config.yaml", "runagent.config.yml"])
def test_yaml_is_checked_alike(cli: Cli, tmp_path: Path, name: str) -> None:
    write_agent(tmp_path, module="gret").rename(tmp_path / name)
    done = cli("check", "--output-format", "json")
    assert done.code == 1
    (error,) = errors_of(done)
    assert error in files_of(done)[name]


def test_select_ignore_and_severity(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path, module="gret")
    (error,) = errors_of(cli("check", "--output-format", "json"))
    code = error["code"]
    for arguments, expected in (
        (("--select", code), (1, 1)),
        (("--select", code.lower()), (1, 1)),
        (("--select", code[:3]), (1, 1)),
        (("--ignore", code), (0, 0)),
        (("--ignore", f"{code},RA0"), (0, 0)),
        (("--select", code, "--ignore", code), (0, 0)),
        (("--severity", f"{code}=off"), (0, 0)),
        (("--severity", f"{code}=warning"), (0, 1)),
    ):
        done = cli("check", "--output-format", "json", *arguments)
        found = [one for each in files_of(done).values() for one in each if one["code"] == code]
        assert (done.code, len(found)) == expected, arguments
    done = cli("check", "--severity", f"{code}=warning")
    assert f"warning[{code}]" in done.out


@pytest.mark.parametrize("option", ["--select", "--ignore", "--severity"])
def test_an_unknown_code_is_2(cli: Cli, tmp_path: Path, option: str) -> None:
    write_agent(tmp_path)
    done = cli("check", option, "RA999x=off" if option == "--severity" else "RA999x")
    assert (done.code, done.out) == (2, "")
    assert "There is no rule 'RA999x'. Did you mean RA" in done.err


def test_paths_that_lead_nowhere_are_2(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path / "agent")
    (tmp_path / "empty").mkdir()
    for path, said in (
        ("missing", f"{tmp_path / 'missing'} is not there."),
        ("agent/main.py", "is no configuration file of an agent"),
        ("empty", f"No agent project in {tmp_path / 'empty'}."),
        ("a\nb", "is not there"),
    ):
        done = cli("check", path)
        assert (done.code, done.out) == (2, ""), path
        assert said in done.err
    assert cli("check", "agent", "missing").code == 2


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\x00\x01\x02\xff\xfe" * 100,
        b"\xff\xfe{\x00}\x00",
        b"\xef\xbb\xbf{}",
        b'{"agent_name": "\xff"}',
        b'{"agent_name": "\\ud800"}',
        b"[1]",
        b'"text"',
        b"null",
        b"[" * 10_000,
        b'{"a":' * 10_000,
        b'{"agent_architecture": {"entrypoints": [null, 5, "x", [], {}]}}',
        b"{ // comment\n}",
        b'{"\xf0\x9f\xa6\x89": }',
    ],
)
def test_any_bytes_give_a_report(
    tmp_path: Path, content: bytes, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / CONFIG).write_bytes(content)
    for output_format in ("text", "json", "github", "sarif", "junit"):
        assert main(["check", "--output-format", output_format, str(tmp_path)]) == 1
        captured = capsys.readouterr()
        assert "RA" in captured.out
        assert captured.err == ""


def test_an_ascii_terminal_gets_escapes(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / CONFIG).write_text('{"h\u00e9 \U0001f989": }', "utf-8")
    done = cli("check", encoding="ascii")
    assert (done.code, done.err) == (1, "")
    assert '{"h\\xe9 \\U0001f989": }' in done.out
    line, carets = (done.out.splitlines()[at] for at in (3, 4))
    assert line[carets.index("^")] in '":}'


def test_configurations_that_cannot_be_read(cli: Cli, tmp_path: Path) -> None:
    for name in ("folder", "link"):
        (tmp_path / name).mkdir()
    (tmp_path / "folder" / CONFIG).mkdir()
    (tmp_path / "link" / CONFIG).symlink_to(tmp_path / "nowhere")
    if hasattr(os, "mkfifo"):
        (tmp_path / "pipe").mkdir()
        os.mkfifo(tmp_path / "pipe" / CONFIG)
    for folder in tmp_path.iterdir():
        done = cli("check", folder)
        assert done.code == 1, folder
        assert "error[RA" in done.out


def test_a_project_whose_module_is_no_text(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path)
    (tmp_path / "main.py").write_bytes(b"\x00\xff\xfe" * 50)
    assert cli("check").code in (0, 1)
    (tmp_path / "main.py").unlink()
    (tmp_path / "main.py").mkdir()
    assert cli("check").code == 1


def test_nothing_is_executed(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path, source=f"open('executed', 'w')\n{CLEAN}")
    cli("check")
    assert not (tmp_path / "executed").exists()


def test_a_folder_is_searched(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path / "one")
    write_agent(tmp_path / "deep" / "two", module="gret")
    write_agent(tmp_path / "node_modules" / "three")
    write_agent(tmp_path / "ignored")
    (tmp_path / ".gitignore").write_text("/ignored/\n")
    done = cli("check", "--output-format", "json")
    assert done.code == 1
    assert set(files_of(done)) == {f"deep/two/{CONFIG}", f"one/{CONFIG}"}
    asked = cli("check", "ignored", "one", "one", f"one/{CONFIG}", "--output-format", "json")
    assert set(files_of(asked)) == {f"ignored/{CONFIG}", f"one/{CONFIG}"}
    assert "in 2 projects." in cli("check", "ignored", "one", "one").out


def test_paths_are_shown_from_the_current_folder(cli: Cli, tmp_path: Path) -> None:
    path = write_agent(tmp_path / "agent")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shown = {
        cwd: list(files_of(cli("check", tmp_path / "agent", "--output-format", "json", cwd=cwd)))
        for cwd in (tmp_path, tmp_path / "agent", elsewhere)
    }
    assert shown == {
        tmp_path: [f"agent/{CONFIG}"],
        tmp_path / "agent": [CONFIG],
        elsewhere: [path.as_posix()],
    }


def test_github_counts_from_the_checkout(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path / "agent", module="gret")
    done = cli(
        "check", "--output-format", "github",
        cwd=tmp_path / "agent", env={"GITHUB_WORKSPACE": str(tmp_path)},
    )  # fmt: skip
    assert done.code == 1
    assert done.out.startswith("::error title=runagent (RA")
    assert f"file=agent/{CONFIG},line=" in done.out


def test_sarif_and_junit_of_a_real_project(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path, module="gret")
    (error,) = errors_of(cli("check", "--output-format", "json"))
    (run,) = json.loads(cli("check", "--output-format", "sarif").out)["runs"]
    (result,) = [each for each in run["results"] if each["level"] == "error"]
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert rule["id"] == result["ruleId"] == error["code"]
    root = ET.fromstring(cli("check", "--output-format", "junit").out)
    assert [failure.get("type") for failure in root.iter("failure")] == [error["code"]]


def test_colours_need_a_terminal(cli: Cli, tmp_path: Path) -> None:
    write_agent(tmp_path, module="gret")
    assert "\x1b" not in cli("check", env={"TERM": "xterm-256color", "FORCE_COLOR": "1"}).out


@pytest.mark.skipif(sys.platform == "win32", reason="terminals of this kind are POSIX")
@pytest.mark.parametrize(("no_color", "coloured"), [(None, True), ("1", False)])
def test_colours_on_a_terminal(tmp_path: Path, no_color: str | None, coloured: bool) -> None:
    import pty

    write_agent(tmp_path, module="gret")
    extra = {"TERM": "xterm"} | ({"NO_COLOR": no_color} if no_color else {})
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "check"], cwd=tmp_path, stdout=theirs, env=environment(extra)
    ) as process:
        os.close(theirs)
        shown = bytearray()
        try:
            while data := os.read(ours, 65536):
                shown += data
        except OSError:
            pass  # how Linux says that the other end is closed
        assert process.wait(LIMIT_S) == 1
    os.close(ours)
    assert (b"\x1b[1;31merror[RA" in shown) is coloured
    assert b"error[RA" in shown


def test_a_reader_that_leaves_is_no_crash(tmp_path: Path) -> None:
    write_agent(tmp_path, module="gret")
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*COMMAND, "check"],
        cwd=tmp_path,
        stdout=writing,
        stderr=subprocess.PIPE,
        env=environment(),
        timeout=LIMIT_S,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


def test_check_imports_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    write_agent(tmp_path, module="gret")
    done = subprocess.run(
        [sys.executable, "-X", "importtime", *COMMAND[1:], "check"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=environment(),
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 1
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "runagent_ls.rules.engine" in imported
    assert HEAVY & {name.partition(".")[0] for name in imported} == set()
