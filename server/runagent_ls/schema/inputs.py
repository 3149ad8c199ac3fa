"""Checks values against schemas before they are sent, and says in words what does not fit."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

from runagent_ls.jsontree.document import JsonValue
from runagent_ls.schema.wording import in_words, one_of, path_in_words, shortened

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

Schema = Mapping[str, JsonValue]

_MOST_VALUES: Final = 50_000
"""A larger input is sent without a look at its types: that would take longer than a second."""
_MOST_PROBLEMS: Final = 20
_LONGEST_MATCHED: Final = 200
"""Characters up to which a text is matched against a pattern: see `_matches_soon`."""
_PLAIN_DEPTH: Final = 4
_ANNOTATIONS: Final = frozenset({"title", "description", "default", "examples"})
_PLAIN_TYPES: Final[Mapping[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int, bool),
    "number": (int, float, bool),
    "boolean": (bool,),
    "null": (type(None),),
    "object": (dict,),
}


@dataclass(frozen=True, slots=True)
class ValueProblem:
    """One place of a value that does not fit. `path` leads there from the value's root."""

    path: tuple[str | int, ...]
    message: str
    expected: str | None = None


def check_inputs(
    schema: Schema, value: JsonValue, at: tuple[str | int, ...] = ()
) -> tuple[ValueProblem, ...]:
    """What of `value` does not fit `schema`; `at` is where the value itself stands.

    A value of several allowed types is measured against the one that it comes closest to. Says
    nothing about formats, nor about what is too large or too deep to be looked at quickly.
    """
    if not schema or _is_large(value) or _fits_plainly(dict(schema), value, _PLAIN_DEPTH):
        return ()
    try:
        errors = list(_first(_validator_type()(dict(schema)).iter_errors(value)))
        words = Words(schema.get("$defs"), at)
        found = [problem for error in errors for problem in words.of(error)]
    except RecursionError:
        return ()
    return tuple(dict.fromkeys(found))[:_MOST_PROBLEMS]


def _fits_plainly(schema: JsonValue, value: JsonValue, depth: int) -> bool:
    """Whether a simple schema certainly allows the value: then `jsonschema` need not be loaded."""
    if not isinstance(schema, dict) or depth == 0:
        return False
    keywords = schema.keys() - _ANNOTATIONS
    if keywords == {"anyOf"}:
        choices = schema["anyOf"]
        return isinstance(choices, list) and any(
            _fits_plainly(choice, value, depth - 1) for choice in choices
        )
    kind = schema.get("type")
    if isinstance(value, list) and kind == "array" and keywords <= {"type", "items"}:
        items = schema.get("items", {})
        return not items or all(_fits_plainly(items, item, depth - 1) for item in value)
    if keywords != {"type"} or not isinstance(kind, str):
        return False
    return type(value) in _PLAIN_TYPES.get(kind, ())


def _first(errors: Iterator[ValidationError]) -> Iterator[ValidationError]:
    for _, error in zip(range(_MOST_PROBLEMS), errors, strict=False):
        yield error


def _is_large(value: JsonValue) -> bool:
    count, waiting = 0, [value]
    while waiting:
        count += 1
        one = waiting.pop()
        if isinstance(one, dict | list):
            if count + len(waiting) + len(one) > _MOST_VALUES:
                return True
            waiting.extend(one.values() if isinstance(one, dict) else one)
    return False


@cache
def _validator_type() -> type[Draft202012Validator]:
    """`jsonschema`, with patterns that cannot take forever and Python's idea of numbers."""
    from jsonschema import Draft202012Validator, validators
    from jsonschema.exceptions import ValidationError

    def pattern(
        _validator: object, expected: str, value: object, _schema: object
    ) -> Iterator[ValidationError]:
        if isinstance(value, str) and not _matches_soon(expected, value):
            yield ValidationError(f"does not match {expected}")

    def number(_checker: object, value: object) -> bool:
        return isinstance(value, int | float)

    def integer(_checker: object, value: object) -> bool:
        return isinstance(value, int) or (isinstance(value, float) and value.is_integer())

    # Where a number is annotated Python takes `True` as well.
    types = Draft202012Validator.TYPE_CHECKER.redefine_many({"number": number, "integer": integer})
    extend: Callable[..., type[Draft202012Validator]] = validators.extend
    return extend(Draft202012Validator, {"pattern": pattern}, type_checker=types)


def _matches_soon(pattern: str, text: str) -> bool:
    """Whether the text matches, or that cannot be told in a moment.

    Python tries out all ways to match: for `(a+)+$` their number doubles with each character.
    """
    compiled = _quick_pattern(pattern)
    if compiled is None or len(text) > _LONGEST_MATCHED:
        return True
    return compiled.search(text) is not None


@lru_cache(maxsize=256)
def _quick_pattern(pattern: str) -> re.Pattern[str] | None:
    """The pattern when it repeats no group, and only a few things in a row."""
    repeats = len(re.findall(r"[*+]|\{\d*,\d*\}", pattern))
    most = 3 if pattern.startswith("^") else 2
    if repeats > most or pattern.count("?") > 6 or re.search(r"\)[*+{]", pattern):
        return None
    try:
        return re.compile(pattern)
    except (re.error, RecursionError, OverflowError):
        return None


