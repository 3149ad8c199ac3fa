"""Calls of the agent `client-agent` that generated code is held to: tag, and inputs to give."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from runagent_ls.agents.call import Call, Chunk
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.targets.target import Target
from runagent_ls.features.client_code import ClientCode, ClientLanguage, ClientTarget, generate
from runagent_ls.features.client_code.planning import plan_of
from runagent_ls.features.entrypoints import EntrypointInfo, describe
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project
from serve_real_agent import RunningAgent

PROJECT: Final = Path(__file__).parent / "fixtures" / "client-agent"
NASTY: Final = (
    'it\'s "quoted"\\ \n\r\t */ ${HOME} $(id) `id` %s {} # // é 🦉'
    ' \u2028 \u202e \x00 \x7f \'\'\' """ "# </script>'
)


@dataclass(frozen=True)
class Case:
    name: str
    tag: str
    args: list[Any] = field(default_factory=list)
    kwargs: dict[str, Any] = field(default_factory=dict)

    @property
    def streams(self) -> bool:
        return self.tag.endswith("_stream")


CASES: Final = (
    Case("example", "greet"),
    Case("plain", "greet", kwargs={"name": "Ada", "times": 2}),
    Case("nasty", "greet", kwargs={"name": NASTY}),
    Case("other-type", "greet", kwargs={"name": "x", "times": True}),
    Case("models", "order"),
    Case(
        "nested",
        "order",
        kwargs={
            "item": {"name": "a", "count": 2, "parts": [{"name": "b"}, {"name": NASTY}]},
            "size": "large size",
            "due": "2026-01-31T12:00:00+00:00",
            "speed": 3,
            "address": {"street": "'s", "postal_code": 12345},
            "labels": {"a b": [1, 2], "": [], "'": [3]},
            "tags": ["x", NASTY],
        },
    ),
    Case("proto", "anything", kwargs={"labels": {"__proto__": [4]}, "__proto__": {"a": 1}}),
    Case("null", "order", kwargs={"item": {"name": "a"}, "due": None, "labels": None}),
    Case("unfit", "order", kwargs={"item": "no object", "tags": {"a": None}}),
    Case("by-position", "positions", args=[1]),
    Case("all-positions", "positions", args=[7, "s", 2.25]),
    Case("by-position-named", "positions", kwargs={"first": 4, "third": 1e21}),
    Case("any-nothing", "anything"),
    Case("any-args", "anything", args=[1, "a", None, [True], {"k": 1.5}]),
    Case("any-kwargs", "anything", kwargs={"a b": 1, "cls": 2, "class": {"x": []}, "ok": -0.5}),
    Case("any-both", "anything", args=[NASTY], kwargs={NASTY: NASTY}),
    Case("nothing", "nothing"),
    Case("words", "class", kwargs={"type": "t", "match": "m", "input": {"a": 1}}),
    Case("stream-example", "count_stream"),
    Case("stream", "count_stream", kwargs={"n": 4, "start": 40}),
    Case("stream-position", "parts_stream", args=["to be or 'not'"]),
)

SELF: Final = Case("any-self", "anything", kwargs={"self": 2})
"""What the Python library cannot send."""


def info_of(tag: str, project_dir: Path = PROJECT) -> EntrypointInfo:
    project = load_project(project_dir / "runagent.config.json", DiskFiles())
    entrypoint = project.entrypoint_of(tag)
    assert entrypoint is not None
    return describe(entrypoint, project)


def code_of(case: Case, language: ClientLanguage, target: ClientTarget) -> ClientCode:
    return generate(info_of(case.tag), language, target, case.args, case.kwargs)


def agent_id() -> str:
    config = json.loads((PROJECT / "runagent.config.json").read_text("utf-8"))
    return str(config["agent_id"])


def target_of(agent: RunningAgent) -> ClientTarget:
    return ClientTarget(agent.agent_id, host=agent.host, port=agent.port)


async def expected_values(case: Case, agent: RunningAgent) -> list[Any]:
    """What our own client gets for the same inputs, chunks of a stream one by one."""
    plan = plan_of(info_of(case.tag), target_of(agent), case.args, case.kwargs)
    call = Call(case.tag, plan.args, plan.kwargs)
    async with AgentClient(Target(agent.host, agent.port, agent.agent_id, "explicit")) as client:
        if not case.streams:
            return [(await client.run(call)).value]
        return [it.value async for it in client.stream(call) if isinstance(it, Chunk)]
