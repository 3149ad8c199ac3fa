"""Quick fixes that install what an agent does not find."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.lsp.capabilities import INSTALL_COMMAND
from runagent_ls.lsp.features.action_request import QUICK_FIX, ActionRequest
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.lsp.session import Session
from runagent_ls.rules.faults import faults
from runagent_ls.rules.finding import Finding
from runagent_ls.text.command_line import command_line

MISSING_DEPENDENCY: Final = "missing-dependency"


class Installs:
    """The command that installs a package, for clients other than the shell: that one offers it
    in a terminal."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def actions(self, asked: ActionRequest) -> Iterator[Json]:
        """One for each module that an agent of this file lacks."""
        if self._session.client.is_runagent_shell or not asked.wants(QUICK_FIX):
            return
        for finding in asked.touched:
            yield from self._installs(asked.path, finding)

    def _installs(self, path: FilePath, finding: Finding) -> Iterator[Json]:
        words = finding.data.get("command")
        if finding.slug != MISSING_DEPENDENCY or not isinstance(words, list) or not words:
            return
        module = finding.data.get("module")
        for project in self._session.workspace.projects_of(path):
            if any(fault.missing == module for _, fault in faults(project, "missing")):
                title = f"Install {module} with {command_line(map(str, words))}"
                asked = {"configUri": self._session.uris.uri(project.config_path), "module": module}
                command = {"title": title, "command": INSTALL_COMMAND, "arguments": [asked]}
                yield {
                    "kind": QUICK_FIX,
                    "title": title,
                    "diagnostics": [self._session.rendering.diagnostic(finding)],
                    "command": command,
                }
