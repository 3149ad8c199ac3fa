"""Items out of JSON Lines and CSV, broken ones included."""

from __future__ import annotations

import codecs
import itertools
import json
import os
import threading
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.agents.batch.inputs import count_inputs, read_inputs
from runagent_ls.agents.batch.items import Item
from runagent_ls.agents.batch.plan import BatchError

SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "times": {"type": "integer"},
        "ratio": {"type": "number", "default": 1.0},
        "tags": {"anyOf": [{"type": "array"}, {"type": "null"}], "default": None},
        "flag": {"type": "boolean", "default": False},
        "either": {"anyOf": [{"type": "integer"}, {"type": "string"}], "default": 1},
        "colour": {"$ref": "#/$defs/Colour"},
        "level": {"enum": [1, 2]},
        "maybe": {"type": ["integer", "null"]},
    },
    "required": ["name", "times", "maybe"],
    "additionalProperties": False,
    "$defs": {"Colour": {"enum": ["red", "5"]}},
}


def items_of(
    tmp_path: Path, data: bytes | str, name: str = "in.jsonl", **options: Any
) -> list[Item]:
    path = tmp_path / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    items = list(read_inputs(path, **options))
    assert [item.index for item in items] == list(range(len(items)))
    assert count_inputs(path, options.get("input_format")) == len(items)
    return items


def kwargs_of(tmp_path: Path, text: str, schema: dict[str, Any] | None = None) -> list[Any]:
    items = items_of(tmp_path, text, "in.csv", input_schema=schema)
    return [item.problem or dict(item.kwargs) for item in items]


@pytest.mark.parametrize(
    ("line", "args", "kwargs", "item_id"),
    [
        ('{"name": "Ada"}', [], {"name": "Ada"}, None),
        ('["Ada", 2]', ["Ada", 2], {}, None),
        ('{"id": 7, "args": [1], "kwargs": {"b": 2}}', [1], {"b": 2}, 7),
        ('{"id": "x", "kwargs": {"b": 2}}', [], {"b": 2}, "x"),
        ('{"args": [1]}', [1], {}, None),
        ('{"id": "x"}', [], {"id": "x"}, None),
        ('{"args": [1], "name": 2}', [], {"args": [1], "name": 2}, None),
        ('{"kwargs": {"args": 5}}', [], {"args": 5}, None),
        ("{}", [], {}, None),
        ("[]", [], [], None),
    ],
)
def test_forms_of_an_item(
    tmp_path: Path, line: str, args: list[Any], kwargs: Any, item_id: object
) -> None:
    (item,) = items_of(tmp_path, line)
    assert (list(item.args), item.id, item.problem) == (args, item_id, None)
    assert dict(item.kwargs) == dict(kwargs)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b'{"name": ', "line 2, column 10: not JSON"),
        (b"5", "line 2, column 1: neither an object"),
        (b'{"args": 5}', "`args` is no array"),
        (b'{"kwargs": []}', "`kwargs` is no object"),
        (b'{"args": [], "id": true}', "`id` is neither text nor an integer"),
        (b'{"a": "\xff"}', "line 2, column 8: bytes that are not text"),
        (b"[" * 5000, "line 2, column 1: not JSON (nested too deeply)"),
        (b'{"a": 1} {"a": 2}', "line 2, column 10: not JSON (Extra data)"),
    ],
)
def test_a_broken_line_is_an_item_that_names_its_place(
    tmp_path: Path, line: bytes, said: str
) -> None:
    good, broken, last = items_of(tmp_path, b'{"a": 1}\n' + line + b'\n{"a": 3}')
    assert (good.problem, last.problem, last.line) == (None, None, 3)
    assert said in (broken.problem or "")
    assert broken.line == 2


def test_empty_lines_count_as_lines_but_not_as_items(tmp_path: Path) -> None:
    items = items_of(tmp_path, '\n{"a": 1}\r\n  \n\r\n{"a": 2}\n\n')
    assert [(item.line, dict(item.kwargs)) for item in items] == [(2, {"a": 1}), (5, {"a": 2})]


