from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from run_cli import COMMAND, LIMIT_S, environment
from runagent_ls.cli.main import main
from runagent_ls.version import __version__


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["chek"], "there is no command 'chek'. Did you mean check?"),
        (["deploy"], "there is no command 'deploy'. Commands: new, check, list, run, stream, "),
        (["check", "--ouput-format", "json"], "Did you mean --output-format?"),
        (["check", "--output", "json"], "'--output' is not understood here."),
        (["check", "--output-format", "jsno"], "Did you mean json?"),
        (["check", "--severity", "RA301"], "'RA301' is not CODE=LEVEL"),
        (["check", "--severity", "RA301=eror"], "Did you mean error?"),
        (["check", "--strict"], "'--strict' is not understood here."),
        (["check", "--out", "json"], "'--out' is not understood here. Did you mean --output-form"),
        (["run", "x", "--ar", "a=1"], "'--ar' is not understood here. Did you mean --arg?"),
        (["run", "x", "--proj=s"], "'--proj' is not understood here. Did you mean --project?"),
        (["run", "x", "--p", "s"], "Did you mean --project, --port or --persistent-memory?"),
        (["run", "x", "name=Ada"], "'name' is not understood here. Inputs are given as --arg name"),
        (["history", "shwo"], "there is no action 'shwo'. Did you mean show? Actions: list, show,"),
        (["history", "list", "--stat", "failed"], "Did you mean --state?"),
        (["history", "show", "--tag", "x"], "history show: error: '--tag' is not understood here."),
        (["sessions", "remove"], "there is no action 'remove'. Actions: list, show, delete."),
        (["sessions", "show", "x", "--projct", "y"], "Did you mean --project?"),
        (["run"], "the following arguments are required: TAG"),
        (["run", "x", "--port", "70000"], "'70000' is no port"),
        (["run", "x", "--port", "80x"], "'80x' is no port"),
        (["run", "x", "--arg", "name"], "'name' is not NAME=JSON"),
        (["run", "x", "--arg", "name=Ada"], "a string needs quotes: --arg 'name=\"Ada\"'"),
        (["run", "x", "--arg", "a=" + "[" * 100_000], "the value of a is not JSON"),
        (["run", "x", "--timeout", "0"], "'0' is no number of seconds above 0"),
        (["run", "x", "--timeout", "inf"], "'inf' is no number of seconds above 0"),
        (["run", "x", "--timeout", "nan"], "'nan' is no number of seconds above 0"),
        (["run", "x", "--project", ".", "--agent-id", "a"], "not allowed with argument"),
        (["run", "x", "--cloud", "--port", "5"], "Both --cloud and an address were given"),
        (["run", "x", "--clod"], "'--clod' is not understood here. Did you mean --cloud?"),
        (["run", "x", "--retries", "-1"], "'-1' is no whole number from 0 up"),
        (["run", "x", "--extra", "a=b"], "the value of a is not JSON"),
        (["run", "x", "--host", "127.0.0.1"], "was given without a port"),
        (["rule"], "one of the arguments CODE --all is required"),
    ],
)
def test_wrong_use_is_2_and_names_what_was_meant(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""


@pytest.mark.parametrize("option", ["--arg", "--extra", "--ar", "--are"])
@pytest.mark.parametrize(
    "value", ["password=hunter2", f"key=sk-{'hunter2' * 3}", 'options={"token": "hunter2"']
)
def test_wrong_use_does_not_repeat_a_secret(
    option: str, value: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments in (["run", "x", option, value], ["run", "x", f"{option}={value}"]):
        assert main(arguments) == 2
        captured = capsys.readouterr()
        assert "hunter2" not in captured.err + captured.out
        assert option in captured.err


@pytest.mark.parametrize("arguments", [["--help"], ["check", "-h"], ["stream", "--help"]])
def test_help_is_no_failure(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 0
    captured = capsys.readouterr()
    assert captured.out.startswith("usage: runagent-ls")
    assert captured.err == ""


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"runagent-ls {__version__}\n"


@pytest.fixture
def break_command(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    def break_it(error: BaseException) -> None:
        def fail(_: object) -> int:
            raise error

        monkeypatch.setattr("runagent_ls.cli.main._dispatch", fail)

    return break_it


def test_our_own_failure_is_2_without_a_traceback(
    break_command: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    break_command(ZeroDivisionError("oops"))
    assert main(["check"]) == 2
    error = capsys.readouterr().err
    assert "runagent-ls itself failed (ZeroDivisionError: oops)" in error
    assert "Traceback" not in error


@pytest.mark.skipif(sys.platform != "linux", reason="needs /dev/full")
@pytest.mark.parametrize("redirection", [">/dev/full", ">&-", ">&- 2>&-"])
def test_an_output_that_cannot_be_written(tmp_path: Path, redirection: str) -> None:
    (tmp_path / "runagent.config.json").write_text("{}", "utf-8")
    done = subprocess.run(
        ["/bin/sh", "-c", f'"$@" {redirection}', "sh", *COMMAND, "list"],
        cwd=tmp_path,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    is_full = redirection == ">/dev/full"
    assert (done.returncode, "No space left on device" in done.stderr) == (2 * is_full, is_full)
    assert "Traceback" not in done.stderr
    assert "runagent-ls itself failed" not in done.stderr


def test_ctrl_c_is_130(
    break_command: Callable[[BaseException], None], capsys: pytest.CaptureFixture[str]
) -> None:
    break_command(KeyboardInterrupt())
    assert main(["check"]) == 130
    assert capsys.readouterr().err == "interrupted\n"
