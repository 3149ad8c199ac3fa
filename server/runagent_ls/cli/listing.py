"""`runagent-ls list`: the entrypoints of projects, their signatures, and where they stand."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from pathlib import Path

from runagent_ls.cli.exit_codes import ExitCode
from runagent_ls.cli.projects import breakage, configs_of
from runagent_ls.cli.terminal import Painter, one_line, wants_colour
from runagent_ls.features.entrypoints import signature_of
from runagent_ls.jsontree.document import JsonValue
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.loading import load_project
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.text.lines import LineIndex
from runagent_ls.text.paths import shown_path


def list_entrypoints(options: Namespace) -> int:
    """Print the entrypoints of every project at `options.path`."""
    files = DiskFiles()
    projects = [load_project(config, files) for config in configs_of([options.path], files)]
    base = Path.cwd()
    if options.json:
        described: list[JsonValue] = [_as_json(project, base) for project in projects]
        sys.stdout.write(json.dumps({"projects": described}, indent=2) + "\n")
    else:
        paint = Painter(wants_colour(sys.stdout))
        sys.stdout.write("\n".join(_as_text(project, base, paint) for project in projects))
    return ExitCode.OK


def _as_json(project: AgentProject, base: Path) -> dict[str, JsonValue]:
    return {
        "path": shown_path(project.config_path, base),
        "agentId": project.agent_id,
        "entrypoints": [_entrypoint_json(project, item, base) for item in project.entrypoints],
    }


def _entrypoint_json(
    project: AgentProject, entrypoint: Entrypoint, base: Path
) -> dict[str, JsonValue]:
    place = _place(project, entrypoint)
    return {
        "tag": entrypoint.tag,
        "kind": entrypoint.kind,
        "streams": entrypoint.is_stream,
        "signature": signature_of(entrypoint),
        "file": entrypoint.file,
        "module": entrypoint.module,
        "url": _url(entrypoint),
        "definition": None
        if place is None
        else {"path": shown_path(place[0], base), "line": place[1], "character": place[2]},
    }


def _place(project: AgentProject, entrypoint: Entrypoint) -> tuple[Path, int, int] | None:
    """File, zero-based line and UTF-16 character of the function, as far as parsing can tell."""
    resolution = entrypoint.resolution
    if resolution is None or resolution.symbol is None or resolution.defined_in is None:
        return None
    source = project.sources.get(resolution.defined_in)
    if source is None:
        return None
    position = LineIndex(source.text).position(resolution.symbol.span.start)
    return resolution.defined_in, position.line, position.character


def _as_text(project: AgentProject, base: Path, paint: Painter) -> str:
    lines = [paint(one_line(shown_path(project.config_path, base)), "bold")]
    if project.config_error is not None:
        lines.append(f"  {one_line(project.config_error)}")
    elif not project.entrypoints:
        broken = breakage(project.document)
        why = "" if broken is None else f"; {broken} `runagent-ls check` tells more."
        lines.append(f"  no entrypoints{one_line(why)}")
    rows = [_row(project, entrypoint, base) for entrypoint in project.entrypoints]
    widths = [max(len(row[at]) for row in rows) for at in range(3)] if rows else []
    for row in rows:
        cells = [text.ljust(width) for text, width in zip(row[:3], widths, strict=True)]
        lines.append("  " + "  ".join([paint(cells[0], "cyan"), *cells[1:], row[3]]).rstrip())
    return "\n".join(lines) + "\n"


def _row(project: AgentProject, entrypoint: Entrypoint, base: Path) -> tuple[str, str, str, str]:
    """Tag, kind, signature and place; what is not known says so."""
    kind = f"{entrypoint.kind}, stream" if entrypoint.is_stream else entrypoint.kind
    signature = signature_of(entrypoint) or entrypoint.module or _url(entrypoint) or "?"
    place = _place(project, entrypoint)
    where = entrypoint.file or ""
    if place is not None:
        where = f"{shown_path(place[0], base)}:{place[1] + 1}"
    tag = "(no tag)" if entrypoint.tag is None else entrypoint.tag
    return one_line(tag), kind, one_line(signature), one_line(where)


def _url(entrypoint: Entrypoint) -> str | None:
    value = entrypoint.value
    url = value.get("webhook_url") if isinstance(value, dict) else None
    return url if isinstance(url, str) else None
