"""What an agent remembers.

- `WorkingMemory`: of a session, always in the prompt
- `EpisodicMemory`: what has happened to the agent, fading
- `SemanticMemory`: what the agent knows
- `recall_within`: the best of them for a prompt; `load_memory` and `save_memory`: in a store
"""

from agent_runtime.memory.agent import Recollection, load_memory, recall_within, save_memory
from agent_runtime.memory.embedding import Embed
from agent_runtime.memory.episode import Episode
from agent_runtime.memory.episodic import EpisodicMemory
from agent_runtime.memory.fact import Fact, FactFound
from agent_runtime.memory.kept import AgentMemory, Degraded, MemoryChanges, Recalled, Stored
from agent_runtime.memory.semantic import SemanticMemory
from agent_runtime.memory.weights import RecallWeights
from agent_runtime.memory.working import WorkingChanges, WorkingMemory

__all__ = [
    "AgentMemory",
    "Degraded",
    "Embed",
    "Episode",
    "EpisodicMemory",
    "Fact",
    "FactFound",
    "MemoryChanges",
    "RecallWeights",
    "Recalled",
    "Recollection",
    "SemanticMemory",
    "Stored",
    "WorkingChanges",
    "WorkingMemory",
    "load_memory",
    "recall_within",
    "save_memory",
]
