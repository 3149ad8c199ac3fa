"""Hover in Python and client code: what a reader sees at a marked place."""

from __future__ import annotations

from pathlib import Path

import pytest

from marked_text import mark
from marked_workspace import JSON, MarkedWorkspace, config, entry
from runagent_ls.features.completion_in_clients import complete_in_client
from runagent_ls.features.hover.code import code_hover
from runagent_ls.features.hover.model import Happened, Hover
from runagent_ls.features.markup.rendering import markdown

CONFIG = config(entry("greet", "hello"), entry("greet", "again"), more=',\n  "agent_name": "Demo"')
MAIN = 'def greet(name: str):\n    """Say hello."""\n'
CLIENT = "from runagent import RunAgentClient\nRunAgentClient(agent_id={}, entrypoint_tag={})\n"


def hover_in(tmp_path: Path, files: dict[str, str]) -> Hover | None:
    workspace = MarkedWorkspace(tmp_path, {JSON: CONFIG, "main.py": MAIN, **files})
    path, offset = workspace.cursor
    return code_hover(workspace.snapshot, path, offset)


def shown(hover: Hover | None) -> str:
    assert hover is not None
    return markdown(hover.filled(lambda _: None), lambda path: f"file://{path.name}")


def test_a_function_says_what_it_is_exposed_as(tmp_path: Path) -> None:
    hover = hover_in(tmp_path, {"main.py": MAIN.replace("greet", "gre‸et")})
    text = shown(hover)
    tag = CONFIG.splitlines()[4].index("hello") + 1
    assert text == (
        f"Exposed as `hello` of agent [Demo](file://{JSON}#L5,{tag}) · Gives one result\n\n"
        f"Exposed as `again` of agent [Demo](file://{JSON}#L6,{tag}) · Gives one result"
    )
    assert hover is not None
    assert mark(MAIN, hover.span) == MAIN.replace("greet", "⟦greet⟧")
    assert hover.asks == tuple(Happened(tmp_path / JSON, tag) for tag in ("hello", "again"))


def test_its_calls_are_told(tmp_path: Path) -> None:
    files = {
        "main.py": MAIN.replace("greet", "gre‸et"),
        "web/app.ts": "import { RunAgentClient } from 'runagent';\n"
        "const c = new RunAgentClient({ agentId: 'a1', entrypointTag: 'hello' });\n",
        "client.py": CLIENT.format("'a1'", "'hello'"),
    }
    assert "Called by [client.py:2](file://client.py#L2,47), [web/app.ts:2](file://app.ts" in shown(
        hover_in(tmp_path, files)
    )


def test_an_object_says_which_of_its_methods_is_exposed(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("app.invoke", "ask")),
        "main.py": "class App:\n    def invoke(self): ...\n\na‸pp = App()\n",
    }
    assert shown(hover_in(tmp_path, files)).startswith("Its `invoke` is exposed as `ask` of agent")


@pytest.mark.parametrize(
    "source",
    [
        "def other‸(): ...\n",
        "x = 1  # gre‸et\n\ndef greet(): ...\n",
        "‸\n",
        "def greet(gre‸et): ...\n",
        "print('gre‸et')\n\ndef greet(): ...\n",
    ],
)
def test_other_names_say_nothing(tmp_path: Path, source: str) -> None:
    assert hover_in(tmp_path, {"main.py": source}) is None


def test_a_broken_file_keeps_its_functions(tmp_path: Path) -> None:
    source = "def broken(:\n\n" + MAIN.replace("greet", "gre‸et")
    assert "Exposed as `hello`" in shown(hover_in(tmp_path, {"main.py": source}))


def test_the_tag_of_a_call_shows_the_function(tmp_path: Path) -> None:
    text = CLIENT.format("'a1'", "'he‸llo'")
    hover = hover_in(tmp_path, {"client.py": text})
    assert shown(hover).startswith(
        f"Calls `hello` of agent [Demo](file://{JSON}#L5,54)\n\n---\n\n"
        "```python\ndef greet(name: str)\n```\n\nSay hello.\n\n**Gives one result** · function"
    )
    assert hover is not None
    assert mark(text.replace("‸", ""), hover.span) == CLIENT.format("'a1'", "'⟦hello⟧'")
    assert hover.asks == (Happened(tmp_path / JSON, "hello"),)


def test_a_call_of_an_unknown_agent_says_who_it_may_be(tmp_path: Path) -> None:
    text = CLIENT.format("ID", "'he‸llo'")
    assert shown(hover_in(tmp_path, {"client.py": text})).startswith("May call `hello` of agent [")
    other = {"other/" + JSON: CONFIG.replace("Demo", "Other").replace('"a1"', '"a2"')}
    found = shown(hover_in(tmp_path, {"client.py": text, **other}))
    assert found.startswith("May call `hello` of agent [Demo]")
    assert " or [Other](" in found
    assert "def greet" not in found


