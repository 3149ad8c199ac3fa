"""Code actions: what can be done about the findings and the code under the cursor."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import Final

from runagent_ls.lsp.client import dig
from runagent_ls.lsp.diagnostics import Diagnostics
from runagent_ls.lsp.features.action_request import ActionRequest
from runagent_ls.lsp.features.fixes import Fixes
from runagent_ls.lsp.features.fixing_all import FixingAll
from runagent_ls.lsp.features.installs import Installs
from runagent_ls.lsp.features.locations import position_of
from runagent_ls.lsp.features.refactorings import Refactorings
from runagent_ls.lsp.features.reruns import Reruns
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.session import ERROR, Session
from runagent_ls.text.position import Position

logger = logging.getLogger(__name__)

Provider = Callable[[ActionRequest], Iterable[Json]]

_START: Final = Position(0, 0)


class Actions:
    """Answers `textDocument/codeAction` from the findings as they are now.

    The client sends diagnostics along that it may have got before the last edit; a fix is
    therefore taken from a fresh finding of the same code and not from them.
    """

    def __init__(self, session: Session, diagnostics: Diagnostics) -> None:
        self._session = session
        self._diagnostics = diagnostics
        fixes = Fixes(session)
        self._fixing_all = FixingAll(session, diagnostics)
        self._providers: tuple[Provider, ...] = (
            fixes.actions,
            Installs(session).actions,
            Reruns(session).actions,
            Refactorings(session).actions,
            self._fixing_all.actions,
            fixes.switching_off,
        )
        """What is offered first stands first in the menu."""
        session.on_deferred("textDocument/codeAction", self._actions, [])
        session.on_deferred("codeAction/resolve", self._resolve)

    def _actions(self, params: Json) -> list[Json]:
        path = self._session.uris.path(dig(params, "textDocument", "uri"))
        if path is None:
            return []
        only = dig(params, "context", "only")
        start = position_of(params, "range", "start") or _START
        end = position_of(params, "range", "end") or _START
        touched = tuple(
            finding
            for finding in self._diagnostics.all_findings(path)
            if finding.range.start <= end and start <= finding.range.end
        )
        kinds = [it for it in only if isinstance(it, str)] if isinstance(only, list) else None
        asked = ActionRequest(path, start, kinds, touched)
        return [action for provider in self._providers for action in self._offered(provider, asked)]

    def _offered(self, provider: Provider, asked: ActionRequest) -> list[Json]:
        """What one of them offers; one that fails must not silence the others."""
        try:
            return list(provider(asked))
        except Exception as error:
            logger.exception("Offering actions failed")
            self._session.log(ERROR, f"Some actions are missing: {type(error).__name__}: {error}")
            return []

    def _resolve(self, action: Json) -> Json:
        """The action with its edit; as it came when it is none of ours."""
        asked = action.get("data")
        edit = self._fixing_all.edit(asked) if isinstance(asked, dict) else None
        return action if edit is None else {**action, "edit": edit}
