"""One project, served by `runagent serve` and by ours."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from conformance.asking import Conversation, Message, Reply, Request, Server, ask, converse
from conformance.comparing import check, comparable
from serve_our_agent import OurAgent, serving_ours
from serve_real_agent import RunningAgent, interpreter, serving


@dataclass(frozen=True)
class Pair:
    """The same project, served twice."""

    theirs: RunningAgent
    ours: OurAgent

    def same(self, request: Request, differs: str | None = None) -> Any:
        """Ask both; hold that the answers are equal but for a known difference. Gives ours."""
        return self._compared(lambda server: ask(server, request), differs)

    def same_stream(self, *messages: Message, differs: str | None = None, **options: Any) -> Any:
        """The same for a conversation over a WebSocket."""
        return self._compared(lambda server: converse(server, *messages, **options), differs)

    def _compared(
        self, question: Callable[[Server], Reply | Conversation], differs: str | None
    ) -> Any:
        theirs = comparable(question(self.theirs), self.theirs)
        ours = comparable(question(self.ours), self.ours)
        check(theirs, ours, differs)
        return ours


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
