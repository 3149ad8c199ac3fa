"""Where a new function stands in a Python file, and how it is written there."""

from __future__ import annotations

import ast
import sysconfig
from pathlib import Path

import pytest

from marked_text import CURSOR, marked
from runagent_ls.features.refactoring.python_layout import MAX_CHARACTERS, PythonLayout
from runagent_ls.features.refactoring.stubs import UNKNOWN_CALLERS, StubParameter, stub

LIBRARY = sorted(Path(sysconfig.get_paths()["stdlib"]).glob("[a-m]*.py"))
SOURCE = stub("created_here", UNKNOWN_CALLERS, streams=False, is_async=False)


@pytest.mark.parametrize(
    "text",
    [
        "‸",
        "# only a comment\n‸",
        "import os\nX = 1‸\n",
        "import os\nX = 1‸",
        "def f():\n    pass‸\n\n\nX = f()\n",
        "def f(): pass‸  # of f\nX = 1\n".replace("‸  # of f", "  # of f‸"),
        "def f():\n    pass\n    # of f‸\n\n# of nobody\nX = 1\n",
        "class A:\n    def f(self):\n        pass‸\n",
        "def f():\n    pass‸\n\n\nif __name__ == '__main__':\n    def g():\n        pass\n",
        "X = 1‸\nif '__main__' == __name__:\n    f()\n\n\ndef f():\n    pass\n",
        "#!/usr/bin/python3\n‸if __name__ == '__main__':\n    pass\n",
        "X = '''\ndef f():\n    pass\n'''‸\n",
        "def f():\n    return '''\n\n# text\n'''‸\nX = 1\n",
        "é = '🦊'; Y = 2‸\n",
    ],
)
def test_the_place(text: str) -> None:
    expected = marked(text)
    layout = PythonLayout.read(expected.text)
    assert layout is not None
    at = layout.place_for_function()
    assert expected.text[:at] + CURSOR + expected.text[at:] == text


@pytest.mark.parametrize("path", LIBRARY, ids=lambda path: path.name)
def test_a_file_with_a_new_function_is_that_file_and_the_function(path: Path) -> None:
    text = path.read_bytes().decode()
    layout = PythonLayout.read(text)
    assert layout is not None
    made = layout.insertion(layout.place_for_function(), "created_here", SOURCE)
    assert made is not None
    after = text[: made.at] + made.new_text + text[made.at :]
    body = ast.parse(after).body
    (index,) = [at for at, it in enumerate(body) if getattr(it, "name", "") == "created_here"]
    others = [ast.dump(it) for it in (*body[:index], *body[index + 1 :])]
    assert others == [ast.dump(it) for it in layout.tree.body]
    above = after.replace("\r\n", "\n").split("\n")[: body[index].lineno - 1]
    assert not any(above) or above[-2:] == ["", ""]


def test_what_does_not_parse_or_is_very_long_is_left_alone() -> None:
    assert PythonLayout.read("def f(:\n") is None
    assert PythonLayout.read("x = '\0'\n") is None
    assert PythonLayout.read("(" * 100_000) is None
    assert PythonLayout.read("x = 1\n" * (MAX_CHARACTERS // 6 + 1)) is None


@pytest.mark.parametrize(
    ("parameters", "streams", "is_async", "head", "answer"),
    [
        ((), False, False, "def f():", 'return "f was called"'),
        ((StubParameter("a"),), True, True, "async def f(a):", "yield a"),
        (
            (StubParameter("a", "list", optional=True), StubParameter("b", "int")),
            False,
            False,
            "def f(b: int, a=None):",
            'return {"b": b, "a": a}',
        ),
    ],
)
def test_the_text_of_a_new_function(
    parameters: tuple[StubParameter, ...], streams: bool, is_async: bool, head: str, answer: str
) -> None:
    text = stub("f", parameters, streams=streams, is_async=is_async)
    lines = text.split("\n")
    assert (lines[0], lines[-1].strip()) == (head, answer)
    compile(text, "new", "exec")
