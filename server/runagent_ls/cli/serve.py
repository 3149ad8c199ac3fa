"""`runagent-ls serve`: serve an agent until it is stopped."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from argparse import Namespace
from collections.abc import Callable
from dataclasses import replace
from typing import BinaryIO, Final

from runagent_ls.cli.exit_codes import CommandError, ExitCode
from runagent_ls.cli.projects import absolute
from runagent_ls.serve.lifecycle.control import EventWriter, Stop, json_lines, read_orders
from runagent_ls.serve.lifecycle.events import Event
from runagent_ls.serve.lifecycle.options import MEGABYTE, ServeOptions
from runagent_ls.serve.lifecycle.server import AgentServer
from runagent_ls.serve.plan import DebugPlan, Limits

_SIGNALS: Final = ("SIGINT", "SIGTERM", "SIGHUP")
"""Ctrl+C, a polite end, and the end of the terminal; the last is not known everywhere."""


def serve(options: Namespace) -> int:
    """Serve; the exit code tells why it ended."""
    if options.debug is not None and options.reload:
        raise CommandError(
            "Both --debug and --reload were given.",
            "A debugger stays with one process: leave one of them out.",
        )
    wanted = serve_options(options)
    orders: BinaryIO | None = None
    show: Callable[[Event], None]
    if not (options.control or options.json):
        from runagent_ls.cli.serve_report import ServeReport

        show = ServeReport(wanted)
    else:
        orders = _taken_stdin() if options.control else None
        show = json_lines(_taken_stdout(), with_token=options.control)
    writer = EventWriter(show)
    try:
        code = asyncio.run(_served(wanted, writer, orders))
    finally:
        written = writer.close()
    if not written:
        os._exit(code)  # what flushes the streams at the end would wait for whoever reads them
    return code


def serve_options(options: Namespace) -> ServeOptions:
    """What the command line says."""
    limits = Limits(run_s=options.timeout, cpu_s=options.cpu)
    if options.at_once is not None:
        limits = replace(limits, at_once=options.at_once)
    if options.memory is not None:
        limits = replace(limits, memory_bytes=options.memory * MEGABYTE)
    return ServeOptions(
        path=absolute(options.path),
        host=options.host,
        port=options.port,
        reload=options.reload,
        interpreter=None if options.interpreter is None else absolute(options.interpreter),
        register=options.register,
        limits=limits,
        allow_origins=tuple(options.allow_origins),
        allow_hosts=tuple(options.allow_hosts),
        debug=None if options.debug is None else DebugPlan(options.debugpy, port=options.debug),
        wait=options.reload and not options.control,
    )


async def _served(
    options: ServeOptions,
    report: Callable[[Event], None],
    orders: BinaryIO | None,
) -> int:
    server = AgentServer(options, report)
    loop = asyncio.get_running_loop()
    stops = 0

    def on_signal() -> None:
        nonlocal stops
        stops += 1
        server.take(Stop() if stops == 1 else Stop(0.0))

    _on_signals(loop, on_signal)
    if orders is not None:
        read_orders(orders, loop, server.take)
    code = await server.run()
    return ExitCode.INTERRUPTED if stops > 1 else code


def _on_signals(loop: asyncio.AbstractEventLoop, act: Callable[[], None]) -> None:
    for number in [getattr(signal, name) for name in _SIGNALS if hasattr(signal, name)]:
        if sys.platform == "win32":
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(act))
        else:
            loop.add_signal_handler(number, act)


def _taken_stdout() -> BinaryIO:
    """Standard output for events alone: whatever else prints goes to standard error."""
    sys.stdout.flush()
    ours = os.dup(1)
    os.dup2(2, 1)
    return os.fdopen(ours, "wb")


def _taken_stdin() -> BinaryIO:
    """Standard input for orders alone."""
    ours = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    return os.fdopen(ours, "rb")
