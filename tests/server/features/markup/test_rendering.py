"""What a project says reaches the reader as text, whatever markup it looks like.

The Markdown is read by `marked`, which VS Code shows popups with.
"""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runagent_ls.features.markup.content import (
    Block,
    Code,
    Documentation,
    FileLink,
    Line,
    Prose,
    Separator,
    Source,
    Strong,
    Table,
    Text,
    line,
)
from runagent_ls.features.markup.escaping import plain
from runagent_ls.features.markup.prose import readable
from runagent_ls.features.markup.rendering import markdown, plain_text
from runagent_ls.text.position import Position

ROOT = Path(__file__).parents[4]
READ = """
const { marked } = await import('marked');
let input = '';
for await (const part of process.stdin) input += part;
process.stdout.write(JSON.stringify(JSON.parse(input).map((text) => marked.parse(text))));
"""
ALPHABET = "ab_*`~[]()<>!#-+=|\\&;:.$/ \n\t1\"'@^{}"
HOSTILE = [
    "[click](command:workbench.action.terminal.new)",
    "[click][x]\n\n[x]: command:evil",
    "<a href='command:evil'>x</a>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "![x](https://evil.example/pixel.png)",
    "```\n```\n<b>out of the fence</b>",
    "`` ` `` `a` ```",
    "# heading\n=======\nsetext\n---",
    "> quote\n- list\n1. list\n* list\n+ list\n12) list",
    "a | b\n--|--\nc | d",
    "    indented code\n\ttab",
    "<!-- hidden",
    "&lt;b&gt; &amp; &#x3c;script&#x3e;",
    "**bold** __bold__ *i* _i_ ~~gone~~ snake_case_name __init__",
    "<command:evil> <javascript:alert(1)>",
    "[^1]\n\n[^1]: note",
    "ends with a backslash\\",
    "\\[escaped\\](command:x)",
    "\u202eturned round\u202c \x1b[31mred\x00",
    "$(terminal) $x^2$ $$y$$",
    "---\n***\n___",
]


class Reader(HTMLParser):
    """Collects the text, the elements and where links and images lead."""

    def __init__(self) -> None:
        super().__init__()
        self.text = ""
        self.tags: set[str] = set()
        self.leads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.leads += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        self.tags.add("!--")


def read(texts: list[str]) -> list[Reader]:
    """The texts as `marked` shows them."""
    node = shutil.which("node")
    assert node is not None
    ran = subprocess.run(
        [node, "--input-type=module", "-e", READ],
        input=json.dumps(texts).encode(),
        capture_output=True,
        cwd=ROOT,
        timeout=300,
        check=True,
    )
    found = []
    for shown in json.loads(ran.stdout):
        reader = Reader()
        reader.feed(shown)
        reader.close()
        found.append(reader)
    return found


def uri(path: Path) -> str:
    return path.as_uri()


def words(text: str) -> str:
    """Without any blanks: how lines flow is no matter here."""
    return re.sub(r"\s", "", text)


def shown(block: Block) -> str:
    return markdown([block], uri)


def assert_only_text(texts: list[str]) -> None:
    blocks: list[tuple[str, set[str], Block]] = []
    for text in texts:
        blocks += [
            (readable(text), {"p", "br"}, Prose(text)),
            (plain(text), {"p"}, line(text)),
            (plain(text), {"p", "strong"}, line("x ", Strong(text), " y")),
            (plain(text), {"p", "code"}, line(Code(text), " is it")),
            (plain(text), {"pre", "code"}, Source(text, "python")),
        ]
    readers = read([shown(block) for _, _, block in blocks])
    for (text, allowed, block), reader in zip(blocks, readers, strict=True):
        what = f"{block!r}\n{shown(block)}"
        links = [it for it in reader.leads if not re.match(r"(https?://|mailto:)", it)]
        assert links == [], what
        assert reader.tags - {"a"} <= allowed, what
        found = words(reader.text)
        expected = words(text)
        if isinstance(block, Line) and isinstance(block.pieces[0], Text) and len(block.pieces) > 1:
            expected = f"x{expected}y"
        elif isinstance(block, Line) and isinstance(block.pieces[0], Code):
            expected = f"{expected}isit"
        assert found == expected, what


@pytest.mark.parametrize("text", HOSTILE)
def test_markup_of_others_stays_text(text: str) -> None:
    assert_only_text([text])


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.text(ALPHABET, min_size=1, max_size=25), min_size=60, max_size=60))
def test_no_text_becomes_markup(texts: list[str]) -> None:
    assert_only_text([it for it in texts if it.strip()])


