"""Ends the server when the editor that started it has died without saying goodbye."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Final

_INTERVAL_SECONDS: Final = 3.0


async def watch(process_id: int, on_death: Callable[[], None]) -> None:
    """Call `on_death` once the process is gone."""
    import asyncio  # late: this module is loaded before `initialize` is answered

    while True:
        await asyncio.sleep(_INTERVAL_SECONDS)
        if not is_alive(process_id):
            on_death()
            return


def to_watch(process_id: object) -> int | None:
    """The process to watch, by what `initialize` says; ask before answering it.

    A process that is not there then is not watched: the editor may live in another process
    namespace (a container), and the end of standard input still ends the server.
    """
    if isinstance(process_id, int) and is_alive(process_id):
        return process_id
    return None


def is_alive(process_id: int) -> bool:
    """Whether a process of this number runs. Numbers that cannot be one count as not alive."""
    if process_id <= 0:
        return False
    if sys.platform == "win32":
        return _is_alive_windows(process_id)
    try:
        os.kill(process_id, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _is_alive_windows(process_id: int) -> bool:
    """`os.kill` would end the process there, so its handle is asked instead."""
    if sys.platform != "win32":
        return False
    import ctypes

    synchronize, wait_timeout = 0x00100000, 0x00000102
    handle = ctypes.windll.kernel32.OpenProcess(synchronize, False, process_id)
    if not handle:
        return False
    try:
        return bool(ctypes.windll.kernel32.WaitForSingleObject(handle, 0) == wait_timeout)
    finally:
        ctypes.windll.kernel32.CloseHandle(handle)
