"""Which framework the agent's code is written with."""

from __future__ import annotations

from typing import Final

from runagent_ls.features.completion.files import likely_files
from runagent_ls.features.completion.scene import Scene
from runagent_ls.features.frameworks import framework_of

_MOST_FILES: Final = 20


def likely_framework(scene: Scene) -> str | None:
    """The framework of the most telling package that the code imports; None without one."""
    paths = dict.fromkeys([*scene.project.entry_files, *likely_files(scene, _MOST_FILES)])
    return framework_of(scene.files.read(path).text or "" for path in list(paths)[:_MOST_FILES])
