"""References and highlights. `‸` marks the cursor, `⟦⟧` what must be found."""

from __future__ import annotations

from pathlib import Path

import pytest

from marked_workspace import JSON, YAML, MarkedWorkspace, config, entry
from runagent_ls.features.navigation.highlight import highlights
from runagent_ls.features.navigation.references import references

CLIENT = "from runagent import RunAgentClient\n\n"
MAIN = "def greet(name):\n    return name\n"
MARKED = MAIN.replace("greet", "⟦greet⟧")


def finds(root: Path, files: dict[str, str], *, with_declaration: bool = True) -> None:
    """Hold the references against the marks."""
    workspace = MarkedWorkspace(root, files)
    path, offset = workspace.cursor
    found = references(workspace.snapshot, path, offset, with_declaration=with_declaration)
    assert workspace.shown((it.file, it.span) for it in found) == workspace.places
    assert len({(it.file, it.span) for it in found}) == len(found)


def lights(root: Path, files: dict[str, str]) -> None:
    """Hold the highlights against the marks in the file with the cursor."""
    workspace = MarkedWorkspace(root, files)
    path, offset = workspace.cursor
    found = highlights(workspace.snapshot, path, offset)
    assert workspace.shown((path, span) for span in found) == workspace.places
    assert list(found) == sorted(found)


# --- tags ---------------------------------------------------------------------------------


@pytest.mark.parametrize("cursor", [JSON, "client.py"])
def test_a_tag_is_its_entry_its_function_and_its_calls(tmp_path: Path, cursor: str) -> None:
    files = {
        JSON: config(entry("greet", "⟦hello⟧"), entry("greet", "other")),
        "main.py": MARKED,
        "client.py": CLIENT + 'RunAgentClient("a1", "⟦hello⟧")\nRunAgentClient("a1", "other")\n',
        "sub/more.py": CLIENT + 'RunAgentClient(agent_id="a1", entrypoint_tag="⟦hello⟧")\n',
    }
    finds(tmp_path, {**files, cursor: files[cursor].replace("hello", "hel‸lo", 1)})


def test_without_the_declaration(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("greet", "hel‸lo")),
        "main.py": MARKED,
        "client.py": CLIENT + 'RunAgentClient("a1", "⟦hello⟧")\n',
    }
    finds(tmp_path, files, with_declaration=False)


def test_calls_of_other_agents_are_left_out_and_doubtful_ones_are_not(tmp_path: Path) -> None:
    files = {
        f"one/{JSON}": config(entry("greet", "⟦hel‸lo⟧")),
        f"two/{JSON}": config(entry("greet", "hello"), agent_id="a2"),
        "client.py": CLIENT + 'RunAgentClient("a2", "hello")\nRunAgentClient("b", "hello")\n',
        "maybe.py": CLIENT + 'import os\nRunAgentClient(os.environ["ID"], "⟦hello⟧")\n',
    }
    finds(tmp_path, files)


def test_equal_tags_of_a_configuration_belong_together(tmp_path: Path) -> None:
    files = {JSON: config(entry("x", "⟦hel‸lo⟧"), entry("y", "⟦hello⟧"), entry("z", "Hello"))}
    finds(tmp_path, files)


def test_calls_of_an_agent_that_is_not_here(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("greet", "hello")),
        "a.py": CLIENT + 'RunAgentClient("b7", "⟦hel‸lo⟧")\nRunAgentClient("a1", "hello")\n',
        "b.py": CLIENT + 'RunAgentClient("b7", "⟦hello⟧")\nRunAgentClient("b7", "other")\n',
    }
    finds(tmp_path, files)


def test_the_calls_in_broken_files_are_found(tmp_path: Path) -> None:
    files = {
        JSON: '{"agent_id": "a1", "agent_architecture": {"entrypoints": [{"tag": "⟦hel‸lo⟧"',
        "client.py": CLIENT + 'RunAgentClient("a1", "⟦hello⟧")\n\n\ndef broken(:\n    pass\n',
    }
    finds(tmp_path, files)


# --- functions ----------------------------------------------------------------------------


def test_module_is_its_function_all_entries_and_their_calls(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("⟦gre‸et⟧", "hello"), entry("⟦greet⟧", "more"), entry("other", "x")),
        "main.py": MARKED + "\n\ndef other(): ...\n",
        "client.py": CLIENT + 'RunAgentClient("a1", "⟦more⟧")\nRunAgentClient("a1", "x")\n',
    }
    finds(tmp_path, files)


def test_module_without_its_definition(tmp_path: Path) -> None:
    files = {JSON: config(entry("⟦gre‸et⟧"), entry("⟦greet⟧", "more")), "main.py": MAIN}
    finds(tmp_path, files, with_declaration=False)


def test_two_projects_that_share_a_module(tmp_path: Path) -> None:
    files = {
        f"one/{JSON}": config(entry("⟦gre‸et⟧", "hello", "../lib.py")),
        f"two/{JSON}": config(entry("⟦greet⟧", "again", "../lib.py"), agent_id="a2"),
        "lib.py": MARKED,
        "client.py": CLIENT + 'RunAgentClient("a2", "⟦again⟧")\nRunAgentClient("a1", "again")\n',
    }
    finds(tmp_path, files)


