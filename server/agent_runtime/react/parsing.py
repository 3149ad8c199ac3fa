"""What a model's text says: an answer, calls of tools, or nothing that can be understood.

Any text gives one of the three. Models are told to write

    Thought: I should look it up.
    Action: search
    Action Input: {"query": "Ada Lovelace"}

or `FINAL_ANSWER: ...` in place of the action. What they write beside it is taken for thought; a
made-up `Observation:` and all after it is dropped.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeAlias

from agent_runtime.json_value import JsonValue
from agent_runtime.model import ModelReply, ToolRequest

EXPECTED: Final = (
    "Write either\n\n"
    "Thought: what you think\nAction: the name of a tool\n"
    'Action Input: {"name of an argument": its value}\n\n'
    "or, when you know the answer,\n\n"
    "Thought: what you think\nFINAL_ANSWER: the answer"
)
"""What the model is told that it should have written."""

LONGEST_NAME: Final = 200
MOST_CALLS: Final = 32
"""Of one reply; a model that asks for more has lost its way."""
DEEPEST: Final = 64
"""Lists and objects in one another, as in results of tools: far less than a store can keep."""


@dataclass(frozen=True, slots=True)
class Call:
    """A tool and its arguments, not yet compared with what it takes."""

    tool: str
    arguments: dict[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Calls:
    """At least one call, in order."""

    thought: str
    calls: Sequence[Call]


@dataclass(frozen=True, slots=True)
class Answer:
    thought: str
    text: str


@dataclass(frozen=True, slots=True)
class Malformed:
    """`thought` is the whole text, `problem` a sentence about what is wrong with it."""

    thought: str
    problem: str


Parsed: TypeAlias = Calls | Answer | Malformed

# Counted, so that no text takes longer than its length.
_MARK: Final = r"[ \t]{0,40}(?:(?P<mark>[#>*`]{1,8})[ \t]{0,8})?"
_END: Final = r"[ \t]{0,8}[*`]{0,4}[ \t]{0,8}:\*{0,2}"
_KEYWORD: Final = re.compile(
    rf"^{_MARK}(?:"
    rf"(?P<answer>FINAL[_ ]ANSWER\b(?:{_END})?|(?i:final[_ ]answer){_END})"
    rf"|(?P<input>(?i:action[_ ]input){_END})"
    rf"|(?P<action>(?i:action){_END})"
    rf"|(?P<thought>(?i:thought){_END})"
    rf"|(?P<observation>(?i:observation){_END})"
    r")",
    re.MULTILINE,
)
_FENCE: Final = re.compile(r"\s*`+[ \t]*[A-Za-z0-9_+-]*[ \t]*\r?\n?")
_FENCE_LINE: Final = re.compile(r"^[ \t]{0,3}```", re.MULTILINE)
_THINKING: Final = re.compile(r"\s*<think>(?P<thought>.*?)</think>", re.DOTALL)
"""How models without a field of its own for it say what they think before they reply."""
_BLANK: Final = re.compile(r"\s*")
_LETTERS: Final = re.compile(r"\w")


def parse_reply(reply: ModelReply) -> Parsed:
    """What the reply says; calls by the provider's own tool calling win over its text.

    Of a reply that was cut short only whole calls count: half an answer is none.
    """
    text = well_formed(reply.text)
    requests = reply.tool_requests
    parsed = _requested(text, requests) if requests else parse(text)
    if reply.is_cut and not isinstance(parsed, Calls):
        return Malformed(text, "The reply was cut off at its limit of tokens. Write less.")
    return parsed


def parse(text: str) -> Parsed:
    """What a text says.

    >>> parse('Thought: easy\\nFINAL_ANSWER: 42')
    Answer(thought='easy', text='42')
    >>> parse('Action: add\\nAction Input: {"a": 1}').calls
    (Call(tool='add', arguments={'a': 1}),)
    >>> parse('I do not know').problem
    'There is neither an Action nor a FINAL_ANSWER.'
    """
    reader = _Reader(text)
    try:
        return reader.read()
    except _MalformedError as error:
        return Malformed(text, str(error))


class _MalformedError(Exception):
    pass


def _malformed(problem: str) -> NoReturn:
    raise _MalformedError(problem)


class _Reader:
    """Goes through the text once, from keyword to keyword."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._thought: list[str] = []
        self._calls: list[Call] = []

    def read(self) -> Parsed:
        block = _THINKING.match(self._text)
        if block is not None:
            self._think(block["thought"])
            self._text = self._text[block.end() :]
        while (match := _KEYWORD.search(self._text, self._at)) is not None:
            self._think(self._text[self._at : match.start()])
            self._at = match.end()
            match match.lastgroup:
                case "observation":
                    break
                case "action":
                    self._call()
                case "input":
                    _malformed("There is an Action Input without an Action before it.")
                case "answer" if not self._calls:
                    return self._answer(match)
                case "answer":
                    break  # it was written before anything was observed
        else:
            self._think(self._text[self._at :])
        if not self._calls:
            _malformed("There is neither an Action nor a FINAL_ANSWER.")
        return Calls(self._said(), tuple(self._calls))

    def _think(self, text: str) -> None:
        # what follows calls is about results that are not there yet; marks alone say nothing
        if not self._calls and _LETTERS.search(text):
            self._thought.append(text.strip())

    def _said(self) -> str:
        return "\n".join(self._thought)

    def _answer(self, keyword: re.Match[str]) -> Answer:
        text = self._text[self._at :].strip()
        if not set("*`") & set(keyword["answer"]):
            text = _without_end_of((keyword["mark"] or "").lstrip("#>"), text)
        if len(_FENCE_LINE.findall(self._text, 0, keyword.start())) % 2:
            text = _without_end_of_fence(text)
        if not text:
            _malformed("There is nothing after FINAL_ANSWER.")
        return Answer(self._said(), text)

    def _call(self) -> None:
        end = self._text.find("\n", self._at)
        end = len(self._text) if end < 0 else end
        name = self._text[self._at : end].strip("*`'\" \t\r")
        self._at = end
        if not name or len(name) > LONGEST_NAME:
            _malformed("There is no name of a tool after Action.")
        if len(self._calls) == MOST_CALLS:
            _malformed(f"There are more than {MOST_CALLS} Actions.")
        self._calls.append(Call(name, self._input(name)))

    def _input(self, name: str) -> dict[str, JsonValue]:
        match = _KEYWORD.match(self._text, self._line_of(self._content_from(self._at)))
        if match is None or match.lastgroup != "input":
            return {}
        self._at = match.end()
        fence = _FENCE.match(self._text, self._at)
        if fence is not None:
            self._at = fence.end()
        start = self._content_from(self._at)
        line = self._line_of(start)
        if start == len(self._text) or (line >= self._at and _KEYWORD.match(self._text, line)):
            return {}
        arguments, self._at = _object_at(self._text, start, name)
        return arguments

    def _content_from(self, at: int) -> int:
        blank = _BLANK.match(self._text, at)
        return at if blank is None else blank.end()

    def _line_of(self, at: int) -> int:
        return self._text.rfind("\n", 0, at) + 1


