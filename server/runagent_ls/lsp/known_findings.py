"""What was last found in each file, by the project that it was found for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path as FilePath
from typing import Final, TypeAlias

from runagent_ls.rules.finding import Finding

Findings: TypeAlias = Mapping[FilePath, tuple[Finding, ...]]
NOTHING: Final[Findings] = {}


class KnownFindings:
    """Findings of all projects by file, and which files' findings changed."""

    def __init__(self) -> None:
        self._by_file: dict[FilePath, dict[FilePath, tuple[Finding, ...]]] = {}
        self._changed: set[FilePath] = set()

    def replace(self, config: FilePath, before: Findings, now: Findings) -> None:
        """Take over what there is to say for one project, in place of what there was."""
        for file in {*before, *now}:
            old, new = before.get(file, ()), now.get(file, ())
            if old != new:
                self._changed.add(file)
            shares = self._by_file.setdefault(file, {})
            if new:
                shares[config] = new
            else:
                shares.pop(config, None)
                if not shares:
                    del self._by_file[file]

    @property
    def files(self) -> tuple[FilePath, ...]:
        """Files with findings."""
        return tuple(self._by_file)

    def of(self, path: FilePath) -> tuple[Finding, ...]:
        """What there is to say about a file, from every project it belongs to."""
        found = self._by_file.get(path)
        if not found:
            return ()
        if len(found) == 1:
            return next(iter(found.values()))
        return _merged(found[config] for config in sorted(found))

    def take_changed(self) -> frozenset[FilePath]:
        """Files whose findings changed since this was last asked."""
        changed, self._changed = frozenset(self._changed), set()
        return changed


def _merged(parts: Iterable[tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """Findings of several projects about one file; the same one is said once."""
    merged: list[Finding] = []
    for part in parts:
        merged.extend(item for item in part if item not in merged)
    return tuple(merged)
