"""Texts that nobody may see, taken out of what is shown."""

from __future__ import annotations

from runagent_ls.agents.values import JsonValue

HIDDEN = "***"


def text_without(secrets: tuple[str, ...], text: str) -> str:
    """The text with HIDDEN in the place of each secret."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    return text


def value_without(secrets: tuple[str, ...], value: JsonValue) -> JsonValue:
    """A value with the secrets taken out of all its texts, names in objects included."""
    if isinstance(value, str):
        return text_without(secrets, value)
    if isinstance(value, list):
        return [value_without(secrets, item) for item in value]
    if isinstance(value, dict):
        return {text_without(secrets, k): value_without(secrets, v) for k, v in value.items()}
    return value
