"""What is served, from the agent's configuration."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from runagent_ls.agents.values import JsonValue
from runagent_ls.schema.entrypoints import ENTRYPOINTS
from runagent_ls.serve.lifecycle.planning.configuration import Configuration, load_configuration
from runagent_ls.serve.lifecycle.planning.loaded_config import (
    DEFAULT_TIMEOUT_S,
    as_loaded,
    entrypoints,
)
from runagent_ls.serve.plan import (
    AgentPlan,
    PlannedEntrypoint,
    PythonEntrypoint,
    WebhookEntrypoint,
)
from runagent_ls.serve.state import Failure, StartFailedError

_WEBHOOKS: Final = "n8n"
_NO_ENTRYPOINTS: Final = """\
No entrypoints configured in {path}
Please add entrypoints to the agent_architecture section to enable agent execution.
Example:
  "agent_architecture": {{
    "entrypoints": [
      {{
        "file": "agent.py",
        "module": "app.invoke",
        "tag": "default"
      }}
    ]
  }}"""


def plan_of(config_path: Path, interpreter: Path) -> AgentPlan:
    """The agent of a configuration file, ready to be started with `interpreter`.

    Raises StartFailedError where the platform's server would not start for the configuration
    or `.env` alone. Runs nothing of the agent.
    """
    loaded = load_configuration(config_path)
    config = loaded.value
    agent_id = config.get("agent_id")
    if not isinstance(agent_id, str) or not agent_id:
        raise _failed(
            loaded,
            "Agent ID not found in configuration. Please run 'runagent init' first to initialize "
            "your agent.",
            "Put an agent_id into the configuration; any UUID will do.",
            ("agent_id",),
        )
    return AgentPlan(
        agent_id=agent_id,
        name=str(config["agent_name"]),
        framework=str(config["framework"]),
        version=str(config["version"]),
        folder=config_path.parent,
        config_path=config_path,
        config=as_loaded(config),
        entrypoints=_entrypoints(loaded),
        environment=loaded.environment,
        interpreter=interpreter,
    )


def _entrypoints(loaded: Configuration) -> tuple[PlannedEntrypoint, ...]:
    found = tuple(_entrypoint(each) for each in entrypoints(loaded.value))
    if not found:
        raise _failed(
            loaded,
            _NO_ENTRYPOINTS.format(path=loaded.path),
            None,
            ENTRYPOINTS,
        )
    for index, entrypoint in enumerate(found):
        if isinstance(entrypoint, WebhookEntrypoint):
            _check_webhook(loaded, entrypoint, index)
    return found


def _entrypoint(written: Mapping[str, JsonValue]) -> PlannedEntrypoint:
    tag = str(written["tag"])
    extractor = written.get("extractor")
    paths = (
        {name: str(path) for name, path in extractor.items()} if isinstance(extractor, dict) else {}
    )
    if "file" in written:
        return PythonEntrypoint(tag, str(written["file"]), str(written["module"]), paths)
    timeout = written["timeout"]
    return WebhookEntrypoint(
        tag,
        str(written["webhook_url"]),
        str(written["method"]),
        timeout if isinstance(timeout, int) else DEFAULT_TIMEOUT_S,
        paths,
    )


def _check_webhook(loaded: Configuration, entrypoint: WebhookEntrypoint, index: int) -> None:
    place = (*ENTRYPOINTS, index)
    if loaded.value.get("framework") != _WEBHOOKS:
        raise _failed(
            loaded,
            "'WebHookEntryPoint' object has no attribute 'file'",
            f'Entrypoints with a webhook_url need "framework": "{_WEBHOOKS}".',
            (*place, "webhook_url"),
            entrypoint.tag,
        )
    if entrypoint.tag.endswith("_stream"):
        raise _failed(
            loaded,
            "'N8NExecutor' object has no attribute 'get_stream_runner'",
            "A webhook cannot stream: give it a tag that does not end in _stream.",
            (*place, "tag"),
            entrypoint.tag,
        )


def _failed(
    loaded: Configuration,
    message: str,
    suggestion: str | None,
    place: tuple[str | int, ...],
    tag: str | None = None,
) -> StartFailedError:
    return StartFailedError(
        Failure("VALIDATION_ERROR", message, suggestion, tag=tag, frames=(loaded.frame(place),))
    )
