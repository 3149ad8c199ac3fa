"""`runagent-ls run` and `stream`: call an agent from the command line."""

from __future__ import annotations

import asyncio
import contextlib
import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from typing import Final

from runagent_ls.agents.call import Call
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.history import History, recording
from runagent_ls.agents.runs import OutputItem, RunOutcome, RunState, Sink, execute
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.values import JsonValue
from runagent_ls.cli.agents import agent_id_of
from runagent_ls.cli.calling import (
    call_of,
    check_target,
    other_call,
    policy_of,
    refusal,
    resolver,
    timeouts_of,
    where,
)
from runagent_ls.cli.cold import NotServedError, may_serve, served_if_needed
from runagent_ls.cli.ending import EndableCall
from runagent_ls.cli.exit_codes import ExitCode
from runagent_ls.cli.inputs import read_inputs
from runagent_ls.cli.output import Output, format_for
from runagent_ls.cli.recording import open_history, record_of
from runagent_ls.cli.resuming import way_on
from runagent_ls.cli.terminal import Painter, harmless, one_line, wants_colour

_EXIT_CODES: Final[dict[str, ExitCode]] = {
    "VALIDATION_ERROR": ExitCode.WRONG_USE,
    "NOT_FOUND": ExitCode.WRONG_USE,
    "STREAM_ENTRYPOINT": ExitCode.WRONG_USE,
    "NON_STREAM_ENTRYPOINT": ExitCode.WRONG_USE,
    "INITIALIZATION_ERROR": ExitCode.WRONG_USE,
    "CONNECTION_ERROR": ExitCode.NO_CONNECTION,
    "CLIENT_ERROR": ExitCode.NO_CONNECTION,
    "AGENT_NOT_FOUND_LOCAL": ExitCode.NO_CONNECTION,
    "AGENT_NOT_FOUND_REMOTE": ExitCode.NO_CONNECTION,
    "AGENT_ADDRESS_NOT_FOUND": ExitCode.NO_CONNECTION,
    "DATABASE_ERROR": ExitCode.NO_CONNECTION,
    "AUTHENTICATION_ERROR": ExitCode.NOT_ALLOWED,
    "PERMISSION_ERROR": ExitCode.NOT_ALLOWED,
    "TIMEOUT": ExitCode.TIMED_OUT,
}
"""Of the platform's codes; every other failure is the agent's."""
_EXIT_KINDS: Final[dict[str, ExitCode]] = {
    "network": ExitCode.NO_CONNECTION,
    "dns": ExitCode.NO_CONNECTION,
    "tls": ExitCode.NO_CONNECTION,
    "timeout-connect": ExitCode.TIMED_OUT,
    "timeout-idle": ExitCode.TIMED_OUT,
    "timeout-total": ExitCode.TIMED_OUT,
}
"""Of the failures that have a kind; it is finer than their code."""


def run(options: Namespace) -> int:
    """Call the entrypoint and print what comes; the exit code tells how it ended."""
    check_target(options)
    args, kwargs = read_inputs(options.input, options.arguments)
    agent_id = agent_id_of(options)
    output = Output(
        sys.stdout,
        format_for(sys.stdout, options.output_format),
        lambda session, step: way_on(options, args, kwargs, session, step),
    )
    if (error := refusal(options, args, kwargs)) is not None:
        outcome = RunOutcome("failed", None, 0.0, 0, error=error)
        output.end(outcome)
        return _ended(outcome, options)
    with History(None) if options.no_history else open_history() as history:
        recorder = history.begin(record_of(options, args, kwargs, agent_id))
        sink = recording(_Progress(output, options.tag), recorder)
        call = call_of(options, args, kwargs)
        outcome = asyncio.run(_called(options, call, agent_id, sink))
        recorder.end(outcome)
        output.end(outcome, recorder.history_id)
        return _ended(outcome, options)


