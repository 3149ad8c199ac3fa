"""`runagent/projects`, `entrypoint` and `check`, for the RunAgent shell of an editor."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath

from runagent_ls.features import entrypoints
from runagent_ls.lsp.diagnostics import Diagnostics
from runagent_ls.lsp.folders import Folders
from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json
from runagent_ls.lsp.messages import reading
from runagent_ls.lsp.messages.projects import (
    CheckResult,
    Place,
    ProjectSummary,
    entrypoint_message,
    places,
    summary_message,
)
from runagent_ls.lsp.session import Session


class Shell:
    """Answers what the shell asks about projects."""

    def __init__(self, session: Session, folders: Folders, diagnostics: Diagnostics) -> None:
        self._session = session
        self._folders = folders
        self._diagnostics = diagnostics
        self._told: dict[FilePath, ProjectSummary] = {}
        session.on_async("runagent/projects", self._projects, {"projects": []})
        session.on("runagent/entrypoint", self._entrypoint)
        session.on_async("runagent/check", self._check)

    def rows_changed(self, paths: Iterable[FilePath]) -> bool:
        """Whether what a list shows of the agents that these files are part of is another than
        when it was asked for."""
        workspace = self._session.workspace
        configs = {it.config_path for path in paths for it in workspace.projects_of(path)}
        return any(self._told.get(it) != self._summary(it) for it in configs)

    async def _projects(self, _params: Json) -> Json:
        await self._folders.searched()
        workspace = self._session.workspace
        self._told = {config: self._summary(config) for config in workspace.configs}
        return {"projects": list(self._told.values())}

    def _summary(self, config: FilePath) -> ProjectSummary:
        project = self._session.workspace.project(config)
        summary: ProjectSummary = {
            "configUri": self._session.uris.uri(config),
            "rootUri": self._session.uris.uri(project.root),
            "name": project.agent_name,
            "agentId": project.agent_id,
            "framework": project.framework,
            "entrypoints": [
                summary_message(item) for item in project.entrypoints if item.tag is not None
            ],
        }
        if not summary["entrypoints"] and (first := self._first_error(config)) is not None:
            summary["firstError"] = first
        return summary

    def _first_error(self, config: FilePath) -> Place | None:
        """Where a configuration is wrong first; not having entrypoints yet is not meant."""
        errors = [
            finding.range.start
            for finding in self._diagnostics.all_findings(config)
            if finding.severity == "error" and finding.slug != "no-entrypoints"
        ]
        if not errors:
            return None
        line, character = min(errors)
        return {"uri": self._session.uris.uri(config), "line": line, "character": character}

    def _entrypoint(self, params: Json) -> Json:
        config, tag = reading.config_path(params), reading.text(params, "tag")
        project = self._session.workspace.project(config)
        found = project.entrypoint_of(tag)
        if found is None:
            raise InvalidParamsError(entrypoints.not_found(project, tag))
        message: Json = dict(entrypoint_message(entrypoints.describe(found, project)))
        return message | places(found, project, self._session.uris.uri)

    async def _check(self, _params: Json) -> CheckResult:
        await self._folders.searched()
        self._session.workspace.distrust_disk(only_open=False)
        await self._diagnostics.check_all()
        workspace = self._session.workspace
        severities = [
            finding.severity
            for file in workspace.files_with_findings()
            for finding in self._diagnostics.known_findings(file)
        ]
        self._diagnostics.changed_elsewhere()
        errors, warnings = severities.count("error"), severities.count("warning")
        return {
            "projects": len(workspace.configs),
            "errors": errors,
            "warnings": warnings,
            "others": len(severities) - errors - warnings,
        }
