"""Waiting for a save that may repair an agent which did not start."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

from runagent_ls.project.discovery import CONFIG_NAMES
from runagent_ls.serve.lifecycle.reloading import ENVIRONMENT_FILE
from runagent_ls.serve.state import Failure
from runagent_ls.serve.watching.watcher import FileWatcher


async def repaired(
    path: Path,
    files: Iterable[Path],
    failure: Failure,
    read_after: float,
    stopping: asyncio.Event,
) -> bool:
    """Returns True when a file has changed that the agent may depend on; False for `stopping`.

    `path` is the agent's folder or configuration, `files` are those that are known to be its own,
    `read_after` is when they were read, in seconds since 1970. Python files that come or go beside
    the configuration count as well.
    """
    folder = path if await asyncio.to_thread(path.is_dir) else path.parent
    beside = {folder / name for name in (*CONFIG_NAMES, ENVIRONMENT_FILE)}
    watched = {path, *files, *beside, *(frame.file for frame in failure.frames)}
    saved = asyncio.Event()
    watcher = FileWatcher(lambda _: saved.set())
    await watcher.watch(watched, [folder], read_after=read_after)
    tasks = [asyncio.create_task(it) for it in (watcher.run(), saved.wait(), stopping.wait())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return not stopping.is_set()
