"""What a worker may import from us: the agent runtime and the libraries that it is built on.

All of it is plain Python and runs in any interpreter of an agent that is new enough.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

_RUNTIME: Final = "agent_runtime"
_LIBRARIES: Final = (
    "attr",
    "attrs",
    "cachetools",
    "docstring_parser",
    "jsonschema",
    "jsonschema_specifications",
    "mashumaro",
    "networkx",
    "prometheus_client",
    "referencing",
    "tenacity",
    "typing_extensions",
)
_STAND_INS: Final = "bundle_stand_ins"
"""Of what is compiled for one Python; in the VSIX they lie among the libraries."""
_COMPILED: Final = ("rpds",)
_LEVELS: Final = 4
"""Folders above this file that may hold the stand-ins."""


@cache
def provided_modules() -> dict[str, str]:
    """Names of modules, and for each the folder that holds it. Do not change it, it is shared."""
    found = {name: _folder_of(name) for name in (_RUNTIME, *_LIBRARIES)}
    found |= {name: _stand_in_of(name) or _folder_of(name) for name in _COMPILED}
    return {name: str(folder) for name, folder in found.items() if folder is not None}


def lending_note(interpreter: Path) -> str:
    """For people whose agent was lent the runtime: where it will not be, and what to do."""
    runtime = Path(provided_modules()[_RUNTIME], _RUNTIME)
    return (
        f"agent_runtime is lent to the agent from {runtime}, since {interpreter} has none. Under"
        " `runagent serve` and in the cloud nothing is lent: lay a copy of that folder beside the"
        " agent's files and name its libraries in requirements.txt."
    )


def _folder_of(name: str) -> Path | None:
    """Where this Python would import it from; it is not imported."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        return None
    file = Path(spec.origin).resolve()
    return file.parent.parent if spec.submodule_search_locations is not None else file.parent


def _stand_in_of(name: str) -> Path | None:
    folders = [folder / _STAND_INS for folder in Path(__file__).resolve().parents[:_LEVELS]]
    return next((folder for folder in folders if (folder / name / "__init__.py").is_file()), None)
