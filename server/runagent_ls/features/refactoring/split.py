"""Give a generator two entrypoints: one that streams, and one that answers with all its chunks."""

from __future__ import annotations

from runagent_ls.features.changes import Change
from runagent_ls.features.refactoring.collecting import collector
from runagent_ls.features.refactoring.config_edits import config_edits, free_tag
from runagent_ls.features.refactoring.create_function import insertion_edits
from runagent_ls.features.refactoring.offer import REWRITE_SPLIT, Offer
from runagent_ls.features.refactoring.python_layout import Insertion
from runagent_ls.jsontree.document import JsonValue
from runagent_ls.jsontree.edits import Replacement, insert_item, set_value
from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Proof
from runagent_ls.schema.entrypoints import ENTRYPOINTS


def split(project: AgentProject, entrypoint: Entrypoint) -> Offer | None:
    """Let a tag that does not stream answer with a list, and add one that streams; or, for an
    entrypoint that streams, add one that answers with a list.

    None unless a plain generator of the entrypoint's own file certainly stands behind it.
    """
    tag = entrypoint.tag
    collects = _collector(entrypoint) if tag else None
    at = entrypoint.module_file
    if collects is None or not tag or at is None or at.source is None:
        return None
    if entrypoint.is_stream:
        new = tag.removesuffix("_stream")
        if not new or any(it.tag == new or _is_twin(it, entrypoint) for it in project.entrypoints):
            return None
        made = _added(project, entrypoint, collects.name, new)
        title = f"Add the entrypoint {new}, which answers {tag} in one piece"
    else:
        twin = next((it for it in project.entrypoints if _is_twin(it, entrypoint)), None)
        made = set_value(project.document, (*entrypoint.path, "module"), collects.name)
        new = twin.tag if twin is not None and twin.tag else free_tag(project, tag, streams=True)
        if twin is None and made is not None:
            added = _added(project, entrypoint, entrypoint.module or "", new)
            made = None if added is None else made + added
        title = f"Split into {tag}, which answers in one piece, and {new}"
    if not made:
        return None
    edits = (*insertion_edits(at.path, at.source.text, collects), *config_edits(project, made))
    return Offer(title, REWRITE_SPLIT, Change(edits), frozenset({"generator-without-stream"}))


def _is_twin(other: Entrypoint, entrypoint: Entrypoint) -> bool:
    """Whether it is the same function called the other way."""
    same = other.file == entrypoint.file and other.module == entrypoint.module
    return same and other.tag is not None and other.is_stream != entrypoint.is_stream


def _added(
    project: AgentProject, entrypoint: Entrypoint, module: str, tag: str
) -> tuple[Replacement, ...] | None:
    """Insert an entrypoint behind the one at hand."""
    value: dict[str, JsonValue] = {"file": entrypoint.file, "module": module, "tag": tag}
    return insert_item(project.document, ENTRYPOINTS, value, entrypoint.index + 1)


def _collector(entrypoint: Entrypoint) -> Insertion | None:
    found, at = entrypoint.resolution, entrypoint.module_file
    if found is None or at is None or at.source is None or not at.inside_project:
        return None
    if not found.exists is found.gives_generator is Proof.PROVEN or found.defined_in != at.path:
        return None
    # An extractor would be given a list instead of each chunk.
    value = entrypoint.value
    if not isinstance(value, dict) or value.get("extractor"):
        return None
    return collector(at.source, entrypoint.module or "")
