"""The events of AG-UI: as the objects of its library, and as its encoder writes them."""

from __future__ import annotations

import json

from ag_ui import core
from ag_ui.encoder import EventEncoder
from recording import save

ANSWER = "message-2"
EVENTS: list[core.BaseEvent] = [
    core.RunStartedEvent(thread_id="thread-1", run_id="run-1"),
    core.StepStartedEvent(step_name="plan"),
    core.ReasoningMessageStartEvent(message_id="thought-1", role="reasoning"),
    core.ReasoningMessageContentEvent(message_id="thought-1", delta="Hm."),
    core.ReasoningMessageEndEvent(message_id="thought-1"),
    core.TextMessageStartEvent(message_id="message-1", role="assistant"),
    core.TextMessageContentEvent(message_id="message-1", delta="I "),
    core.TextMessageContentEvent(message_id="message-1", delta="look."),
    core.TextMessageEndEvent(message_id="message-1"),
    core.ToolCallStartEvent(tool_call_id="call-1", tool_call_name="calculate"),
    core.ToolCallArgsEvent(tool_call_id="call-1", delta='{"expression"'),
    core.ToolCallArgsEvent(tool_call_id="call-1", delta=':"12*7"}'),
    core.ToolCallEndEvent(tool_call_id="call-1"),
    core.ToolCallResultEvent(message_id="result-1", tool_call_id="call-1", content="84"),
    core.StepFinishedEvent(step_name="plan"),
    core.StateSnapshotEvent(snapshot={"done": True}),
    core.StepStartedEvent(step_name="answer"),
    core.TextMessageChunkEvent(message_id=ANSWER, role="assistant", delta="It is "),
    core.TextMessageChunkEvent(message_id=ANSWER, delta="**84**."),
    core.StepFinishedEvent(step_name="answer"),
    core.RunFinishedEvent(thread_id="thread-1", run_id="run-1"),
]
FAILED: list[core.BaseEvent] = [
    core.RunStartedEvent(thread_id="thread-1", run_id="run-2"),
    core.ToolCallChunkEvent(tool_call_id="call-2", tool_call_name="search", delta="{}"),
    core.RunErrorEvent(message="No such tool", code="tool"),
]

encoder = EventEncoder()
save("ag_ui", EVENTS)
save("ag_ui_failed", FAILED)
save("ag_ui_encoded", (json.loads(encoder.encode(e).removeprefix("data: ")) for e in EVENTS))
