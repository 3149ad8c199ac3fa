"""Symbolic links, through which nothing of other places is removed."""

from __future__ import annotations

import os
from pathlib import Path

from agent_runtime.persistence.store import StoreError


def check_no_link(path: Path, folder: Path) -> None:
    """StoreError when `path`, which is in `folder`, is really elsewhere.

    `folder` itself may be a link: whoever chose it knows where it leads.
    """
    real = Path(os.path.realpath(path))
    if real != Path(os.path.realpath(folder)) / path.relative_to(folder):
        raise StoreError(
            f"{path} is a link, or in one: it leads to {real}. Nothing was deleted. Delete the"
            " session there, or remove the link."
        )
