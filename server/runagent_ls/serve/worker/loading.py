"""Imports an agent's entrypoints and says what they are, or why there is none."""

from __future__ import annotations

import os
import sys
from types import ModuleType

from . import failures, reports
from .importing import Importer
from .runs import Entrypoint

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .failures import OwnFiles


class Agent:
    """The entrypoints by tag, the reports of all of them, and the failure of the first that has no
    object: the platform does not start then."""

    def __init__(self, folder: str, own: OwnFiles) -> None:
        self._importer = Importer(folder)
        self._own = own
        self._files: set[str] = set()
        self._failed_files: set[str] = set()
        self._modules = 0
        self.entrypoints: dict[str, Entrypoint] = {}
        self.reports: list[dict[str, object]] = []
        self.failure: dict[str, object] | None = None

    def lay_over(self, environment: dict[str, str]) -> None:
        """Sets the agent's variables as the platform does, when Python has started already:
        PYTHONPATH among them changes nothing here, and reaches the programs that it starts."""
        try:
            os.environ.update(environment)
        except (ValueError, OSError) as refused:
            self.failure = {
                "code": "ENVIRONMENT_FAILED",
                "message": failures.text_of(refused),
                "suggestion": "Look at the names in env_vars and .env: one of them, or its value, "
                "is none that the system takes.",
                "exception": failures.name_of(refused),
                "tag": None,
                "frames": [],
            }

    def load(self, entries: list[dict[str, Any]]) -> None:
        """`entries` as in LOAD. Each file is executed once, whatever becomes of the others."""
        for entry in entries:
            tag = entry["tag"]
            try:
                target = self._importer.resolve(entry["file"], entry["module"])
            except BaseException as exception:
                self._own.roots[1:] = self._importer.roots
                failure = self._failure(tag, entry["file"], exception)
                self.failure = self.failure or failure
                self.reports.append(reports.missing(tag, failure))
            else:
                self.entrypoints[tag] = Entrypoint(target, entry["extractor"])
                self.reports.append(reports.report(tag, target))
        self._own.roots[1:] = self._importer.roots

    def new_files(self) -> list[str]:
        """The agent's own files that were imported since this was asked last."""
        if len(sys.modules) == self._modules:
            return []
        modules = list(sys.modules.values())
        self._modules = len(modules)
        files = {vars(it).get("__file__") for it in modules if isinstance(it, ModuleType)}
        own = {file for file in files if isinstance(file, str) and file in self._own}
        own |= self._importer.executed | self._failed_files
        fresh = own - self._files
        self._files |= own
        return sorted(fresh)

    def _failure(self, tag: str, file: str, exception: BaseException) -> dict[str, object]:
        message, exit_code = failures.text_of(exception), None
        if isinstance(exception, SystemExit):
            code = exception.code
            message = f"{file} ended the program when it was imported: sys.exit({code!r})"
            exit_code = code & 0xFF if isinstance(code, int) else int(code is not None)
        frames = failures.frames_of(exception, self._own)
        self._failed_files.update(str(frame["file"]) for frame in frames)
        imported = not self._importer.failed_with(exception)
        return {
            "code": "ENTRYPOINT_NOT_FOUND" if imported else "IMPORT_FAILED",
            "message": message,
            "suggestion": None,
            "exception": failures.name_of(exception),
            "tag": tag,
            "frames": frames,
            "exit_code": exit_code,
        }
