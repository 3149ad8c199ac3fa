"""Refactorings among the code actions: what `features.refactoring` offers at a place."""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.lsp.changes import change_message
from runagent_ls.lsp.features.action_request import QUICK_FIX, ActionRequest
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.session import Session
from runagent_ls.text.lines import LineIndex


class Refactorings:
    """Offers what can be done at one place, and nothing that this client could not apply."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def actions(self, asked: ActionRequest) -> Iterator[Json]:
        """Code actions at the place. Those that remove some of the findings there are quick fixes
        of these."""
        from runagent_ls.features.refactoring.offer import KINDS
        from runagent_ls.features.refactoring.offers import offers

        if not any(asked.wants(kind) for kind in KINDS):
            return  # on every save editors ask for other kinds
        workspace = self._session.workspace
        text = workspace.files.read(asked.path).text
        if text is None:
            return
        for offer in offers(workspace, asked.path, LineIndex(text).offset(asked.start)):
            removed = [it for it in asked.touched if it.slug in offer.removes]
            kind = QUICK_FIX if removed else offer.kind
            edit = change_message(offer.change, self._session)
            if edit is None or not asked.wants(kind):
                continue
            action: Json = {"title": offer.title, "kind": kind, "edit": edit}
            if removed:
                rendering = self._session.rendering
                action["diagnostics"] = [rendering.diagnostic(it) for it in removed]
            yield action
