"""Places that are typed into together: names of YAML anchors and their aliases.

Equal tags, files and modules are not linked: who changes one of them mostly means that one.
"""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Final

from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.discovery import is_config
from runagent_ls.text.position import Span

WORD_PATTERN: Final = "[0-9A-Za-z_-]+"
"""What the platform's YAML reader takes as the name of an anchor."""


def linked_places(snapshot: Snapshot, path: FilePath, offset: int) -> tuple[Span, ...]:
    """The places that change with the one at an offset; empty when there are no others."""
    if not is_config(path) or path.suffix == ".json":
        return ()
    from runagent_ls.jsontree.yaml_anchors import anchor_group

    found = anchor_group(snapshot.files.read(path).text or "", offset)
    return found if len(found) > 1 else ()