def test_only_a_newline_ends_a_line(tmp_path: Path) -> None:
    (item,) = items_of(tmp_path, json.dumps({"a": "x\u2028y\x85z"}, ensure_ascii=False))
    assert item.kwargs == {"a": "x\u2028y\x85z"}


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (b"", "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (b"", "utf-16-le"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
    ],
)
def test_encodings(tmp_path: Path, mark: bytes, encoding: str) -> None:
    text = '{"n": "h\u00e9 \U0001f989"}\n{"n": 2}\n'
    items = items_of(tmp_path, mark + text.encode(encoding))
    assert [item.kwargs["n"] for item in items] == ["h\u00e9 \U0001f989", 2]
    table = 'n,m\n"h\u00e9\nx",2\n'
    (row,) = items_of(tmp_path, mark + table.encode(encoding), "in.csv")
    assert row.kwargs == {"n": "h\u00e9\nx", "m": "2"}


def test_half_a_character_of_utf_16_is_named(tmp_path: Path) -> None:
    data = (
        codecs.BOM_UTF16_LE
        + '{"a": "'.encode("utf-16-le")
        + b"\x00\xd8"
        + '"}\n'.encode("utf-16-le")
    )
    (item,) = items_of(tmp_path, data)
    assert "bytes that are not text" in (item.problem or "")


def test_the_hash_is_of_what_is_sent(tmp_path: Path) -> None:
    a, b, c, d = items_of(tmp_path, '{"a": 1}\n{ "a":1 }\n{"a": 2}\n{"id": 1, "kwargs": {"a": 1}}')
    assert a.sha256 == b.sha256
    assert len({a.sha256, c.sha256, d.sha256}) == 3
    assert len(a.sha256) == 64


def test_a_json_array_over_many_lines_is_refused_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "in.jsonl"
    path.write_text('[\n  {"a": 1}\n]\n')
    with pytest.raises(BatchError, match="one JSON array over many lines") as caught:
        list(read_inputs(path))
    assert "jq" in (caught.value.advice or "")


@pytest.mark.parametrize("name", ["missing.jsonl", "missing.csv", "."])
def test_a_file_that_cannot_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(BatchError, match="cannot be read"):
        list(read_inputs(tmp_path / name))


def test_a_line_that_is_too_long_fails_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runagent_ls.agents.batch.inputs.LONGEST_LINE", 20)
    long = json.dumps({"a": "x" * 100})
    first, second, third = items_of(tmp_path, f'{{"a": 1}}\n{long}\n{{"a": 3}}')
    assert (first.problem, third.problem, third.line) == (None, None, 3)
    assert "longer than" in (second.problem or "")


def test_reading_is_lazy() -> None:
    """Items come while the writer of the pipe still holds it open, without end."""
    reader, writer = os.pipe()
    path = Path(f"/dev/fd/{reader}")
    if not path.exists():
        pytest.skip("needs /dev/fd")
    numbers = itertools.count()
    stopped = threading.Event()

    def write() -> None:
        with os.fdopen(writer, "wb") as pipe:
            try:
                while not stopped.is_set():
                    pipe.write(b'{"n": %d}\n' % next(numbers))
            except BrokenPipeError:
                pass

    thread = threading.Thread(target=write)
    thread.start()
    items = read_inputs(path)
    got = [item.kwargs["n"] for item in itertools.islice(items, 50_000)]
    stopped.set()
    os.close(reader)
    items.close()  # type: ignore[attr-defined] # a generator, which its type does not promise
    thread.join(30)
    assert not thread.is_alive()
    assert got == list(range(50_000))


def test_csv_cells_are_typed_by_the_schema(tmp_path: Path) -> None:
    text = (
        "name,times,ratio,tags,flag,either,maybe\n"
        '5,3,2.5,"[1, ""a""]",TRUE,5,7\n'
        "null,x,,,false,,\n"
        "a,1.5,NaN,null,yes,,null\n"
    )
    assert kwargs_of(tmp_path, text, SCHEMA) == [
        {"name": "5", "times": 3, "ratio": 2.5, "tags": [1, "a"], "flag": True, "either": "5",
         "maybe": 7},
        {"name": "null", "times": "x", "flag": False, "maybe": None},
        {"name": "a", "times": 1.5, "ratio": "NaN", "tags": None, "flag": "yes", "maybe": None},
    ]  # fmt: skip


