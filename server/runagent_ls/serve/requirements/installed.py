"""Asks an interpreter what it has installed, without importing anything of the agent."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runagent_ls.serve.supervisor.environment import of_agent

SCRIPT: Final = Path(__file__).with_name("environment_report.py")
LIMIT_S: Final = 20.0
MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024

_MARK: Final = b"runagent-ls environment:"


class InterpreterUnusableError(Exception):
    """The interpreter does not start, or gives no answer; the text says what happened."""


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package; `requires` as its metadata have it."""

    version: str
    requires: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class InterpreterReport:
    """What an interpreter says of itself. `markers` are the variables of PEP 508, `managed` tells
    that pip refuses to install there; packages that are not installed are left out."""

    markers: Mapping[str, str]
    packages: Mapping[str, Package]
    has_pip: bool
    managed: bool


async def ask(
    interpreter: Path,
    names: Iterable[str],
    limit_s: float = LIMIT_S,
) -> InterpreterReport:
    """What `interpreter` has of the packages `names`.

    Raises InterpreterUnusableError.
    """
    asked = json.dumps(sorted(set(names))).encode()
    output, said, code = await _run(interpreter, asked, limit_s)
    _, mark, answer = output.rpartition(_MARK)
    if not mark:
        last = said.decode("utf-8", "replace").strip().rpartition("\n")[2][:500]
        raise InterpreterUnusableError(last or f"it ended with code {code} and said nothing")
    try:
        return _report(json.loads(answer))
    except (ValueError, KeyError, TypeError, AttributeError) as strange:
        raise InterpreterUnusableError("its answer could not be read") from strange


async def _run(interpreter: Path, given: bytes, limit_s: float) -> tuple[bytes, bytes, int]:
    try:
        process = await asyncio.create_subprocess_exec(
            interpreter,
            SCRIPT,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**of_agent(os.environ), "PYTHONIOENCODING": "utf-8"},
        )
    except (OSError, ValueError) as error:
        raise InterpreterUnusableError(_reason(error)) from error
    try:
        async with asyncio.timeout(limit_s):
            output, said = await process.communicate(given)
    except TimeoutError as late:
        raise InterpreterUnusableError(f"it gave no answer within {limit_s:g} s") from late
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
    return output[-MAX_ANSWER_BYTES:], said, process.returncode or 0


def _reason(error: OSError | ValueError) -> str:
    strerror = getattr(error, "strerror", None)
    return strerror[0].lower() + strerror[1:] if strerror else str(error)


def _report(answer: Mapping[str, object]) -> InterpreterReport:
    markers, packages = answer["markers"], answer["packages"]
    if not isinstance(markers, dict) or not isinstance(packages, dict):
        raise TypeError
    return InterpreterReport(
        markers={str(name): str(value) for name, value in markers.items()},
        packages={
            name: Package(str(it["version"]), tuple(map(str, it["requires"])))
            for name, it in packages.items()
            if it is not None
        },
        has_pip=answer["pip"] is True,
        managed=answer["managed"] is True,
    )
