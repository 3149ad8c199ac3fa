"""`runagent-ls batch`: many inputs through one entrypoint."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from argparse import Namespace
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from agent_runtime.orchestrator import Metrics
from runagent_ls.agents.batch.plan import BatchError, BatchPlan
from runagent_ls.agents.batch.report import BatchReport
from runagent_ls.agents.batch.runner import run_batch
from runagent_ls.agents.batch.stopping import BatchStop
from runagent_ls.agents.targets.target import Target
from runagent_ls.cli.agents import agent_id_of
from runagent_ls.cli.batch_inputs import known_inputs
from runagent_ls.cli.batch_report import report_text
from runagent_ls.cli.calling import check_target, resolver, timeouts_of, where
from runagent_ls.cli.cold import Find, NotServedError, may_serve, served_if_needed
from runagent_ls.cli.exit_codes import CommandError, ExitCode
from runagent_ls.cli.progress import ProgressLine

_REFUSED: Final = {
    "AUTHENTICATION_ERROR": ExitCode.NOT_ALLOWED,
    "PERMISSION_ERROR": ExitCode.NOT_ALLOWED,
    "NOT_FOUND": ExitCode.WRONG_USE,
    "STREAM_ENTRYPOINT": ExitCode.WRONG_USE,
    "NON_STREAM_ENTRYPOINT": ExitCode.WRONG_USE,
    "INITIALIZATION_ERROR": ExitCode.WRONG_USE,
}
"""Of an agent that takes no item at all; any other reason is that it cannot be reached."""


def batch(options: Namespace) -> int:
    """Run the batch and print its report; the exit code tells how it ended."""
    _check_options(options)
    plan = _plan(options)
    metrics = Metrics()
    progress = ProgressLine(sys.stderr)
    try:
        report = asyncio.run(_served(options, plan, metrics, progress))
    except BatchError as error:
        raise CommandError(error.message, error.advice) from error
    finally:
        progress.close()
    message = json.dumps(report.to_message(), indent=2) + "\n"
    sys.stdout.write(message if options.json else report_text(report, plan.output))
    if options.report is not None:
        _write(options.report, message)
    if options.metrics is not None:
        _write(options.metrics, metrics.prometheus_text("runagent_batch"))
    return _exit_code(report)


async def _served(
    options: Namespace, plan: BatchPlan, metrics: Metrics, progress: ProgressLine
) -> BatchReport:
    """One server of ours for the whole batch, if nobody else serves the agent."""
    async with contextlib.AsyncExitStack() as stack:
        find = resolver(options, agent_id_of(options), plan.timeouts)
        if may_serve(options):
            find = await stack.enter_async_context(served_if_needed(options, find, progress.say))
        return await _interruptible(plan, _saying(find, progress.say), metrics, progress)


async def _interruptible(
    plan: BatchPlan,
    resolve_target: Callable[[], Awaitable[Target]],
    metrics: Metrics,
    progress: ProgressLine,
) -> BatchReport:
    """Ctrl+C once: let running calls end. Twice, or SIGTERM: leave them."""
    stop = BatchStop()
    loop = asyncio.get_running_loop()

    def interrupted() -> None:
        if stop.finishing:
            progress.say("leaving the running calls; their items count as unknown")
            stop.now()
            return
        progress.say(
            f"interrupted: waiting up to {plan.finish_within:g} s for running calls;"
            " press Ctrl+C again to leave them"
        )
        stop.finish()

    def on_signal(number: int, frame: object) -> None:
        del frame
        loop.call_soon_threadsafe(interrupted if number == signal.SIGINT else stop.now)

    before = {
        number: signal.signal(number, on_signal) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        return await run_batch(
            plan,
            resolve_target,
            on_progress=progress.show,
            on_notice=progress.say,
            stop=stop,
            metrics=metrics,
        )
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _check_options(options: Namespace) -> None:
    check_target(options)
    if options.input != "-" and Path(options.input).absolute() == options.output.absolute():
        raise CommandError(
            f"{options.output} cannot be input and output at once.", "Give another --output."
        )


def _plan(options: Namespace) -> BatchPlan:
    known = known_inputs(options)
    return BatchPlan(
        tag=options.tag,
        input=None if options.input == "-" else Path(options.input),
        output=options.output,
        input_format=options.input_format,
        concurrency=options.concurrency,
        resume=options.resume,
        ordered=options.ordered,
        timeouts=timeouts_of(options),
        retries=options.retries,
        repeat_unsafe=options.repeat_unsafe,
        deduplicate=options.deduplicate,
        input_schema=known.schema,
        check=None if options.send_anyway else known.check,
        give_up_after=options.give_up_after,
        user_id=options.user_id,
        persistent_memory=options.persistent_memory,
        extra=dict(options.extra),
    )


def _saying(find: Find, say: Callable[[str], None]) -> Find:
    """Finds the agent, and says where it is whenever that has changed."""
    said = ""

    async def find_and_say() -> Target:
        nonlocal said
        target = await find()
        if where(target) != said:
            said = where(target)
            say(said)
        return target

    return find_and_say


def _exit_code(report: BatchReport) -> ExitCode:
    match report.end:
        case "interrupted":
            return ExitCode.INTERRUPTED
        case "finished":
            return ExitCode.OK if report.all_fine else ExitCode.FINDINGS
        case _ if isinstance(report.error, NotServedError):
            return ExitCode.NO_CONNECTION
        case _:
            code = None if report.error is None else report.error.code
            return _REFUSED.get(code or "", ExitCode.NO_CONNECTION)


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}.") from error
