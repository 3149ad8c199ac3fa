"""Definition and declaration. `‸` marks the cursor, `⟦⟧` where it must lead."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus_agents import CORPUS, PROJECTS, build, source_of
from marked_workspace import JSON, YAML, MarkedWorkspace, config, entry
from runagent_ls.features.graph.places import Jump
from runagent_ls.features.navigation.definition import declaration, definition, implementation
from runagent_ls.features.navigation.highlight import highlights
from runagent_ls.features.navigation.references import references
from runagent_ls.lsp.workspace import AgentWorkspace
from runagent_ls.rules.selection import Selection

Find = Callable[..., Jump | None]


def leads(root: Path, files: dict[str, str], find: Find = definition) -> None:
    """Hold the answer against the marks."""
    workspace = MarkedWorkspace(root, files)
    jump = find(workspace.snapshot, *workspace.cursor)
    targets = jump.targets if jump is not None else ()
    assert workspace.shown((it.file, it.span) for it in targets) == workspace.places
    if jump is not None:
        _, offset = workspace.cursor
        assert jump.origin.start <= offset <= jump.origin.end
        assert targets
        assert all(it.full.start <= it.span.start <= it.span.end <= it.full.end for it in targets)


GREET = "import os\n\n\ndef ⟦greet⟧(name):\n    return name\n"
PLAIN = GREET.replace("⟦", "").replace("⟧", "")


@pytest.mark.parametrize("module", ["‸greet", "gr‸eet", "greet‸"])
def test_module_leads_to_the_function(tmp_path: Path, module: str) -> None:
    leads(tmp_path, {JSON: config(entry(module)), "main.py": GREET})


def test_the_whole_function_is_shown(tmp_path: Path) -> None:
    source = "import a\n\n@a.b\ndef greet():\n    return 1\n\nx = 1\n"
    workspace = MarkedWorkspace(tmp_path, {JSON: config(entry("gre‸et")), "main.py": source})
    jump = definition(workspace.snapshot, *workspace.cursor)
    assert jump is not None
    full = jump.targets[0].full
    assert source[full.start : full.end] == "@a.b\ndef greet():\n    return 1"


def test_tag_leads_to_the_function(tmp_path: Path) -> None:
    leads(tmp_path, {JSON: config(entry("greet", "my‸_tag")), "main.py": GREET})


@pytest.mark.parametrize("file", ["a/‸main.py", "./a/main.py‸", "b/../a‸/main.py"])
def test_file_leads_to_its_beginning(tmp_path: Path, file: str) -> None:
    leads(tmp_path, {JSON: config(entry("greet", file=file)), "a/main.py": f"⟦⟧{PLAIN}"})


def test_a_file_outside_the_project(tmp_path: Path) -> None:
    files = {f"agent/{JSON}": config(entry("greet", file="../lib‸.py")), "lib.py": f"⟦⟧{PLAIN}"}
    leads(tmp_path, files)


def test_module_of_a_file_outside_the_project(tmp_path: Path) -> None:
    files = {f"agent/{JSON}": config(entry("gre‸et", file="../lib.py")), "lib.py": GREET}
    leads(tmp_path, files)


def test_a_file_in_another_case_leads_to_the_one_that_is_there(tmp_path: Path) -> None:
    leads(tmp_path, {JSON: config(entry("greet", file="Main‸.py")), "main.py": f"⟦⟧{PLAIN}"})


@pytest.mark.parametrize("file", ["non‸e.py", "fol‸der", "‸", "no\\u0000ne‸.py"])
def test_no_file_no_answer(tmp_path: Path, file: str) -> None:
    leads(tmp_path, {JSON: config(entry("greet", file=file)), "folder/main.py": PLAIN})


@pytest.mark.parametrize("module", ["mis‸sing", "‸", ".‸", "greet.‸x", "gr‸eet..x", "not an id‸"])
def test_no_function_no_answer(tmp_path: Path, module: str) -> None:
    source = PLAIN if "." in module and "gr‸eet" not in module else "other = 1\n"
    leads(tmp_path, {JSON: config(entry(module)), "main.py": source})


# --- through other files ------------------------------------------------------------------

PACKAGE = {
    "main.py": "from pkg import run\n",
    "pkg/__init__.py": "from .inner import work as run\n",
    "pkg/inner.py": "def work():\n    return 1\n",
}


def test_definition_goes_through_packages_and_aliases(tmp_path: Path) -> None:
    leads(
        tmp_path,
        {**PACKAGE, JSON: config(entry("ru‸n")), "pkg/inner.py": "def ⟦work⟧():\n    return 1\n"},
    )


def test_declaration_stops_at_the_import(tmp_path: Path) -> None:
    leads(
        tmp_path,
        {**PACKAGE, JSON: config(entry("ru‸n")), "main.py": "from pkg import ⟦run⟧\n"},
        declaration,
    )


def test_declaration_below_a_module_is_what_that_module_binds(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("pkg.ru‸n")),
        "main.py": "import pkg\n",
        "pkg/__init__.py": "from .inner import work as ⟦run⟧\n",
        "pkg/inner.py": "def work():\n    return 1\n",
    }
    leads(tmp_path, files, declaration)


def test_a_module_part_leads_to_the_file(tmp_path: Path) -> None:
    files = {**PACKAGE, JSON: config(entry("pk‸g.run")), "main.py": "import pkg\n"}
    leads(tmp_path, {**files, "pkg/__init__.py": f"⟦⟧{PACKAGE['pkg/__init__.py']}"})


def test_declaration_of_what_is_not_imported_is_its_definition(tmp_path: Path) -> None:
    leads(tmp_path, {JSON: config(entry("gr‸eet")), "main.py": GREET}, declaration)


def test_star_imports_are_followed(tmp_path: Path) -> None:
    files = {JSON: config(entry("gr‸eet")), "main.py": "from lib import *\n", "lib.py": GREET}
    leads(tmp_path, files)


def test_an_assignment_leads_to_what_it_names(tmp_path: Path) -> None:
    files = {JSON: config(entry("ru‸n")), "main.py": f"{GREET}\nrun = greet\n"}
    leads(tmp_path, files)


def test_the_import_of_a_library_is_where_it_ends(tmp_path: Path) -> None:
    files = {JSON: config(entry("ap‸p")), "main.py": "from framework import ⟦app⟧\n"}
    leads(tmp_path, files)


def test_a_circle_of_imports_has_an_end(tmp_path: Path) -> None:
    workspace = MarkedWorkspace(
        tmp_path,
        {
            JSON: config(entry("ru‸n")),
            "main.py": "from b import run\n",
            "b.py": "from main import run\n",
        },
    )
    for find in (definition, declaration):
        jump = find(workspace.snapshot, *workspace.cursor)
        assert jump is None or all(it.file.parent == tmp_path for it in jump.targets)


@pytest.mark.parametrize("broken", ["", "def broken(:\n    pass\n"])
def test_ways_that_branch_and_meet_again_are_gone_once(tmp_path: Path, broken: str) -> None:
    files = {JSON: config(entry("ru‸n")), "main.py": "from m0 import run\n"}
    for number in range(20):
        following = f"    from m{number + 1} import run"
        text = f"import os\nif os.name:\n{following}\nelse:\n{following} as run\n"
        files[f"m{number}.py"] = f"{text}\n\n{broken}"
    begin = perf_counter()
    end = "m16.py" if broken else "m20.py"  # files that do not parse are followed for 16 steps
    leads(tmp_path, {**files, end: "def ⟦run⟧(): ...\n"})
    assert perf_counter() - begin < 20  # 2 ** 20 ways take minutes


def test_bases_that_branch_and_meet_again_are_asked_once(tmp_path: Path) -> None:
    classes = "class A0:\n    x = 1\n\n\nclass B0:\n    x = 2\n\n\n"
    for number in range(1, 16):
        bases = f"A{number - 1}, B{number - 1}"
        classes += f"@f\nclass A{number}({bases}): ...\n\n\n@f\nclass B{number}({bases}): ...\n\n\n"
    begin = perf_counter()
    source = f"{classes}⟦agent⟧ = A15()\n"
    leads(tmp_path, {JSON: config(entry("agent.no‸ne")), "main.py": source})
    assert perf_counter() - begin < 20


# --- classes and instances ----------------------------------------------------------------

AGENT = """\
class Base:
    def talk(self):
        return 1


