"""Which framework code is written with, by what it imports."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

_PACKAGES: Final = {
    "langgraph": "langgraph", "crewai": "crewai", "agno": "agno", "letta_client": "letta",
    "letta": "letta", "llama_index": "llamaindex", "autogen_agentchat": "autogen",
    "autogen_core": "autogen", "ag2": "ag2", "autogen": "ag2", "parlant": "parlant",
    "langchain": "langchain", "langchain_core": "langchain", "langchain_openai": "langchain",
    "agents": "openai", "openai": "openai",
}  # fmt: skip
"""Package to framework, the more telling ones first: a LangGraph agent imports LangChain, too."""
_IMPORT: Final = re.compile(r"^[ \t]*(?:from|import)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)


def framework_of(texts: Iterable[str]) -> str | None:
    """The framework of the most telling package that these sources import; None without one."""
    imported: set[str] = set().union(*map(_imported, texts))
    return next((it for package, it in _PACKAGES.items() if package in imported), None)


@lru_cache(maxsize=256)
def _imported(text: str) -> frozenset[str]:
    return frozenset(_IMPORT.findall(text))
