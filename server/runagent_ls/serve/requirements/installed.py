"""Asks an interpreter what it has installed, without importing anything of the agent."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runagent_ls.serve.supervisor import groups
from runagent_ls.serve.supervisor.environment import of_agent

SCRIPT: Final = Path(__file__).with_name("environment_report.py")
LIMIT_S: Final = 20.0
MAX_ANSWER_BYTES: Final = 1024 * 1024

_CLOSING_S: Final = 2.0
"""For the pipes of a killed process to be closed; another that has them too is not waited for."""

_MARK: Final = b"runagent-ls environment:"
_ASK_VERSION: Final = "import sys; print('version is %d.%d.%d' % tuple(sys.version_info[:3]))"
_VERSION: Final = re.compile(rb"version is (\d+)\.(\d+)\.(\d+)")


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
    interpreter: Path, names: Iterable[str], limit_s: float = LIMIT_S
) -> InterpreterReport:
    """What `interpreter` has of the packages `names`.

    Raises InterpreterUnusableError.
    """
    asked = json.dumps(sorted(set(names))).encode()
    _, mark, answer = (await _run(interpreter, (str(SCRIPT),), asked, limit_s)).rpartition(_MARK)
    if not mark:
        raise InterpreterUnusableError("its answer could not be read")
    try:
        return _report(json.loads(answer))
    except (ValueError, KeyError, TypeError, AttributeError) as strange:
        raise InterpreterUnusableError("its answer could not be read") from strange


async def version_of(interpreter: Path, limit_s: float = LIMIT_S) -> tuple[int, ...]:
    """The version of an interpreter of any age, `(3, 11, 7)`.

    Raises InterpreterUnusableError.
    """
    answer = await _run(interpreter, ("-c", _ASK_VERSION), b"", limit_s)
    found = _VERSION.search(answer)
    if found is None:
        raise InterpreterUnusableError("it does not tell its version")
    return tuple(map(int, found.groups()))


async def _run(
    interpreter: Path, arguments: tuple[str, ...], given: bytes, limit_s: float
) -> bytes:
    """What it prints. InterpreterUnusableError when it fails or prints nothing."""
    try:
        process = await asyncio.create_subprocess_exec(
            interpreter,
            *arguments,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env={**of_agent(os.environ), "PYTHONIOENCODING": "utf-8"},
            **groups.options(),
        )
    except (OSError, ValueError) as error:
        raise InterpreterUnusableError(_reason(error)) from error
    # Reading goes on until the pipes are closed: a process is not over for asyncio before that.
    ending = asyncio.gather(
        _give(process.stdin, given), _tail(process.stdout), _tail(process.stderr), process.wait()
    )
    try:
        await asyncio.wait([ending], timeout=limit_s)
        in_time = ending.done()
    finally:
        groups.kill(process.pid)
        await asyncio.wait([ending], timeout=_CLOSING_S)
        ending.cancel()
    if not in_time:
        raise InterpreterUnusableError(f"it gave no answer within {limit_s:g} s")
    _, output, said, code = ending.result()
    if not output:
        last = said.decode("utf-8", "replace").strip().rpartition("\n")[2][:500]
        raise InterpreterUnusableError(last or f"it ended with code {code} and said nothing")
    return output


async def _give(stream: asyncio.StreamWriter | None, data: bytes) -> None:
    if stream is not None:
        with contextlib.suppress(ConnectionError):
            stream.write(data)
            await stream.drain()
        stream.close()


async def _tail(stream: asyncio.StreamReader | None) -> bytes:
    """The end of what is written; the rest is read and forgotten."""
    kept = bytearray()
    while stream is not None and (piece := await stream.read(65536)):
        kept += piece
        if len(kept) > 2 * MAX_ANSWER_BYTES:
            del kept[:-MAX_ANSWER_BYTES]
    return bytes(kept)


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
