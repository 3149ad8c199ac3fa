"""`runagent-ls sessions`: look at the sessions that agents keep, and remove them."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from agent_runtime.persistence import StoreError
from runagent_ls.cli.exit_codes import CommandError, ExitCode
from runagent_ls.cli.projects import configs_of
from runagent_ls.cli.resuming import way_on_of_session
from runagent_ls.cli.session_texts import details_to_json, listed, session_to_json, shown
from runagent_ls.cli.terminal import Painter, harmless, wants_colour
from runagent_ls.cli.trace.output_trace import session_end, width_of
from runagent_ls.cli.trace.trace_text import TraceText
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.sessions.kept import Found, KeptSessions, StoreKind


def sessions(options: Namespace) -> int:
    """Do what `options.action` says."""
    try:
        return _ACTIONS[options.action](options)
    except StoreError as error:
        raise CommandError(str(error)) from error


def _list(options: Namespace) -> int:
    agents: list[tuple[Path, Found]] = []
    for config in configs_of([*options.paths, *options.project], DiskFiles()):
        with KeptSessions(config.parent) as kept:
            agents.append((config.parent, kept.list(options.agent)))
    if options.json:
        messages = [_agent_to_json(folder, found) for folder, found in agents]
        print(json.dumps({"agents": messages}, indent=2))
    else:
        _print_lists(agents)
    for _, found in agents:
        for problem in found.problems:
            print(harmless(problem), file=sys.stderr)
    return ExitCode.FINDINGS if any(found.problems for _, found in agents) else ExitCode.OK


def _print_lists(agents: Sequence[tuple[Path, Found]]) -> None:
    paint = Painter(wants_colour(sys.stdout))
    with_sessions = [(folder, found) for folder, found in agents if found.sessions]
    for folder, found in with_sessions:
        if len(agents) > 1:
            print(paint(harmless(str(folder)), "bold"))
        for line in listed(found.sessions, paint):
            print(line)
    if not with_sessions:
        where = ", ".join(harmless(str(folder)) for folder, _ in agents)
        print(f"No sessions in {where}.", file=sys.stderr)


def _agent_to_json(folder: Path, found: Found) -> dict[str, object]:
    return {
        "folder": str(folder),
        "sessions": [session_to_json(it) for it in found.sessions],
        "problems": list(found.problems),
    }


def _show(options: Namespace) -> int:
    meant = _find(options.session, options)
    with KeptSessions(meant.folder) as kept:
        details = kept.get(meant.session, options.step, meant.store)
        if options.json:
            print(json.dumps(details_to_json(details), indent=2))
            return ExitCode.OK
        trace, paint = _trace_of(meant.session)
        for text in shown(details, kept.events(meant.session, store=meant.store), trace, paint):
            sys.stdout.write(text)
    step = trace.last_complete_step
    if details.session.summary.state == "running":
        return ExitCode.OK
    command = way_on_of_session(meant.config, details.history.input, meant.session, step)
    if command is not None:
        sys.stdout.write(session_end(trace, meant.session, step, command))
    return ExitCode.OK


def _trace_of(session: str) -> tuple[TraceText, Painter]:
    out, paint = sys.stdout, Painter(wants_colour(sys.stdout))
    trace = TraceText(paint, width_of(out), out.encoding or "ascii", session=session)
    return trace, paint


def _delete(options: Namespace) -> int:
    deleted = 0
    for meant in dict.fromkeys(_find(text, options) for text in options.sessions):
        with KeptSessions(meant.folder) as kept:
            deleted += kept.delete(meant.session, meant.store)
    print(f"{deleted} {'session' if deleted == 1 else 'sessions'} deleted", file=sys.stderr)
    return ExitCode.OK


@dataclass(frozen=True, slots=True)
class _Meant:
    """A session, with the configuration of the agent that keeps it."""

    config: Path
    session: str
    store: StoreKind

    @property
    def folder(self) -> Path:
        return self.config.parent


def _find(text: str, options: Namespace) -> _Meant:
    configs = configs_of(options.project, DiskFiles())
    found: list[_Meant] = []
    for config in configs:
        with KeptSessions(config.parent) as kept:
            found += [_Meant(config, *it) for it in kept.like(text, options.store)]
    meant = [it for it in found if it.session == text] or found
    if len(meant) == 1:
        return meant[0]
    folders = ", ".join(str(config.parent) for config in configs)
    if not meant:
        raise CommandError(
            f"There is no session {text!r} in {folders}.",
            "`runagent-ls sessions list` prints those that there are.",
        )
    advice = "Give more of the id, or the agent's folder with --project."
    if len({(it.folder, it.session) for it in meant}) == 1:
        advice = "Both stores of the agent have it: give --store file or --store sqlite."
    raise CommandError(f"{text!r} may be any of {len(meant)} sessions in {folders}.", advice)


_ACTIONS: Final[Mapping[str, Callable[[Namespace], int]]] = {
    "list": _list,
    "show": _show,
    "delete": _delete,
}
