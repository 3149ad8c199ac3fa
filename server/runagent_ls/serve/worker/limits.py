"""Limits that the system itself keeps for this process, where it has them."""

from __future__ import annotations

_UNUSED_BYTES = 512 * 1024 * 1024
"""The system counts the stacks of threads in full, of which hardly anything is used. The front
measures what is really used; this here turns one huge request into a MemoryError at once."""
_LAST_CPU_S = 2
"""Between the signal that a handler may catch and the one that nothing catches."""


def keep(memory_bytes: int | None, cpu_s: int | None) -> None:
    """None: no limit. A limit that the system does not allow is left out."""
    try:
        import resource
    except ImportError:
        return  # Windows
    if memory_bytes is not None:
        _set(resource.RLIMIT_DATA, memory_bytes + _UNUSED_BYTES, 0)
    if cpu_s is not None:
        _set(resource.RLIMIT_CPU, cpu_s, _LAST_CPU_S)


def _set(kind: int, soft: int, more: int) -> None:
    import resource

    _, highest = resource.getrlimit(kind)
    wanted = [soft, soft + more]
    if highest != resource.RLIM_INFINITY:
        wanted = [min(each, highest) for each in wanted]
    try:
        resource.setrlimit(kind, (wanted[0], wanted[1]))
    except (OSError, ValueError):
        return
