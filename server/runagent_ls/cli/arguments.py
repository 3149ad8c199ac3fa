"""The command line as `argparse` sees it: commands, options, help, and what was probably meant."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib import import_module
from typing import Final, NoReturn

from runagent_ls.cli.options.values import did_you_mean, option_meant
from runagent_ls.version import __version__

COMMANDS: Final = {
    "new": ("write a small agent, or make a folder with code an agent", "new"),
    "check": ("find mistakes in agent projects", "check"),
    "list": ("list the entrypoints of agent projects", "listing"),
    "run": ("call an entrypoint and print what it returns", "running"),
    "stream": ("call a streaming entrypoint and print its chunks as they arrive", "running"),
    "serve": ("serve an agent until it is stopped", "serve"),
    "batch": ("call an entrypoint with many inputs, a few at a time", "batch"),
    "test": ("run the saved cases of agents and say which do not give what they should", "test"),
    "history": ("look at recorded runs, compare, export and remove them", "history"),
    "sessions": ("look at the sessions that agents keep, and remove them", "sessions"),
    "client": ("write a program that calls an entrypoint", "client"),
    "rule": ("print the documentation of a rule", "rule"),
}
"""What each command is for, and the module of `cli.options` that knows its options."""

EXIT_CODES: Final = """\
exit codes:
  0    fine
  1    findings of error severity, or the agent or a case failed
  2    wrong use, or a failure of runagent-ls itself
  3    no connection
  4    not allowed (key, permission)
  5    timed out
  130  interrupted
  141  nobody reads the output any more
"""


class CommandParser(argparse.ArgumentParser):
    """A parser that takes no abbreviations and keeps the layout of its texts."""

    def __init__(self, prog: str, description: str) -> None:
        super().__init__(
            prog,
            description=description,
            allow_abbrev=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )

        self.actions: dict[str, CommandParser] = {}
        self._group: argparse._SubParsersAction[CommandParser] | None = None

    def add_action(self, name: str, summary: str) -> CommandParser:
        """A parser for what stands behind `name`, the second word of a command."""
        if self._group is None:
            self._group = self.add_subparsers(dest="action", metavar="ACTION", required=True)
        description = f"{summary[0].upper()}{summary[1:]}."
        action = self._group.add_parser(name, help=summary, description=description)
        self.actions[name] = action
        return action

    def option_names(self) -> list[str]:
        """Every long option."""
        return [name for name in self._option_string_actions if name.startswith("--")]


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Read the command line; exits as `argparse` does on `--help`, `--version` and wrong use.

    `command_line` is what was read.
    """
    command, action, *_ = (*(text for text in arguments if not text.startswith("-")), None, None)
    parser, commands = _parsers(command)
    if command is not None and command not in commands:
        parser.error(
            f"there is no command {command!r}.{did_you_mean(command, COMMANDS)}"
            f" Commands: {', '.join(COMMANDS)}."
        )
    user = parser if command is None else commands[command]
    if user.actions and action is not None and action not in user.actions:
        user.error(
            f"there is no action {action!r}.{did_you_mean(action, user.actions)}"
            f" Actions: {', '.join(user.actions)}."
        )
    options, unknown = parser.parse_known_args(arguments)
    if unknown:
        _refuse(unknown[0], user.actions.get(action or "", user))
    options.command_line = tuple(arguments)
    return options


def _refuse(unknown: str, user: CommandParser) -> NoReturn:
    """The value behind an equals sign is not repeated: it may be a secret."""
    names = user.option_names()
    name, equals, _ = unknown.partition("=")
    advice = option_meant(name, names)
    if equals and not name.startswith("-") and "--arg" in names:
        advice = f" Inputs are given as --arg {name}=JSON."
    user.error(f"{name!r} is not understood here.{advice}")


def _parsers(chosen: str | None) -> tuple[CommandParser, dict[str, CommandParser]]:
    """The parser, and one for each command; only that of `chosen` knows its options."""
    parser = CommandParser(
        prog="runagent-ls",
        description="Checks RunAgent agent projects and calls their agents.\n"
        "Without arguments, or with --stdio: language server on standard input and output,\n"
        "for editors.",
    )
    parser.epilog = EXIT_CODES
    parser.add_argument("--version", action="version", version=f"runagent-ls {__version__}")
    group = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    commands: dict[str, CommandParser] = {}
    for name, (summary, module) in COMMANDS.items():
        command = group.add_parser(
            name, help=summary, description=summary[0].upper() + summary[1:] + "."
        )
        if name == chosen:
            import_module(f"runagent_ls.cli.options.{module}").fill(command)
        commands[name] = command
    return parser, commands
