"""A secret is written into env_vars.

## What it does
Finds values in `env_vars` that begin like the keys of well-known services, and long random values
under names such as `API_KEY` or `TOKEN`.

## Why is this bad
The configuration is shared, committed and uploaded. A signed-in `serve` sends it to the cloud.

## Example
```json
{"env_vars": {"OPENAI_API_KEY": "sk-..."}}
```

## Use instead
```json
{"env_vars": {}}
```

## Fix
None for `--fix`: the value would still be in the file's history, so make the old key invalid.
Editors offer to move the value to `.env`, and name `.env` in `.gitignore`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from math import log2
from typing import Final

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InConfig, Issue, Rule

KNOWN_BEGINNINGS: Final = re.compile(
    r"sk-(?:proj-|ant-|or-)?[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{30,}"
    r"|github_pat_[A-Za-z0-9_]{30,}|glpat-[A-Za-z0-9_-]{20,}|xox[abprs]-[A-Za-z0-9-]{10,}"
    r"|AKIA[0-9A-Z]{16}|ASIA[0-9A-Z]{16}|AIza[A-Za-z0-9_-]{30,}|hf_[A-Za-z0-9]{30,}"
    r"|r8_[A-Za-z0-9]{30,}|gsk_[A-Za-z0-9]{30,}|[rs]k_live_\w{16,}"
    r"|SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\..*"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----.*",
    re.DOTALL,
)
SECRET_NAME: Final = re.compile(
    r"(?:^|_)(?:API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|PWD|CREDENTIALS?)(?:$|_)", re.IGNORECASE
)
PLACEHOLDER: Final = re.compile(
    r"your|example|change|replace|insert|dummy|test|fake|todo|xxx|\*\*\*|\.\.\.|<|>|\$\{|\{\{|placeholder",
    re.IGNORECASE,
)


def _check(project: AgentProject) -> Iterator[Issue]:
    value = project.document.value
    env_vars = value.get("env_vars") if isinstance(value, dict) else None
    if not isinstance(env_vars, dict):
        return
    for name, text in env_vars.items():
        if isinstance(text, str) and is_secret(name, text):
            yield Issue(
                f"{name} looks like a secret, and this file is shared and uploaded. Put the value"
                " into .env and make this key invalid.",
                InConfig(("env_vars", name)),
            )


def is_secret(name: str, text: str) -> bool:
    """Whether a value looks like a real secret by what it is, or by its name and what it is."""
    if PLACEHOLDER.search(text):
        return False
    if KNOWN_BEGINNINGS.fullmatch(text) and any(character.isdigit() for character in text):
        return True
    public = "PUBLIC" in name.upper() or "PUBLISHABLE" in name.upper()
    return not public and SECRET_NAME.search(name) is not None and _looks_random(text)


def _looks_random(text: str) -> bool:
    """Long, of letters and digits mixed, without a pattern: no word, path, name or address."""
    if len(text) < 20 or re.search(r"[\s/:@.,]", text):
        return False
    counts = Counter(text)
    entropy = -sum(n / len(text) * log2(n / len(text)) for n in counts.values())
    return entropy >= 3.5 and any(it.isdigit() for it in text) and any(it.isalpha() for it in text)


RULE = Rule(
    "RA401",
    "secret-in-config",
    "warning",
    __doc__ or "",
    check_project=_check,
)
