"""What an agent in steps does, as people see it on the terminal and programs get it in a pipe."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from agent_folders import write_agent
from run_cli import Cli, Done
from runagent_ls.sessions.kept import KeptSessions
from serve_our_agent import OurAgent, serving_ours
from serve_real_agent import RunningAgent
from session_events import checkpoint, ended, started, thought
from terminal_run import TerminalRun

AGENT: Final = '''
import asyncio, json
from pathlib import Path
from agent_runtime import (
    AgentConfig, AgentRuntime, FileStore, ModelError, ModelReply, RetryPolicy, ToolError
)

FIRST = (
    "Thought: I look it up, in one place and then in another one.\\n"
    'Action: look_up\\nAction Input: {"city": "Atlantis"}\\n'
    'Action: look_up\\nAction Input: {"city": "Oslo", "days": 2}'
)
LAST = "Thought: Now I know.\\n**FINAL_ANSWER:** It rains\\nall day."


def look_up(city: str, days: int = 1) -> str:
    """The weather."""
    if city == "Atlantis":
        raise ToolError("There is no such city.")
    return f"rain in {city}\\n" * days


class Model:
    """Writes piece by piece; `breaks` once before its last reply, waits there for the gate."""

    name = "slow"

    def __init__(self, gate: str) -> None:
        self.gate, self.breaks = Path(gate), True

    async def stream(self, request):
        text = LAST if any("rain in" in each.content for each in request.messages) else FIRST
        if text is LAST and self.breaks:
            self.breaks = False
            yield "Thought: Half"
            raise ModelError("The line broke", transient=True)
        for at in range(0, len(text), 7):
            yield text[at : at + 7]
            while at > 21 and text is LAST and not self.gate.exists():
                await asyncio.sleep(0.01)
        yield ModelReply(text)

    async def reply(self, request):
        raise NotImplementedError


async def ask(question: str, gate: str = ".", session_id=None, resume_from_step=None):
    runtime = (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="weather"))
        .with_model(Model(gate))
        .with_retry(RetryPolicy(attempts=2, base=0.001))
        .with_tools(look_up)
        .with_store(FileStore(Path(__file__).with_name(".runagent") / "runtime"))
        .build()
    )
    events = runtime.astream(
        question, session_id=session_id, resume_from_step=resume_from_step
    )
    async for event in events:
        yield event
'''
REPLAY: Final = """
def replay(pieces: list):
    yield from pieces


def given(pieces: list):
    return pieces
"""
ENTRYPOINTS: Final = [
    {"file": "main.py", "module": "ask", "tag": "ask_stream"},
    {"file": "main.py", "module": "replay", "tag": "replay_stream"},
    {"file": "main.py", "module": "given", "tag": "given"},
]
TEXT: Final = ("--output-format", "text")


@pytest.fixture(scope="module")
def agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OurAgent]:
    folder = tmp_path_factory.mktemp("trace") / "agent"
    write_agent(folder, {"main.py": AGENT + REPLAY}, ENTRYPOINTS)
    with serving_ours(folder) as served:
        yield served


@pytest.fixture
def variables(agent: OurAgent, tmp_path: Path) -> dict[str, str]:
    return {
        "RUNAGENT_CACHE_DIR": str(agent.cache_dir),
        "RUNAGENT_LS_STATE": str(agent.state_dir),
        "RUNAGENT_LS_HISTORY": str(tmp_path / "history.db"),
    }


@pytest.fixture
def call(cli: Cli, agent: OurAgent, variables: dict[str, str]) -> Callable[..., Done]:
    def run(*arguments: object, **inputs: Any) -> Done:
        given = [
            word for name, it in inputs.items() for word in ("--arg", f"{name}={json.dumps(it)}")
        ]
        return cli(*arguments, *given, cwd=agent.project_dir, env=variables)

    return run


@pytest.fixture
def on_terminal(agent: OurAgent, variables: dict[str, str]) -> Callable[..., TerminalRun]:
    def run(*arguments: object, columns: int = 80, no_color: str = "1") -> TerminalRun:
        env = {**variables, "NO_COLOR": no_color}
        return TerminalRun(arguments, agent.project_dir, env, columns)

    return run


def timeless(text: str) -> str:
    """Without what differs from run to run."""
    text = re.sub(r"  \(\d+\.\d\d s\)", "", re.sub(r"\b[0-9a-f]{32}\b", "ID", text))
    return re.sub(r"\d+ tokens read, \d+", "N tokens read, N", re.sub(r"\d+\.\d\d s", "T s", text))


STEPS: Final = """\
session ID
agent: weather, model: slow

