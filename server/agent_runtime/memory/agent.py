"""An agent's memories together: recalled into a prompt, loaded from a store and saved to it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from agent_runtime.memory.kept import AgentMemory, MemoryChanges, Recalled
from agent_runtime.persistence.store import SessionStore
from agent_runtime.tokens import estimate_tokens, shorten

_CANDIDATES = 200
_LEAST_TOKENS = 8  # of a text that was shortened: less says nothing


@dataclass(frozen=True, slots=True)
class Recollection:
    """What goes into a prompt: `text`, which takes about `tokens`, says all `memories`."""

    memories: list[Recalled]
    text: str
    tokens: int


def recall_within(
    query: str, memories: Iterable[AgentMemory], *, max_recalls: int, max_tokens: int
) -> Recollection:
    """The best of several memories, within both limits; only these count as recalled.

    What does not fit is passed over in favour of something shorter, except that the best alone is
    shortened; only the best 200 are considered. Blocks when a memory asks a server for vectors.
    """
    sources = list(memories)
    if max_recalls < 1 or max_tokens < 1:
        return Recollection([], "", 0)
    ranked = [(found, source) for source in sources for found in source.rank(query)]
    ranked.sort(key=lambda pair: -pair[0].score)
    chosen: list[tuple[Recalled, AgentMemory]] = []
    text = ""
    for found, source in ranked[:_CANDIDATES]:
        if len(chosen) == max_recalls:
            break
        longer = _with_line(text, found.text)
        if estimate_tokens(longer) <= max_tokens:
            chosen.append((found, source))
            text = longer
        elif not chosen and max_tokens >= _LEAST_TOKENS:
            text = shorten(longer, max_tokens)
            chosen.append((replace(found, text=text.removeprefix("- ")), source))
    for found, source in chosen:
        source.touch([found.id])
    return Recollection([found for found, _ in chosen], text, estimate_tokens(text))


def load_memory(store: SessionStore, agent: str, memories: Sequence[AgentMemory]) -> list[str]:
    """Takes what the store has for an agent. Blocks; the ids of records that cannot be read."""
    records = store.load_memory(agent)
    return [unreadable for memory in memories for unreadable in memory.load(records)]


def save_memory(store: SessionStore, agent: str, memories: Iterable[AgentMemory]) -> None:
    """Saves what has changed, all or nothing. Blocks; what the store raises, after which the
    changes are still there to be saved another time."""
    taken = [(memory, memory.take_changes()) for memory in memories]
    changes = MemoryChanges(
        [record for _, one in taken for record in one.changed],
        [removed for _, one in taken for removed in one.removed],
    )
    if not changes:
        return
    saved = False
    try:
        store.save_memory(agent, changes.changed, changes.removed)
        saved = True
    finally:
        if not saved:
            for memory, one in taken:
                memory.put_back(one)


def _with_line(text: str, added: str) -> str:
    line = "- " + "\n  ".join(added.splitlines())
    return f"{text}\n{line}" if text else line
