"""Environment variables that code asks for. `⟦⟧` marks their names."""

from __future__ import annotations

import pytest

from marked_text import mark, marked
from runagent_ls.pyfile.environment import environment_reads
from runagent_ls.pyfile.parsing import parse_python


def found(text: str) -> str:
    """The text with all names marked that are found in it."""
    plain = marked(text).text
    reads = environment_reads(parse_python(plain))
    assert all(plain[it.span.start : it.span.end] == it.name for it in reads if it.plain)
    return mark(plain, *(it.span for it in reads))


@pytest.mark.parametrize(
    "text",
    [
        'import os\nA = os.environ["⟦KEY⟧"]\n',
        "A = os.environ.get('⟦KEY⟧', 'x')\n",
        "A = os.getenv('⟦A⟧') or getenv('⟦B⟧')\n",
        "from os import environ\nenviron['⟦KEY⟧'] = '1'\ndel environ['⟦KEY⟧']\n",
        "os.environ.setdefault('⟦A⟧', 'b')\nos.environ.pop('⟦A⟧', None)\n",
        "if '⟦KEY⟧' in os.environ and '⟦B⟧' not in os.environ: pass\n",
        'class A:\n    def f(self, x=os.getenv("""⟦KEY⟧""")):\n        return os.environ[r"⟦K⟧"]\n',
        "# 🦉\r\nx = [os.environ['⟦É⟧']]\r\ny = os.getenv('⟦Z⟧')\r\n",
        "os.environ[name]; os.environ[0]; os.environ['']; os.environ; os.getenv(); 'KEY' in x\n",
        "other['KEY']; self.environment['KEY']; environs['KEY']; os.environ.items('KEY')\n",
        "def broken(:\n    os.environ['X']\n\n\nos.environ['⟦KEY⟧']\n",
    ],
)
def test_names_are_found(text: str) -> None:
    assert found(text) == text


def test_escapes_and_parts_are_told() -> None:
    (read,) = environment_reads(parse_python("os.environ['K\\x45Y']\n"))
    assert (read.name, read.plain) == ("KEY", False)
    (read,) = environment_reads(parse_python("os.environ['K' 'EY']\n"))
    assert (read.name, read.plain) == ("KEY", False)


def test_places_follow_edits() -> None:
    file = parse_python("import os\n\n\ndef f():\n    return os.getenv('KEY')\n")
    edited = parse_python(f"# a line\n{file.text}", file)
    (read,) = environment_reads(edited)
    assert edited.text[read.span.start : read.span.end] == "KEY"


def test_a_text_too_deep_to_be_parsed_has_none() -> None:
    assert environment_reads(parse_python("os.environ" + "(" * 5000 + ")" * 5000)) == ()
