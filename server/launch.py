"""Starts the language server from an unpacked extension: `python -I -S launch.py`.

Standard library only, and a text that every Python can parse: what an old one must be able to do
is to say that it is too old.
"""

import os
import sys

REQUIRED = (3, 11)

if sys.version_info < REQUIRED:
    sys.stderr.write(
        "RunAgent needs Python %d.%d or newer, but %s is Python %d.%d.\n"
        "Choose another interpreter in the setting runagent.interpreter.\n"
        % (REQUIRED + (sys.executable or "this interpreter",) + tuple(sys.version_info[:2]))
    )
    sys.exit(2)

HERE = os.path.dirname(os.path.abspath(__file__))
# `-I` and `-S` leave only the standard library on the path, so nothing of the user's can be
# imported instead of what was shipped; without the two flags ours still comes first.
sys.path[:0] = [os.path.join(HERE, "libs"), HERE]

if __name__ == "__main__":
    from runagent_ls.cli.main import process

    process()
