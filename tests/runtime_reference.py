"""The table of all public names of the agent runtime, from their docstrings.

python tests/runtime_reference.py docs/agent-runtime.md    # writes it into the page anew
"""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import sys
from pathlib import Path

SERVER = Path(__file__).parents[1] / "server"
if __name__ == "__main__":
    sys.path.insert(0, str(SERVER))

import agent_runtime  # noqa: E402 - found by the line above when it is run as a program

HEADING = "## All names\n"

MODULES = [
    "agent_runtime",
    *(found.name for found in pkgutil.walk_packages(agent_runtime.__path__, "agent_runtime.")),
]


def packages() -> dict[str, list[str]]:
    """The public names of each package that has some."""
    found = {name: importlib.import_module(name) for name in MODULES}
    return {
        name: sorted(module.__all__, key=str.lower)
        for name, module in found.items()
        if hasattr(module, "__path__") and getattr(module, "__all__", None)
    }


def documented(page: str) -> str:
    """The page with the table as it must be now."""
    before, _, _ = page.partition(HEADING)
    return before + HEADING + "\n" + "\n".join(_lines()) + "\n"


def _lines() -> list[str]:
    public = packages()
    texts = _aliases()
    top = public.pop("agent_runtime")
    lines = [
        "What most agents need comes from `agent_runtime` itself: "
        + ", ".join(f"`{name}`" for name in top)
        + ".",
    ]
    for package, names in public.items():
        lines += ["", f"### {package}", "", "| name | what it is |", "| --- | --- |"]
        lines += [_row(package, name, texts) for name in names]
    left = [name for name in top if not any(name in names for names in public.values())]
    lines += ["", "### agent_runtime", "", "| name | what it is |", "| --- | --- |"]
    return [*lines, *(_row("agent_runtime", name, texts) for name in left)]


def _row(package: str, name: str, texts: dict[str, str]) -> str:
    value = getattr(importlib.import_module(package), name)
    is_described = inspect.isclass(value) or inspect.isfunction(value)
    text = inspect.getdoc(value) if is_described and name not in texts else texts.get(name)
    paragraph = " ".join((text or "").partition("\n\n")[0].split())
    sentence = re.match(r".*?[.!?](?=\s|$)|.+", paragraph)
    said = sentence[0] if sentence else ""
    return f"| `{name}` | {said.replace('|', chr(92) + '|').removesuffix('.').removesuffix(':')} |"


def _aliases() -> dict[str, str]:
    """What stands below aliases of types, which know no docstring when they run."""
    texts = {}
    for module in MODULES:
        tree = ast.parse(Path(str(importlib.import_module(module).__file__)).read_text("utf-8"))
        for one, following in zip(tree.body, tree.body[1:], strict=False):
            match one, following:
                case (
                    ast.AnnAssign(target=ast.Name(id=name)),
                    ast.Expr(value=ast.Constant(value=str(text))),
                ):
                    texts[name] = text
                case _:
                    pass
    return texts


if __name__ == "__main__":
    for argument in sys.argv[1:]:
        path = Path(argument)
        path.write_text(documented(path.read_text("utf-8")), "utf-8")