def _without_end_of(mark: str, text: str) -> str:
    """Without the end of an emphasis that began before the keyword: **FINAL_ANSWER: 42**."""
    line, _, rest = text.partition("\n")
    line = line.rstrip()
    if not mark or not line.endswith(mark) or line.count(mark) % 2 == 0:
        return text
    return f"{line.removesuffix(mark)}\n{rest}".strip()


def _without_end_of_fence(text: str) -> str:
    """Without the end of a code block that began before the keyword."""
    rest, _, last = text.rpartition("\n")
    is_its_end = last.strip() == "```" and len(_FENCE_LINE.findall(text)) % 2
    return rest.strip() if is_its_end else text


def _not_json(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _finite(number: str) -> float:
    value = float(number)
    return value if math.isfinite(value) else _not_json(number)


_DECODER: Final = json.JSONDecoder(parse_constant=_not_json, parse_float=_finite)


def _object_at(text: str, start: int, tool: str) -> tuple[dict[str, JsonValue], int]:
    try:
        value, end = _DECODER.raw_decode(text, start)
    except json.JSONDecodeError as error:
        _malformed(
            f"The Action Input of {tool} is not JSON: {error.msg} at character "
            f"{error.pos - start + 1}."
        )
    except ValueError as error:  # a number of very many digits, NaN
        _malformed(f"The Action Input of {tool} is not JSON: {error}.")
    except RecursionError:
        _malformed(f"The Action Input of {tool} is nested too deeply.")
    if not isinstance(value, dict):
        _malformed(f'The Action Input of {tool} must be a JSON object, like {{"name": "value"}}.')
    if _is_deeper(value, DEEPEST):
        _malformed(f"The Action Input of {tool} is nested too deeply.")
    return _cleaned(value), end


def _is_deeper(value: dict[str, JsonValue], deepest: int) -> bool:
    level: list[Any] = [value]
    for _ in range(deepest):
        level = [
            part
            for parts in level
            for part in (parts.values() if isinstance(parts, dict) else parts)
            if isinstance(part, dict | list)
        ]
        if not level:
            return False
    return True


def _requested(text: str, requests: Sequence[ToolRequest]) -> Parsed:
    calls = []
    try:
        if len(requests) > MOST_CALLS:
            _malformed(f"There are more than {MOST_CALLS} calls of tools.")
        for request in requests:
            name = well_formed(request.name)[:LONGEST_NAME]
            source = request.arguments.strip()
            if not source:
                calls.append(Call(name, {}))
                continue
            arguments, end = _object_at(source, 0, name)
            if source[end:].strip():
                _malformed(f"There is more than one value in the arguments of {name}.")
            calls.append(Call(name, arguments))
    except _MalformedError as error:
        return Malformed(text, str(error))
    return Calls(text.strip(), tuple(calls))


def well_formed(text: str) -> str:
    """The text without halves of pairs, which JSON can say and UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _cleaned(value: dict[str, JsonValue]) -> dict[str, JsonValue]:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        whole = json.dumps(value, ensure_ascii=False)
        cleaned: dict[str, JsonValue] = json.loads(well_formed(whole))
        return cleaned
    return value
