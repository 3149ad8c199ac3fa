"""The schema file itself, and what is told from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from runagent_ls.schema import loading
from runagent_ls.schema.facts import CONFIG_SCHEMA, FRAMEWORKS, field
from runagent_ls.schema.loading import load

FIRST = ("agent_architecture", "entrypoints", 0)


def described(schema: dict[str, Any], name: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for key, below in schema.get("properties", {}).items():
        if "$ref" not in below:
            yield f"{name}.{key}", below
            yield from described(below, f"{name}.{key}")
    for key, below in schema.get("$defs", {}).items():
        yield key, below
        yield from described(below, key)


FIELDS = list(described(load(CONFIG_SCHEMA)))


def test_the_schema_is_valid() -> None:
    Draft202012Validator.check_schema(load(CONFIG_SCHEMA))


@pytest.mark.parametrize(("name", "schema"), FIELDS, ids=[name for name, _ in FIELDS])
def test_each_field_is_documented_with_valid_examples(name: str, schema: dict[str, Any]) -> None:
    assert schema["description"].endswith(".")
    assert schema["markdownDescription"].split(".")[0].split(":")[0]
    if name not in {".$schema", ".metadata"}:
        assert schema["examples"]
    root = Draft202012Validator(load(CONFIG_SCHEMA))
    plain = {key: value for key, value in schema.items() if key != "$schema"}
    for value in [
        *schema.get("examples", []),
        *([schema["default"]] if "default" in schema else []),
    ]:
        assert list(root.evolve(schema=plain).iter_errors(value)) == []


def test_each_closed_value_is_documented() -> None:
    for name, schema in FIELDS:
        if "enum" in schema:
            assert len(schema["markdownEnumDescriptions"]) == len(schema["enum"]), name
    facts = field(("framework",), {})
    assert facts is not None
    assert "webhook" in facts.value_documentation["n8n"]
    assert set(facts.value_documentation) == set(FRAMEWORKS)


def test_facts_about_a_field() -> None:
    facts = field(("framework",), {})
    assert facts is not None
    assert facts.values == FRAMEWORKS
    assert facts.types == ("string",)
    assert "n8n" in facts.documentation
    facts = field(("env_vars",), {})
    assert facts is not None
    assert (facts.has_default, facts.default) == (True, {})
    facts = field((), {})
    assert facts is not None
    assert "agent_id" in facts.required
    assert "env_vars" in facts.fields


def test_facts_follow_the_kind_of_entrypoint() -> None:
    python = field((*FIRST, "tag"), {"framework": "default"})
    webhook = field((*FIRST, "tag"), {"framework": "n8n"})
    assert python is not None
    assert webhook is not None
    assert "streams" in python.documentation
    assert "cannot stream" in webhook.documentation
    assert field((*FIRST, "timeout"), {"framework": "default"}) is None
    config: Any = {"agent_architecture": {"entrypoints": [{"webhook_url": "x"}]}}
    assert field((*FIRST, "timeout"), config) is not None
    extractor = field((*FIRST, "extractor"), {})
    assert extractor is not None
    assert "JSONPath" in extractor.documentation


@pytest.mark.parametrize("path", [("nothing",), (0,), ("agent_name", "x"), (*FIRST, "x", 1)])
def test_no_facts_about_what_nobody_knows(path: tuple[str | int, ...]) -> None:
    assert field(path, {}) is None


def test_a_schema_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_LEVELS", 1)
    with pytest.raises(FileNotFoundError, match=r"nothing\.json is not installed\. Tried: /"):
        load("nothing.json")


@pytest.mark.parametrize("above", ["", "server", "server/libs"])
def test_schemas_are_found_in_a_wheel_and_in_the_extension(
    above: str, tmp_path: FilePath, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a wheel `schemas` lies in the package, in the extension beside `server`."""
    package = tmp_path / above / "runagent_ls"
    (package / "schema").mkdir(parents=True)
    schemas = (tmp_path if above else package) / "schemas"
    schemas.mkdir()
    (schemas / "some.json").write_text('{"title": "found"}', encoding="utf-8")
    monkeypatch.setattr(loading, "__file__", str(package / "schema" / "loading.py"))
    assert loading.load.__wrapped__("some.json") == {"title": "found"}
