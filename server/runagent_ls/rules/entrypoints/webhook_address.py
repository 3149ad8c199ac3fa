"""The address of a webhook is no web address.

## What it does
Finds a `webhook_url` that does not begin with `http://` or `https://`.

## Why is this bad
It loads, and then every call fails.

## Example
```json
{"webhook_url": "localhost:5678/webhook/x", "method": "post", "tag": "hook"}
```

## Use instead
```json
{"webhook_url": "http://localhost:5678/webhook/x", "method": "post", "tag": "hook"}
```

## Fix
`http://` is put in front of an address of this machine, `https://` in front of others.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.rules.rule import InConfig, Issue, Repair, Rule, SetValue

LOCAL: Final = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "host.docker.internal"})  # noqa: S104 nothing is bound
WITHOUT_SCHEME: Final = re.compile(r"(?P<host>[A-Za-z0-9.-]+)(?::[0-9]+)?(?:/[^\s:]*)?")


def _check(entrypoint: Entrypoint, _project: AgentProject) -> Iterator[Issue]:
    value = entrypoint.value
    url = value.get("webhook_url") if isinstance(value, dict) else None
    if entrypoint.kind != "webhook" or not isinstance(url, str) or not url:
        return
    if not url.strip().casefold().startswith(("http://", "https://")):
        yield Issue(
            "webhook_url must begin with http:// or https://, or every call fails.",
            InConfig(("webhook_url",)),
            repair=_repair(url),
        )


def _repair(url: str) -> Repair | None:
    """The scheme that is missing: plain HTTP to this machine, HTTPS to all others."""
    match = WITHOUT_SCHEME.fullmatch(url.strip())
    if match is None:
        return None
    better = f"{'http' if match['host'] in LOCAL else 'https'}://{url.strip()}"
    return Repair(f"Change to {better}", (SetValue(("webhook_url",), better),), safe=False)


RULE = Rule(
    "RA224",
    "webhook-address",
    "error",
    __doc__ or "",
    check_entrypoint=_check,
    fixable=True,
)
