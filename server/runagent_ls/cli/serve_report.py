"""What `runagent-ls serve` shows on a terminal: steps, address, prints, failures."""

from __future__ import annotations

import contextlib
import sys
from pathlib import Path
from typing import Final

from runagent_ls.agents.targets.address import address_of, is_loopback
from runagent_ls.cli.terminal import Painter, harmless, one_line, wants_colour
from runagent_ls.serve.lifecycle.events import (
    Event,
    Failed,
    Logged,
    LogLine,
    Ready,
    RequirementsMissing,
    StatusChanged,
    Step,
    Waiting,
)
from runagent_ls.serve.lifecycle.options import ServeOptions
from runagent_ls.serve.state import EntrypointReport, Failure, Frame, Status

_SHOWN_OF_ID: Final = 8


class ServeReport:
    """Prints of the agent go to standard output, all about serving to standard error."""

    def __init__(self, options: ServeOptions) -> None:
        self._options = options
        self._paint = Painter(wants_colour(sys.stderr))
        self._paint_out = Painter(wants_colour(sys.stdout))
        self._status: Status | None = None
        self._ready_before = False
        self._open: tuple[str | None, str] | None = None
        """whose line is not ended yet, on which stream"""

    def __call__(self, event: Event) -> None:
        """Show what happened, to whoever still reads it: the agent goes on in any case."""
        with contextlib.suppress(OSError, ValueError):
            self._show(event)

    def _show(self, event: Event) -> None:
        match event:
            case Step("ready", _):
                pass
            case Step(_, message):
                self._say(f"{one_line(message)} ...", "dim")
            case StatusChanged(status):
                self._status_changed(status)
            case Ready():
                self._ready(event)
            case Logged(lines):
                for line in lines:
                    self._log(line)
            case RequirementsMissing(missing, command):
                self._say(f"not installed: {', '.join(map(one_line, missing))}", "yellow")
                self._say(f"  install: {one_line(' '.join(command))}")
            case Failed(failure):
                self._failed(failure)
            case Waiting(failure):
                self._failed(failure)
                self._say("waiting until a file of the agent changes; Ctrl+C stops it", "yellow")
                self._status = None

    def _status_changed(self, status: Status) -> None:
        before, self._status = self._status, status
        state = None if before is None else before.state
        if status.debug_port is not None and (before is None or before.debug_port is None):
            self._say(f"a debugger may attach at port {status.debug_port}", "bold")
        if status.state == state:
            return
        if status.state == "stopping":
            self._say("stopping; calls that run may end, Ctrl+C again ends them", "dim")
        elif status.state == "reloading":
            self._say("files changed, loading the agent again ...", "dim")
        elif status.state == "ready" and state in {"reloading", "stale"}:
            self._say("the agent was loaded again", "green")
        elif status.state == "starting" and state is not None:
            self._say("the agent's process ended, starting it again ...", "yellow")
        elif status.state == "ready" and self._ready_before:
            self._say("the agent is served again", "green")
        elif status.state == "stale" and status.failure is not None:
            self._failed(status.failure)
            self._say("the version from before goes on answering", "yellow")
        elif status.state == "failed" and self._ready_before and status.failure is not None:
            self._failed(status.failure)
        self._ready_before |= status.state == "ready"

    def _ready(self, ready: Ready) -> None:
        url = f"http://{address_of(ready.host, ready.port)}"
        self._say(f"agent {one_line(ready.agent_id)} is served at {url}", "bold", "green")
        for report in () if self._status is None else self._status.entrypoints:
            self._say(f"  {_described(report)}")
        if not is_loopback(ready.host):
            self._say(
                f"Everyone who reaches {one_line(ready.host)} can call this agent: there is no "
                "password.",
                "yellow",
            )
        if ready.registered:
            self._say("registered: `runagent run --id ... --local` finds it", "dim")
        self._say("Ctrl+C stops it", "dim")

    def _log(self, line: LogLine) -> None:
        """Prints as they come; in front of each line stands whose it is."""
        target = sys.stderr if line.stream == "stderr" else sys.stdout
        paint = self._paint if line.stream == "stderr" else self._paint_out
        whose = (line.run_id, line.stream)
        if self._open not in (None, whose):
            print(file=target)
            self._open = None
        head = "" if line.run_id is None else paint(f"[{line.run_id[:_SHOWN_OF_ID]}] ", "cyan")
        # a bar of progress that draws over itself becomes lines
        *whole, rest = line.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for text in whole:
            print(f"{'' if self._open == whose else head}{harmless(text)}", file=target)
            self._open = None
        if rest:
            print(f"{'' if self._open == whose else head}{harmless(rest)}", end="", file=target)
            self._open = whose
        target.flush()

    def _failed(self, failure: Failure) -> None:
        label = self._paint(f"error[{one_line(failure.code)}]", "bold", "red")
        self._say(f"{label}: {harmless(failure.message)}")
        for frame in failure.frames:
            self._frame(frame)
        if failure.suggestion:
            self._say(f"  {self._paint('help', 'bold')}: {harmless(failure.suggestion)}")

    def _frame(self, frame: Frame) -> None:
        place = f"{_shown(frame.file, self._options.path)}:{frame.line}"
        inside = f", in {frame.function}" if frame.function else ""
        self._say(f"  {self._paint('-->', 'blue')} {one_line(place)}{one_line(inside)}")
        if frame.text:
            self._say(f"      {one_line(frame.text)}")

    def _say(self, text: str, *styles: str) -> None:
        if self._open is not None:
            print(file=sys.stderr if self._open[1] == "stderr" else sys.stdout, flush=True)
            self._open = None
        print(self._paint(text, *styles), file=sys.stderr, flush=True)


def _described(report: EntrypointReport) -> str:
    kind = "stream" if report.tag.endswith("_stream") else "run"
    call = f"  {one_line(report.signature)}" if report.signature else ""
    return f"{kind:<6} {one_line(report.tag)}{call}"


def _shown(file: Path, root: Path) -> str:
    folder = root if root.is_dir() else root.parent
    return str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file)
