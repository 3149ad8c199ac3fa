"""The record of what was called: one row per run, as the platform keeps it.

`Invocations` is the door. The rows lie in the platform's registry where the agent is registered
there by us, else in a file of our own; both have the same table.
"""

from runagent_ls.serve.invocations.invocations import Invocations
from runagent_ls.serve.invocations.rows import Ended, Invocation, StreamSummary

__all__ = ["Ended", "Invocation", "Invocations", "StreamSummary"]
