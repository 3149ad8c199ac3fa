"""All agents that are served for the client: at most one server of ours for each."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Final

from runagent_ls.lsp.jsonrpc import RequestFailedError
from runagent_ls.lsp.messages.serving import StartOptions
from runagent_ls.lsp.serving.life import Life, Watcher
from runagent_ls.lsp.serving.others import others_or_turn, server_of_others
from runagent_ls.lsp.serving.run_names import RunNames
from runagent_ls.lsp.serving.served import Served, now
from runagent_ls.lsp.serving.telling import PlainTeller, ShellTeller, Teller
from runagent_ls.lsp.session import Session
from runagent_ls.serve.state import Status

if TYPE_CHECKING:  # loaded with the first start
    from runagent_ls.serve.lifecycle.start_turn import StartTurn

END_GRACE_S: Final = 0.5
"""What runs get to end in when the language server ends; editors do not wait long."""
END_LIMIT_S: Final = 3.0

ShowStep = Callable[[str], None]


class Servers:
    """Starts, keeps and ends the servers of agents."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._teller: Teller = (
            ShellTeller(session) if session.client.is_runagent_shell else PlainTeller(session)
        )
        self._lives: dict[FilePath, Life] = {}
        self._others: dict[FilePath, Served] = {}
        self._deciding: defaultdict[FilePath, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._closed = False
        self.names = RunNames()
        self.watchers: list[Watcher] = []
        """Called when the state of an agent changed."""

    # --- what is asked --------------------------------------------------------------------

    def all(self) -> list[Served]:
        """Every agent that is or was served, by the path of its configuration."""
        if self._others:
            from runagent_ls.agents.targets.processes import is_running

            self._others = {
                config: served
                for config, served in self._others.items()
                if served.place is not None and is_running(served.place.pid)
            }
        own = {config: life.served for config, life in self._lives.items()}
        return [served for _, served in sorted({**self._others, **own}.items())]

    def answering(self, config: FilePath) -> Served | None:
        """The agent's own server here, if it answers."""
        life = self._lives.get(config)
        return life.served if life is not None and life.served.answers else None

    def is_broken(self, config: FilePath) -> bool:
        """Whether the agent's server here has no code that it could run."""
        life = self._lives.get(config)
        return life is not None and life.is_broken

    def chosen(self, config: FilePath) -> str | None:
        """The Python that the agent was last served with here."""
        life = self._lives.get(config)
        python = None if life is None else life.served.interpreter
        return None if python is None else str(python)

    async def metrics(self, config: FilePath) -> str:
        """Counts of a server's runs. Raises `RequestFailedError` when no server answers."""
        served = self.answering(config) or self._others.get(config)
        target = None if served is None else served.target()
        if target is not None:
            from runagent_ls.agents.rest.privileged import metrics_of

            if (text := await metrics_of(target)) is not None:
                return text
        raise RequestFailedError(f"{config.parent.name} is not served by this editor.")

    # --- start and end --------------------------------------------------------------------

    async def start(
        self,
        config: FilePath,
        options: StartOptions,
        show_step: ShowStep | None = None,
        *,
        exactly: bool = False,
    ) -> Served:
        """Have an agent served; whoever asks meanwhile waits for the same start.

        `exactly`: a server that was started with other options is started again; otherwise only
        one without the debugger that is asked for is. A start that fails is told by the status.
        Cancelling ends the start unless others wait for it.
        """
        async with self._deciding[config]:
            life = self._lives.get(config)
            if life is not None and (life.is_broken or not life.fits(options, exactly=exactly)):
                await life.end()
            if life is None or not life.goes_on:
                turn = None
                if options.debug is None:
                    found = await self._others_or_turn(config, options, show_step)
                    if isinstance(found, Served):
                        return found
                    turn = found
                life = self._begin(config, options, turn)
        await life.wait_started(show_step)
        return life.served

    async def _others_or_turn(
        self, config: FilePath, options: StartOptions, show_step: ShowStep | None
    ) -> Served | StartTurn | None:
        def on_wait() -> None:
            message = f"Another editor is starting {config.parent.name}, waiting for it"
            self._teller.step(Served.new(config, options), "starting", message)
            if show_step is not None:
                show_step(message)

        ours = {life.pid for life in self._lives.values()}
        found = await others_or_turn(config, ours, on_wait)
        self._know_others(config, found if isinstance(found, Served) else None)
        return found

    def _know_others(self, config: FilePath, found: Served | None) -> None:
        """Somebody else serves the agent, or nobody else does."""
        if found is not None:
            self._lives.pop(config, None)
            self._others[config] = told = found
        elif (gone := self._others.pop(config, None)) is not None:
            gone.status, gone.place = Status("stopped", now()), None
            told = gone
        else:
            return
        self._teller.status(told)
        self._changed(told)

    def _begin(self, config: FilePath, options: StartOptions, turn: StartTurn | None) -> Life:
        if self._closed:
            if turn is not None:
                turn.end()
            raise RequestFailedError("The language server is ending")
        self._others.pop(config, None)
        life = Life(
            self._session,
            config,
            options,
            self._teller,
            names=self.names,
            on_change=self._changed,
            turn=turn,
        )
        self._lives[config] = life
        life.begin()
        return life

    async def stop(self, config: FilePath) -> Served:
        """End an agent's server, or its start. Raises `RequestFailedError` when there is none."""
        life = self._lives.get(config)
        if life is not None and (life.goes_on or life.is_broken):
            await life.end()
            return life.served
        others = await server_of_others(config, {life.pid for life in self._lives.values()})
        self._know_others(config, others)
        if others is not None and others.place is not None:
            raise RequestFailedError(
                f"{config.parent.name} is served by another editor or a terminal (process "
                f"{others.place.pid}); stop it there."
            )
        raise RequestFailedError(f"{config.parent.name} is not served by this editor.")

    async def restart(self, config: FilePath, options: StartOptions) -> Served:
        """Start again; what `options` leave out is as it was, the debugger excepted."""
        life = self._lives.get(config)
        if life is not None:
            options = life.again(options)
            await life.end()
        return await self.start(config, options, exactly=True)

    async def load_again(self, config: FilePath) -> None:
        """What an agent was served with has changed; an agent that was not served stays so."""
        life = self._lives.get(config)
        if life is None or life.served.status.state == "stopped":
            return
        if life.goes_on and not life.is_broken:
            life.reload()
        else:
            await self.restart(config, StartOptions())

    def files_changed(self, paths: Sequence[FilePath]) -> None:
        """Files were written: servers need not find that out by themselves."""
        for life in self._lives.values():
            life.files_changed(paths)

    def folder_closed(self, folder: FilePath) -> None:
        """The client closed a folder: nobody looks at what is served there any more."""
        still_open = set(self._session.folders)
        for config, life in self._lives.items():
            if folder in config.parents and not still_open.intersection(config.parents):
                life.end_soon()

    async def stop_all(self) -> None:
        """For the end of the language server; what does not end in time is killed."""
        self._closed = True
        ends = [asyncio.ensure_future(life.end(END_GRACE_S)) for life in self._lives.values()]
        if ends:
            await asyncio.wait(ends, timeout=END_LIMIT_S)
        for life in self._lives.values():
            life.kill()

    def _changed(self, served: Served) -> None:
        for watcher in self.watchers:
            watcher(served)