class Words:
    """Turns errors of `jsonschema` into problems."""

    def __init__(self, definitions: JsonValue, at: tuple[str | int, ...]) -> None:
        self._definitions = definitions if isinstance(definitions, dict) else {}
        self._at = at

    def of(self, error: ValidationError, depth: int = 0) -> Iterator[ValueProblem]:
        if error.validator == "anyOf" and depth < 10:
            yield from self._alternatives(error, depth)
            return
        path = (*self._at, *error.absolute_path)
        value = cast("JsonValue", error.instance)
        match error.validator:
            case "required":
                yield from self._missing(error, path)
            case "additionalProperties":
                yield from self._unknown(error, path)
            case _:
                where = path_in_words(path) or "The value"
                expected, must = self._expectation(error)
                yield ValueProblem(
                    path, f"{where} must be {must}, not {shortened(value)}.", expected
                )

    def _alternatives(self, error: ValidationError, depth: int) -> Iterator[ValueProblem]:
        """The problems of the alternative that was most likely meant."""
        by_option: dict[object, list[ValidationError]] = defaultdict(list)
        for inner in error.context or ():
            by_option[inner.relative_schema_path[0]].append(inner)
        # An alternative of another type was not meant; one that fails further inside was.
        likely = [found for found in by_option.values() if not any(map(_is_other_kind, found))]
        likely.sort(key=len)
        if likely[:1] and (len(likely) == 1 or len(likely[0]) < len(likely[1])):
            for inner in likely[0]:
                yield from self.of(inner, depth + 1)
            return
        path = (*self._at, *error.absolute_path)
        expected = in_words(cast("Schema", error.schema), self._definitions)
        shown = shortened(cast("JsonValue", error.instance))
        where = path_in_words(path) or "The value"
        yield ValueProblem(path, f"{where} must be {expected}, not {shown}.", expected)

    def _missing(
        self, error: ValidationError, path: tuple[str | int, ...]
    ) -> Iterator[ValueProblem]:
        """All missing keys: `jsonschema` has an error for each, without saying which."""
        given = cast("dict[str, JsonValue]", error.instance)
        schema = cast("dict[str, Any]", error.schema)
        for key in schema["required"]:
            if key not in given:
                inner = schema.get("properties", {}).get(key, {})
                expected = in_words(inner, self._definitions) if inner else None
                what = f": {expected}" if expected else ""
                yield ValueProblem(
                    (*path, key), f"{path_in_words((*path, key))} is missing{what}.", expected
                )

    def _unknown(
        self, error: ValidationError, path: tuple[str | int, ...]
    ) -> Iterator[ValueProblem]:
        given = cast("dict[str, JsonValue]", error.instance)
        known = list(cast("dict[str, Any]", error.schema).get("properties", {}))
        for key in given:
            if key not in known:
                near = get_close_matches(key, known, n=1)
                hint = f"; did you mean {near[0]}?" if near else "."
                where = path_in_words((*path, key))
                yield ValueProblem((*path, key), f"{where} is not among the known keys{hint}")

    def _expectation(self, error: ValidationError) -> tuple[str, str]:
        """What the place takes, and the same with the limit that was missed."""
        schema, limit = cast("dict[str, JsonValue]", error.schema), error.validator_value
        expected = in_words(schema, self._definitions)
        match error.validator:
            case "minimum":
                return expected, f"at least {limit}"
            case "maximum":
                return expected, f"at most {limit}"
            case "exclusiveMinimum":
                return expected, f"more than {limit}"
            case "exclusiveMaximum":
                return expected, f"less than {limit}"
            case "minLength" | "maxLength":
                return expected, f"text of {_at_least(error)} {limit} characters"
            case "minItems" | "maxItems":
                return expected, f"a list of {_at_least(error)} {limit} items"
            case "minProperties" | "maxProperties":
                return expected, f"an object of {_at_least(error)} {limit} keys"
            case "multipleOf":
                return expected, f"a multiple of {limit}"
            case "pattern":
                return expected, f"text that matches {limit}"
            case "enum":
                return expected, one_of(cast("list[JsonValue]", limit)) + _nearest(error)
            case _:
                return expected, expected


def _at_least(error: ValidationError) -> str:
    return "at least" if str(error.validator).startswith("min") else "at most"


def _is_other_kind(error: ValidationError) -> bool:
    """Whether the value as a whole is of another type than this alternative."""
    return not error.relative_path and error.validator in {"type", "enum", "const"}


def _nearest(error: ValidationError) -> str:
    """A hint for a text that is nearly one of the allowed ones."""
    values, given = error.validator_value, error.instance
    texts = [value for value in cast("list[JsonValue]", values) if isinstance(value, str)]
    if not isinstance(given, str):
        return ""
    same = [text for text in texts if text.lower() == given.lower()]
    near = same or get_close_matches(given, texts, n=1)
    return f" (did you mean {shortened(near[0])}?)" if near and len(texts) > 1 else ""