def test_cells_of_a_table_stay_cells() -> None:
    rows = tuple((text, "a|b", "`|`") for text in HOSTILE)
    (reader,) = read([shown(Table(("", "x|y", "<b>"), rows))])
    assert reader.tags == {"table", "thead", "tbody", "tr", "th", "td", "code"}
    expected = ["x|y", "<b>", *(cell for row in rows for cell in row)]
    assert words(reader.text) == words("".join(map(plain, expected)))


def test_links_lead_to_files_whatever_they_are_called() -> None:
    path = Path("/project/a b/[x](command:evil) <i>`#1?.py")
    block = line("in ", FileLink("[a](b) `c`", path, Position(2, 4)))
    (reader,) = read([shown(block)])
    assert reader.leads == [f"{path.as_uri().replace('(', '%28').replace(')', '%29')}#L3,5"]
    assert reader.text.strip() == "in [a](b) `c`"


def test_paragraphs_flow_and_layout_stays() -> None:
    text = "One line\nthat goes on.\n\nArgs:\n    name: Who.\n    times: How often.\n- a\n- b\n"
    indent = "\u00a0" * 4
    assert shown(Prose(text)) == (
        "One line\nthat goes on.\n\n"
        f"Args:\\\n{indent}name: Who.\\\n{indent}times: How often.\\\n"
        "\\- a\\\n\\- b"
    )


def test_a_huge_docstring_is_cut_and_says_so() -> None:
    for text in ("word " * 250_000, "line\n" * 250_000, "x" * 1_000_000, "`" * 1_000_000):
        found = shown(Prose(text))
        assert len(found) < 20_000
        assert found.endswith("…")
        assert plain_text([Prose(text)]).endswith("…")
    for whole in ("short", "short  \n\n", "\n    indented  ", "line\n" * 60):
        assert "…" not in shown(Prose(whole))


def test_plain_text_has_no_marks() -> None:
    blocks: list[Block] = [
        Documentation("Required, **never** `null`: see [page](https://x.example)."),
        line("Defined in ", FileLink("main.py:3", Path("/x/main.py")), " as ", Code("greet")),
        Prose("Say *hello*."),
        Separator(),
        Source("def f(): ...", "python"),
        Table(("", "Go"), (("name", "string"), ("n?", "int"))),
    ]
    assert plain_text(blocks) == (
        "Required, never null: see page (https://x.example).\n\n"
        "Defined in main.py:3 as greet\n\n"
        "Say *hello*.\n\n"
        f"{'-' * 40}\n\n"
        "def f(): ...\n\n"
        "      Go\nname  string\nn?    int"
    )
    assert html.escape(markdown(blocks, uri)) == html.escape(
        "Required, **never** `null`: see [page](https://x.example).\n\n"
        "Defined in [main.py:3](file:///x/main.py) as `greet`\n\n"
        "Say \\*hello\\*.\n\n---\n\n```python\ndef f(): ...\n```\n\n"
        "|  | Go |\n| --- | --- |\n| `name` | `string` |\n| `n?` | `int` |"
    )


def test_halves_of_characters_can_be_sent() -> None:
    blocks: list[Block] = [Prose("\ud800 x"), line("\udfff"), Source("\ud800", "python")]
    for text in (markdown(blocks, uri), plain_text(blocks)):
        text.encode("utf-8")
