"""Tags for what is called: free ones, with `_stream` when a call gives one item after another."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from runagent_ls.features.callables.callables import Named
from runagent_ls.pyfile.model import Proof

STREAM: Final = "_stream"


def tags_of(module: str, named: Named | None) -> list[str]:
    """Tags for a callable, the best first. Only what may work is among them."""
    base = module.replace(".", "_").strip("_") or "run"
    plain = base.removesuffix(STREAM) or base
    stream = plain + STREAM
    if named is None:
        return [base, stream] if base != stream else [stream]
    if named.resolution.gives_generator is Proof.PROVEN:
        return [stream]
    if named.streams is Proof.REFUTED:
        return [base if base != stream else plain]
    return [stream, plain] if base == stream else [plain, stream]


def unique(tag: str, used: Iterable[str]) -> str:
    """The tag, with a number in it if another one has that name; it streams as before."""
    if tag not in used:
        return tag
    plain, ending = (tag.removesuffix(STREAM), STREAM) if tag.endswith(STREAM) else (tag, "")
    number = 2
    while f"{plain}_{number}{ending}" in used:
        number += 1
    return f"{plain}_{number}{ending}"
