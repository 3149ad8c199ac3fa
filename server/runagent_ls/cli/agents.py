"""Which agent `run` and `stream` mean."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from runagent_ls.cli.exit_codes import CommandError


def agent_id_of(options: Namespace) -> str | None:
    """`--agent-id`, else the id in the project's configuration.

    None, which is any agent, when only an address was given. Raises `CommandError` when the
    project or its id cannot be read.
    """
    if options.agent_id is not None:
        return str(options.agent_id)
    if options.project is None and options.port is not None:
        return None
    from runagent_ls.cli.projects import absolute

    return _id_in(absolute(options.project or Path()))


def _id_in(project: Path) -> str:
    from runagent_ls.cli.projects import breakage
    from runagent_ls.project.configuration import parse_config
    from runagent_ls.project.discovery import CONFIG_NAMES, config_in
    from runagent_ls.project.file_source import DiskFiles

    files = DiskFiles()
    kind = files.kind(project)
    if kind == "missing":
        raise CommandError(f"{project} is not there.", "Give the folder of the agent.")
    config = config_in(project, files) if kind == "directory" else project
    if config is None:
        raise CommandError(
            f"No agent project in {project}.",
            f"Looked for {', '.join(CONFIG_NAMES)}. Give the folder of the agent with --project,"
            " its id with --agent-id, or its address with --host and --port.",
        )
    found = files.read(config)
    if found.text is None:
        raise CommandError(f"{config} {found.error}.", "Give the id of the agent with --agent-id.")
    document = parse_config(config, found.text)
    value = document.value
    agent_id = value.get("agent_id") if isinstance(value, dict) else None
    if not isinstance(agent_id, str) or not agent_id:
        broken = breakage(document)
        why = "." if broken is None else f"; {broken}"
        raise CommandError(
            f"{config} has no agent_id that could be looked for{why}",
            "`runagent-ls check` tells more. Or give --agent-id, or --host and --port.",
        )
    return agent_id
