"""The signature of what an entrypoint calls, shown behind its `module`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from runagent_ls.features.entrypoints import signature_of
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.text.position import Span

_LONGEST_LABEL: Final = 60
_LONGEST_TOOLTIP: Final = 2000


@dataclass(frozen=True, slots=True)
class SignatureHint:
    """`label` stands behind `offset`, a code point of the configuration."""

    offset: int
    label: str
    tooltip: str | None
    """All of the signature, when the label is only its beginning."""


def signature_hints(project: AgentProject, visible: Span) -> Iterator[SignatureHint]:
    """One for each entrypoint in a part of the configuration whose function is known."""
    for entrypoint in project.entrypoints:
        place = project.document.span(entrypoint.path)
        if place.end < visible.start or place.start > visible.end:
            continue
        text = _signature(entrypoint)
        offset = project.document.span((*entrypoint.path, "module")).end
        if text is not None and visible.start <= offset <= visible.end:
            is_long = len(text) > _LONGEST_LABEL
            label = f"{text[: _LONGEST_LABEL - 1]}…" if is_long else text
            yield SignatureHint(offset, label, text[:_LONGEST_TOOLTIP] if is_long else None)


def hint_facts(project: AgentProject) -> tuple[object, ...]:
    """What the hints of a project say; equal facts mean that none need be asked anew."""
    return tuple(_signature(it) for it in project.entrypoints)


def _signature(entrypoint: Entrypoint) -> str | None:
    """`(name: str) -> str`, without the name, which stands in front of it."""
    resolution = entrypoint.resolution
    if resolution is None or resolution.exists is Proof.REFUTED or resolution.symbol is None:
        return None
    whole = signature_of(entrypoint)
    return None if whole is None else " ".join(whole[len(resolution.symbol.name) :].split())
