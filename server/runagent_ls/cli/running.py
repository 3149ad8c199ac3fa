"""`runagent-ls run` and `stream`: call an agent from the command line."""

from __future__ import annotations

import asyncio
import sys
from argparse import Namespace
from collections.abc import Sequence
from functools import partial
from typing import Final

from runagent_ls.agents.call import Call
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.history import recording
from runagent_ls.agents.runs import OutputItem, RunOutcome, RunState, execute
from runagent_ls.agents.target import Target, resolve
from runagent_ls.agents.timeouts import Timeouts
from runagent_ls.cli.agents import agent_id_of
from runagent_ls.cli.exit_codes import CommandError, ExitCode
from runagent_ls.cli.inputs import read_inputs
from runagent_ls.cli.output import Output
from runagent_ls.cli.recording import open_history, record_of
from runagent_ls.cli.terminal import Painter, harmless, one_line, wants_colour

_EXIT_CODES: Final[dict[str, ExitCode]] = {
    "VALIDATION_ERROR": ExitCode.WRONG_USE,
    "NOT_FOUND": ExitCode.WRONG_USE,
    "STREAM_ENTRYPOINT": ExitCode.WRONG_USE,
    "NON_STREAM_ENTRYPOINT": ExitCode.WRONG_USE,
    "CONNECTION_ERROR": ExitCode.NO_CONNECTION,
    "CLIENT_ERROR": ExitCode.NO_CONNECTION,
    "AGENT_NOT_FOUND_LOCAL": ExitCode.NO_CONNECTION,
    "AGENT_ADDRESS_NOT_FOUND": ExitCode.NO_CONNECTION,
    "DATABASE_ERROR": ExitCode.NO_CONNECTION,
    "AUTHENTICATION_ERROR": ExitCode.NOT_ALLOWED,
    "PERMISSION_ERROR": ExitCode.NOT_ALLOWED,
    "TIMEOUT": ExitCode.TIMED_OUT,
}
"""Of the platform's codes; every other failure is the agent's."""


def run(options: Namespace) -> int:
    """Call the entrypoint and print what comes; the exit code tells how it ended."""
    if options.host is not None and options.port is None:
        raise CommandError(
            f"The host {options.host} was given without a port.",
            "Give --port as well; `runagent serve` prints it as its Address.",
        )
    args, kwargs = read_inputs(options.input, options.arguments)
    agent_id = agent_id_of(options)
    timeouts = _timeouts(options.timeout)
    output = Output(sys.stdout, as_json=options.json)
    with open_history() as history:
        recorder = history.begin(record_of(options, args, kwargs, agent_id))
        outcome = asyncio.run(
            execute(
                Call(options.tag, args, kwargs),
                partial(resolve, agent_id, options.host, options.port, timeouts=timeouts),
                recording(_Progress(output, options.tag), recorder),
                timeouts,
                stream=options.command == "stream",
            )
        )
        recorder.end(outcome)
    output.end(outcome)
    return _ended(outcome)


class _Progress:
    """States to standard error, chunks to standard output."""

    def __init__(self, output: Output, tag: str) -> None:
        self._output = output
        self._tag = tag

    async def state(self, state: RunState, target: Target | None) -> None:
        if target is None:
            _say("looking for the agent")
        elif state == "connecting":
            leaves = ", which is another machine" if target.leaves_machine else ""
            _say(f"agent {target.agent_id} is served at {target.address}{leaves}")
        else:
            _say(f"running {self._tag}")

    async def output(self, items: Sequence[OutputItem]) -> None:
        await self._output.chunks(items)


def _timeouts(total: float | None) -> Timeouts:
    if total is None:
        return Timeouts()
    connect = Timeouts().connect or total
    return Timeouts(connect=min(connect, total), idle=None, total=total)


def _ended(outcome: RunOutcome) -> ExitCode:
    seconds = f"{outcome.elapsed_ms / 1000:.2f} s"
    chunks = f", {outcome.chunks} chunks" if outcome.chunks else ""
    if outcome.state == "completed":
        _say(f"completed in {seconds}{chunks}")
        return ExitCode.OK
    if outcome.state == "cancelled":
        function = "was stopped" if outcome.stopped else "goes on, its result is lost"
        _say(f"cancelled after {seconds}{chunks}; the agent's function {function}")
        return ExitCode.INTERRUPTED
    error = outcome.error or AgentError("The run failed.")
    paint = Painter(wants_colour(sys.stderr))
    _say(f"{paint(f'error[{one_line(error.code)}]', 'bold', 'red')}: {harmless(error.message)}")
    if error.suggestion:
        _say(f"  {paint('help', 'bold')}: {harmless(error.suggestion)}")
    return _EXIT_CODES.get(error.code, ExitCode.FINDINGS)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
