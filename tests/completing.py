"""Completion in a configuration without an editor: ask at a cursor, apply what was chosen."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from marked_text import CURSOR, marked
from runagent_ls.features.callables.callables import Callables
from runagent_ls.features.completion.configuration import complete
from runagent_ls.features.completion.model import Completion, Completions
from runagent_ls.features.completion.scene import Fresh
from runagent_ls.project.file_source import DiskFiles, OverlayFiles
from runagent_ls.project.loading import ProjectCache, load_project

FRESH = Fresh(datetime(2026, 3, 1, 12, 30), "5b0c7a52-6f0e-4c8e-9d57-0f4a4f1f7c11")
JSON_CONFIG, YAML_CONFIG = "runagent.config.json", "runagent.config.yaml"


class Completing:
    """One agent folder, in which the text of the configuration is given with each question."""

    def __init__(self, folder: Path, **sources: str) -> None:
        """`sources` are texts of Python files by their names without `.py`."""
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in sources.items():
            self.write(f"{name}.py", text)
        self._files = OverlayFiles(DiskFiles())
        self._cache = ProjectCache()
        self._callables = Callables()

    def write(self, path: str, text: str) -> None:
        """Put a file into the folder."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")

    def edit(self, path: str, text: str) -> None:
        """Let an open file be this text, not that of the disk."""
        self._files.change(self.folder / path, text)

    def at(self, text: str, offset: int, name: str = JSON_CONFIG) -> Completions:
        """What can be written at an offset of a text."""
        config = self.folder / name
        self._files.change(config, text)
        project = load_project(config, self._files, self._cache, disk_changed=False)
        found = complete(project, offset, self._callables, FRESH)
        self._files.close(config)
        return found

    def here(self, text: str, name: str = JSON_CONFIG) -> dict[str, Completion]:
        """By label, what can be written at the cursor of a text."""
        found = marked(text)
        return {it.label: it for it in self.at(found.text, found.offset, name).items}

    def choose(self, text: str, label: str, name: str = JSON_CONFIG) -> str:
        """The text after the completion of that label was chosen."""
        items = self.here(text, name)
        assert label in items, f"{label!r} is not among {list(items)}"
        return applied(marked(text).text, items[label])

    def labels(self, text: str, name: str = JSON_CONFIG) -> list[str]:
        return list(self.here(text, name))


def applied(text: str, completion: Completion, *, inserts: bool = False) -> str:
    """The text after a completion was chosen; `inserts`: what is behind the cursor stays."""
    span = completion.insert if inserts and completion.insert is not None else completion.replace
    edits = [(span, completion.text), *completion.also]
    for place, new in sorted(edits, reverse=True):
        text = text[: place.start] + new + text[place.end :]
    return text


def read(text: str, name: str = JSON_CONFIG) -> Any:
    """The value as a strict reader sees it; raises ValueError when it refuses the text."""
    if name == JSON_CONFIG:
        return json.loads(text)
    reader = YAML(typ="safe", pure=True)
    reader.version = (1, 1)
    try:
        return reader.load(text)
    except YAMLError as error:
        raise ValueError(str(error)) from error


def value_after(completing: Completing, text: str, label: str, name: str = JSON_CONFIG) -> Any:
    """The configuration after a completion was chosen."""
    assert CURSOR in text
    return read(completing.choose(text, label, name), name)
