"""Entry point of `runagent-ls`: the language server without arguments, else one command.

Everything heavy is imported by the command that needs it, so that `check` starts fast.
"""

from __future__ import annotations

import contextlib
import errno
import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NoReturn

from runagent_ls.cli.exit_codes import CommandError, ExitCode

_NO_EDITOR = "This is the language server, waiting for an editor. `runagent-ls --help` tells more."

_COLLECT_AFTER: Final = (100_000, 20, 100)
"""Imports make many objects and no garbage: not looking for it saves a short command a tenth."""
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EFBIG})

if TYPE_CHECKING:
    from argparse import Namespace


def process() -> NoReturn:
    """`main` as a process of its own, which ends with its exit code."""
    gc.set_threshold(*_COLLECT_AFTER)
    code = main()
    # Everything is written. Taking the interpreter apart object by object, and joining threads
    # that still look into something, takes a tenth of a short command and is of no use.
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            with contextlib.suppress(OSError, ValueError):  # nobody reads it, or it is closed
                stream.flush()
    os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command of `argv` (default: the process's own) and give its exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments in ([], ["--stdio"]):
        if sys.stdin is not None and sys.stdin.isatty():
            print(_NO_EDITOR, file=sys.stderr)
        from runagent_ls.lsp.server import main as serve_editor

        return serve_editor()
    from runagent_ls.cli.terminal import prepare_streams

    prepare_streams()
    try:
        code = _run_command(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _forget_stdout()
        return ExitCode.BROKEN_PIPE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return ExitCode.INTERRUPTED
    return code


def _run_command(arguments: list[str]) -> int:
    from runagent_ls.cli.arguments import parse

    try:
        options = parse(arguments)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else ExitCode.OK
    try:
        return _dispatch(options)
    except CommandError as error:
        _complain(error.message, error.advice)
        return error.code
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            _complain(
                f"Something could not be written: {error.strerror}.",
                "Make room there, or write it elsewhere.",
            )
            return ExitCode.WRONG_USE
        if os.environ.get("RUNAGENT_LS_DEBUG"):
            raise
        _complain(
            f"runagent-ls itself failed ({type(error).__name__}: {error}).",
            "This is a mistake of ours; RUNAGENT_LS_DEBUG=1 shows where it happened.",
        )
        return ExitCode.WRONG_USE


def _dispatch(options: Namespace) -> int:
    match options.command:
        case "new":
            from runagent_ls.cli.new import new

            return new(options)
        case "check":
            from runagent_ls.cli.check import check

            return check(options)
        case "list":
            from runagent_ls.cli.listing import list_entrypoints

            return list_entrypoints(options)
        case "serve":
            from runagent_ls.cli.serve import serve

            return serve(options)
        case "batch":
            from runagent_ls.cli.batch import batch

            return batch(options)
        case "test":
            from runagent_ls.cli.test import test

            return test(options)
        case "history":
            from runagent_ls.cli.history import history

            return history(options)
        case "sessions":
            from runagent_ls.cli.sessions import sessions

            return sessions(options)
        case "client":
            from runagent_ls.cli.client import client

            return client(options)
        case "rule":
            from runagent_ls.cli.rule import print_rule

            return print_rule(options)
        case _:
            from runagent_ls.cli.running import run

            return run(options)


def _complain(message: str, advice: str | None) -> None:
    from runagent_ls.cli.terminal import Painter, harmless, wants_colour

    paint = Painter(wants_colour(sys.stderr))
    print(f"{paint('error', 'bold', 'red')}: {harmless(message)}", file=sys.stderr)
    if advice:
        print(f"  {paint('help', 'bold')}: {harmless(advice)}", file=sys.stderr)


def _forget_stdout() -> None:
    """Nobody reads on: let the interpreter's last flush go nowhere instead of failing."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    process()
