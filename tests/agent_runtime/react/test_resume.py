"""Sessions that go on: where a killed process left them, or after an earlier step in a fork."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from agent_runtime import (
    AgentConfig,
    AgentRuntime,
    FileStore,
    KnowledgeGraph,
    Message,
    ResumeError,
    ScriptedModel,
    SessionBusyError,
    WorkingMemory,
    current_session,
    tool,
)
from agent_runtime.events import Event
from agent_runtime.model import ModelRequest

REPLIES = [
    'Thought: first\nAction: note\nAction Input: {"text": "one"}\n'
    'Action: note\nAction Input: {"text": "two"}',
    "I have lost my way",
    'Thought: third\nAction: note\nAction Input: {"text": "three"}',
    "Thought: done\nFINAL_ANSWER: noted",
]
QUESTION = "Note it"


class GroupedStore(FileStore):
    """A real store that knows what was saved at once."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, sync=False)
        self.groups: list[Sequence[Event]] = []

    def append(self, session: str, events: Sequence[Event]) -> None:
        super().append(session, events)
        self.groups.append(list(events))


class Helper:
    """An agent whose notes are what it has done to the world."""

    def __init__(self, folder: Path, *, repeatable: bool = False, max_iterations: int = 10) -> None:
        self.notes: list[str] = []
        self.requests: list[ModelRequest] = []
        self.store = GroupedStore(folder)

        @tool(repeatable=repeatable)
        def note(text: str) -> str:
            """Writes it down."""
            self.notes.append(text)
            session = current_session()
            session.graph.add_entity(text, "note")
            session.working.set("last", text)
            return f"noted {text}"

        config = AgentConfig(name="helper", max_iterations=max_iterations)
        self.runtime = (
            AgentRuntime.builder()
            .with_agent_config(config)
            .with_model(ScriptedModel(self.think))
            .with_tools(note)
            .with_memory(WorkingMemory())
            .with_graph(KnowledgeGraph())
            .with_store(self.store)
            .build()
        )

    def think(self, request: ModelRequest) -> str:
        """By what was said before, as a model that remembers nothing else would."""
        self.requests.append(request)
        return REPLIES[sum(message.role == "assistant" for message in request.messages)]

    def events(self, session: str) -> list[Event]:
        return list(self.store.events(session))


def whole(tmp_path: Path) -> Helper:
    helper = Helper(tmp_path / "whole")
    assert helper.runtime.run(QUESTION, session_id="one").answer == "noted"
    assert helper.notes == ["one", "two", "three"]
    return helper


def known_in(events: Sequence[Event]) -> tuple[list[str], dict[str, str]]:
    """Graph and working memory, as a reader of the events sees them."""
    entities: list[str] = []
    working: dict[str, str] = {}
    for event in events:
        if event["type"] == "graph_changed":
            entities += [entity["id"] for entity in event["entities"]]
        elif event["type"] == "working_changed":
            working |= event["set"]
    return entities, working


@pytest.mark.parametrize("repeatable", [False, True])
def test_after_each_save_as_if_the_process_had_been_killed(
    tmp_path: Path, repeatable: bool
) -> None:
    groups = whole(tmp_path).store.groups
    assert len(groups) > 8
    for count in range(1, len(groups)):
        helper = Helper(tmp_path / str(count), repeatable=repeatable)
        for group in groups[:count]:
            helper.store.append("one", group)
        before = helper.events("one")
        done = [event for event in before if event["type"] == "observation" and event["ok"]]
        waiting = len([event for event in before if event["type"] == "action"]) > len(done)
        assert helper.runtime.run(QUESTION, session_id="one").answer == "noted"
        events = helper.events("one")
        assert events[: len(before)] == before
        assert [event["seq"] for event in events] == list(range(len(events)))
        assert events[len(before)]["type"] == "session_resumed"
        rest = ["one", "two", "three"][len(done) :]
        # nobody knows whether the call that waits was done: it is only repeated if it may be
        assert helper.notes == (rest if repeatable or not waiting else rest[1:])
        errors = [e["error"] for e in events if e["type"] == "observation" and "error" in e]
        lost = ["interrupted"] if waiting and not repeatable else []
        assert sorted(errors) == sorted(["malformed", *lost])
        # each step is asked for and completed once, wherever it was left
        assert [e["step"] for e in events if e["type"] == "step_started"] == [1, 2, 3, 4]
        assert [e["step"] for e in events if e["type"] == "thought"] == [1, 2, 3, 4]
        assert [e["step"] for e in events if e["type"] == "checkpoint"] == [1, 2, 3]
        entities, working = known_in(events)
        assert entities == [note for note in ["one", "two", "three"] if note in entities]
        assert len(entities) == 3 - len(lost)
        assert events[-1].get("entity_count") == len(entities)
        assert working == {"last": entities[-1]}
        if before[-1]["type"] == "final_answer":
            assert helper.requests == []
        else:
            last_prompt = helper.requests[-1].messages[-1].content
            assert f"- last: {entities[-1]}" in last_prompt


