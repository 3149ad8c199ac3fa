"""Where cases are kept, whatever they are called."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runagent_ls.project.file_source import DiskFiles
from runagent_ls.testing.places import (
    cases_of,
    concerns_cases,
    decoded,
    encoded,
    is_case,
    new_place,
    place_of,
)

ANY_TEXT = st.text(st.characters(), min_size=1)


@settings(deadline=None)
@given(ANY_TEXT)
def test_any_text_comes_back(text: str) -> None:
    assert decoded(encoded(text)) == text


@settings(deadline=None)
@given(ANY_TEXT)
def test_an_encoded_text_is_a_name_on_every_file_system(text: str) -> None:
    name = encoded(text)
    assert not set(name) & set('<>:"/\\|?*\x00\n')
    assert name[0] not in ". " and name[-1] not in ". "
    name.encode("utf-8")


@settings(deadline=None)
@given(ANY_TEXT, ANY_TEXT)
def test_different_texts_have_different_names(one: str, other: str) -> None:
    assert (encoded(one) == encoded(other)) == (one == other)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("short", "short"),
        ("grüße 🎉", "grüße 🎉"),
        ("a/b", "a%2Fb"),
        ("100%", "100%25"),
        ("..", "%2E%2E"),
        ("con", "%63on"),
        ("NUL.txt", "%4EUL.txt"),
        ("console", "console"),
        ("end ", "end%20"),
    ],
)
def test_names_stay_readable(text: str, name: str) -> None:
    assert encoded(text) == name


def test_names_that_people_gave_are_taken_as_they_are() -> None:
    assert decoded("50%") == "50%"
    assert decoded("%zz") == "%zz"
    assert decoded("%FF") == "%FF"


def test_only_cases_beside_a_configuration_are_cases(tmp_path: Path) -> None:
    place = new_place(tmp_path / "runagent.config.json", "greet", "a/b")
    place.path.parent.mkdir(parents=True)
    for name in ("a%2Fb.json", ".hidden.json", "notes.txt", "z.json"):
        (place.path.parent / name).write_text("{}")
    (place.path.parents[1] / "loose.json").write_text("{}")
    (place.path.parents[1] / "linked").symlink_to(place.path.parent)
    files = DiskFiles()
    assert place_of(place.path, files) is None
    place.config_path.write_text("{}")
    files.refresh()
    assert place_of(place.path, files) == place
    found = cases_of(place.config_path, files)
    assert [(it.tag, it.name) for it in found] == [("greet", "a/b"), ("greet", "z")]
    assert found[0] == place


@pytest.mark.parametrize(
    ("path", "concerns", "is_one"),
    [
        ("/p/.runagent", True, False),
        ("/p/.runagent/cases", True, False),
        ("/p/.runagent/cases/greet", True, False),
        ("/p/.runagent/cases/greet/a.json", True, True),
        ("/p/.runagent/cases/greet/a.txt", True, False),
        ("/p/.runagent/cases/greet/deep/a.json", False, False),
        ("/p/.runagent/other.json", False, False),
        ("/p/cases/greet/a.json", False, False),
        ("/p/runagent.config.json", False, False),
        ("/", False, False),
    ],
)
def test_which_paths_are_about_cases(path: str, concerns: bool, is_one: bool) -> None:
    assert (concerns_cases(Path(path)), is_case(Path(path))) == (concerns, is_one)
