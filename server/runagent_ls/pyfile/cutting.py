"""Where a source text may be cut so that each piece parses on its own.

A piece may begin at a line whose first character starts a statement in the first column, unless
the word there continues a statement (`else`). Inside strings and brackets such a line means
nothing, but then the piece before it does not parse by itself, and the two are put together again.
So: when every piece parses, the pieces are exactly the statements of the whole file.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

# A letter, `_`, `@` or anything beyond ASCII; said the other way round it takes 3 ms to compile.
_START = re.compile(
    r"[\r\n](?=[^\x00-\x3f\x5b-\x5e\x60\x7b-\x7f])(?!(?:else|elif|except|finally)\b)"
)
_HEAVY = re.compile(r"(?:def|class|async|if|try|for|while|with|match)\b|@")
_LIGHT_LENGTH = 800
"""Short statements share a piece until it has this many characters."""

_LEXEME = re.compile(
    r"""(?P<comment>\#[^\r\n]*)
      | (?P<triple>\"\"\"|''')
      | (?P<string>"(?:[^"\\\r\n]|\\(?:\r\n|.))*"? | '(?:[^'\\\r\n]|\\(?:\r\n|.))*'?)
      | (?P<open>[(\[{])
      | (?P<close>[)\]}])
      | (?P<continued>\\(?=\r?\n?\Z))""",
    re.VERBOSE | re.DOTALL,
)
_TRIPLE_END = {
    '"""': re.compile(r'(?:[^"\\]|\\.|"(?!""))*+"""', re.DOTALL),
    "'''": re.compile(r"(?:[^'\\]|\\.|'(?!''))*+'''", re.DOTALL),
}
_NEVER_INSIDE_BRACKETS = re.compile(r"(?:def|class|import|return|with|async\s+def)\b")
_DECORATOR_TAIL = re.compile(r"(?:\A|[\r\n])@[^\r\n]*(?:[\r\n]\s*(?:#[^\r\n]*)?)*\Z")


def candidates(text: str, start: int, end: int) -> list[int]:
    """Offsets in `[start, end)` where a piece may begin, `start` first."""
    found = [match.end() for match in _START.finditer(text, start, end)]
    return [start, *found]


def is_candidate(text: str, offset: int) -> bool:
    """Whether a piece may begin at `offset`."""
    return offset > 0 and _START.match(text, offset - 1) is not None


def coarse(text: str, starts: list[int]) -> list[int]:
    """Fewer cuts: short statements stay together, decorators with what they decorate."""
    kept = starts[:1]
    after_decorator = False
    for start in starts[1:]:
        head = _HEAVY.match(text, start)
        glued = after_decorator
        after_decorator = head is not None and text[start] == "@"
        if glued:
            continue
        full = start - kept[-1] >= _LIGHT_LENGTH
        if head is not None or full or _HEAVY.match(text, kept[-1]) is not None:
            kept.append(start)
    return kept


@dataclass(slots=True)
class LexicalState:
    """How far brackets and strings are open after some text."""

    depth: int = 0
    quote: str | None = None
    continued: bool = False
    decorated: bool = False

    @property
    def is_open(self) -> bool:
        return self.depth > 0 or self.quote is not None or self.continued or self.decorated

    def may_continue_with(self, text: str, start: int) -> bool:
        """False when what stands at `start` cannot belong to what is open."""
        if self.quote is not None or self.decorated or self.continued:
            return True
        return self.depth > 0 and _NEVER_INSIDE_BRACKETS.match(text, start) is None

    def feed(self, text: str, start: int, end: int) -> None:
        """Read on through `text[start:end]`."""
        position = start
        self.continued = False
        while position < end:
            if self.quote is not None:
                closed = _TRIPLE_END[self.quote].match(text, position, end)
                if closed is None:
                    return
                position = closed.end()
                self.quote = None
                continue
            found = _LEXEME.search(text, position, end)
            if found is None:
                break
            position = found.end()
            match found.lastgroup:
                case "triple":
                    self.quote = found.group()
                case "open":
                    self.depth += 1
                case "close":
                    self.depth = max(0, self.depth - 1)
                case "continued":
                    self.continued = True
        self.decorated = not self.depth and bool(_DECORATOR_TAIL.search(text, start, end))
