"""`runagent-ls new`: a small agent in a new folder, or the code of a folder made an agent."""

from __future__ import annotations

import contextlib
import sys
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from runagent_ls.cli.exit_codes import CommandError, ExitCode
from runagent_ls.cli.options.values import did_you_mean
from runagent_ls.cli.projects import absolute
from runagent_ls.cli.terminal import one_line
from runagent_ls.features.changes import Change, CreateFile, RefusedError
from runagent_ls.features.new_agent.candidates import Candidate, candidates
from runagent_ls.features.new_agent.planning import make_agent, plan_new_agent
from runagent_ls.features.new_agent.templates import DEFAULT
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.text.command_line import command_line
from runagent_ls.text.paths import shown_path


def new(options: Namespace) -> int:
    """Write the files of an agent into `options.folder`."""
    _hold_together(options)
    folder = absolute(options.folder)
    try:
        if options.from_code:
            return _from_code(folder, options)
        template = options.template or DEFAULT
        change = plan_new_agent(folder, options.name or folder.name, template, DiskFiles())
    except RefusedError as error:
        raise CommandError(str(error)) from error
    _write(change.creates)
    _tell(folder, change)
    return ExitCode.OK


def _hold_together(options: Namespace) -> None:
    if options.from_code and options.template:
        raise CommandError("--template is for a new agent, not for --from-code.")
    if not options.from_code and (options.function or options.list):
        raise CommandError("--function and --list are for --from-code.")


def _from_code(folder: Path, options: Namespace) -> int:
    files = DiskFiles()
    if files.kind(folder) != "directory":
        raise CommandError(f"{folder} is no folder.", "Give the folder that holds the code.")
    known = candidates(folder, files)
    if options.list:
        sys.stdout.write("".join(_row(it) for it in known) or "nothing to offer\n")
        return ExitCode.OK
    chosen = _chosen(folder, known, options.function)
    change = make_agent(folder, [it.fields for it in chosen], files, name=options.name)
    _write(change.creates)
    _tell(folder, change)
    sys.stdout.write("".join(_row(it) for it in chosen))
    return ExitCode.OK


def _row(candidate: Candidate) -> str:
    fields = candidate.fields
    mark = "*" if candidate.suggested else " "
    text = f"{mark} {fields.file}:{fields.module}{candidate.signature}  as {fields.tag}"
    return one_line(text) + "\n"


def _chosen(folder: Path, known: Sequence[Candidate], wanted: Sequence[str]) -> list[Candidate]:
    if not known:
        raise CommandError(
            f"No function to offer was found in {folder}.",
            "Looked at the functions and objects at the top level of its Python files, leaving out"
            " tests and what .gitignore names. Without --from-code a small agent is written.",
        )
    by_name = {f"{it.fields.file}:{it.fields.module}": it for it in known}
    for name in wanted:
        if name not in by_name:
            raise CommandError(
                f"There is no {name!r} to offer in {folder}.{did_you_mean(name, by_name)}",
                "`runagent-ls new --from-code --list` prints what there is.",
            )
    if wanted:
        return [by_name[name] for name in dict.fromkeys(wanted)]
    return [it for it in known if it.suggested]


def _write(creates: Sequence[CreateFile]) -> None:
    """All of the files or none; one that appeared meanwhile is left as it is."""
    written: list[Path] = []
    try:
        for file in creates:
            file.path.parent.mkdir(parents=True, exist_ok=True)
            with file.path.open("x", encoding="utf-8", newline="\n") as stream:
                written.append(file.path)
                stream.write(file.text)
    except OSError as error:
        for path in written:
            with contextlib.suppress(OSError):
                path.unlink()
        raise CommandError(f"{error.filename} cannot be written: {error.strerror}.") from error


def _tell(folder: Path, change: Change) -> None:
    base = Path.cwd()
    for file in change.creates:
        print(one_line(f"wrote {shown_path(file.path, base)}"))
    where = command_line([shown_path(folder, base)])
    print(
        one_line(
            f"`runagent-ls serve {where}` serves the agent, "
            f"`runagent-ls check {where}` looks for mistakes."
        )
    )
