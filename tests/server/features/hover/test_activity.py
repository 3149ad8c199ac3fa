"""What has happened with an agent, in words."""

from __future__ import annotations

import pytest

from runagent_ls.features.hover.activity import (
    Activity,
    LastCall,
    activity_line,
    ago,
    duration,
    last_called,
)
from runagent_ls.features.markup.rendering import plain_text


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-100, "just now"),
        (0, "just now"),
        (4.9, "just now"),
        (5, "5 seconds ago"),
        (59.9, "59 seconds ago"),
        (60, "1 minute ago"),
        (119, "1 minute ago"),
        (3599, "59 minutes ago"),
        (3600, "1 hour ago"),
        (86_399, "23 hours ago"),
        (86_400, "1 day ago"),
        (86_400 * 4000, "4,000 days ago"),
        (float("inf"), "long ago"),
        (float("nan"), "long ago"),
    ],
)
def test_ago(seconds: float, words: str) -> None:
    assert ago(seconds) == words


@pytest.mark.parametrize(
    ("milliseconds", "words"),
    [(0.4, "0 ms"), (999, "999 ms"), (1234, "1.2 s"), (59_900, "59.9 s"), (61_000, "1 min 1 s")],
)
def test_duration(milliseconds: float, words: str) -> None:
    assert duration(milliseconds) == words


def test_how_the_last_call_went() -> None:
    now = 1000.0
    assert last_called(LastCall("completed", 940, 1200), now) == (
        "Last called 1 minute ago: completed in 1.2 s"
    )
    assert last_called(LastCall("failed", 999, 12, 7), now) == (
        "Last called just now: failed after 12 ms with 7 chunks"
    )
    assert last_called(LastCall("running", 990, 12, 1), now) == (
        "Last called 10 seconds ago: it goes on with 1 chunk"
    )
    assert last_called(LastCall("interrupted", 1, None), now) == (
        "Last called 16 minutes ago: was interrupted"
    )


def test_one_line_for_all_of_it() -> None:
    call = LastCall("completed", 0, 5)
    known = Activity(10, "127.0.0.1:8450", {"greet": call})
    line = activity_line(known, "greet")
    assert line is not None
    assert plain_text([line]) == (
        "Served at 127.0.0.1:8450 · Last called 10 seconds ago: completed in 5 ms"
    )
    for tag in (None, "other"):
        line = activity_line(known, tag)
        assert line is not None
        assert plain_text([line]) == "Served at 127.0.0.1:8450"
    assert activity_line(Activity(10, None, {"greet": call}), "other") is None
