"""Files of cases: whatever stands in one gives a case, and what is written is read back."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runagent_ls.schema.loading import load
from runagent_ls.testing.model import Case
from runagent_ls.testing.places import CasePlace, new_place
from runagent_ls.testing.reading import parse_case
from runagent_ls.testing.writing import CaseWriteError, NewCase, text_of, write_case

PLACE = CasePlace(
    Path("/agent/runagent.config.json"),
    "greet",
    "one",
    Path("/agent/.runagent/cases/greet/one.json"),
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
NEW_CASES = st.builds(
    NewCase,
    args=st.lists(JSON, max_size=3),
    kwargs=st.dictionaries(st.text(), JSON, max_size=3),
    user_id=st.none() | st.text(min_size=1),
    persistent_memory=st.booleans(),
    expect=st.none() | st.fixed_dictionaries({"equals": JSON}),
)
FIELDS = sorted([*load("case.schema.json")["properties"], "other"])
EXPECTATIONS = sorted([*load("case.schema.json")["$defs"]["expectations"]["properties"], "other"])
WRITTEN = st.dictionaries(
    st.sampled_from(FIELDS),
    JSON | st.dictionaries(st.sampled_from(EXPECTATIONS), JSON | st.lists(JSON)),
)


def read(text: str) -> Case:
    return parse_case(PLACE, text)


@settings(deadline=None)
@given(st.text() | WRITTEN.map(json.dumps) | JSON.map(json.dumps))
def test_any_text_gives_a_case(text: str) -> None:
    case = read(text)
    assert all(0 <= it.span.start <= it.span.end <= len(text) for it in case.problems)
    assert case.expectations >= 0


def same(case: Case, new: NewCase) -> bool:
    return (
        case.problems == ()
        and (list(case.args), dict(case.kwargs)) == (list(new.args), dict(new.kwargs))
        and case.user_id == new.user_id
        and bool(case.persistent_memory) == new.persistent_memory
    )


@settings(deadline=None)
@given(NEW_CASES)
def test_what_is_written_is_read_back(new: NewCase) -> None:
    case = read(text_of(new))
    assert same(case, new)
    assert case.expect == new.expect


@settings(deadline=None)
@given(NEW_CASES, NEW_CASES)
def test_a_case_written_over_another_keeps_what_was_expected(one: NewCase, two: NewCase) -> None:
    case = read(text_of(two, before=text_of(one)))
    assert same(case, two)
    assert case.expect == (one.expect if two.expect is None else two.expect)


@settings(deadline=None)
@given(NEW_CASES, st.text() | JSON.map(json.dumps))
def test_a_case_is_written_over_any_text(new: NewCase, before: str) -> None:
    after = json.loads(text_of(new, before))
    assert after.get("inputs", after.get("kwargs")) == dict(new.kwargs)


def test_writing_the_same_again_changes_nothing() -> None:
    text = '{"description": "x",   "inputs": {"a" : 1}, "note": [1,\n2]}'
    assert text_of(NewCase(kwargs={"a": 1}), before=text) == text


def test_what_is_odd_in_a_case_takes_nothing_from_it() -> None:
    before = '{"description": "x", "args": [Infinity], "expect": {"equals": 1}}'
    assert read(text_of(NewCase(args=[2]), before)).expect == {"equals": 1}
    assert read(text_of(NewCase(), before)).description == "x"


def test_new_fields_stand_in_the_order_in_which_people_read() -> None:
    text = '{\n  "description": "x",\n  "expect": {"equals": 1}\n}\n'
    after = text_of(NewCase(kwargs={"a": 1}, user_id="u"), before=text)
    assert list(json.loads(after)) == ["description", "inputs", "userId", "expect"]
    assert '"expect": {"equals": 1}' in after


@pytest.mark.parametrize(
    ("content", "message", "marked"),
    [
        ({"inputs": {}, "inptus": {}}, "did you mean inputs?", '"inptus"'),
        ({"expect": []}, "expect must be an object", "[]"),
        ({"expect": {"contains": []}}, "expect.contains", "[]"),
        ({"expect": {"contains": [""]}}, "expect.contains", '""'),
        ({"expect": {"maxTotalMs": 0}}, "more than 0", "0"),
        ({"expect": {"maxTotalMs": True}}, "must be a number", "true"),
        ({"expect": {"jsonPath": [{"exists": True}]}}, "path is missing", '{"exists": true}'),
        ({"expect": {"jsonPath": [{"path": "$"}]}}, "at least 2 keys", '{"path": "$"}'),
        ({"expect": {"jsonPath": [{"path": "$[", "count": 1}]}}, "is no JSONPath", '"$["'),
        ({"expect": {"jsonPath": [{"path": "$", "regex": "("}]}}, "no regular", '"("'),
        ({"expect": {"regex": "["}}, "no regular expression", '"["'),
        ({"expect": {"schema": {"type": "text"}}}, "no JSON Schema", '"text"'),
        ({"expect": {"maxFirstChunkMs": 5}}, "is for streams", "5"),
        ({"userId": ""}, "userId", '""'),
    ],
)
def test_what_is_wrong_is_marked(content: Any, message: str, marked: str) -> None:
    text = json.dumps(content)
    problem = read(text).problems[0]
    assert message in problem.message
    assert text[problem.span.start : problem.span.end] == marked


def test_large_values_do_not_hide_mistakes() -> None:
    large = list(range(60_000))
    for content in (
        {"inputs": {"a": large}, "expct": {}},
        {"expect": {"equals": large}, "expct": {}},
        {"expect": {"jsonPath": [{"path": "$", "equals": large}]}, "expct": {}},
    ):
        (problem,) = read(json.dumps(content)).problems
        assert "did you mean expect?" in problem.message


def test_every_number_of_expectations() -> None:
    places = [{"path": "$", "exists": True}] * 3
    expect = {"contains": ["a", "b"], "jsonPath": places, "equals": [1, 2]}
    assert read(json.dumps({"expect": expect})).expectations == 6
    assert read("{}").expectations == 0


def test_a_file_that_is_no_text_is_written_anew(tmp_path: Path) -> None:
    place = CasePlace(tmp_path / "runagent.config.json", "t", "n", tmp_path / "n.json")
    place.path.write_bytes(b"\xff\xfe\x00")
    assert write_case(place, NewCase(kwargs={"a": 1}), overwrite=True)
    assert json.loads(place.path.read_text("utf-8")) == {"inputs": {"a": 1}}
    assert [it.name for it in tmp_path.iterdir()] == ["n.json"]


def test_a_place_that_is_a_folder_is_said(tmp_path: Path) -> None:
    place = CasePlace(tmp_path / "runagent.config.json", "t", "n", tmp_path / "n.json")
    place.path.mkdir()
    with pytest.raises(CaseWriteError, match="cannot be written"):
        write_case(place, NewCase(), overwrite=True)
    assert [it.name for it in tmp_path.iterdir()] == ["n.json"]


def test_a_link_is_not_written_over_for_what_it_leads_to_would_be_kept(tmp_path: Path) -> None:
    elsewhere = tmp_path / "private.json"
    elsewhere.write_text('{"token": "not for others"}', "utf-8")
    place = new_place(tmp_path / "agent" / "runagent.config.json", "t", "n")
    place.path.parent.mkdir(parents=True)
    place.path.symlink_to(elsewhere)
    with pytest.raises(CaseWriteError, match="is a link"):
        write_case(place, NewCase(), overwrite=True)
    assert place.path.is_symlink()
    assert "not for others" in elsewhere.read_text("utf-8")


def test_a_folder_that_links_to_itself_is_said(tmp_path: Path) -> None:
    place = new_place(tmp_path / "runagent.config.json", "t", "n")
    place.path.parent.parent.mkdir(parents=True)
    place.path.parent.symlink_to("t")
    for overwrite in (False, True):
        with pytest.raises(CaseWriteError):
            write_case(place, NewCase(), overwrite=overwrite)


@pytest.mark.parametrize(("tag", "name"), [("t", "n" * 300), ("t" * 5000, "n")])
def test_a_name_that_no_file_can_have_is_said(tmp_path: Path, tag: str, name: str) -> None:
    place = new_place(tmp_path / "runagent.config.json", tag, name)
    for overwrite in (False, True):
        with pytest.raises(CaseWriteError, match="cannot be written"):
            write_case(place, NewCase(), overwrite=overwrite)


def test_the_longest_name_is_written_over(tmp_path: Path) -> None:
    place = new_place(tmp_path / "runagent.config.json", "t", "\U0001f600" * 62)
    for number in (1, 2):
        assert write_case(place, NewCase(kwargs={"a": number}), overwrite=True)
    assert json.loads(place.path.read_text("utf-8")) == {"inputs": {"a": 2}}


def test_saving_the_same_case_at_once_leaves_one_of_them(tmp_path: Path) -> None:
    place = new_place(tmp_path / "runagent.config.json", "t", "n")

    def save(number: int) -> bool:
        return write_case(place, NewCase(kwargs={"a": number}), overwrite=True)

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(save, range(200)))
    assert json.loads(place.path.read_text("utf-8"))["inputs"]["a"] in range(200)
    assert [it.name for it in place.path.parent.iterdir()] == ["n.json"]
