"""`check --verify`: each agent is imported in its own Python, several at the same time."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from runagent_ls.cli.exit_codes import CommandError
from runagent_ls.project.interpreters import Interpreter, find
from runagent_ls.project.model import AgentProject
from runagent_ls.project.observation import Observation
from runagent_ls.serve.lifecycle.planning import plan_of
from runagent_ls.serve.plan import Limits
from runagent_ls.serve.state import StartFailedError
from runagent_ls.serve.verification import Verification, observation_of, verify

AT_ONCE: Final = max(1, min(4, os.cpu_count() or 1))
"""Importing mostly computes."""


@dataclass(frozen=True)
class Verified:
    """An agent and what its Python said of it."""

    verification: Verification
    observation: Observation


def verify_all(
    projects: Sequence[AgentProject], wanted: Path | None, limit_s: float
) -> Mapping[Path, Verified]:
    """What is known of each project that has a configuration, by the configuration's path.

    `wanted` is the Python for all of them; `limit_s` is the time for importing one. Raises
    CommandError when `wanted` cannot be started.
    """
    if wanted is not None:
        given = find(Path(), wanted)
        if given.problem is not None:
            raise CommandError(
                f"{given.path} {given.problem}.",
                "--interpreter takes a Python, or the folder of an environment.",
            )
    return asyncio.run(_verify_all(projects, wanted, limit_s))


async def _verify_all(
    projects: Sequence[AgentProject], wanted: Path | None, limit_s: float
) -> Mapping[Path, Verified]:
    turns = asyncio.Semaphore(AT_ONCE)

    async def one(project: AgentProject) -> Verified:
        async with turns:
            return await _verified(project, wanted, limit_s)

    async with asyncio.TaskGroup() as group:
        tasks = {project.config_path: group.create_task(one(project)) for project in projects}
    return {path: task.result() for path, task in tasks.items()}


async def _verified(project: AgentProject, wanted: Path | None, limit_s: float) -> Verified:
    python = find(project.root, wanted)
    verification = await _verification(project, python, limit_s)
    observation = observation_of(project, verification)
    return Verified(verification, replace(observation, broken_environments=python.broken))


async def _verification(project: AgentProject, python: Interpreter, limit_s: float) -> Verification:
    try:
        plan = plan_of(project.config_path, python.path)
    except StartFailedError as error:
        return Verification(python.path, failure=error.failure)
    return await verify(plan, Limits(start_s=limit_s))
