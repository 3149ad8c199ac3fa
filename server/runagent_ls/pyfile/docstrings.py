"""Parameter descriptions out of docstrings, in any of the usual styles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

_MENTIONS_PARAMETERS = re.compile(
    r":param|@param|:arg|^\s*(?:Args|Arguments|Parameters|Params|Keyword Args)\b", re.MULTILINE
)
_LONGEST = 20_000
"""Docstrings beyond this many characters are shown but not taken apart."""


@lru_cache(maxsize=512)
def parameter_descriptions(docstring: str) -> Mapping[str, str]:
    """Name of the parameter to its description; empty when nothing can be told apart."""
    if len(docstring) > _LONGEST or not _MENTIONS_PARAMETERS.search(docstring):
        return {}
    try:
        from docstring_parser import parse

        described = parse(docstring).params
    except Exception:  # noqa: BLE001 - a library's parser on arbitrary prose must not end a request
        return {}
    found: dict[str, str] = {}
    for parameter in described:
        name = parameter.arg_name.lstrip("*")
        if parameter.description and name not in found:
            found[name] = parameter.description.strip()
    return found
