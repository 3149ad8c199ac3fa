"""File names for ids and names that people choose."""

from __future__ import annotations

import hashlib
import re
from typing import Final

_SAFE: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_NOT_ON_WINDOWS: Final = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])")
_READABLE_PART: Final = 40


def file_name(text: str) -> str:
    """A name for `text` that any file system takes and that no other text has.

    Short lower case ASCII stays as it is. Anything else becomes a readable part and a digest, for
    file systems that do not tell upper from lower case, or that compose accents anew.

    >>> file_name("run-7")
    'run-7'
    >>> file_name("../Secrets")
    'secrets~068a36495e62b5c79f903c05a74f695f'
    """
    if _SAFE.fullmatch(text) and not _NOT_ON_WINDOWS.fullmatch(text):
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
    readable = re.sub(r"[^a-z0-9]+", "-", text[:200].lower())[:_READABLE_PART].strip("-")
    return f"{readable}~{digest}"
