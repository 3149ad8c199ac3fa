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
None.
"""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.rules.rule import InConfig, Issue, Rule


def _check(entrypoint: Entrypoint, _project: AgentProject) -> Iterator[Issue]:
    value = entrypoint.value
    url = value.get("webhook_url") if isinstance(value, dict) else None
    if entrypoint.kind != "webhook" or not isinstance(url, str) or not url:
        return
    if not url.strip().casefold().startswith(("http://", "https://")):
        yield Issue(
            "webhook_url must begin with http:// or https://, or every call fails.",
            InConfig(("webhook_url",)),
        )


RULE = Rule(
    "RA224",
    "webhook-address",
    "error",
    __doc__ or "",
    check_entrypoint=_check,
)
