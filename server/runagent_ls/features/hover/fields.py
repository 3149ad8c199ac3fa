"""What a field of the configuration means and what the real system does with it."""

from __future__ import annotations

import json
from typing import Final, Literal

from runagent_ls.features.markup.content import (
    Block,
    Code,
    Documentation,
    Inline,
    Line,
    Source,
    Strong,
    Text,
)
from runagent_ls.jsontree.contents import value_at
from runagent_ls.jsontree.document import JsonValue, Missing, Path
from runagent_ls.jsontree.edits.yaml_writing import BlockStyle
from runagent_ls.schema.facts import FieldFacts, field

_WORDS: Final = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "true or false",
    "object": "object",
    "array": "list",
    "null": "null",
}
_MOST_EXAMPLES: Final = 3
_LONGEST_LINE: Final = 60


def field_blocks(
    path: Path, config: JsonValue | Missing, language: Literal["json", "yaml"]
) -> tuple[Block, ...]:
    """Documentation of the field at a path; empty for one that nobody knows."""
    facts = field(path, config)
    if facts is None or not facts.documentation:
        return ()
    blocks: list[Block] = [Documentation(facts.documentation)]
    if path and isinstance(path[-1], str):
        blocks.append(_requirement(path, config, facts))
    if facts.examples and path:
        blocks.append(_examples(path[-1], facts.examples, language))
    return tuple(blocks)


def value_blocks(path: Path, config: JsonValue | Missing) -> tuple[Block, ...]:
    """What the value at a path means, if it is one of those that its field may have."""
    facts, value = field(path, config), value_at(config, path)
    if facts is None or not isinstance(value, str) or value not in facts.value_documentation:
        return ()
    return (Documentation(f"`{value}`: {facts.value_documentation[value]}"),)


def _requirement(path: Path, config: JsonValue | Missing, facts: FieldFacts) -> Line:
    """`Required · text`, `Optional · object or null · {} when left out`."""
    above = field(path[:-1], config)
    required = above is not None and path[-1] in above.required
    pieces: list[Inline] = [Strong("Required" if required else "Optional")]
    *others, last = dict.fromkeys(_WORDS.get(it, it) for it in facts.types) or [""]
    if last:
        pieces.append(Text(f" · {', '.join(others)}{' or ' if others else ''}{last}"))
    if facts.has_default and not required:
        pieces += [Text(" · "), Code(json.dumps(facts.default)), Text(" when left out")]
    return Line(tuple(pieces))


def _examples(
    key: str | int, values: tuple[JsonValue, ...], language: Literal["json", "yaml"]
) -> Source:
    """The first example, with others when each takes a line; an empty text shows nothing."""
    write = _yaml if language == "yaml" else _json
    shown = [write(key, it) for it in values if it != ""] or [write(key, values[0])]
    lines = [it for it in shown if "\n" not in it][:_MOST_EXAMPLES]
    return Source(shown[0] if "\n" in shown[0] else "\n".join(lines), language)


def _json(key: str | int, value: JsonValue) -> str:
    text = json.dumps(value, ensure_ascii=False)
    if len(text) > _LONGEST_LINE:
        text = json.dumps(value, ensure_ascii=False, indent=2)
    return f'"{key}": {text}' if isinstance(key, str) else text


def _yaml(key: str | int, value: JsonValue) -> str:
    style = BlockStyle.of("")
    return "\n".join(style.pair(key, value) if isinstance(key, str) else style.item(value))
