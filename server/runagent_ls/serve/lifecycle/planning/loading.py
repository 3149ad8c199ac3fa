"""From what the user named to the plan of an agent: configuration, interpreter, line of a fault."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from runagent_ls.project.configuration import read_config
from runagent_ls.project.discovery import CONFIG_NAMES, config_in
from runagent_ls.project.entrypoints import entrypoint_values
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.interpreters import Interpreter, find
from runagent_ls.schema.entrypoints import ENTRYPOINTS
from runagent_ls.serve.lifecycle.exit_codes import WRONG_USE
from runagent_ls.serve.lifecycle.planning.agent_plan import plan_of
from runagent_ls.serve.lifecycle.planning.configuration import frame_of
from runagent_ls.serve.plan import AgentPlan
from runagent_ls.serve.state import Failure, StartFailedError


@dataclass(frozen=True, slots=True)
class Loaded:
    """A plan, and which interpreter it was made for."""

    plan: AgentPlan
    interpreter: Interpreter


def config_of(path: Path) -> Path:
    """The configuration of a folder, or the file itself. StartFailedError without one."""
    files = DiskFiles()
    kind = files.kind(path)
    if kind == "missing":
        raise StartFailedError(
            Failure(
                "NOT_FOUND",
                f"{path} is not there.",
                "Give the folder of the agent.",
                exit_code=WRONG_USE,
            )
        )
    if kind != "directory":
        return path
    # without one, the first name stands for all that were looked for
    return config_in(path, files) or path / CONFIG_NAMES[0]


def load(path: Path, wanted: Path | None) -> Loaded:
    """The plan for a folder or a configuration. Blocks for the disk; StartFailedError."""
    config_path = config_of(path)
    interpreter = find(config_path.parent, wanted)
    plan = plan_of(config_path, interpreter.path)
    if interpreter.problem is not None:
        raise StartFailedError(
            Failure(
                "INITIALIZATION_ERROR",
                f"The Python for the agent, {interpreter.path}, {interpreter.problem}.",
                "Make an environment with `python -m venv .venv` in the agent's folder, or name a "
                "Python with --interpreter.",
                exit_code=WRONG_USE,
            )
        )
    return Loaded(plan, interpreter)


def located(failure: Failure, config_path: Path) -> Failure:
    """With a line: what no file of the agent is to blame for is about its entrypoint."""
    if failure.frames or failure.tag is None:
        return failure
    document = read_config(config_path, DiskFiles())
    for index, entry in enumerate(entrypoint_values(document.value)):
        if isinstance(entry, dict) and entry.get("tag") == failure.tag:
            place = (*ENTRYPOINTS, index)
            return replace(failure, frames=(frame_of(config_path, document, place),))
    return failure
