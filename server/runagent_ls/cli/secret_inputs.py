"""Which inputs of a call are not to be repeated on a terminal."""

from __future__ import annotations

from runagent_ls.agents.values import JsonValue


def is_secret(name: str, value: JsonValue) -> bool:
    """Whether it is, or holds, what the history would take out: by its name, or by its look."""
    from runagent_ls.agents.history.redaction.forms import SecretForms
    from runagent_ls.agents.history.redaction.redactor import Redactor

    named: JsonValue = {name: value}
    return Redactor(SecretForms(())).value(named) != named
