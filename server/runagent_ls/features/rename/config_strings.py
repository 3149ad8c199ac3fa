"""Other texts for strings of a configuration, with proof that nothing else changes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path as FilePath

from runagent_ls.features.changes import RefusedError
from runagent_ls.jsontree import parse
from runagent_ls.jsontree.contents import content_of
from runagent_ls.jsontree.document import Document, JsonValue, Missing, Path
from runagent_ls.jsontree.edits import Replacement, apply
from runagent_ls.text.position import Span


def string_replacements(
    document: Document, file: FilePath, texts: Mapping[Path, str]
) -> tuple[Replacement, ...]:
    """Replacements that give the strings at these paths other texts, each in its own quotes.

    Raises `RefusedError` unless reading the result gives exactly the new strings and all else as
    it was: a value of YAML may stand in several places, or be what an anchor repeats.
    """
    wanted: JsonValue | Missing = document.value
    for path, text in texts.items():
        wanted = _with_text(wanted, path, text)
    # Text that YAML reads as it is may be a number or a list once it is another: then in quotes.
    for add_quotes in (False, True):
        edits = dict(_replacements(document, texts, add_quotes=add_quotes))
        result = apply(document.text, edits.items())
        if edits and parse(result, document.language).value == wanted:
            return tuple(edits.items())
    keys = " and ".join(sorted({str(path[-1]) for path in texts}))
    raise RefusedError(
        f"The {keys} in {file.name} cannot be changed without changing something else as well, "
        "perhaps because of an anchor or alias of YAML. Write the value out first."
    )


def _with_text(value: JsonValue | Missing, path: Path, text: str) -> JsonValue | Missing:
    """A copy with another text at the path. What is shared with other places stays as it is."""
    if not path:
        return text
    step, rest = path[0], path[1:]
    if isinstance(value, dict) and isinstance(step, str) and step in value:
        inner = _with_text(value[step], rest, text)
        return value if isinstance(inner, Missing) else {**value, step: inner}
    if isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value):
        inner = _with_text(value[step], rest, text)
        return value if isinstance(inner, Missing) else [*value[:step], inner, *value[step + 1 :]]
    return value


def _replacements(
    document: Document, texts: Mapping[Path, str], *, add_quotes: bool
) -> Iterator[Replacement]:
    for path, text in texts.items():
        content = content_of(document, path)
        if content is None:
            continue
        quote = _quote(document.text, document.span(path), content.span)
        written = _written(text, quote, document.text[content.span.start : content.span.end])
        yield content.span, f'"{written}"' if add_quotes and not quote else written


def _quote(text: str, whole: Span, inner: Span) -> str:
    """The quote in front of a string, empty for text without quotes."""
    before = text[inner.start - 1 : inner.start] if whole.start < inner.start else ""
    return before if before in ("'", '"') else ""


def _written(value: str, quote: str, before: str) -> str:
    """The string between its quotes; with ASCII alone when that is how it was written before."""
    if quote == "'":
        return value.replace("'", "''")
    if quote == '"' or not value.isprintable():
        escapes = "\\u" in before and before.isascii()
        return json.dumps(value, ensure_ascii=escapes)[1:-1]
    return value
