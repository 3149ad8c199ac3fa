"""Hover in configurations: what a reader sees at a marked place."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import ruamel.yaml

from corpus_agents import PROJECTS, build
from marked_text import mark
from marked_workspace import JSON, YAML, MarkedWorkspace, config, entry
from runagent_ls.features.hover.configuration import config_hover
from runagent_ls.features.hover.model import Happened, Hover
from runagent_ls.features.markup.rendering import markdown, plain_text
from runagent_ls.jsontree.contents import value_at
from runagent_ls.jsontree.document import Part
from runagent_ls.lsp.workspace import AgentWorkspace
from runagent_ls.project.loading import load_project
from runagent_ls.project.observation import Observation, ObservedEntrypoint, Step
from runagent_ls.rules.selection import Selection
from runagent_ls.schema.facts import field

GREET = '''async def greet(name: str, /, *names, times: int = 1) -> list[str]:
    """Say hello.

    <b>Not bold</b>, [no link](command:evil).
    """
    return [name]


def count(n):
    yield n
'''


def hovered(workspace: MarkedWorkspace) -> Hover | None:
    path, offset = workspace.cursor
    return config_hover(workspace.snapshot, workspace.snapshot.project(path), offset)


def shown(hover: Hover | None) -> str:
    assert hover is not None
    return markdown(hover.filled(lambda _: None), lambda path: f"file://{path.name}")


def hover_of(tmp_path: Path, text: str, name: str = JSON, **files: str) -> str:
    named = {key.replace("__", "/") + ".py": value for key, value in files.items()}
    return shown(hovered(MarkedWorkspace(tmp_path, {name: text, **named})))


def test_the_range_is_the_key_or_the_value(tmp_path: Path) -> None:
    for text, expected in {
        '{"agent_id": "x", "fra‸mework": "n8n"}': '{"agent_id": "x", ⟦"framework"⟧: "n8n"}',
        '{"agent_id": "x", "framework": ‸"n8n"}': '{"agent_id": "x", "framework": ⟦"n8n"⟧}',
        '{"agent_id": "x", "framework": "n8n‸"}': '{"agent_id": "x", "framework": ⟦"n8n"⟧}',
        '{"template_source": ‸{"author": ""}}': '{"template_source": ⟦{"author": ""}⟧}',
    }.items():
        workspace = MarkedWorkspace(tmp_path, {JSON: text})
        hover = hovered(workspace)
        assert hover is not None
        assert mark(workspace.texts[JSON].text, hover.span) == expected


@pytest.mark.parametrize(
    "text",
    [
        '‸{"agent_id": "x"}',
        '{"agent_id" ‸: "x"}',
        '{"agent_id": "x", ‸ "framework": "n8n"}',
        '{"template_source": { ‸ "author": ""}}',
        '{"agent_architecture": {"entrypoints": [ ‸ ]}}',
        '{"nob‸ody": 1}',
        '{"nobody": {"agent_‸name": 1}}',
        "‸",
        "[‸]",
        '"te‸xt"',
    ],
)
def test_nothing_is_said_where_nothing_stands(tmp_path: Path, text: str) -> None:
    assert hovered(MarkedWorkspace(tmp_path, {JSON: text})) is None


@pytest.mark.parametrize(
    "text",
    [
        '{"frame‸work": }',
        '{"frame‸work"',
        '{"agent_name": "x" "frame‸work": "n8n"',
        "{'frame‸work': 'n8n'}",
        '{framewo‸rk: "n8n"}',
        '{"agent_name": "x,\n "frame‸work": "n8n"}',
        '// a comment\n{"frame‸work": "n8n",}',
    ],
)
def test_broken_json_keeps_its_documentation(tmp_path: Path, text: str) -> None:
    assert "Compared exactly" in hover_of(tmp_path, text)


def test_yaml_has_the_same_with_examples_in_yaml(tmp_path: Path) -> None:
    text = "agent_name: demo\ntemplate_sou‸rce:\n  repo_url: ''\n"
    assert hover_of(tmp_path, text, YAML).endswith(
        '```yaml\ntemplate_source:\n  repo_url: ""\n  author: ""\n  path: ""\n```'
    )
    text = "agent_architecture:\n  entry‸points:\n  - file: main.py\n"
    assert hover_of(tmp_path, text, YAML).endswith(
        "```yaml\nentrypoints:\n  - file: main.py\n    module: greet\n    tag: greet\n```"
    )
    text = f"agent_architecture:\n  entrypoints:\n  - {entry('gre‸et')}\n"
    assert "async def greet" in hover_of(tmp_path, text, YAML, main=GREET)
    assert "Any text" in hover_of(tmp_path, "agent_na‸me: [\nx: {", YAML)


def test_a_framework_says_what_it_changes(tmp_path: Path) -> None:
    found = hover_of(tmp_path, '{"framework": "n8‸n"}')
    assert found.startswith("`n8n`: Workflows of n8n: each entrypoint is a webhook")
    assert "\n\n---\n\nFramework the agent is written with." in found
    assert hover_of(tmp_path, '{"framework": "nowh‸ere"}').startswith("Framework")


@pytest.mark.parametrize("place", ["module", "tag"])
def test_an_entrypoint_shows_its_function(tmp_path: Path, place: str) -> None:
    marked_entry = entry("greet", "hello").replace(f'"{place}": "', f'"{place}": "‸')
    found = hover_of(tmp_path, config(marked_entry), main=GREET)
    assert found == (
        "```python\nasync def greet(name: str, /, *names, times: int = 1) -> list[str]\n```\n\n"
        "Say hello.\n\n"
        "\\<b\\>Not bold\\</b\\>, \\[no link\\](command:evil).\n\n"
        "**Gives one result** · async function · defined in [main.py:1](file://main.py#L1,11)\n\n"
        "|  | JavaScript, TypeScript | Go | Rust |\n| --- | --- | --- | --- |\n"
        "| `name` | `string` | `string` | `String` |\n"
        "| `names?` | `unknown[]` | `[]interface{}` | `Vec<Value>` |\n"
        "| `times?` | `number` | `int` | `i64` |\n"
        "| `→ result` | `string[]` | `[]string` | `Vec<String>` |"
    )


def test_a_long_signature_stands_in_lines(tmp_path: Path) -> None:
    names = ", ".join(f"parameter_{number}: str = 'x'" for number in range(50))
    found = hover_of(tmp_path, config(entry("‸greet")), main=f"def greet({names}): ...\n")
    assert found.startswith("```python\ndef greet(\n    parameter_0: str = 'x',\n")
    assert "    parameter_39: str = 'x',\n    ...,\n)\n```" in found
    assert "| `and 38 more` | `…` | `…` | `…` |" in found


def test_the_docstring_is_taken_from_where_the_function_is_defined(tmp_path: Path) -> None:
    files = {"main": "from lib.inner import greet\n", "lib__inner": GREET, "lib____init__": ""}
    found = hover_of(tmp_path, config(entry("‸greet")), **files)
    assert "Say hello." in found
    assert "defined in [lib/inner.py:1](file://inner.py#L1,11)" in found


@pytest.mark.parametrize(
    ("source", "module", "words"),
    [
        ("def f():\n    yield 1\n", "f", "generator"),
        ("async def f():\n    yield 1\n", "f", "async generator"),
        ("f = lambda x: x\n", "f", "lambda"),
        ("class F:\n    def __init__(self, x): ...\n", "F", "class"),
        ("class F:\n    def __call__(self): ...\nf = F()\n", "f", "instance of F"),
        ("class F:\n    async def m(self): ...\nf = F()\n", "f.m", "async function"),
        ("from functools import partial\ndef g(a): ...\nf = partial(g, 1)\n", "f", "partial"),
    ],
)
def test_the_kind_is_told(tmp_path: Path, source: str, module: str, words: str) -> None:
    found = hover_of(tmp_path, config(entry(f"‸{module}")), main=source)
    assert f"· {words} · defined in" in found


def test_a_decorator_of_others_may_change_the_parameters(tmp_path: Path) -> None:
    source = "from x import traced\n\n@traced(1)\ndef greet(a): ...\n"
    found = hover_of(tmp_path, config(entry("‸greet")), main=source)
    assert "`@traced` may change its parameters" in found


def test_what_only_running_tells_is_said_to_be_so(tmp_path: Path) -> None:
    found = hover_of(tmp_path, config(entry("‸app")), main="from somewhere import app\n")
    assert "cannot be read from the source" in found


def test_what_a_finding_is_about_is_left_to_it(tmp_path: Path) -> None:
    for broken in (entry("‸nowhere"), entry("‸greet", file="none.py")):
        found = hover_of(tmp_path, config(broken), main=GREET)
        assert found.startswith("What to call")


def test_a_stream_and_an_extractor_say_what_comes(tmp_path: Path) -> None:
    text = config(entry("count", "‸count_stream")[:-1] + ', "extractor": {"a": "$.x", "b": "$"}}')
    found = hover_of(tmp_path, text, main=GREET)
    assert "**Streams** · generator" in found
    assert "gives `a`, `b`" in found


def test_a_webhook_says_what_is_sent_where(tmp_path: Path) -> None:
    hook = '{"webhook_url": "http://127.0.0.1:9/x", "method": "post", "tag": "‸ask"}'
    found = hover_of(tmp_path, config(hook))
    assert found.startswith("**Webhook** · sends its payload as JSON · `POST http://127.0.0.1:9/x`")
    found = hover_of(tmp_path, config(hook.replace("post", "get")))
    assert "sends no payload · `GET http" in found
    assert hover_of(tmp_path, config(hook.replace("post", "PUT"))).startswith("Name that callers")


def test_a_file_opens_and_lists_its_entrypoints(tmp_path: Path) -> None:
    text = config(entry("greet", "a").replace("main", "‸main"), entry("count", "b_stream"))
    found = hover_of(tmp_path, text, main=GREET)
    assert found.startswith("Opens [main.py](file://main.py) · entrypoints: `a`, `b_stream`\n\n---")
    assert "It must end in `.py`" in found


def test_calls_of_client_code_are_told(tmp_path: Path) -> None:
    calls = "".join(
        f"RunAgentClient(agent_id={agent}, entrypoint_tag='t')\n"
        for agent in ("'a1'", "'other'", "unknown", *["'a1'"] * 5)
    )
    client = f"from runagent import RunAgentClient\n{calls}"
    found = hover_of(tmp_path, config(entry("greet", "‸t")), main=GREET, client=client)
    assert "Called by [client.py:2](file://client.py#L2,47), [client.py:5]" in found
    assert "client.py:3" not in found
    assert " and 1 more · perhaps by [client.py:4](" in found
    assert ")\n\n|  | JavaScript, TypeScript |" in found
    only = client.replace("'a1'", "'other'")
    found = hover_of(tmp_path, config(entry("greet", "‸t")), main=GREET, client=only)
    assert "\n\nPerhaps called by [client.py:4](" in found


def test_an_environment_variable_says_what_wins_and_never_its_value(tmp_path: Path) -> None:
    source = 'import os\n\nKEY = os.environ["KEY"]\n' + GREET
    text = config(entry("greet"), more=',\n  "env_vars": {"K‸EY": "s3cret-1"}')
    workspace = MarkedWorkspace(tmp_path, {JSON: text, "main.py": source, ".env": "KEY=s3cret-2\n"})
    found = shown(hovered(workspace))
    assert found == (
        "Set in [.env:1](file://.env#L1,1), which wins over this.\n\n"
        "Read in [main.py:3](file://main.py#L3,19)"
    )
    text = text.replace("K‸EY", "KEY").replace("s3cret-1", "‸s3cret-1")
    assert shown(hovered(MarkedWorkspace(tmp_path, {JSON: text, "main.py": source}))) == found


def test_an_environment_variable_that_nothing_is_known_of_says_what_it_is(tmp_path: Path) -> None:
    text = config(entry("greet"), more=',\n  "env_vars": {"K‸EY": "s3cret-1"}')
    found = shown(hovered(MarkedWorkspace(tmp_path, {JSON: text, "main.py": GREET})))
    assert "Environment variable of this name" in found
    assert "s3cret" not in found


def test_the_agent_and_its_tags_ask_what_happened(tmp_path: Path) -> None:
    for text, tag in {
        config(entry("greet", "‸hello")): "hello",
        config(entry("‸greet", "hello")): "hello",
        config(entry("greet"), agent_id="‸a1"): None,
    }.items():
        hover = hovered(MarkedWorkspace(tmp_path, {JSON: text, "main.py": GREET}))
        assert hover is not None
        assert hover.asks == (Happened(tmp_path / JSON, tag),)


@pytest.mark.parametrize("name", [JSON, YAML])
@pytest.mark.parametrize("project", PROJECTS)
def test_each_key_of_each_real_configuration_is_explained(
    tmp_path: Path, project: str, name: str
) -> None:
    path = build(project, tmp_path)
    value: Any = json.loads(path.read_text("utf-8"))
    if name == YAML:
        path.unlink()
        path = tmp_path / name
        ruamel.yaml.YAML().dump(value, path)
    snapshot = AgentWorkspace(lambda _config: Selection())
    snapshot.discovered(tmp_path, [path])
    loaded = snapshot.project(path)
    document = loaded.document
    assert document.value == value
    for at in paths_of(value):
        parts: tuple[Part, ...] = ("key", "value") if isinstance(at[-1], str) else ("value",)
        known = field(at, value)
        for part in parts if known is not None and known.documentation else ():
            hover = config_hover(snapshot, loaded, document.span(at, part).start)
            is_container = part == "value" and isinstance(value_at(value, at), dict | list)
            if is_container and document.text[document.span(at).start] not in "{[":
                continue  # without brackets, its first child begins where it does
            assert hover is not None, at
            assert hover.span == document.span(at, part)
            assert plain_text(hover.filled(lambda _: None))
    for offset in range(len(document.text) + 1):
        config_hover(snapshot, loaded, offset)


def paths_of(value: Any, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    steps: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        steps = list(value.items())
    elif isinstance(value, list):
        steps = list(enumerate(value))
    found = []
    for step, inner in steps:
        found += [(*at, step), *paths_of(inner, (*at, step))]
    return found


@pytest.mark.parametrize("cut", range(0, 300, 7))
def test_any_beginning_of_a_text_can_be_hovered(tmp_path: Path, cut: int) -> None:
    text = config(entry("greet", "hello"), more=',\n  "env_vars": {"KEY": "x"}')[:cut]
    (tmp_path / JSON).write_text(text, "utf-8")
    (tmp_path / "main.py").write_text(GREET, "utf-8")
    snapshot = AgentWorkspace(lambda _config: Selection())
    project = load_project(tmp_path / JSON, snapshot.files)
    for offset in range(len(text) + 1):
        hover = config_hover(snapshot, project, offset)
        assert hover is None or hover.span.start <= offset <= hover.span.end


def test_types_follow_edits_of_the_files_they_are_defined_in(tmp_path: Path) -> None:
    workspace = MarkedWorkspace(
        tmp_path,
        {
            f"agent/{JSON}": config(entry("‸greet")),
            "agent/main.py": "from models import ids\n\ndef greet(a: ids): ...\n",
            "agent/models.py": "ids = list[int]\n",
        },
    )
    before = shown(hovered(workspace))
    assert "| `a` | `number[]` | `[]int` | `Vec<i64>` |" in before
    assert shown(hovered(workspace)) == before
    workspace.snapshot.open(tmp_path / "agent" / "models.py", "ids = list[str]\n")
    after = shown(hovered(workspace))
    assert "| `a` | `string[]` | `[]string` | `Vec<String>` |" in after


def test_what_running_told_is_shown(tmp_path: Path) -> None:
    workspace = MarkedWorkspace(
        tmp_path, {JSON: config(entry("‸app")), "main.py": "from somewhere import app\n"}
    )
    path, _ = workspace.cursor
    value = workspace.snapshot.project(path).entrypoints[0].value
    at = Step(tmp_path / "lib" / "somewhere.py", 12)
    seen = ObservedEntrypoint(value, exists=True, kind="coroutine function", at=at)
    workspace.snapshot.observe(path, Observation(Path("python"), "3.12.1", (seen,)))
    assert shown(hovered(workspace)) == (
        "**Gives one result** · coroutine function when it was run"
        " · defined in [somewhere.py:12](file://somewhere.py#L12,1)"
    )
    other = ObservedEntrypoint({"tag": "x"}, exists=True, kind="function")
    workspace.snapshot.observe(path, Observation(Path("python"), "3.12.1", (other,)))
    assert "cannot be read from the source" in shown(hovered(workspace))