Input
Rain?

Step 1
  I look it up, in one place and then in another one.
  -> look_up(city="Atlantis")
  -> look_up(city="Oslo", days=2)
  <- look_up: error (permanent): There is no such city.
  <- look_up: rain in Oslo
     rain in Oslo
  T s, N tokens read, N written (estimated)

Step 2
  the model is asked again (attempt 2) in T s: The line broke
  Now I know.
"""
END: Final = """\

answered: 2 steps, 2 tool calls, T s, N tokens read, N written (estimated)

session ID, to go on after step 1:
runagent-ls stream ask_stream --output-format text --arg 'question="Rain?"' \
--arg 'session_id="ID"' --arg resume_from_step=1
"""


def test_people_get_a_trace(call: Callable[..., Done]) -> None:
    done = call("stream", "ask_stream", *TEXT, question="Rain?")
    assert done.code == 0, done.err
    step = "  T s, N tokens read, N written (estimated)\n"
    assert timeless(done.out) == f"{STEPS}{step}\nAnswer\nIt rains\nall day.\n{END}"


def test_programs_get_what_the_agent_gives(call: Callable[..., Done]) -> None:
    pieces = [started("s"), "text\x1b[1m", thought("s", 1), {"é": 1.5}, ended("s", 2)]
    raw = call("stream", "replay_stream", pieces=pieces)
    lines = [json.dumps(it, ensure_ascii=False) for it in pieces]
    lines[1] = "text\x1b[1m"
    assert raw.out == "\n".join(lines) + "\n"
    assert call("stream", "replay_stream", "--output-format", "raw", pieces=pieces).out == raw.out
    by_name = call("stream", "replay_stream", "--output-format", "json", pieces=pieces).out
    chunks = [json.loads(line) for line in by_name.splitlines()]
    assert [it.get("value", it.get("text")) for it in chunks[:-1]] == pieces
    assert chunks[-1]["state"] == "completed"
    kept = call("history", "show", "last").out
    assert kept.endswith("\n".join(lines).replace("\x1b", "\\x1b") + "\n")


def test_the_words_are_there_while_the_model_writes_them(
    on_terminal: Callable[..., TerminalRun], tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    inputs = ("--arg", 'question="Rain?"', "--arg", f"gate={json.dumps(str(gate))}")
    with on_terminal("stream", "ask_stream", *inputs) as run:
        run.wait_for("count: The line broke\n  Now I know")
        assert "Answer" not in run.seen
        gate.touch()
        assert run.end() == 0
    seen = timeless(run.seen)
    assert "  I look it up, in one place and then in another one.\n  -> look_up" in seen
    assert "\n  Half\n  the model is asked again (attempt 2) in T s, " in seen
    answer = "  Now I know.\n\nAnswer\nIt rains\nall day.\n\n  step 2: T s, "
    assert answer in seen
    assert [seen.count(it) for it in ("Thought", "Action", "FINAL", "all day")] == [0, 0, 0, 1]
    assert "\x1b" not in run.seen


def test_a_trace_is_as_wide_as_the_terminal(on_terminal: Callable[..., TerminalRun]) -> None:
    words = "several words that go on 東京は日本の首都であり世界最大級の都市圏 " * 5
    pieces = [
        started("s" * 30, text=words),
        {**thought("s" * 30, 1), "text": words},
        {**thought("s" * 30, 2), "type": "model_delta", "text": words},
        {
            **thought("s" * 30, 3),
            "type": "action",
            "call": "1",
            "tool": "t",
            "arguments": {"a": words},
        },
        {**thought("s" * 30, 4), "type": "observation", "call": "1", "ok": True, "content": words},
        {**thought("s" * 30, 5), "type": "memory_stored", "text": words},
        {
            **thought("s" * 30, 6),
            "type": "model_retried",
            "attempt": 2,
            "error": words,
            "delay_ms": 1,
        },
        {**thought("s" * 30, 7), "type": "memory_degraded", "problem": f"{words}gets no vector"},
        {**thought("s" * 30, 8), "type": "final_answer", "text": words},
        ended("s" * 30, 9),
    ]
    given = json.dumps(pieces)
    with on_terminal("stream", "replay_stream", "--arg", f"pieces={given}", columns=50) as run:
        assert run.end() == 0
    text = run.seen[run.seen.index("session s") : run.seen.index("completed in")]
    assert text.count("都市圏") > 30
    assert "gets no vector" in " ".join(text.split())
    assert [line for line in text.splitlines() if columns_of(line) > 50] == []
    assert [line for line in text.splitlines() if columns_of(line) > 40] != []


def columns_of(line: str) -> int:
    return sum(1 if char.isascii() else 2 for char in line.replace("…", "."))


@pytest.mark.parametrize("no_color", ["", "1"])
def test_colours_on_a_terminal(on_terminal: Callable[..., TerminalRun], no_color: str) -> None:
    given = json.dumps([started("s"), thought("s", 1), ended("s", 2)])
    with on_terminal(
        "stream", "replay_stream", "--arg", f"pieces={given}", no_color=no_color
    ) as run:
        assert run.end() == 0
    assert ("\x1b[1mStep 1\x1b[0m" in run.seen, "\x1b" in run.seen) == (not no_color,) * 2


def test_an_agent_does_not_steer_the_terminal(on_terminal: Callable[..., TerminalRun]) -> None:
    evil = "\x1b]0;x\x07\u202e\x9b2J\ralone"
    kinds = [
        *("session_started", "session_resumed", "step_started", "memory_recalled", "model_delta"),
        *("model_retried", "thought", "action", "observation", "memory_stored"),
        *(
            "memory_degraded",
            "working_changed",
            "graph_changed",
            "checkpoint",
            "final_answer",
            "session_ended",
        ),
        "of_the_future" + evil,
    ]
    fields = {
        **dict.fromkeys(["text", "agent", "model", "input", "error", "content"], evil),
        **dict.fromkeys(["call", "tool", "reason", "problem"], evil),
        "arguments": {evil: evil},
        "memories": [{"text": evil}],
        "set": {evil: evil},
        "removed": [evil],
        "relations": [{"source": evil, "kind": evil, "target": evil}],
        "waiting": [{"tool": evil, "arguments": {evil: evil}}],
        "forked_from": {"session": evil, "step": 1},
    }
    pieces = [{**fields, "type": kind, **place(evil, 1)} for kind in kinds]
    odd: list[Any] = [None, 5, -1.5, True, [[]], {}, {"a": None}, "x", 10**30]
    pieces += [
        {
            **dict.fromkeys([*fields, "tokens", "elapsed_ms", "value", "steps"], it),
            "type": kind,
            **place("o", 2),
        }
        for kind in kinds
        for it in odd
    ]
    with on_terminal("stream", "replay_stream", "--arg", f"pieces={json.dumps(pieces)}") as run:
        code = run.end()
    assert code == 0, run.seen
    assert "Step 2" in run.seen
    assert re.findall("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", run.seen) == []
    assert "\\x1b]0;x" in run.seen


def place(session: str, step: int) -> dict[str, Any]:
    return {"session": session, "seq": 1, "step": step, "at": 5.0}


def test_ctrl_c_says_how_to_go_on(
    on_terminal: Callable[..., TerminalRun], cli: Cli, agent: OurAgent, variables: dict[str, str],
    tmp_path: Path,
) -> None:  # fmt: skip
    gate = tmp_path / "gate"
    inputs = ("--arg", 'question="Rain?"', "--arg", f"gate={json.dumps(str(gate))}")
    with on_terminal("stream", "ask_stream", *inputs) as run:
        run.wait_for("Now I know")
        run.process.send_signal(signal.SIGINT)
        assert run.end() == 130
    assert "\n\nnot finished: 1 complete step\n\nsession " in run.seen
    with KeptSessions(agent.project_dir) as kept:
        # the server may need a moment more to end the function
        poll(lambda: all(it.summary.state != "running" for it in kept.list().sessions))
    gate.touch()
    (command,) = [line for line in run.seen.splitlines() if line.startswith("runagent-ls stream")]
    words = shlex.split(command)[1:]
    done = cli(*words, *TEXT, cwd=agent.project_dir, env=variables)
    assert done.code == 0, done.err
    assert "Step 1" not in done.out
    assert "\n\nStep 2\n" in done.out
    assert "\nAnswer\nIt rains\nall day.\n" in done.out
    # a session that goes on takes the place of the one before
    assert done.out.splitlines()[-1].count("session_id=") == 1


def poll(is_so: Callable[[], bool]) -> None:
    wait = threading.Event()
    assert any(is_so() or wait.wait(0.05) for _ in range(1200))


def test_other_output_stands_between_events(call: Callable[..., Done]) -> None:
    strange = {**thought("s", 1), "type": "of_another_program"}
    pieces = [
        "Hello ",
        strange,  # before its session is known it is no event
        json.dumps(started("s", text="Why?")) + "\n" + json.dumps(thought("s", 1)),
        {"rows": 1},
        "more",
        strange,
        checkpoint("s", 2, 1),
        [thought("s", 3, step=2, text="Again.")],
        {**thought("other", 0), "type": "final_answer", "text": "Because."},
    ]
    out = call("stream", "replay_stream", *TEXT, pieces=pieces).out
    assert out == (
        f"Hello \n{json.dumps(strange)}\n"
        "session s\nagent: helper, model: scripted\n\nInput\nWhy?\n\nStep 1\n  I add them.\n"
        '{"rows": 1}\nmore\n  0.00 s, 0 tokens read, 0 written\n\nStep 2\n  Again.\n'
        "\nsession other\n\nStep 1\n\nAnswer\nBecause.\n"
        "\nnot finished: 0 complete steps\n\nsession other\n"
    )


def test_a_result_that_holds_events(call: Callable[..., Done]) -> None:
    pieces = [started("s"), thought("s", 1), ended("s", 2)]
    done = call("run", "given", *TEXT, pieces=pieces)
    assert "\nStep 1\n  I add them.\n" in done.out
    assert call("history", "show", "last", *TEXT).out.endswith(f"\nResult\n{done.out}")
    assert json.loads(call("run", "given", pieces=pieces).out) == pieces
    for other in ([], [1], [*pieces, 1], [{"answer": 1}]):
        plain = call("run", "given", *TEXT, pieces=other)
        assert plain.out == json.dumps(other, indent=2) + "\n", plain.err


def test_a_recorded_run_is_shown_as_it_was(
    call: Callable[..., Done], on_terminal: Callable[..., TerminalRun], agent: OurAgent
) -> None:
    done = call("stream", "ask_stream", *TEXT, question="Rain?")
    shown = call("history", "show", "last", *TEXT).out
    trace, command = shown.split(" chunks\n")[1].rsplit("runagent-ls", 1)
    assert trace == done.out.rsplit("runagent-ls", 1)[0]
    assert shlex.split(command)[:4] == ["stream", "ask_stream", "--project", str(agent.project_dir)]
    assert '{"session": ' in call("history", "show", "last").out
    with on_terminal("history", "show", "last") as run:
        assert run.end() == 0
    assert "\nStep 2\n  Half\n  the model is asked again" in run.seen


@pytest.mark.parametrize("tag", ["replay_stream", "given"])
def test_what_is_shortened_can_be_seen_whole(
    call: Callable[..., Done], cli: Cli, variables: dict[str, str], tag: str
) -> None:
    long = "\n".join(map(str, range(300)))
    observation = {**thought("s", 1), "type": "observation", "ok": True, "content": long}
    command = "stream" if tag == "replay_stream" else "run"
    done = call(command, tag, *TEXT, pieces=[started("s"), observation, ended("s", 2)])
    assert "\n     9 … and 1070 characters more\n" in done.out, done.err
    head, way = done.out.splitlines()[-4:-2]
    assert head == "shortened above; the whole output:"
    shown = call("history", "show", "last", *TEXT).out
    assert f"\n\n{head}\n{way}\n\nsession s\n" in shown
    raw = cli(*shlex.split(way)[1:], env=variables).out
    assert json.dumps(long)[1:-1] in raw
    unrecorded = call(command, tag, *TEXT, "--no-history", pieces=[started("s"), observation])
    assert "characters more" in unrecorded.out
    assert "the whole output" not in unrecorded.out


def test_nothing_is_said_of_a_short_trace(call: Callable[..., Done]) -> None:
    done = call("stream", "replay_stream", *TEXT, pieces=[started("s"), thought("s", 1)])
    assert "the whole output" not in done.out


def test_a_run_whose_project_is_gone_is_shown(
    cli: Cli, agent: OurAgent, variables: dict[str, str], tmp_path: Path
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(agent.project_dir, copy)
    pieces = json.dumps([started("s"), thought("s", 1)])
    arguments = ("--arg", f"pieces={pieces}", "--project", copy)
    cli("stream", "replay_stream", *arguments, env=variables)
    shutil.rmtree(copy)
    shown = cli("history", "show", "last", *TEXT, env=variables)
    assert (shown.code, shown.out[-11:]) == (0, "\nsession s\n"), shown.err


def test_the_platform_serves_such_an_agent(
    cli: Cli, serve_real_agent: Callable[[Path], RunningAgent], tmp_path: Path
) -> None:
    pieces = json.dumps([started("s"), thought("s", 1), ended("s", 2)])
    folder = write_agent(tmp_path / "agent", {"main.py": REPLAY}, ENTRYPOINTS[1:])
    served = serve_real_agent(folder)
    done = cli(
        *("stream", "replay_stream", *TEXT, "--arg", f"pieces={pieces}", "--port", served.port)
    )
    assert "\nStep 1\n  I add them.\n" in done.out, done.err


def test_a_kept_session_goes_on_from_where_it_is_shown(
    call: Callable[..., Done], cli: Cli, agent: OurAgent, variables: dict[str, str]
) -> None:
    call("stream", "ask_stream", question="Rain?", session_id="kept")
    shown = call("sessions", "show", "kept").out
    assert "\nStep 1\n  I look it up, in one place and then in another one.\n  -> look_up(" in shown
    last = shown.splitlines()[-2:]
    assert last[0] == "session kept, to go on after step 1:"
    done = cli(*shlex.split(last[1])[1:], *TEXT, cwd=agent.project_dir, env=variables)
    assert "\ngoes on from: kept, step 1\n" in done.out, done.err
    assert "\nAnswer\nIt rains\nall day.\n" in done.out
    early = call("sessions", "show", "kept", "--step", "0").out
    assert "kept, to go on from its beginning:" in early


def test_secrets_and_standard_input_are_left_out_of_the_command(
    cli: Cli, agent: OurAgent, variables: dict[str, str]
) -> None:
    done = cli(
        *("stream", "ask_stream", *TEXT, "--input", "-", "--extra", 'api_key="rau_123456789"'),
        stdin=b'{"question": "Is it Ada\'s rain?\\u202e"}',
        cwd=agent.project_dir,
        env=variables,
    )
    assert done.code == 0, done.err
    assert "rau_123456789" not in done.out
    words = shlex.split(done.out.splitlines()[-1])
    assert words[:7] == ["runagent-ls", "stream", "ask_stream", *TEXT, "--extra", "api_key=..."]
    assert words[7:9] == ["--arg", 'question="Is it Ada\'s rain?\\u202e"']
    assert [word.partition("=")[0] for word in words[9:]] == [
        *("--arg", "session_id", "--arg", "resume_from_step"),
    ]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--output-format", "txt"), "'txt' is none of text, raw, json. Did you mean text?"),
        (("--json", *TEXT), "not allowed with argument --json"),
    ],
)
def test_a_format_that_is_none(cli: Cli, options: tuple[str, ...], said: str) -> None:
    for command in (("stream", "x"), ("run", "x"), ("history", "show")):
        done = cli(*command, *options)
        assert (done.code, done.out) == (2, "")
        assert said in done.err
