"""What may be written at a cursor, in valid text and in broken text."""

from __future__ import annotations

from runagent_ls.jsontree.completion_place.json_place import json_place
from runagent_ls.jsontree.completion_place.model import CompletionPlace
from runagent_ls.jsontree.document import Document

__all__ = ["CompletionPlace", "place_at"]


def place_at(document: Document, offset: int) -> CompletionPlace | None:
    """The place at a code point offset; None where nothing can be completed."""
    offset = max(0, min(offset, len(document.text)))
    if document.language == "json":
        return json_place(document, offset)
    from runagent_ls.jsontree.completion_place.yaml_place import yaml_place

    return yaml_place(document, offset)
