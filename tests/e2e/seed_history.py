"""Writes runs into a history file as the command line would: `seed_history.py FILE PROJECT COUNT`.

They are of three entrypoints, a second apart, the newest now; every seventh failed, every tenth
is a stream.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "server"))

from runagent_ls.agents.call import RunResult
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.history import History, RunRecord
from runagent_ls.agents.runs import OutputItem, RunOutcome


def main() -> None:
    file, project, count = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    now = time.time()
    with History.open(file, on_trouble=sys.exit) as history:
        for number in range(count):
            streams, fails = number % 10 == 0, number % 7 == 3
            recorder = history.begin(
                RunRecord(
                    tag="count_down_stream" if streams else "divide" if fails else "greet",
                    kind="stream" if streams else "run",
                    kwargs={"name": f"seeded {number}"},
                    project_root=str(project),
                    config_path=str(project / "runagent.config.json"),
                    started_at=now - (count - number),
                )
            )
            if streams:
                recorder.output([OutputItem(0, 1.0, "text", "3 ...", "")])
            if fails:
                error = AgentError("division by zero")
                recorder.end(RunOutcome("failed", None, 12.0, 0, error=error))
            else:
                result = RunResult(f"Hello, seeded {number}.", None, 0.012)
                recorder.end(RunOutcome("completed", None, 12.0, 0, result=result))


main()
