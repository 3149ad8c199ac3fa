"""The files of an agent that works in steps: its own, and rules in place of a language model."""

from __future__ import annotations

from typing import Final

MAIN: Final = r'''"""An agent that works in steps: it thinks, uses a tool, and sees what comes out.

Press Stream above `ask_in_steps` and ask, for example:

    Ada is the mother of Bob. Bob is the father of Cleo. How is Ada related to Cleo?
    What is 12 * (3 + 4), and that minus 4?
    Remember that the key is under the mat.     And in another run:     Where is the key?

Each step is saved in .runagent/runtime, so that a session can go on after any of them. Calls with
the answers that are expected are kept in .runagent/cases: the Test Explorer runs them.

It needs no network and no key: the rules in offline_model.py decide what to do. A language model
understands more than they do. To use one, give `with_model` an AnthropicModel or an OpenAIModel
of agent_runtime in place of `decide`.
"""

from __future__ import annotations

import ast
import operator
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from agent_runtime import (
    AgentConfig,
    AgentRuntime,
    EpisodicMemory,
    Event,
    FileStore,
    KnowledgeGraph,
    ToolError,
    WorkingMemory,
    current_session,
    tool,
)

from offline_model import decide

OPERATORS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
}


@tool(repeatable=True)
def calculate(expression: str) -> float:
    """Work out an expression of numbers.

    Args:
        expression: Numbers with + - * / % and brackets, such as "12 * (3 + 4)". The word `that`
            stands for the last result.
    """
    in_mind = current_session().working
    result = value_of(ast.parse(expression, mode="eval").body, in_mind.get("that"))
    in_mind.set("that", str(result))
    return result


def value_of(part: ast.expr, that: str | None) -> float:
    """The value of a part of an expression."""
    if isinstance(part, ast.Constant) and isinstance(part.value, (int, float)):
        return part.value
    if isinstance(part, ast.Name) and part.id == "that" and that is not None:
        return value_of(ast.parse(that, mode="eval").body, None)
    if isinstance(part, ast.UnaryOp) and isinstance(part.op, ast.USub):
        return -value_of(part.operand, that)
    if isinstance(part, ast.BinOp) and type(part.op) in OPERATORS:
        return OPERATORS[type(part.op)](value_of(part.left, that), value_of(part.right, that))
    raise ToolError(f"I cannot work out {ast.unparse(part)!r}.")


runtime = (
    AgentRuntime.builder()
    .with_agent_config(AgentConfig(name="assistant", max_iterations=30, remember_answers=False))
    .with_model(decide)
    .with_tools(calculate)
    .with_memory(EpisodicMemory(), WorkingMemory(), tools=True)  # remember, recall, note, ...
    .with_graph(KnowledgeGraph(), tools=True)  # relate, neighbours, find_path, ...
    .with_store(FileStore(Path(__file__).with_name(".runagent") / "runtime"))
    .build()
)


async def ask(
    question: str, session_id: str | None = None, resume_from_step: int | None = None
) -> dict[str, object]:
    """Ask the agent, and wait for its answer.

    Args:
        question: What you want to know, or what it should remember; several sentences if you like.
        session_id: A session that goes on, or the name of a new one.
        resume_from_step: The step of that session after which it goes on.
    """
    result = await runtime.arun(question, session_id=session_id, resume_from_step=resume_from_step)
    answer = result.require_answer()
    return {"answer": answer, "steps": result.steps, "session": result.session}


async def ask_in_steps(
    question: str, session_id: str | None = None, resume_from_step: int | None = None
) -> AsyncIterator[Event]:
    """Ask the agent, and watch each of its steps.

    Args:
        question: What you want to know, or what it should remember; several sentences if you like.
        session_id: A session that goes on, or the name of a new one.
        resume_from_step: The step of that session after which it goes on.
    """
    async for event in runtime.astream(
        question, session_id=session_id, resume_from_step=resume_from_step
    ):
        yield event
'''

