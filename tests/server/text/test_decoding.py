"""Any bytes become text, and what RunAgent would refuse about them is said."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runagent_ls.text.decoding import decode
from runagent_ls.text.position import Span

TEXT = '{"agent_name": "é😀"}'


def test_utf8() -> None:
    decoded = decode(TEXT.encode())
    assert (decoded.text, decoded.encoding, decoded.problems) == (TEXT, "utf-8", ())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize("marked", [True, False])
def test_wide_encodings_are_read_and_reported(encoding: str, marked: bool) -> None:
    mark = "\ufeff".encode(encoding) if marked else b""
    decoded = decode(mark + TEXT.encode(encoding))
    assert (decoded.text, decoded.encoding) == (TEXT, encoding)
    assert [(it.kind, it.breaks_loader) for it in decoded.problems] == [("not-utf8", True)]
    assert encoding[:6].upper() in decoded.problems[0].message


def test_a_byte_order_mark_is_dropped_and_reported_where_it_matters() -> None:
    data = codecs.BOM_UTF8 + TEXT.encode()
    assert decode(data).text == TEXT
    assert [it.kind for it in decode(data).problems] == ["byte-order-mark"]
    assert decode(data, mark_allowed=True).problems == ()


def test_invalid_bytes_are_reported_once_at_the_first() -> None:
    decoded = decode('{"a": "é'.encode() + b"\xe9\xff" + b'"}')
    assert decoded.text == '{"a": "é\ufffd\ufffd"}'
    assert [(it.kind, it.span) for it in decoded.problems] == [("invalid-bytes", Span(8, 9))]
    assert "0xE9" in decoded.problems[0].message


@settings(deadline=None)
@given(st.binary(max_size=40) | st.text(max_size=10).map(lambda text: text.encode("utf-16")))
def test_any_bytes(data: bytes) -> None:
    decoded = decode(data)
    assert isinstance(decoded.text, str)
    for problem in decoded.problems:
        assert 0 <= problem.span.start <= problem.span.end <= len(decoded.text)
    try:
        assert decoded.text == data.decode() or decoded.problems
    except UnicodeDecodeError:
        assert decoded.problems
