"""Our verdict on a configuration is that of the real loader, and so is the place of each error."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import pytest

from runagent_ls.jsontree import parse
from runagent_ls.jsontree.document import Document
from runagent_ls.schema.problem import SchemaProblem
from runagent_ls.schema.validation import validate_config

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    AskRealLoader = Callable[[Sequence[tuple[str, str]]], list[dict[str, Any]]]

ENTRYPOINTS = ("agent_architecture", "entrypoints")
BRANCHES = ("list[PythonicEntryPoint]", "list[WebHookEntryPoint]")


def judged(name: str, text: str) -> tuple[Document, tuple[SchemaProblem, ...], bool]:
    document = parse(text, "json" if name.endswith(".json") else "yaml")
    problems = validate_config(document.value)
    accepted = not any(it.breaks_loader for it in document.problems) and not any(
        it.refused for it in problems
    )
    return document, problems, accepted


def real_places(errors: list[list[Any]], branch: str) -> set[tuple[Any, ...]]:
    """Places of the loader's errors, of one branch of the entrypoints only."""
    places = set()
    for location in errors:
        if any(other in location for other in BRANCHES if other != branch):
            continue
        places.add(tuple(step for step in location if step not in (branch, "[key]")))
    return places


def our_places(problems: Iterable[SchemaProblem]) -> set[tuple[Any, ...]]:
    """Ours in the loader's terms: the key itself for a missing one, the list for equal tags."""
    places: set[tuple[Any, ...]] = set()
    for problem in problems:
        if not problem.refused:
            continue
        if problem.kind == "missing":
            places.add((*problem.path, problem.key))
        elif problem.kind == "duplicate-tag":
            places.add(ENTRYPOINTS)
        else:
            places.add(problem.path)
    return places


def check_places(problems: tuple[SchemaProblem, ...], errors: list[list[Any]], text: str) -> None:
    ours = our_places(problems)
    if any(problem.kind == "mixed-entrypoints" for problem in problems):
        # Here each entrypoint is judged by its own kind, which the loader never does.
        def inside(places: set[tuple[Any, ...]]) -> set[tuple[Any, ...]]:
            return {place for place in places if place[:2] != ENTRYPOINTS}

        assert inside(ours) == inside(real_places(errors, BRANCHES[0])), text
        return
    per_branch = [real_places(errors, branch) for branch in BRANCHES]
    if any(place[:2] == ENTRYPOINTS and len(place) > 2 for place in per_branch[0]):
        # The loader compares tags only when every entrypoint is right.
        ours.discard(ENTRYPOINTS)
    assert ours in per_branch, text


def test_recorded_cases(recorded_cases: list[dict[str, Any]]) -> None:
    assert len(recorded_cases) == 204
    for case in recorded_cases:
        text = case["raw"] if "raw" in case else json.dumps(case["config"])
        _, problems, accepted = judged("runagent.config.json", text)
        assert accepted == case["accepted"], (case["name"], problems)
        if "errors" in case:
            errors = [error["loc"] for error in case["errors"]]
            check_places(problems, errors, case["name"])


def test_recorded_cases_still_hold(
    recorded_cases: list[dict[str, Any]], ask_real_loader: AskRealLoader
) -> None:
    texts = [
        case["raw"] if "raw" in case else json.dumps(case["config"]) for case in recorded_cases
    ]
    verdicts = ask_real_loader([("runagent.config.json", text) for text in texts])
    for case, verdict in zip(recorded_cases, verdicts, strict=True):
        assert verdict["accepted"] == case["accepted"], case["name"]


@pytest.mark.parametrize("seed", [1, 2])
def test_mutated_configs(ask_real_loader: AskRealLoader, mutated: Any, seed: int) -> None:
    cases = [json.dumps(config) for config in mutated.configs(500, seed)]
    name = "runagent.config.json"
    verdicts = ask_real_loader([(name, text) for text in cases])
    assert 50 < sum(verdict["accepted"] for verdict in verdicts) < 450
    for text, verdict in zip(cases, verdicts, strict=True):
        _, problems, accepted = judged(name, text)
        assert accepted == verdict["accepted"], (text, problems, verdict)
        if verdict["errors"]:
            check_places(problems, verdict["errors"], text)


