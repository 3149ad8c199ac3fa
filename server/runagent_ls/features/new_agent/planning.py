"""What makes a folder an agent, as files to create. Nothing that exists is touched."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.changes import Change, CreateFile, RefusedError
from runagent_ls.features.frameworks import framework_of
from runagent_ls.features.new_agent.configuration import Birth, EntrypointFields, configuration
from runagent_ls.features.new_agent.templates import TEMPLATES, Template
from runagent_ls.project.discovery import CONFIG_NAMES, config_in
from runagent_ls.project.file_source import FileSource

ENTRY_FILE: Final = "main.py"
_IGNORED: Final = ".env\n.git/\n__pycache__/\n.venv/\nvenv/\n.deployments/\n"
_REQUIREMENTS: Final = "# The packages that this agent needs, one a line.\n"
"""Also the mark of the project's root: without one, RunAgent would execute every Python file of
the folders above."""
_DEFAULT: Final = "default"


def plan_new_agent(
    folder: FilePath, name: str, template: str, files: FileSource, birth: Birth | None = None
) -> Change:
    """The files of a new agent in `folder` (absolute), which need not exist.

    Raises `RefusedError` when the folder holds an agent or its files, or cannot be one.
    """
    chosen = TEMPLATES.get(template)
    if chosen is None:
        raise RefusedError(
            f"There is no template {template!r}; there are {', '.join(sorted(TEMPLATES))}."
        )
    if not name.strip():
        raise RefusedError("The agent needs a name.")
    _refuse_agents(folder, files)
    taken = [it for it in (ENTRY_FILE, *chosen.modules) if files.kind(folder / it) != "missing"]
    if taken:
        raise RefusedError(
            f"{folder} already has {taken[0]}. Make this folder an agent with the functions"
            " that are there, or choose another folder."
        )
    return Change(creates=_files_of(folder, name, chosen, files, birth or Birth()))


def make_agent(
    folder: FilePath,
    chosen: Sequence[EntrypointFields],
    files: FileSource,
    birth: Birth | None = None,
    name: str | None = None,
) -> Change:
    """A configuration for the code that `folder` (absolute) holds, with these entrypoints.

    Without a name it is called like the folder.
    Raises `RefusedError` when there is nothing to expose, when tags are not unique, when a file is
    not there, or when the folder is an agent already.
    """
    _refuse_agents(folder, files)
    if not chosen:
        raise RefusedError("Nothing was chosen: an agent needs one function or more.")
    tags = [it.tag for it in chosen]
    twice = next((tag for tag in tags if tags.count(tag) > 1), None)
    if twice is not None:
        raise RefusedError(f"The tag {twice!r} is there twice: each entrypoint needs its own.")
    texts = {it.file: files.read(folder / it.file).text for it in chosen}
    missing = next((file for file, text in texts.items() if text is None), None)
    if missing is not None:
        raise RefusedError(f"{folder / missing} is not there or cannot be read.")
    # Whatever is said there, it is served alike; only an upload looks for the names.
    named = all(it.module in (texts[it.file] or "") for it in chosen)
    framework = framework_of(text or "" for text in texts.values()) if named else None
    text = configuration(
        folder.name, _described(chosen), framework or _DEFAULT, chosen, birth or Birth()
    )
    return Change(creates=(CreateFile(folder / CONFIG_NAMES[0], text),))


def _refuse_agents(folder: FilePath, files: FileSource) -> None:
    kind = files.kind(folder)
    if kind not in {"directory", "missing"}:
        raise RefusedError(f"{folder} is no folder that can be read.")
    config = config_in(folder, files)
    if config is not None:
        raise RefusedError(f"{folder} is an agent already: it has a {config.name}.")


def _files_of(
    folder: FilePath, name: str, template: Template, files: FileSource, birth: Birth
) -> tuple[CreateFile, ...]:
    """Those that matter last: a folder whose configuration is missing is no agent yet."""
    entrypoints = [
        EntrypointFields(ENTRY_FILE, module, tag) for module, tag in template.entrypoints
    ]
    config = configuration(name.strip(), template.description, _DEFAULT, entrypoints, birth)
    texts = {
        ".gitignore": _IGNORED + template.ignored,
        "requirements.txt": _REQUIREMENTS + template.requirements,
        **template.modules,
        ENTRY_FILE: template.source,
        CONFIG_NAMES[0]: config,
    }
    return tuple(
        CreateFile(folder / file, text)
        for file, text in texts.items()
        if files.kind(folder / file) == "missing"
    )


def _described(chosen: Sequence[EntrypointFields]) -> str:
    return f"Offers {', '.join(it.tag for it in chosen)}"
