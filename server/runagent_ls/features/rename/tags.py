"""Renaming a tag: its entry in the configuration, and the calls that name it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path as FilePath

from runagent_ls.features.changes import Change, Doubtful, RefusedError, text_edits
from runagent_ls.features.graph.clients import means
from runagent_ls.features.graph.subjects import TagSubject
from runagent_ls.features.rename.config_strings import string_replacements
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.jsontree.edits import Replacement
from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.rules.finding import TextEdit
from runagent_ls.text.lines import line_index

_NEEDS_ESCAPE = frozenset("'\"`\\${}")
"""Characters that mean something else in some string of some language."""


def tag_in_client(snapshot: Snapshot, path: FilePath, offset: int) -> TagSubject | None:
    """The tag of the client call at an offset of a file; None where there is none.

    Raises `RefusedError` for a tag whose agent is not certain: renaming it in the configuration
    offers this call as well.
    """
    for call in snapshot.client_calls(path):
        tag = call.tag
        if tag is None or not tag.span.start <= offset <= tag.span.end:
            continue
        meant = [
            (project, entrypoint, means(snapshot, call, project))
            for project in map(snapshot.project, snapshot.configs_with_tag(tag.value))
            for entrypoint in project.entrypoints
            if entrypoint.tag == tag.value
        ]
        for project, entrypoint, proof in meant:
            if proof is Proof.PROVEN and len(_holders(project, tag.value)) == 1:
                return TagSubject(tag.span, project, entrypoint, tag.value)
        possible = [project for project, _, proof in meant if proof is not Proof.REFUTED]
        if possible:
            raise RefusedError(
                "Which agent this call reaches cannot be told by reading it. Rename the tag in "
                f"{possible[0].config_path.parent.name}/{possible[0].config_path.name}: "
                "this call is offered there, too."
            )
    return None


def rename_tag(snapshot: Snapshot, subject: TagSubject, new_name: str) -> Change:
    """The change that gives a tag another name. Raises `RefusedError`."""
    project, old = subject.project, subject.tag
    if new_name == old:
        return Change()
    _check_name(subject, new_name)
    config = project.config_path
    in_config = string_replacements(
        project.document, config, {(*subject.entrypoint.path, "tag"): new_name}
    )
    certain, doubtful = _calls(snapshot, subject)
    for call in certain:
        _check_call(snapshot, call, new_name)
    possible: dict[tuple[FilePath, str], list[ClientCall]] = {}
    for call in doubtful:
        if _is_writable(snapshot, call, new_name):
            possible.setdefault((call.file, _doubt(snapshot, call)), []).append(call)
    return Change(
        edits=(
            *text_edits(config, project.document.text, in_config),
            *_call_edits(snapshot, certain, new_name),
        ),
        doubtful=tuple(
            Doubtful(
                f"Calls of {old} in {file.name}",
                f"Reading the code does not tell whether these calls reach this entrypoint: {why}",
                _call_edits(snapshot, calls, new_name),
            )
            for (file, why), calls in possible.items()
        ),
    )


def _check_name(subject: TagSubject, new: str) -> None:
    if not new or new != new.strip():
        raise RefusedError(
            "A tag may not be empty or have spaces at its ends: "
            "calls repeat it character by character."
        )
    if not new.isprintable():
        raise RefusedError("A tag is one line of visible characters.")
    for other in subject.project.entrypoints:
        if other.tag == new and other.index != subject.entrypoint.index:
            where = f" by {other.file}: {other.module}" if other.file and other.module else ""
            raise RefusedError(
                f"The tag {new!r} is in use{where} (entrypoint {other.index + 1}). "
                "Each entrypoint needs a tag of its own."
            )
    if new.endswith("_stream") != subject.tag.endswith("_stream"):
        now, then = ("streams", "would not") if subject.entrypoint.is_stream else (
            "answers at once", "would stream",
        )  # fmt: skip
        raise RefusedError(
            f"{subject.tag!r} {now}, {new!r} {then}: the ending _stream decides how a tag is "
            "called, so every call of it would fail. Edit the tag itself if that is what you want."
        )


def _holders(project: AgentProject, tag: str) -> list[Entrypoint]:
    return [entrypoint for entrypoint in project.entrypoints if entrypoint.tag == tag]


def _calls(snapshot: Snapshot, subject: TagSubject) -> tuple[list[ClientCall], list[ClientCall]]:
    """Calls that certainly reach the entrypoint, and those that may."""
    certain, doubtful = [], []
    # An agent with two equal tags does not start: which of them a call means nobody knows.
    alone = len(_holders(subject.project, subject.tag)) == 1
    for call in snapshot.calls_with_tag(subject.tag):
        proof = means(snapshot, call, subject.project)
        if proof is Proof.PROVEN and alone:
            certain.append(call)
        elif proof is not Proof.REFUTED:
            doubtful.append(call)
    return certain, doubtful


def _doubt(snapshot: Snapshot, call: ClientCall) -> str:
    """What keeps a call from being certain."""
    if call.agent_id is None:
        return "the agent they name is only known when they run."
    if len(snapshot.configs_with_id(call.agent_id.value)) > 1:
        return "several agents have the id that they name."
    return "the agent has several entrypoints with this tag."


def _is_writable(snapshot: Snapshot, call: ClientCall, new: str) -> bool:
    """Whether another tag can stand between the quotes of this one, which is still there."""
    tag, text = call.tag, snapshot.files.read(call.file).text or ""
    if tag is None or not tag.plain or not _NEEDS_ESCAPE.isdisjoint(new):
        return False
    return text[tag.span.start : tag.span.end] == tag.value


def _check_call(snapshot: Snapshot, call: ClientCall, new: str) -> None:
    if not _is_writable(snapshot, call, new):
        text = snapshot.files.read(call.file).text or ""
        line = line_index(text).position(call.span.start).line + 1
        raise RefusedError(
            f"The call in {call.file.name}, line {line}, writes its tag in a way that cannot be "
            "changed with certainty. Write it as one plain string, or choose a name without "
            "quotes, braces and backslashes."
        )


def _call_edits(snapshot: Snapshot, calls: Iterable[ClientCall], new: str) -> tuple[TextEdit, ...]:
    by_file: dict[FilePath, list[Replacement]] = {}
    for call in calls:
        if call.tag is not None:
            by_file.setdefault(call.file, []).append((call.tag.span, new))
    return tuple(
        edit
        for file, own in by_file.items()
        for edit in text_edits(file, snapshot.files.read(file).text or "", own)
    )
