"""Each refactoring on real files: what it changes, what is found afterwards, however it is written.

`UPDATE_EXPECTED=1` writes the expected files anew: read the difference before you keep it.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from io import StringIO
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from refactoring_cases import CASES, Case, Files, apply, ask, cases, read_files, written

UPDATE = os.environ.get("UPDATE_EXPECTED") == "1"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
NOW = re.compile(r'("created_at": )"20\d\d-\d\d-\d\d \d\d:\d\d:\d\d"')
NOW_PLAIN = re.compile(r"""(created_at: )["']?20\d\d-\d\d-\d\d \d\d:\d\d:\d\d["']?""")
by_case = pytest.mark.parametrize("each", cases(), ids=lambda each: each.name)


def without_chance(files: Files, known: str) -> Files:
    """Identifiers and times that are new at each run, made the same; `known` ones stay."""

    def settled(_path: str, text: str) -> str:
        text = UUID.sub(lambda it: it.group() if it.group() in known else "<fresh>", text)
        return NOW.sub(r'\1"<now>"', text)

    return written(files, settled)


def taken(each: Case, before: Files, root: Path) -> Files:
    """The files after the case's offer, which must leave no finding that was not there."""
    asked = ask(before, root)
    found = asked.findings()
    offer = asked.titled(each.title)
    apply(offer.change)
    left = asked.findings()
    assert set(each.removes) <= offer.removes | {"no-entrypoints"}
    assert not {slug for _, slug, _ in left} & set(each.removes), left
    assert set(each.removes) <= {slug for _, slug, _ in found}, found
    assert not [it for it in left if it not in found], left
    return without_chance(read_files(root), "".join(each.before.values()))


@by_case
def test_the_files_afterwards(each: Case, tmp_path: Path) -> None:
    after = taken(each, each.before, tmp_path)
    folder = CASES / each.name / "after"
    if UPDATE:
        shutil.rmtree(folder, ignore_errors=True)
        for path, text in after.items():
            target = folder / re.sub(r"(^|/)\.", r"\1dot-", path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(text.encode())
    assert after == each.after


@by_case
@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_line_ends_stay(each: Case, newline: str, tmp_path: Path) -> None:
    def ends(_path: str, text: str) -> str:
        return text.replace("\n", newline)

    assert taken(each, written(each.before, ends), tmp_path) == written(each.after, ends)


def tabs(_path: str, text: str) -> str:
    return re.sub(r"(?m)^(?: {2,4})+", lambda it: "\t" * (len(it.group()) // 2), text)


@by_case
def test_indentation_by_tabs_stays(each: Case, tmp_path: Path) -> None:
    before = written(each.before, tabs)
    after = taken(each, before, tmp_path)
    for path, text in before.items():
        if "\n\t" in text:
            assert not re.search(r"(?m)^ {2}", after[path]), f"{path}: {after[path]}"
    loaded = {path: _said(path, text) for path, text in after.items()}
    assert loaded == {path: _said(path, text) for path, text in each.after.items()}


def one_line(path: str, text: str) -> str:
    if not path.endswith(".json"):
        return text
    try:
        return json.dumps(json.loads(text), ensure_ascii=False)
    except ValueError:
        return text


@by_case
def test_a_configuration_on_one_line_stays_on_it(each: Case, tmp_path: Path) -> None:
    after = taken(each, written(each.before, one_line), tmp_path)
    for path, text in after.items():
        assert _said(path, text) == _said(path, each.after[path])
        if path.endswith(".json") and one_line(path, each.after[path]) != each.after[path]:
            assert "\n" not in text, text


def _said(path: str, text: str) -> object:
    """What a file says, however it is written."""
    if path.endswith(".json"):
        try:
            return json.loads(text)
        except ValueError:
            pass
    return re.sub(r"[ \t]+", " ", text)


def yaml_text(text: str) -> str:
    """A JSON text in YAML as people write it."""
    stream = StringIO()
    writer = YAML()
    writer.indent(mapping=2, sequence=4, offset=2)
    writer.dump(json.loads(text), stream)
    return stream.getvalue()


in_yaml = pytest.mark.parametrize(
    "each", [it for it in cases() if "broken-config" not in it.name], ids=lambda each: each.name
)


@in_yaml
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_yaml_stays_yaml(each: Case, newline: str, tmp_path: Path) -> None:
    before = dict(each.before)
    before["runagent.config.yaml"] = yaml_text(before.pop("runagent.config.json"))
    before = written(before, lambda _path, text: text.replace("\n", newline))
    after = taken(each, before, tmp_path)
    config = after.pop("runagent.config.yaml")
    expected = written(each.after, lambda _path, text: text.replace("\n", newline))
    wanted = json.loads(expected.pop("runagent.config.json"))
    assert after == expected
    said = YAML(typ="safe", pure=True).load(NOW_PLAIN.sub(r"\1'<now>'", config))
    assert said == wanted, config
    assert config.count("\n") == config.count(newline), config