def test_a_function_in_python_is_its_entries_and_their_calls(tmp_path: Path) -> None:
    files = {
        f"one/{JSON}": config(entry("⟦greet⟧", "hello", "../lib.py")),
        f"two/{JSON}": config(entry("⟦greet⟧", "again", "../lib.py"), agent_id="a2"),
        "lib.py": MAIN.replace("greet", "gr‸eet"),
        "client.py": CLIENT + 'RunAgentClient("a2", "⟦again⟧")\n',
    }
    finds(tmp_path, files)


PACKAGE = {
    JSON: config(entry("⟦run⟧")),
    "main.py": "from pkg import run\n",
    "pkg/__init__.py": "from .inner import work as run\n",
    "pkg/inner.py": "def work():\n    return 1\n",
}


def test_a_function_that_is_exported_again(tmp_path: Path) -> None:
    finds(tmp_path, {**PACKAGE, "pkg/inner.py": "def wo‸rk():\n    return 1\n"})


def test_an_import_in_the_entry_file(tmp_path: Path) -> None:
    finds(tmp_path, {**PACKAGE, "main.py": "from pkg import ru‸n\n"})


def test_from_the_entry_through_the_import_to_the_function(tmp_path: Path) -> None:
    files = {
        **PACKAGE,
        JSON: config(entry("⟦ru‸n⟧")),
        "main.py": "from pkg import ⟦run⟧\n",
        "pkg/__init__.py": "from .inner import ⟦work⟧ as run\n",
        "pkg/inner.py": "def ⟦work⟧():\n    return 1\n",
    }
    finds(tmp_path, files)


def test_uses_in_python_are_found_from_a_configuration(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("⟦gre‸et⟧"), entry("other", "o")),
        "main.py": "from lib import ⟦greet⟧\n\n\ndef other():\n    return ⟦greet⟧(1)\n",
        "lib.py": MARKED
        + "\n\ndef greedy(greet):\n    return greet\n\n\nx = [⟦greet⟧, {'greet': 1}]\n",
    }
    finds(tmp_path, files)


def test_a_use_in_python_is_as_good_as_the_definition(tmp_path: Path) -> None:
    source = f"{MAIN}\n\ndef other():\n    return gre‸et(1)\n"
    finds(tmp_path / "a", {JSON: config(entry("⟦greet⟧")), "main.py": source})
    source = f"{MAIN}\n\ndef other(x):\n    return x.gre‸et(1)\n"
    finds(tmp_path / "b", {JSON: config(entry("greet")), "main.py": source})


AGENT = "class Agent:\n    def run(self): ...\n\n    def stop(self): ...\n\n\nagent = Agent()\n"


def test_a_method_of_an_instance(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("agent.⟦run⟧"), entry("agent.stop", "s"), entry("Agent.⟦run⟧", "u")),
        "main.py": AGENT.replace("def run", "def r‸un"),
    }
    finds(tmp_path, files)


def test_a_method_from_its_entry(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("agent.⟦ru‸n⟧"), entry("Agent.⟦run⟧", "u")),
        "main.py": AGENT.replace("def run", "def ⟦run⟧") + "\n\nrun = 1\nagent.run(run)\n",
    }
    finds(tmp_path, files)


def test_uses_in_a_broken_file_are_not_guessed(tmp_path: Path) -> None:
    source = f"{MAIN}\n\ndef other():\n    return gre‸et(1)\n\n\ndef broken(:\n    pass\n"
    finds(tmp_path, {JSON: config(entry("greet")), "main.py": source})


def test_an_instance(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("⟦agent⟧.run"), entry("⟦agent⟧.stop", "s"), entry("Agent.run", "u")),
        "main.py": AGENT.replace("agent =", "ag‸ent ="),
    }
    finds(tmp_path, files)


def test_another_thing_of_the_same_name_has_none(tmp_path: Path) -> None:
    source = f"{MAIN}\n\ndef other():\n    gre‸et = 1\n    return greet\n"
    finds(tmp_path, {JSON: config(entry("greet")), "main.py": source})


def test_a_function_that_no_entry_names_has_none(tmp_path: Path) -> None:
    finds(tmp_path, {JSON: config(entry("greet")), "main.py": f"{MAIN}\n\ndef oth‸er(): ...\n"})


# --- files, ids, variables ----------------------------------------------------------------


def test_all_entries_of_a_file(tmp_path: Path) -> None:
    files = {
        JSON: config(
            entry("a", file="⟦lib/x‸.py⟧"),
            entry("b", "b", "⟦./lib/x.py⟧"),
            entry("c", "c", "lib/y.py"),
        ),
        f"lib/{JSON}": config(entry("a", file="⟦x.py⟧")),
        "lib/x.py": "",
        "lib/y.py": "",
    }
    finds(tmp_path, files)


