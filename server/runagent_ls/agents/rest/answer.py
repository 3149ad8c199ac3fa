"""An HTTP answer, read to its end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runagent_ls.agents.failures.hiding import text_without
from runagent_ls.agents.values import JsonValue, parse

if TYPE_CHECKING:
    from runagent_ls.agents.targets.target import Target

EXCERPT = 2_000
"""Code points of a body that an error carries along."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (in lower case) and body of an answer, and who gave it."""

    status: int
    body: bytes
    target: Target
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The body without the key, which is taken out before anything can cut it in two."""
        text = self.body.decode("utf-8", "replace")
        if self.target.key is None:
            return text
        from runagent_ls.agents.targets.credentials import forms_of

        return text_without(forms_of(self.target.key), text)

    def json(self) -> JsonValue:
        """ValueError when the body is no JSON text in UTF-8, UTF-16 or UTF-32."""
        return parse(self.body.decode(json.detect_encoding(self.body)))

    def details(self) -> dict[str, JsonValue]:
        return {"status": self.status, "body": self.text[:EXCERPT]}
