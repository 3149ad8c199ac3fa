"""The messages of `schemas/protocol.schema.json`, for the RunAgent shell of an editor."""

from __future__ import annotations

from pathlib import Path as FilePath

from runagent_ls.features import entrypoints
from runagent_ls.lsp import messages
from runagent_ls.lsp.diagnostics import Diagnostics
from runagent_ls.lsp.folders import Folders
from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json
from runagent_ls.lsp.messages import CheckResult, EntrypointMessage, ProjectSummary
from runagent_ls.lsp.runs import Runs, ShellDisplay
from runagent_ls.lsp.session import Session


class Shell:
    """Answers the shell's requests."""

    def __init__(
        self, session: Session, folders: Folders, diagnostics: Diagnostics, runs: Runs
    ) -> None:
        self._session = session
        self._folders = folders
        self._diagnostics = diagnostics
        self._runs = runs
        self._displays: dict[str, ShellDisplay] = {}
        session.on_async("runagent/projects", self._projects, {"projects": []})
        session.on("runagent/entrypoint", self._entrypoint)
        session.on_async("runagent/run", lambda params: self._run(params, stream=False))
        session.on_async("runagent/stream", lambda params: self._run(params, stream=True))
        session.on_async("runagent/cancel", self._cancel)
        session.on_async("runagent/check", self._check)
        session.on("runagent/outputAck", self._acknowledge)

    async def _projects(self, _params: Json) -> Json:
        await self._folders.searched()
        workspace = self._session.workspace
        return {"projects": [self._summary(config) for config in workspace.configs]}

    def _summary(self, config: FilePath) -> ProjectSummary:
        project = self._session.workspace.project(config)
        value = project.document.value
        fields = value if isinstance(value, dict) else {}
        name, framework = fields.get("agent_name"), fields.get("framework")
        return {
            "configUri": self._session.uris.uri(config),
            "rootUri": self._session.uris.uri(project.root),
            "name": name if isinstance(name, str) and name else project.root.name,
            "agentId": project.agent_id,
            "framework": framework if isinstance(framework, str) else None,
            "entrypoints": [
                {"tag": item.tag, "kind": item.kind, "streams": item.is_stream}
                for item in project.entrypoints
                if item.tag is not None
            ],
        }

    def _entrypoint(self, params: Json) -> EntrypointMessage:
        config, tag = messages.config_path(params), messages.text(params, "tag")
        project = self._session.workspace.project(config)
        found = entrypoints.find(project, tag)
        if found is None:
            raise InvalidParamsError(entrypoints.not_found(project, tag))
        return messages.entrypoint_message(entrypoints.describe(found, project))

    async def _run(self, params: Json, stream: bool) -> Json:
        request = messages.read_run(params)
        if request.run_id in self._runs:
            raise InvalidParamsError(f"A run with the id {request.run_id!r} is going on already")
        display = ShellDisplay(self._session, request.run_id)
        self._displays[request.run_id] = display
        try:
            outcome = await self._runs.run(request, stream, display)
        finally:
            del self._displays[request.run_id]
        return outcome.to_message(request.run_id)

    async def _cancel(self, params: Json) -> Json:
        run_id = messages.text(params, "runId")
        if (display := self._displays.get(run_id)) is not None:
            display.ended()
        return dict(await self._runs.cancel(run_id))

    def _acknowledge(self, params: Json) -> None:
        display = self._displays.get(messages.text(params, "runId"))
        sequence = params.get("seq")
        if display is not None and isinstance(sequence, int):
            display.acknowledge(sequence)

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
