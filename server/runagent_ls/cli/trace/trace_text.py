"""What an agent in steps does, event by event, as text for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from runagent_ls.cli.terminal import Painter, harmless, one_line
from runagent_ls.cli.trace import words
from runagent_ls.cli.trace.events import TraceEvent
from runagent_ls.cli.trace.live_reply import LiveReply, Part
from runagent_ls.cli.trace.wrapping import Wrapping, fitted
from runagent_ls.sessions import fields

Width = Callable[[], int | None]

_INDENT: Final = 2


class TraceText:
    """Gives the text of each event; nothing in it steers a terminal. Keeps only where it is.

    `width` gives the columns that there are, None for no limit. With `is_live` the model's words
    are shown as it writes them. `session` is one that needs no heading.
    """

    def __init__(
        self,
        paint: Painter,
        width: Width,
        encoding: str,
        *,
        is_live: bool = False,
        session: str | None = None,
    ) -> None:
        self.session = session
        self.last_complete_step = 0
        self.has_ended = False
        self._paint = paint
        self._width = width
        self._encoding = encoding
        self._is_live = is_live
        self._is_first = session is None
        self._is_fork = False
        self._step = 0
        self._spent = words.Spent()
        self._shorten = words.Shortener()
        self._called: str | None = None
        """The call that the last line tells of."""
        self._reply = LiveReply()
        self._written: Part | None = None
        self._wrapping: Wrapping | None = None
        """Of what is being written: its last line is open."""

    @property
    def has_shortened(self) -> bool:
        """Whether what a tool was given, or gave, was too long to be told whole."""
        return self._shorten.has_shortened

    def read(self, event: TraceEvent) -> str:
        """What an event adds; nothing for one of an unknown type."""
        kind = str(event.get("type"))
        if kind == "model_delta":
            return self._delta(event) if self._is_live else ""
        draw = _DRAWN.get(kind)
        if draw is None:
            return ""
        placed = self._place(event)
        return placed + draw(self, event)

    def pause(self) -> str:
        """Ends the line that is open, for something else to be written."""
        rest = "".join(self._write(*said) for said in self._reply.end())
        if self._wrapping is None:
            return rest
        rest += self._wrapping.end() + "\n"
        self._wrapping = None
        return rest

    def end(self) -> str:
        """What is to be said when no more events come."""
        text = self.pause()
        if self.session is None or self.has_ended:
            return text
        complete = words.counted(self.last_complete_step, "complete step")
        return f"{text}\n{self._paint('not finished', 'bold', 'yellow')}: {complete}\n"

    def took(self, of: str = "") -> str:
        """What the step took; nothing when that has been said."""
        spent, self._spent = self._spent, words.Spent()
        said = "" if spent == words.Spent() else self._block(f"{of}{spent}", "", "dim")
        return self.pause() + said

    def answer(self, text: str) -> str:
        """The answer as it stands at the end."""
        return self._title("Answer") + self.flat(text)

    def flat(self, text: str) -> str:
        """A text of its own."""
        wrapping = Wrapping(0, self._width(), self._encoding)
        return wrapping.feed(harmless(text)) + wrapping.end() + "\n"

    def _place(self, event: TraceEvent) -> str:
        """Which session and step it is in, if that is news."""
        kind, session = str(event.get("type")), str(event.get("session"))
        text = ""
        if session != self.session:
            text = self.pause() + self._title(f"session {one_line(session)}")
            self.session, self.has_ended = session, False
            self._enter(0)
        step = fields.count(event, "step") or 0
        if step in (0, self._step) or kind.startswith("session_"):
            return text
        text += self.pause() + self._title(f"Step {step}")
        self._enter(step)
        return text

    def _enter(self, step: int) -> None:
        self._step, self._spent, self._called = step, words.Spent(), None
        self._reply = LiveReply()
        self.last_complete_step = max(step - 1, 0)

    def _delta(self, event: TraceEvent) -> str:
        said = self._place(event)
        parts = self._reply.feed(fields.text(event, "text") or "")
        return said + "".join(self._write(*each) for each in parts)

    def _write(self, part: Part, text: str) -> str:
        before = ""
        if self._wrapping is None or part != self._written:
            before = "" if self._wrapping is None else self._wrapping.end() + "\n"
            before += self._title("Answer") if part == "answer" else ""
            indent = 0 if part == "answer" else _INDENT
            self._written = part
            self._wrapping = Wrapping(indent, self._width(), self._encoding)
        return before + self._wrapping.feed(text)

    def _title(self, text: str) -> str:
        before = "" if self._is_first else "\n"
        self._is_first = False
        return f"{before}{self._paint(text, 'bold')}\n"

    def _block(self, text: str, lead: str = "", *styles: str) -> str:
        """Text of any length, `lead` in front of its first line."""
        indent = _INDENT + len(lead)
        wrapping = Wrapping(indent, self._width(), self._encoding, is_led=True)
        first, *more = (wrapping.feed(text) + wrapping.end()).split("\n")
        beginning = " " * _INDENT + self._paint(lead, *(styles or ("cyan",)))
        lines = [first, *more]
        if styles:
            lines = [self._paint(line, *styles) for line in lines]
        return beginning + "\n".join(lines) + "\n"

    def _note(self, text: str, *styles: str) -> str:
        """One line, however much there is to say."""
        width = self._width()
        shown = text if width is None else fitted(text, width - _INDENT, self._encoding)
        return f"{self.pause()}{' ' * _INDENT}{self._paint(shown, *(styles or ('dim',)))}\n"

    # one for each type of event

    def _session_started(self, event: TraceEvent) -> str:
        names = [
            f"{name}: {one_line(said)}"
            for name in ("agent", "model")
            if (said := fields.text(event, name))
        ]
        text = self.flat(", ".join(names)) if names else ""
        fork = fields.mapping(event, "forked_from")
        origin = fields.text(fork, "session")
        self._is_fork = origin is not None
        if origin is not None:
            step = fields.count(fork, "step") or 0
            text += self.flat(f"goes on from: {one_line(origin)}, step {step}")
        if (question := fields.text(event, "input")) is not None:
            text += self._title("Input") + self.flat(question)
        return text

    def _session_resumed(self, event: TraceEvent) -> str:
        self._enter(0)
        self.has_ended = False
        self.last_complete_step = step = fields.count(event, "step") or 0
        text = self.pause()
        if not self._is_fork:  # of which the heading says it
            text += f"\ngoes on after step {step}\n"
        self._is_fork = False
        waiting = (words.call(it, self._shorten) for it in fields.objects(event, "waiting"))
        return text + "".join(self._note(f"waits to be observed: {call}") for call in waiting)

    def _step_started(self, _: TraceEvent) -> str:
        return ""

    def _thought(self, event: TraceEvent) -> str:
        self._spent.add(event)
        text = fields.text(event, "text") or ""
        held = "".join(self._write(*said) for said in self._reply.end())
        if self._reply.has_shown("thought", text):
            # the answer may be on the open line: what is it comes as an event of its own
            return held if self._written == "answer" else held + self.pause()
        return held + self.pause() + (self._block(harmless(text)) if text.strip() else "")

    def _action(self, event: TraceEvent) -> str:
        before = self.pause()
        self._called = fields.text(event, "call")
        return before + self._block(words.call(event, self._shorten), "-> ")

    def _observation(self, event: TraceEvent) -> str:
        self._spent.add(event)
        call, tool = fields.text(event, "call"), fields.text(event, "tool")
        is_plain = call is not None and call == self._called
        self._called = None
        name = "" if is_plain or tool is None else f"{one_line(tool)}: "
        took = fields.number(event, "elapsed_ms") or 0.0
        said = words.observed(event, self._shorten)
        said += f"  ({words.seconds(took)})" if took >= 5 else ""
        if event.get("ok") is True:
            return self.pause() + self._block(name + said, "<- ")
        kind = one_line(fields.text(event, "error") or "failed")
        return self.pause() + self._block(f"{name}error ({kind}): {said}", "<- ", "red")

    def _recalled(self, event: TraceEvent) -> str:
        return self._note(words.recalled(event))

    def _stored(self, event: TraceEvent) -> str:
        return self._note(words.stored(event))

    def _degraded(self, event: TraceEvent) -> str:
        problem = fields.text(event, "problem")
        return self.pause() + self._block(harmless(problem), "", "yellow") if problem else ""

    def _working(self, event: TraceEvent) -> str:
        said = words.in_mind(event, self._shorten)
        return self._note(said) if said else ""

    def _graph(self, event: TraceEvent) -> str:
        return self._note(words.graph(event))

    def _retried(self, event: TraceEvent) -> str:
        text = self.pause()
        said = words.retried(event, self._reply.has_begun)
        self._reply, self._written = LiveReply(), None
        return text + self._block(said, "", "yellow")

    def _checkpoint(self, event: TraceEvent) -> str:
        self.last_complete_step = fields.count(event, "step") or 0
        return self.took()

    def _answer(self, event: TraceEvent) -> str:
        text = fields.text(event, "text") or ""
        before = self.pause()
        if self._reply.has_shown("answer", text):
            return f"{before}\n{self.took(f'step {self._step}: ')}"
        return before + self.took() + self.answer(text)

    def _ended(self, event: TraceEvent) -> str:
        self.has_ended = True
        spent = words.Spent()
        spent.add(event)
        is_answered = event.get("reason") == "answered"
        style = "green" if is_answered else "red"
        said = self.flat(words.ended(event, spent))
        head, colon, rest = said.partition(":")
        text = f"{self.pause()}\n{self._paint(head, 'bold', style)}{colon}{rest}"
        if error := fields.text(event, "error"):
            text += self._block(harmless(error), "", "red")
        return text


_DRAWN: Final[Mapping[str, Callable[[TraceText, TraceEvent], str]]] = {
    "session_started": TraceText._session_started,
    "session_resumed": TraceText._session_resumed,
    "step_started": TraceText._step_started,
    "memory_recalled": TraceText._recalled,
    "memory_degraded": TraceText._degraded,
    "model_retried": TraceText._retried,
    "thought": TraceText._thought,
    "action": TraceText._action,
    "observation": TraceText._observation,
    "memory_stored": TraceText._stored,
    "working_changed": TraceText._working,
    "graph_changed": TraceText._graph,
    "checkpoint": TraceText._checkpoint,
    "final_answer": TraceText._answer,
    "session_ended": TraceText._ended,
}
