"""Frames from the text of tracebacks, as Python prints them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runagent_ls.agents.failures.tracebacks import TracebackFrame, frames_of

PROGRAM = """
def outer(n):
    return inner(
        n,
    )

def inner(n):
    if n == 1:
        raise ValueError("boom\\n  File \\"not a frame\\"")
    if n == 2:
        try:
            inner(1)
        except ValueError as error:
            raise KeyError("again") from error
    if n == 3:
        raise ExceptionGroup("many", [caught(1), caught(1)])
    if n == 4:
        compile("a = = 1", "made up.py", "exec")

def caught(n):
    try:
        inner(n)
    except ValueError as error:
        return error

import sys
outer(int(sys.argv[1]))
"""


def printed(tmp_path: Path, number: int) -> tuple[str, str]:
    program = tmp_path / "my agent ü.py"
    program.write_text(PROGRAM, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-X", "utf8", str(program), str(number)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )
    assert "Traceback" in done.stderr
    return str(program), done.stderr


def test_a_traceback(tmp_path: Path) -> None:
    file, text = printed(tmp_path, 1)
    assert frames_of(text) == (
        TracebackFrame(file, 27, "<module>", "outer(int(sys.argv[1]))"),
        TracebackFrame(file, 3, "outer", "return inner("),
        TracebackFrame(file, 9, "inner", 'raise ValueError("boom\\n  File \\"not a frame\\"")'),
    )
    assert frames_of(text.replace("\n", "\r\n")) == frames_of(text)
    assert frames_of(f"Agent execution failed: {text}") == frames_of(text)


def test_one_error_behind_another(tmp_path: Path) -> None:
    file, text = printed(tmp_path, 2)
    frames = frames_of(text)
    assert [frame.line for frame in frames] == [12, 9, 27, 3, 14]
    assert {frame.file for frame in frames} == {file}
    assert frames[-1].text == 'raise KeyError("again") from error'


def test_a_group_of_errors(tmp_path: Path) -> None:
    _, text = printed(tmp_path, 3)
    frames = frames_of(text)
    assert [(frame.function, frame.line) for frame in frames][-4:] == [
        ("caught", 22),
        ("inner", 9),
        ("caught", 22),
        ("inner", 9),
    ]
    assert frames[-1].text is not None
    assert frames[-1].text.startswith("raise ValueError")


def test_a_syntax_error(tmp_path: Path) -> None:
    _, text = printed(tmp_path, 4)
    assert frames_of(text)[-1] == TracebackFrame("made up.py", 1, None, "a = = 1")


def test_code_without_source() -> None:
    text = (
        'Traceback (most recent call last):\n  File "<string>", line 1, in <module>\nValueError: x'
    )
    assert frames_of(text) == (TracebackFrame("<string>", 1, "<module>", None),)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "boom",
        'File "x", line , in y',
        '  File "x.py", line 99999999999999999999, in y',
        'He said: File "x.py", line 1',
        '  File "x.py", line 1, in ',
    ],
)
def test_texts_without_frames(text: str) -> None:
    assert frames_of(text) == ()


def test_a_very_long_text_is_read_in_reasonable_time() -> None:
    frame = '  File "x.py", line 1, in f\n    f()\n'
    assert len(frames_of(frame * 100_000)) < 40_000
    assert frames_of(" " * 3_000_000) == ()
    assert frames_of('File "' * 500_000) == ()


@given(st.text())
def test_any_text_has_frames_or_none(text: str) -> None:
    for frame in frames_of(text + '\n  File "a.py", line 3, in f\n' + text):
        assert frame.line >= 0
        assert frame.file
