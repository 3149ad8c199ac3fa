"""Keys: which are offered, and what stands in the text once one is chosen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from completing import FRESH, JSON_CONFIG, YAML_CONFIG, Completing, value_after
from runagent_ls.features.completion.model import Hole, plain_text
from runagent_ls.features.markup.content import Source


@pytest.fixture
def agent(tmp_path: Path) -> Completing:
    return Completing(tmp_path / "demo", main="def greet(name: str) -> str: ...\n")


def test_only_missing_keys_are_offered_required_ones_first(agent: Completing) -> None:
    found = agent.here('{"agent_name": "x", "env_vars": {}, ‸}')
    assert "agent_name" not in found
    assert "env_vars" not in found
    details = [it.detail for it in found.values() if it.kind == "property"]
    assert details == sorted(details, reverse=True)
    assert set(details) == {"required", "optional"}
    assert "exactly" in str(found["framework"].documentation)


def test_a_key_without_a_value_counts_as_there(agent: Completing) -> None:
    assert "framework" not in agent.labels('{"framework": , ‸}')
    assert "framework" in agent.labels('{"framework‸": , "version": "1"}')


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("{‸}", '{"version": "1.0.0"}'),
        ('{"ver‸"}', '{"version": "1.0.0"}'),
        ("{ver‸}", '{"version": "1.0.0"}'),
        ('{"ver‸\n}', '{"version": "1.0.0"\n}'),
        ('{\n  "ver‸"\n  "agent_name": "x"\n}', '{\n  "version": "1.0.0",\n  "agent_name": "x"\n}'),
        ('{"agent_name": "x" ‸}', '{"agent_name": "x", "version": "1.0.0"}'),
        ('{"agent_name": "x"\n "v‸"}', '{"agent_name": "x",\n "version": "1.0.0"}'),
        ('{"metadata": {}‸}', '{"metadata": {}, "version": "1.0.0"}'),
        ('{"agent_name":"x","v‸"}', '{"agent_name":"x","version":"1.0.0"}'),
        ('{"agent_name": "x",‸', '{"agent_name": "x","version": "1.0.0"'),
        ('{\n  "agent_name": "x",‸\n}', '{\n  "agent_name": "x",\n  "version": "1.0.0"\n}'),
        ('{\n\t"metadata": {\n\t}‸\n}', '{\n\t"metadata": {\n\t},\n\t"version": "1.0.0"\n}'),
        ('{\n  "agent_name": "x", ‸\n}', '{\n  "agent_name": "x", "version": "1.0.0"\n}'),
        ('{"agent_name": "x",‸\n}', '{"agent_name": "x","version": "1.0.0"\n}'),
        ('{\n  "agent_name": "{",ver‸\r\n}', '{\n  "agent_name": "{",\n  "version": "1.0.0"\r\n}'),
        ('{ ‸ "agent_name": "x"}', '{ "version": "1.0.0", "agent_name": "x"}'),
        ('{"vers‸x": "2", "template": ""}', '{"version": "2", "template": ""}'),
        ("{'vers‸x': 2}", '{"version": 2}'),
        ('{"a": 1, "‸": 2}', '{"a": 1, "version": 2}'),
    ],
)
def test_commas_colons_and_quotes_are_right(agent: Completing, before: str, after: str) -> None:
    assert agent.choose(before, "version") == after


def test_an_existing_key_is_replaced_alone(agent: Completing) -> None:
    item = agent.here('{"vers‸x": "2"}')["version"]
    assert item.parts == ("version",)
    assert item.insert is not None
    assert item.insert.end < item.replace.end


def test_half_a_key_in_quotes_is_found_by_what_is_written(agent: Completing) -> None:
    assert agent.here('{"ver‸"}')["version"].filter_text.startswith('"ver')
    assert agent.here("{ver‸}")["version"].filter_text.startswith("ver")


def test_values_to_begin_with(agent: Completing) -> None:
    found = value_after(agent, "{‸}", "All required fields")
    assert found["agent_name"] == "demo"
    assert found["created_at"] == "2026-03-01T12:30:00"
    assert found["agent_id"] == FRESH.agent_id
    assert found["template_source"] == {"repo_url": "", "author": "", "path": ""}
    framework = agent.here("{‸}")["framework"]
    hole = next(part for part in framework.parts if isinstance(part, Hole))
    assert hole.text == "default"
    assert "langgraph" in hole.choices


def test_new_lines_follow_the_indentation_and_line_ends(agent: Completing) -> None:
    text = '{\r\n\t"agent_name": "x",\r\n\t‸\r\n}\r\n'
    after = agent.choose(text, "template_source")
    assert '\t"template_source": {\r\n\t\t"repo_url": "",\r\n' in after
    assert after.endswith('\t\t"path": ""\r\n\t}\r\n}\r\n')
    assert "\n" not in agent.choose('{"agent_name": "x", ‸}', "template_source")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        *(("‸", name) for name in (JSON_CONFIG, YAML_CONFIG)),
        *((text, JSON_CONFIG) for text in ("{‸}", "{\n\t‸\n}\n")),
        *((text, YAML_CONFIG) for text in ("ru‸", "# mine\n‸\n")),
    ],
)
def test_a_whole_configuration_where_nothing_is(agent: Completing, text: str, name: str) -> None:
    found = value_after(agent, text, "RunAgent configuration", name)
    entry = {"file": "main.py", "module": "greet", "tag": "greet"}
    assert found["agent_architecture"] == {"entrypoints": [entry]}
    assert found["version"] == "1.0.0"


def test_webhooks_have_keys_of_their_own(agent: Completing) -> None:
    entry = '{"framework": "n8n", "agent_architecture": {"entrypoints": [{‸}]}}'
    assert set(agent.labels(entry)) == {"webhook_url", "method", "tag", "timeout", "extractor"}
    one = '{"agent_architecture": {"entrypoints": [{"file": "a.py"}, {"webhook_url": "x", ‸}]}}'
    assert set(agent.labels(one)) == {"method", "tag", "timeout", "extractor"}
    method = one.replace("‸", '"method": "‸"')
    assert agent.labels(method) == ["post", "get"]
    assert (
        value_after(agent, one, "timeout")["agent_architecture"]["entrypoints"][1]["timeout"] == 30
    )


def test_keys_of_environment_variables(agent: Completing) -> None:
    agent.write("main.py", 'import os\nos.getenv("FROM_CODE")\nos.environ["BOTH"]\n')
    agent.write(".env", "BOTH=secret\nFROM_FILE=hidden\n")
    agent.write(".env.example", "FROM_EXAMPLE=\n")
    found = agent.here('{"env_vars": {"FROM_CODE": "1", ‸}}')
    assert list(found) == ["FROM_EXAMPLE", "BOTH", "FROM_FILE"]
    assert found["BOTH"].detail == "set in .env, which wins"
    assert "secret" not in str(found)
    assert "hidden" not in str(found)
    assert value_after(agent, '{"env_vars": {‸}}', "FROM_CODE") == {"env_vars": {"FROM_CODE": ""}}


def test_nothing_where_nothing_can_be_said(agent: Completing) -> None:
    for text in (
        '{"a" ‸: 1}', '{"agent_name": "x‸', "[1, ‸]", '{"metadata": {‸}}', '{} ‸',
        '{"env_vars": {"A": "‸"}}', '{"a": 1 // ‸ comment\n}', '{"framework": ‸{}}',
    ):  # fmt: skip
        assert [it for it in agent.labels(text) if it != "a"] in ([], ["demo"]), text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("‸", 'version: "1.0.0"'),
        ("agent_name: x\nver‸", 'agent_name: x\nversion: "1.0.0"'),
        ("agent_name: x\n‸\nmetadata: {}\n", 'agent_name: x\nversion: "1.0.0"\nmetadata: {}\n'),
        ("vers‸x: 2\n", "version: 2\n"),
        ('"vers‸x": 2\n', '"version": 2\n'),
        ("{ver‸}", '{"version": "1.0.0"}'),
    ],
)
def test_keys_in_yaml(agent: Completing, before: str, after: str) -> None:
    assert agent.choose(before, "version", YAML_CONFIG) == after


def test_objects_in_yaml_are_indented(agent: Completing) -> None:
    text = "agent_name: x\r\nagent_architecture:\r\n    ‸\r\nmetadata: {}\r\n"
    after = agent.choose(text, "entrypoints", YAML_CONFIG)
    lines = "entrypoints:", "    - file: main.py", "      module: greet", "      tag: greet"
    assert after == text.replace("‸", "\r\n    ".join(lines))


def test_half_a_key_of_broken_yaml_knows_its_neighbours(agent: Completing) -> None:
    text = (
        "agent_architecture:\n  entrypoints:\n    - file: main.py\n      ‸\n      tag: greet\n"
        "    - file: main.py\n      module: greet\n      tag: other\n"
    )
    assert agent.labels(text.replace("‸", "mo‸"), YAML_CONFIG) == ["module", "extractor"]
    found = value_after(agent, text, "module", YAML_CONFIG)
    assert found["agent_architecture"]["entrypoints"][0]["tag"] == "greet"


def test_the_cursor_goes_into_empty_objects(agent: Completing) -> None:
    parts = agent.here("{‸}")["env_vars"].parts
    assert parts[-3:] == ("{", Hole(), "}")


def test_what_is_written_at_once_is_shown_before(agent: Completing) -> None:
    whole = agent.here("‸")["RunAgent configuration"]
    (preview,) = whole.documentation
    assert isinstance(preview, Source)
    assert preview.language == "json"
    assert json.loads(preview.text) == json.loads(plain_text(whole.parts))
    one = agent.here('{"agent_architecture": {"entrypoints": [‸]}}')["New entrypoint"]
    assert '"module": "greet"' in str(one.documentation)
    (preview,) = agent.here("‸", YAML_CONFIG)["RunAgent configuration"].documentation
    assert isinstance(preview, Source)
    assert preview.language == "yaml"
    assert preview.text.startswith("agent_name: demo\ndescription:")
