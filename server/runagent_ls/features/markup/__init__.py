"""Texts for people in an editor, said once and written as Markdown or plainly."""
