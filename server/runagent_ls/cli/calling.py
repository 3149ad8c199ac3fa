"""What `run`, `stream` and `batch` call, where, and how often, as their options say."""

from __future__ import annotations

import asyncio
from argparse import Namespace
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from runagent_ls.agents.call import Call
from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.policy import CallPolicy
from runagent_ls.agents.targets.resolving import resolve, resolve_cloud
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts
from runagent_ls.agents.values import JsonValue
from runagent_ls.cli.exit_codes import CommandError


def check_target(options: Namespace) -> None:
    """Raises `CommandError` for options that name no place, or two."""
    if options.cloud and (options.host is not None or options.port is not None):
        raise CommandError("Both --cloud and an address were given.", "Leave one of them out.")
    if options.host is not None and options.port is None:
        raise CommandError(
            f"The host {options.host} was given without a port.",
            "Give --port as well; `runagent serve` prints it as its Address.",
        )


def call_of(options: Namespace, args: Sequence[JsonValue], kwargs: Mapping[str, JsonValue]) -> Call:
    return Call(
        options.tag, args, kwargs, options.user_id, options.persistent_memory, dict(options.extra)
    )


def timeouts_of(options: Namespace) -> Timeouts:
    total: float | None = options.timeout
    if total is None:
        return Timeouts()
    connect = Timeouts().connect or total
    return Timeouts(connect=min(connect, total), idle=None, total=total)


def policy_of(options: Namespace) -> CallPolicy | None:
    """Retries when they were asked for."""
    if not options.retries:
        return None
    from agent_runtime.orchestrator import RetryPolicy

    return CallPolicy(
        retry=RetryPolicy(attempts=options.retries + 1), repeat_unsafe=options.repeat_unsafe
    )


def resolver(
    options: Namespace, agent_id: str | None, timeouts: Timeouts
) -> Callable[[], Awaitable[Target]]:
    """What finds the agent; the cloud only when it was asked for."""

    async def find() -> Target:
        if options.cloud:
            from runagent_ls.agents.targets.credentials import cloud_of_environment

            return resolve_cloud(agent_id, await asyncio.to_thread(cloud_of_environment))
        return await resolve(
            agent_id,
            options.host,
            options.port,
            timeouts=timeouts,
            config_path=config_of(options),
        )

    return find


def config_of(options: Namespace) -> Path | None:
    """The configuration that is called, None when an id or an address was named instead."""
    if options.agent_id is not None or options.port is not None:
        return None
    from runagent_ls.cli.projects import absolute
    from runagent_ls.project.discovery import config_in
    from runagent_ls.project.file_source import DiskFiles

    files = DiskFiles()
    folder = absolute(options.project or Path())
    return config_in(folder, files) if files.kind(folder) == "directory" else folder


def where(target: Target) -> str:
    """Where a run goes, and whether anything leaves this machine."""
    agent = f"agent {target.agent_id}"
    if target.cloud:
        return f"{agent} runs in the cloud at {target.address}; the inputs leave this machine"
    if target.leaves_machine:
        return f"{agent} is served at {target.address}, which is another machine"
    copies = "; it sends a copy of each run to the cloud" if target.copies_to_cloud else ""
    return f"{agent} is served at {target.address}{copies}"


def refusal(
    options: Namespace, args: Sequence[JsonValue], kwargs: Mapping[str, JsonValue]
) -> AgentError | None:
    """Why the inputs are not sent, None when they are, or when there is no project to ask."""
    named = options.agent_id is not None or options.port is not None
    if options.send_anyway or (options.project is None and named):
        return None
    from runagent_ls.cli.projects import absolute
    from runagent_ls.features.entrypoints import describe
    from runagent_ls.features.inputs import problems
    from runagent_ls.project.discovery import config_in
    from runagent_ls.project.file_source import DiskFiles
    from runagent_ls.project.loading import load_entrypoints

    files = DiskFiles()
    folder = absolute(options.project or Path())
    config = config_in(folder, files) if files.kind(folder) == "directory" else folder
    project = None if config is None else load_entrypoints(config, files, options.tag)
    found = None if project is None else project.entrypoint_of(options.tag)
    if project is None or found is None or found.is_stream != (options.command == "stream"):
        return None  # the agent says what is wrong
    info = describe(found, project)
    wrong = problems(info, args, kwargs)
    if not wrong:
        return None
    from runagent_ls.agents.failures.unfit_inputs import unfit_inputs

    return unfit_inputs(
        info.signature or options.tag,
        [problem.to_message() for problem in wrong],
        "Correct the inputs, or send them as they are with --send-anyway.",
    )


def other_call(options: Namespace, error: AgentError) -> str | None:
    """For a tag that this command cannot call: the tag that was meant, as far as the project tells,
    or the command that can; None for any other error."""
    if error.code not in ("STREAM_ENTRYPOINT", "NON_STREAM_ENTRYPOINT"):
        return None
    from runagent_ls.cli.options.values import did_you_mean
    from runagent_ls.features.entrypoints import not_found
    from runagent_ls.project.file_source import DiskFiles
    from runagent_ls.project.loading import load_project
    from runagent_ls.text.command_line import command_line

    config = config_of(options)
    project = None if config is None else load_project(config, DiskFiles())
    if project is not None and project.entrypoint_of(options.tag) is None:
        tags = [it.tag for it in project.entrypoints if it.tag]
        return not_found(project, options.tag) + did_you_mean(options.tag, tags)
    command = "run" if options.command == "stream" else "stream"
    return f"`{command_line(['runagent-ls', command, options.tag])}` calls it."
