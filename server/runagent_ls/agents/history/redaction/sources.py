"""Where the known secrets of a run come from: its caller, the platform's key, the environment and
the project's `.env` and `env_vars`, there by the names of the variables."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.history.records import RunRecord
from runagent_ls.agents.history.redaction.forms import SHORTEST, SecretForms
from runagent_ls.agents.history.redaction.keys import family_of
from runagent_ls.agents.targets.credentials import known_secrets

_FRESH_S: Final = 2.0
"""How long what was read counts: a batch begins many runs a second."""
_LARGEST: Final = 1024 * 1024
_MOST_REMEMBERED: Final = 64


class SecretSources:
    """Reads the secrets of runs; remembers them for a moment. Blocks for small files."""

    def __init__(self) -> None:
        self._known: dict[object, tuple[float, SecretForms]] = {}

    def forms_of(self, record: RunRecord) -> SecretForms:
        """What has to be removed from this run."""
        key = (record.secrets, record.project_root, record.config_path)
        known = self._known.get(key)
        if known is not None and time.monotonic() - known[0] < _FRESH_S:
            return known[1]
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        forms = SecretForms({*record.secrets, *_found(record)})
        self._known[key] = (time.monotonic(), forms)
        return forms


def secret_values(variables: Mapping[str, object]) -> Iterator[str]:
    """Values under names such as `OPENAI_API_KEY`, long enough to be one; not paths of files."""
    for name, value in variables.items():
        if not isinstance(value, str) or len(value.strip()) < SHORTEST or not family_of(name):
            continue
        # `PWD` is the working folder for every shell, and a password for nobody who has it there
        if name not in {"PWD", "OLDPWD"} and not os.path.exists(value.strip()):  # noqa: PTH110 - total
            yield value.strip()


def _found(record: RunRecord) -> Iterator[str]:
    with contextlib.suppress(AgentError):  # a damaged registry: then no key comes from it either
        yield from known_secrets()
    yield from secret_values(os.environ)
    if record.project_root is not None:
        yield from secret_values(_dotenv(Path(record.project_root) / ".env"))
    if record.config_path is not None:
        yield from secret_values(_env_vars(Path(record.config_path)))


def _dotenv(path: Path) -> Mapping[str, object]:
    from io import StringIO

    from dotenv import dotenv_values

    text = _read(path)
    return {} if text is None else dotenv_values(stream=StringIO(text), interpolate=False)


def _env_vars(path: Path) -> Mapping[str, object]:
    """`env_vars` of a JSON configuration; the caller hands over those of any other kind."""
    try:
        config = json.loads(_read(path) or "null")
    except (ValueError, RecursionError):
        return {}
    variables = config.get("env_vars") if isinstance(config, dict) else None
    return variables if isinstance(variables, dict) else {}


def _read(path: Path) -> str | None:
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return None
        return path.read_text("utf-8-sig", "replace")
    except (OSError, ValueError):
        return None
