"""Whatever the text: a renamed program does what it did, and renaming back gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from runagent_ls.features.changes import Change
from runagent_ls.features.rename.renaming import rename
from runagent_ls.jsontree import parse
from runagent_ls.jsontree.contents import content_of
from runagent_ls.lsp.workspace import AgentWorkspace
from runagent_ls.rules.selection import Selection
from runagent_ls.text.lines import LineIndex

FOLDER = Path("/no-such-folder/agent")
TAG = ("agent_architecture", "entrypoints", 1, "tag")
MODULE = ("agent_architecture", "entrypoints", 0, "module")
NEWLINES = st.sampled_from(["\n", "\r\n", "\r"])
TAGS = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S"]) | st.just(" "), min_size=1
).filter(lambda tag: tag == tag.strip() and tag != "other" and not tag.endswith("_stream"))
WORDS = st.from_regex(r"[a-z][a-z0-9]{0,5}", fullmatch=True).filter(
    lambda word: word not in {"other", "y", "n", "yes", "no", "on", "off", "true", "false", "null"}
)
"""Also read as text by YAML without quotes."""


class Files:
    """Texts of files that are on no disk."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = {FOLDER / name: text for name, text in texts.items()}
        self.workspace = AgentWorkspace(lambda _config: Selection())
        for path, text in self.texts.items():
            self.workspace.open(path, text)

    def rename(self, name: str, offset: int, new: str) -> Change:
        change = rename(self.workspace, FOLDER / name, offset, new)
        assert change is not None
        for file in {edit.file for edit in change.edits}:
            text = self.texts[file]
            lines = LineIndex(text)
            for edit in sorted(change.edits, key=lambda it: it.range, reverse=True):
                if edit.file == file:
                    start, end = lines.offset(edit.range.start), lines.offset(edit.range.end)
                    text = text[:start] + edit.new_text + text[end:]
            self.texts[file] = text
            self.workspace.change(file, text)
        return change

    def place(self, path: tuple[str | int, ...], name: str = "") -> int:
        (config,) = (it for it in self.texts if it.name.startswith("runagent.config"))
        document = parse(self.texts[config], "json" if config.suffix == ".json" else "yaml")
        content = content_of(document, path)
        assert content is not None
        return content.span.start + (content.value.index(name) if content.plain else 0)


def there_and_back(name: str, text: str, old: str, new: str) -> None:
    files = Files({name: text})
    files.rename(name, files.place(TAG), new)
    value = parse(files.texts[FOLDER / name], "json" if name.endswith("json") else "yaml").value
    before = parse(text, "json" if name.endswith("json") else "yaml").value
    assert value == json.loads(json.dumps(before).replace(json.dumps(old), json.dumps(new)))
    files.rename(name, files.place(TAG), old)
    assert files.texts[FOLDER / name] == text


@st.composite
def json_layouts(draw: st.DrawFn) -> Callable[[object], str]:
    indent = draw(st.sampled_from([None, 0, 2, "\t"]))
    separators = draw(st.sampled_from([None, (",", ":"), (" ,\t", "  : ")]))
    newline, tail = draw(NEWLINES), draw(st.sampled_from(["", "\n", " \r\n\t"]))
    ascii_only = draw(st.booleans())

    def write(value: object) -> str:
        text = json.dumps(value, indent=indent, separators=separators, ensure_ascii=ascii_only)
        return text.replace("\n", newline) + tail

    return write


@given(write=json_layouts(), old=TAGS, new=TAGS)
def test_a_tag_in_json(write: Callable[[object], str], old: str, new: str) -> None:
    if old == new or (not old.isascii() and write("é").isascii() and new.isascii()):
        return  # what was an escape cannot be told once none is left
    entries = [{"tag": "other", "file": "a.py"}, {"file": "😀.py", "tag": old, "module": "-"}]
    text = write({"agent_id": "é", "agent_architecture": {"entrypoints": entries}})
    there_and_back("runagent.config.json", text, old, new)


