"""One error of `jsonschema` as a problem in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Final, cast

from runagent_ls.jsontree.document import JsonValue, NotText, Path
from runagent_ls.schema.facts import LATER_FRAMEWORKS
from runagent_ls.schema.problem import SchemaProblem

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

_ARTICLES: Final = {
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "an object",
    "array": "a list",
    "null": "null",
}
_FOREIGN: Final = {"custom": "default", "generic": "default"}
"""Frameworks of the documentation and of other tools, and what is meant here."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, None when nothing is close."""
    plain, wanted = _plain_names(tuple(known)), _plain(word)
    close = get_close_matches(wanted, plain, n=1, cutoff=0.75)
    # In a short word two letters that changed places are half of it.
    close += [it for it in plain if len(it) > 2 and sorted(it) == sorted(wanted)]
    return plain[close[0]] if close else None


@lru_cache(maxsize=64)
def _plain_names(names: tuple[str, ...]) -> dict[str, str]:
    return {_plain(name): name for name in names}


def _plain(word: str) -> str:
    return "".join(char for char in word.casefold() if char.isalnum())


def type_of(value: JsonValue) -> str:
    """JSON Schema's name for a value's type."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"


def problems_of(error: ValidationError, whole: str) -> Iterator[SchemaProblem]:
    """The problems that an error of `jsonschema` stands for; paths are those of the error.

    `whole` is what the checked value as a whole is called.
    """
    path: Path = tuple(error.absolute_path)
    instance = cast("JsonValue", error.instance)
    match error.validator:
        case "required":
            for key in cast("list[str]", error.validator_value):
                if isinstance(instance, dict) and key not in instance:
                    message = f'"{key}" is missing: RunAgent refuses the configuration without it.'
                    yield SchemaProblem("missing", path, message, key=key)
        case "enum":
            yield _enum(path, instance, cast("list[str]", error.validator_value))
        case "minProperties":
            message = "The configuration is empty."
            yield SchemaProblem("empty", path, message)
        case "type" if path and isinstance(instance, NotText) and _is_key(error):
            yield _key(path, instance)
        case _:
            schema = error.schema if isinstance(error.schema, Mapping) else {}
            yield _type(path, instance, schema.get("type", ()), whole)


def _is_key(error: ValidationError) -> bool:
    return "propertyNames" in error.absolute_schema_path


def _key(path: Path, key: NotText) -> SchemaProblem:
    message = f"The key {key} is {_described(key)} in YAML, not a text: write it in quotes."
    return SchemaProblem("type", (*path, key), message, part="key", expected=("string",))


def _enum(path: Path, value: JsonValue, known: list[str]) -> SchemaProblem:
    name = _name(path)
    expected = tuple(known)
    if value is None:
        return SchemaProblem("null", path, f"{name} must not be null.", expected=expected)
    if isinstance(value, NotText) or not isinstance(value, str):
        message = f"{name} must be a text, not {_described(value)}."
        return SchemaProblem("type", path, message, expected=expected)
    if value in LATER_FRAMEWORKS:
        message = (
            f"RunAgent 0.1.49 refuses the framework {value}; later versions take it. "
            f"Known to 0.1.49: {', '.join(known)}."
        )
        return SchemaProblem("enum", path, message, expected=expected)
    guess = _FOREIGN.get(value) or nearest(value, known)
    hint = f" Did you mean {guess}?" if guess else f" Known: {', '.join(known)}."
    message = f'RunAgent does not know the {name.strip(chr(34))} "{_shortened(value)}".{hint}'
    return SchemaProblem("enum", path, message, expected=expected, nearest=guess)


def _type(path: Path, value: JsonValue, kinds: str | list[str], whole: str) -> SchemaProblem:
    expected = (kinds,) if isinstance(kinds, str) else tuple(kinds)
    name = _name(path) if path else whole
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if value is None:
        message = f"{name} must be {_either(expected)}, not null."
        return SchemaProblem("null", path, message, expected=expected)
    if path and path[-1] == "timeout" and isinstance(value, str | float):
        message = f"{name} must be a whole number of seconds."
    elif path and path[-1] == "created_at" and is_number:
        message = f"{name} is a number outside the years 1 to 9999."
    else:
        message = f"{name} must be {_either(expected)}, not {_described(value)}."
    if isinstance(value, NotText) or (isinstance(value, float) and expected == ("string",)):
        message += " Write it in quotes."
    return SchemaProblem("type", path, message, expected=expected)


def _either(kinds: tuple[str, ...]) -> str:
    names = [_ARTICLES[kind] for kind in kinds if kind != "null"]
    return " or ".join(names) or "something else"


def _described(value: JsonValue) -> str:
    if isinstance(value, NotText):
        return _ARTICLES.get(value.type_name, f"a {value.type_name}")
    return _ARTICLES[type_of(value)]


def _name(path: Path) -> str:
    """The field in words: its key, or the list it is an item of."""
    if isinstance(path[-1], int):
        return f"Item {path[-1] + 1} of {_name(path[:-1])}"
    return f'"{_shortened(path[-1])}"'


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


def unknown_key(path: Path, key: str, known: Iterable[str]) -> SchemaProblem:
    """A key that the loader ignores."""
    guess = nearest(key, known)
    hint = f" Did you mean {guess}?" if guess else ""
    message = f'RunAgent ignores "{_shortened(key)}".{hint}'
    return SchemaProblem(
        "unknown-key", (*path, key), message, part="key", key=key, nearest=guess, refused=False
    )
