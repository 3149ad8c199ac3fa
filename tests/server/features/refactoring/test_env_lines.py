"""What is written into `.env` is what python-dotenv, as RunAgent calls it, reads back."""

from __future__ import annotations

from pathlib import Path

import pytest
from dotenv import dotenv_values
from hypothesis import example, given
from hypothesis import strategies as st

from runagent_ls.features.refactoring.env_lines import env_values, with_variable

FILLED_IN = ("${HOME}", "a${X:-b}c", "${}")
PIECES = """' " \\ # $ ${ } $( ` = ä 漢 🦊 word \\n"""
BLANKS = (
    "\n",
    "\r",
    "\r\n",
    "\t",
    "\v",
    "\f",
    "\x1c",
    "\x85",
    "\u2028",
    "\u200b",
    "\ufeff",
    " ",
    " #",
)
LINES = (
    "A=1",
    "export B='two'",
    "# note",
    "",
    'C="x\ny"',
    "D='it\\'s'",
    "E=${HOME}",
    "  F = 1 # f",
)
ODD_LINES = ("G", "???", "'quoted key'=1", "H='open", 'I="open', "J=\\", "K=#", "L= # none")
pieces = st.sampled_from((*PIECES.split(), *BLANKS, "export "))
values = st.lists(pieces | st.characters(codec="utf-8", exclude_characters="\0")).map("".join)
before = st.lists(st.sampled_from((*LINES, *ODD_LINES))).map("\n".join)


def read_back(folder: Path, text: str) -> dict[str, str | None]:
    path = folder / ".env"
    path.write_bytes(text.encode())
    return dotenv_values(path)


@given(
    value=values,
    text=before,
    ends=st.sampled_from(["", "\n"]),
    newline=st.sampled_from(["\n", "\r\n"]),
)
@example(value="", text="", ends="", newline="\n")
@example(value='it\'s "x"\\', text="A='x'", ends="", newline="\n")
@example(value="a\nb\\", text="", ends="", newline="\n")
@example(value="x\\\n", text="L='y'", ends="\n", newline="\n")
@example(value="#x", text="", ends="", newline="\n")
@example(value=" x ", text="", ends="", newline="\r\n")
def test_the_value_is_read_back_and_nothing_else_changes(
    tmp_path_factory: pytest.TempPathFactory, value: str, text: str, ends: str, newline: str
) -> None:
    text = (text + ends).replace("\n", newline)
    folder = tmp_path_factory.getbasetemp()
    known = read_back(folder, text)
    line = with_variable(text, "MOVED", value, newline)
    if line is None:
        return
    assert read_back(folder, text + line) == {**known, "MOVED": value}


@given(value=values)
def test_nearly_every_value_can_be_written(value: str) -> None:
    hard = "${" in value or value.endswith("\\") or "\ufeff" in value
    assert hard or with_variable("", "MOVED", value, "\n") is not None


@pytest.mark.parametrize("value", [*FILLED_IN, "nul\0", "half \ud800"])
def test_what_a_variable_cannot_say_is_refused(value: str) -> None:
    assert with_variable("", "MOVED", value, "\n") is None


@pytest.mark.parametrize("name", ["", "A B", "A=", "1A", "A-B", "ä", "A\n"])
def test_only_names_that_every_shell_knows(name: str) -> None:
    assert with_variable("", name, "x", "\n") is None


def test_a_variable_that_is_there_is_not_written_again() -> None:
    assert with_variable("A=1\n", "A", "2", "\n") is None
    assert with_variable("A\n", "A", "2", "\n") is None
    assert env_values("A\n") == {"A": None}


def test_an_open_quote_above_would_swallow_the_line() -> None:
    text = "A='open\n"
    assert with_variable(text, "B", "it's", "\n") is None
    assert with_variable(text, "B", "plain", "\n") == "B=plain\n"


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("sk-1234_abc/+=", "A=sk-1234_abc/+=\n"),
        ("two words", "A='two words'\n"),
        ("it's", "A='it\\'s'\n"),
        ("a#b $c", "A='a#b $c'\n"),
        ("one\ntwo", 'A="one\\ntwo"\n'),
        ("C:\\dir\\", "A=C:\\dir\\\n"),
        ("", "A=''\n"),
    ],
)
def test_the_plainest_way_to_write_it(value: str, line: str) -> None:
    assert with_variable("", "A", value, "\n") == line
