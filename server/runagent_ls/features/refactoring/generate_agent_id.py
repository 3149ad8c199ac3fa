"""Give an agent an identifier of its own."""

from __future__ import annotations

from pathlib import Path as FilePath
from uuid import UUID, uuid4

from runagent_ls.features.changes import Change, Doubtful, text_edits
from runagent_ls.features.refactoring.config_edits import config_edits
from runagent_ls.features.refactoring.offer import REWRITE_AGENT_ID, Offer
from runagent_ls.features.snapshot import Snapshot
from runagent_ls.jsontree.edits import Replacement, set_value
from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.model import AgentProject
from runagent_ls.rules.fields.placeholder_agent_id import PLACEHOLDER
from runagent_ls.rules.finding import TextEdit


def generate_agent_id(
    snapshot: Snapshot, project: AgentProject, fresh: UUID | None = None
) -> Offer | None:
    """Replace `agent_id` by a random UUID, in the calls of this agent as well.

    Calls are left to the user where another agent has the same identifier.
    """
    new = str(fresh or uuid4())
    value = project.document.value
    if not isinstance(value, dict) or value.get("agent_id", "") in ("", PLACEHOLDER):
        return None  # A rule speaks of it, and its fix puts one in.
    made = set_value(project.document, ("agent_id",), new)
    if not made:
        return None
    edits = config_edits(project, made)
    calls = _calls(snapshot, project)
    change = Change(edits)
    if calls and _is_shared(snapshot, project):
        label = "Calls with the old agent_id"
        why = "Another agent has the same agent_id: these calls may mean that one."
        change = Change(edits, doubtful=(Doubtful(label, why, _in_calls(snapshot, calls, new)),))
    elif calls:
        change = Change(edits + _in_calls(snapshot, calls, new))
    removes = frozenset({"wrong-type"})
    return Offer("Generate a new agent_id", REWRITE_AGENT_ID, change, removes)


def _calls(snapshot: Snapshot, project: AgentProject) -> list[ClientCall]:
    """Calls that name the agent's identifier, so that it can be replaced there."""
    if project.agent_id is None:
        return []
    calls = snapshot.calls_with_id(project.agent_id)
    return [call for call in calls if call.agent_id is not None and call.agent_id.plain]


def _is_shared(snapshot: Snapshot, project: AgentProject) -> bool:
    same = snapshot.configs_with_id(project.agent_id or "")
    return any(config != project.config_path for config in same)


def _in_calls(snapshot: Snapshot, calls: list[ClientCall], new: str) -> tuple[TextEdit, ...]:
    places: dict[FilePath, list[Replacement]] = {}
    for call in calls:
        if call.agent_id is not None:
            places.setdefault(call.file, []).append((call.agent_id.span, new))
    texts = {file: snapshot.files.read(file).text for file in places}
    return tuple(
        edit
        for file, text in texts.items()
        if text is not None
        for edit in text_edits(file, text, places[file])
    )