class Agent(Base):
    def run(self):
        return 1

    @property
    def other(self):
        return 2

    def __init__(self):
        self.hook = None


agent = Agent()
"""


@pytest.mark.parametrize(
    ("module", "there"),
    [
        ("agent.ru‸n", "    def ⟦run⟧(self)"),
        ("Agent.ru‸n", "    def ⟦run⟧(self)"),
        ("age‸nt.run", "⟦agent⟧ = Agent()"),
        ("Ag‸ent.run", "class ⟦Agent⟧(Base)"),
        ("agent.ta‸lk", "    def ⟦talk⟧(self)"),
        ("agent.ho‸ok", "self.⟦hook⟧ = None"),
        ("agent.oth‸er", "    def ⟦other⟧(self)"),
    ],
)
def test_each_part_of_a_member(tmp_path: Path, module: str, there: str) -> None:
    source = AGENT.replace(there.replace("⟦", "").replace("⟧", ""), there)
    leads(tmp_path, {JSON: config(entry(module)), "main.py": source})


def test_a_member_of_an_imported_instance(tmp_path: Path) -> None:
    source = AGENT.replace("def run", "def ⟦run⟧")
    files = {JSON: config(entry("bot.ru‸n")), "main.py": "from lib import agent as bot\n"}
    leads(tmp_path, {**files, "lib.py": source})


def test_members_behind_what_cannot_be_decided(tmp_path: Path) -> None:
    source = AGENT.replace("def run", "def ⟦run⟧").replace("class Agent", "@framework\nclass Agent")
    leads(tmp_path, {JSON: config(entry("agent.ru‸n")), "main.py": source})


def test_a_member_of_a_base_class_in_another_module(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("agent.ta‸lk")),
        "main.py": "import lib\n\n\n@framework\nclass A(lib.Base): ...\n\n\nagent = A()\n",
        "lib.py": AGENT.replace("def talk", "def ⟦talk⟧"),
    }
    leads(tmp_path, files)


def test_a_member_that_instances_may_hide(tmp_path: Path) -> None:
    source = (
        "class A:\n    def ⟦hook⟧(self): ...\n\n    def __init__(self, hook):\n"
        "        self.hook = hook\n\n\nagent = A(1)\n"
    )
    leads(tmp_path, {JSON: config(entry("agent.ho‸ok")), "main.py": source})


def test_all_bindings_that_may_win(tmp_path: Path) -> None:
    source = "import os\nif os.name:\n    def ⟦f⟧(): ...\nelse:\n    def ⟦f⟧(): ...\n"
    leads(tmp_path, {JSON: config(entry("f‸")), "main.py": source})


def test_an_attribute_that_is_set_from_outside(tmp_path: Path) -> None:
    source = "def helper(): ...\n\ndef f(): ...\n\nf.⟦run⟧ = 1\n"
    leads(tmp_path, {JSON: config(entry("f.ru‸n")), "main.py": source})


# --- broken files, other texts ------------------------------------------------------------


@pytest.mark.parametrize(
    "broken",
    [
        '{"agent_architecture": {"entrypoints": [{"file": "main.py", "module": "gr‸eet"',
        '{"agent_architecture": {"entrypoints": [{"file": "main.py", "module": "gr‸eet',
        '{"agent_architecture": {"entrypoints": [{"file": "main.py" "module": "gr‸eet",}]}',
        "{'agent_architecture': {'entrypoints': [{'file': 'main.py', 'module': 'gr‸eet'}]}}",
        '{"x":, "agent_architecture":{"entrypoints":[{"file":"main.py","module":"gr‸eet"}]}}',
    ],
)
def test_a_broken_configuration_still_leads_there(tmp_path: Path, broken: str) -> None:
    leads(tmp_path, {JSON: broken, "main.py": GREET})


@pytest.mark.parametrize("broken", ["def broken(:\n    pass\n\n\n", "x = (\n\n\n", "class\n\n\n"])
def test_functions_beside_broken_code_are_found(tmp_path: Path, broken: str) -> None:
    leads(tmp_path, {JSON: config(entry("gr‸eet")), "main.py": broken + GREET})


def test_imports_beside_broken_code_are_followed(tmp_path: Path) -> None:
    main = "from lib import greet\n\n\ndef broken(:\n    pass\n"
    leads(tmp_path, {JSON: config(entry("gr‸eet")), "main.py": main, "lib.py": GREET})


def test_members_beside_broken_code_are_found(tmp_path: Path) -> None:
    source = AGENT.replace("def run", "def ⟦run⟧") + "\n\ndef broken(:\n    pass\n"
    leads(tmp_path, {JSON: config(entry("agent.ru‸n")), "main.py": source})


def test_a_function_that_no_longer_parses_is_where_it_was(tmp_path: Path) -> None:
    workspace = MarkedWorkspace(tmp_path, {JSON: config(entry("gr‸eet")), "main.py": PLAIN})
    main = tmp_path / "main.py"
    workspace.snapshot.open(main, PLAIN)
    workspace.snapshot.project(tmp_path / JSON)
    edited = PLAIN.replace("(name):", "(name:")
    workspace.snapshot.change(main, edited)
    jump = definition(workspace.snapshot, *workspace.cursor)
    assert jump is not None
    (target,) = jump.targets
    assert target.file == main
    assert edited[: target.full.start].count("\n") <= 3
    assert target.full.end <= len(edited)


@pytest.mark.parametrize("module", ["gr‸eet", "'gr‸eet'", '"gr‸eet"', "!!str gr‸eet", "&it gr‸eet"])
def test_yaml(tmp_path: Path, module: str) -> None:
    text = f"agent_architecture:\n  entrypoints:\n    - file: main.py\n      module: {module}\n"
    leads(tmp_path, {YAML: text, "main.py": GREET})


def test_yaml_parts(tmp_path: Path) -> None:
    text = "agent_architecture: {entrypoints: [{file: main.py, module: Age‸nt.run}]}\n"
    source = AGENT.replace("class Agent", "class ⟦Agent⟧")
    leads(tmp_path, {YAML: text, "main.py": source})


def test_escapes_hide_which_part_is_meant(tmp_path: Path) -> None:
    source = AGENT.replace("def run", "def ⟦run⟧")
    leads(tmp_path, {JSON: config(entry("\\u0061gent.‸run")), "main.py": source})


def test_other_line_ends_and_wide_characters(tmp_path: Path) -> None:
    text = config(entry("gr‸eet", "🦉é")).replace("\n", "\r\n")
    leads(tmp_path, {JSON: text, "main.py": "# 🦉\r\n" + GREET.replace("\n", "\r\n")})


def test_a_second_configuration_of_the_folder_is_asked_as_well(tmp_path: Path) -> None:
    text = "agent_architecture: {entrypoints: [{file: main.py, module: gre‸et}]}\n"
    leads(tmp_path, {JSON: config(entry("greet")), YAML: text, "main.py": GREET})


def test_other_places_lead_nowhere(tmp_path: Path) -> None:
    for text in ('{"agen‸t_id": "a1"}', '{"agent_id": "a‸1"}', "{}‸", "‸", '{"x": ["‸a"]}'):
        leads(tmp_path, {JSON: text})


# --- client code --------------------------------------------------------------------------

CLIENT = "from runagent import RunAgentClient\n\n"


def test_a_tag_in_client_code_leads_to_the_entry(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("greet", "⟦hello⟧"), entry("greet", "other")),
        "main.py": PLAIN,
        "client.py": CLIENT + 'RunAgentClient("a1", "hel‸lo")\n',
    }
    leads(tmp_path, files)


def test_the_tag_of_another_agent_leads_to_that_one(tmp_path: Path) -> None:
    files = {
        f"one/{JSON}": config(entry("greet", "hello")),
        f"two/{JSON}": config(entry("greet", "⟦hello⟧"), agent_id="a2"),
        "client.py": CLIENT + 'RunAgentClient(agent_id="a2", entrypoint_tag="hel‸lo")\n',
    }
    leads(tmp_path, files)


def test_an_agent_that_cannot_be_told_may_be_any(tmp_path: Path) -> None:
    files = {
        f"one/{JSON}": config(entry("greet", "⟦hello⟧")),
        f"two/{JSON}": config(entry("greet", "⟦hello⟧"), agent_id="a2"),
        "client.py": CLIENT + 'import os\nRunAgentClient(os.environ["ID"], "hel‸lo")\n',
    }
    leads(tmp_path, files)


@pytest.mark.parametrize("call", ['"b7", "hel‸lo"', '"a1", "hell‸"', '"b‸7", "hello"'])
def test_what_no_agent_has_leads_nowhere(tmp_path: Path, call: str) -> None:
    files = {
        JSON: config(entry("greet", "hello")),
        "client.py": f"{CLIENT}RunAgentClient({call})\n",
    }
    leads(tmp_path, files)


def test_an_agent_id_leads_to_the_configuration(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("greet", "hello"), agent_id="⟦a1⟧"),
        "client.py": CLIENT + 'RunAgentClient("a‸1", "hello")\n',
    }
    leads(tmp_path, files)


def test_of_equal_tags_the_first_is_called(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("greet", "⟦hello⟧"), entry("other", "hello")),
        "client.py": CLIENT + 'RunAgentClient("a1", "hel‸lo")\n',
    }
    leads(tmp_path, files)


def test_implementation_goes_from_client_code_to_the_function(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("greet", "hello")),
        "main.py": GREET,
        "client.py": CLIENT + 'RunAgentClient("a1", "hel‸lo")\n',
    }
    leads(tmp_path, files, implementation)


def test_implementation_of_an_entry_is_its_function(tmp_path: Path) -> None:
    leads(tmp_path, {JSON: config(entry("greet", "hel‸lo")), "main.py": GREET}, implementation)
    leads(tmp_path, {JSON: config(entry("gr‸eet", "hello")), "main.py": GREET}, implementation)


def test_a_function_of_our_own_is_left_to_the_python_extension(tmp_path: Path) -> None:
    files = {JSON: config(entry("greet")), "main.py": PLAIN.replace("greet", "gre‸et")}
    for find in (definition, declaration, implementation):
        leads(tmp_path, files, find)


def test_typescript_leads_to_the_entry_and_the_agent(tmp_path: Path) -> None:
    client = "import {{ RunAgentClient }} from 'runagent';\nnew RunAgentClient({{ {} }});\n"
    tag = client.format("agentId: 'a1', entrypointTag: 'hel‸lo'")
    files = {JSON: config(entry("greet", "⟦hello⟧")), "web/app.ts": tag}
    leads(tmp_path / "tag", files)
    agent = client.format("agentId: 'a‸1', entrypointTag: 'hello'")
    files = {JSON: config(entry("greet", "hello"), agent_id="⟦a1⟧"), "web/app.mjs": agent}
    leads(tmp_path / "id", files)


# --- environment variables ----------------------------------------------------------------

VARIABLES = ',\n  "env_vars": {"KEY": "v", "OTHER": "w"}'
READS = 'import os\n\nA = os.environ["KEY"]\n\n\ndef greet():\n    return os.getenv("KEY", "")\n'


def test_a_variable_leads_to_its_line_in_env(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("greet"), more=VARIABLES.replace("KEY", "K‸EY")),
        "main.py": READS,
        ".env": "# a comment\nOTHER=1\nexport ⟦KEY⟧=2\n",
    }
    leads(tmp_path, files)


def test_without_that_line_to_the_code_that_reads_it(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("greet"), more=VARIABLES.replace("KEY", "K‸EY")),
        "main.py": READS.replace("KEY", "⟦KEY⟧"),
    }
    leads(tmp_path, files)


def test_code_leads_to_all_that_gives_the_variable_a_value(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("greet"), more=VARIABLES.replace("KEY", "⟦KEY⟧")),
        "main.py": READS.replace('environ["KEY"]', 'environ["K‸EY"]'),
        ".env": "⟦KEY⟧=2\n",
    }
    leads(tmp_path, files)


def test_env_leads_to_the_value_that_it_overrides(tmp_path: Path) -> None:
    files = {
        JSON: config(entry("greet"), more=VARIABLES.replace("KEY", "⟦KEY⟧")),
        "main.py": READS,
        ".env": "KE‸Y=2\n",
    }
    leads(tmp_path, files)


# --- objects of libraries, real configurations --------------------------------------------


@pytest.mark.parametrize("module", ["agent.ru‸n", "agent.run.i‸t", "ag‸ent.run"])
def test_a_member_of_a_librarys_object_leads_to_the_object(tmp_path: Path, module: str) -> None:
    source = "from framework import Agent\n\n⟦agent⟧ = Agent(name='x')\n"
    leads(tmp_path, {JSON: config(entry(module)), "main.py": source})


@pytest.mark.parametrize("project", PROJECTS)
def test_real_configurations_lead_to_their_callables(project: str, tmp_path: Path) -> None:
    path = build(project, tmp_path)
    workspace = AgentWorkspace(lambda _config: Selection())
    workspace.discovered(tmp_path, [path])
    model = workspace.project(path)
    facts = json.loads((CORPUS / project / "facts.json").read_text("utf-8"))
    for entrypoint, fact in zip(model.entrypoints, facts["entrypoints"], strict=True):
        if "callable" not in fact:
            assert entrypoint.kind == "webhook"
            continue
        for field in ("module", "tag", "file"):
            span = model.document.span((*entrypoint.path, field))
            jump = definition(workspace, path, span.start + 1)
            assert jump is not None
            (target,) = jump.targets
            assert target.file == tmp_path / fact["file"]
            text = target.file.read_text("utf-8")
            name = text[target.span.start : target.span.end]
            assert name == ("" if field == "file" else fact["callable"]["name"])
            if field != "file":
                assert (
                    source_of(fact["callable"])
                    .strip()
                    .endswith(text[target.full.start : target.full.end])
                )


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_place_of_any_cut_text_gets_an_answer(data: st.DataObject) -> None:
    project = data.draw(st.sampled_from(PROJECTS))
    text = (CORPUS / project / JSON).read_text("utf-8")
    cut = data.draw(st.integers(0, len(text)))
    gap = data.draw(st.integers(0, 3))
    text = text[:cut] + text[cut + gap :] if data.draw(st.booleans()) else text[:cut]
    path = Path("/nowhere") / JSON
    workspace = AgentWorkspace(lambda _config: Selection())
    workspace.open(path, text)
    workspace.open(path.with_name("main.py"), PLAIN)
    offset = data.draw(st.integers(0, len(text)))
    for find in (definition, declaration, implementation):
        jump = find(workspace, path, offset)
        if jump is not None:
            assert 0 <= jump.origin.start <= offset + 1
            assert jump.origin.end <= len(text)
    for place in references(workspace, path, offset):
        assert place.span.start <= place.span.end <= max(len(text), len(PLAIN))
    for span in highlights(workspace, path, offset):
        assert 0 <= span.start <= span.end <= len(text)
