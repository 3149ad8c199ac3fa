"""What is shown of a reply while it is written: the same in whatever pieces it comes."""

from __future__ import annotations

import tracemalloc
from typing import Any

import pytest

from agent_runtime.model import ModelReply
from agent_runtime.react.parsing import Answer, parse_reply
from runagent_ls.cli.terminal import Painter
from runagent_ls.cli.trace.live_reply import LiveReply
from runagent_ls.cli.trace.trace_text import TraceText
from runagent_ls.cli.trace.wrapping import Wrapping

REPLIES = [
    'Thought: I add.\nAction: add\nAction Input: {"a": 1}\nThought: never shown',
    "thought : I add.\r\n\r\n```json\r\nAction: add\r\nAction Input: {}\r\n```",
    "Thought: easy\n\n**Final Answer:** It is *5*.\n\n- one\n- two",
    "FINAL_ANSWER: 42",
    "<think>Action: is no call here </thin</think>\nThought: so\nFINAL_ANSWER: yes",
    "Actions speak louder.\nThoughts, too.\nFINAL_ANSWER: x\nAction: add",
    "Thought:\n  Several\n  lines\n## Action: add",
    "Thought: 東京 \x1b[2J\x07\u202e.\nFINAL_ANSWER: \x9b2J",
]


def read(reply: str, size: int) -> tuple[str, str, LiveReply]:
    live = LiveReply()
    found = [each for at in range(0, len(reply), size) for each in live.feed(reply[at : at + size])]
    found += live.end()
    thought, answer = ("".join(text for of, text in found if of == part) for part in PARTS)
    return thought, answer, live


PARTS = ("thought", "answer")


@pytest.mark.parametrize("reply", REPLIES)
def test_pieces_make_no_difference(reply: str) -> None:
    """What was shown is what the runtime understands, or it would stand there twice."""
    understood = parse_reply(ModelReply(reply))
    for size in (1, 2, 3, 7, 1000):
        thought, answer, live = read(reply, size)
        assert not {"\x1b", "\x07", "\x9b", "\u202e"} & set(thought + answer)
        assert live.has_shown("thought", understood.thought), (size, thought)
        text = understood.text if isinstance(understood, Answer) else ""
        assert live.has_shown("answer", text), (size, answer)
        assert not live.has_shown("answer", f"{text}?")


def test_what_never_became_a_keyword_is_shown_at_the_end() -> None:
    assert read("FINAL", 1)[:2] == ("FINAL", "")
    assert read("\n Act", 1)[:2] == ("Act", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("one two", "  one two"),
        ("a" * 25 + " b", "  " + "a" * 25 + "\n  b"),
        ("twelve chars and more of them", "  twelve chars and\n  more of them"),
        ("x\n\n    code  kept\n\n\n", "  x\n\n      code  kept"),
        ("東京" * 8, "  " + "東京" * 5 + "\n  " + "東京" * 3),
        ("a\tb", "  a    b"),
    ],
)
def test_wrapping(text: str, expected: str) -> None:
    for size in (1, 2, 5, 100):
        wrapping = Wrapping(2, 22, "utf-8")
        parts = [wrapping.feed(text[at : at + size]) for at in range(0, len(text), size)]
        assert "".join([*parts, wrapping.end()]) == expected


def test_a_long_stream_takes_no_more_memory_than_a_short_one() -> None:
    trace = TraceText(Painter(False), lambda: 80, "utf-8", is_live=True)
    place: dict[str, Any] = {"session": "s", "seq": 1, "at": 5.0}

    def follow(step: int) -> None:
        for _ in range(50):
            trace.read({**place, "step": step, "type": "model_delta", "text": "on and on "})
        for kind in ("action", "observation", "checkpoint"):
            call: dict[str, Any] = {"call": "1", "tool": "t", "content": "x" * 900, "ok": True}
            trace.read({**place, **call, "step": step, "type": kind})

    tracemalloc.start()
    follow(1)
    before = tracemalloc.get_traced_memory()[0]
    for step in range(2, 200):
        follow(step)
    endless = {**place, "step": 200, "type": "model_delta", "text": "x" * 1000}
    for _ in range(2000):
        trace.read(endless)
    grown = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert grown < 200_000
