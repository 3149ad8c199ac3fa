"""Bytes, URIs and settings of a client, before any server is started."""

from __future__ import annotations

import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runagent_ls.agents.timeouts import Timeouts
from runagent_ls.lsp import settings
from runagent_ls.lsp.stdio import Frames, FramingError
from runagent_ls.lsp.uris import Uris, to_path


def framed(*bodies: bytes) -> bytes:
    return b"".join(b"Content-Length: %d\r\n\r\n%b" % (len(body), body) for body in bodies)


@given(st.lists(st.binary(max_size=40), max_size=6), st.lists(st.integers(0, 300), max_size=8))
def test_bodies_come_out_whole_however_the_bytes_are_cut(
    bodies: list[bytes], cuts: list[int]
) -> None:
    data, frames = framed(*bodies), Frames()
    places = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    found = [body for start, end in pairwise(places) for body in frames.feed(data[start:end])]
    assert found == bodies


def test_headers_may_be_in_any_case_and_accompanied() -> None:
    data = b"Content-Type: x\r\ncontent-length: 2\r\n\r\n{}"
    assert list(Frames().feed(data)) == [b"{}"]


def test_a_header_block_without_a_length_is_skipped() -> None:
    assert list(Frames().feed(b"Nonsense\r\n\r\n" + framed(b"[]"))) == [b"[]"]


@pytest.mark.parametrize("data", [b"x" * 70_000, b"Content-Length: 99999999999999\r\n\r\n"])
def test_lost_framing_is_an_error_and_no_endless_buffer(data: bytes) -> None:
    with pytest.raises(FramingError):
        list(Frames().feed(data))


@pytest.mark.parametrize(
    "uri",
    [
        None,
        7,
        "",
        "untitled:Untitled-1",
        "vscode-vfs://github/a/b/runagent.config.json",
        "file:",
        "file:relative/path",
        "file:///a%00b",
        "file://[broken",
        "http://host/file",
    ],
)
def test_what_is_no_file_of_this_machine_has_no_path(uri: object) -> None:
    assert to_path(uri) is None


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX paths")
@pytest.mark.parametrize(
    ("uri", "path"),
    [
        ("file:///a/b.py", "/a/b.py"),
        ("file:///a%20b/%C3%A9%F0%9F%A6%89.py", "/a b/é🦉.py"),
        ("file:///a/x/../b.py", "/a/b.py"),
        ("file:///a;b/c%3Bd", "/a;b/c;d"),
        ("file:///a%23b%3Fc", "/a#b?c"),
        ("file:///a%25b", "/a%b"),
        ("FILE:///a", "/a"),
    ],
)
def test_file_uris_are_paths(uri: str, path: str) -> None:
    assert to_path(uri) == Path(path)


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX paths")
def test_a_file_is_called_what_the_client_calls_it() -> None:
    uris = Uris()
    folder = "file:///work%20space/caf%C3%A9"
    uris.add_folder(folder, Path("/work space/café"))
    assert uris.uri(Path("/work space/café/a b.py")) == f"{folder}/a%20b.py"
    uris.opened("file:///work%20space/caf%c3%a9/a%20b.py", Path("/work space/café/a b.py"))
    assert uris.uri(Path("/work space/café/a b.py")) == "file:///work%20space/caf%c3%a9/a%20b.py"
    assert uris.uri(Path("/else/x.py")) == "file:///else/x.py"


def test_settings_that_are_right_count() -> None:
    found, problems = settings.read(
        {
            "rules": {"RA001": "off", "unknown-key": "error"},
            "syntaxDiagnostics": True,
            "target": {"host": "127.0.0.1", "port": 8450},
            "timeouts": {"connect": 2, "idle": None, "total": 1.5},
            "interpreter": "",
        }
    )
    assert problems == ()
    assert found == settings.Settings(
        rules={"RA001": "off", "unknown-key": "error"},
        syntax_diagnostics=True,
        host="127.0.0.1",
        port=8450,
        timeouts=Timeouts(connect=2, idle=None, total=1.5),
    )


@pytest.mark.parametrize(
    ("section", "named"),
    [
        ([], "runagent"),
        ({"rules": "all"}, "runagent.rules"),
        ({"rules": {"RA001": "loud"}}, "runagent.rules.RA001"),
        ({"syntaxDiagnostics": "yes"}, "runagent.syntaxDiagnostics"),
        ({"target": {"port": 70000}}, "runagent.target.port"),
        ({"target": {"port": True}}, "runagent.target.port"),
        ({"target": {"host": 5}}, "runagent.target.host"),
        ({"timeouts": {"total": -1}}, "runagent.timeouts.total"),
        ({"timeouts": {"idle": float("nan")}}, "runagent.timeouts.idle"),
    ],
)
def test_a_wrong_setting_is_named_and_its_default_used(section: object, named: str) -> None:
    found, problems = settings.read(section)
    assert found == settings.Settings()
    assert len(problems) == 1 and problems[0].startswith(f"The setting {named} must be ")


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=10,
)


@given(json_values | st.fixed_dictionaries({"target": json_values, "timeouts": json_values}))
def test_settings_of_any_shape_give_settings(section: object) -> None:
    found, problems = settings.read(section)
    assert isinstance(found, settings.Settings)
    assert all(isinstance(problem, str) for problem in problems)
