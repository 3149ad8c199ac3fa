"""Code that calls an entrypoint from another program, with RunAgent's own libraries.

One module per language; `planning` decides what they all share: which input goes by position,
which by name, and the values of the example call.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import get_args

from runagent_ls.features.client_code.model import (
    ClientCode,
    ClientCodeError,
    ClientLanguage,
    ClientTarget,
)
from runagent_ls.features.entrypoints import EntrypointInfo
from runagent_ls.jsontree.document import JsonValue

__all__ = ["LANGUAGES", "ClientCode", "ClientCodeError", "ClientLanguage", "ClientTarget"]
__all__ += ["generate"]

LANGUAGES: tuple[ClientLanguage, ...] = get_args(ClientLanguage)


def generate(
    info: EntrypointInfo,
    language: ClientLanguage,
    target: ClientTarget,
    args: Sequence[JsonValue] = (),
    kwargs: Mapping[str, JsonValue] | None = None,
) -> ClientCode:
    """A program that calls the entrypoint with these inputs; examples stand in for missing ones.

    Never holds an API key. Raises ClientCodeError when the inputs cannot be sent.
    """
    given = kwargs or {}
    match language:
        case "python":
            from runagent_ls.features.client_code import python

            return python.generate(info, target, args, given)
        case "typescript":
            from runagent_ls.features.client_code import typescript

            return typescript.generate(info, target, args, given)
        case "go":
            from runagent_ls.features.client_code import go

            return go.generate(info, target, args, given)
        case "rust":
            from runagent_ls.features.client_code import rust

            return rust.generate(info, target, args, given)
        case "curl":
            from runagent_ls.features.client_code import curl

            return curl.generate(info, target, args, given)
