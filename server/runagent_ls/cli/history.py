"""`runagent-ls history`: look at recorded runs, compare, export and remove them."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Final

from runagent_ls.agents.history import History, HistoryError, Query
from runagent_ls.agents.values import JsonValue
from runagent_ls.cli.exit_codes import CommandError, ExitCode
from runagent_ls.cli.history_texts import compared, heading, listed, shown
from runagent_ls.cli.output import Output, format_for
from runagent_ls.cli.projects import absolute
from runagent_ls.cli.resuming import way_on_of_run
from runagent_ls.cli.terminal import Painter, harmless, one_line, wants_colour


def history(options: Namespace) -> int:
    """Do what `options.action` says."""
    runs = History.open()
    if not runs.enabled:
        raise CommandError(
            "The history is switched off.",
            "RUNAGENT_LS_HISTORY says so; name a file there, or unset it.",
        )
    try:
        _ACTIONS[options.action](runs, options)
    except HistoryError as error:
        raise CommandError(error.message, error.suggestion) from error
    return ExitCode.OK


def _list(runs: History, options: Namespace) -> None:
    page = runs.list(_query(options, options.limit, options.before))
    if options.json:
        _print_json(
            {
                "path": str(runs.path),
                "runs": [run.to_message() for run in page.runs],
                "next": page.next,
            }
        )
        return
    paint = Painter(wants_colour(sys.stdout))
    for line in listed(page.runs, paint):
        print(line)
    if not page.runs:
        print(f"No such runs in {one_line(str(runs.path))}.", file=sys.stderr)
    elif page.next is not None:
        print(f"There are more: --before {page.next}", file=sys.stderr)


def _show(runs: History, options: Namespace) -> None:
    run = runs.get(options.run)
    with closing(runs.iter_chunks(run.history_id, options.after)) as every:
        chunks = islice(every, options.limit)
        output_format = format_for(sys.stdout, options.output_format)
        if output_format == "json":
            print(json.dumps(run.to_message()))
            for chunk in chunks:
                print(
                    json.dumps(
                        {
                            "index": chunk.index,
                            "atMs": chunk.at_ms,
                            "type": chunk.type,
                            "value": chunk.value,
                        }
                    )
                )
            return
        way_on = partial(way_on_of_run, run)
        output = Output(sys.stdout, "text", way_on) if output_format == "text" else None
        for text in shown(run, chunks, Painter(wants_colour(sys.stdout)), output):
            sys.stdout.write(text)


def _search(runs: History, options: Namespace) -> None:
    matches = runs.search(" ".join(options.words), _query(options, limit=50))
    if options.json:
        found: list[JsonValue] = [
            {"run": match.run.to_message(), "where": match.where, "excerpt": match.excerpt}
            for match in matches
        ]
        _print_json({"matches": found})
        return
    paint = Painter(wants_colour(sys.stdout))
    for match in matches:
        print(heading(match.run, paint))
        print(f"  {match.where}: {one_line(match.excerpt)}")
    if not matches:
        print("No run has these words.", file=sys.stderr)


def _export(runs: History, options: Namespace) -> None:
    ids = _chosen(runs, options)
    if options.output is None:
        runs.export(ids, options.format, sys.stdout)
        return
    try:
        with Path(options.output).open("w", encoding="utf-8", newline="\n") as out:
            count = runs.export(ids, options.format, out)
    except OSError as error:
        raise CommandError(
            f"{options.output} cannot be written: {error.strerror or error}."
        ) from error
    print(f"{count} runs written to {harmless(str(options.output))}", file=sys.stderr)


def _delete(runs: History, options: Namespace) -> None:
    if not options.runs and _query(options) == Query():
        raise CommandError(
            "Nothing says which runs to delete.",
            "Give their ids or a filter such as --tag; `history clear` removes everything.",
        )
    count = runs.delete(_chosen(runs, options))
    print(f"{count} runs deleted", file=sys.stderr)


def _compare(runs: History, options: Namespace) -> None:
    comparison = runs.compare(options.first, options.second)
    if options.json:
        _print_json(comparison.to_message())
        return
    for line in compared(comparison, Painter(wants_colour(sys.stdout))):
        print(line)


def _clear(runs: History, options: Namespace) -> None:
    if not options.yes and sys.stdin is not None and sys.stdin.isatty():
        print(f"Remove every run from {harmless(str(runs.path))}? [y/N] ", end="", file=sys.stderr)
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() not in {"y", "yes"}:
            print("nothing removed", file=sys.stderr)
            return
    print(f"{runs.clear()} runs deleted", file=sys.stderr)


def _pin(runs: History, options: Namespace) -> None:
    runs.pin(options.run, pinned=options.action == "pin")


_ACTIONS: Final[Mapping[str, Callable[[History, Namespace], None]]] = {
    "list": _list,
    "show": _show,
    "search": _search,
    "export": _export,
    "delete": _delete,
    "compare": _compare,
    "clear": _clear,
    "pin": _pin,
    "unpin": _pin,
}


def _query(options: Namespace, limit: int = 50, before: str | None = None) -> Query:
    project = None if options.project is None else str(absolute(options.project))
    return Query(
        project=project,
        agent_id=options.agent_id,
        tag=options.tag,
        state=options.state,
        since=options.since,
        until=options.until,
        limit=limit,
        before=before,
    )


def _chosen(runs: History, options: Namespace) -> list[str]:
    """The runs that are named, else those that fit the filters, oldest first."""
    if options.runs:
        return [runs.get(text).history_id for text in options.runs]
    return list(reversed(runs.ids(_query(options))))


def _print_json(value: JsonValue) -> None:
    print(json.dumps(value, indent=2))
