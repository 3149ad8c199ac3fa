"""A rule stopped with an error of its own.

## What it does
Says that one rule could not look at this project because the rule itself has a fault.

## Why is this bad
Nothing is wrong with the agent, but what that rule would have found stays unsaid.

## Example
Any project that makes a rule stop.

## Use instead
Turn that rule off by its code until it is repaired, and report the message.

## Fix
None: the fault is in the rule.
"""

from __future__ import annotations

from runagent_ls.project.model import AgentProject
from runagent_ls.rules.rule import InConfig, Issue, Rule


def failure_of(rule: Rule, error: Exception) -> Issue:
    """What to say instead of the traceback of `rule`."""
    return Issue(
        f"The rule {rule.code} ({rule.slug}) could not look at this project: "
        f"{type(error).__name__}. Everything else was checked.",
        InConfig(()),
        data={"rule": rule.code},
    )


def _nothing(_project: AgentProject) -> tuple[Issue, ...]:
    return ()  # the engine speaks for this rule


RULE = Rule("RA999", "rule-failed", "information", __doc__ or "", check_project=_nothing)
