"""Generated Rust is accepted by its compiler, against the public signatures of the crates."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from client_calls import CASES, NASTY, SELF, Case, code_of
from runagent_ls.features.client_code import ClientTarget

CRATES = Path(__file__).parents[4] / "tests/contracts/clients/rust"
MACROS = ("serde_derive", "tokio_macros")
ORDER = (*MACROS, "serde", "serde_json", "futures", "tokio", "runagent")
"""Each after those it uses."""
RUSTC = shutil.which("rustc") or shutil.which("rustc", path=str(Path.home() / ".cargo/bin"))


def rustc(folder: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(RUSTC), "--edition", "2021", "-L", ".", "-D", "warnings", *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


@pytest.fixture(scope="module")
def crates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the crates, compiled."""
    if RUSTC is None:
        pytest.skip("rustc is not installed: the programs were not compiled")
    folder = tmp_path_factory.mktemp("crates")
    for name in ORDER:
        kind = "proc-macro" if name in MACROS else "rlib"
        externs = [it for known in ORDER[: ORDER.index(name)] for it in ("--extern", known)]
        macro = ["--extern", "proc_macro"] if name in MACROS else []
        source = CRATES / f"{name}.rs"
        done = rustc(folder, f"--crate-type={kind}", "-Aunused", *externs, *macro, source)
        assert done.returncode == 0, done.stderr
    return folder


def check(crates: Path, code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    (folder / "main.rs").write_text(code, "utf-8")
    externs = [it for name in ORDER if name not in MACROS for it in ("--extern", name)]
    options = ["--crate-type=bin", "--emit=metadata", "-o", folder / "out.rmeta"]
    # What is declared for callers is not all used by the example.
    return rustc(crates, *options, "-Adead_code", *externs, folder / "main.rs")


@pytest.mark.parametrize("case", [*CASES, SELF], ids=lambda case: case.name)
def test_the_compiler_accepts_it(case: Case, crates: Path, tmp_path: Path) -> None:
    code = code_of(case, "rust", ClientTarget("an-id", host="127.0.0.1", port=8450)).text
    done = check(crates, code, tmp_path)
    assert done.returncode == 0, f"{done.stderr}\n{code}"


@pytest.mark.parametrize("target", [ClientTarget(NASTY, cloud=True), ClientTarget("an-id")])
def test_the_compiler_accepts_other_targets(
    target: ClientTarget, crates: Path, tmp_path: Path
) -> None:
    done = check(crates, code_of(CASES[0], "rust", target).text, tmp_path)
    assert done.returncode == 0, done.stderr


def test_a_wrong_type_is_found_by_the_compiler(crates: Path, tmp_path: Path) -> None:
    code = code_of(Case("x", "order"), "rust", ClientTarget("an-id")).text
    wrong = code.replace(
        "    let result", "    let _: i64 = input.item.name.clone();\n    let result"
    )
    assert "expected `i64`, found `String`" in check(crates, wrong, tmp_path).stderr
