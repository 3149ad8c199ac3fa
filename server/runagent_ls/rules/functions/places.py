"""Where functions stand, and what of them may be spoken of."""

from __future__ import annotations

from runagent_ls.project.model import AgentProject, Entrypoint
from runagent_ls.pyfile.model import Parameter, Proof
from runagent_ls.rules.rule import InFile
from runagent_ls.text.position import Span


def has_whole_source(entrypoint: Entrypoint) -> bool:
    """False while the file has a syntax error: what it defines is then a matter of memory."""
    at = entrypoint.module_file
    source = at.source if at is not None else None
    return source is not None and source.syntax_error is None and not source.stale


def at_function(entrypoint: Entrypoint, project: AgentProject) -> InFile | None:
    """The name of what an entrypoint addresses, in the file that defines it."""
    found = entrypoint.resolution
    if found is None or found.symbol is None or found.defined_in is None:
        return None
    source = project.sources.get(found.defined_in)
    if source is None or source.stale:
        return None
    return InFile(found.defined_in, found.symbol.span)


def in_definition(entrypoint: Entrypoint, span: Span) -> InFile | None:
    """A place in the file that defines what an entrypoint addresses."""
    found = entrypoint.resolution
    return InFile(found.defined_in, span) if found is not None and found.defined_in else None


def visible_parameters(entrypoint: Entrypoint) -> tuple[Parameter, ...]:
    """The parameters that a caller meets; none when a decorator may change them."""
    found = entrypoint.resolution
    if found is None or found.exists is not Proof.PROVEN or not found.signature_certain:
        return ()
    if found.signature is None or found.needs_instance or not has_whole_source(entrypoint):
        return ()
    return found.signature.parameters
