"""The finished output file written anew: in the order of the inputs, one line for each item."""

from __future__ import annotations

import os
from pathlib import Path

from runagent_ls.agents.batch.plan import BatchError
from runagent_ls.agents.batch.records import RecordTable


def write_ordered(path: Path, table: RecordTable) -> None:
    """Replace the file in one step; it stays as it is when that fails. Raises BatchError."""
    fresh = path.with_name(path.name + ".new")
    try:
        with path.open("rb") as old, fresh.open("wb") as new:
            for index in range(len(table)):
                if table.state(index) is not None:
                    old.seek(table.offset(index))
                    new.write(old.readline())
            new.flush()
            os.fsync(new.fileno())
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise BatchError(
            f"{path} could not be put in order: {error.strerror or error}.",
            "All results are in it, in the order in which they came.",
        ) from error
