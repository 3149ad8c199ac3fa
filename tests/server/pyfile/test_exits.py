"""Which statements end the process that imports a file."""

from __future__ import annotations

import pytest

from runagent_ls.pyfile.facts import early_exit
from runagent_ls.pyfile.parsing import parse_python

ENDS = {
    "import sys\nsys.exit()": ("sys.exit()", True),
    "import sys as s\ns.exit(2)": ("s.exit(2)", True),
    "from sys import exit as leave\nleave()": ("leave()", True),
    "import os\nos._exit(0)": ("os._exit(0)", True),
    "exit()": ("exit()", True),
    "raise SystemExit": ("raise SystemExit", True),
    "raise SystemExit('x')": ("raise SystemExit('x')", True),
    '"""Docs."""\nimport sys\ndef main(): ...\nX = 1\nsys.exit(main())': ("sys.exit(main())", True),
    "import torch\nimport sys\nsys.exit()": ("sys.exit()", False),
    "import sys\nwork()\nsys.exit()": ("sys.exit()", False),
    "from setuptools import setup\nsetup(\n  name='x')": ("setup(", False),
    "import sys\nx = '\U0001f600é'; sys.exit()": ("sys.exit()", True),
}
STAYS = [
    "",
    "import sys\nif __name__ == '__main__':\n    sys.exit()",
    "import sys\ndef main():\n    sys.exit()",
    "import sys\nif len(sys.argv) < 2:\n    sys.exit()",
    "import sys\ntry:\n    sys.exit()\nexcept SystemExit:\n    pass",
    "def exit(): ...\nexit()",
    "from mine import exit\nexit()",
    "raise ValueError('exit')\nexit()",
    "sys.exit()",
    "# exit()",
    "x = exit",
    "exit(",
    "(" * 5000 + "exit()",
    "exit()\x00",
]


@pytest.mark.parametrize("text", ENDS)
def test_ends_the_process(text: str) -> None:
    found = early_exit(parse_python(text))
    assert found is not None
    source, certain = ENDS[text]
    assert (found.source, found.certain) == (source, certain)
    assert text[found.span.start : found.span.end].startswith(source)


@pytest.mark.parametrize("text", STAYS)
def test_does_not_end_the_process(text: str) -> None:
    assert early_exit(parse_python(text)) is None
