"""The command that goes on with the session of an agent in steps."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runagent_ls.agents.history import StoredRun
from runagent_ls.agents.values import JsonValue
from runagent_ls.cli.calling import config_of
from runagent_ls.cli.secret_inputs import is_secret
from runagent_ls.cli.terminal import harmless
from runagent_ls.text.command_line import command_line

if TYPE_CHECKING:  # known when a session was seen
    from runagent_ls.features.entrypoints import EntrypointInfo

SESSION: Final = "session_id"
STEP: Final = "resume_from_step"
"""Parameters by which an entrypoint is told which of its sessions goes on, and after which step."""

_LEFT_OUT: Final = "..."
"""In the place of a secret: no JSON, so that it is not taken for one."""
_LONGEST: Final = 2000
"""Characters of a command that somebody may want to copy."""


def way_on(
    options: Namespace,
    args: Sequence[JsonValue],
    kwargs: Mapping[str, JsonValue],
    session: str,
    step: int,
) -> str | None:
    """The command of `options`, which gave `args` and `kwargs`, with the session and its step; None
    where it could not go on, as far as the project tells, and with positional arguments."""
    config = config_of(options)
    if config is None or args or not _can_resume(config, options.tag, session, step):
        return None
    named = {name for name, _ in options.arguments}
    given = {name: it for name, it in kwargs.items() if name not in named}
    words = ["runagent-ls", *_kept(options.command_line)]
    return resuming(words, given if options.input == "-" else {}, session, step)


def way_on_of_run(run: StoredRun, session: str, step: int) -> str | None:
    """The command that calls the entrypoint of a recorded run with its inputs; None also where the
    run does not say which project it was of, and what all of its inputs were."""
    from runagent_ls.agents.history.redaction.redactor import MASK

    if run.project_root is None or run.config_path is None or run.args or run.inputs_cut:
        return None
    kwargs = {name: it for name, it in run.kwargs.items() if name not in (SESSION, STEP)}
    config = Path(run.config_path)
    if MASK in json.dumps(kwargs) or not _can_resume(config, run.tag, session, step):
        return None
    words = ("runagent-ls", run.kind, run.tag, "--project", run.project_root)
    return resuming(words, kwargs, session, step)


def way_on_of_session(config: Path, question: str, session: str, step: int) -> str | None:
    """The command that goes on with a kept session, if one entrypoint alone takes sessions, or
    streams and takes them, and needs nothing else but one text: the question."""
    from runagent_ls.features.entrypoints import describe
    from runagent_ls.project.file_source import DiskFiles
    from runagent_ls.project.loading import load_project

    project = load_project(config, DiskFiles())
    able = [info for it in project.entrypoints if _takes(info := describe(it, project))]
    streaming = [info for info in able if info.streams]
    meant = able if len(able) == 1 else streaming
    if len(meant) != 1:
        return None
    needed = [it for it in meant[0].parameters if it.required]
    needed = [it for it in needed if it.parameter.name not in (SESSION, STEP)]
    if len(needed) != 1 or needed[0].parameter.kind == "positional_only":
        return None
    if needed[0].parameter.annotation is not None and needed[0].schema.get("type") != "string":
        return None
    command = "stream" if meant[0].streams else "run"
    words = ("runagent-ls", command, meant[0].tag, "--project", str(config.parent))
    return resuming(words, {needed[0].parameter.name: question}, session, step)


def _can_resume(config: Path, tag: str, session: str, step: int) -> bool:
    """Whether the entrypoint has parameters for a session and its step, and its agent keeps them
    where sessions are looked for."""
    from runagent_ls.features.entrypoints import describe
    from runagent_ls.project.file_source import DiskFiles
    from runagent_ls.project.loading import load_entrypoints

    project = load_entrypoints(config, DiskFiles(), tag)
    found = project.entrypoint_of(tag)
    return (
        found is not None
        and _takes(describe(found, project))
        and _is_kept(config.parent, session, step)
    )


def _is_kept(folder: Path, session: str, step: int) -> bool:
    from agent_runtime.persistence import StoreError
    from runagent_ls.sessions.kept import KeptSessions

    with KeptSessions(folder) as kept:
        try:
            kept.get(session, step)
        except StoreError:
            return False
    return True


def _takes(info: EntrypointInfo) -> bool:
    by_name = {
        it.parameter.name for it in info.parameters if it.parameter.kind != "positional_only"
    }
    return {SESSION, STEP} <= by_name


def resuming(
    words: Sequence[str], kwargs: Mapping[str, JsonValue], session: str, step: int
) -> str | None:
    """The command that calls with `kwargs` as well, but for secrets; None for one that is too long
    to be copied."""
    values = {name: _LEFT_OUT if is_secret(name, it) else _json(it) for name, it in kwargs.items()}
    values |= {SESSION: _json(session), STEP: _json(step)}
    given = [word for name, text in values.items() for word in ("--arg", f"{name}={text}")]
    text = command_line([*words, *given])
    return text if len(text) <= _LONGEST else None


def _kept(words: Sequence[str]) -> Iterator[str]:
    """Without what stands for standard input, without an earlier session, and without secrets."""
    rest = iter(words)
    for word in rest:
        name, equals, value = word.partition("=")
        if name not in ("--arg", "--extra", "--input"):
            yield word
            continue
        given = value if equals else next(rest, "")
        field, _, text = given.partition("=")
        if name == "--input" and given != "-":
            yield from (name, given)
        elif name == "--extra" or (name == "--arg" and field not in (SESSION, STEP)):
            left_out = is_secret(field, json.loads(text))
            yield from (name, f"{field}={_LEFT_OUT}" if left_out else given)


def _json(value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if harmless(text) == text else json.dumps(value)
