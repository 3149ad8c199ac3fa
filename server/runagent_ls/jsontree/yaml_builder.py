"""Builds values and places from the events of a YAML parser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from ruamel.yaml.events import (
    AliasEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
)

from runagent_ls.jsontree.document import MISSING, JsonValue, Missing, NotText
from runagent_ls.jsontree.faults import Faults
from runagent_ls.jsontree.places import Container
from runagent_ls.jsontree.yaml_collections import Frame, Node, merge, merge_sources
from runagent_ls.jsontree.yaml_scalars import construct, plain_type
from runagent_ls.text.position import Span

MAX_DEPTH: Final = 300
"""PyYAML's composer runs out of Python's stack at about 330 levels."""
MAX_SIZE: Final = 200_000
"""Values that one value may hold with all its aliases written out."""

_PREFIX: Final = "tag:yaml.org,2002:"
_SCALAR_TAGS: Final = {
    "str": "string", "int": "integer", "float": "float", "bool": "boolean", "null": "null",
    "timestamp": "timestamp", "binary": "binary",
}  # fmt: skip
_MAPPING_TAGS: Final = {"map": "map", "set": "set"}
_SEQUENCE_TAGS: Final = {"seq": "seq", "omap": "pairs", "pairs": "pairs"}
_ANCHOR: Final = re.compile(r"&[0-9A-Za-z_-]+(?=[\s?:,\]}%@`]|\Z)")
_COMMENT: Final = re.compile(r"(?:^|(?<=\s))#[^\r\n]*")


class TreeBuilder:
    """Takes events in order; afterwards `value`, `root` and `span` describe the document."""

    def __init__(self, text: str, faults: Faults) -> None:
        self.value: JsonValue | Missing = MISSING
        self.root: Container | None = None
        self.span = Span(0, 0)
        self.last_end = 0
        self._text = text
        self._faults = faults
        self._frames: list[Frame] = []
        self._anchors: dict[str, Node] = {}
        self._open: dict[str, Frame] = {}
        self._documents = 0
        self._has_tabs = "\t" in text
        self._token_end = 0

    def take(self, event: Event) -> bool:
        """Take the next event; False when nothing more should be read."""
        start, end = event.start_mark.index, event.end_mark.index
        if self._has_tabs:
            self._check_tabs(start, end)
        match event:
            case DocumentStartEvent():
                return self._begin_document(start)
            case ScalarEvent():
                self._scalar(event, start, end)
            case AliasEvent():
                self._alias(event, start, end)
            case CollectionStartEvent():
                return self._begin(event, start, end)
            case MappingEndEvent() | SequenceEndEvent():
                self._end(end if end > start else self.last_end)
        return True

    def finish(self) -> None:
        """Close what a syntax error left open."""
        while self._frames:
            self._end(self.last_end)

    def _check_tabs(self, start: int, end: int) -> None:
        """PyYAML takes tabs inside of texts and comments only."""
        gap = _COMMENT.sub("", self._text[self._token_end : start])
        at = self._text.find("\t", self._token_end, start)
        if "\t" in gap and at >= 0:
            message = "A tab may not stand here in YAML: use spaces."
            self._faults.add("yaml-syntax", message, Span(at, at + 1))
        self._token_end = max(self._token_end, end)

    def _check_anchor(self, name: str | None, start: int) -> None:
        at = self._text.find(f"&{name}", start) if name else -1
        if at >= 0 and not _ANCHOR.match(self._text, at):
            message = f"The name {name} may hold letters, digits, - and _ only."
            self._faults.add("yaml-syntax", message, Span(at, at + 1 + len(name or "")))

    def _begin_document(self, start: int) -> bool:
        self._documents += 1
        if self._documents == 1:
            return True
        message = "A configuration is one YAML document: nothing may follow."
        self._faults.add("extra-content", message, Span(start, start + 3))
        return False

    # --- values ---

    def _scalar(self, event: ScalarEvent, start: int, end: int) -> None:
        text: str = event.value
        tag = event.tag if event.tag not in (None, "!") else None
        is_plain = event.style is None and tag is None
        type_name = plain_type(text) if is_plain else "string"
        if tag is not None:
            type_name = self._tag_type(str(tag), _SCALAR_TAGS, Span(start, end)) or "string"
        if is_plain and not text:
            start = end = self._behind_colon(start)
        elif event.style in ("|", ">"):
            end = start + len(self._text[start:end].rstrip())
        span = Span(start, end)
        node = Node(text, span, is_plain_merge=type_name == "merge")
        if type_name == "default" or (type_name == "merge" and not self._awaits_key()):
            message = f"PyYAML cannot read an unquoted {text} as a value: write it in quotes."
            self._faults.add("unknown-tag", message, span)
        else:
            node.value = self._construct(text, type_name, span)
        if is_plain and text.endswith(":") and self._in_flow():
            node.value = {text[:-1]: None}
        self._remember(event.anchor, node, start)
        self._add(node)

    def _in_flow(self) -> bool:
        """Inside of brackets, PyYAML takes `a:,` for a key without a value."""
        return bool(self._frames) and self._frames[-1].is_flow

    def _construct(self, text: str, type_name: str, span: Span) -> JsonValue:
        try:
            return construct(text, type_name)
        except ValueError:
            shown = text if len(text) <= 40 else f"{text[:40]}…"
            message = f"YAML takes {shown} for a {type_name}, which it is not: write it in quotes."
            self._faults.add("invalid-scalar", message, span)
            return text

    def _tag_type(self, tag: str, known: Mapping[str, str], span: Span) -> str | None:
        """What an explicit tag makes of a value; None, and a problem, when it cannot."""
        found = known.get(tag.removeprefix(_PREFIX)) if tag.startswith(_PREFIX) else None
        if found is None:
            shown = tag.replace(_PREFIX, "!!")
            message = f"RunAgent's YAML reader refuses the tag {shown} here."
            self._faults.add("unknown-tag", message, span)
        return found

    def _behind_colon(self, start: int) -> int:
        """Place of an absent value: right behind the colon of its key."""
        frame = self._frames[-1] if self._frames else None
        if frame is None or frame.key is None:
            return self.last_end
        colon = self._text.find(":", frame.key.span.end)
        return colon + 1 if 0 <= colon < start else frame.key.span.end

    def _alias(self, event: AliasEvent, start: int, end: int) -> None:
        span = Span(start, end)
        name = str(event.anchor)
        open_frame = self._open.get(name)
        target = self._anchors.get(name)
        if open_frame is not None:
            message = f"*{name} stands inside of &{name}: this value contains itself."
            self._faults.add(
                "alias-cycle", message, span, open_frame.node.span, breaks_loader=False
            )
            self._add(Node({} if open_frame.is_mapping else [], span))
        elif target is None:
            self._faults.add("unknown-alias", f"No anchor &{name} stands above.", span)
            self._add(Node(None, span))
        elif target.size > MAX_SIZE:
            message = f"With *{name} written out this file would be too large to check."
            self._faults.add("alias-too-large", message, span, breaks_loader=False)
            self._add(Node({} if isinstance(target.value, dict) else [], span))
        else:
            self._add(Node(target.value, span, target.container, target.size))

    # --- collections ---

    def _begin(self, event: CollectionStartEvent, start: int, end: int) -> bool:
        is_mapping = isinstance(event, MappingStartEvent)
        if len(self._frames) >= MAX_DEPTH:
            message = f"This nests deeper than {MAX_DEPTH} levels: RunAgent's reader gives up."
            self._faults.add("too-deep", message, Span(start, max(end, start + 1)))
            return False
        tag = None
        if event.tag not in (None, "!"):
            known = _MAPPING_TAGS if is_mapping else _SEQUENCE_TAGS
            tag = self._tag_type(str(event.tag), known, Span(start, max(end, start + 1)))
        is_object = is_mapping and tag != "set"
        container = Container(self._text, start, is_object=is_object)
        value: JsonValue = {} if is_object else []
        frame = Frame(
            Node(value, Span(start, end), container),
            event.anchor,
            is_mapping,
            is_flow=bool(event.flow_style),
            tag=tag or "",
        )
        self._check_anchor(event.anchor, start)
        if event.anchor:
            self._open[event.anchor] = frame
        self._frames.append(frame)
        self.last_end = max(self.last_end, end)
        return True

    def _end(self, end: int) -> None:
        frame = self._frames.pop()
        if frame.key is not None:
            self._add_to(frame, Node(None, Span(end, end)))
        node = frame.node
        node.span = Span(node.span.start, max(end, node.span.start))
        merge(frame)
        if node.container is not None:
            node.container.close(node.span.end)
        if frame.anchor:
            self._open.pop(frame.anchor, None)
            self._anchors[frame.anchor] = node
        self._add(node)

    def _remember(self, anchor: str | None, node: Node, start: int) -> None:
        self._check_anchor(anchor, start)
        if anchor:
            self._anchors[anchor] = node

    def _awaits_key(self) -> bool:
        return bool(self._frames) and self._frames[-1].is_mapping and self._frames[-1].key is None

    def _add(self, node: Node) -> None:
        """Put a complete value where the innermost open collection wants it."""
        self.last_end = max(self.last_end, node.span.end)
        if not self._frames:
            self.value, self.root, self.span = node.value, node.container, node.span
        else:
            self._add_to(self._frames[-1], node)

    def _add_to(self, frame: Frame, node: Node) -> None:
        if frame.is_mapping and frame.key is None:
            frame.key = node
            return
        frame.node.size += node.size
        value = frame.node.value
        if frame.tag == "set" and frame.key is not None:
            # A set is written as a mapping whose values say nothing.
            node, frame.key = frame.key, None
        if isinstance(value, list) and frame.node.container is not None:
            if frame.tag == "pairs" and not (isinstance(node.value, dict) and len(node.value) == 1):
                message = "Each item must be a mapping of one key."
                self._faults.add("unknown-tag", message, node.span)
            value.append(node.value)
            frame.node.container.add(None, node.span, node.container)
            return
        key, frame.key = frame.key, None
        if key is not None and key.is_plain_merge:
            sources = merge_sources(node)
            if sources is None:
                message = "<< takes a mapping or a list of mappings."
                self._faults.add("invalid-merge", message, node.span)
            frame.merged.extend(sources or ())
        elif key is not None:
            self._add_pair(frame, key, node)

    def _add_pair(self, frame: Frame, key: Node, node: Node) -> None:
        name = self._key_name(key)
        value, container = frame.node.value, frame.node.container
        if name is None or container is None or not isinstance(value, dict):
            return
        first = container.key_span(name)
        if first is not None:
            message = f'"{name}" stands here twice; the last one wins.'
            self._faults.add("duplicate-key", message, key.span, first, breaks_loader=False)
        frame.own.add(name)
        value.pop(name, None)
        value[name] = node.value
        container.add((name, key.span), node.span, node.container)

    def _key_name(self, key: Node) -> str | None:
        value = key.value
        if isinstance(value, str):
            return value
        if isinstance(value, dict | list):
            message = "A collection cannot be a key."
            self._faults.add("invalid-key", message, key.span)
            return None
        written = self._text[key.span.start : key.span.end]
        if value is None or isinstance(value, bool):
            return NotText(written, "null" if value is None else "boolean")
        return NotText(written, "float" if isinstance(value, float) else "integer")