async def _called(options: Namespace, call: Call, agent_id: str | None, sink: Sink) -> RunOutcome:
    timeouts = timeouts_of(options)
    async with contextlib.AsyncExitStack() as stack:
        find = resolver(options, agent_id, timeouts)
        if may_serve(options):
            find = await stack.enter_async_context(
                served_if_needed(options, find, lambda text: _say(one_line(text)))
            )
        endable = EndableCall(find)
        return await endable.outcome(
            execute(
                call,
                endable.find,
                sink,
                timeouts,
                stream=options.command == "stream",
                policy=policy_of(options),
            )
        )


class _Progress:
    """States to standard error, chunks to standard output."""

    def __init__(self, output: Output, tag: str) -> None:
        self._output = output
        self._tag = tag

    async def state(self, state: RunState, target: Target | None) -> None:
        if state == "waiting":
            _say("waiting before the next try")
        elif target is None:
            _say("looking for the agent")
        elif state == "connecting":
            _say(where(target))
        else:
            _say(f"running {self._tag}")

    async def output(self, items: Sequence[OutputItem]) -> None:
        await self._output.chunks(items)


def _ended(outcome: RunOutcome, options: Namespace) -> ExitCode:
    seconds = f"{outcome.elapsed_ms / 1000:.2f} s"
    chunks = f", {outcome.chunks} chunks" if outcome.chunks else ""
    chunks += f", {outcome.attempts} attempts" if outcome.attempts > 1 else ""
    if outcome.state == "completed":
        _say(f"completed in {seconds}{chunks}")
        return ExitCode.OK
    if outcome.state == "cancelled":
        function = "was stopped" if outcome.stopped else "goes on, its result is lost"
        if outcome.target is None:
            function = "was not called"
        _say(f"cancelled after {seconds}{chunks}; the agent's function {function}")
        return ExitCode.INTERRUPTED
    error = outcome.error or AgentError("The run failed.")
    paint = Painter(wants_colour(sys.stderr))
    head, *problems = _lines(error)
    _say(f"{paint(f'error[{one_line(error.code)}]', 'bold', 'red')}: {harmless(head)}")
    for problem in problems:
        _say(f"  - {one_line(problem)}")
    for frame in _frames(error):
        _say(f"  {paint('-->', 'blue')} {one_line(frame)}")
    if suggestion := other_call(options, error) or error.suggestion:
        _say(f"  {paint('help', 'bold')}: {harmless(suggestion)}")
    return exit_code_of(error)


def exit_code_of(error: AgentError) -> ExitCode:
    """What the shell is told of a run that failed."""
    if isinstance(error, NotServedError):
        wrong_use = error.failure.exit_code == ExitCode.WRONG_USE
        return ExitCode.WRONG_USE if wrong_use else ExitCode.FINDINGS
    by_code = _EXIT_CODES.get(error.code, ExitCode.FINDINGS)
    return _EXIT_KINDS.get(error.kind or "", by_code)


def _lines(error: AgentError) -> list[str]:
    """What happened; and of inputs that do not fit, each problem by itself."""
    problems = error.details.get("problems") if isinstance(error.details, dict) else None
    if not isinstance(problems, list):
        return [error.message]
    found = [problem for problem in problems if isinstance(problem, dict)]
    if error.action == "send-anyway":
        head = "The inputs do not fit the entrypoint; nothing was sent."
        return [head, *(str(problem.get("message")) for problem in found)]
    return [error.message, *(_problem(problem) for problem in found)]


def _problem(found: Mapping[str, JsonValue]) -> str:
    """As a server of ours tells it: which parameter, and what is wrong there."""
    said, parameter = str(found.get("message")), found.get("parameter")
    return f"{parameter}: {said}" if isinstance(parameter, str) else said


def _frames(error: AgentError) -> list[str]:
    """Where in the agent's files the function failed, innermost last; a server of ours tells."""
    frames = error.details.get("frames") if isinstance(error.details, dict) else None
    if isinstance(error, NotServedError) or not isinstance(frames, list):
        return []
    steps = [frame for frame in frames if isinstance(frame, dict)]
    return [f"{it.get('file')}:{it.get('line')}, in {it.get('function')}" for it in steps]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