@given(
    old=WORDS,
    new=WORDS,
    quote=st.sampled_from(["", "'", '"']),
    newline=NEWLINES,
    flow=st.booleans(),
)
def test_a_tag_in_yaml(old: str, new: str, quote: str, newline: str, flow: bool) -> None:
    if old == new:
        return
    tag = f"{quote}{old}{quote}"
    second = (
        f"- {{file: 'ü.py', tag: {tag}, module: \"-\"}} # 😀"
        if flow
        else f"- # first\n    tag :   {tag}   # {old}\n    file: >-\n      a.py"
    )
    text = f"%YAML 1.1\n---\nagent_architecture:\n  entrypoints:\n  - tag: other\n  {second}\n"
    there_and_back("runagent.config.yaml", text.replace("\n", newline), old, new)


DEFINITIONS = (
    "def NAME(x=1): return x + 1",
    "async  \\\n def other(): ...\ndef NAME (x = 1) :\n    return x + 1  # NAME",
    "if True:\n    def NAME(x=1): return x + 1\nelse:\n    NAME = None",
)
STATEMENTS = (
    "log(NAME(2)) # NAME",
    "def f(NAME=4): return NAME\nlog(f(NAME=5), f(NAME(1)))",
    "class C:\n    NAME = 3\n    def m(self, NAME=1): return NAME, self.NAME\nlog(C().m())",
    "class D:\n    def NAME(self): return NAME(7)\nlog(D().NAME())",
    "log([NAME for NAME in range(3)], {NAME(x) for x in (1, 2)})",
    "log([(lambda NAME: NAME)(x) for x in [NAME(9)] if NAME(x)])",
    'log(f\'NAME {NAME(3)!r:>{NAME(8)}}\', \'NAME\', f"""\n {NAME(1)}""")',
    "def g():\n    global NAME\n    old = NAME\n    NAME = lambda x=1: old(x) * 2\n"
    "g()\nlog(NAME(5))",
    "def h():\n    NAME = 4\n    def i():\n        nonlocal NAME\n        NAME += 1\n"
    "        return NAME\n    return i()\nlog(h())",
    "def e():\n    try: raise ValueError(1)\n    except ValueError as NAME: return str(NAME)\n"
    "log(e())",
    "def w():\n    if (NAME := 3) > 2: return NAME\nlog(w(), [y for x in (1,) if (y := NAME(x))])",
    "match {'a': 1, 'b': NAME}:\n    case {'a': int(), **rest}: log(rest['b'](1))",
    "def m(v):\n    match v:\n        case [1, *NAME] | {'k': NAME} | (str() as NAME):\n"
    "            return NAME\nlog(m([1, 2]), m({'k': 3}), m('s'))",
    "@(lambda f: (log(NAME(1)), f)[1])\ndef k(x: 'NAME' = NAME(2), *NAME, y=3): return x, NAME\n"
    "log(k(1, 2))",
    "import os as NAME2, re\nfrom os import path as p\nlog(NAME.__class__ is type(lambda: 0))",
    "for NAME in (NAME,):\n    log(NAME(4))",
    "with open(__import__('os').devnull) as other: log(NAME(1))",
    "x = y = NAME; del y; log(x(3))",
)


def output(text: str) -> list[object]:
    """What a program hands to `log`."""
    found: list[object] = []
    code = compile(text, "main.py", "exec")
    exec(code, {"log": lambda *values: found.append(values)})  # noqa: S102 - of the pieces above
    return found


@given(
    definition=st.sampled_from(DEFINITIONS),
    statements=st.lists(st.sampled_from(STATEMENTS), max_size=8),
    newline=st.sampled_from(["\n", "\r\n"]),
    new=st.sampled_from(["hello", "ü", "a1"]),
)
def test_a_function_in_python(
    definition: str, statements: list[str], newline: str, new: str
) -> None:
    main = newline.join(
        it.replace("\n", newline).replace("NAME", "greet") for it in (definition, *statements)
    )
    entries = [{"file": "main.py", "module": "greet", "tag": "greet"}]
    config = json.dumps({"agent_architecture": {"entrypoints": entries}})
    files = Files({"runagent.config.json": config, "main.py": main})
    before = dict(files.texts)
    files.rename("runagent.config.json", files.place(MODULE), new)
    renamed = files.texts[FOLDER / "main.py"]
    assert output(renamed) == output(main)
    assert renamed != main
    files.rename("main.py", renamed.index(new), "greet")
    assert files.texts == before
