"""JSON (and YAML) documents that may be broken: text in, value, places and problems out."""

from __future__ import annotations

from typing import Literal

from runagent_ls.jsontree.document import Document
from runagent_ls.jsontree.json_document import parse_json


def parse(
    text: str, language: Literal["json", "yaml"], previous: Document | None = None
) -> Document:
    """Read a configuration; never raises. An unchanged text gives `previous` back."""
    if previous is not None and previous.text == text and previous.language == language:
        return previous
    if language == "json":
        return parse_json(text)
    from runagent_ls.jsontree.yaml_document import parse_yaml

    return parse_yaml(text)
