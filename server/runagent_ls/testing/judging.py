"""Whether a run is what its case expects. Limited in time, whatever is expected."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections.abc import Mapping
from typing import Final

from runagent_ls.jsontree.document import JsonValue
from runagent_ls.testing.answer import Answer
from runagent_ls.testing.confined import CONFINED
from runagent_ls.testing.expectations import failed_end, quick_failures
from runagent_ls.testing.model import Failure

LIMIT_S: Final = 10.0
START_LIMIT_S: Final = 60.0
"""For the process that judges to start: a machine that is busy is no fault of an expectation."""
_PROGRAM: Final = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "from runagent_ls.testing.confined import main; main()"
)


async def judge(expect: Mapping[str, JsonValue] | None, answer: Answer) -> tuple[Failure, ...]:
    """All expectations that do not hold, in the order of the file; empty: the case passed."""
    expect = expect or {}
    if (failure := failed_end(expect, answer.outcome)) is not None:
        return (failure,)
    found = list(quick_failures(expect, answer))
    confined = {name: expect[name] for name in CONFINED if name in expect}
    if confined and answer.has_output and answer.is_complete:
        found += await _confined(confined, answer)
    order = list(expect)
    return tuple(sorted(found, key=lambda it: order.index(str(it.path[0]))))


async def _confined(expect: Mapping[str, JsonValue], answer: Answer) -> list[Failure]:
    """By a process of its own: nothing else can stop a regular expression."""
    try:
        question = json.dumps({"expect": expect, "output": answer.output, "text": answer.text})
    except RecursionError:
        return [_undecided(expect, "could not be told: a value is nested too deeply")]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-I",
        "-S",
        "-c",
        _PROGRAM,
        json.dumps(sys.path),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        if process.stdout is not None:
            async with asyncio.timeout(START_LIMIT_S):
                await process.stdout.readline()
        async with asyncio.timeout(LIMIT_S):
            out, errors = await process.communicate(question.encode("ascii"))
    except TimeoutError:
        return [_undecided(expect, f"could not be told within {LIMIT_S:g} s")]
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
    if process.returncode:
        last = errors.decode("utf-8", "replace").strip().rpartition("\n")[2]
        return [_undecided(expect, f"could not be told: {last}")]
    return [Failure(**{**it, "path": tuple(it["path"])}) for it in json.loads(out)]


def _undecided(expect: Mapping[str, JsonValue], what: str) -> Failure:
    first, names = next(iter(expect)), " and ".join(expect)
    return Failure(
        first, f"Whether {names} {'holds' if len(expect) == 1 else 'hold'} {what}.", (first,)
    )
