"""Where a refactoring might go wrong it is not offered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from marked_text import CURSOR
from refactoring_cases import AGENT_ID, CONFIG, ask, config, entry, write
from runagent_ls.features.changes import Change
from runagent_ls.features.refactoring.offers import offers
from runagent_ls.text.lines import LineIndex


def titles(root: Path, files: dict[str, str]) -> list[str]:
    return [it.title for it in ask(files, root).offers]


def offered(root: Path, files: dict[str, str], beginning: str) -> bool:
    return any(title.startswith(beginning) for title in titles(root, files))


HERE = f"go{CURSOR}"
"""A tag with the cursor in it."""


@pytest.mark.parametrize(
    "module",
    ["greet", "greet.member", "1x", "class", "print", "__getattr__", "", "gréet x", "late"],
)
def test_no_function_of_a_name_that_is_there_or_cannot_be(module: str, tmp_path: Path) -> None:
    main = "def greet():\n    return 1\n\n\nif __name__ == '__main__':\n    late = 1\n"
    files = {CONFIG: config(entry(module, HERE)), "main.py": main}
    assert not offered(tmp_path, files, "Create")


@pytest.mark.parametrize(
    "main",
    [
        "def broken(:\n",
        "from other import *\n",
        "globals()['answer'] = len\n",
        "x = '''\n",
        "x = 1 \\\n",
    ],
)
def test_no_function_in_a_file_that_is_broken_or_may_have_it(main: str, tmp_path: Path) -> None:
    files = {CONFIG: config(entry("answer", HERE)), "main.py": main}
    assert not offered(tmp_path, files, "Create")


def test_no_function_that_would_have_to_stream_and_not(tmp_path: Path) -> None:
    both = (entry("answer", HERE), entry("answer", "answer_stream"))
    assert not offered(tmp_path, {CONFIG: config(*both), "main.py": "x = 1\n"}, "Create")
    assert not offered(tmp_path, {CONFIG: config(*both)}, "Create")
    one = {CONFIG: config(both[0]), "main.py": "x = 1\n"}
    assert offered(tmp_path / "one", one, "Create function")


@pytest.mark.parametrize(
    "file",
    (
        *("../main.py", "main", "main.txt", "a\\main.py", "/main.py", ".hidden/main.py", "json.py"),
        *("", "a//main.py", "there.py/main.py", "Main.py", "a /main.py"),
    ),
)
def test_no_file_outside_or_of_another_kind(file: str, tmp_path: Path) -> None:
    files = {CONFIG: config(entry("greet", HERE, file)), "there.py": "", "main.py": ""}
    assert not offered(tmp_path / "agent", files, "Create file")


@pytest.mark.parametrize("module", ["a.b", "print", "class"])
def test_no_file_without_all_that_is_looked_for_in_it(module: str, tmp_path: Path) -> None:
    files = {CONFIG: config(entry("greet", HERE, "new.py"), entry(module, "other", "new.py"))}
    assert not offered(tmp_path, files, "Create file")


@pytest.mark.parametrize(
    "source",
    [
        f"def {CURSOR}greet():\n    return 1\n",  # is exposed
        f"class A:\n    def {CURSOR}run(self):\n        return 1\n",
        f"class A:\n    def {CURSOR}__call__(self):\n        return 1\na = A()\n",
        f"class A:\n    def run(self):\n        def {CURSOR}run():\n            pass\na = A()\n",
        f"class A(Unknown):\n    def {CURSOR}run(self):\n        return 1\na = unknown(A())\n",
        f"class A:\n    @property\n    def {CURSOR}run(self):\n        return 1\na = A()\n",
        f"def f():\n    def {CURSOR}run():\n        return 1\n",
        f"if x:\n    def {CURSOR}run():\n        return 1\n",
        f"@unknown\ndef {CURSOR}run():\n    return 1\n",
        f"def {CURSOR}run():\n    return 1\nrun = 2\n",
        f"def run():\n    return {CURSOR}1\n",
        f"if __name__ == '__main__':\n    def {CURSOR}run():\n        return 1\n",
        f"text = '''\ndef {CURSOR}run():\n    pass\n'''\n",
        f"def {CURSOR}run(a, /):\n    return a\n",  # nobody could call it by name
        f"def {CURSOR}run(:\n    pass\n",
        f"{CURSOR}",
    ],
)
def test_nothing_is_exposed_that_may_not_be_called(source: str, tmp_path: Path) -> None:
    main = "" if "greet" in source else "def greet():\n    return 1\n"
    files = {CONFIG: config(entry("greet", "greet")), "main.py": main + source}
    assert not offered(tmp_path, files, "Expose")


@pytest.mark.parametrize(
    "more",
    [
        {"framework": "n8n"},
        {"agent_architecture": {"entrypoints": {}}},
        {"agent_architecture": []},
        {
            "agent_architecture": {
                "entrypoints": [{"webhook_url": "u", "method": "get", "tag": "t"}]
            }
        },
    ],
)
def test_nothing_is_exposed_where_functions_have_no_place(
    more: dict[str, Any], tmp_path: Path
) -> None:
    files = {CONFIG: config(**more), "main.py": f"def {CURSOR}greet():\n    return 1\n"}
    assert not offered(tmp_path, files, "Expose")
    files[CONFIG] = config()
    assert offered(tmp_path, files, "Expose")


@pytest.mark.parametrize("folder", [".venv/lib", "env/site-packages/x", "node_modules", "agents"])
def test_nothing_of_somebody_else_is_exposed(folder: str, tmp_path: Path) -> None:
    files = {CONFIG: config(), f"{folder}/main.py": f"def {CURSOR}greet():\n    return 1\n"}
    assert offered(tmp_path, files, "Expose") == (folder == "agents")


def test_a_generator_is_exposed_as_a_stream_alone(tmp_path: Path) -> None:
    files = {CONFIG: config(), "main.py": f"def {CURSOR}greet():\n    yield 1\n"}
    assert titles(tmp_path, files) == [
        "Expose greet as the entrypoint greet_stream",
        "Expose greet as the entrypoints greet and greet_stream",
    ]


def test_a_function_is_exposed_in_the_nearest_agent(tmp_path: Path) -> None:
    files = {
        CONFIG: config(),
        f"inner/{CONFIG}": config(),
        "inner/main.py": f"def {CURSOR}greet():\n    return 1\n",
    }
    (offer,) = ask(files, tmp_path).offers
    assert {edit.file for edit in offer.change.edits} == {tmp_path / "inner" / CONFIG}


@pytest.mark.parametrize(
    "source",
    [
        "def count():\n    return [1]\n",
        "@decorated\ndef count():\n    yield 1\n",
        "from other import count\n",
        "def count():\n    yield 1\ndef count():\n    yield 2\n",
        "def count(now=time()):\n    yield 1\n",
        "def count(x=(y := 1)):\n    yield 1\n",
        "def count(count):\n    yield 1\n",
        "def count():\n    yield 1\n(\n",
    ],
)
@pytest.mark.parametrize("tag", [HERE, f"{HERE}_stream"])
def test_only_a_plain_generator_is_split(source: str, tag: str, tmp_path: Path) -> None:
    files = {
        CONFIG: config(entry("count", tag)),
        "main.py": source,
        "other.py": "def count():\n    yield 1\n",
    }
    assert not [it for it in titles(tmp_path, files) if it.startswith(("Split", "Add"))]


def test_nothing_is_split_that_an_extractor_looks_into(tmp_path: Path) -> None:
    files = {
        CONFIG: config(entry("count", HERE, extractor={"a": "$.a"})),
        "main.py": "def count():\n    yield {'a': 1}\n",
    }
    assert not offered(tmp_path, files, "Split")


def test_no_second_entrypoint_that_answers_in_one_piece(tmp_path: Path) -> None:
    main = "def count():\n    yield 1\n"
    taken = (entry("count", f"{HERE}_stream"), entry("other", "go"))
    assert not offered(tmp_path, {CONFIG: config(*taken), "main.py": main}, "Add")
    assert offered(tmp_path, {CONFIG: config(taken[0]), "main.py": main}, "Add")


@pytest.mark.parametrize(
    "value",
    [1, None, ["x"], {"a": "b"}, "${HOME}/x", "nul\0"],
)
def test_no_value_moves_that_cannot_be_said_in_env(value: object, tmp_path: Path) -> None:
    text = config(env_vars={"NAME": value}).replace('"NAME"', f'"NA{CURSOR}ME"')
    assert not offered(tmp_path, {CONFIG: text}, "Move")


@pytest.mark.parametrize(
    ("env", "gitignore"),
    [
        ("NAME\n", ".env\n"),  # RunAgent refuses such a line
        ("OTHER='open\n", ".env\n"),  # its quote would end in the value
        ("OTHER=1\n", "!.env\n"),  # is uploaded whatever stands beside it
    ],
)
def test_nothing_moves_into_an_env_that_would_not_hold_or_keep_it(
    env: str, gitignore: str, tmp_path: Path
) -> None:
    files = {
        CONFIG: config(env_vars={"NAME": f"it's{CURSOR}"}),
        ".env": env,
        ".gitignore": gitignore,
    }
    assert titles(tmp_path, files) == []
    files |= {".env": "OTHER=1\n", ".gitignore": ".env\n"}
    assert titles(tmp_path, files) == ["Move NAME to .env"]


def test_nothing_moves_out_of_a_broken_configuration(tmp_path: Path) -> None:
    text = config(env_vars={"NAME": "x"}).replace('"agent_id"', f'"agent{CURSOR}_id"')
    unclosed = text.replace('"env_vars": {', '"env_vars": {,\n  "more": {')
    assert not offered(tmp_path, {CONFIG: unclosed}, "Move")


def test_nothing_moves_past_an_equal_key(tmp_path: Path) -> None:
    text = config(env_vars={"NAME": "x", "NAM": "y"}).replace('"NAM"', f'"NA{CURSOR}ME"')
    assert titles(tmp_path, {CONFIG: text}) == []


def test_only_the_old_form_is_migrated(tmp_path: Path) -> None:
    assert not offered(tmp_path, {CONFIG: config(entry("greet", HERE))}, "Migrate")
    unclear = {"file": 3, "module": "greet", "type": f"generic{CURSOR}"}
    assert not offered(tmp_path, {CONFIG: config(unclear)}, "Migrate")


@pytest.mark.parametrize("agent_id", ["", "00000000-0000-0000-0000-000000000000"])
def test_what_a_rule_fixes_is_not_offered_twice(agent_id: str, tmp_path: Path) -> None:
    text = config(agent_id=agent_id).replace('"agent_id"', f'"agent{CURSOR}_id"')
    assert titles(tmp_path, {CONFIG: text}) == []


def test_an_overridden_value_has_the_fix_of_its_rule_alone(tmp_path: Path) -> None:
    files = {
        CONFIG: config(env_vars={"NAME": f"x{CURSOR}"}),
        ".env": "NAME=y\n",
        ".gitignore": ".env",
    }
    assert titles(tmp_path / "other", files) == []
    same = {**files, ".env": "NAME=x\n"}
    assert titles(tmp_path / "same", same) == ["Remove NAME, which .env sets"]


def test_calls_are_left_alone_where_two_agents_have_one_identifier(tmp_path: Path) -> None:
    call = f"from runagent import RunAgentClient\nRunAgentClient('{AGENT_ID}', 'greet')\n"
    text = config(entry("greet", "greet"))
    files = {
        f"one/{CONFIG}": text.replace(AGENT_ID, AGENT_ID + CURSOR),
        f"two/{CONFIG}": text,
        "client.py": call,
    }
    (offer,) = ask(files, tmp_path).offers
    assert {edit.file.name for edit in offer.change.edits} == {CONFIG}
    (doubt,) = offer.change.doubtful
    assert [edit.file.name for edit in doubt.edits] == ["client.py"]


def test_any_place_of_any_text_gives_offers_or_none(tmp_path: Path) -> None:
    """Cut off and cut out, with the cursor everywhere: nothing is raised, no edits overlap."""
    whole = config(
        entry("missing", "missing"),
        entry("count", "count"),
        {"file": "main.py", "module": "count", "type": "generic"},
        env_vars={"A": "x", "B": "🦊"},
    )
    asked = ask({CONFIG: whole + CURSOR, "main.py": "def count():\n    yield 1\n"}, tmp_path)
    for cut in range(0, len(whole), 7):
        for text in (whole[:cut], whole[:cut] + whole[cut + 9 :]):
            write({CONFIG: text}, tmp_path)
            asked.workspace.open(tmp_path / CONFIG, text)
            for offset in (cut // 2, cut, len(text)):
                for offer in offers(asked.workspace, tmp_path / CONFIG, offset):
                    assert_apart(offer.change, text, tmp_path / CONFIG)


def assert_apart(change: Change, text: str, path: Path) -> None:
    lines = LineIndex(text)
    spans = sorted(
        (lines.offset(it.range.start), lines.offset(it.range.end))
        for it in change.edits
        if it.file == path
    )
    ends = [0, *(end for _, end in spans)]
    assert all(start >= end for (start, _), end in zip(spans, ends, strict=False)), spans
