"""What is known of an entrypoint: how it is called, what it does and where it stands."""

from __future__ import annotations

from typing import Final

from runagent_ls.features.graph.places import Place
from runagent_ls.features.hover.agents import place_link
from runagent_ls.features.hover.blocks import listed
from runagent_ls.features.hover.model import Happened, HoverBlock
from runagent_ls.features.hover.types_table import types_table
from runagent_ls.features.markup.content import (
    Block,
    Code,
    FileLink,
    Inline,
    Line,
    Prose,
    Source,
    Strong,
    Text,
    line,
)
from runagent_ls.project.model import AgentProject, Entrypoint, Resolution
from runagent_ls.project.observation import ObservedEntrypoint
from runagent_ls.pyfile.model import Proof, Symbol
from runagent_ls.pyfile.signature_schema import signature_parts
from runagent_ls.text.position import Position

_WIDTH: Final = 88
_LONGEST_PART: Final = 200
_MOST_PARTS: Final = 40


def entrypoint_blocks(
    project: AgentProject, entrypoint: Entrypoint, callers: Line | None = None
) -> tuple[HoverBlock, ...]:
    """Signature, documentation, kind, what happened, `callers` and types; empty when nothing is
    known. Popups are small: what is long and seldom needed comes last."""
    blocks: tuple[HoverBlock, ...] = ()
    table = None
    if entrypoint.kind == "webhook":
        blocks = _webhook_blocks(entrypoint)
    elif entrypoint.resolution is not None:
        blocks = _python_blocks(project, entrypoint, entrypoint.resolution)
        table = types_table(project, entrypoint) if blocks else None
    if not blocks:
        return ()
    if entrypoint.tag:
        blocks = (*blocks, Happened(project.config_path, entrypoint.tag))
    return (*blocks, *(it for it in (callers, table) if it is not None))


def _python_blocks(
    project: AgentProject, entrypoint: Entrypoint, resolution: Resolution
) -> tuple[Block, ...]:
    if resolution.exists is Proof.REFUTED:
        return ()  # a finding says what is wrong
    symbol = resolution.symbol
    if symbol is None or symbol.kind == "import":
        return _unread_blocks(project, entrypoint)
    declaration = Source(_declaration(entrypoint, symbol), "python")
    told = (Prose(symbol.docstring),) if symbol.docstring else ()
    return (declaration, *told, _how(project, entrypoint, resolution))


def _declaration(entrypoint: Entrypoint, symbol: Symbol) -> str:
    """The signature as Python would write it, a parameter a line when it is long."""
    if symbol.signature is None:
        name = entrypoint.module or symbol.name
        return f"{name}: {symbol.target[:_LONGEST_PART]}" if symbol.target else name
    keyword = {"function": "def ", "class": "class "}.get(symbol.kind, "")
    head = f"{'async ' if symbol.is_async and keyword else ''}{keyword}{symbol.name}"
    returns = f" -> {symbol.signature.returns[:_LONGEST_PART]}" if symbol.signature.returns else ""
    parts = [it[:_LONGEST_PART] for it in signature_parts(symbol.signature)]
    if len(parts) > _MOST_PARTS:
        parts = [*parts[:_MOST_PARTS], "..."]
    short = f"{head}({', '.join(parts)}){returns}"
    if len(short) <= _WIDTH or not parts:
        return short
    return "\n".join([f"{head}(", *(f"    {part}," for part in parts), f"){returns}"])


def _how(project: AgentProject, entrypoint: Entrypoint, resolution: Resolution) -> Line:
    """`Streams · async generator · defined in main.py:12`."""
    symbol = resolution.symbol
    pieces: list[Inline] = [Strong(mode(entrypoint))]
    if symbol is not None:
        pieces.append(Text(f" · {kind_of(symbol)}"))
        place = _definition_link(project, resolution, symbol)
        if place is not None:
            pieces += [Text(" · defined in "), place]
    if symbol is not None and not resolution.signature_certain and symbol.decorators:
        decorator = symbol.decorators[0].split("(")[0][:60]
        pieces += [Text(" · "), Code(f"@{decorator}"), Text(" may change its parameters")]
    if _extractor_keys(entrypoint):
        pieces += [Text(" · gives "), *listed(_extractor_keys(entrypoint))]
    return Line(tuple(pieces))


def mode(entrypoint: Entrypoint) -> str:
    """How its tag makes it answer."""
    return "Streams" if entrypoint.is_stream else "Gives one result"


def kind_of(symbol: Symbol) -> str:
    """In the words of Python: `async generator`, `class`, `partial`, ..."""
    match symbol.kind:
        case "function" if symbol.is_generator:
            return "async generator" if symbol.is_async else "generator"
        case "function":
            return "async function" if symbol.is_async else "function"
        case "lambda" | "class" | "partial":
            return symbol.kind
        case "instance":
            return f"instance of {(symbol.target or 'a class')[:60]}"
        case _:
            return "object"


def _definition_link(
    project: AgentProject, resolution: Resolution, symbol: Symbol
) -> FileLink | None:
    path = resolution.defined_in
    if path is None or project.files is None or project.files.read(path).text is None:
        return None
    return place_link(project.files, Place.of(path, symbol.span), project.root)


def _unread_blocks(project: AgentProject, entrypoint: Entrypoint) -> tuple[Block, ...]:
    """For what only running the code tells: what was seen when it ran, or how to see it."""
    seen = _observed(project, entrypoint)
    if seen is None:
        reason = "What it is cannot be read from the source: only running the code tells."
        return (Line((Strong(mode(entrypoint)), Text(f" · {reason}"))),)
    pieces: list[Inline] = [Strong(mode(entrypoint)), Text(f" · {seen.kind} when it was run")]
    if seen.at is not None:
        place = FileLink(f"{seen.at.file.name}:{seen.at.line}", seen.at.file, _start(seen.at.line))
        pieces += [Text(" · defined in "), place]
    return (Line(tuple(pieces)),)


def _start(line_number: int) -> Position:
    return Position(max(line_number - 1, 0), 0)


def _observed(project: AgentProject, entrypoint: Entrypoint) -> ObservedEntrypoint | None:
    """What the agent's own Python said of the entrypoint as it is now."""
    known = project.observation.entrypoints if project.observation is not None else ()
    return next((it for it in known if it.kind and it.value == entrypoint.value), None)


def _webhook_blocks(entrypoint: Entrypoint) -> tuple[Block, ...]:
    value = entrypoint.value if isinstance(entrypoint.value, dict) else {}
    url, method = value.get("webhook_url"), value.get("method")
    if not isinstance(url, str) or method not in ("post", "get"):
        return ()  # a finding says what is wrong
    sends = "sends its payload as JSON" if method == "post" else "sends no payload"
    what = line(Strong("Webhook"), f" · {sends} · ", Code(f"{str(method).upper()} {url[:300]}"))
    keys = _extractor_keys(entrypoint)
    return (Line((*what.pieces, Text(" · gives "), *listed(keys))) if keys else what,)


def _extractor_keys(entrypoint: Entrypoint) -> tuple[str, ...]:
    """Keys of the object that the extractor makes of the result."""
    value = entrypoint.value
    found = value.get("extractor") if isinstance(value, dict) else None
    return tuple(map(str, found)) if isinstance(found, dict) else ()
