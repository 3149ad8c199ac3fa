"""Which Python runs an agent for the client."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from pathlib import Path as FilePath
from typing import TYPE_CHECKING

from runagent_ls.lsp.session import Session

if TYPE_CHECKING:  # loaded with the first start
    from runagent_ls.project.interpreters import Interpreter


async def interpreter_for(session: Session, config: FilePath, given: str | None) -> Interpreter:
    """What was given, else the setting, else what is found around the agent.

    A relative path begins at the workspace folder; a name that is not there is looked for on the
    `PATH`.
    """
    await session.settings_read()
    wanted = given or session.settings_for(config).serve_interpreter
    folder = next((it for it in config.parents if it in session.folders), None)
    return await asyncio.to_thread(_find, config.parent, wanted, folder)


def _find(agent: FilePath, wanted: str | None, workspace: FilePath | None) -> Interpreter:
    from runagent_ls.project import interpreters

    if wanted is None:
        return interpreters.find(agent, workspace=workspace)
    path = FilePath(wanted)
    if wanted.startswith("~"):
        with contextlib.suppress(RuntimeError):  # no such user
            path = path.expanduser()
    path = (workspace or agent) / path
    # `env` is a program as well as a usual name for an environment
    if len(FilePath(wanted).parts) == 1 and not path.exists():
        path = FilePath(shutil.which(wanted) or path)
    return interpreters.find(agent, path)
