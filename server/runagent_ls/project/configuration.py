"""A configuration file by itself: its text as a document, and what it calls the agent."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Final

from runagent_ls.jsontree import parse
from runagent_ls.jsontree.document import Document
from runagent_ls.project.file_source import FileSource

_LONGEST_NAME: Final = 80


def parse_config(path: FilePath, text: str) -> Document:
    """The text of a configuration, whose name tells whether it is JSON or YAML. Never raises."""
    return parse(text, "json" if path.suffix == ".json" else "yaml")


def read_config(path: FilePath, files: FileSource) -> Document:
    """A configuration as it is now; that of an empty text when it cannot be read."""
    return parse_config(path, files.read(path).text or "")


def agent_name(document: Document, folder: FilePath) -> str:
    """What people call the agent: `agent_name`, else the name of its folder; never very long."""
    value = document.value
    name = value.get("agent_name") if isinstance(value, dict) else None
    shown = name.strip() if isinstance(name, str) else ""
    return (shown or folder.name)[:_LONGEST_NAME]
