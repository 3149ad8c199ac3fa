"""Going on with a batch: what is told, what is compared, and which items are left."""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.agents.batch.checkpoint import Checkpoint
from runagent_ls.agents.batch.inputs import read_inputs
from runagent_ls.agents.batch.items import Item
from runagent_ls.agents.batch.plan import BatchError, BatchPlan

NAMED = 10


def describe_resumed(plan: BatchPlan, checkpoint: Checkpoint) -> Iterator[str]:
    """One sentence for each thing that somebody who resumes should know."""
    if checkpoint.table.count:
        yield f"resuming: {checkpoint.table.count} items have ended already"
    if checkpoint.cut_bytes:
        yield (
            f"the last line of {plan.output} was not written to its end and was cut"
            f" ({checkpoint.cut_bytes} bytes)"
        )
    if checkpoint.in_flight:
        indexes = sorted(checkpoint.in_flight)
        named = ", ".join(map(str, indexes[:NAMED]))
        more = f" and {len(indexes) - NAMED} more" if len(indexes) > NAMED else ""
        then = "called again" if plan.repeat_unsafe else "not called again (see --repeat-unsafe)"
        yield (
            f"{len(indexes)} calls were in flight when the batch ended and may have run: items"
            f" {named}{more}; they are {then}"
        )


def check_inputs(plan: BatchPlan, checkpoint: Checkpoint) -> None:
    """Raises BatchError when an input differs from the one that its result is of. Blocks."""
    items = read_inputs(plan.input, plan.input_format, plan.input_schema)
    expected = max([len(checkpoint.table), *(index + 1 for index in checkpoint.in_flight)])
    seen = 0
    for item in items:
        if item.index >= expected:
            break
        check_item(plan, checkpoint, item)
        seen += 1
    if seen < expected:
        raise _changed(plan, f"it has {seen} items, but there are results of {expected}")


def check_item(plan: BatchPlan, checkpoint: Checkpoint, item: Item) -> None:
    """Raises BatchError when the item is not the one that its result, or its mark, is of."""
    table, index = checkpoint.table, item.index
    ended_otherwise = table.state(index) is not None and not table.fits(index, item.sha256)
    if ended_otherwise or checkpoint.in_flight.get(index, item.sha256) != item.sha256:
        raise _changed(plan, f"item {index} (line {item.line}) is not what it was")


def _changed(plan: BatchPlan, what: str) -> BatchError:
    return BatchError(
        f"{plan.input or 'Standard input'} has changed since this batch began: {what}.",
        f"Put it back as it was, or begin anew with another output than {plan.output}.",
    )
