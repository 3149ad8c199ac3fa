"""What can be done about a line that failed a run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from runagent_ls.lsp.capabilities import DEBUG_COMMAND
from runagent_ls.lsp.features.action_request import QUICK_FIX, ActionRequest
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.session import Session

RUN_FAILED: Final = "run-failed"


class Reruns:
    """Debugging the entrypoint with what its last run was given, which the shell still knows."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def actions(self, asked: ActionRequest) -> Iterator[Json]:
        """One for each entrypoint that failed in the line."""
        if not self._session.client.is_runagent_shell or not asked.wants(QUICK_FIX):
            return
        for finding in asked.touched:
            tag = finding.data.get("tag")
            if finding.slug != RUN_FAILED or not isinstance(tag, str):
                continue
            for project in self._session.workspace.projects_of(asked.path):
                if all(failed.tag != tag for failed in project.failed_runs):
                    continue
                title = f"Debug {tag} with the inputs of its last run"
                entrypoint = {"configUri": self._session.uris.uri(project.config_path), "tag": tag}
                command = {"title": title, "command": DEBUG_COMMAND, "arguments": [entrypoint]}
                yield {
                    "kind": QUICK_FIX,
                    "title": title,
                    "diagnostics": [self._session.rendering.diagnostic(finding)],
                    "command": command,
                }
