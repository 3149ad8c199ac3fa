"""How much is held of what clients send, over all connections.

Each message has its limit; without one for all of them, as many connections as there may be would
take as many times that limit.
"""

from __future__ import annotations

from typing import Final

FREE: Final = 64 * 1024
"""Bytes that each request may take without being counted."""


class Room:
    """`total` bytes for everybody. For one thread."""

    def __init__(self, total: int) -> None:
        self.left = total


class Share:
    """What one request takes of the room, from its first byte until it is answered: then also what
    was read out of it is gone."""

    __slots__ = ("_held", "_room")

    def __init__(self, room: Room) -> None:
        self._room = room
        self._held = 0

    def hold(self, size: int) -> bool:
        """Take `size` bytes in all, more or less than before; False when there is no room."""
        size = size if size > FREE else 0
        if size - self._held > self._room.left:
            return False
        self._room.left -= size - self._held
        self._held = size
        return True

    def __enter__(self) -> Share:
        return self

    def __exit__(self, *_: object) -> None:
        self.hold(0)
