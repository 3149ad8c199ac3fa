"""Generated Go is accepted by its compiler, against the public signatures of the library."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from client_calls import CASES, NASTY, SELF, Case, code_of
from runagent_ls.features.client_code import ClientTarget

LIBRARY = Path(__file__).parents[4] / "tests/contracts/clients/go"
MODULE = "github.com/runagent-dev/runagent-go"
GO = shutil.which("go") or shutil.which("go", path=str(Path(sys.executable).parent))

needs_go = pytest.mark.skipif(GO is None, reason="the Go compiler is not installed")


def build(programs: dict[str, str], folder: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    """Compile and vet each program as a command of its own."""
    for name, text in programs.items():
        (folder / name).mkdir()
        (folder / name / "main.go").write_text(text, "utf-8")
    (folder / "go.mod").write_text(
        f"module example\n\ngo 1.23\n\nrequire {MODULE} v0.0.0\n\nreplace {MODULE} => {LIBRARY}\n",
        "utf-8",
    )
    return subprocess.run(
        [str(GO), "vet", "./..."],
        cwd=folder,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "GOCACHE": str(cache),
            "GOFLAGS": "-mod=mod -trimpath",
            "GOPROXY": "off",
            "GOTOOLCHAIN": "local",
            "CGO_ENABLED": "0",
        },
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )


@pytest.fixture
def compiled(pytestconfig: pytest.Config) -> Path:
    """The compiler's cache, kept from one run of the tests to the next: Go's own library in it
    takes most of the time. Go reuses only what has the same content, and guards it itself."""
    assert pytestconfig.cache is not None
    return pytestconfig.cache.mkdir("go")


@needs_go
def test_the_compiler_accepts_all_of_it(tmp_path: Path, compiled: Path) -> None:
    target = ClientTarget("an-id", host="127.0.0.1", port=8450)
    programs = {it.name: code_of(it, "go", target).text for it in [*CASES, SELF]}
    programs["cloud"] = code_of(CASES[0], "go", ClientTarget(NASTY, cloud=True)).text
    programs["registry"] = code_of(CASES[0], "go", ClientTarget("an-id")).text
    done = build(programs, tmp_path, compiled)
    assert done.returncode == 0, done.stdout + done.stderr


@needs_go
def test_a_wrong_type_is_found_by_the_compiler(tmp_path: Path, compiled: Path) -> None:
    code = code_of(Case("x", "order"), "go", ClientTarget("an-id")).text
    wrong = code.replace("var input OrderInput", "var input OrderInput\n\tinput.Item.Name = 5")
    done = build({"wrong": wrong}, tmp_path, compiled)
    assert done.returncode != 0
    assert "as string value in assignment" in done.stderr


def test_inputs_stand_in_the_code_as_json() -> None:
    code = code_of(Case("x", "greet", kwargs={"name": "`", "times": 2}), "go", ClientTarget("id"))
    assert re.search(r'\[\]byte\(`\{"name": "\\u0060", "times": 2\}`\), &input', code.text)


def test_an_explicit_null_is_sent() -> None:
    code = code_of(Case("x", "greet", kwargs={"name": "a", "times": None}), "go", ClientTarget("i"))
    assert '`json:"times"`' in code.text
