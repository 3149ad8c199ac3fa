"""Keeping secrets out of reports: a source line may end in the log of a public build."""

from __future__ import annotations

import re
from typing import Final

from runagent_ls.rules.environment.secret_in_config import KNOWN_BEGINNINGS, SECRET_NAME

_JSON_PAIR: Final = re.compile(r'"(?P<name>[A-Za-z0-9_]+)"\s*:\s*"(?P<value>(?:[^"\\]|\\.)*)')
_PLAIN_PAIR: Final = re.compile(r"^\s*(?:export\s+)?(?P<name>[A-Za-z0-9_]+)\s*[:=]\s*(?P<value>.+)")


def masked(line: str, is_environment_file: bool) -> str:
    """`line` with stars for what may be a secret; every character keeps its place.

    In an environment file that is every value, elsewhere the values of names such as `API_KEY`
    and whatever is written like a known kind of key.
    """
    found = [match.span("value") for match in _JSON_PAIR.finditer(line) if _is_secret(match)]
    plain = _PLAIN_PAIR.match(line)
    if plain is not None and (is_environment_file or _is_secret(plain)):
        found.append(plain.span("value"))
    found += [match.span() for match in KNOWN_BEGINNINGS.finditer(line)]
    for start, end in found:
        line = line[:start] + "*" * (end - start) + line[end:]
    return line


def _is_secret(pair: re.Match[str]) -> bool:
    return SECRET_NAME.search(pair["name"]) is not None