OFFLINE_MODEL: Final = r'''"""Decides by rules what the agent does. A language model does it better.

It goes through what was asked sentence by sentence. For each it has one or more things to try; the
next one is tried when what was observed of the last one does not help.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from agent_runtime import Message

_QUESTION = re.compile(r"(and |then )?(who|what|where|when|why|which|how|do|does|is|are)\b", re.I)
_NAME = re.compile(r"(?<!^)\b[A-Z]\w*(?: [A-Z]\w*)*")
_FACT = re.compile(r"(?!(?:It|This|There) )([A-Z]\w*(?: [A-Z]\w*)*) ((?:[a-z]+ )+)(.+)")
_SUM = re.compile(r"(?<![\w.,])(?:\bthat\b|[\d\s.+*/%()-])+(?![\w,])")
_SIGNS = {"plus": "+", "minus": "-", "times": "*", "divided by": "/"}
_OBSERVATION = re.compile(
    r"Observation(?P<error> \(error: \w+\))?: (?P<text>.*?)(\n\nWhat you have in mind:.*)?", re.S
)
_SMALL_WORDS = set(
    "a an and are at did do does for how i in is it my of on the to was were"
    " what when where which who why you your".split()
)


@dataclass
class Attempt:
    """A tool to call, and why."""

    thought: str
    tool: str
    arguments: dict[str, str]


def decide(messages: Sequence[Message]) -> str:
    """The next attempt that nothing was observed of, or the answer when there is none left."""
    asked = re.split(r"\n\n(?=What you |\[\d)", messages[1].content)[0].removeprefix("Question: ")
    observed = iter([each.content for each in messages[2:] if each.role == "user"])
    answers = []
    for sentence in _sentences(asked):
        answer = "I do not know."
        for attempt in _attempts(sentence):
            observation = next(observed, None)
            if observation is None:
                return (
                    f"Thought: {attempt.thought}\n"
                    f"Action: {attempt.tool}\n"
                    f"Action Input: {json.dumps(attempt.arguments, ensure_ascii=False)}"
                )
            found = _useful(attempt, observation, sentence)
            if found is not None:
                answer = found
                break
        if _is_question(sentence) or _sum_in(sentence):
            answers.append(answer)
    done = "\n".join(answers) or "I will keep that in mind."
    return f"Thought: That is all.\nFINAL_ANSWER: {done}"


def _sentences(text: str) -> list[str]:
    """The sentences of a text, and the parts of those that ask for several things."""
    parts = re.split(r"(?<=[.?!;])\s+|\n+|,? and (?=that |then |what |who |how |where )", text)
    return [part.strip() for part in parts if re.search(r"\w", part)]


def _attempts(sentence: str) -> Iterator[Attempt]:
    """What can be done about a sentence, the likeliest first."""
    said = sentence.rstrip(".?!; ")
    remember = re.match(r"(?:please )?remember(?: that)? (.+)", said, re.I)
    expression, fact = _sum_in(sentence), _FACT.fullmatch(said)
    names = _NAME.findall(said)
    if remember:
        yield Attempt("I am to remember that.", "remember", {"text": remember[1]})
    elif expression:
        yield Attempt(f"I work out {expression}.", "calculate", {"expression": expression})
    elif _is_question(sentence):
        if len(names) > 1:
            ends = {"source": names[0], "target": names[-1]}
            yield Attempt(f"What connects {names[0]} and {names[-1]}?", "find_path", ends)
        else:
            about = names[0] if names else said.split()[-1]
            yield Attempt(f"I look up {about}.", "neighbours", {"entity": about})
        yield Attempt("That is new to me. What do I remember?", "recall", {"question": said})
    elif fact:
        source, relation, target = (part.strip() for part in fact.groups())
        known = {"source": source, "relation": relation, "target": target}
        yield Attempt(f"That is something about {source}.", "relate", known)
    else:
        yield Attempt("I keep that in mind.", "remember", {"text": said})


def _useful(attempt: Attempt, observation: str, sentence: str) -> str | None:
    """What an observation says about a sentence; None when something else is to be tried."""
    seen = _OBSERVATION.fullmatch(observation)
    if seen is None:
        return None
    if seen["error"]:
        return f"That did not work. {seen['text']}" if attempt.tool == "calculate" else None
    if attempt.tool != "recall":
        return seen["text"]
    asked = _words(sentence)
    memories = [line.removeprefix("- ") for line in seen["text"].splitlines()]
    return "\n".join(each for each in memories if asked & _words(each)) or None


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.lower())) - _SMALL_WORDS


def _is_question(sentence: str) -> bool:
    return sentence.endswith("?") or bool(_QUESTION.match(sentence))


def _sum_in(sentence: str) -> str | None:
    """The numbers and signs that are to be worked out, if there are any."""
    text = re.sub(r"(?<=\d)[,_](?=\d{3}\b)", "", sentence.rstrip(".?!; "))
    text = re.sub(r"^(calculate|work out) ", "", text, flags=re.I)
    for word, sign in _SIGNS.items():
        text = re.sub(rf"\b{word}\b", sign, text)
    for found in _SUM.finditer(text):
        if found[0] != text and not _is_question(sentence):
            continue  # a date or a number of something
        if re.search(r"(\d|that|\))\s*[-+*/%][-+*/%\s]*(\d|that|\()", found[0]):
            return found[0].strip()
    return None
'''

CASES: Final = {
    ".runagent/cases/ask/family.json": r"""{
  "description": "Goes from one relation to the next",
  "inputs": {
    "question": "Ada is the mother of Bob. Bob is the father of Cleo. How is Ada related to Cleo?"
  },
  "expect": {
    "jsonPath": [
      {
        "path": "$.answer",
        "equals": "Ada -is the mother of-> Bob\nBob -is the father of-> Cleo"
      }
    ]
  }
}
""",
    ".runagent/cases/ask_stream/sums.json": r"""{
  "description": "Works with the result of the step before",
  "inputs": {
    "question": "What is 12 * (3 + 4), and that minus 4?"
  },
  "expect": {
    "jsonPath": [
      {
        "path": "$[?(@.type == 'final_answer')].text",
        "equals": ["84\n80"]
      }
    ]
  }
}
""",
}
