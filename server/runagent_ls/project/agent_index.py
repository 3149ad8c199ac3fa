"""Which configurations have which agent id and which tags, without loading their projects."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path as FilePath
from typing import Final, NamedTuple

from runagent_ls.jsontree.document import JsonValue, Missing
from runagent_ls.project.entrypoints import entrypoint_values

_NOBODY: Final[frozenset[FilePath]] = frozenset()


class AgentFacts(NamedTuple):
    """What a configuration says that others refer to."""

    agent_id: str | None
    tags: frozenset[str]


def facts_of(value: JsonValue | Missing) -> AgentFacts:
    """The facts of a configuration, whatever it is."""
    agent_id = value.get("agent_id") if isinstance(value, dict) else None
    entries = (it for it in entrypoint_values(value) if isinstance(it, dict))
    tags = (entry.get("tag") for entry in entries)
    return AgentFacts(
        agent_id if isinstance(agent_id, str) else None,
        frozenset(tag for tag in tags if isinstance(tag, str)),
    )


class AgentIndex:
    """Configurations by agent id and by tag. Those edited are read again when something is asked.

    `value` gives what a configuration holds now.
    """

    def __init__(self, value: Callable[[FilePath], JsonValue | Missing]) -> None:
        self._value = value
        self._edited: set[FilePath] = set()
        self._facts: dict[FilePath, AgentFacts] = {}
        self._by_id: dict[str, set[FilePath]] = {}
        self._by_tag: dict[str, set[FilePath]] = {}

    def __contains__(self, config: FilePath) -> bool:
        return config in self._facts

    def edited(self, config: FilePath) -> None:
        """What was known of a configuration may be out of date."""
        self._edited.add(config)

    def refresh(self, config: FilePath) -> None:
        """Read a configuration, now."""
        self._edited.discard(config)
        facts = facts_of(self._value(config))
        before = self._facts.get(config)
        if before == facts:
            return
        self.forget(config)
        self._facts[config] = facts
        if facts.agent_id is not None:
            self._by_id.setdefault(facts.agent_id, set()).add(config)
        for tag in facts.tags:
            self._by_tag.setdefault(tag, set()).add(config)

    def forget(self, config: FilePath) -> None:
        """A configuration is gone."""
        self._edited.discard(config)
        facts = self._facts.pop(config, None)
        if facts is not None:
            _remove(self._by_id, () if facts.agent_id is None else (facts.agent_id,), config)
            _remove(self._by_tag, facts.tags, config)

    def with_id(self, agent_id: str) -> tuple[FilePath, ...]:
        """Configurations with this `agent_id`, sorted: more than one when they are copies."""
        self._catch_up()
        return tuple(sorted(self._by_id.get(agent_id, _NOBODY)))

    def with_tag(self, tag: str) -> tuple[FilePath, ...]:
        """Configurations with an entrypoint of this tag, sorted."""
        self._catch_up()
        return tuple(sorted(self._by_tag.get(tag, _NOBODY)))

    def _catch_up(self) -> None:
        for config in tuple(self._edited):
            self.refresh(config)


def _remove(index: dict[str, set[FilePath]], keys: Iterable[str], config: FilePath) -> None:
    for key in keys:
        configs = index.get(key, set())
        configs.discard(config)
        if not configs:
            index.pop(key, None)