def test_a_fork_leaves_the_session_and_what_it_knew_as_they_were(tmp_path: Path) -> None:
    helper = whole(tmp_path)
    before = helper.events("one")
    for step in (0, 1, 2, 3):
        helper.notes.clear()
        shown = list(helper.runtime.stream(QUESTION, session_id="one", resume_from_step=step))
        fork = shown[0]["session"]
        assert fork != "one"
        assert helper.events("one") == before
        kept = helper.events(fork)
        copied = [e for e in before if e["step"] <= step]
        assert [e["type"] for e in kept[: len(copied)]] == [e["type"] for e in copied]
        assert [e["seq"] for e in kept] == list(range(len(kept)))
        assert {e["session"] for e in kept} == {fork}
        assert kept[0].get("forked_from") == {"session": "one", "step": step}
        # only its beginning and what is new is shown
        news = [e for e in shown if e["type"] != "model_delta"]
        assert news == [kept[0], *kept[len(copied) :]]
        assert helper.notes == ([] if step == 3 else ["three"] if step else ["one", "two", "three"])
        assert known_in(kept) == (["one", "two", "three"], {"last": "three"})
        assert kept[-1].get("entity_count") == 3
    assert len(helper.store.sessions()) == 5


def test_the_last_step_of_a_session_without_an_end_is_gone_on_with_in_place(
    tmp_path: Path,
) -> None:
    groups = whole(tmp_path).store.groups
    helper = Helper(tmp_path / "again")
    for group in groups[:-2]:
        helper.store.append("one", group)
    steps = max(e["step"] for e in helper.events("one") if e["type"] == "checkpoint")
    result = helper.runtime.run(QUESTION, session_id="one", resume_from_step=steps)
    assert (result.session, result.answer) == ("one", "noted")
    assert len(helper.store.sessions()) == 1


def test_what_was_stopped_by_a_limit_goes_on_in_a_fork(tmp_path: Path) -> None:
    first = Helper(tmp_path, max_iterations=2)
    stopped = first.runtime.run(QUESTION, session_id="one")
    assert (stopped.reason, stopped.answer, stopped.steps) == ("max_iterations", None, 2)
    more = Helper(tmp_path)
    result = more.runtime.run(QUESTION, session_id="one", resume_from_step=2)
    assert (result.answer, result.steps, more.notes) == ("noted", 4, ["three"])


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"session_id": "one"}, r"has ended \(answered\). Give resume_from_step, 0 to 3"),
        ({"session_id": "one", "resume_from_step": 4}, "complete steps are 1 to 3"),
        ({"session_id": "one", "resume_from_step": -1}, "complete steps are 1 to 3"),
        ({"session_id": "two", "resume_from_step": 1}, "There is no session two"),
        ({"resume_from_step": 1}, "needs the session_id"),
        ({"question": "Else?", "session_id": "one", "resume_from_step": 1}, "another question"),
    ],
)
def test_what_cannot_be_resumed(tmp_path: Path, asked: dict[str, object], message: str) -> None:
    helper = whole(tmp_path)
    before = helper.events("one")
    arguments: dict[str, object] = {"question": QUESTION, **asked}
    with pytest.raises(ResumeError, match=message):
        helper.runtime.run(**arguments)  # type: ignore[arg-type]  # one of each kind
    assert helper.events("one") == before
    assert len(helper.store.sessions()) == 1


@pytest.mark.parametrize(
    ("steps", "step", "message"),
    [
        (0, None, "Give resume_from_step=0 to ask again from its beginning, in a new session,"),
        (0, 1, "after step 1: none of its steps is complete, 0 is its beginning"),
        (1, 2, "after step 2: its one complete step is 1, 0 is its beginning"),
    ],
)
def test_what_a_short_session_says(
    tmp_path: Path, steps: int, step: int | None, message: str
) -> None:
    replies = [*['Action: keep\nAction Input: {"note": "one"}'] * steps, "FINAL_ANSWER: done"]
    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="short"))
        .with_model(ScriptedModel(replies))
        .with_tools(len)
        .with_store(FileStore(tmp_path))
        .build()
    )
    runtime.run(QUESTION, session_id="one")
    with pytest.raises(ResumeError, match=message):
        runtime.run(QUESTION, session_id="one", resume_from_step=step)


def test_a_session_of_another_agent_and_one_without_a_store(tmp_path: Path) -> None:
    helper = whole(tmp_path)
    builder = AgentRuntime.builder().with_model(ScriptedModel(["FINAL_ANSWER: 1"]))
    other = builder.with_agent_config(AgentConfig(name="other")).with_store(helper.store).build()
    with pytest.raises(ResumeError, match="one of the agent helper, not of other"):
        other.run(QUESTION, session_id="one", resume_from_step=1)
    forgetful = builder.with_agent_config(AgentConfig(name="helper")).build()
    with pytest.raises(ResumeError, match=r"with_store"):
        forgetful.run(QUESTION, session_id="one", resume_from_step=1)


