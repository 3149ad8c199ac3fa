"""What a docstring says of a function and of its parameters."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Documentation:
    """`text` is the docstring without what it says of single parameters, results and errors."""

    text: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)


def documentation_of(function: Callable[..., object]) -> Documentation:
    """Of a docstring in the style of Google, numpy, reST or epydoc; as it is in any other."""
    source = _docstring_of(function)
    if not source:
        return Documentation()
    import docstring_parser

    try:
        parsed = docstring_parser.parse(source)
    except docstring_parser.ParseError:
        return Documentation(source.strip())
    texts = [parsed.short_description, parsed.long_description]
    text = "\n\n".join(text.strip() for text in texts if text and text.strip())
    described = {
        one.arg_name: " ".join(one.description.split()) for one in parsed.params if one.description
    }
    return Documentation(text, described)


def _docstring_of(function: Callable[..., object]) -> str | None:
    while isinstance(function, functools.partial):  # its own is about partials
        function = function.func
    if inspect.isroutine(function) or inspect.isclass(function):
        return inspect.getdoc(function)
    kind = type(function)
    written = kind.__call__.__doc__ or kind.__doc__  # getdoc would give what every object inherits
    return None if written is None else inspect.cleandoc(written)
