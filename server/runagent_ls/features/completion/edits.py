"""From something to write to the edit that writes it, with quotes, colons and commas right."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import accumulate
from textwrap import dedent
from typing import Final

from runagent_ls.features.completion.layout import Layout, layout_of
from runagent_ls.features.completion.model import (
    Completion,
    Hole,
    Kind,
    Parts,
    Template,
    TextChange,
    plain_text,
)
from runagent_ls.features.completion.writing import inside_quotes, json_parts
from runagent_ls.features.completion.yaml_writing import block_parts, item_parts
from runagent_ls.features.markup.content import Block, Source
from runagent_ls.jsontree.completion_place import CompletionPlace
from runagent_ls.jsontree.completion_place.json_tokens import line_start
from runagent_ls.jsontree.edits.json_writing import quoted
from runagent_ls.jsontree.edits.yaml_writing import scalar
from runagent_ls.text.position import Span

_LONG_LINE: Final = 1_000
_STRING: Final = re.compile(r'"(?:[^"\\]|\\.)*"')
_REST_IS_BLANK: Final = re.compile(r"[ \t]*(?=[\r\n]|\Z)")
_DEPTH: Final = {"{": 1, "[": 1, "}": -1, "]": -1}


@dataclass(frozen=True, slots=True)
class About:
    """What an editor shows of a completion besides its label."""

    kind: Kind = "value"
    detail: str = ""
    documentation: tuple[Block, ...] = ()
    preselect: bool = False
    asks_again: bool = False


@dataclass(slots=True)
class Editor:
    """Makes completions for one place of one text."""

    text: str
    place: CompletionPlace
    layout: Layout = field(init=False)

    def __post_init__(self) -> None:
        found = layout_of(self.text, self.place.token)
        if self.place.style == "block":
            margin = " " * self.place.column
            unit = "  " if "\t" in found.unit else found.unit
            found = replace(found, margin=margin, unit=unit, one_line=False, spaced=True)
        self.layout = found

    @property
    def _is_block(self) -> bool:
        return self.place.style == "block"

    def key(self, name: str, value: Template, about: About) -> Completion:
        """A key and, unless its colon is there already, a value for it."""
        place = self.place
        if place.colon:
            return self._scalar(name, name, about)
        return self._whole(name, tuple(self._pair(name, value)), quoted(name), about)

    def keys(self, label: str, values: dict[str, Template], about: About) -> Completion:
        """Several keys with their values at once."""
        parts: list[str | Hole] = []
        for name, value in values.items():
            if parts and self._is_block:
                parts.append(self.layout.newline + self.layout.margin)
            elif parts:
                blank = " " if self.layout.spaced else ""
                long = self.layout.newline + self.layout.margin
                parts.append("," + (blank if self.layout.one_line else long))
            parts += self._pair(name, value)
        return self._whole(label, tuple(parts), label, about)

    def value(self, value: Template, about: About, label: str = "") -> Completion:
        """A value. Texts take the place of what stands between the quotation marks."""
        if isinstance(value, str):
            return self._scalar(label or value, value, about)
        parts = self._block_value(value) if self._is_block else json_parts(value, self.layout)
        shown = label or plain_text(json_parts(value, replace(self.layout, one_line=True)))
        return self._whole(shown, parts, shown, about)

    def with_preview(self, completion: Completion) -> Completion:
        """Says what will be written, where the label does not tell."""
        language = "json" if self.place.style == "json" else "yaml"
        written = plain_text(completion.parts).strip().removesuffix(",")
        text = dedent(self.layout.margin + written)
        return replace(completion, documentation=(Source(text, language),))

    def _pair(self, name: str, value: Template) -> Parts:
        """A key, its colon and its value."""
        if self._is_block:
            return (scalar(name), ":", *block_parts(value, self.layout))
        head = quoted(name) + (": " if self.layout.spaced else ":")
        return (head, *json_parts(value, self.layout))

    def _block_value(self, value: Template) -> Parts:
        """What stands behind a colon, or as an item of a list."""
        if self.place.dash:
            return item_parts(value, self.layout)
        parts = block_parts(value, self.layout)
        first = parts[0]
        # The blank behind the colon is there already, or not needed at the end of a line.
        return (first.removeprefix(" "), *parts[1:]) if isinstance(first, str) else parts

    def _scalar(self, label: str, value: str, about: About) -> Completion:
        place = self.place
        if not place.is_inside_quotes or (place.style == "json" and place.quote != '"'):
            written = scalar(value) if self._is_block else quoted(value)
            dash = "- " if place.dash else ""
            return self._whole(label, (dash + written,), quoted(value), about)
        start, end = place.token
        return _completion(
            label,
            (inside_quotes(value, place.quote, place.style),),
            about,
            replace=Span(start + 1, end - 1),
            # What is behind the cursor may begin in the middle of an escape.
            insert=None if "\\" in self.text[start:end] else Span(start + 1, place.cursor),
            filter_text=value,
            also=self._comma_elsewhere(),
        )

    def _whole(self, label: str, parts: Parts, written: str, about: About) -> Completion:
        """What takes the place of the whole token, quotation marks included."""
        place = self.place
        needs_space = place.space_before and (self.layout.spaced or place.style != "json")
        front = " " if needs_space and not _begins_line(parts) else ""
        comma_here = place.comma_at is not None and place.comma_at == place.token.start
        if comma_here:
            front = ", " if self.layout.spaced else ","
        if self._continues_below(comma_here):
            front = ("," if comma_here else "") + self.layout.newline + self.layout.margin
        behind = "," if place.comma_behind else ""
        # What is compared begins like the token: with its quotation mark, if it has one.
        bare = written.removeprefix('"')
        filter_text = place.quote + bare if place.quote else bare
        return _completion(
            label,
            (front, *parts, behind),
            about,
            replace=place.token,
            filter_text=filter_text,
            also=() if comma_here else self._comma_elsewhere(),
        )

    def _continues_below(self, comma_here: bool) -> bool:
        """Whether what is before the place has lines of its own, so that what is new gets one."""
        start, end = self.place.token
        begin = line_start(self.text, start)
        if self.layout.one_line or self.place.style != "json" or start - begin > _LONG_LINE:
            return False
        line = _STRING.sub("", self.text[begin:start])
        if not (comma_here or line.endswith(",")) or not _REST_IS_BLANK.match(self.text, end):
            return False
        depths = list(accumulate((_DEPTH.get(sign, 0) for sign in line), initial=0))
        return depths[-1] == min(depths)

    def _comma_elsewhere(self) -> tuple[TextChange, ...]:
        at = self.place.comma_at
        return () if at is None else (TextChange(Span(at, at), ","),)


def _begins_line(parts: Parts) -> bool:
    return isinstance(parts[0], str) and parts[0][:1] in ("\n", "\r")


def _completion(
    label: str,
    parts: Parts,
    about: About,
    *,
    replace: Span,
    filter_text: str,
    insert: Span | None = None,
    also: tuple[TextChange, ...] = (),
) -> Completion:
    return Completion(
        label,
        about.kind,
        tuple(part for part in parts if part != ""),
        replace,
        filter_text,
        insert,
        about.detail,
        about.documentation,
        also,
        about.preselect,
        about.asks_again,
    )
