"""What is said about a wrong configuration. That it is said when the real loader refuses, and
only then, is held by tests/contracts/config.
"""

from __future__ import annotations

import copy
import tracemalloc
from typing import Any

import pytest

from runagent_ls.jsontree import parse
from runagent_ls.jsontree.document import MISSING, JsonValue, Path
from runagent_ls.schema import validation
from runagent_ls.schema.validation import validate_config

PYTHON: dict[str, JsonValue] = {"file": "main.py", "module": "greet", "tag": "greet"}
WEBHOOK: dict[str, JsonValue] = {
    "webhook_url": "http://localhost:1/",
    "method": "post",
    "tag": "ask",
}
BASE: dict[str, Any] = {
    "agent_name": "demo",
    "description": "d",
    "framework": "default",
    "template": "",
    "version": "1.0.0",
    "created_at": "2025-06-25T13:42:03",
    "template_source": {"repo_url": "", "author": "", "path": ""},
    "agent_architecture": {"entrypoints": [PYTHON]},
    "agent_id": "x",
}
AT: Path = ("agent_architecture", "entrypoints")


def changed(path: Path, value: Any) -> dict[str, Any]:
    config = copy.deepcopy(BASE)
    holder: Any = config
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    return config


def with_entrypoints(*entrypoints: JsonValue) -> dict[str, Any]:
    return changed(AT, list(entrypoints))


def test_a_good_configuration_has_no_problems() -> None:
    assert validate_config(BASE) == ()
    assert validate_config(with_entrypoints(WEBHOOK)) == ()
    assert validate_config(MISSING) == ()


@pytest.mark.parametrize("value", [{}, [], None])
def test_empty(value: JsonValue) -> None:
    (problem,) = validate_config(value)
    assert (problem.kind, problem.path, problem.refused) == ("empty", (), True)


@pytest.mark.parametrize("value", ["text", 1, [1], True])
def test_not_an_object(value: JsonValue) -> None:
    (problem,) = validate_config(value)
    assert (problem.kind, problem.path, problem.expected) == ("type", (), ("object",))


@pytest.mark.parametrize("key", [key for key in BASE if key != "agent_architecture"])
def test_missing_field(key: str) -> None:
    config = {name: value for name, value in BASE.items() if name != key}
    (problem,) = validate_config(config)
    assert (problem.kind, problem.path, problem.key) == ("missing", (), key)
    assert f'"{key}"' in problem.message


@pytest.mark.parametrize(
    ("path", "value", "kind", "words"),
    [
        (("version",), 1.0, "type", '"version" must be a text, not a number. Write it in quotes.'),
        (("version",), None, "null", '"version" must be a text, not null.'),
        (("agent_id",), ["x"], "type", '"agent_id" must be a text, not a list.'),
        (("template_source",), "x", "type", '"template_source" must be an object, not a text.'),
        (("template_source", "path"), True, "type", '"path" must be a text, not true or false.'),
        (("framework",), 3, "type", '"framework" must be a text, not a number.'),
        (("created_at",), True, "type", '"created_at" must be a text or a number, not true or'),
        (("created_at",), 1e18, "type", "outside the years 1 to 9999"),
        (("created_at",), float("nan"), "type", '"created_at"'),
        ((*AT[:1],), [], "type", '"agent_architecture" must be an object, not a list.'),
        (AT, {}, "type", '"entrypoints" must be a list, not an object.'),
        ((*AT, 0), "main.py", "type", "An entrypoint must be an object, not a text."),
        ((*AT, 0, "tag"), None, "null", '"tag" must be a text, not null.'),
        ((*AT, 0, "extractor"), {"a": 1}, "type", '"a" must be a text, not a number.'),
    ],
)
def test_wrong_value(path: Path, value: JsonValue, kind: str, words: str) -> None:
    (problem,) = validate_config(changed(path, value))
    assert problem.kind == kind
    assert problem.path == (path if words[1:2] != "a" or path[-1] != "extractor" else (*path, "a"))
    assert words in problem.message


@pytest.mark.parametrize(
    ("value", "nearest"),
    [
        ("custom", "default"), ("LangGraph", "langgraph"), ("lang_chain", "langchain"),
        ("llama_index", "llamaindex"), ("crew ai", "crewai"), ("zzz", None), ("openclaw", None),
    ],
)  # fmt: skip
def test_unknown_framework(value: str, nearest: str | None) -> None:
    (problem,) = validate_config(changed(("framework",), value))
    assert (problem.kind, problem.path, problem.nearest) == ("enum", ("framework",), nearest)
    assert (nearest or "n8n") in problem.message


def test_frameworks_of_later_versions_are_named_as_such() -> None:
    (problem,) = validate_config(changed(("framework",), "picoclaw"))
    assert problem.refused
    assert "later versions take it" in problem.message


def test_unknown_keys_are_not_refused_and_the_nearest_is_named() -> None:
    config = {**BASE, "agentname": 1, "env_var": 2, "metadata": {}, "$schema": "x", "_note": 1}
    config["template_source"] = {**BASE["template_source"], "repourl": ""}
    found = [(it.path, it.nearest, it.refused, it.part) for it in validate_config(config)]
    assert found == [
        (("agentname",), "agent_name", False, "key"),
        (("env_var",), "env_vars", False, "key"),
        (("template_source", "repourl"), "repo_url", False, "key"),
    ]