def test_csv_cells_follow_references_and_enums(tmp_path: Path) -> None:
    assert kwargs_of(tmp_path, "colour,level\n5,2\n", SCHEMA) == [{"colour": "5", "level": 2}]


def test_csv_without_a_schema_is_text(tmp_path: Path) -> None:
    assert kwargs_of(tmp_path, "a,b,id\n1,,7\n") == [{"a": "1", "b": "", "id": "7"}]


def test_an_id_column_names_the_item_unless_it_is_a_parameter(tmp_path: Path) -> None:
    (item,) = items_of(tmp_path, "id,name\n7,a\n", "in.csv", input_schema=SCHEMA)
    assert (item.id, item.kwargs) == ("7", {"name": "a"})
    schema = {"type": "object", "properties": {"id": {"type": "integer"}},
              "additionalProperties": False}  # fmt: skip
    (item,) = items_of(tmp_path, "id\n7\n", "in.csv", input_schema=schema)
    assert (item.id, item.kwargs) == (None, {"id": 7})


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_delimiters(tmp_path: Path, delimiter: str) -> None:
    text = delimiter.join(["a", '"b,;|"', "c"]) + "\n" + delimiter.join(["1", "2", "3"])
    assert kwargs_of(tmp_path, text) == [{"a": "1", "b,;|": "2", "c": "3"}]


def test_csv_of_a_spreadsheet(tmp_path: Path) -> None:
    text = "\ufeffsep=;\r\na;b\r\n1;2\r\n;;\r\n\r\n3;4\r\n"
    items = items_of(tmp_path, text, "in.csv")
    assert [(item.line, dict(item.kwargs)) for item in items] == [
        (3, {"a": "1", "b": "2"}),
        (6, {"a": "3", "b": "4"}),
    ]


def test_quoted_newlines_keep_the_line_of_the_row(tmp_path: Path) -> None:
    items = items_of(tmp_path, 'a,b\n"x\ny\nz",1\nq,2\n', "in.csv")
    assert [(item.line, item.kwargs["a"]) for item in items] == [(2, "x\ny\nz"), (5, "q")]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (b"1,2,3", "line 3: 3 cells, but the header names 2 columns"),
        (b'"a"b,2', "line 3: not CSV"),
        (b"\xff,2", "line 3, column `a`: bytes that are not text"),
    ],
)
def test_a_broken_row_is_an_item_that_names_its_line(tmp_path: Path, row: bytes, said: str) -> None:
    first, broken, last = items_of(tmp_path, b"a,b\n1,2\n" + row + b"\n3,4\n", "in.csv")
    assert (first.problem, last.problem, last.kwargs["a"]) == (None, None, "3")
    assert said in (broken.problem or "")


def test_a_quote_that_is_never_closed_says_how_far_it_went(tmp_path: Path) -> None:
    good, broken = items_of(tmp_path, 'a,b\n1,2\n"3,4\n5,6\n7,8\n', "in.csv")
    assert good.problem is None
    assert "line 3: not CSV" in (broken.problem or "")
    assert "as far as line 5" in (broken.problem or "")


def test_a_short_row_leaves_the_rest_out(tmp_path: Path) -> None:
    assert kwargs_of(tmp_path, "a,b\n1\n") == [{"a": "1"}]


@pytest.mark.parametrize(
    ("text", "said"),
    [("a,a\n1,2\n", "names `a` twice"), ("a,,b\n1,2,3\n", "a column without a name"),
     (",\n1,2\n", "is empty"), ('"a\n', "no header of CSV")],
)  # fmt: skip
def test_a_header_that_names_nothing(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "in.csv"
    path.write_text(text)
    with pytest.raises(BatchError, match=said):
        list(read_inputs(path))


@pytest.mark.parametrize("name", ["in.jsonl", "in.csv"])
def test_an_empty_file_has_no_items(tmp_path: Path, name: str) -> None:
    assert items_of(tmp_path, b"", name) == []
    assert items_of(tmp_path, b"\n\n", name) == []
