"""Replaces secrets in JSON values and texts by `[redacted]`."""

from __future__ import annotations

import json
from typing import Final, NamedTuple

from runagent_ls.agents.history.redaction import patterns
from runagent_ls.agents.history.redaction.forms import SHORTEST, SecretForms, Span
from runagent_ls.agents.history.redaction.keys import Family, family_of
from runagent_ls.agents.values import JsonValue, parse

MASK: Final = "[redacted]"


class _Looks(NamedTuple):
    """What a value may have in it: known secrets, what looks like one, names of secrets."""

    forms: bool
    content: bool
    names: bool


_EVERYTHING: Final = _Looks(True, True, True)


class Redactor:
    """Knows the secrets of one run. `hits` counts what was replaced."""

    def __init__(self, forms: SecretForms) -> None:
        self.forms: Final = forms
        self.hits = 0

    def suspicious(self, text: str) -> bool:
        """Whether `text`, or the JSON in it, may hold a secret; a quick look."""
        return self.forms.found_in(text) or patterns.suspicious(text)

    def value(self, value: JsonValue) -> JsonValue:
        """The value without secrets, by name at any depth and by content."""
        text = json.dumps(value, ensure_ascii=False)
        looks = _Looks(
            self.forms.found_in(text), patterns.has_content(text), patterns.has_names(text)
        )
        if not any(looks):
            return value
        clean = self._value(value, None, looks)
        if not looks.forms:
            return clean
        return self.mask() if self.forms.found_in(json.dumps(clean, ensure_ascii=False)) else clean

    def text(self, text: str) -> str:
        """The text without secrets; JSON in it is read as JSON."""
        if not self.suspicious(text):
            return text
        return self.replaced(self._json_text(text))

    def whole_json(self, text: str) -> str:
        """The text, cleaned by names if all of it is JSON."""
        return self._json_text(text)

    def replaced(self, text: str) -> str:
        """The text with every place masked that looks like a secret."""
        places = self.places(text)
        if not places:
            return text
        parts, at = [], 0
        for start, end in places:
            parts += [text[at:start], self.mask()]
            at = end
        clean = "".join([*parts, text[at:]])
        return self.mask() if self.forms.found_in(clean) else clean

    def places(self, text: str) -> list[Span]:
        """Where secrets stand in the text: ordered, apart from each other, never empty."""
        found = sorted({*self.forms.spans(text), *patterns.spans(text)})
        merged: list[Span] = []
        for start, end in found:
            if start == end or text[start:end] == MASK:
                continue
            if merged and start < merged[-1][1]:
                merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
            else:
                merged.append((start, end))
        return merged

    def mask(self) -> str:
        """What stands in the place of a secret."""
        self.hits += 1
        return MASK

    def _value(self, value: JsonValue, family: Family, looks: _Looks) -> JsonValue:
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, str):
            if family is not None and value:
                return value if value == MASK else self.mask()
            return self._leaf(value, looks)
        if isinstance(value, int | float):
            hidden = family == "strong" or (looks.forms and self.forms.found_in(repr(value)))
            return self.mask() if hidden else value
        if isinstance(value, list):
            if looks.names and family is None and (pairs := _pairs(value)):
                return [
                    [self._leaf(name, looks), self._value(item, family_of(name), looks)]
                    for name, item in pairs
                ]
            return [self._value(item, family, looks) for item in value]
        inherited: Family = "strong" if family == "strong" else None
        named = _family_of_value(value) if looks.names and "value" in value else None
        harmless = _session_name(value)
        return {
            self._leaf(key, looks): self._value(
                item,
                inherited
                or (named if key == "value" else None if key == harmless else family_of(key)),
                looks,
            )
            for key, item in value.items()
        }

    def _leaf(self, text: str, looks: _Looks) -> str:
        """A text, looked at only for what there is at all in the whole value."""
        if len(text) < SHORTEST:
            return text
        named = looks.names and ('"' in text or "'" in text) and patterns.has_names(text)
        if (
            named
            or (looks.forms and self.forms.found_in(text))
            or (looks.content and patterns.has_content(text))
        ):
            return self.replaced(self._json_text(text))
        return text

    def _json_text(self, text: str) -> str:
        stripped = text.strip()
        if stripped[:1] not in {"{", "["} or stripped[-1:] not in {"}", "]"}:
            return text
        try:
            value = parse(stripped)
        except ValueError:
            return text
        before = self.hits
        clean = self._value(value, None, _EVERYTHING)
        return text if self.hits == before else json.dumps(clean, ensure_ascii=False)


def _pairs(items: list[JsonValue]) -> list[tuple[str, JsonValue]]:
    """`[["Accept", "x"], ...]`: the items when all of them are names with a value, else none."""
    pairs = [
        (item[0], item[1])
        for item in items
        if isinstance(item, list) and len(item) == 2 and isinstance(item[0], str)
    ]
    return pairs if len(pairs) == len(items) else []


def _session_name(value: dict[str, JsonValue]) -> str | None:
    """Under which key a session of the agent runtime stands, whose id opens nothing: in an event,
    a checkpoint, a result with its steps, or the inputs that resume it. Elsewhere it is a login."""
    if "resume_from_step" in value:
        return "session_id"
    step = value.get("step", value.get("steps"))
    if not isinstance(step, int) or isinstance(step, bool):
        return None
    others = value.keys() - {"session", "step", "steps"}
    is_ours = not others or others >= {"seq", "type", "at"} or others == {"answer"}
    return "session" if is_ours else None


def _family_of_value(value: dict[str, JsonValue]) -> Family:
    """What `value` is, in an object that names it: `{"name": "X-Api-Key", "value": "..."}`."""
    names = (value.get(key) for key in ("name", "key", "header", "field", "variable"))
    families = (family_of(name) for name in names if isinstance(name, str))
    return next((family for family in families if family is not None), None)
