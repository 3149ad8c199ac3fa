"""How a Python file is written, and where a new function fits into it."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import Final

from runagent_ls.pyfile.quiet import parsed
from runagent_ls.text.lines import LineIndex, newline_of
from runagent_ls.text.position import Position

MAX_CHARACTERS: Final = 1_000_000
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_BLANK_OR_INDENTED_COMMENT: Final = re.compile(r"[ \t\f]*$|[ \t\f]+#")
_TRAILING_ENDS: Final = re.compile(r"[\r\n]*\Z")
_LEADING_ENDS: Final = re.compile(r"\A[\r\n]*")
_STEPS: Final = re.compile(r"^(?: {4})+", re.MULTILINE)
_DEFINITIONS: Final = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Insertion:
    """A new function called `name`: what to put into a file at an offset."""

    name: str
    at: int
    new_text: str


@dataclass(frozen=True, slots=True)
class PythonLayout:
    """A file that parses: its statements, its line ends and one step of its indentation."""

    text: str
    tree: ast.Module
    newline: str
    indent: str

    @classmethod
    def read(cls, text: str) -> PythonLayout | None:
        """None for a text that does not parse, or is so long that parsing it would be felt."""
        if len(text) > MAX_CHARACTERS:
            return None
        tree = parsed(text)
        return None if tree is None else cls(text, tree, newline_of(text), _indent_of(text, tree))

    def place_for_function(self) -> int:
        """Offset behind the last function or class, else behind the last statement, but always
        in front of the main guard: at the start or the end of a line."""
        before, guard = _around_main_guard(self.tree.body)
        if before:
            return self.place_behind(
                ([it for it in before if isinstance(it, _DEFINITIONS)] or before)[-1]
            )
        if guard is not None:
            return LineIndex(self.text).offset(Position(guard.lineno - 1, 0))
        return len(self.text)

    def place_behind(self, statement: ast.stmt) -> int:
        """Offset at the end of a top-level statement's last line, or of the indented comments
        that follow it."""
        lines = LineIndex(self.text)
        last = (statement.end_lineno or statement.lineno) - 1
        for number in range(last + 1, lines.line_count):
            line = lines.line(number)
            if not _BLANK_OR_INDENTED_COMMENT.match(line):
                break
            last = number if line.strip() else last
        return lines.offset(Position(last, len(lines.line(last).encode("utf-16-le")) // 2))

    def insertion(self, at: int, name: str, source: str) -> Insertion | None:
        """How to put a function into the file at an offset from here, so that it stands on its own.

        `source` is all of it with `\\n` as line ends and four spaces a step, without a line end
        behind it; two empty lines are kept around it. None when the result would be anything but
        this file and that function.
        """
        new_text = self._set_apart(at, source)
        after = PythonLayout.read(self.text[:at] + new_text + self.text[at:])
        if after is None or len(after.tree.body) != len(self.tree.body) + 1:
            return None
        return Insertion(name, at, new_text)

    def _set_apart(self, at: int, source: str) -> str:
        before, behind = self.text[:at], self.text[at:]
        wanted = 3 if before.strip() else 0
        above = max(0, wanted - len(_LINE_END.findall(_found(_TRAILING_ENDS, before))))
        wanted = 3 if behind.strip() else 1
        below = max(0, wanted - len(_LINE_END.findall(_found(_LEADING_ENDS, behind))))
        body = _STEPS.sub(lambda it: self.indent * (len(it.group()) // 4), source)
        return ("\n" * above + body + "\n" * below).replace("\n", self.newline)


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group() if found else ""


def _indent_of(text: str, tree: ast.Module) -> str:
    """What the first indented body is indented by."""
    lines = LineIndex(text)
    for statement in tree.body:
        body = getattr(statement, "body", None)
        if isinstance(body, list) and body and body[0].lineno > statement.lineno:
            line = lines.line(body[0].lineno - 1)
            found = line[: len(line) - len(line.lstrip(" \t"))]
            if found:
                return found
    return "    "


def _around_main_guard(body: list[ast.stmt]) -> tuple[list[ast.stmt], ast.stmt | None]:
    """The statements in front of `if __name__ == ...`, and that one."""
    for index, statement in enumerate(body):
        if isinstance(statement, ast.If) and "__name__" in ast.unparse(statement.test):
            return body[:index], statement
    return body, None
