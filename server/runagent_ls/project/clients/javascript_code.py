"""What of a JavaScript or TypeScript text is code: no comments, strings, patterns, JSX texts."""

from __future__ import annotations

import re
from typing import Final

_INTERESTING: Final = re.compile(r"""["'`/(){}\[\]<]""")
_STRING: Final = {
    '"': re.compile(r'"(?:[^"\\\r\n]|\\(?:\r\n|[\s\S]))*+"?'),
    "'": re.compile(r"'(?:[^'\\\r\n]|\\(?:\r\n|[\s\S]))*+'?"),
}
_TEMPLATE_TEXT: Final = re.compile(r"(?:[^`\\$]|\\[\s\S]|\$(?!\{))*+(?:`|\$\{|\\?\Z)")
_PATTERN: Final = re.compile(
    r"/(?:[^\\/\[\r\n]|\\[^\r\n]|\[(?:[^\]\\\r\n]|\\[^\r\n]){0,1000}+\]){1,1000}+/[A-Za-z]*"
)
_WORD: Final = re.compile(r"[\w$]+\Z")
_WORD_LENGTH: Final = 12
"""No keyword below is longer."""
_BEFORE_VALUE: Final = frozenset(
    [
        "await",
        "case",
        "default",
        "delete",
        "do",
        "else",
        "extends",
        "in",
        "instanceof",
        "new",
        "of",
        "return",
        "throw",
        "typeof",
        "void",
        "yield",
    ]
)
_CONTROL: Final = re.compile(r"\b(?:if|while|for|with|switch)\Z")
_BLOCK_WORD: Final = re.compile(r"\b(?:else|do)\Z")
_TAG: Final = re.compile(r"<(?=[A-Za-z_$>])(?![\w$]+\s*(?:,|extends\b)|const\s)")
_IN_TAG: Final = re.compile(r"""(?P<string>"[^"]*+"|'[^']*+')|(?P<end>/?>)|[{<]|/\*""")
_IN_CHILDREN: Final = re.compile(r"[{<]")
_CLOSING_TAG: Final = re.compile(r"</[^<>{}]*>")
_LINE_END: Final = re.compile(r"[\r\n\u2028\u2029]")
_ANGLE: Final = re.compile(r"[<>]")
_TRIES: Final = 1_000
"""So many times something may look like a pattern or JSX and not be one."""
_ROUND: Final = frozenset({"(", "[", "control"})
_CLOSES: Final = {")": ("(", "control"), "]": ("[",)}
_BRACES: Final = frozenset({"block", "value", "template", "jsx"})


