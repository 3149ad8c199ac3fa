"""Refactorings among the code actions: what `features.refactoring` offers at a place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path as FilePath

from runagent_ls.lsp.changes import change_message
from runagent_ls.lsp.features.asked_actions import QUICK_FIX, is_wanted
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.session import Session
from runagent_ls.rules.finding import Finding
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.position import Position


class Refactorings:
    """Offers what can be done at one place, and nothing that this client could not apply."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def actions(
        self, path: FilePath, position: Position, only: list[str] | None, touched: Iterable[Finding]
    ) -> Iterator[Json]:
        """Code actions at `position`. Those that remove some of the `touched` findings are quick
        fixes of these; `only` are the kinds that are wanted, None meaning all."""
        from runagent_ls.features.refactoring.offer import KINDS
        from runagent_ls.features.refactoring.offers import offers

        if not any(is_wanted(kind, only) for kind in KINDS):
            return  # on every save editors ask for other kinds
        workspace, findings = self._session.workspace, tuple(touched)
        text = workspace.files.read(path).text
        if text is None:
            return
        for offer in offers(workspace, path, LineIndex(text).offset(position)):
            removed = [it for it in findings if it.slug in offer.removes]
            kind = QUICK_FIX if removed else offer.kind
            edit = change_message(offer.change, self._session)
            if edit is None or not is_wanted(kind, only):
                continue
            action: Json = {"title": offer.title, "kind": kind, "edit": edit}
            if removed:
                rendering = self._session.rendering
                action["diagnostics"] = [rendering.diagnostic(it) for it in removed]
            yield action
