"""Extractors: expressions that work, expressions that do not, and generated ones."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from conformance.asking import first_message, run
from conformance.pair import Pair, ServeBoth
from conformance.projects import entrypoint, source, write_project

VALUES: dict[str, Any] = {
    "nested": {
        "a": {"b": [{"x": 1}, {"x": 2, "c-d": 3}], "c-d": "dash", "a": {"a": 5}},
        "list": [1, [2, 3], {"x": None}],
        "c-d": True,
        "with space": 0,
        "x": "",
        "ü": "ö",
        "1": "one",
        "*": "star",
        "$": "dollar",
        "empty": {},
        "none": None,
    },
    "list": [{"x": 1}, 2, [3, {"x": [4]}], None, "x"],
    "text": '{"a": 1}',
    "number": 7,
    "empty": {},
    "null": None,
}

WRITTEN = [
    "$", "$.a", "a", "a.b", "$.a.b[0].x", "$.a.b[*].x", "$..x", "$..a", "$.a..a", "$.list[-1]",
    "$.list[0:2]", "$.list[::2]", "$.list[5]", "$.list[1][0]", "list[*]", "$.a['c-d']",
    '$.a."c-d"', "$.'with space'", "$['x']", '$["x"]', "$.*", "$.*.b", "$..*", "*", "$[0]", "$[*]",
    "$[0].x", "[0]", "[*]", "[-1]", "$.[0]", "$.missing", "$.a.missing.x", "$.none", "$.none.x",
    "$.x.y", "$.ü", "ü", "$.1", "$.'1'", "$['1']", "$.empty", "$.empty.x", "`this`", "`parent`",
    "a.`parent`", "a.b.`parent`.`parent`", "$.a | $.x", "a|x", "$.a & $.x", "a where b",
    "$.a where $.b", "a wherenot b", "(a)", "(a).b", "(a|x).b", "a,x", "$[a,x]", "$['a','x']",
    "a.b[0,1]", "$.list[0,2]", "a.(b)", "$.a.", "$.", ".", "", " ", "a b", "$$", "$.$", "..", "a..",
    "..a", "[", "]", "[]", "$[", "$.a[", "$.a[]", "$.a[0", "$.a[x]", "$.a[?(@.x)]",
    "$.list[?(@.x == 1)]", "?", "@", "$.`len`", "`len`", "`keys`", "$.a.`sorted`", "$.list[1:",
    "a[0:1:2:3]", "$.list[-2:]", "$.list[:-1]", "$.list[2:0:-1]", "$.list[99:]", "'a'", '"a"',
    "'a", "a'", "\\", "$\\a", "a-b", "$.c-d", "a:b", "a/b", "#", "%", "!", "a=b", "a+b", "1", "-1",
    "1.5", "$.a  .  b", "\ta", "a\n", "🦉", "$.🦉", "null", "where", "`", "``", "`foo`", "~",
    "$.a~", "{a}", "a{1}", "$..", "$...", "$..[0]", "$..b[0]", "$.a.*[0]", "*.*", "**", "a*",
]  # fmt: skip

NAMES = st.sampled_from(["a", "b", "x", "c-d", "list", "ü", "1", "missing", "with space", "*"])
STEPS = st.one_of(
    st.builds(".{}".format, NAMES),
    st.builds("..{}".format, NAMES),
    st.builds("['{}']".format, NAMES),
    st.builds('."{}"'.format, NAMES),
    st.builds("[{}]".format, st.integers(-3, 4)),
    st.builds("[{}:{}]".format, st.integers(-3, 3), st.integers(-3, 3)),
    st.builds("[::{}]".format, st.integers(-3, 3)),
    st.sampled_from(["[*]", ".*", ".`parent`", ".`this`", " | $.x", " where b", " & a"]),
)
TOKENS = st.lists(
    st.sampled_from([*"$.*[]'\"`|&()?@-:, 01ab", "..", "where", "parent", "a", "ü"]), max_size=7
)


def generated() -> list[str]:
    """Expressions that hypothesis makes: well-formed paths, and any row of tokens."""
    found: dict[str, None] = {}

    @settings(max_examples=120, derandomize=True, phases=[Phase.generate], database=None)
    @given(
        st.one_of(
            st.builds("${}".format, st.lists(STEPS, max_size=4).map("".join)),
            TOKENS.map("".join),
        )
    )
    def collect(expression: str) -> None:
        found[expression] = None

    collect()
    return list(found)


def expressions() -> list[str]:
    return list(dict.fromkeys(WRITTEN + generated()))


@pytest.fixture(scope="module")
def pair(serve_both: ServeBoth, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    entrypoints = [
        entrypoint("value", f"{number}", extractor={"found": expression})
        for number, expression in enumerate(expressions())
    ]
    several = {"second": "$.x", "first": "$.a.b[1].x", "ü name": "$..x", "": "$", "bad": "$.gone"}
    entrypoints += [
        entrypoint("value", "several", extractor=several),
        entrypoint("value", "good and bad", extractor={"a": "$.x", "b": "$.", "c": "[?("}),
        entrypoint("value", "null", extractor=None),
        entrypoint("value", "no names", extractor={}),
        entrypoint("values", "several_stream", extractor=several),
        entrypoint("values", "bad_stream", extractor={"a": "$.x", "b": "$."}),
        entrypoint("async_values", "several_async_stream", extractor=several),
    ]
    entrypoints += [
        entrypoint(name, name, extractor={"x": "$.x", "hidden": "$._p", "all": "$"})
        for name in OBJECTS
    ]
    program = f"{source('objects.py')}\nVALUES = {VALUES!r}\n"
    folder = tmp_path_factory.mktemp("extractors") / "agent"
    return serve_both(write_project(folder, {"main.py": program}, entrypoints))


OBJECTS = [
    "model", "data", "named", "plain", "with_dict", "with_model_dump", "with_as_dict", "with_slots",
    "bad_dump", "bad_dict", "dict_is_no_method", "nested", "dict_subclass", "mapping", "exception",
    "list_of_models", "json_text", "class_itself", "generator", "bytes_value", "tuple_value",
    "set_value", "none", "number",
]  # fmt: skip


def test_there_are_enough_of_each_kind(pair: Pair) -> None:
    """Both expressions that are refused and such that find something."""
    refused = found = 0
    for number, _ in enumerate(expressions()):
        body = pair.same(run(f"{number}", "nested"), None)["body"]
        refused += not body["success"]
        if body["success"]:
            found += json.loads(json.loads(body["data"])["payload"])["found"] is not None
    assert refused > 50
    assert found > 50


@pytest.mark.parametrize("name", ["list", "text"])
def test_expressions(pair: Pair, name: str) -> None:
    for number, expression in enumerate(expressions()):
        try:
            pair.same(run(f"{number}", name))
        except AssertionError as unequal:
            raise AssertionError(f"{expression!r} on {name}: {unequal}") from unequal


@pytest.mark.parametrize("tag", ["several", "good and bad", "null", "no names"])
@pytest.mark.parametrize("name", VALUES)
def test_several_names(pair: Pair, tag: str, name: str) -> None:
    pair.same(run(tag, name))


@pytest.mark.parametrize("name", OBJECTS)
def test_objects(pair: Pair, name: str) -> None:
    pair.same(run(name))


@pytest.mark.parametrize("tag", ["several_stream", "several_async_stream", "bad_stream"])
def test_chunks(pair: Pair, tag: str) -> None:
    pair.same_stream(first_message(tag))
