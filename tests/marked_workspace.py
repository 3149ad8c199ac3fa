"""Workspaces for tests, written as texts with the cursor and the expected places marked in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from marked_text import mark, marked
from runagent_ls.lsp.workspace import AgentWorkspace
from runagent_ls.rules.selection import Selection
from runagent_ls.text.position import Span

JSON: Final = "runagent.config.json"
YAML: Final = "runagent.config.yaml"


def config(*entries: str, agent_id: str = "a1", more: str = "") -> str:
    """A configuration with entrypoints; `more` are further properties with a comma in front."""
    lines = ",\n      ".join(entries)
    return (
        f'{{\n  "agent_id": "{agent_id}",\n  "agent_architecture": {{\n    "entrypoints": [\n'
        f"      {lines}\n    ]\n  }}{more}\n}}\n"
    )


def entry(module: str, tag: str = "t", file: str = "main.py") -> str:
    """An entrypoint in one line."""
    return f'{{"file": "{file}", "module": "{module}", "tag": "{tag}"}}'


class MarkedWorkspace:
    """Files on the disk, all of them known to a workspace, and what was marked in them."""

    def __init__(self, root: Path, files: Mapping[str, str]) -> None:
        self.root = root
        self.snapshot = AgentWorkspace(lambda _config: Selection())
        self.texts = {name: marked(text) for name, text in files.items()}
        for name, text in self.texts.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.text.encode("utf-8"))
        self.expected = dict(files)
        configs = [root / name for name in files if Path(name).name in (JSON, YAML)]
        self.snapshot.discovered(root, configs)
        for name in files:
            self.snapshot.client_calls(root / name)
        for path in self.snapshot.configs:
            self.snapshot.project(path)

    @property
    def cursor(self) -> tuple[Path, int]:
        """The file with the cursor, and its offset."""
        ((name, text),) = ((name, text) for name, text in self.texts.items() if text.cursors)
        return self.root / name, text.offset

    @property
    def places(self) -> dict[str, str]:
        """The files with marked places, without the cursor."""
        return self.shown(
            (self.root / name, span) for name, text in self.texts.items() for span in text.spans
        )

    def shown(self, places: Iterable[tuple[Path, Span]]) -> dict[str, str]:
        """The texts of files with these places marked, to be compared with `places`."""
        by_file: dict[str, list[Span]] = {}
        for path, span in places:
            by_file.setdefault(path.relative_to(self.root).as_posix(), []).append(span)
        return {
            name: mark(self.texts[name].text, *spans) for name, spans in sorted(by_file.items())
        }
