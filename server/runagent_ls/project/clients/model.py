"""A place in client code that names an agent and one of its tags."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Literal, TypeAlias

from runagent_ls.text.position import Span

Language: TypeAlias = Literal["python", "typescript"]
"""`typescript` covers JavaScript and their JSX forms."""


@dataclass(frozen=True, slots=True)
class Argument:
    """A string that stands in client code as a plain literal.

    `span` is what stands between the quotes, in code points of the file; `value` is what it means
    once escapes are read. `plain` tells that both are the same text, so that the span may be
    replaced by a text that needs no escape.
    """

    value: str
    span: Span
    plain: bool = True


@dataclass(frozen=True, slots=True)
class ClientCall:
    """One `RunAgentClient(...)`.

    `tag` and `agent_id` are None when they are left out or no literal (`agent_id=os.environ[...]`):
    which agent is meant is then *unknown*, which is not the same as another one.
    """

    file: FilePath
    language: Language
    span: Span
    """From the name of the constructor to its closing parenthesis."""
    tag: Argument | None
    agent_id: Argument | None
    agent_id_given: bool = True
    """False when the call names no agent at all, so that it fails."""
