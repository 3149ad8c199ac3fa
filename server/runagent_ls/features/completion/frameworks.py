"""Which framework the agent's code is written with, by what it imports."""

from __future__ import annotations

import re
from typing import Final

from runagent_ls.features.completion.files import likely_files
from runagent_ls.features.completion.scene import Scene

_MOST_FILES: Final = 20
_PACKAGES: Final = {
    "langgraph": "langgraph", "crewai": "crewai", "agno": "agno", "letta_client": "letta",
    "letta": "letta", "llama_index": "llamaindex", "autogen_agentchat": "autogen",
    "autogen_core": "autogen", "ag2": "ag2", "autogen": "ag2", "parlant": "parlant",
    "langchain": "langchain", "langchain_core": "langchain", "langchain_openai": "langchain",
    "agents": "openai", "openai": "openai",
}  # fmt: skip
"""Package to framework, the more telling ones first: a LangGraph agent imports LangChain, too."""
_IMPORT: Final = re.compile(r"^[ \t]*(?:from|import)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)


def likely_framework(scene: Scene) -> str | None:
    """The framework of the first known package that the code imports; None without one."""
    paths = dict.fromkeys([*scene.project.sources, *likely_files(scene, _MOST_FILES)])
    texts = (scene.files.read(path).text or "" for path in paths)
    imported = {name for text in texts for name in _IMPORT.findall(text)}
    return next((it for package, it in _PACKAGES.items() if package in imported), None)
