"""Small agents to begin with: they need no network, no key and no package."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from runagent_ls.features.new_agent.react_template import CASES, MAIN, OFFLINE_MODEL


@dataclass(frozen=True, slots=True)
class Template:
    """The text of `main.py`, and each entrypoint's `module` and `tag`.

    `modules` are further files, by path; `ignored` are lines for `.gitignore`, and `requirements`
    for `requirements.txt`.
    """

    description: str
    source: str
    entrypoints: tuple[tuple[str, str], ...]
    modules: Mapping[str, str] = field(default_factory=dict)
    ignored: str = ""
    requirements: str = ""


_BASIC: Final = '''\
"""What this agent can do. Its entrypoints are named in runagent.config.json.

Press Run or Stream above a function, then put your own code in its place.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator


def answer(question: str) -> dict[str, object]:
    """Answer a question.

    Args:
        question: What somebody wants to know.
    """
    words = question.split()
    return {"answer": f"You asked: {question}", "words": len(words)}


async def answer_in_pieces(question: str, pause: float = 0.2) -> AsyncIterator[str]:
    """Answer a question word by word: each piece is sent as soon as it is there.

    Args:
        question: What somebody wants to know.
        pause: Seconds between two words.
    """
    for word in f"You asked: {question}".split():
        yield f"{word} "
        await asyncio.sleep(pause)
'''

_CONVERSATION: Final = '''\
"""An agent that remembers. Its entrypoints are named in runagent.config.json.

The object below is made once, when the agent is served, and lives as long as that: what it
remembers is gone after a restart or a change of this file.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator


class Conversations:
    """What was said so far, by the name of the visitor."""

    def __init__(self) -> None:
        self._said: dict[str, list[str]] = {}

    def reply(self, message: str, visitor: str = "guest") -> dict[str, object]:
        """Reply to a message and remember it.

        Args:
            message: What the visitor says.
            visitor: Who speaks.
        """
        said = self._said.setdefault(visitor, [])
        said.append(message)
        if len(said) == 1:
            text = f"Hello {visitor}, you said: {message}"
        else:
            text = f"You said: {message}. Before that: {said[-2]}"
        return {"reply": text, "messages": len(said)}

    async def replay(self, visitor: str = "guest", pause: float = 0.2) -> AsyncIterator[str]:
        """Say again what a visitor has said, one message at a time.

        Args:
            visitor: Whose messages.
            pause: Seconds between two messages.
        """
        for message in list(self._said.get(visitor, [])):
            yield message
            await asyncio.sleep(pause)

    def forget(self, visitor: str = "guest") -> int:
        """Forget a visitor; the answer is how many messages were known.

        Args:
            visitor: Whom to forget.
        """
        return len(self._said.pop(visitor, []))


conversations = Conversations()
'''

_SESSIONS: Final = ".runagent/runtime/\n"
_RUNTIME: Final = """\
# RunAgent for VS Code and `runagent-ls` lend the agent the package agent_runtime, which needs
# Python 3.11 or newer. `runagent serve` and the cloud do not: for them lay a copy of its folder
# beside main.py (the log of the agent says where it is) and take the # off these lines.
#cachetools>=6,<9
#docstring-parser>=0.16,<1
#jsonschema>=4.23,<5
#mashumaro>=3.20,<4
#networkx>=3.5,<4
#prometheus-client>=0.22,<1
#tenacity>=9.1,<10
"""

DEFAULT: Final = "basic"
TEMPLATES: Final = {
    DEFAULT: Template(
        "Answers questions, at once or word by word",
        _BASIC,
        (("answer", "answer"), ("answer_in_pieces", "answer_stream")),
    ),
    "conversation": Template(
        "Talks with visitors and remembers what they said",
        _CONVERSATION,
        (
            ("conversations.reply", "reply"),
            ("conversations.replay", "replay_stream"),
            ("conversations.forget", "forget"),
        ),
    ),
    "react": Template(
        "Works in steps: thinks, uses tools, remembers",
        MAIN,
        (("ask", "ask"), ("ask_in_steps", "ask_stream")),
        {"offline_model.py": OFFLINE_MODEL, **CASES},
        _SESSIONS,
        _RUNTIME,
    ),
}
"""By the name that the protocol and the command line have for them."""
