"""Configurations that are wrong in every way, made from good ones; the same each time."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

WEBHOOK = {"webhook_url": "http://127.0.0.1:1/x", "method": "post", "tag": "ask", "timeout": 5}
PYTHON = {"file": "main.py", "module": "greet", "tag": "greet", "extractor": {"a": "$.b"}}
BASE: dict[str, Any] = {
    "agent_name": "demo",
    "description": "d",
    "framework": "default",
    "template": "",
    "version": "1.0.0",
    "created_at": "2025-06-25T13:42:03",
    "template_source": {"repo_url": "", "author": "", "path": ""},
    "agent_architecture": {"entrypoints": [PYTHON, {**PYTHON, "tag": "two"}]},
    "env_vars": {"A": "1"},
    "auth_settings": {"type": "none"},
    "persistent_folders": ["data"],
    "agent_id": "11111111-2222-4333-8444-555555555555",
}
WEBHOOKS: dict[str, Any] = {
    **BASE,
    "framework": "n8n",
    "agent_architecture": {"entrypoints": [WEBHOOK, {**WEBHOOK, "tag": "two", "timeout": "7"}]},
}
VALUES: list[Any] = [
    None, True, False, 0, 1, -1, 1.0, 1.5, 1e30, 2**70, float("nan"), float("inf"), "", "1", " 7 ",
    "1_0", "2.0", "x", "custom", "langgraph", "openclaw", "greet", [], {}, ["a"], [1], {"a": "b"},
    {"a": 1}, [[]], [{}], [PYTHON], [WEBHOOK], [PYTHON, WEBHOOK], PYTHON, WEBHOOK, "\ud800", "😀",
    {"entrypoints": []}, {"entrypoints": None}, -62135596800000, 253402300800000, 1750858923,
]  # fmt: skip
KEYS = ["tag", "file", "module", "webhook_url", "method", "timeout", "extractor", "x", "metadata"]


def configs(count: int, seed: int) -> list[dict[str, Any]]:
    """Good configurations with one to three places changed."""
    choose = random.Random(seed)  # noqa: S311 - the same cases each time, nothing secret
    made = []
    for number in range(count):
        config = copy.deepcopy(WEBHOOKS if number % 3 == 0 else BASE)
        for _ in range(choose.randint(1, 3)):
            _change(config, choose)
        made.append(config)
    return made


def _change(config: dict[str, Any], choose: random.Random) -> None:
    places = list(_places(config))
    holder, key = choose.choice(places)
    kind = choose.random()
    value = copy.deepcopy(choose.choice(VALUES))
    if kind < 0.2:
        del holder[key]
    elif kind < 0.35 and isinstance(holder, dict):
        holder[choose.choice(KEYS)] = value
    elif kind < 0.45 and isinstance(holder, list):
        holder.append(copy.deepcopy(choose.choice(holder)))
    else:
        holder[key] = value


def _places(value: Any) -> Any:
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        yield value, key
        if isinstance(item, dict | list):
            yield from _places(item)


def texts(count: int, seed: int, start: str) -> list[str]:
    """A text with characters deleted, doubled, swapped or put in."""
    choose = random.Random(seed)  # noqa: S311 - the same cases each time, nothing secret
    inserts = ['"', "{", "}", "[", "]", ",", ":", "//", "#", "'", "\\", "\n", "\t", "0", "e", "😀"]
    made = []
    for _ in range(count):
        text = start
        for _ in range(choose.randint(1, 2)):
            at = choose.randrange(len(text))
            length = choose.choice([0, 0, 1, 1, 1, 2, 5, 30])
            text = text[:at] + choose.choice(["", *inserts]) + text[at + length :]
        made.append(text)
    return made


BASE_TEXT = json.dumps(BASE, indent=1)

BASE_YAML = """\
agent_name: demo
description: "d: 1"
framework: default
template: ''
version: "1.0"
created_at: 2025-06-25 13:42:03
template_source: &source {repo_url: '', author: me, path: templates/x}
agent_architecture:
  entrypoints:
    # the first
    - file: main.py
      module: greet
      tag: greet
      extractor:
        a: $.b
    - &second
      file: main.py
      module: greet
      tag: two
env_vars:
  A: "1"
  B: |
    long
auth_settings: {type: none}
persistent_folders: [data, 'x y']
agent_id: 11111111-2222-4333-8444-555555555555
"""
