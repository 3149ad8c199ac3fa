"""Servers that a test has changed before they start, to hold them up or to make them fail."""

from __future__ import annotations

import sys
import textwrap

from lsp.editor import REPOSITORY


def command(patch: str) -> list[str]:
    """Starts a server that runs the statements of `patch` first."""
    script = f"""
        import sys
        sys.path.insert(0, {str(REPOSITORY / "server")!r})
        import runagent_ls.lsp.connection
    """
    lines = textwrap.dedent(script) + textwrap.dedent(patch)
    lines += "from runagent_ls.lsp.server import main\nsys.exit(main())\n"
    return [sys.executable, "-c", lines]
