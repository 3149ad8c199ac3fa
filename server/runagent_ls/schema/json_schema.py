"""JSON Schemas that people write themselves: what is wrong with one, and what does not fit it.

As the drafts say it, other than `schema.inputs`, which looks at values as Python takes them. A
pattern may take forever: ask where that can be stopped. Nothing is ever fetched.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final, cast

from runagent_ls.jsontree.document import JsonValue, Path
from runagent_ls.schema.inputs import Schema, ValueProblem, Words
from runagent_ls.schema.wording import path_in_words, shortened

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

_MOST_PROBLEMS: Final = 20
_IN_WORDS: Final = frozenset(
    {"type", "enum", "required", "anyOf", "minimum", "maximum", "exclusiveMinimum"}
    | {"exclusiveMaximum", "minLength", "maxLength", "minItems", "maxItems", "minProperties"}
    | {"maxProperties", "multipleOf", "pattern"}
)
"""Keywords that there are plain words for; of others the library's own are used."""


class SchemaError(Exception):
    """A schema that cannot be used, in a sentence for people."""


def schema_problem(schema: Schema) -> tuple[Path, str] | None:
    """Where a schema is none, and why; None when it can be used."""
    from jsonschema.exceptions import SchemaError as WrongSchemaError

    try:
        _validator(schema).check_schema(dict(schema))
    except WrongSchemaError as error:
        return tuple(error.absolute_path), f"This is no JSON Schema: {_plain(error.message)}."
    except Exception as error:  # noqa: BLE001 - a pattern that cannot be read, nested too deeply
        return (), f"This is no JSON Schema: {_plain(str(error) or type(error).__name__)}."
    return None


def misfits(schema: Schema, value: JsonValue) -> tuple[ValueProblem, ...]:
    """What of a value does not fit; the first of many. Raises SchemaError."""
    try:
        words = Words(schema.get("$defs"), ())
        errors = islice(_validator(schema).iter_errors(value), _MOST_PROBLEMS)
        found = [problem for error in errors for problem in _problems(words, error)]
    except Exception as error:
        said = _plain(str(error) or type(error).__name__)
        raise SchemaError(f"The schema cannot be applied: {said}.") from error
    return tuple(dict.fromkeys(found))[:_MOST_PROBLEMS]


def _problems(words: Words, error: ValidationError) -> list[ValueProblem]:
    path = tuple(error.absolute_path)
    if error.validator in _IN_WORDS:
        return list(words.of(error))
    if error.validator == "const":
        expected = shortened(cast("JsonValue", error.validator_value))
        where = path_in_words(path) or "The value"
        given = shortened(cast("JsonValue", error.instance))
        return [ValueProblem(path, f"{where} must be {expected}, not {given}.", expected)]
    where = f"{path_in_words(path)}: " if path else ""
    return [ValueProblem(path, f"{where}{_plain(error.message)}.")]


def _validator(schema: Schema) -> Validator:
    """For the draft that the schema names, else the newest. A reference to elsewhere fails."""
    from jsonschema import Draft202012Validator
    from jsonschema.validators import validator_for
    from referencing import Registry

    made: Any = validator_for(dict(schema), default=Draft202012Validator)
    validator: Validator = made(dict(schema), registry=Registry())
    return validator


def _plain(message: str) -> str:
    first = message.split("\n", 1)[0].rstrip(".")
    return first if len(first) <= 300 else f"{first[:299]}…"
