"""What must not get into a row: values of secret variables, and the platform's key."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Mapping
from typing import Final

from runagent_ls.agents.errors import AgentError
from runagent_ls.agents.history.redaction.forms import SecretForms
from runagent_ls.agents.history.redaction.redactor import Redactor
from runagent_ls.agents.history.redaction.sources import secret_values
from runagent_ls.agents.targets.credentials import known_secrets

_FRESH_S: Final = 30.0


class KnownSecrets:
    """Reads them again every now and then. Blocks for small files; for one thread."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables
        self._redactor: Redactor | None = None
        self._read_at = 0.0

    def redactor(self) -> Redactor:
        if self._redactor is None or time.monotonic() - self._read_at > _FRESH_S:
            secrets = {*secret_values(os.environ), *secret_values(self._variables)}
            # a damaged registry: then no key comes from it either
            with contextlib.suppress(AgentError):
                secrets.update(known_secrets())
            self._redactor = Redactor(SecretForms(secrets))
            self._read_at = time.monotonic()
        return self._redactor