def test_a_call_of_another_agent_says_nothing(tmp_path: Path) -> None:
    for tag in ("'he‸llo'", "'non‸e'"):
        assert hover_in(tmp_path, {"client.py": CLIENT.format("'other'", tag)}) is None
    assert hover_in(tmp_path, {"client.py": CLIENT.format("ID", "'non‸e'")}) is None


def test_a_tag_that_the_agent_lacks_is_said_to_be_so(tmp_path: Path) -> None:
    found = shown(hover_in(tmp_path, {"client.py": CLIENT.format("'a1'", "'non‸e'")}))
    assert found == f"Agent [Demo](file://{JSON}) has no `none`: it has `hello`, `again`"


def test_the_id_of_a_call_shows_the_agent(tmp_path: Path) -> None:
    described = CONFIG.replace('"Demo"', '"Demo", "description": "Greets *people*"')
    files = {JSON: described, "client.py": CLIENT.format("'a‸1'", "'hello'")}
    hover = hover_in(tmp_path, files)
    assert shown(hover) == (
        f"**Agent** [Demo](file://{JSON}) · `hello`, `again`\n\nGreets \\*people\\*"
    )
    assert hover is not None
    assert hover.asks == (Happened(tmp_path / JSON, None),)
    assert hover_in(tmp_path, {"client.py": CLIENT.format("'oth‸er'", "'hello'")}) is None


def test_typescript_has_the_same(tmp_path: Path) -> None:
    text = (
        "import { RunAgentClient } from 'runagent';\n"
        "const c = new RunAgentClient({ agentId: 'a1', entrypointTag: 'he‸llo' });\n"
    )
    assert shown(hover_in(tmp_path, {"app.ts": text})).startswith("Calls `hello` of agent [Demo]")


def test_a_variable_of_the_environment_says_where_it_is_set(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("greet"), more=',\n  "env_vars": {"KEY": "s3cret"}'),
        "main.py": "import os\nos.environ['K‸EY']\n" + MAIN,
        ".env": "A=1\nKEY=s3cret\n",
    }
    text = shown(hover_in(tmp_path, files))
    assert "in [.env:2](file://.env#L2,1), which wins over [runagent.config.json:8]" in text
    assert "s3cret" not in text
    del files[".env"]
    (tmp_path / ".env").unlink()
    assert "in [runagent.config.json:8]" in shown(hover_in(tmp_path, files))


def test_a_name_in_env_says_what_it_wins_over_and_who_reads_it(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("greet"), more=',\n  "env_vars": {"KEY": "s3cret"}'),
        "main.py": "import os\nos.environ['KEY']\n" + MAIN,
        ".env": "A=1\nK‸EY=s3cret\n",
    }
    text = shown(hover_in(tmp_path, files))
    assert "in [.env:2](file://.env#L2,1), which wins over [runagent.config.json:8]" in text
    assert text.endswith("Read in [main.py:2](file://main.py#L2,13)")
    assert "s3cret" not in text
    files[".env"] = "A=1\nKEY=s3‸cret\n"
    assert hover_in(tmp_path, files) is None


def test_hostile_names_stay_text(tmp_path: Path) -> None:
    hostile = CONFIG.replace("Demo", "[x](command:evil) <b>")
    found = shown(hover_in(tmp_path, {JSON: hostile, "main.py": MAIN.replace("greet", "g‸reet")}))
    assert f"[\\[x\\]\\(command:evil\\) \\<b\\>](file://{JSON}#L5," in found


@pytest.mark.parametrize("name", ["client.py", "app.ts", "main.py", ".env"])
def test_any_beginning_of_a_file_can_be_hovered_and_completed(tmp_path: Path, name: str) -> None:
    texts = {
        "client.py": CLIENT.format("'a1'", "'hello'") + "x = os.environ['KEY']\n",
        "app.ts": "import { RunAgentClient } from 'runagent';\n"
        "const c = new RunAgentClient({ agentId: `a1`, entrypointTag: 'hello' }); // 'x'\n",
        "main.py": MAIN,
        ".env": "A=1\nKEY='x\ny'\n",
    }
    text = texts[name]
    workspace = MarkedWorkspace(tmp_path, {JSON: CONFIG, **texts})
    path = tmp_path / name
    workspace.snapshot.open(path, text)
    found = 0
    for end in range(0, len(text) + 1, 3):
        workspace.snapshot.change(path, text[:end])
        for offset in range(0, end + 1, 2):
            hover = code_hover(workspace.snapshot, path, offset)
            assert hover is None or hover.span.start <= offset <= hover.span.end
            complete_in_client(workspace.snapshot, path, offset)
            found += hover is not None
    assert found
