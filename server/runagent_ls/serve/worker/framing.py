"""What the front and a worker say to each other, as frames on two pipes.

Standard library only and CPython 3.9: both sides use this file. A frame is a head, `>IBI` (bytes of
payload, kind, run), and its payload: JSON in UTF-8 unless said otherwise. `run` numbers a run of
this worker from 1, 0 means none.

to the worker
    LOAD      {"folder", "entrypoints": [{"tag", "file", "module", "extractor"}], "debug": null |
              {"path", "host", "port"}, "memory_bytes", "cpu_s", "environment", "provided"};
              `extractor` is compiled: output name to a list of steps, or to {"error": text};
              `environment` is laid over that of the process; `provided` are modules that the agent
              may lack, with the folder of each. Sent once, first.
    RUN       {"id", "tag", "args", "kwargs", "streams", "credit"}; `credit` as in CREDIT
    CREDIT    {"bytes"}: so many more bytes of chunks may be sent for this run
    CANCEL    {}: end this run, at its next yield or await at the latest
    SHUTDOWN  {}: no more runs come; end when the last one has ended
    PING      {}: answer with PONG from the event loop; a blocked one stays silent

from the worker
    READY     {"python", "executable", "pid", "entrypoints": [report], "files": [path],
              "lent"}; `files` are the agent's own modules, `lent` tells whether it has taken the
              agent runtime from us
    FAILED    as READY, and {"failure"}; the worker ends by itself
    RESULT    the structured string of the run's output, UTF-8 text and no JSON
    CHUNKS    WebSocket texts of chunks, each with its length as `>I` before it
    DONE      {"chunks", "seconds"}: the stream has ended by itself
    ERROR     {"kind", "exception", "message", "frames", "problems"}; `kind` is raised, exit,
              cancelled or not-callable; `problems`: [{"parameter", "message"}] of arguments that do
              not fit the signature
    LOG       {"stream": "stdout"|"stderr", "text"} of a run, or of none
    DEBUG     {"port"}: a debugger may attach now
    FILES     {"files"}: more of the agent's own modules were imported
    PONG      {}
"""

from __future__ import annotations

import struct

TYPE_CHECKING = False  # every start of a worker would pay for importing `typing`
if TYPE_CHECKING:
    from typing import Final

HEAD: Final = struct.Struct(">IBI")
LENGTH: Final = struct.Struct(">I")

LOAD: Final = 1
RUN: Final = 2
CREDIT: Final = 3
CANCEL: Final = 4
SHUTDOWN: Final = 5
PING: Final = 6

READY: Final = 65
FAILED: Final = 66
RESULT: Final = 67
CHUNKS: Final = 68
DONE: Final = 69
ERROR: Final = 70
LOG: Final = 71
DEBUG: Final = 72
FILES: Final = 73
PONG: Final = 74


def frame(kind: int, run: int, payload: bytes) -> bytes:
    """One whole frame."""
    return HEAD.pack(len(payload), kind, run) + payload
