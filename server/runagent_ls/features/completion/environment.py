"""Names of environment variables: those that the code asks for and those in `.env`."""

from __future__ import annotations

from typing import Final

from runagent_ls.features.completion.edits import About
from runagent_ls.features.completion.files import likely_files
from runagent_ls.features.completion.model import Completions, Hole
from runagent_ls.features.completion.scene import Scene
from runagent_ls.pyfile.environment import environment_reads
from runagent_ls.rules.environment.env_entries import env_entries

_MOST_FILES: Final = 60
_EXAMPLES: Final = (".env.example", ".env.sample", ".env.template")


def variables(scene: Scene) -> Completions:
    """Names that `env_vars` does not have; those that `.env` sets last, for that one wins."""
    names = {name: it for name, it in _names(scene).items() if not scene.has_key(name)}
    return Completions(
        tuple(
            scene.editor.key(name, Hole(), About("variable", detail))
            for name, detail in sorted(names.items(), key=lambda it: it[1].startswith("set in"))
        )
    )


def _names(scene: Scene) -> dict[str, str]:
    """Name to where it is known from. Never a value."""
    project, files = scene.project, scene.files
    found: dict[str, str] = {}
    paths = dict.fromkeys([*project.sources, *likely_files(scene, _MOST_FILES)])
    for path in list(paths)[:_MOST_FILES]:
        source = files.python(path)
        for read in environment_reads(source) if source is not None else ():
            found.setdefault(read.name, f"read in {path.name}")
    for name in _EXAMPLES:
        for entry in env_entries(files.read(project.root / name).text or ""):
            found.setdefault(entry.key, f"named in {name}")
    for entry in env_entries(project.env_file or ""):
        found[entry.key] = "set in .env, which wins"
    return found
