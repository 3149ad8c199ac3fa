"""Anchors of YAML and the aliases that repeat them."""

from __future__ import annotations

from ruamel.yaml import YAML
from ruamel.yaml.tokens import AliasToken, AnchorToken

from runagent_ls.text.position import Span


def anchor_group(text: str, offset: int) -> tuple[Span, ...]:
    """Places of the name of the anchor or alias at an offset, wherever it means the same value.

    Without `&` and `*`, in order. Empty when there is no such name at the offset. An anchor of the
    same name further on begins another group. Behind a syntax error nothing is found.
    """
    groups: list[list[Span]] = []
    newest: dict[str, list[Span]] = {}
    for name, span, is_anchor in _names(text):
        if is_anchor or name not in newest:
            newest[name] = []
            groups.append(newest[name])
        newest[name].append(span)
    return next(
        (tuple(group) for group in groups for it in group if it.start <= offset <= it.end), ()
    )


def _names(text: str) -> list[tuple[str, Span, bool]]:
    found: list[tuple[str, Span, bool]] = []
    if "&" not in text:
        return found
    yaml = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)
    try:
        for token in yaml.scan(text):
            if isinstance(token, AnchorToken | AliasToken):
                name = str(token.value)
                start = token.start_mark.index + 1
                if text.startswith(name, start):
                    place = Span(start, start + len(name))
                    found.append((name, place, isinstance(token, AnchorToken)))
    except Exception:  # noqa: BLE001 - ruamel fails with any error on text it did not foresee
        return found
    return found
