"""Quick fixes: the fix of each finding under the cursor, and leaving its rule out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runagent_ls.lsp.changes import change_message
from runagent_ls.lsp.features.action_request import QUICK_FIX, ActionRequest
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.rendering import is_json_syntax
from runagent_ls.lsp.session import Session

DISABLE_COMMAND: Final = "runagent.rules.disable"
"""A command of the shell, which alone can write its user's settings."""


class Fixes:
    """The fixes that findings bring along, for one client."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def actions(self, asked: ActionRequest) -> Iterator[Json]:
        """One for each finding with a fix; preferred when it is the only one and safe."""
        if not asked.wants(QUICK_FIX):
            return
        from runagent_ls.features.changes import Change

        rendering = self._session.rendering
        fixable = [(it, it.fix) for it in asked.touched if it.fix is not None]
        for finding, fix in fixable:
            yield {
                "title": fix.title,
                "kind": QUICK_FIX,
                "diagnostics": [rendering.diagnostic(finding)],
                "isPreferred": len(fixable) == 1 and fix.safe,
                "edit": change_message(Change(fix.edits), self._session),
            }

    def switching_off(self, asked: ActionRequest) -> Iterator[Json]:
        """One for each rule that speaks here, where the client keeps settings for us."""
        session = self._session
        if not session.client.is_runagent_shell or not asked.wants(QUICK_FIX):
            return
        project = next(iter(session.workspace.projects_of(asked.path)), None)
        if project is None:
            return
        config = session.uris.uri(project.config_path)
        # What the editor underlines itself would stay.
        all_ours = session.reports_json_syntax(asked.path)
        ours = [it for it in asked.touched if all_ours or not is_json_syntax(it)]
        for slug in dict.fromkeys(it.slug for it in ours):
            title = f"Turn the rule {slug} off"
            # Without diagnostics: VS Code would put it in front of those that fix a whole file.
            yield {
                "title": title,
                "kind": QUICK_FIX,
                "command": {
                    "title": title,
                    "command": DISABLE_COMMAND,
                    "arguments": [{"slug": slug, "configUri": config}],
                },
            }
