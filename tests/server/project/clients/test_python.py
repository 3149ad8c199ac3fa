"""Client calls in Python: whose constructor, which agent, which tag, and where they stand."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marked_text import mark
from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.clients.python import python_calls
from runagent_ls.pyfile.parsing import parse_python

FILE = Path("/workspace/client.py")
IMPORT = "from runagent import RunAgentClient\n"


def calls(text: str, before: str | None = None) -> tuple[ClientCall, ...]:
    previous = parse_python(before) if before is not None else None
    return python_calls(FILE, parse_python(text, previous))


def named(text: str) -> list[tuple[str | None, str | None]]:
    return [
        (
            call.agent_id.value if call.agent_id is not None else None,
            call.tag.value if call.tag is not None else None,
        )
        for call in calls(text)
    ]


@pytest.mark.parametrize(
    "text",
    [
        "from runagent import RunAgentClient\nRunAgentClient('a', 't')",
        "from runagent import RunAgentClient as C\nc = C(agent_id='a', entrypoint_tag='t')",
        "from runagent.client import RunAgentClient\nRunAgentClient('a', entrypoint_tag='t')",
        "from runagent.client.client import RunAgentClient\nRunAgentClient('a', 't')",
        "from runagent import *\nRunAgentClient('a', 't')",
        "from runagent import client\nclient.RunAgentClient('a', 't')",
        "import runagent\nrunagent.RunAgentClient('a', 't')",
        "import runagent as ra\nra.RunAgentClient('a', 't')",
        "import runagent.client\nrunagent.client.RunAgentClient('a', 't')",
        "import runagent.client as c\nc.RunAgentClient('a', 't')",
        "def f():\n    from runagent import RunAgentClient as C\n    return C('a', 't').run()",
        "try:\n    from runagent import RunAgentClient\nexcept ImportError:\n"
        "    RunAgentClient = None\nRunAgentClient('a', 't')",
        "from runagent import RunAgentClient\nClient = RunAgentClient\nClient('a', 't')",
        "from runagent import RunAgentClient\nclass A:\n    c = RunAgentClient('a', 't')",
        "from runagent import RunAgentClient\nx = lambda: RunAgentClient('a', 't')",
        "from runagent import RunAgentClient\ndef f(c=RunAgentClient('a', 't')): ...",
        "from runagent import RunAgentClient\n@RunAgentClient('a', 't')\ndef f(): ...",
        "from runagent import RunAgentClient\nasync def f():\n  [RunAgentClient('a', 't')]",
        "from runagent import RunAgentClient\nRunAgentClient('a', 't', local=False).run(x=1)",
        "from runagent import RunAgentClient\nRunAgentClient(f'a', r't')",
        "from runagent import RunAgentClient\nRunAgentClient(('a'), '''t''')",
        "from runagent import RunAgentClient\nRunAgentClient(entrypoint_tag='t', agent_id='a')",
        "from runagent import RunAgentClient\nTAG = 't'\nRunAgentClient('a', TAG)",
        "from runagent import RunAgentClient\nRunAgentClient('a', TAG)\nTAG: Final = 't'",
        "from runagent import RunAgentClient\ndef f():\n  tag = 't'\n  RunAgentClient('a', tag)",
        "from runagent import RunAgentClient\nID, = 1,\nTAG = 't'\n"
        "def f():\n    RunAgentClient('a', TAG)",
    ],
)
def test_finds_the_call_however_it_is_written(text: str) -> None:
    assert named(text) == [("a", "t")]


@pytest.mark.parametrize(
    "text",
    [
        "RunAgentClient('a', 't')",
        "from elsewhere import RunAgentClient\nRunAgentClient('a', 't')",
        "from .runagent import RunAgentClient\nRunAgentClient('a', 't')",
        "from runagents import RunAgentClient\nRunAgentClient('a', 't')",
        "from runagent import RunAgentClient\n# RunAgentClient('a', 't')\n'RunAgentClient(1, 2)'",
        "from runagent import RunAgentClient\nself.RunAgentClient('a', 't')",
        "from runagent import RunAgentClient\ndef f(RunAgentClient): RunAgentClient('a', 't')",
        "from runagent import RunAgentClient\ndef f():\n    RunAgentClient = print\n"
        "    RunAgentClient('a', 't')",
        "def f():\n    from runagent import RunAgentClient\ndef g():\n    RunAgentClient('a', 't')",
        "class A:\n    from runagent import RunAgentClient\n    def g(self):\n"
        "        RunAgentClient('a', 't')",
        "import runagent.client as c\nrunagent.RunAgentClient('a', 't')",
    ],
)
def test_does_not_take_another_name_for_the_client(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    "tag",
    [
        "os.environ['TAG']",
        "f'{prefix}_stream'",
        "'a' + 'b'",
        "TWICE",
        "SOMETIMES",
        "CHANGED",
        "PARAMETER",
        "LOOPED",
        "b't'",
        "None",
        "3",
        "*tags",
        "FLOWING",
    ],
)
def test_does_not_guess_what_is_decided_elsewhere(tag: str) -> None:
    text = (
        f"{IMPORT}TWICE = 'a'\nTWICE = 'b'\nif x:\n    SOMETIMES = 's'\n"
        "CHANGED = 'c'\ndef change():\n    global CHANGED\n    CHANGED = 'd'\n"
        "FLOWING = 'a'\nFLOWING += 'b'\n"
        "PARAMETER = 'p'\ndef f(PARAMETER, tags):\n  for LOOPED in tags:\n"
        f"    RunAgentClient('a', {tag})\n"
    )
    assert named(text) == [("a", None)]


def test_a_local_name_that_is_bound_twice_is_nobody_s_constant() -> None:
    text = f"{IMPORT}def f():\n    tag = 'a'\n    if x: tag = 'b'\n    RunAgentClient('a', tag)\n"
    assert named(text) == [("a", None)]


def test_a_name_that_an_inner_function_changes_is_no_constant() -> None:
    inner = "    def g():\n        nonlocal tag\n        tag = 'b'\n"
    text = f"{IMPORT}def f():\n    tag = 'a'\n{inner}    RunAgentClient('a', tag)\n"
    assert named(text) == [("a", None)]


@pytest.mark.parametrize(
    ("arguments", "is_given"),
    [
        ("entrypoint_tag='t'", False),
        ("", False),
        ("os.environ['ID'], 't'", True),
        ("agent_id=ID, entrypoint_tag='t'", True),
        ("*both", True),
        ("entrypoint_tag='t', **rest", True),
    ],
)
def test_says_whether_an_agent_is_named_at_all(arguments: str, is_given: bool) -> None:
    (call,) = calls(f"{IMPORT}RunAgentClient({arguments})")
    assert (call.agent_id, call.agent_id_given) == (None, is_given)


def test_what_stands_behind_a_star_has_no_certain_place() -> None:
    assert named(f"{IMPORT}RunAgentClient(*ids, 'a', 't')") == [(None, None)]


@pytest.mark.parametrize(
    "text",
    [
        f"{IMPORT}x = RunAgentClient('⟦a-1⟧', \"⟦greet⟧\")\n",
        f"# ünïcode 🦙\r\n{IMPORT}\r\n'🦙', RunAgentClient(\r\n  '⟦🦙⟧',\r\n  '''⟦t⟧''')\r\n",
        f"{IMPORT}RunAgentClient(agent_id=r'⟦x⟧', entrypoint_tag=f'⟦y⟧')\n",
        f"{IMPORT}def f():\n\tRunAgentClient('⟦a⟧',\n\t\tentrypoint_tag=(('⟦t⟧')))\n",
        f"{IMPORT}ID = '⟦a⟧'\nx = 1\nRunAgentClient(ID, '⟦t⟧')",
        f"{IMPORT}RunAgentClient('⟦⟧', '⟦t⟧')",
    ],
)
def test_knows_what_stands_between_the_quotes(text: str) -> None:
    plain = text.replace("⟦", "").replace("⟧", "")
    (call,) = calls(plain)
    assert call.agent_id is not None
    assert call.tag is not None
    assert call.agent_id.plain
    assert call.tag.plain
    assert mark(plain, call.agent_id.span, call.tag.span) == text


@pytest.mark.parametrize("tag", [r"'gr\x65et'", "'gr' 'eet'", "'gr'\\\n'eet'", "f'gr' 'eet'"])
def test_a_value_that_is_not_the_text_is_not_plain(tag: str) -> None:
    (call,) = calls(f"{IMPORT}RunAgentClient('a', {tag})")
    assert call.tag is not None
    assert (call.tag.value, call.tag.plain) == ("greet", False)


def test_the_call_goes_from_its_name_to_its_bracket() -> None:
    text = "import runagent\nx = runagent.RunAgentClient(\n  'a', 't'\n).run(1)\n"
    (call,) = calls(text)
    assert mark(text, call.span) == (
        "import runagent\nx = ⟦runagent.RunAgentClient(\n  'a', 't'\n)⟧.run(1)\n"
    )


@pytest.mark.parametrize(
    "text",
    [
        f"{IMPORT}def broken(:\n    pass\n\ndef f():\n    RunAgentClient('a', 't')\n",
        f"{IMPORT}def f():\n    c = RunAgentClient('a', 't')\n    c.\n",
        f"{IMPORT}def f():\n    # RunAgentClient('b', 'c')\n    RunAgentClient('a', 't').run(\n",
        f"{IMPORT}def f():\n    s = 'RunAgentClient(1, 2)'\n    if RunAgentClient('a', 't'\n",
        f"{IMPORT}def f():\n  x = [RunAgentClient('b', ]\n  RunAgentClient('a', 't')\n  x =\n",
    ],
)
def test_reads_what_stands_whole_in_a_broken_file(text: str) -> None:
    found = named(text)
    if "if RunAgentClient" in text:  # its bracket is open: nobody knows what else it is given
        assert found == []
    else:
        assert found == [("a", "t")]


def test_places_in_a_broken_block_are_those_of_the_file() -> None:
    text = f"{IMPORT}def f():\n    c = RunAgentClient('ä', 't')\n    c.\n"
    (call,) = calls(text)
    assert call.tag is not None
    assert text[call.span.start : call.span.end] == "RunAgentClient('ä', 't')"
    assert text[call.tag.span.start : call.tag.span.end] == "t"


def test_keeps_an_import_that_is_just_being_edited() -> None:
    before = f"{IMPORT}\n\ndef f():\n    RunAgentClient('a', 't')\n"
    after = before.replace("import RunAgentClient", "import RunAgentClient,")
    assert len(calls(after, before)) == 1


def test_a_file_after_an_edit_is_read_like_a_new_one() -> None:
    before = f"{IMPORT}TAG = 't'\n\n\ndef f():\n    RunAgentClient('a', TAG)\n\n\nx = 1\n"
    after = before.replace("TAG = 't'", "TAG = 'other'")
    assert calls(after, before) == calls(after)


@settings(max_examples=300, deadline=None)
@given(st.text(), st.integers(0, 200), st.integers(0, 200))
def test_any_text_gives_an_answer(garbage: str, place: int, cut: int) -> None:
    whole = (
        f"import runagent as r\n{IMPORT}TAG = 't'\ndef f(a):\n    with r.RunAgentClient('a', TAG)"
        " as c:\n        return [RunAgentClient(x, f'{x}') for x in a]\n"
    )
    text = whole[:place] + garbage + whole[place + cut :]
    for call in calls(text):
        assert 0 <= call.span.start <= call.span.end <= len(text)
        for argument in (call.tag, call.agent_id):
            if argument is not None and argument.plain:
                assert text[argument.span.start : argument.span.end] == argument.value


def test_nesting_without_end_is_no_trouble() -> None:
    depth = 3_000
    text = f"{IMPORT}x = {'(' * depth}RunAgentClient('a', 't'){')' * depth}\n"
    assert isinstance(calls(text), tuple)
    chain = f"{IMPORT}x = RunAgentClient('a', 't'){'.x' * 50_000}\n"
    assert isinstance(calls(chain), tuple)
