"""Looks at files again and again, and tells which have another content than before."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Final

from runagent_ls.serve.watching.snapshot import ABSENT, Seen, look, modules_in

INTERVAL_S: Final = 0.3
SETTLE_S: Final = 0.05
"""A file that has just changed may still be written: it counts when it stays equal this long."""

ABSENCE_S: Final = 0.25
"""Some editors delete a file before they write it anew: so long it is not taken for deleted."""

CLOCK_S: Final = 0.02
"""How far the clock of files may lag behind."""

SETTLE_LIMIT_S: Final = 1.0
"""A file that is written all the time is reported nevertheless."""

_BEFORE_LOOKING: Final = b"not known"
"""Stands for the content of a file that has changed after it was read by somebody else."""


class FileWatcher:
    """Calls `changed` on the loop with the files whose content has changed, come or gone."""

    def __init__(
        self, changed: Callable[[frozenset[Path]], None], *, interval_s: float = INTERVAL_S
    ) -> None:
        self._changed = changed
        self._interval_s = interval_s
        self._hinted = asyncio.Event()
        self._folders: tuple[Path, ...] = ()
        self._modules: frozenset[Path] = frozenset()
        self._told: dict[Path, Seen] = {}
        """What the caller knows: the files as they were when they were watched or reported."""
        self._last: dict[Path, Seen] = {}

    async def watch(
        self,
        files: Iterable[Path],
        folders: Iterable[Path] = (),
        *,
        read_after: float | None = None,
    ) -> None:
        """Watch these from now on and nothing else. Files need not be there yet.

        Of `folders`, Python files that come or go are reported, those in packages right below
        included. `read_after`, in seconds since the epoch: whoever uses the files began to read
        them then, so that a file that has changed since is reported although it is new here; so
        are such Python files in `folders` when these are first watched.
        """
        at = tuple(dict.fromkeys(folders))
        modules = await asyncio.to_thread(modules_in, at)
        wanted = frozenset(files)
        # One that came between that reading and this listing would never be seen to come.
        doubtful = modules if read_after is not None and at != self._folders else frozenset()
        sight = await asyncio.to_thread(look, wanted | doubtful, self._last)
        now = time.time()

        def changed_since(path: Path) -> bool:
            return read_after is not None and read_after - CLOCK_S <= sight[path].changed_at <= now

        wanted |= frozenset(filter(changed_since, doubtful))
        for path in wanted - self._told.keys():
            seen = sight[path]
            self._told[path] = (
                replace(seen, digest=_BEFORE_LOOKING) if changed_since(path) else seen
            )
        self._told = {path: self._told[path] for path in wanted}
        self._last = {path: self._last.get(path, sight[path]) for path in wanted}
        self._modules = self._modules if at == self._folders else modules
        self._folders = at
        self._hinted.set()

    def hint(self) -> None:
        """Somebody says that a file has changed: look at once."""
        self._hinted.set()

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            try:
                async with asyncio.timeout(self._interval_s):
                    await self._hinted.wait()
            except TimeoutError:
                pass
            self._hinted.clear()
            await self._look()
            if self._differing():
                await self._settle()
                self._report()

    async def _look(self) -> bool:
        """Look at everything; gives whether all is as it was at the last look."""
        paths, folders, before = tuple(self._told), self._folders, self._last
        sight, modules = await asyncio.to_thread(
            lambda: (look(paths, before), modules_in(folders) if folders else frozenset[Path]())
        )
        if folders == self._folders:
            for path in modules ^ self._modules:
                # Told as not there, or as there: what it is not now.
                gone = path not in modules
                self._told.setdefault(path, Seen(digest=_BEFORE_LOOKING) if gone else ABSENT)
            self._modules = modules
        calm = all(self._last.get(path, seen).digest == seen.digest for path, seen in sight.items())
        calm = calm and all(path in sight for path in self._told)
        for path, seen in sight.items():
            if path in self._told:
                self._last[path] = seen
        return calm

    def _differing(self) -> frozenset[Path]:
        return frozenset(
            path
            for path, seen in self._told.items()
            if self._last.get(path, seen).digest != seen.digest
        )

    async def _settle(self) -> None:
        """Wait until what has changed seems to be whole."""
        started = asyncio.get_running_loop().time()
        while True:
            missing = any(self._last[path].digest is None for path in self._differing())
            await asyncio.sleep(ABSENCE_S if missing else SETTLE_S)
            calm = await self._look()
            waited = asyncio.get_running_loop().time() - started
            if calm or waited > SETTLE_LIMIT_S:
                return

    def _report(self) -> None:
        changed = self._differing()
        for path in changed:
            self._told[path] = self._last[path]
        if changed:
            # By way of the loop: what goes wrong there does not end the watch.
            asyncio.get_running_loop().call_soon(self._changed, changed)
