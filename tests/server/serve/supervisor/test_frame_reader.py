"""Frames in any pieces, and bytes that are none."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runagent_ls.serve.supervisor.frame_reader import FrameReader, NoFrameError, texts_of
from runagent_ls.serve.worker import framing

FRAMES = st.lists(
    st.tuples(st.integers(framing.READY, framing.PONG), st.integers(0, 5), st.binary(max_size=40)),
    max_size=8,
)


def reader(read: list[tuple[int, int, bytes]], long: list[int] | None = None) -> FrameReader:
    found = FrameReader(
        lambda *frame: read.append(frame),
        lambda kind, run, length: None if long is None else long.append(length),
        longest=50,
    )
    found.last_run = 5
    return found


@given(FRAMES, st.lists(st.integers(1, 30)))
@example([(framing.RESULT, 1, b"x" * 20)], [1, 8, 1, 1, 18])
def test_frames_arrive_whole_in_any_pieces(
    frames: list[tuple[int, int, bytes]], cuts: list[int]
) -> None:
    data = b"".join(framing.frame(*frame) for frame in frames)
    read: list[tuple[int, int, bytes]] = []
    feeding = reader(read)
    for cut in cuts:
        feeding.feed(data[:cut])
        data = data[cut:]
    feeding.feed(data)
    assert read == frames


@given(st.integers(0, 100), st.lists(st.integers(1, 30)), FRAMES)
def test_what_is_too_long_is_left_out_and_told(
    more: int, cuts: list[int], after: list[tuple[int, int, bytes]]
) -> None:
    data = framing.frame(framing.RESULT, 1, b"x" * (51 + more))
    data += b"".join(framing.frame(*frame) for frame in after)
    read: list[tuple[int, int, bytes]] = []
    long: list[int] = []
    feeding = reader(read, long)
    for cut in cuts:
        feeding.feed(data[:cut])
        data = data[cut:]
    feeding.feed(data)
    assert (read, long) == (after, [51 + more])


@given(st.binary(max_size=200))
@example(b"Traceback (most recent call last):")
@example(b"\0" * 9)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    read: list[tuple[int, int, bytes]] = []
    feeding = reader(read)
    try:
        feeding.feed(data)
    except NoFrameError:
        return
    assert sum(framing.HEAD.size + len(payload) for _, _, payload in read) <= len(data)


@pytest.mark.parametrize("text", [b"hello world", b"\0" * 20, b"\xff" * 20, b"A" * 8 + b"\0" * 8])
def test_what_a_program_prints_is_no_frame(text: bytes) -> None:
    with pytest.raises(NoFrameError):
        reader([]).feed(text)


def test_a_run_that_was_never_begun_is_no_run() -> None:
    with pytest.raises(NoFrameError):
        reader([]).feed(framing.frame(framing.RESULT, 6, b""))


@given(st.lists(st.binary(max_size=20)))
def test_chunks_are_cut_into_their_texts(texts: list[bytes]) -> None:
    payload = b"".join(framing.LENGTH.pack(len(text)) + text for text in texts)
    assert texts_of(payload) == texts


@pytest.mark.parametrize("payload", [b"\0", b"\0\0\0\5abc", b"\0\0\0\1a\0\0"])
def test_lengths_that_do_not_add_up_are_refused(payload: bytes) -> None:
    with pytest.raises(NoFrameError):
        texts_of(payload)
