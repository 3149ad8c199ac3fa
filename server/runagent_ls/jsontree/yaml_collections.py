"""The collections that are open while YAML is read, and its merge keys (`<<`)."""

from __future__ import annotations

from dataclasses import dataclass, field

from runagent_ls.jsontree.document import JsonValue
from runagent_ls.jsontree.places import Container
from runagent_ls.text.position import Span


@dataclass(slots=True)
class Node:
    """A value that was read: `size` counts it and all values in it, aliases written out."""

    value: JsonValue
    span: Span
    container: Container | None = None
    size: int = 1
    is_plain_merge: bool = False


@dataclass(slots=True)
class Frame:
    """A collection that is being read."""

    node: Node
    anchor: str | None
    is_mapping: bool
    is_flow: bool
    key: Node | None = None
    tag: str = ""
    """`set` and `pairs` have rules of their own."""
    merged: list[Node] = field(default_factory=list)
    own: set[str] = field(default_factory=set)


def merge_sources(node: Node) -> list[Node] | None:
    """The mappings that the value of `<<` names; None when it is something else."""
    value, container = node.value, node.container
    sources = [node]
    if isinstance(value, list) and container is not None:
        sources = [
            Node(item, container.span(index, "value"), container.inner(index))
            for index, item in enumerate(value)
        ]
    return sources if all(isinstance(source.value, dict) for source in sources) else None


def merge(frame: Frame) -> None:
    """Copy what the mapping does not say itself; of several sources the first wins."""
    value, container = frame.node.value, frame.node.container
    if container is None or not isinstance(value, dict):
        return
    for source in frame.merged:
        names = source.value if isinstance(source.value, dict) else {}
        for name in [name for name in names if name not in frame.own]:
            value[name] = names[name]
            number = source.container.child(name) if source.container else None
            if source.container is not None and number is not None:
                key = (name, source.container.span(number, "key"))
                place = source.container.span(number, "value")
                container.add(key, place, source.container.inner(number))
        frame.own.update(names)
