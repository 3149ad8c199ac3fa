"""Running the cases of one agent from the command line."""

from __future__ import annotations

import contextlib
import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace

from runagent_ls.agents.call import Call
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.history import History, recording
from runagent_ls.agents.history.redaction.redactor import Redactor
from runagent_ls.agents.history.redaction.sources import SecretSources
from runagent_ls.agents.runs import OutputItem, RunOutcome, RunState, Sink, execute
from runagent_ls.agents.targets.target import Target
from runagent_ls.cli.agents import agent_id_of
from runagent_ls.cli.calling import resolver, timeouts_of, where
from runagent_ls.cli.cold import Find, NotServedError, may_serve, served_if_needed
from runagent_ls.cli.ending import EndableCall
from runagent_ls.cli.recording import record_of
from runagent_ls.cli.terminal import one_line
from runagent_ls.testing.model import Case, Failure
from runagent_ls.testing.report import Attempt, CaseReport
from runagent_ls.testing.running import load, run_case


class AgentCases:
    """The cases of one agent, one after the other; the agent is served while they run."""

    def __init__(self, options: Namespace, history: History) -> None:
        self._given = options
        self._options = options
        self._history = history
        self._agent_id: str | None = None
        self._broken: NotServedError | None = None
        self._find: Find | None = None
        self._sink = _Where()
        self._stack = contextlib.AsyncExitStack()

    async def __aenter__(self) -> AgentCases:
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._stack.aclose()

    async def run(self, case: Case) -> CaseReport:
        """Run a case as often as it was asked for; one with problems not at all.

        A run that was cancelled is the last. Raises `CommandError` for an agent without an id.
        """
        attempts: list[Attempt] = []
        for _ in range(0 if case.problems else self._given.repeat):
            attempts.append(await self._attempt(case))
            if attempts[-1].outcome.state == "cancelled":
                break
        return CaseReport(case, tuple(attempts))

    async def _attempt(self, case: Case) -> Attempt:
        load(streams=Call(case.place.tag).streams)
        find = await self._found(case)
        command = "stream" if Call(case.place.tag).streams else "run"
        options = Namespace(**{**vars(self._options), "tag": case.place.tag, "command": command})
        record = record_of(options, case.args, case.kwargs, self._agent_id)
        recorder = self._history.begin(record)
        timeouts = timeouts_of(options)

        async def called(call: Call, sink: Sink) -> RunOutcome:
            endable = EndableCall(find)
            running = execute(
                call, endable.find, recording(sink, recorder), timeouts, stream=call.streams
            )
            return await endable.outcome(running)

        attempt = await run_case(case, called, self._sink)
        recorder.end(attempt.outcome)
        redactor = Redactor(SecretSources().forms_of(record))
        failures = tuple(_without_secrets(it, redactor) for it in attempt.failures)
        return replace(attempt, failures=failures, history_id=recorder.history_id)

    async def _found(self, case: Case) -> Find:
        """What gives the agent at once: to look for it, or to serve it, is no part of a run."""
        if self._find is None:
            self._find = await self._finder(case)
        try:
            if self._broken is not None:
                raise self._broken
            target = await self._find()
        except AgentError as error:
            if isinstance(error, NotServedError):
                self._broken = error  # it would not start for the next case either
            return _fails(error)
        return _gives(target)

    async def _finder(self, case: Case) -> Find:
        project = {"project": case.place.config_path.parent, "agent_id": None}
        self._options = options = Namespace(**{**vars(self._given), **project})
        self._agent_id = agent_id_of(options)
        find = resolver(options, self._agent_id, timeouts_of(options))
        if not may_serve(options):
            return find
        serving = served_if_needed(options, find, lambda text: _say(one_line(text)))
        return await self._stack.enter_async_context(serving)


class _Where:
    """Says once where the cases run; nothing else of a run is shown."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    async def state(self, _state: RunState, target: Target | None) -> None:
        place = None if target is None else where(target)
        if place is not None and place not in self._said:
            self._said.add(place)
            _say(place)

    async def output(self, items: Sequence[OutputItem]) -> None:
        pass


def _gives(target: Target) -> Find:
    async def find() -> Target:
        return target

    return find


def _fails(error: AgentError) -> Find:
    async def find() -> Target:
        raise error

    return find


def _without_secrets(failure: Failure, redactor: Redactor) -> Failure:
    """Reports end in the logs of public builds."""
    expected, actual = failure.expected, failure.actual
    return replace(
        failure,
        message=redactor.text(failure.message),
        expected=None if expected is None else redactor.text(expected),
        actual=None if actual is None else redactor.text(actual),
    )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
