"""Which cloud a run goes to, and with which key.

The order is that of the platform's Python client when it runs an agent: the key that `runagent`
stored goes before `RUNAGENT_API_KEY`; `RUNAGENT_BASE_URL` goes before the stored base URL. What a
caller gives (the editor's secret storage, a flag) goes before all of them. An empty value counts
as none. `RUNAGENT_USER_ID` and `RUNAGENT_PERSISTENT_MEMORY`, which the platform's TypeScript
client reads, are defaults for calls that name no user.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import Literal, TypeAlias
from urllib.parse import quote, urlsplit

from runagent_ls.agents.errors import AuthenticationError, InitializationError, RegistryError
from runagent_ls.agents.targets.address import is_host, is_loopback
from runagent_ls.agents.targets.hidden import Hidden
from runagent_ls.agents.targets.registry import Registry

DEFAULT_BASE_URL = "https://backend.run-agent.ai"
KEY_VARIABLE = "RUNAGENT_API_KEY"
BASE_URL_VARIABLE = "RUNAGENT_BASE_URL"
USER_ID_VARIABLE = "RUNAGENT_USER_ID"
PERSISTENT_MEMORY_VARIABLE = "RUNAGENT_PERSISTENT_MEMORY"

ValueSource: TypeAlias = Literal["given", "stored", "environment", "default"]
"""Who said it: the caller, `runagent`'s stored configuration, a variable, or nobody."""

_API_SUFFIX = "/api/v1"
_SHORTEST_SECRET = 6
"""Shorter texts would take ordinary words out of what they are redacted from."""


class ApiKey(Hidden):
    """A key of the cloud."""

    __slots__ = ()

    def __init__(self, text: str) -> None:
        """AuthenticationError for a text that cannot travel in a header."""
        text = text.strip()
        if not re.fullmatch(r"[\x21-\x7e]+", text):
            raise AuthenticationError(
                "The API key holds characters that no key has, such as spaces or line breaks.",
                suggestion="Copy the key again, whole and nothing else.",
            )
        super().__init__(text)


def forms_of(key: ApiKey) -> tuple[str, ...]:
    """The key as it is, and as it stands in a URL."""
    text = key.reveal()
    return tuple(dict.fromkeys((text, quote(text, safe=""), quote(text))))


@dataclass(frozen=True, slots=True)
class Cloud:
    """A cloud service and who asks there.

    `base_url` is without `/api/v1` and without a slash at its end. `account` is whom the key
    belongs to, as `runagent setup` stored it beside its own key; None for keys from elsewhere.
    `user_id` and `persistent_memory` are for calls that say nothing of them.
    """

    base_url: str = DEFAULT_BASE_URL
    base_url_source: ValueSource = "default"
    key: ApiKey | None = None
    key_source: ValueSource | None = None
    account: str | None = None
    user_id: str | None = None
    persistent_memory: bool = False


def cloud_of_environment(
    key: str | None = None, base_url: str | None = None, registry: Registry | None = None
) -> Cloud:
    """The cloud that `key` and `base_url`, the variables and the stored configuration name.

    A stored configuration that cannot be read counts as empty, as for the platform's client.
    Blocks for the registry file. Raises InitializationError for a base URL that is none, and for
    one without `https` that a key would be sent to; AuthenticationError for a key that is none.
    """
    stored = _stored(registry or Registry.of_environment())
    environ = os.environ
    chosen_key, key_source = _first(
        ("given", key), ("stored", stored["api_key"]), ("environment", environ.get(KEY_VARIABLE))
    )
    chosen_url, url_source = _first(
        ("given", base_url),
        ("environment", environ.get(BASE_URL_VARIABLE)),
        ("stored", stored["base_url"]),
    )
    api_key = None if chosen_key is None else ApiKey(chosen_key)
    said = url_source or "default"
    normal = normal_base_url(chosen_url or DEFAULT_BASE_URL, said, with_key=api_key is not None)
    memory = environ.get(PERSISTENT_MEMORY_VARIABLE, "").strip().lower() in ("true", "1")
    user_id = environ.get(USER_ID_VARIABLE, "").strip() or None
    account = stored["user_email"] if key_source == "stored" else None
    return Cloud(normal, said, api_key, key_source, account, user_id, memory)


def known_secrets(*given: str | None, registry: Registry | None = None) -> tuple[str, ...]:
    """Every key we could send, as it is and as it stands in a URL: to be redacted everywhere.

    `given` are keys that only the caller knows. Blocks for the registry file.
    """
    stored = _stored(registry or Registry.of_environment())
    keys = [*given, stored["api_key"], os.environ.get(KEY_VARIABLE)]
    plain = [key.strip() for key in keys if key and len(key.strip()) >= _SHORTEST_SECRET]
    return tuple(dict.fromkeys([*plain, *(quote(key, safe="") for key in plain)]))


def normal_base_url(text: str, source: ValueSource = "given", *, with_key: bool = True) -> str:
    """The base URL without `/api/v1`, query and slash at its end; InitializationError for none."""
    named = {
        "environment": f"the variable {BASE_URL_VARIABLE}",
        "stored": "the configuration that `runagent` stored",
    }.get(source, "the base URL that was given")
    url = text.strip()
    wrong = _fault_of(url)
    if wrong is not None:
        raise InitializationError(
            f"The address of the cloud service, from {named}, cannot be used: {wrong}.",
            suggestion=f"Give a base URL such as `{DEFAULT_BASE_URL}`.",
            action="change-target",
        )
    parts = urlsplit(url)
    host = parts.hostname or ""
    if with_key and parts.scheme == "http" and not is_loopback(host):
        raise InitializationError(
            f"The address of the cloud service, from {named}, starts with `http://`: "
            "the API key would travel readable for everyone on the way.",
            suggestion="Use the same address with `https://`.",
            action="change-target",
        )
    path = parts.path.rstrip("/").removesuffix(_API_SUFFIX).rstrip("/")
    return f"{parts.scheme}://{parts.netloc.lower()}{path}"


def _fault_of(url: str) -> str | None:
    """Why this is no base URL; never shows a password that it holds."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "it is not a URL, or its port is none"
    if parts.scheme not in ("http", "https"):
        return "it does not start with `https://`"
    if parts.username is not None or parts.password is not None:
        return "it holds a user name or password, which the service does not know"
    host = parts.hostname or ""
    if not is_host(host):
        return "it names no host"
    if port == 0:
        return "its port is 0"
    if parts.query or parts.fragment:
        return "it goes on after the path (`?` or `#`)"
    if not re.fullmatch(r"[\x21-\x7e]*", url):
        return "it holds spaces or characters that a URL cannot have"
    return None


def _stored(registry: Registry) -> dict[str, str | None]:
    try:
        values = registry.user_configuration()
    except RegistryError:
        values = {}
    found = {name: values.get(name) for name in ("api_key", "base_url", "user_email")}
    return {name: value if isinstance(value, str) else None for name, value in found.items()}


def _first(
    *choices: tuple[ValueSource, str | None],
) -> tuple[str | None, ValueSource | None]:
    for source, value in choices:
        if value and value.strip():
            return value, source
    return None, None
