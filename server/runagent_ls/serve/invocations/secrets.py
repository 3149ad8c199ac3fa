"""What must not get into a row: values of secret variables, and the platform's key."""

from __future__ import annotations

import contextlib
import os
import time
from collections import deque
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from runagent_ls.agents.history.redaction.redactor import Redactor

_FRESH_S: Final = 30.0


class KnownSecrets:
    """Reads them again every now and then. `redactor` blocks for small files."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._newest = variables
        # after a reload there may still be runs that know what was before
        self._variables: deque[Mapping[str, str]] = deque([variables], maxlen=8)
        self._redactor: Redactor | None = None
        self._read_at = 0.0

    def know(self, variables: Mapping[str, str]) -> None:
        """The agent has these variables now."""
        if variables is not self._newest:
            self._newest = variables
            self._variables.append(variables)
            self._read_at = 0.0

    def redactor(self) -> Redactor:
        """For the thread that writes."""
        if self._redactor is None or time.monotonic() - self._read_at > _FRESH_S:
            self._read_at = time.monotonic()
            self._redactor = self._read()
        return self._redactor

    def _read(self) -> Redactor:
        # late: all of this takes longer to import than the server to start
        from runagent_ls.agents.errors import AgentError
        from runagent_ls.agents.history.redaction.forms import SecretForms
        from runagent_ls.agents.history.redaction.redactor import Redactor
        from runagent_ls.agents.history.redaction.sources import secret_values
        from runagent_ls.agents.targets.credentials import known_secrets

        secrets = set(secret_values(os.environ))
        for variables in tuple(self._variables):
            secrets.update(secret_values(variables))
        with contextlib.suppress(AgentError):  # a damaged registry has no key to keep out
            secrets.update(known_secrets())
        return Redactor(SecretForms(secrets))
