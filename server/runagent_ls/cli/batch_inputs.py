"""What the project says about the inputs of a batch, when there is a project."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from runagent_ls.agents.batch.plan import InputCheck
from runagent_ls.agents.values import JsonValue
from runagent_ls.cli.projects import absolute
from runagent_ls.features.entrypoints import describe
from runagent_ls.features.inputs import problems
from runagent_ls.project.discovery import config_in
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project


@dataclass(frozen=True, slots=True)
class KnownInputs:
    """`schema` gives the cells of a CSV file their types, `check` finds what cannot be called."""

    schema: Mapping[str, JsonValue] | None = None
    check: InputCheck | None = None


def known_inputs(options: Namespace) -> KnownInputs:
    """Of the entrypoint in the project that is meant; nothing without project or entrypoint."""
    if options.agent_id is not None or (options.project is None and options.port is not None):
        return KnownInputs()
    files = DiskFiles()
    folder = absolute(options.project or Path())
    config = config_in(folder, files) if files.kind(folder) == "directory" else folder
    if config is None or files.kind(config) == "missing":
        return KnownInputs()
    project = load_project(config, files)
    entrypoint = project.entrypoint_of(options.tag)
    if entrypoint is None:
        return KnownInputs()
    info = describe(entrypoint, project)

    def check(args: Sequence[JsonValue], kwargs: Mapping[str, JsonValue]) -> list[str]:
        return [one.message for one in problems(info, args, kwargs) if one.certain]

    return KnownInputs(info.input_schema if info.signature_certain else None, check)
