"""The signature of what an entrypoint calls, shown behind its `module`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.pyfile.signature_schema import signature_text
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
    document = project.document
    first = bisect_left(
        project.entrypoints, visible.start, key=lambda it: document.span(it.path).end
    )
    for entrypoint in project.entrypoints[first:]:
        if document.span(entrypoint.path).start > visible.end:
            return
        text = _signature(entrypoint)
        offset = document.span((*entrypoint.path, "module")).end
        if text is not None and visible.start <= offset <= visible.end:
            is_long = len(text) > _LONGEST_LABEL
            label = f"{text[: _LONGEST_LABEL - 1]}…" if is_long else text
            yield SignatureHint(offset, label, text[:_LONGEST_TOOLTIP] if is_long else None)


def hint_facts(project: AgentProject) -> tuple[object, ...]:
    """What the hints of a project say; equal facts mean that none need be asked anew."""
    return tuple(it.verdict and it.verdict.settled for it in project.entrypoints)


def _signature(entrypoint: Entrypoint) -> str | None:
    """`(name: str) -> str`, without the name, which stands in front of it."""
    # Places are not asked for, which are all that `settled` does not know.
    resolution = entrypoint.verdict.settled if entrypoint.verdict is not None else None
    if resolution is None or resolution.exists is Proof.REFUTED or resolution.symbol is None:
        return None
    signature = resolution.symbol.signature
    return None if signature is None else " ".join(signature_text(signature).split())
