"""Completion between the quotes of client calls, at a marked place."""

from __future__ import annotations

from pathlib import Path

import pytest

from marked_text import mark
from marked_workspace import JSON, MarkedWorkspace, config, entry
from runagent_ls.features.completion.model import Completion
from runagent_ls.features.completion_in_clients import complete_in_client
from runagent_ls.features.markup.rendering import plain_text

MAIN = 'def greet(name: str):\n    """Say hello."""\n\n\ndef count():\n    yield 1\n'
FIRST = config(
    entry("greet", "hello"), entry("count", "n_stream"), agent_id="a1", more=', "agent_name": "One"'
)
SECOND = config(entry("greet", "hello"), entry("greet", "other"), agent_id="a2")
HEAD = "from runagent import RunAgentClient\n"
SCRIPT = "import { RunAgentClient } from 'runagent';\n"


def offered(tmp_path: Path, text: str, name: str = "one/client.py") -> list[Completion]:
    workspace = MarkedWorkspace(
        tmp_path,
        {
            f"two/{JSON}": SECOND,
            f"one/{JSON}": FIRST,
            "one/main.py": MAIN,
            "two/main.py": MAIN,
            name: text,
        },
    )
    path, offset = workspace.cursor
    items = complete_in_client(workspace.snapshot, path, offset).items
    plain = workspace.texts[name].text
    for item in items:
        assert item.insert is not None
        assert item.insert == (item.replace.start, offset)
        assert item.replace.end >= offset
        assert mark(plain, item.replace)
    return list(items)


def labels(tmp_path: Path, text: str, name: str = "one/client.py") -> list[str]:
    return [item.label for item in offered(tmp_path, text, name)]


def test_tags_of_the_agent_that_the_call_names(tmp_path: Path) -> None:
    text = HEAD + "RunAgentClient(agent_id='a1', entrypoint_tag='he‸l')\n"
    found = offered(tmp_path, text)
    assert [(it.label, it.detail) for it in found] == [
        ("hello", "greet(name: str)"),
        ("n_stream", "count()"),
    ]
    plain = text.replace("‸", "")
    assert mark(plain, found[0].replace) == plain.replace("'hel'", "'⟦hel⟧'")
    assert plain_text(found[0].documentation) == "Agent One · gives one result\n\nSay hello."
    assert plain_text(found[1].documentation) == "Agent One · streams"


def test_tags_of_all_agents_when_it_is_not_told_which(tmp_path: Path) -> None:
    for agent in ("ID", "''", "os.environ['ID']"):
        text = f'{HEAD}RunAgentClient(agent_id={agent}, entrypoint_tag="‸")\n'
        assert labels(tmp_path, text) == ["hello", "n_stream", "other"]
        assert labels(tmp_path, text, "two/client.py") == ["hello", "other", "n_stream"]


def test_tags_of_many_agents_and_whose_they_are(tmp_path: Path) -> None:
    others = {
        f"agent{n}/{JSON}": config(entry("greet", f"t{n}"), agent_id=f"i{n}") for n in "12345678"
    }
    text = HEAD + "RunAgentClient(agent_id=ID, entrypoint_tag='‸')\n"
    workspace = MarkedWorkspace(tmp_path, {**others, "agent8/client.py": text})
    found = complete_in_client(workspace.snapshot, *workspace.cursor).items
    assert [it.label for it in found] == ["t8", "t1", "t2", "t3", "t4", "t5", "t6", "t7"]
    assert [it.detail for it in found[5:]] == ["Agent agent5", "Agent agent6", "Agent agent7"]


def test_nothing_for_agents_that_are_elsewhere(tmp_path: Path) -> None:
    assert labels(tmp_path, f"{HEAD}RunAgentClient(agent_id='x', entrypoint_tag='‸')\n") == []


def test_ids_of_agents_those_with_the_tag_first(tmp_path: Path) -> None:
    text = HEAD + "RunAgentClient(agent_id='‸', entrypoint_tag='other')\n"
    found = offered(tmp_path, text)
    assert [(it.label, it.detail) for it in found] == [("a2", "two"), ("a1", "One")]
    assert found[1].filter_text == "a1 One"
    assert labels(tmp_path, text.replace("other", "hello")) == ["a1", "a2"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app.ts", "new RunAgentClient({ agentId: 'a1', entrypointTag: '‸' });\n"),
        ("app.mjs", 'const c = new RunAgentClient({ entrypointTag: "he‸", agentId: "a1" })\n'),
    ],
)
def test_typescript_and_javascript(tmp_path: Path, name: str, text: str) -> None:
    head = "import { RunAgentClient } from 'runagent';\n"
    assert labels(tmp_path, head + text, name) == ["hello", "n_stream"]


