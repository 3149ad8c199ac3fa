"""Variables of the configuration, of `.env` and of the shell (section 1.6)."""

from __future__ import annotations

import json

import pytest

from conformance.asking import run
from conformance.pair import Pair, ServeBoth
from conformance.projects import entrypoint, write_project

PROGRAM = """
import os

AT_IMPORT = dict(os.environ)

def variables(*names):
    return [[AT_IMPORT.get(name), os.environ.get(name)] for name in names]
"""

DOTENV = """\
# a comment
PLAIN=1
export EXPORTED=two
SPACED = three
SINGLE='a b'
DOUBLE="a\\nb"
LITERAL='a\\nb'
COMMENTED=four # not this
HASH=a#b
EMPTY=
OVERRIDES=from file
EXPANDED=${SHELL_ONLY}
SELF=${PLAIN}-more
DEFAULTED=${NOPE:-dflt}
UNKNOWN=${NOPE}
FROM_CONFIG=${IN_CONFIG}
DOLLAR=$PLAIN
MANY="one
two"
UNICODE=ü🦉
EQUALS=a=b=c
QUOTED_HASH="a # b"
PATH_LIKE=/a:/b
TWICE=1
TWICE=2
"""

NAMES = [
    "PLAIN", "EXPORTED", "SPACED", "SINGLE", "DOUBLE", "LITERAL", "COMMENTED", "HASH", "EMPTY",
    "OVERRIDES", "EXPANDED", "SELF", "DEFAULTED", "UNKNOWN", "FROM_CONFIG", "DOLLAR", "MANY",
    "UNICODE", "EQUALS", "QUOTED_HASH", "PATH_LIKE", "TWICE", "IN_CONFIG", "PLACEHOLDER",
    "WITH_DEFAULT", "SHELL_ONLY", "SHELL_TOO", "EMPTY_IN_CONFIG", "LOCAL_ONLY", "HOME",
]  # fmt: skip

ENV_VARS = {
    "IN_CONFIG": "config",
    "OVERRIDES": "from config",
    "PLACEHOLDER": "${SHELL_ONLY}",
    "WITH_DEFAULT": "${NOPE:-x}",
    "SHELL_TOO": "config wins",
    "EMPTY_IN_CONFIG": "",
}


@pytest.fixture(scope="module")
def pair(serve_both: ServeBoth, tmp_path_factory: pytest.TempPathFactory) -> Pair:
    files = {"main.py": PROGRAM, ".env": DOTENV, ".env.local": "LOCAL_ONLY=1\n"}
    folder = tmp_path_factory.mktemp("environment") / "agent"
    write_project(folder, files, [entrypoint("variables")], env_vars=ENV_VARS)
    with pytest.MonkeyPatch.context() as shell:
        shell.setenv("SHELL_ONLY", "from the shell")
        shell.setenv("SHELL_TOO", "shell loses")
        return serve_both(folder)


@pytest.mark.parametrize("name", NAMES)
def test_variables(pair: Pair, name: str) -> None:
    pair.same(run("variables", name))


def test_what_wins(pair: Pair) -> None:
    names = ("OVERRIDES", "SHELL_TOO", "PLACEHOLDER", "EXPANDED", "LOCAL_ONLY")
    data = pair.same(run("variables", *names))["body"]["data"]
    values = json.loads(json.loads(data)["payload"])
    assert values == [
        ["from file"] * 2,
        ["config wins"] * 2,
        ["${SHELL_ONLY}"] * 2,
        ["from the shell"] * 2,
        [None, None],
    ]