class Code:
    """A text and its `blank`: the same length, with spaces for what is no code.

    Quotes stay where they are. Never raises, and takes time in proportion to the text.
    """

    def __init__(self, text: str, *, jsx: bool) -> None:
        self.text = text
        self.strings: dict[int, int] = {}
        """Start to end of every string, and of every template without `${}`, quotes included."""
        self._jsx = jsx
        self._holes: list[tuple[int, int]] = []
        self._comments: dict[int, int] = {}
        self._values: set[int] = set()
        """Last characters of what is a value although it does not look so."""
        self._controls: set[int] = set()
        """Closing brackets behind `if` and the like."""
        self._stack: list[str] = []
        self._tries = _TRIES
        self._elements: list[tuple[int, int, int]] = []
        """JSX that has begun in code: where, how deep, after how many holes."""
        self._template_start = -1
        self._scan()
        self.blank = self._blank()

    def _blank(self) -> str:
        parts: list[str] = []
        done = 0
        for start, end in self._holes:
            parts += [self.text[done:start], " " * (end - start)]
            done = max(done, end)
        return "".join([*parts, self.text[done:]])

    # --- reading --------------------------------------------------------------------------

    def _scan(self) -> None:
        text, position, end = self.text, 0, len(self.text)
        if text.startswith("#!"):
            position = self._comment(0, _line_end(text, 0))
        while position < end or self._elements:
            if position >= end:
                position = self._give_up_element()
                continue
            match self._stack[-1] if self._stack else "":
                case "template text":
                    position = self._template_text(position)
                case "tag":
                    position = self._tag(position)
                case "children":
                    position = self._children(position)
                case _:
                    position = self._code(position)

    def _code(self, position: int) -> int:
        found = _INTERESTING.search(self.text, position)
        if found is None:
            return len(self.text)
        at, character = found.start(), found.group()
        match character:
            case '"' | "'":
                return self._string(at, character)
            case "`":
                self._stack.append("template text")
                self._values.add(at)
                self._template_start = at
                return at + 1
            case "/":
                return self._slash(at)
            case "<":
                return self._less(at)
            case "(" | "[" | "{":
                self._stack.append(self._kind(at, character))
            case _:
                self._close(at, character)
        return at + 1

    def _string(self, at: int, quote: str) -> int:
        found = _STRING[quote].match(self.text, at)
        end = found.end() if found is not None else at + 1
        closed = end - at > 1 and self.text[end - 1] == quote
        self._hole(at + 1, end - 1 if closed else end)
        if closed:
            self.strings[at] = end
        return max(end, at + 1)

    def _template_text(self, position: int) -> int:
        found = _TEMPLATE_TEXT.match(self.text, position)
        end = found.end() if found is not None else len(self.text)
        if self.text[end - 1 : end] == "`":
            self._stack.pop()
            self._hole(position, end - 1)
            if self.text[position - 1] == "`" and position - 1 == self._template_start:
                self.strings[position - 1] = end
        elif self.text.endswith("${", position, end):
            self._hole(position, end - 2)
            self._stack.append("template")
        else:
            self._hole(position, end)
        return end

    def _slash(self, at: int) -> int:
        text = self.text
        if text.startswith("//", at):
            return self._comment(at, _line_end(text, at))
        if text.startswith("/*", at):
            end = text.find("*/", at + 2)
            return self._comment(at, len(text) if end < 0 else end + 2)
        if self._tries > 0 and self._value_follows(at):
            found = _PATTERN.match(text, at)
            if found is not None:
                self._hole(at + 1, found.end())
                self._values.add(found.end() - 1)
                return found.end()
            self._tries -= 1
        return at + 1

    def _comment(self, start: int, end: int) -> int:
        self._hole(start, end)
        self._comments[end] = start
        return end

    def _hole(self, start: int, end: int) -> None:
        if end > start:
            self._holes.append((start, end))

    # --- brackets -------------------------------------------------------------------------

    def _kind(self, at: int, character: str) -> str:
        if character == "(":
            before = self._before(at)
            return "control" if self._ends_with(_CONTROL, before) else "("
        if character == "[":
            return "["
        before = self._before(at)
        last = self.text[max(0, before - 2) : before]
        if last == "=>" or last[-1:] in ("", ";", "{", "}", ")"):
            return "block"
        is_value = self._value_follows(at) and not self._ends_with(_BLOCK_WORD, before)
        return "value" if is_value else "block"

    def _ends_with(self, word: re.Pattern[str], end: int) -> bool:
        return word.search(self.text, max(0, end - 2 * _WORD_LENGTH), end) is not None

    def _close(self, at: int, character: str) -> None:
        stack = self._stack
        if character == "}":
            depth = len(stack)
            while depth and stack[depth - 1] in _ROUND:  # left open: the text is broken
                depth -= 1
            if depth and stack[depth - 1] in _BRACES:
                if stack[depth - 1] == "value":
                    self._values.add(at)
                del stack[depth - 1 :]
        elif stack and stack[-1] in _CLOSES[character] and stack.pop() == "control":
            self._controls.add(at)

    # --- what may stand here --------------------------------------------------------------

    def _before(self, at: int) -> int:
        """The end of the last thing in front of `at` that is neither space nor comment."""
        text = self.text
        while at > 0:
            if at in self._comments:
                at = self._comments[at]
            elif text[at - 1].isspace():
                at -= 1
            else:
                break
        return at

    def _value_follows(self, at: int) -> bool:
        """Whether a value may begin at `at`; else an operator stands there."""
        end = self._before(at)
        if end == 0:
            return True
        text, last = self.text, self.text[end - 1]
        if last == ")":
            return end - 1 in self._controls
        if last == "}":
            return end - 1 not in self._values
        if last in "]\"'`" or end - 1 in self._values:
            return False
        if last.isalnum() or last in "_$" or last > "\x7f":
            word = _WORD.search(text, max(0, end - _WORD_LENGTH), end)
            if word is None or word.group() not in _BEFORE_VALUE:
                return False
            return text[word.start() - 1 : word.start()] != "."
        if last in "+-" and text[end - 2 : end - 1] == last:
            return self._value_follows_sign(end - 2)
        if last == "!":
            return not (text[end - 2 : end - 1].isalnum() or text[end - 2 : end - 1] in ")]_$")
        return True

    def _value_follows_sign(self, at: int) -> bool:
        """`a++ /` divides, `++/` does not."""
        before = self.text[at - 1 : at]
        return not (before.isalnum() or before in (")", "]", "_", "$"))

    # --- JSX ------------------------------------------------------------------------------

    def _less(self, at: int) -> int:
        if self._jsx and self._tries > 0 and _TAG.match(self.text, at) and self._value_follows(at):
            self._elements.append((at, len(self._stack), len(self._holes)))
            self._stack.append("tag")
        return at + 1

    def _give_up_element(self) -> int:
        """What began like JSX does not end: it was a generic function or is broken."""
        start, depth, holes = self._elements[0]
        self._elements.clear()
        self._tries -= _TRIES // 20
        del self._stack[depth:], self._holes[holes:]
        self.strings = {at: end for at, end in self.strings.items() if at < start}
        self._comments = {end: at for end, at in self._comments.items() if at < start}
        self._values = {at for at in self._values if at < start}
        return start + 1

    def _tag(self, position: int) -> int:
        """Inside `<name ...>`."""
        found = _IN_TAG.search(self.text, position)
        if found is None:
            return len(self.text)
        end = found.end()
        if found["string"]:
            self._hole(found.start() + 1, end - 1)
        elif found["end"] == "/>":
            self._element_ends(end)
        elif found["end"]:
            self._stack[-1] = "children"
        elif found.group() == "/*":
            closed = self.text.find("*/", end)
            end = self._comment(found.start(), len(self.text) if closed < 0 else closed + 2)
        elif found.group() == "{":
            self._stack.append("jsx")
        elif self.text[found.start() - 1].isspace() or self.text[found.start() - 1] == "=":
            self._stack.append("tag")  # an element as value of an attribute
        else:
            end = _type_arguments_end(self.text, found.start())
        return end

    def _children(self, position: int) -> int:
        found = _IN_CHILDREN.search(self.text, position)
        at = found.start() if found is not None else len(self.text)
        self._hole(position, at)
        if found is None:
            return at
        if found.group() == "{":
            self._stack.append("jsx")
            return at + 1
        closing = _CLOSING_TAG.match(self.text, at)
        if closing is None:
            self._stack.append("tag")
            return at + 1
        self._element_ends(closing.end())
        return closing.end()

    def _element_ends(self, end: int) -> None:
        self._stack.pop()
        self._values.add(end - 1)
        if self._elements and len(self._stack) == self._elements[-1][1]:
            self._elements.pop()


def _line_end(text: str, at: int) -> int:
    found = _LINE_END.search(text, at)
    return found.start() if found is not None else len(text)


def _type_arguments_end(text: str, at: int) -> int:
    """Behind `<string>` in `<Table<string> rows={x}>`."""
    depth = 0
    for found in _ANGLE.finditer(text, at, min(len(text), at + 500)):
        depth += 1 if found.group() == "<" else -1
        if depth == 0:
            return found.end()
    return at + 1
