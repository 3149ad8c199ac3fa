"""A process that records runs: `python recording_process.py FILE RUNS CHUNKS`.

After each batch that is in the file it prints the number of chunks so far. CHUNKS 0 never ends.
"""

from __future__ import annotations

import itertools
import os
import sys
from pathlib import Path

from runagent_ls.agents.history import History, RunRecord
from runagent_ls.agents.runs import OutputItem, RunOutcome


def main(file: str, runs: int, chunks: int) -> None:
    history = History.open(Path(file), on_trouble=lambda _: os._exit(3))
    for number in range(runs):
        recorder = history.begin(RunRecord("t_stream", "stream", kwargs={"number": number}))
        for index in itertools.count() if chunks == 0 else range(chunks):
            text = f"chunk {index} "
            recorder.output([OutputItem(index, float(index), "text", text, text)])
            if chunks == 0 and index % 7 == 0:
                assert history.flush()
                sys.stdout.write(f"{index + 1}\n")
                sys.stdout.flush()
        recorder.end(RunOutcome("completed", None, 1.0, chunks))
    assert history.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
