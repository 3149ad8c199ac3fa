"""Generated TypeScript is typed, and runs against a real server.

RUNAGENT_TYPESCRIPT_SDK names a folder with RunAgent's own library (a `package.json` with its
built files); without it a small one with the same public signatures stands in.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from client_calls import CASES, NASTY, SELF, Case, code_of, expected_values, target_of
from runagent_ls.features.client_code import ClientCodeError, ClientTarget
from serve_real_agent import RunningAgent

REPOSITORY = Path(__file__).parents[4]
NODE_MODULES = REPOSITORY / "node_modules"
STAND_IN = REPOSITORY / "tests/contracts/clients/typescript"
NODE = shutil.which("node")
REAL_SDK = os.environ.get("RUNAGENT_TYPESCRIPT_SDK")
# The library has no way to send the one by position, and loses `__proto__` in answers.
REFUSED = {"stream-position", *(["proto"] if REAL_SDK else [])}
CALLABLE = [case for case in [*CASES, SELF] if case.name not in REFUSED]

pytestmark = pytest.mark.skipif(
    NODE is None or not (NODE_MODULES / "typescript").is_dir(),
    reason="needs node, and the packages that `npm ci` installs",
)


def workplace(folder: Path) -> Path:
    """A folder whose programs find the library and the types of Node."""
    modules = folder / "node_modules"
    modules.mkdir(parents=True)
    library = Path(REAL_SDK or STAND_IN)
    (modules / "runagent").symlink_to(library, target_is_directory=True)
    (modules / "@types").symlink_to(NODE_MODULES / "@types", target_is_directory=True)
    (folder / "package.json").write_text('{"type": "module"}', "utf-8")
    options = json.loads((REPOSITORY / "tsconfig.base.json").read_text("utf-8"))["compilerOptions"]
    options |= {"lib": ["ES2022", "DOM"], "types": ["node"]}
    del options["noPropertyAccessFromIndexSignature"]  # not part of strict
    settings = {"compilerOptions": options, "include": ["*.ts"]}
    (folder / "tsconfig.json").write_text(json.dumps(settings), "utf-8")
    return folder


def tool(folder: Path, *command: object) -> subprocess.CompletedProcess[str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("RUNAGENT_")}
    return subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env=kept,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def run_typescript(code: str, folder: Path) -> list[Any]:
    """What the program prints, as values."""
    (folder / "program.ts").write_text(code, "utf-8")
    shown = "globalThis.console = { ...console, log: (it) => print(JSON.stringify(it)) };\n"
    start = "const print = console.log.bind(console);\n" + shown + 'await import("./program.js");\n'
    (folder / "start.js").write_text(start, "utf-8")
    esbuild = NODE_MODULES / ".bin/esbuild"
    built = tool(folder, esbuild, "program.ts", "--outfile=program.js", "--log-level=warning")
    assert built.returncode == 0, built.stderr
    done = tool(folder, NODE, "--experimental-websocket", "--preserve-symlinks", "start.js")
    assert done.returncode == 0, f"{done.stdout}{done.stderr}\n{code}"
    return [json.loads(line) for line in done.stdout.split("\n") if line]


@pytest.mark.parametrize("case", CALLABLE, ids=lambda case: case.name)
async def test_it_gets_what_our_own_client_gets(
    case: Case, client_agent: RunningAgent, tmp_path: Path
) -> None:
    code = code_of(case, "typescript", target_of(client_agent))
    found = run_typescript(code.text, workplace(tmp_path))
    assert found == await expected_values(case, client_agent)


def test_all_of_it_passes_strict_type_checks(tmp_path: Path) -> None:
    folder = workplace(tmp_path)
    for case in CALLABLE:
        for kind, target in _TARGETS.items():
            code = code_of(case, "typescript", target)
            (folder / f"{case.name}-{kind}.ts").write_text(code.text, "utf-8")
    done = tool(folder, NODE_MODULES / ".bin/tsc", "-p", ".")
    assert done.returncode == 0, done.stdout + done.stderr


_TARGETS = {
    "address": ClientTarget("an-id", host="127.0.0.1", port=8450),
    "registry": ClientTarget("an-id"),
    "cloud": ClientTarget("an-id", cloud=True),
}


def test_a_wrong_type_is_found_by_the_type_checker(tmp_path: Path) -> None:
    folder = workplace(tmp_path)
    code = code_of(Case("x", "order"), "typescript", ClientTarget("an-id")).text
    code += 'await order({ item: { name: 5 }, size: "huge" });\n'
    (folder / "order.ts").write_text(code, "utf-8")
    done = tool(folder, NODE_MODULES / ".bin/tsc", "-p", ".")
    assert "Type 'number' is not assignable to type 'string'" in done.stdout, done.stdout
    assert "Type '\"huge\"' is not assignable" in done.stdout


def test_a_stream_by_position_is_refused() -> None:
    with pytest.raises(ClientCodeError, match="by position"):
        code_of(Case("x", "parts_stream"), "typescript", ClientTarget("an-id"))


def test_a_failure_of_the_agent_is_a_failure_of_the_program(
    client_agent: RunningAgent, tmp_path: Path
) -> None:
    folder = workplace(tmp_path)
    target = ClientTarget("no such agent", host=client_agent.host, port=client_agent.port)
    code = code_of(Case("x", "positions"), "typescript", target)
    with pytest.raises(AssertionError, match="the server answered 404"):
        run_typescript(code.text, folder)


def test_nobody_is_misled_by_unseen_characters() -> None:
    code = code_of(Case("x", "anything", kwargs={NASTY: NASTY}), "typescript", ClientTarget(NASTY))
    assert all(char.isprintable() or char == "\n" for char in code.text)


def test_traps_of_the_library_are_named() -> None:
    stream = code_of(Case("x", "count_stream"), "typescript", ClientTarget("an-id"))
    assert "drops chunks" in stream.text
    assert any("npm install runagent ws better-sqlite3" in note for note in stream.notes)
    big = code_of(Case("x", "anything", kwargs={"n": 2**60}), "typescript", ClientTarget("an-id"))
    assert any("2^53" in note for note in big.notes)