@pytest.mark.parametrize(
    "text",
    [
        HEAD + "x = '‸'\n",
        HEAD + "RunAgentClient(agent_id='a1', entrypoint_tag='hello', host='‸')\n",
        "from other import RunAgentClient\nRunAgentClient(agent_id='a1', entrypoint_tag='‸')\n",
        HEAD + "RunAgentClient(agent_id='a1', entrypoint_tag=‸'')\n",
        HEAD + "# RunAgentClient(agent_id='a1', entrypoint_tag='‸')\n",
    ],
)
def test_nothing_in_other_strings(tmp_path: Path, text: str) -> None:
    assert labels(tmp_path, text) == []


def test_a_broken_file_is_completed(tmp_path: Path) -> None:
    for broken in ("def broken(:\n\n{}", "{}\n\ndef broken(:\n", "x = (\n{}"):
        call = "c = RunAgentClient(agent_id='a1', entrypoint_tag='‸')\n"
        assert labels(tmp_path, HEAD + broken.replace("{}", call)) == ["hello", "n_stream"]


def test_what_quotes_cannot_hold_is_left_out(tmp_path: Path) -> None:
    odd = config(*(entry("greet", tag) for tag in ("it's", "a`b", "${x}", "fine", "b\\\\c")))
    text = HEAD + "RunAgentClient(agent_id='a1', entrypoint_tag='‸')\n"
    workspace = MarkedWorkspace(tmp_path, {JSON: odd, "main.py": MAIN, "client.py": text})
    path, offset = workspace.cursor
    found = complete_in_client(workspace.snapshot, path, offset)
    assert [it.label for it in found.items] == ["fine"]


def test_many_tags_are_cut_and_it_is_said(tmp_path: Path) -> None:
    many = config(*(entry("greet", f"t{number}") for number in range(250)))
    text = HEAD + "RunAgentClient(agent_id='a1', entrypoint_tag='‸')\n"
    workspace = MarkedWorkspace(tmp_path, {JSON: many, "main.py": MAIN, "client.py": text})
    found = complete_in_client(workspace.snapshot, *workspace.cursor)
    assert len(found.items) == 200
    assert not found.complete


@pytest.mark.parametrize(
    ("name", "text", "quote"),
    [
        ("c.py", HEAD + "RunAgentClient('a1', \"h‸", '"'),
        ("c.py", HEAD + "c = RunAgentClient('a1', entrypoint_tag='h‸)\nprint(c)\n", "'"),
        ("c.py", HEAD + "RunAgentClient(entrypoint_tag='h‸, agent_id='a1')\nprint()\n", "'"),
        ("c.py", HEAD + "RunAgentClient(\n  entrypoint_tag='h‸\n  agent_id='a1',\n)\n", "'"),
        ("c.py", HEAD + "RunAgentClient(\n  'a1', # (\n  entrypoint_tag='h‸'\n\nx = 1\n", ""),
        ("c.py", HEAD + "def f():\n    g(RunAgentClient('a1', 'h‸\n\ndef g(x):\n    pass\n", "'"),
        ("c.ts", SCRIPT + "new RunAgentClient({ agentId: 'a1', entrypointTag: 'h‸", "'"),
        ("c.ts", SCRIPT + "new RunAgentClient({\n agentId: 'a1',\n entrypointTag: `h‸ });\n", "`"),
        ("c.ts", SCRIPT + "f({ a: new RunAgentClient({agentId: 'a1', entrypointTag: 'h‸'\n", ""),
    ],
)
def test_calls_that_are_just_being_written(
    tmp_path: Path, name: str, text: str, quote: str
) -> None:
    found = offered(tmp_path, text, f"one/{name}")
    assert [(it.label, it.text) for it in found] == [
        ("hello", f"hello{quote}"),
        ("n_stream", f"n_stream{quote}"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "RunAgentClient('a1', 'hello')\nprint('‸",
        "RunAgentClient('a1', 'hello') + '‸",
        "# RunAgentClient(\nx = '‸",
        "RunAgentClient('a1', ‸",
        "RunAgentClient('a1', f('‸",
        "Other('a1', '‸",
    ],
)
def test_nothing_in_other_strings_that_are_just_being_written(tmp_path: Path, text: str) -> None:
    assert labels(tmp_path, HEAD + text) == []
