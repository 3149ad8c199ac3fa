"""A script is followed to the letter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent_runtime.model import (
    Message,
    Model,
    ModelError,
    ModelReply,
    ModelRequest,
    StreamingModel,
    ToolRequest,
    Usage,
)
from agent_runtime.providers import ScriptedModel


def asked(text: str = "Hello") -> ModelRequest:
    return ModelRequest([Message("user", text)])


async def streamed(model: ScriptedModel) -> tuple[list[str], ModelReply]:
    got = [piece async for piece in model.stream(asked())]
    whole = got.pop()
    assert isinstance(whole, ModelReply)
    return [piece for piece in got if isinstance(piece, str)], whole


async def test_gives_replies_in_order_and_then_says_that_the_script_is_over() -> None:
    whole = ModelReply("two", [ToolRequest("add", "{}")], Usage(3, 4), "end")
    model = ScriptedModel(["one", whole], name="actor")
    assert await model.reply(asked()) == ModelReply("one")
    assert (await streamed(model))[1] == whole
    with pytest.raises(ModelError, match=r"script of actor is over: it has 2 replies") as raised:
        await model.reply(asked())
    assert not raised.value.transient
    assert not raised.value.may_have_run


async def test_a_function_sees_what_it_is_asked_each_time() -> None:
    model = ScriptedModel(lambda request: request.messages[-1].content.upper())
    assert (await model.reply(asked("a"))).text == "A"
    assert (await model.reply(asked("b"))).text == "B"
    assert [request.messages[0].content for request in model.requests] == ["a", "b"]


async def test_a_scripted_failure_is_raised_and_the_script_goes_on() -> None:
    failure = ModelError("busy", transient=True, retry_after=2.0)
    model = ScriptedModel([failure, "done"])
    with pytest.raises(ModelError) as raised:
        await model.reply(asked())
    assert raised.value is failure
    assert (await model.reply(asked())).text == "done"


@given(st.text(), st.none() | st.integers(1, 9))
async def test_the_pieces_are_the_whole_text(text: str, piece: int | None) -> None:
    pieces, whole = await streamed(ScriptedModel([text], piece=piece))
    assert "".join(pieces) == whole.text == text
    assert all(pieces)
    if piece is not None:
        assert all(len(each) <= piece for each in pieces)


async def test_streams_word_by_word() -> None:
    pieces, _ = await streamed(ScriptedModel(["The answer  is\n42. "]))
    assert pieces == ["The", " answer", "  is", "\n42. "]


async def test_pauses_before_each_piece() -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    model = ScriptedModel(["one two", "three"], pause=0.5, sleep=sleep)
    await streamed(model)
    assert slept == [0.5, 0.5]
    await model.reply(asked())
    assert slept == [0.5, 0.5, 0.5]


async def test_requests_of_a_long_session_do_not_pile_up() -> None:
    model = ScriptedModel(lambda _: "on")
    for _ in range(300):
        await model.reply(asked())
    assert len(model.requests) == 100


def test_it_is_a_model_that_streams() -> None:
    model = ScriptedModel([])
    assert isinstance(model, Model)
    assert isinstance(model, StreamingModel)


def test_wrong_use_says_what_is_right() -> None:
    with pytest.raises(TypeError, match=r'ScriptedModel\(\["\.\.\."\]\)'):
        ScriptedModel("FINAL_ANSWER: 4")
    with pytest.raises(ValueError, match="piece"):
        ScriptedModel([], piece=0)
    with pytest.raises(ValueError, match="pause"):
        ScriptedModel([], pause=-1)


def test_shows_how_far_it_is() -> None:
    assert repr(ScriptedModel(["a"])) == "ScriptedModel('scripted', 1 of 1 replies left)"
    assert repr(ScriptedModel(lambda _: "a")) == "ScriptedModel('scripted', by a function)"
