"""Keeps an agent running: starts workers, hands runs to them, ends and replaces them.

- `supervisor`: runs, their turns, limits and ends
- `fleet`: which worker takes runs, and what follows it
- `worker_link`, `process`, `frame_reader`, `load_message`, `payloads`: one worker, spoken to
- `groups`, `memory`, `environment`, `deaths`, `crashes`, `logs`: its
  processes, and how they may behave
- `active`, `runs`: what is asked and answered
- `extractors`: JSONPath expressions as steps for the worker
- `provided`: what it may import from us
"""

from runagent_ls.serve.supervisor.active import Stream
from runagent_ls.serve.supervisor.runs import (
    FailureKind,
    Listener,
    Output,
    OverloadedError,
    Problem,
    Run,
    RunFailedError,
)
from runagent_ls.serve.supervisor.supervisor import Supervisor

__all__ = [
    "FailureKind",
    "Listener",
    "Output",
    "OverloadedError",
    "Problem",
    "Run",
    "RunFailedError",
    "Stream",
    "Supervisor",
]
