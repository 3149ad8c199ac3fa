"""What is shown of a reply while the model writes it: its thought and its answer.

Models write `Thought:`, `Action:`, `Action Input:` and `FINAL_ANSWER:`. Those words are not shown,
and neither are calls: they come as events of their own as soon as they have been understood. What
was shown is compared with those events then, so that a mistake made here costs a repetition.
"""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Final, Literal, TypeAlias

from runagent_ls.cli.terminal import harmless

Part: TypeAlias = Literal["thought", "answer"]

_MARKS: Final = " \t#>*`"
_NO_MARKS: Final = str.maketrans("", "", "*`")
_KEYWORDS: Final = ("thought", "action", "observation", "final_answer", "final answer", "<think>")
_KEYWORD: Final = re.compile(
    r"(?P<fence>[ \t]*`+\w*\n)?[ \t#>*`]*"
    r"(?P<word>thought|action(?:[ _]input)?|observation|final[ _]answer)[ \t*`]*:[ \t*]*",
    re.IGNORECASE,
)
_THINKING: Final = re.compile(r"\s*<think>")
_END_OF_THINKING: Final = "</think>"
_FENCE: Final = re.compile(r"[ \t]*`+\w*(?:\n|$)")
_LONGEST_KEYWORD: Final = 60
_LINES: Final = re.compile(r"[^\n]*\n|[^\n]+")


class LiveReply:
    """One reply, in pieces."""

    def __init__(self) -> None:
        self._part: Part | None = "thought"
        self._line: str | None = ""
        """The beginning of a line that may yet become a keyword; None when it is none."""
        self._is_thinking = False
        self._is_behind_keyword = False
        self._end = ""
        self._shown: dict[Part, Shown] = {"thought": Shown(), "answer": Shown()}

    @property
    def has_begun(self) -> bool:
        """Whether something of it was shown."""
        return any(each.has_begun for each in self._shown.values())

    def feed(self, piece: str) -> list[tuple[Part, str]]:
        """What of it is shown now."""
        text, self._end = self._end + piece, ""
        if text.endswith("\r"):  # a line end, perhaps half of it
            text, self._end = text[:-1], "\r"
        found: list[tuple[Part, str]] = []
        for line in _LINES.findall(text.replace("\r\n", "\n")):
            self._feed(line, found)
        return found

    def end(self) -> list[tuple[Part, str]]:
        """What was held back."""
        found: list[tuple[Part, str]] = []
        if self._line:
            line, self._line = self._line, None
            self._show(line, found)
        return found

    def has_shown(self, part: Part, text: str) -> bool:
        """Whether all of `text` was shown, and nothing else."""
        whole = Shown()
        whole.add(harmless(text))
        return whole.is_same_as(self._shown[part])

    def _feed(self, text: str, found: list[tuple[Part, str]]) -> None:
        rest = self._think(text, found) if self._is_thinking else text
        if rest:
            self._feed_line(rest, found)

    def _feed_line(self, text: str, found: list[tuple[Part, str]]) -> None:
        if self._part == "thought" and self._line is not None:
            line = self._line + text
            keyword, thinking = _KEYWORD.match(line), _THINKING.match(line)
            if thinking is not None and not self.has_begun:
                self._is_thinking, self._line = True, ""
                self._feed(line[thinking.end() :], found)
                return
            if keyword is not None:
                # a block that begins here is thought for the runtime, and of no use to people
                self._shown[self._part].add(keyword["fence"] or "")
                self._turn_to(keyword["word"].lower())
                self._line, self._is_behind_keyword = None, True
                text = line[keyword.end() :]
            elif _may_become_keyword(line):
                self._line = line
                return
            else:
                text = line
        self._line = "" if text.endswith("\n") else None
        self._show(text, found)

    def _think(self, text: str, found: list[tuple[Part, str]]) -> str:
        """Shows what is within a block of thinking; gives what comes after it."""
        text, self._line = (self._line or "") + text, ""
        thought, end, rest = text.partition(_END_OF_THINKING)
        if end:
            self._is_thinking = False
        else:
            held = range(len(_END_OF_THINKING), 0, -1)
            kept = next((n for n in held if text.endswith(_END_OF_THINKING[:n])), 0)
            thought, self._line = text[: len(text) - kept], text[len(text) - kept :]
        self._show(thought, found)
        return rest

    def _turn_to(self, word: str) -> None:
        if word.startswith("final"):
            self._part = "answer"
        elif word != "thought":
            self._part = None

    def _show(self, text: str, found: list[tuple[Part, str]]) -> None:
        if self._part is None:
            return
        if self._is_behind_keyword:
            text = text.lstrip(" \t*")
            self._is_behind_keyword = not text
        shown = self._shown[self._part]
        text = harmless(text if shown.has_begun else text.lstrip())
        if text:
            shown.add(text)
            found.append((self._part, text))


class Shown:
    """Compares texts, however long, without keeping them; gaps, bold and code are all one."""

    def __init__(self) -> None:
        self._digest = blake2b()
        self.has_begun = False

    def add(self, text: str) -> None:
        letters = "".join(text.split()).translate(_NO_MARKS)
        self.has_begun |= bool(text.strip())
        self._digest.update(letters.encode("utf-8", "surrogatepass"))

    def is_same_as(self, other: Shown) -> bool:
        return self._digest.digest() == other._digest.digest()


def _may_become_keyword(line: str) -> bool:
    """Whether a keyword may yet follow, also on the line below a code fence."""
    fence = _FENCE.match(line)
    if fence is not None:
        line = line[fence.end() :]
    if "\n" in line or len(line) > _LONGEST_KEYWORD:
        return False
    word = line.strip(_MARKS).lower()
    return any(each.startswith(word) or word.startswith(each) for each in _KEYWORDS)
