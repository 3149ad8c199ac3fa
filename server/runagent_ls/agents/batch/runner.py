"""Runs a batch from its plan to its report."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial

from agent_runtime.orchestrator.metrics import Metrics
from runagent_ls.agents.batch.checkpoint import open_checkpoint
from runagent_ls.agents.batch.dispatch import Dispatch
from runagent_ls.agents.batch.ordering import write_ordered
from runagent_ls.agents.batch.plan import BatchPlan, BatchProgress
from runagent_ls.agents.batch.report import BatchReport, Tally
from runagent_ls.agents.batch.resuming import check_inputs, describe_resumed
from runagent_ls.agents.batch.stopping import BatchStop
from runagent_ls.agents.batch.writer import CheckpointWriter
from runagent_ls.agents.targets.target import Target


async def run_batch(
    plan: BatchPlan,
    resolve_target: Callable[[], Awaitable[Target]],
    *,
    on_progress: Callable[[BatchProgress], None] | None = None,
    on_notice: Callable[[str], None] | None = None,
    stop: BatchStop | None = None,
    metrics: Metrics | None = None,
) -> BatchReport:
    """Call every item that has no result yet, and write each result as it comes.

    `resolve_target` finds the agent; it is asked again when the agent was away. `on_progress`
    comes about five times a second, `on_notice` with sentences for people. To stop, use `stop`;
    cancelling leaves the running calls as `stop.now()` does, and raises.

    Raises BatchError when the batch cannot begin, or its files fail. Failing items and an agent
    that stays away are no errors: the report tells.
    """
    stop = stop or BatchStop()
    notices: list[str] = []

    def say(text: str) -> None:
        notices.append(text)
        if on_notice is not None:
            on_notice(text)

    tally = Tally()
    opening = partial(open_checkpoint, plan.output, plan.tag, resume=plan.resume)
    checkpoint = await asyncio.to_thread(opening, on_record=tally.add)
    try:
        for sentence in describe_resumed(plan, checkpoint):
            say(sentence)
        if plan.input is not None and (checkpoint.table.count or checkpoint.in_flight):
            await asyncio.to_thread(check_inputs, plan, checkpoint)
        writer = CheckpointWriter(checkpoint)
        dispatch = Dispatch(
            plan,
            resolve_target,
            checkpoint,
            writer,
            tally=tally,
            say=say,
            stop=stop,
            metrics=metrics or Metrics(),
        )
        report = None
        try:
            report = await dispatch.run(on_progress, notices)
        finally:
            complete = report is not None and report.end == "finished"
            await asyncio.to_thread(writer.close, complete=complete)
        if complete and (plan.ordered or checkpoint.table.superseded):
            await asyncio.to_thread(write_ordered, plan.output, checkpoint.table)
        return report
    finally:
        checkpoint.output.close()