def test_mutated_texts(ask_real_loader: AskRealLoader, mutated: Any) -> None:
    name = "runagent.config.json"
    cases = mutated.texts(600, 3, mutated.BASE_TEXT)
    for text, verdict in zip(cases, ask_real_loader([(name, text) for text in cases]), strict=True):
        document, problems, accepted = judged(name, text)
        assert accepted == verdict["accepted"], (text, document.problems, problems, verdict)
        if not verdict["errors"]:
            continue
        check_places(problems, verdict["errors"], text)


YAML_VALUES = """yes|no|on|~|null|1|010|0x1F|0b11|1_000|1:30|1.5|1e3|1.5e+3|.inf|.nan|2025-01-01
2025-01-01 1:2:3|2025-01-01T01:02:03Z|2025-01-01 01:02:03 +5:30|2025-1-1 01:02:03|2025-13-01|=|<<
"x"|'x'|!!str 1|!!int "3"|!!int x|!!float 3|!!bool yes|!!null x|!!timestamp 2025-01-01|!foo 1|! 1
!!python/none x|[a]|{a: b}|!!set {a}|!!seq [a]|!!map {a: b}|!!omap [a: b]|!!pairs [a: b]|*x|&x y
&x !!str y|"\\q"|"\\x41"|a: b|@x|`x|%x|- x|? x|a#b|a #b|[a,b|{a|"x|{a: 1, a: 2}|!!str [a]|!!map x
!!seq x|2025-01-01T25:00:00|1__0|0o17|+1|-0x1|08|0.|.|-|!!float nan|!<tag:yaml.org,2002:str> 1
{<<: {a: b}}|{<<: [a]}|{1: a}|{yes: a}|{null: a}|{2025-01-01: a}|{[a]: b}|{{a: b}: c}|{? a}
{1.5: a}|{"a": 1}|{a: "1", <<: {b: "2"}}|0.1_0|_1|1,000|!!int 0x1F|!!timestamp x|!!bool maybe
!!set [a]|!!omap {a: b}|!!omap [a]|\ta|.5|-.5|+.inf|1:60|190:20:30.15|n|y|NO|nO|Null|nUll|[a:, b]"""
YAML_FIELDS = ("agent_name", "created_at", "env_vars", "persistent_folders", "metadata", "  A")


def test_yaml_values(ask_real_loader: AskRealLoader, mutated: Any) -> None:
    """Each way to write a value, as PyYAML and not as YAML 1.2 reads it, in each sort of field."""
    cases = []
    for field in YAML_FIELDS:
        for value in YAML_VALUES.replace("\n", "|").split("|"):
            lines = (mutated.BASE_YAML + "metadata: 1\n").splitlines()
            cases.append(
                "\n".join(
                    f"{field}: {value}" if line.startswith(f"{field}:") else line for line in lines
                )
            )
    name = "runagent.config.yaml"
    for text, verdict in zip(cases, ask_real_loader([(name, text) for text in cases]), strict=True):
        document, problems, accepted = judged(name, text)
        assert accepted == verdict["accepted"], (text, document.problems, problems, verdict)


def test_mutated_yaml(ask_real_loader: AskRealLoader, mutated: Any) -> None:
    name = "runagent.config.yaml"
    cases = [json.dumps(config, indent=1) for config in mutated.configs(100, 4)]
    cases += mutated.texts(500, 5, mutated.BASE_YAML)
    for text, verdict in zip(cases, ask_real_loader([(name, text) for text in cases]), strict=True):
        document, problems, accepted = judged(name, text)
        assert accepted == verdict["accepted"], (text, document.problems, problems, verdict)
        if verdict["errors"]:
            check_places(problems, verdict["errors"], text)
