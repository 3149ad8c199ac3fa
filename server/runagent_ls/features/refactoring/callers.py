"""What the code of a workspace passes to an entrypoint: the parameters its function needs."""

from __future__ import annotations

from pathlib import Path as FilePath

from runagent_ls.features.graph.clients import means
from runagent_ls.features.refactoring.inputs import Inputs
from runagent_ls.features.refactoring.javascript_inputs import javascript_inputs
from runagent_ls.features.refactoring.python_inputs import python_inputs
from runagent_ls.features.refactoring.stubs import UNKNOWN_CALLERS, StubParameter
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.model import AgentProject
from runagent_ls.pyfile.model import Proof


def caller_parameters(
    snapshot: Snapshot, project: AgentProject, tag: str
) -> tuple[StubParameter, ...]:
    """Parameters that fit all known calls of a tag; those that some calls leave out are optional.

    Calls of other agents do not count, calls that unpack anything neither; those whose agent is
    not known do where no other agent has the tag.
    """
    is_alone = set(snapshot.configs_with_tag(tag)) <= {project.config_path}
    found: list[Inputs] = []
    by_file: dict[FilePath, list[ClientCall]] = {}
    for call in snapshot.calls_with_tag(tag):
        is_named = call.agent_id is not None
        if means(snapshot, call, project) is not Proof.REFUTED and (is_named or is_alone):
            by_file.setdefault(call.file, []).append(call)
    for file, calls in by_file.items():
        text = snapshot.files.read(file).text
        if text is None:
            continue
        if calls[0].language == "python":
            found += python_inputs(text, {call.span.start for call in calls})
        else:
            found += javascript_inputs(file, text, [call.span for call in calls])
    return _united(found) if found else UNKNOWN_CALLERS


def _united(found: list[Inputs]) -> tuple[StubParameter, ...]:
    types: dict[str, set[str]] = {}
    for inputs in found:
        for name, kind in inputs.items():
            types.setdefault(name, set()).add(kind)
    return tuple(
        StubParameter(
            name,
            kinds.copy().pop() if len(kinds) == 1 else "",
            optional=not all(name in inputs for inputs in found),
        )
        for name, kinds in types.items()
    )
