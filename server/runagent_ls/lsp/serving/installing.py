"""`runagent.installRequirements`: one command, run only after somebody has said so.

For editors without the RunAgent shell, which has a terminal for it.
"""

from __future__ import annotations

import asyncio
import codecs
import contextlib
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.lsp.client import dig
from runagent_ls.lsp.jsonrpc import Json, RequestFailedError
from runagent_ls.lsp.messages import reading
from runagent_ls.lsp.progress import SHORT, Progress, shortened
from runagent_ls.lsp.protocol import ClientRefusedError
from runagent_ls.lsp.serving.interpreters import interpreter_for
from runagent_ls.lsp.serving.servers import Servers
from runagent_ls.lsp.session import ERROR, INFO, LOG, Session
from runagent_ls.text.command_line import command_line

END_LIMIT_S: Final = 3.0
"""What an installer gets to tidy up in before it is killed."""
_RUN: Final = "Run"
_CANCEL: Final = "Cancel"


@dataclass(frozen=True, slots=True)
class Offer:
    """The command that comes next, and what to say of it where that is not to install."""

    command: tuple[str, ...]
    advice: str | None = None


class Installing:
    """Installs what agents lack, one command for each agent at a time."""

    def __init__(self, session: Session, servers: Servers, progress: Progress) -> None:
        self._session = session
        self._servers = servers
        self._progress = progress
        self._busy: set[FilePath] = set()
        self._processes: set[Process] = set()

    async def install(self, argument: Json, name: str, token: object) -> Json:
        """Ask, run, and load the agent again. Raises `RequestFailedError` when there is nothing
        that could be run."""
        config, module = reading.config_path(argument), reading.optional_text(argument, "module")
        agent = config.parent.name
        if config in self._busy:
            raise RequestFailedError(f"Something is being installed for {agent} already.")
        self._busy.add(config)
        try:
            offer = await self._offer(config, module)
            if offer is None:
                self._session.show(INFO, f"{agent} has all that its requirements name.")
                return {"state": "nothing-missing", "command": []}
            answer: Json = {"state": "declined", "command": list(offer.command)}
            if await self._agreed(agent, offer):
                answer |= await self._run(config, offer, name, token)
            if answer["state"] == "installed":
                await self._servers.load_again(config)
            return answer
        finally:
            self._busy.discard(config)

    async def end(self) -> None:
        """For the end of the language server."""
        await asyncio.gather(*(_end(process) for process in list(self._processes)))

    # --- what to run ----------------------------------------------------------------------

    async def _offer(self, config: FilePath, module: str | None) -> Offer | None:
        from runagent_ls.serve.requirements import InterpreterUnusableError

        python = (await interpreter_for(self._session, config, self._servers.chosen(config))).path
        try:
            return await _offer_for(config.parent, python, module)
        except InterpreterUnusableError as error:
            raise RequestFailedError(f"{python} cannot be asked what it has: {error}.") from error

    async def _agreed(self, agent: str, offer: Offer) -> bool:
        line = command_line(offer.command)
        question = " ".join(filter(None, (offer.advice, f"Run this for {agent}? {line}")))
        actions = [{"title": _RUN}, {"title": _CANCEL}]
        params = {"type": INFO, "message": question, "actions": actions}
        try:
            chosen = await self._session.protocol.ask("window/showMessageRequest", params)
        except ClientRefusedError:
            text = f"This editor asks no questions, so nothing was run. To install, run: {line}"
            raise RequestFailedError(text) from None
        return bool(dig(chosen, "title") == _RUN)

    # --- running it -----------------------------------------------------------------------

    async def _run(self, config: FilePath, offer: Offer, name: str, token: object) -> Json:
        agent, line = config.parent.name, command_line(offer.command)
        self._session.log(INFO, f"{agent}: {line}")
        try:
            process = await _started(offer.command, config.parent)
        except OSError as error:
            raise RequestFailedError(f"{line} cannot be started: {error}") from error
        self._processes.add(process)
        stopped = False

        async def cancel() -> None:
            nonlocal stopped
            stopped = True
            await _end(process)

        shown = None
        try:
            shown = await self._progress.begin(name, f"Installing for {agent}", token, cancel)
            said = await self._hand_on(process, agent, shown)
            code = await process.wait()
        finally:
            await _end(process)
            self._processes.discard(process)
            self._progress.end(shown)
        if stopped:
            self._session.show(INFO, f"{agent}: installing was cancelled.")
            return {"state": "cancelled"}
        if code:
            text = f"{agent}: installing ended with exit code {code}. {shortened(said, 2 * SHORT)}"
            self._session.show(ERROR, text)
            return {"state": "failed", "exitCode": code}
        self._session.show(INFO, f"{agent}: {shortened(said, SHORT) or 'done.'}")
        return {"state": "installed", "exitCode": 0}

    async def _hand_on(self, process: Process, agent: str, shown: int | str | None) -> str:
        """What it prints goes into the log; the last line that says something."""
        decoder, last = codecs.getincrementaldecoder("utf-8")("replace"), ""
        while process.stdout is not None and (data := await process.stdout.read(64 * 1024)):
            text = decoder.decode(data)
            self._session.log(LOG, f"{agent}: {text}")
            last = next((it for it in reversed(text.splitlines()) if it.strip()), last).strip()
            self._progress.report(shown, {"message": shortened(last, SHORT)})
        return last


async def _offer_for(folder: FilePath, python: FilePath, module: str | None) -> Offer | None:
    """For a module that an import did not find, or for all that the requirements name."""
    from runagent_ls.serve.requirements import check_requirements, package_of
    from runagent_ls.serve.requirements.command import install_package

    needed = await check_requirements(folder, python)
    if module is not None:
        names = [it.name for it in needed.unmet]
        package = package_of(module, names)
        if package is None:
            raise RequestFailedError(f"{module} is a part of Python, no package has it.")
        if package not in names:
            command, advice = await install_package(folder, python, package)
            return None if command is None else Offer(command, advice)
    elif not needed.unmet:
        return None
    if needed.command is None:
        raise RequestFailedError(f"Nothing would install it. {needed.advice or ''}".rstrip())
    return Offer(needed.command, needed.advice)


async def _started(command: tuple[str, ...], folder: FilePath) -> Process:
    """In a group of its own, for installers start others; it cannot ask anything."""
    variables = {**os.environ, "PIP_NO_INPUT": "1", "PYTHONUNBUFFERED": "1"}
    return await asyncio.create_subprocess_exec(
        *command,
        cwd=folder,
        env=variables,
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=STDOUT,
        start_new_session=True,
    )


async def _end(process: Process) -> None:
    """Ask it to end, and kill it when it does not. Nothing when it has ended."""
    if process.returncode is not None:
        return
    _signal(process, kill=False)
    try:
        await asyncio.wait_for(process.wait(), END_LIMIT_S)
    except TimeoutError:
        _signal(process, kill=True)
        await process.wait()


def _signal(process: Process, *, kill: bool) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL if kill else signal.SIGTERM)
