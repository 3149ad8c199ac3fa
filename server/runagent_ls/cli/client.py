"""`runagent-ls client`: a program that calls an entrypoint."""

from __future__ import annotations

import sys
from argparse import Namespace
from pathlib import Path

from runagent_ls.agents.values import JsonValue
from runagent_ls.cli.exit_codes import CommandError, ExitCode
from runagent_ls.cli.inputs import read_inputs
from runagent_ls.cli.projects import absolute
from runagent_ls.cli.terminal import harmless, is_terminal, one_line
from runagent_ls.features.client_code import ClientCode, ClientCodeError, ClientTarget, generate
from runagent_ls.features.entrypoints import describe, not_found
from runagent_ls.project.discovery import CONFIG_NAMES, config_in
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project
from runagent_ls.project.model import AgentProject


def client(options: Namespace) -> int:
    """Write client code for the entrypoint, and what to know about it to standard error."""
    project = _project(absolute(options.project or Path()))
    entrypoint = project.entrypoint_of(options.tag)
    if entrypoint is None:
        raise CommandError(not_found(project, options.tag))
    target = _target(options, project)
    args, kwargs = _inputs(options, project)
    try:
        code = generate(describe(entrypoint, project), options.language, target, args, kwargs)
    except ClientCodeError as error:
        raise CommandError(error.message, error.advice) from error
    _write(code, options.output)
    for note in code.notes:
        print(f"note: {one_line(note)}", file=sys.stderr)
    return ExitCode.OK


def _project(path: Path) -> AgentProject:
    files = DiskFiles()
    kind = files.kind(path)
    if kind == "missing":
        raise CommandError(f"{path} is not there.", "Give the folder of the agent.")
    config = config_in(path, files) if kind == "directory" else path
    if config is None or config.name not in CONFIG_NAMES:
        raise CommandError(
            f"No agent project in {path}.",
            f"Looked for {', '.join(CONFIG_NAMES)}. Give the folder of the agent with --project.",
        )
    return load_project(config, files)


def _target(options: Namespace, project: AgentProject) -> ClientTarget:
    if options.cloud and (options.host is not None or options.port is not None):
        raise CommandError("Both --cloud and an address were given.", "Leave one of them out.")
    if options.host is not None and options.port is None:
        raise CommandError(
            f"The host {options.host} was given without a port.",
            "Give --port as well; `runagent serve` prints it as its Address.",
        )
    if not project.agent_id:
        raise CommandError(
            f"{project.config_path} has no agent_id, and clients call an agent by it.",
            "`runagent-ls check` tells more.",
        )
    host = "127.0.0.1" if options.host is None and options.port is not None else options.host
    return ClientTarget(project.agent_id, options.cloud, host, options.port)


def _inputs(
    options: Namespace, project: AgentProject
) -> tuple[list[JsonValue], dict[str, JsonValue]]:
    args, kwargs = read_inputs(options.input, options.arguments)
    if not options.last_run or options.input is not None:
        return args, kwargs
    from runagent_ls.agents.history import History, HistoryError

    try:
        with History.open() as history:
            last = history.last_inputs(options.tag, project=str(project.root)) or (
                history.last_inputs(options.tag, agent_id=project.agent_id)
            )
    except HistoryError as error:
        raise CommandError(error.message, error.suggestion) from error
    if last is None:
        raise CommandError(
            f"The history has no run of {options.tag} of this agent with its inputs.",
            "Run it once, or give inputs with --arg or --input.",
        )
    return list(last[0]), {**last[1], **kwargs}


def _write(code: ClientCode, output: Path | None) -> None:
    if output is None:
        text = harmless(code.text) if is_terminal(sys.stdout) else code.text
        sys.stdout.write(text)
        return
    try:
        output.write_text(code.text, "utf-8", newline="\n")
    except OSError as error:
        raise CommandError(f"{output} cannot be written: {error.strerror or error}.") from error
