"""The documentation of rules: one page each, and the list of all."""

from __future__ import annotations

from pathlib import Path as FilePath
from typing import Final

from runagent_ls.rules.registry import all_rules
from runagent_ls.rules.rule import Rule

HEADINGS: Final = (
    "## What it does",
    "## Why is this bad",
    "## Example",
    "## Use instead",
    "## Fix",
)
"""Every rule's documentation has these, in this order."""


def render(rule: Rule) -> str:
    """The page of one rule, in Markdown."""
    body = rule.documentation.strip().split("\n", 1)[1].strip()
    fix = "can be fixed automatically" if rule.fixable else "has no automatic fix"
    return (
        f"# {rule.code} {rule.slug}\n\n{rule.title}.\n\n"
        f"Severity: **{rule.severity}**; {fix}.\n\n{body}\n"
    )


def render_index() -> str:
    """The list of all rules, in Markdown."""
    rows = (
        f"| [{rule.code}]({rule.slug}.md) | {rule.slug} | {rule.severity} |"
        f" {'yes' if rule.fixable else ''} | {rule.title} |"
        for rule in all_rules()
    )
    return (
        "# Rules\n\n"
        "Made from the rules themselves by `python -m runagent_ls.rules.documentation docs/rules`."
        " An error is what RunAgent refuses or what makes a call fail; a warning is what it takes"
        " but what will not do what you mean; information and hints are good to know.\n\n"
        "| code | slug | severity | fix | finds |\n|---|---|---|---|---|\n" + "\n".join(rows) + "\n"
    )


def pages() -> dict[str, str]:
    """File name to content of everything in docs/rules."""
    return {f"{rule.slug}.md": render(rule) for rule in all_rules()} | {"README.md": render_index()}


def write(folder: FilePath) -> None:
    """Write all pages into `folder` and remove pages of rules that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for old in folder.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, text in wanted.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    import sys

    write(FilePath(sys.argv[1]))
