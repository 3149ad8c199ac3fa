"""From something to write to the edit that writes it, with quotes, colons and commas right."""

from __future__ import annotations

from dataclasses import dataclass, field

from runagent_ls.features.completion.layout import Layout, layout_of
from runagent_ls.features.completion.model import (
    Completion,
    Hole,
    Kind,
    Parts,
    Template,
    TextChange,
)
from runagent_ls.features.completion.writing import inside_quotes, json_parts, quoted
from runagent_ls.features.markup.content import Block
from runagent_ls.jsontree.completion_place import CompletionPlace
from runagent_ls.text.position import Span


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
        self.layout = layout_of(self.text, self.place.token)

    def key(self, name: str, value: Template, about: About) -> Completion:
        """A key and, unless its colon is there already, a value for it."""
        place = self.place
        if place.colon:
            return self._scalar(name, name, about)
        parts = json_parts(value, self.layout)
        head = quoted(name) + (": " if self.layout.spaced else ":")
        return self._whole(name, (head, *parts), quoted(name), about)

    def keys(self, label: str, values: dict[str, Template], about: About) -> Completion:
        """Several keys with their values at once."""
        parts: list[str | Hole] = []
        for name, value in values.items():
            if parts:
                blank = " " if self.layout.spaced else ""
                long = self.layout.newline + self.layout.margin
                parts.append("," + (blank if self.layout.one_line else long))
            parts.append(quoted(name) + (": " if self.layout.spaced else ":"))
            parts.extend(json_parts(value, self.layout))
        return self._whole(label, tuple(parts), label, about)

    def value(self, value: Template, about: About, label: str = "") -> Completion:
        """A value. Texts take the place of what stands between the quotation marks."""
        if isinstance(value, str):
            return self._scalar(label or value, value, about)
        parts = json_parts(value, self.layout)
        shown = label or "".join(it.text if isinstance(it, Hole) else it for it in parts)
        return self._whole(shown, parts, shown, about)

    def _scalar(self, label: str, value: str, about: About) -> Completion:
        place = self.place
        if not place.is_inside_quotes:
            return self._whole(label, (quoted(value),), quoted(value), about)
        start, end = place.token
        return _completion(
            label,
            (inside_quotes(value, place.quote),),
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
        front = " " if place.space_before and self.layout.spaced else ""
        comma_here = place.comma_at is not None and place.comma_at == place.token.start
        if comma_here:
            front = ", " if self.layout.spaced else ","
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

    def _comma_elsewhere(self) -> tuple[TextChange, ...]:
        at = self.place.comma_at
        return () if at is None else (TextChange(Span(at, at), ","),)


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
