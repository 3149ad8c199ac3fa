"""What resolution proves is so, and what it refutes is not, when Python really runs the module."""

from __future__ import annotations

import ast
import json
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.project.model import Resolution
from runagent_ls.project.resolution import resolve
from runagent_ls.pyfile.file import PyFile
from runagent_ls.pyfile.model import Proof
from runagent_ls.pyfile.parsing import parse_python

HERE = Path(__file__).parent


def _sibling(name: str) -> Any:
    spec = spec_from_file_location(name, HERE / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


generator = _sibling("module_generator")


class DiskReader:
    """Reads a folder as it is."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._files: dict[Path, PyFile] = {}

    def python(self, path: Path) -> PyFile | None:
        if path not in self._files:
            if not path.is_file():
                return None
            self._files[path] = parse_python(path.read_text(encoding="utf-8"))
        return self._files[path]

    def is_file(self, path: Path) -> bool:
        return path.is_file()

    def listing(self, folder: Path) -> Sequence[str]:
        return sorted(entry.name for entry in folder.iterdir()) if folder.is_dir() else ()


def really(cases: Iterable[Mapping[str, object]]) -> list[Any]:
    """The probe's answers, one process for all cases."""
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(HERE / "resolution_probe.py")],
        input=json.dumps(list(cases)),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    answers = json.loads(done.stdout)
    assert isinstance(answers, list)
    return answers


def write(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def contradictions(found: Resolution, truth: Mapping[str, Any]) -> list[str]:
    """Where a claim and the truth differ."""
    wrong = [] if agrees(found.exists, truth["exists"]) else [f"exists {found.exists}"]
    if not truth["exists"]:
        return wrong
    if not agrees(found.is_callable, truth["callable"]):
        wrong.append(f"is_callable {found.is_callable}")
    for name in ("streams", "gives_generator", "gives_coroutine"):
        if name in truth and not agrees(getattr(found, name), truth[name]):
            wrong.append(f"{name} {getattr(found, name)}")
    real = truth.get("parameters")
    partial = found.symbol is not None and found.symbol.kind == "partial"
    generic = [["args", "var_positional"], ["kwargs", "var_keyword"]]
    hidden = real == generic and found.symbol is not None and found.symbol.decorators
    if found.signature_certain and real is not None and not partial and not hidden:
        parameters = found.signature.parameters if found.signature else ()
        claimed = [[p.name, p.kind] for p in parameters]
        if claimed != real:
            wrong.append(f"signature {claimed} but {real}")
    return wrong


def agrees(claim: Proof, truth: bool) -> bool:
    return claim is Proof.UNKNOWN or (claim is Proof.PROVEN) == truth


@pytest.mark.parametrize("seed", range(6))
def test_random_modules_never_contradict_python(seed: int, tmp_path: Path) -> None:
    rng = random.Random(seed)  # noqa: S311 - only a repeatable choice
    asked = generator.queries()
    cases = []
    for number in range(120):
        folder = tmp_path / f"agent{number}"
        made = generator.Generator(rng)
        helper, main = made.helper(), made.module()
        ast.parse(main)
        write(folder, {"__init__.py": "", "helper.py": helper, "main.py": main})
        cases.append({"folder": str(folder), "file": "main.py", "queries": asked})
    wrong: list[str] = []
    seen: Counter[tuple[str, Proof]] = Counter()
    for case, answers in zip(cases, really(cases), strict=True):
        folder = Path(str(case["folder"]))
        reader = DiskReader(folder)
        for query, truth in zip(asked, answers or (), strict=answers is not None):
            found = resolve(query, folder / "main.py", reader)
            seen["exists", found.exists] += 1
            seen["streams", found.streams] += found.exists is Proof.PROVEN
            wrong.extend(
                f"{folder.name}: {query}: {contradiction}, in fact {truth}"
                for contradiction in contradictions(found, truth)
            )
    assert not wrong, "\n".join(wrong[:20])
    # Silence would be sound as well: a share of the answers must be definite.
    assert seen["exists", Proof.PROVEN] > 80, seen
    assert seen["exists", Proof.REFUTED] > 500, seen
    assert seen["streams", Proof.PROVEN] > 3, seen
    assert seen["streams", Proof.REFUTED] > 30, seen
