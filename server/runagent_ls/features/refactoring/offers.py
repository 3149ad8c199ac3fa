"""All refactorings that there are at one place of a file."""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.features.refactoring.create_function import create_function
from runagent_ls.features.refactoring.offer import Offer
from runagent_ls.project.model import AgentProject, Entrypoint


def config_offers(project: AgentProject, offset: int) -> Iterator[Offer]:
    """Refactorings at a code point offset of the configuration."""
    path, _ = project.document.path_at(offset)
    entrypoint = _entrypoint(project, path)
    if entrypoint is not None:
        offer = create_function(project, entrypoint)
        if offer is not None:
            yield offer


def _entrypoint(project: AgentProject, path: tuple[str | int, ...]) -> Entrypoint | None:
    """The entrypoint that a path of the configuration lies in."""
    return next((it for it in project.entrypoints if path[: len(it.path)] == it.path), None)