@pytest.mark.parametrize(("typed", "meant"), [("tga", "tag"), ("flie", "file"), ("tab", None)])
def test_letters_that_changed_places_in_a_short_key(typed: str, meant: str | None) -> None:
    config = changed((*AT, 0, typed), "greet")
    assert [it.nearest for it in validate_config(config) if it.key == typed] == [meant]


def test_keys_of_the_author_are_free_where_names_are_free() -> None:
    config = {**BASE, "env_vars": {"tagg": "1"}, "auth_settings": {"typ": 1}}
    assert validate_config(config) == ()


def test_only_the_branch_of_the_keys_present() -> None:
    found = validate_config(with_entrypoints({"file": "main.py", "module": "greet"}))
    assert [(it.kind, it.path, it.key) for it in found] == [("missing", (*AT, 0), "tag")]
    found = validate_config(with_entrypoints({"webhook_url": "x", "tag": "ask"}))
    assert [(it.kind, it.path, it.key) for it in found] == [("missing", (*AT, 0), "method")]


def test_the_framework_decides_for_an_empty_entrypoint() -> None:
    config = with_entrypoints({})
    assert [it.key for it in validate_config(config)] == ["file", "module", "tag"]
    config["framework"] = "n8n"
    assert [it.key for it in validate_config(config)] == ["webhook_url", "method", "tag"]


def test_mixed_entrypoints_are_one_problem() -> None:
    (problem,) = validate_config(with_entrypoints(PYTHON, WEBHOOK, {**PYTHON, "tag": "x"}))
    assert (problem.kind, problem.path) == ("mixed-entrypoints", (*AT, 1))


def test_both_sorts_of_keys_count_as_python() -> None:
    found = validate_config(with_entrypoints({**WEBHOOK, **PYTHON}, {**PYTHON, "tag": "x"}))
    assert [(it.kind, it.refused) for it in found] == [("unknown-key", False)] * 2


def test_equal_tags() -> None:
    found = validate_config(with_entrypoints(PYTHON, {**PYTHON, "tag": "Greet"}, PYTHON, PYTHON))
    assert [(it.kind, it.path) for it in found] == [
        ("duplicate-tag", (*AT, 2, "tag")),
        ("duplicate-tag", (*AT, 3, "tag")),
    ]


def test_yaml_values_that_are_no_texts() -> None:
    text = "version: 2025-01-01\nenv_vars: {1: a, b: yes}\ncreated_at: 2025-01-01\n"
    found = {it.path: it for it in validate_config(parse(text, "yaml").value) if it.path}
    assert set(found) == {("version",), ("env_vars", "1"), ("env_vars", "b")}
    assert "not a timestamp. Write it in quotes." in found["version",].message
    assert (found["env_vars", "1"].part, found["env_vars", "1"].kind) == ("key", "type")


def test_what_was_found_before_does_not_hide_another_type() -> None:
    """True, 1 and 1.0 are equal in Python and differ for the loader."""
    for value, expected in [(1, 0), (True, 1), (1.0, 0), (True, 1), ("x", 0)]:
        assert len(validate_config(changed(("created_at",), value))) == expected
    timeouts: list[tuple[JsonValue, int]] = [
        (60, 0), (60.5, 1), ("60", 0), ("sixty", 1), (True, 0), (None, 1),
    ]  # fmt: skip
    for timeout, expected in timeouts:
        config = with_entrypoints({**WEBHOOK, "timeout": timeout})
        assert len(validate_config(config)) == expected


def test_an_edit_costs_one_entrypoint(monkeypatch: pytest.MonkeyPatch) -> None:
    plain: dict[str, Any] = dict(PYTHON)
    entrypoints = [
        {**plain, "tag": f"t{number}", "extractor": {"a": f"$.{number}"}} for number in range(50)
    ]
    config = with_entrypoints(*entrypoints)
    validate_config(config)
    applied: list[str] = []
    original = validation._apply

    def counted(part: str, value: JsonValue) -> Any:
        applied.append(part)
        return original(part, value)

    monkeypatch.setattr(validation, "_apply", counted)
    validate_config(copy.deepcopy(config))
    assert applied == []
    config["agent_architecture"]["entrypoints"][7]["extractor"] = {"b": "$"}
    validate_config(config)
    assert applied == ["python"]


def test_deep_values_under_unknown_keys_are_not_looked_at() -> None:
    deep: list[Any] = []
    for _ in range(5_000):
        deep = [deep]
    config = {**with_entrypoints({**PYTHON, "x": deep}), "metadata": deep, "env_vars": {"A": deep}}
    assert {it.path for it in validate_config(config)} == {(*AT, 0, "x"), ("env_vars", "A")}


def test_edits_of_a_long_text_are_not_all_remembered() -> None:
    tracemalloc.start()
    try:
        for number in range(30):
            validate_config(changed(("description",), f"{number}" + "x" * 1_000_000))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 10_000_000  # bytes
