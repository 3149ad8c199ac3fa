"""Keeps an agent running: starts workers, hands runs to them, ends and replaces them.

- `runs`: what is asked and answered
- `extractors`: JSONPath expressions as steps for the worker
"""

from runagent_ls.serve.supervisor.runs import (
    FailureKind,
    Listener,
    Output,
    OverloadedError,
    Problem,
    Run,
    RunFailedError,
)

__all__ = [
    "FailureKind",
    "Listener",
    "Output",
    "OverloadedError",
    "Problem",
    "Run",
    "RunFailedError",
]
