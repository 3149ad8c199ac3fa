"""One project, served by `runagent serve` and by ours."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from conformance.asking import LIMIT_S, Conversation, Message, Reply, Request, ask, converse
from conformance.comparing import check, comparable
from serve_our_agent import OurAgent, serving_ours
from serve_real_agent import RunningAgent, interpreter, serving


@dataclass(frozen=True)
class Pair:
    """The same project, served twice."""

    theirs: RunningAgent
    ours: OurAgent

    def same(
        self, request: Request, differs: str | None = None, theirs_s: float | None = None
    ) -> Any:
        """Ask both; hold that the answers are equal but for a known difference. Gives ours.
        `theirs_s`: after so many seconds theirs is taken to say nothing."""
        patient = request if theirs_s is None else replace(request, limit_s=theirs_s)
        return self._compared(ask(self.theirs, patient), ask(self.ours, request), differs)

    def same_stream(
        self,
        *messages: Message,
        differs: str | None = None,
        theirs_s: float | None = None,
        **options: Any,
    ) -> Any:
        """The same for a conversation over a WebSocket."""
        limit_s = LIMIT_S if theirs_s is None else theirs_s
        theirs = converse(self.theirs, *messages, limit_s=limit_s, **options)
        return self._compared(theirs, converse(self.ours, *messages, **options), differs)

    def _compared(
        self, theirs: Reply | Conversation, ours: Reply | Conversation, differs: str | None
    ) -> Any:
        mine = comparable(ours, self.ours)
        check(comparable(theirs, self.theirs), mine, differs)
        return mine


ServeBoth: TypeAlias = Callable[..., Pair]


@contextlib.contextmanager
def serving_both(project: Path, folder: Path, options: Sequence[str] = ()) -> Iterator[Pair]:
    """Serve one copy each of `project`."""
    copies = [folder / side / "agent" for side in ("theirs", "ours")]
    for copy in copies:
        shutil.copytree(project, copy)
    with (
        serving(copies[0]) as theirs,
        serving_ours(copies[1], "--interpreter", str(interpreter()), *options) as ours,
    ):
        yield Pair(theirs, ours)
