"""What is written into the history about a run from the command line."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

from runagent_ls.agents.history import History, RunRecord
from runagent_ls.agents.values import JsonValue
from runagent_ls.cli.terminal import harmless


def open_history() -> History:
    """The history; what is wrong with it goes to standard error, once."""
    return History.open(on_trouble=lambda message: print(harmless(message), file=sys.stderr))


def record_of(
    options: Namespace,
    args: Sequence[JsonValue],
    kwargs: Mapping[str, JsonValue],
    agent_id: str | None,
) -> RunRecord:
    """A run of `options.tag`, with the project that the options name or mean."""
    from runagent_ls.agents.history.git_commit import commit_of

    config = _config_of(options)
    return RunRecord(
        options.tag,
        "stream" if options.command == "stream" else "run",
        args,
        kwargs,
        project_root=None if config is None else str(config.parent),
        config_path=None if config is None else str(config),
        agent_id=agent_id,
        git_commit=None if config is None else commit_of(config.parent),
        secrets=() if config is None else _secrets_in(config),
    )


def _config_of(options: Namespace) -> Path | None:
    """The configuration of the project, None when only an agent or an address was given."""
    if options.project is None and (options.agent_id is not None or options.port is not None):
        return None
    from runagent_ls.cli.projects import absolute
    from runagent_ls.project.discovery import config_in
    from runagent_ls.project.file_source import DiskFiles

    project = absolute(options.project or Path())
    files = DiskFiles()
    return config_in(project, files) if files.kind(project) == "directory" else project


def _secrets_in(config: Path) -> tuple[str, ...]:
    """Of `env_vars`, also in YAML, which the history does not read itself."""
    from runagent_ls.agents.history.redaction.sources import secret_values
    from runagent_ls.project.configuration import read_config
    from runagent_ls.project.file_source import DiskFiles

    value = read_config(config, DiskFiles()).value
    variables = value.get("env_vars") if isinstance(value, dict) else None
    return tuple(secret_values(variables)) if isinstance(variables, dict) else ()
