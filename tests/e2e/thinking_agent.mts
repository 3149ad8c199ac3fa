/** An agent of the agent runtime that thinks by a script, so that a test knows what comes. */

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const CODE = `"""Counts bottles, and waits for a key in its fourth step."""

import json
import time
from pathlib import Path

from agent_runtime import (
    AgentConfig,
    AgentRuntime,
    EpisodicMemory,
    FileStore,
    KnowledgeGraph,
    ScriptedModel,
    SemanticMemory,
    WorkingMemory,
)

FOLDER = Path(__file__).parent


def wait_for(name: str) -> str:
    """Wait until a file is there."""
    with (FOLDER / "waited.txt").open("a") as log:
        log.write(f"{name}\\n")
    end = time.monotonic() + 600
    while not (FOLDER / name).exists():
        if time.monotonic() > end:
            raise TimeoutError(f"{name} did not come")
        time.sleep(0.05)
    return f"{name} is there"


def act(thought, tool, **arguments):
    return f"Thought: {thought}\\nAction: {tool}\\nAction Input: {json.dumps(arguments)}"


SCRIPT = [
    act("I keep in mind what is asked.", "note", key="goal", text="count the bottles"),
    act("The box holds bottles.", "relate", source="blue box", relation="holds", target="<b>bottle</b>"),
    act("Worth knowing.", "learn", key="bottle", text="A bottle is 8 cm wide.", tags=["size"]),
    act("Now I wait for the key of the cellar.", "wait_for", name="key"),
    "Thought: I know it.\\nFINAL_ANSWER: Six bottles fit.",
]


def think(request):
    done = sum(message.role == "assistant" for message in request.messages)
    return SCRIPT[min(done, len(SCRIPT) - 1)]


def runtime():
    return (
        AgentRuntime.builder()
        .with_agent_config(AgentConfig(name="cellarer"))
        .with_model(ScriptedModel(think))
        .with_tools(wait_for)
        .with_memory(EpisodicMemory(), SemanticMemory(), WorkingMemory(), tools=True)
        .with_graph(KnowledgeGraph(), tools=True)
        .with_store(FileStore(FOLDER / ".runagent" / "runtime"))
        .build()
    )


def count_stream(question: str, session_id: str | None = None, resume_from_step: int | None = None):
    """Count, and show each step."""
    yield from runtime().stream(question, session_id=session_id, resume_from_step=resume_from_step)
`;

/** Writes the agent into a folder of its own; the folder is answered. */
export function thinkingAgent(parent: string): string {
  const folder = path.join(parent, 'cellarer');
  mkdirSync(folder);
  writeFileSync(path.join(folder, 'main.py'), CODE);
  const config = {
    agent_name: 'cellarer',
    description: 'Counts bottles; works without network and keys',
    framework: 'default',
    template: '',
    version: '1.0.0',
    created_at: '2026-01-15T09:00:00',
    template_source: { repo_url: '', author: '', path: '' },
    agent_architecture: { entrypoints: [{ file: 'main.py', module: 'count_stream', tag: 'count_stream' }] },
    env_vars: {},
    agent_id: '3a2f4a3e-9c1e-4a70-8a52-0c1d2e3f4a5b',
  };
  writeFileSync(path.join(folder, 'runagent.config.json'), `${JSON.stringify(config, null, 2)}\n`);
  return folder;
}