@pytest.mark.parametrize("cursor", [JSON, "client.py"])
def test_an_agent_id(tmp_path: Path, cursor: str) -> None:
    files = {
        JSON: config(entry("greet", "hello"), agent_id="⟦a1⟧"),
        "client.py": CLIENT + 'RunAgentClient("⟦a1⟧", "hello")\nRunAgentClient("a2", "hello")\n',
        "more.py": CLIENT + 'RunAgentClient("⟦a1⟧", "no_such_tag")\n',
    }
    finds(tmp_path, {**files, cursor: files[cursor].replace("a1", "a‸1", 1)})


@pytest.mark.parametrize("cursor", [JSON, "main.py", ".env"])
def test_an_environment_variable(tmp_path: Path, cursor: str) -> None:
    files = {
        JSON: config(entry("greet"), more=', "env_vars": {"⟦KEY⟧": "KEY", "KEYS": ""}'),
        "main.py": f'import os\nos.environ["⟦KEY⟧"]\nos.getenv("KEYS")\n{MAIN}',
        ".env": "⟦KEY⟧=KEY\nKEYS=\n",
    }
    finds(tmp_path, {**files, cursor: files[cursor].replace("KEY", "KE‸Y", 1)})


def test_elsewhere_there_are_none(tmp_path: Path) -> None:
    finds(tmp_path, {JSON: config(entry("greet")).replace("agent_id", "agen‸t_id")})


# --- highlights ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "files",
    [
        {JSON: config(entry("x", "⟦a‸b⟧"), entry("y", "⟦ab⟧"), entry("z", "abc"))},
        {JSON: config(entry("⟦x‸⟧", "1"), entry("⟦x⟧", "2"), entry("x", "3", "other.py"))},
        {JSON: config(entry("⟦a‸⟧.x", "1"), entry("⟦a⟧.y", "2"), entry("b.a", "3"))},
        {JSON: config(entry("a.⟦x‸⟧", "1"), entry("a.y", "2"), entry("a.⟦x⟧.z", "3"))},
        {JSON: config(entry("a", "1", "⟦x‸.py⟧"), entry("a", "2", "⟦x.py⟧"))},
        {JSON: config(entry("⟦a‸⟧", "1"), entry("⟦a⟧", "2", "./main.py")), "main.py": ""},
        {
            JSON: config(entry("a", "1", "⟦x‸.py⟧"), entry("a", "2", "⟦./x.py⟧")),
            "x.py": "",
        },
        {JSON: config(entry("x"), agent_id="⟦a‸1⟧")},
        {JSON: config(entry("x"), more=', "env_vars": {"⟦K‸⟧": "K"}')},
        {YAML: "agent_architecture: {entrypoints: [{tag: ⟦a‸b⟧}, {tag: '⟦ab⟧'}, {tag: abc}]}\n"},
        {JSON: '{"agent_architecture": {"entrypoints": [{"tag": "⟦a⟧"}, {"tag": "⟦‸a⟧"'},
    ],
)
def test_highlights_in_a_configuration(tmp_path: Path, files: dict[str, str]) -> None:
    lights(tmp_path, files)


def test_highlights_in_client_code(tmp_path: Path) -> None:
    calls = 'RunAgentClient("a1", "⟦x‸⟧")\nRunAgentClient(ID, "⟦x⟧")\n'
    others = 'RunAgentClient("a2", "x")\nRunAgentClient("a1", "y")\n'
    lights(tmp_path, {"client.py": CLIENT + calls + others})
    ids = 'RunAgentClient("⟦a1⟧", "x")\nRunAgentClient("⟦a‸1⟧", "a1")\nRunAgentClient("a2")\n'
    lights(tmp_path, {"client.py": CLIENT + ids})


def test_highlights_of_variables_in_code(tmp_path: Path) -> None:
    reads = 'import os\nos.environ["⟦K‸⟧"]\nos.environ.get("⟦K⟧")\n"K"\nos.getenv("L")\n'
    lights(tmp_path, {"main.py": reads})


def test_functions_are_left_to_the_python_extension(tmp_path: Path) -> None:
    workspace = MarkedWorkspace(
        tmp_path, {JSON: config(entry("greet")), "main.py": "def gre‸et(): ...\n\n\ngreet()\n"}
    )
    assert highlights(workspace.snapshot, *workspace.cursor) == ()


# --- TypeScript ---------------------------------------------------------------------------

SCRIPT = (
    "import { RunAgentClient } from 'runagent';\n"
    "const client = new RunAgentClient({ agentId: 'a1', entrypointTag: '⟦hello⟧' });\n"
)


@pytest.mark.parametrize("cursor", [JSON, "web/app.ts"])
def test_calls_in_typescript(tmp_path: Path, cursor: str) -> None:
    files = {JSON: config(entry("greet", "⟦hello⟧")), "main.py": MARKED, "web/app.ts": SCRIPT}
    finds(tmp_path, {**files, cursor: files[cursor].replace("hello", "hel‸lo", 1)})


def test_highlights_in_typescript(tmp_path: Path) -> None:
    lights(tmp_path, {"app.tsx": (SCRIPT + SCRIPT).replace("hello", "he‸llo", 1)})
