"""All benchmarks, one table: `python tests/bench/run.py [--quick] [--bundle DIR]`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import actions
import agent_steps
import calls
import commands
import edits
import features
import history
import hover
import navigation
import panel
import renames
import scale
import serve
import start
import stream
import workspace
from measuring import print_table


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure everything and print the whole table at the end once more."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds, to see that it works")
    parser.add_argument("--bundle", help="folder of the unpacked VSIX (`extension/`), for start")
    options = parser.parse_args(arguments)
    quick = options.quick
    rows = start.main(
        ["--rounds", "3" if quick else "11"]
        + (["--bundle", options.bundle] if options.bundle else [])
    )
    rows += edits.main(["--rounds", "20" if quick else "100"])
    rows += hover.main(["--rounds", "10" if quick else "100"])
    rows += features.main(["--rounds", "10" if quick else "100"])
    rows += navigation.main(["--rounds", "10" if quick else "100"])
    rows += renames.main(["--rounds", "10" if quick else "50"])
    rows += actions.main(["--rounds", "10" if quick else "100"])
    rows += stream.main(["--rounds", "2", "--long", "100000"] if quick else [])
    rows += calls.main(["--rounds", "2", "--chunks", "10000"] if quick else [])
    rows += history.main(["--rounds", "2", "--long", "100000"] if quick else [])
    rows += serve.main(["--rounds", "2", "--calls", "400", "--chunks", "40000"] if quick else [])
    rows += commands.main(["--rounds", "2" if quick else "7"])
    rows += workspace.main(["--rounds", "1", "--agents", "100"] if quick else [])
    rows += scale.main(["--agents", "50"] if quick else [])
    quick_steps = ["--rounds", "2", "--steps", "50", "--long", "1000"]
    rows += agent_steps.main(quick_steps if quick else [])
    rows += panel.main(["--chunks", "10000"] if quick else [])
    print_table("All", rows)
    missed = [row.what for row in rows if row.meets(row.target) is False]
    print(f"\n{len(missed)} targets missed{': ' if missed else ''}{', '.join(missed)}")


if __name__ == "__main__":
    main()
