"""Fixing many findings at once: of a file, of one rule, of a whole agent."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Final, Literal, TypeAlias

from runagent_ls.lsp.changes import change_message
from runagent_ls.lsp.diagnostics import Diagnostics
from runagent_ls.lsp.features.action_request import FIX_ALL, QUICK_FIX, ActionRequest
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.session import Session
from runagent_ls.rules.finding import Finding, TextEdit

Scope: TypeAlias = Literal["file", "agent"]
_SCOPES: Final[tuple[Scope, ...]] = ("file", "agent")


class FixingAll:
    """`source.fixAll.runagent`, and its like among the quick fixes.

    The edits take a check for each round of fixes, so they are made when an action is chosen,
    if the client can wait for them until then.
    """

    def __init__(self, session: Session, diagnostics: Diagnostics) -> None:
        self._session = session
        self._diagnostics = diagnostics

    def actions(self, asked: ActionRequest) -> Iterator[Json]:
        """The safe fixes of the file as a source action; those of a rule as quick fixes."""
        found = self._diagnostics.all_findings(asked.path)
        safe = [it for it in found if it.fix is not None and it.fix.safe]
        # Editors that ask for everything mean a menu at a place, not what is done on save.
        if safe and asked.only is not None and asked.wants(FIX_ALL):
            yield self._action("Fix all that is safe to fix in this file", FIX_ALL, asked.path)
        if not asked.wants(QUICK_FIX) or not any(it.fix for it in asked.touched):
            return
        for slug in dict.fromkeys(it.slug for it in asked.touched if it.fix is not None):
            count = sum(1 for it in found if it.slug == slug and it.fix is not None)
            if count > 1:
                title = f"Fix all {count} findings of {slug} in this file"
                yield self._action(title, QUICK_FIX, asked.path, slug)
        if len(safe) > 1:
            yield self._action("Fix all that is safe to fix in this file", QUICK_FIX, asked.path)
        if self._safe_elsewhere(asked.path):
            title = "Fix all that is safe to fix in this agent"
            yield self._action(title, QUICK_FIX, asked.path, scope="agent")

    def edit(self, data: Json) -> Json | None:
        """The edit of the action with this `data`; None when it is not one of these."""
        uri, slug, scope = data.get("uri"), data.get("slug"), data.get("scope")
        path = self._session.uris.path(uri) if isinstance(uri, str) else None
        if path is None or scope not in _SCOPES or not (slug is None or isinstance(slug, str)):
            return None
        return self._edit(path, slug, "file" if scope == "file" else "agent")

    def _action(
        self, title: str, kind: str, path: FilePath, slug: str | None = None, scope: Scope = "file"
    ) -> Json:
        action: Json = {"title": title, "kind": kind}
        if self._session.client.resolves_action_edits:
            action["data"] = {"uri": self._session.uris.uri(path), "scope": scope}
            if slug is not None:
                action["data"]["slug"] = slug
        else:
            action["edit"] = self._edit(path, slug, scope)
        return action

    def _edit(self, path: FilePath, slug: str | None, scope: Scope) -> Json | None:
        from runagent_ls.features.changes import Change
        from runagent_ls.features.fix_all import fix_all, is_safe

        session = self._session

        def wanted(finding: Finding) -> bool:
            here = scope == "agent" or finding.file == path
            return here and (finding.slug == slug if slug else is_safe(finding))

        by_file: dict[FilePath, list[TextEdit]] = {}
        for project in session.workspace.projects_of(path):
            config, own = project.config_path, dict[FilePath, list[TextEdit]]()
            selection = session.selection(config)
            for edit in fix_all(session.workspace.files, config, wanted, selection).edits:
                own.setdefault(edit.file, []).append(edit)
            # What two agents share is edited once.
            by_file = own | by_file
        return change_message(Change(tuple(it for own in by_file.values() for it in own)), session)

    def _safe_elsewhere(self, path: FilePath) -> bool:
        """Whether another file of the agent has something that is safe to fix."""
        workspace = self._session.workspace
        folders = [project.root for project in workspace.projects_of(path)]
        return any(
            it.fix is not None and it.fix.safe
            for file in workspace.files_with_findings()
            if file != path and any(file.is_relative_to(folder) for folder in folders)
            for it in workspace.known_findings(file)
        )
