"""`new RunAgentClient({...})` in TypeScript and JavaScript: which agents and tags it names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.clients.javascript_code import Code
from runagent_ls.project.clients.javascript_names import PACKAGE, client_names
from runagent_ls.project.clients.javascript_values import Property, argument, closed, properties
from runagent_ls.project.clients.languages import CLIENT
from runagent_ls.project.clients.model import Argument, ClientCall
from runagent_ls.text.position import Span

_LONGEST: Final = 1_000_000
"""Texts beyond this many characters, which nobody writes by hand, are not looked into."""
WITH_JSX: Final = frozenset({".tsx", ".jsx", ".js", ".mjs", ".cjs"})
"""In the others `<T>` is a type."""


def typescript_calls(file: FilePath, text: str) -> tuple[ClientCall, ...]:
    """All calls in a file, in its order. Only what it imports from `runagent` is meant.

    Never raises.
    """
    if CLIENT not in text or PACKAGE not in text or len(text) > _LONGEST:
        return ()
    code = Code(text, jsx=file.suffix in WITH_JSX)
    names = client_names(code)
    if not names:
        return ()
    pattern = re.compile(rf"(?<![\w$.])new\s+(?P<name>{'|'.join(names)})\s*(?P<open>\()", re.ASCII)
    return tuple(_calls(file, code, pattern))


def _calls(file: FilePath, code: Code, pattern: re.Pattern[str]) -> Iterator[ClientCall]:
    for found in pattern.finditer(code.blank):
        end = closed(code.blank, found.start("open"))
        if end is None:
            continue
        given = properties(code, found.end(), end - 1)
        if given is None and CLIENT not in found["name"]:
            continue  # a short name that means something else here, as in minified code
        tag, _ = _value(code, given, "entrypointTag")
        agent_id, is_given = _value(code, given, "agentId")
        yield ClientCall(
            file=file,
            language="typescript",
            span=Span(found.start("name"), end),
            tag=tag,
            agent_id=agent_id,
            agent_id_given=is_given,
        )


def _value(code: Code, given: list[Property] | None, name: str) -> tuple[Argument | None, bool]:
    """What a property certainly is, and whether it may be there at all."""
    if given is None:
        return None, True
    for entry in reversed(given):
        if entry.name is None:  # `...more` or `[computed]`: it may be that
            return None, True
        if entry.name == name:
            return argument(code, entry), True
    return None, False
