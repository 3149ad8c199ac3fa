"""Whether a process is there."""

from __future__ import annotations

import os
import sys


def is_running(pid: int) -> bool:
    """Whether a process of this number is there; another one may have got the number since."""
    if pid <= 0:
        return False
    if sys.platform == "win32":
        return _is_running_windows(pid)
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


def _is_running_windows(pid: int) -> bool:
    """`os.kill` would end the process there, so its handle is asked instead."""
    if sys.platform != "win32":
        return False
    import ctypes

    synchronize, wait_timeout = 0x00100000, 0x00000102
    handle = ctypes.windll.kernel32.OpenProcess(synchronize, False, pid)
    if not handle:
        return False
    try:
        return bool(ctypes.windll.kernel32.WaitForSingleObject(handle, 0) == wait_timeout)
    finally:
        ctypes.windll.kernel32.CloseHandle(handle)
