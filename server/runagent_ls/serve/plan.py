"""What is served: an agent as its configuration says, and the limits that hold for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from runagent_ls.agents.values import JsonValue


@dataclass(frozen=True, slots=True)
class PythonEntrypoint:
    """A function of the agent. `extractor`: output name to JSONPath, as it is written."""

    tag: str
    file: str
    module: str
    extractor: Mapping[str, str] = field(default_factory=dict)

    @property
    def streams(self) -> bool:
        """The tag decides, never the function."""
        return self.tag.endswith("_stream")


@dataclass(frozen=True, slots=True)
class WebhookEntrypoint:
    """An address that is called instead of a function. `method` as it is written."""

    tag: str
    url: str
    method: str
    timeout: int = 30
    extractor: Mapping[str, str] = field(default_factory=dict)


PlannedEntrypoint: TypeAlias = PythonEntrypoint | WebhookEntrypoint


@dataclass(frozen=True, slots=True)
class AgentPlan:
    """One agent, ready to be started.

    `config` is the loaded configuration without `env_vars`; `environment` are the variables of
    the configuration and of `.env`, which are laid over the process's own. `folder` is the
    worker's working directory as well.
    """

    agent_id: str
    name: str
    framework: str
    version: str
    folder: Path
    config_path: Path
    config: Mapping[str, JsonValue]
    entrypoints: tuple[PlannedEntrypoint, ...]
    environment: Mapping[str, str]
    interpreter: Path

    def entrypoint(self, tag: str) -> PlannedEntrypoint | None:
        return next((each for each in self.entrypoints if each.tag == tag), None)


@dataclass(frozen=True, slots=True)
class DebugPlan:
    """Run the worker under debugpy. `debugpy` is the folder that holds the package, None to take
    the one of the agent's interpreter."""

    debugpy: Path | None = None
    host: str = "127.0.0.1"
    port: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """What one agent may use. None: no limit.

    `run_s` is the time of one run; `at_once` runs go on at the same time, `waiting` more wait
    for their turn, further ones are refused. `start_s` is for importing the agent, `stop_s` for
    runs to end when it is stopped, `cancel_s` for a run to end when it was asked to.
    `memory_bytes` and `cpu_s` bound the worker's process where the system can.
    """

    run_s: float | None = None
    at_once: int = 64
    waiting: int = 256
    start_s: float = 60.0
    stop_s: float = 5.0
    cancel_s: float = 2.0
    memory_bytes: int | None = None
    cpu_s: int | None = None
    body_bytes: int = 64 * 1024 * 1024
    frame_bytes: int = 16 * 1024 * 1024
    received_bytes: int = 256 * 1024 * 1024
