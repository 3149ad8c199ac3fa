"""Several edits of one configuration, each made in what the one before it gives."""

from __future__ import annotations

from runagent_ls.features.edited_text import EditedText
from runagent_ls.jsontree import parse
from runagent_ls.jsontree.document import Document
from runagent_ls.jsontree.edits import Replacement


class Steps:
    """The document as it is after the steps so far, and what they change in the first text."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self._text = EditedText(document.text)

    def take(self, made: tuple[Replacement, ...] | None) -> None:
        """Make an edit of `document`; nothing happens when it could not be made."""
        if made:
            self._text.edit(made)
            self.document = parse(self._text.text, self.document.language)

    def replacements(self) -> tuple[Replacement, ...]:
        """All steps as one edit of the first text."""
        return tuple(self._text.edits())