async def test_two_runs_cannot_work_on_one_session(tmp_path: Path) -> None:
    asked, go_on = asyncio.Event(), asyncio.Event()

    async def think(_: object) -> str:
        asked.set()
        await go_on.wait()
        return "FINAL_ANSWER: at last"

    def runtime() -> AgentRuntime:
        return (
            AgentRuntime.builder()
            .with_agent_config(AgentConfig(name="helper"))
            .with_model(think)
            .with_store(FileStore(tmp_path, sync=False))
            .build()
        )

    first = asyncio.ensure_future(runtime().arun(QUESTION, session_id="one"))
    await asked.wait()
    with pytest.raises(SessionBusyError):
        await runtime().arun(QUESTION, session_id="one")
    go_on.set()
    assert (await first).answer == "at last"


def left_in_a_call(store: FileStore, *, tools: Sequence[str] | None = None) -> None:
    """A session that was killed while the first of two notes was written, perhaps."""
    base = {"session": "one", "at": 1.0}
    started: dict[str, Any] = {
        "type": "session_started",
        "trace": "agent_runtime/1",
        "agent": "helper",
        "input": QUESTION,
        "model": "first",
        "tools": ["note"] if tools is None else [],
        "max_iterations": 10,
    }
    resumed: list[dict[str, Any]] = (
        [] if tools is None else [{"type": "session_resumed", "tools": tools}]
    )
    tokens = {"input": 1, "output": 1, "estimated": True}
    rest: list[dict[str, Any]] = [
        {"type": "step_started", "step": 1},
        {"type": "thought", "step": 1, "text": "hm", "tokens": tokens, "elapsed_ms": 1.0},
        *(
            {"type": "action", "step": 1, "call": f"1.{n}", "tool": "note", "arguments": arguments}
            for n, arguments in enumerate([{"text": "one"}, {"text": "two"}], 1)
        ),
    ]
    events: Any = [
        {"step": 0, **base, **fields, "seq": seq}
        for seq, fields in enumerate([started, *resumed, *rest])
    ]
    store.append("one", events)


def test_a_session_that_goes_on_says_whose_it_is_and_which_calls_are_left(tmp_path: Path) -> None:
    helper = Helper(tmp_path)
    left_in_a_call(helper.store)
    resumed = next(helper.runtime.stream(QUESTION, session_id="one"))
    assert resumed["type"] == "session_resumed"
    assert (resumed["agent"], resumed["step"]) == ("helper", 0)
    assert (resumed["model"], resumed["tools"]) == ("scripted", ["note"])
    assert resumed["waiting"] == [
        {"call": "1.1", "tool": "note", "arguments": {"text": "one"}},
        {"call": "1.2", "tool": "note", "arguments": {"text": "two"}},
    ]


@pytest.mark.parametrize(("tools", "noted"), [(["note"], ["two"]), ([], ["one", "two"])])
def test_a_tool_that_came_with_a_resume_is_one_that_may_have_run(
    tmp_path: Path, tools: list[str], noted: list[str]
) -> None:
    helper = Helper(tmp_path)
    left_in_a_call(helper.store, tools=tools)
    helper.runtime.run(QUESTION, session_id="one")
    assert helper.notes[: len(noted)] == noted


@pytest.mark.parametrize("after", [None, 0])
async def test_a_call_that_a_kill_left_is_not_made_when_resuming_was_cancelled(
    tmp_path: Path, after: int | None
) -> None:
    noted = []

    def note(text: str) -> str:
        """Writes it down."""
        noted.append(text)
        return "noted"

    class CancelledStore(FileStore):
        """Cancels the run as soon as the journal says that the session goes on."""

        is_on = False

        def append(self, session: str, events: Sequence[Event]) -> None:
            super().append(session, events)
            if self.is_on and events[0]["type"] == "session_resumed":
                loop.call_soon_threadsafe(first.cancel)

    def think(messages: Sequence[Message]) -> str:
        return REPLIES[0] if messages[-1].role == "user" and len(messages) == 2 else REPLIES[-1]

    loop = asyncio.get_running_loop()
    store = CancelledStore(tmp_path, sync=False)
    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="helper"))
        .with_model(think)
        .with_tools(note)
        .with_store(store)
        .build()
    )
    await runtime.arun(QUESTION, session_id="whole")
    events = list(store.events("whole"))
    killed = [event for event in events if event["seq"] <= 4]
    assert [event["type"] for event in killed[-2:]] == ["action", "action"]
    for event in killed:
        event["session"] = "one"
    store.append("one", killed)
    noted.clear()

    store.is_on = True
    first = asyncio.ensure_future(runtime.arun(QUESTION, session_id="one", resume_from_step=after))
    with pytest.raises(asyncio.CancelledError):
        await first
    store.is_on = False
    fork = await runtime.arun(QUESTION, session_id="one", resume_from_step=0)
    assert fork.answer == "noted"
    # nobody knows whether the first was done; the second had not begun
    assert noted == ["two"]
