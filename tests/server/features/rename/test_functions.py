"""Renaming functions: every use in every file, or a refusal that says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from marked_workspace import JSON, YAML, MarkedWorkspace, config, entry
from renaming import assert_refused, assert_renames
from runagent_ls.features.changes import RenameFile
from runagent_ls.features.rename.files import rename_files
from runagent_ls.features.rename.renaming import prepare, rename
from runagent_ls.lsp.workspace import AgentWorkspace
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.selection import Selection

CONFIG = config(entry("⟦gr‸eet⟧"))
PLAIN = config(entry("⟦greet⟧"))


def test_from_the_configuration_the_function_and_its_uses_change(tmp_path: Path) -> None:
    main = (
        '"""greet people."""\n\n\n'
        "def ⟦greet⟧(name, greet=1):  # greet\n    return name + str(greet)\n"
        "\n\ndef other():\n    x.greet = ⟦greet⟧(greet=2)\n    return ⟦greet⟧\n"
    )
    assert_renames(tmp_path, {JSON: CONFIG, "main.py": main})


def test_from_python_the_configuration_follows(tmp_path: Path) -> None:
    main = "def ⟦gr‸eet⟧():\n    return ⟦greet⟧\n"
    files = {JSON: config(entry("⟦greet⟧", "a"), entry("⟦greet⟧", "b")), "main.py": main}
    assert_renames(tmp_path, files)


def test_a_use_of_the_function_renames_it_as_well(tmp_path: Path) -> None:
    files = {
        JSON: PLAIN,
        "main.py": "def ⟦greet⟧(): ...\n",
        "use.py": "from main import ⟦greet⟧\n⟦gre‸et⟧()\n",
    }
    assert_renames(tmp_path, files)


def test_imports_in_other_files_follow(tmp_path: Path) -> None:
    files = {
        JSON: CONFIG,
        "main.py": "async def ⟦greet⟧(): ...\n__all__ = ['⟦greet⟧', 'other']\n",
        "a.py": "from main import (⟦greet⟧ as hi, other)\nhi()\nhi.greet\n",
        "b.py": "import main\nmain.⟦greet⟧()\nmain.other.greet\nimport main as m\nm . ⟦greet⟧\n",
        "c.py": "def f():\n    from main import ⟦greet⟧\n    return lambda: ⟦greet⟧()\ngreet = 1\n",
        "d.py": "import other\nother.greet\nfrom other import greet\ngreet()\n",
        "other.py": "def greet(): ...\n",
        "pkg/e.py": "from main import ⟦greet⟧\nx = [⟦greet⟧ for greet in (greet,)]\n".replace(
            "x = [⟦greet⟧ for greet in (greet,)]", "x = [greet for greet in (⟦greet⟧,)]"
        ),
        "f.py": "import main\ngetattr(main, '⟦greet⟧')()\n",
    }
    assert_renames(tmp_path, files)


def test_code_beside_the_agent_follows(tmp_path: Path) -> None:
    files = {
        f"agent/{JSON}": config(entry("⟦greet⟧")),
        "agent/main.py": "def ⟦greet⟧(): ...\n",
        "tests/test_main.py": (
            "from agent.main import ⟦greet⟧\nimport agent.main\nimport agent\n"
            "agent.main.⟦gre‸et⟧()\ngetattr(agent.main, '⟦greet⟧')\n"
        ),
        f"other/{JSON}": config(entry("greet"), agent_id="a2"),
        "other/main.py": "def greet(): ...\n",
        "tests/test_other.py": "from other.main import greet\ngreet()\n",
        ".venv/lib.py": "from agent.main import greet\n",
    }
    assert_renames(tmp_path, files)


def test_an_agent_that_reads_another_s_file_follows(tmp_path: Path) -> None:
    files = {
        f"a/{JSON}": config(entry("⟦gr‸eet⟧")),
        "a/main.py": "def ⟦greet⟧(): ...\n",
        f"b/{JSON}": config(entry("⟦greet⟧", file="../a/main.py"), agent_id="a2"),
    }
    assert_renames(tmp_path, files)


def test_code_of_another_agent_follows(tmp_path: Path) -> None:
    files = {
        f"a/{JSON}": config(entry("⟦greet⟧")),
        "a/main.py": "def ⟦greet⟧(): ...\n",
        f"b/{JSON}": config(entry("greet"), agent_id="a2"),
        "b/main.py": "import a.main\ndef greet(): return a.main.⟦gr‸eet⟧()\n",
    }
    assert_renames(tmp_path, files)


def test_a_star_import_that_would_bring_the_new_name(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("gr‸eet")),
        "main.py": "def greet(): ...\n",
        "other.py": "hello = 1\nfrom main import *\nprint(hello)\n",
    }
    assert_refused(tmp_path, files, r"other\.py uses the name 'hello'")


class Counting(AgentWorkspace):
    """Notes which projects were asked for."""

    def __init__(self) -> None:
        super().__init__(lambda _config: Selection())
        self.asked: set[str] = set()

    def project(self, config: Path) -> AgentProject:
        self.asked.add(config.parent.name)
        return super().project(config)


def test_only_agents_that_may_be_concerned_are_loaded(tmp_path: Path) -> None:
    texts = {
        "a": ("greet", "def greet(): ...\n"),
        "same": ("greet", "def greet(): ...\ndef main(): ...\n"),
        "other": ("other", "from a.main import greet as other\n"),
        "uses": ("greet", "import os\nfrom a.main import (\n    greet,\n)\n"),
    }
    workspace = Counting()
    configs = []
    for name, (module, main) in texts.items():
        (tmp_path / name).mkdir()
        configs.append(tmp_path / name / JSON)
        configs[-1].write_text(config(entry(module), agent_id=name))
        (tmp_path / name / "main.py").write_text(main)
    workspace.discovered(tmp_path, configs)
    workspace.asked.clear()
    change = rename(workspace, tmp_path / "a" / "main.py", 5, "hello")
    assert change is not None
    changed = {edit.file.relative_to(tmp_path).as_posix() for edit in change.edits}
    configs_changed = {f"a/{JSON}", f"uses/{JSON}"}
    assert changed == {"a/main.py", "other/main.py", "uses/main.py"} | configs_changed
    assert workspace.asked == {"a", "uses"}
    workspace.asked.clear()
    moves = [RenameFile(tmp_path / "same" / "main.py", tmp_path / "same" / "start.py")]
    assert len(rename_files(workspace, moves).change.edits) == 1
    assert workspace.asked == set()


def test_in_yaml_with_lines_of_any_kind(tmp_path: Path) -> None:
    text = (
        "agent_architecture:\r\n  entrypoints:\r\n  - {file: main.py, module: ⟦gr‸eet⟧, tag: a}\r\n"
        "  - file: main.py # greet\r\n    module: '⟦greet⟧'\r\n    tag: greet"
    )
    assert_renames(tmp_path, {YAML: text, "main.py": "def ⟦greet⟧(): ...\r\n"})


def test_a_configuration_that_is_broken_elsewhere(tmp_path: Path) -> None:
    text = config(entry("⟦gr‸eet⟧"), entry("⟦greet⟧", "b")).replace('"tag": "t"', '"tag" "t",')
    assert_renames(tmp_path, {JSON: text, "main.py": "def ⟦greet⟧(): ...\n"})


def test_modules_of_the_same_name_are_told_apart(tmp_path: Path) -> None:
    files = {
        f"a/{JSON}": config(entry("⟦gr‸eet⟧")),
        "a/main.py": "def ⟦greet⟧(): ...\n",
        "a/use.py": "from main import ⟦greet⟧\n",
        "a/tests/test_it.py": "from main import ⟦greet⟧\nimport main\nmain.⟦greet⟧\n",
        f"b/{JSON}": config(entry("greet"), agent_id="a2"),
        "b/main.py": "def greet(): ...\n",
        "b/use.py": "from main import greet\nimport main\nmain.greet()\n",
        "b/tests/test_it.py": "from main import greet\n",
        "tests/test_a.py": "from main import greet\ngreet()\nimport main\nmain.greet()\n",
    }
    (doubt,) = assert_renames(tmp_path, files).doubtful
    lines = [(edit.file.name, edit.range.start.line) for edit in doubt.edits]
    assert lines == [("test_a.py", 0), ("test_a.py", 1), ("test_a.py", 3)]


def test_the_name_is_renamed_where_it_comes_from(tmp_path: Path) -> None:
    files = {
        JSON: CONFIG,
        "main.py": "from helpers import ⟦greet⟧\n",
        "helpers.py": "from deep.down import ⟦greet⟧\n",
        "deep/down.py": "if x:\n    def ⟦greet⟧(): ...\nelse:\n    ⟦greet⟧ = None\n",
        "deep/__init__.py": "from .down import ⟦greet⟧\nfrom . import down\ndown.⟦greet⟧\n",
    }
    assert_renames(tmp_path, files)


def test_an_alias_is_renamed_without_what_it_stands_for(tmp_path: Path) -> None:
    files = {
        JSON: CONFIG,
        "main.py": "from helpers import say as ⟦greet⟧\n",
        "helpers.py": "def say(): ...\ngreet = 1\n",
    }
    assert_renames(tmp_path, files)


def test_a_function_of_an_imported_module(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("helpers.⟦gr‸eet⟧"), entry("⟦greet⟧", "b", "helpers.py")),
        "main.py": "import helpers\ngreet = 1\n",
        "helpers.py": "def ⟦greet⟧(): ...\n",
    }
    assert_renames(tmp_path, files)


def test_an_object_whose_method_is_called(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("⟦ag‸ent⟧.invoke")),
        "main.py": (
            "class A:\n    agent = 1\n    def invoke(self): return ⟦agent⟧\n⟦agent⟧ = A()\n"
            "def f():\n    global ⟦agent⟧, x\n    ⟦agent⟧ = None\n"
            "def g(agent):\n    return agent\n"
            "try: ...\nexcept E as e: ⟦agent⟧ = e\n"
        ),
    }
    assert_renames(tmp_path, files)


def test_names_in_f_strings(tmp_path: Path) -> None:
    main = (
        "def ⟦greet⟧(): ...\n"
        'x = f"greet {⟦greet⟧()!r:>{⟦greet⟧}} {{greet}}"\n'
        'y = f"""\n  greet {⟦greet⟧}\n"""\n'
    )
    assert_renames(tmp_path, {JSON: CONFIG, "main.py": main})


def test_odd_layout_keeps_its_bytes(tmp_path: Path) -> None:
    main = (
        "import os\r\nx = 1\r\nasync  \\\r\n  def  ⟦greet⟧ ( a ) : return a\r\n"
        "é = '😀'; ⟦greet⟧ ( é )\r# greet\n\x0c⟦greet⟧"
    )
    assert_renames(tmp_path, {JSON: CONFIG, "main.py": main})


def test_what_only_running_could_tell_is_doubtful(tmp_path: Path) -> None:
    files = {
        JSON: CONFIG,
        "main.py": "def ⟦greet⟧(): ...\nTABLE = {'greet': ⟦greet⟧}\nNOTE = 'greet them'\n",
        "test_main.py": "patch('main.greet')\nuse('other.greet')\nuse('greet')\n",
        "late.py": "m = importlib.import_module('main')\nm.greet()\nself.greet()\n",
        "client.py": (
            "from runagent import RunAgentClient\nfrom main import ⟦greet⟧\n"
            "RunAgentClient(agent_id='a1', entrypoint_tag='greet')\nx = 'greet'\n"
        ),
    }
    change = assert_renames(tmp_path, files)
    shown = {
        (it.edits[0].file.name, edit.range.start.line)
        for it in change.doubtful
        for edit in it.edits
    }
    assert shown == {("main.py", 1), ("test_main.py", 0), ("late.py", 1), ("client.py", 3)}


@pytest.mark.parametrize(
    ("new", "reason"),
    [
        ("two words", "no name of Python"),
        ("1st", "no name of Python"),
        ("", "no name of Python"),
        ("class", "Python's own language"),
        ("print", "built into Python"),
        ("__x", "two underscores"),
        ("taken", r"main\.py, line 2"),
        ("hidden", r"main\.py, line 4"),
        ("read", r"main\.py, line 5"),
    ],
)
def test_names_that_would_break_something(tmp_path: Path, new: str, reason: str) -> None:
    main = (
        "def greet(): ...\ntaken = 1\n"
        "def f(hidden):\n    return greet() + hidden\ndef g(): read()\n"
    )
    assert_refused(tmp_path, {JSON: config(entry("gr‸eet")), "main.py": main}, reason, new)


def test_a_name_that_is_free_where_it_counts(tmp_path: Path) -> None:
    main = "def ⟦greet⟧(): ...\ndef f(hello):\n    return hello.hello(hello=1)\n"
    assert_renames(tmp_path, {JSON: CONFIG, "main.py": main})


@pytest.mark.parametrize(
    ("main", "other", "reason"),
    [
        ("def greet(: ...\n", "", "does not parse"),
        ("def greet(): ...\n", "import main\nmain.greet(\n", r"other\.py.*does not parse"),
        ("def greet(): ...\nglobals()[x] = 1\n", "", "makes names while it runs"),
        ("def greet(): ...\n", "from main import *\ngreet()\n", "star import of main"),
        ("from json import loads as x, dumps\nfrom json import greet\n", "", "comes from json"),
        ("import greet\n", "", "is a module"),
        ("from . import greet\n", "", "comes from"),
        ("x = 1\n", "", "not bound here"),
        ("# Made by protoc. DO NOT EDIT!\ndef greet(): ...\n", "", "is generated"),
        ("def greet(): ...\n", "# @generated\nfrom main import greet\n", "is generated"),
        ("def greet(): ...\nclass A:\n    greet = greet\n", "", "only running tells"),
        (
            "def greet(): ...\n",
            "def f():\n    from main import greet\n    greet = 1\n",
            "several things",
        ),
    ],
)
def test_what_cannot_be_told_is_refused(tmp_path: Path, main: str, other: str, reason: str) -> None:
    files = {JSON: config(entry("gr‸eet")), "main.py": main, "other.py": other}
    assert_refused(tmp_path, files, reason)


def test_members_and_modules_are_refused(tmp_path: Path) -> None:
    main = "import helpers\nclass A:\n    def run(self): ...\nagent = build(A)\n"
    helpers = "def greet(): ...\n"
    for module, reason in (
        ("agent.r‸un", "is an attribute of agent"),
        ("hel‸pers.greet", "module"),
    ):
        files = {JSON: config(entry(module)), "main.py": main, "helpers.py": helpers}
        assert_refused(tmp_path, files, reason)


def test_functions_that_are_no_entrypoints_are_left_to_others(tmp_path: Path) -> None:
    main = "def greet(): ...\ndef oth‸er(greet):\n    return greet\n"
    workspace = MarkedWorkspace(tmp_path, {JSON: config(entry("greet")), "main.py": main})
    path, offset = workspace.cursor
    parameter = workspace.texts["main.py"].text.rindex("greet")
    for place in (offset, parameter):
        assert prepare(workspace.snapshot, path, place) is None
        assert rename(workspace.snapshot, path, place, "hello") is None
