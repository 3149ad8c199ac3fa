"""Tools with which a model keeps a knowledge graph and asks it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any

from agent_runtime.graph.elements import Entity, Relation
from agent_runtime.graph.knowledge_graph import KnowledgeGraph
from agent_runtime.json_value import JsonValue
from agent_runtime.tools import ToolError, ToolRegistry

_MAX_LINES = 50


def graph_tools(graph: KnowledgeGraph | Callable[[], KnowledgeGraph]) -> ToolRegistry:
    """Tools for a graph, or for the one that a function gives: that of the session that asks.

    `add_entity`, `relate`, `remove_entity` and `remove_relation` change it; `neighbours`,
    `find_entities` and `find_path` ask it.
    """
    tools = ToolRegistry(breaker=False)

    def given() -> KnowledgeGraph:
        return graph if isinstance(graph, KnowledgeGraph) else graph()

    _add_entity_changes(tools, given)
    _add_relation_changes(tools, given)
    _add_questions(tools, given)
    return tools


def _add_entity_changes(tools: ToolRegistry, given: Callable[[], KnowledgeGraph]) -> None:
    @tools.tool(repeatable=True)
    def add_entity(
        entity: str, kind: str | None = None, properties: dict[str, Any] | None = None
    ) -> str:
        """Adds something to the knowledge graph, or more about what is there already.

        Args:
            entity: Its name, which is its id.
            kind: What it is, such as person, city, company.
            properties: What else is known of it, by name.
        """
        graph = given()
        known = graph.entity(entity)
        before = known or Entity(entity, "thing")
        merged = {**before.properties, **(properties or {})}
        graph.add_entity(entity, kind or before.kind, merged)
        return "Changed." if known else "Added."

    @tools.tool(repeatable=True)
    def remove_entity(entity: str) -> str:
        """Removes something from the knowledge graph, with all of its relations.

        Args:
            entity: Its name.
        """
        graph = given()
        graph.remove_entity(graph.require(entity).id)
        return "Removed."


def _add_relation_changes(tools: ToolRegistry, given: Callable[[], KnowledgeGraph]) -> None:
    @tools.tool(repeatable=True)
    def relate(source: str, relation: str, target: str) -> str:
        """Adds to the knowledge graph how one thing stands to another; new things are added.

        Args:
            source: The name of the first, such as Ada.
            relation: How it stands to the other, such as works_for.
            target: The name of the other, such as Acme.
        """
        graph = given()
        for name in (source, target):
            if graph.entity(name) is None:
                graph.add_entity(name)
        return _told(graph.add_relation(source, target, relation))

    @tools.tool(repeatable=True)
    def remove_relation(source: str, relation: str, target: str) -> str:
        """Removes a relation between two things from the knowledge graph.

        Args:
            source: The name of the first.
            relation: How it stands to the other.
            target: The name of the other.
        """
        graph = given()
        if graph.remove_relation(source, target, relation):
            return "Removed."
        between = ", ".join(one.kind for one in graph.relations(source=source, target=target))
        there = f" There is: {between}." if between else ""
        raise ToolError(f"The graph has no such relation between the two.{there}")


def _add_questions(tools: ToolRegistry, given: Callable[[], KnowledgeGraph]) -> None:
    @tools.tool(repeatable=True)
    def neighbours(entity: str) -> str:
        """What the knowledge graph says of a thing: its kind, properties and relations.

        Args:
            entity: Its name.
        """
        graph = given()
        known = graph.require(entity)
        out = graph.relations(source=known.id)
        into = [one for one in graph.relations(target=known.id) if one.source != known.id]
        return _lines([_described(known), *map(_told, out), *map(_told, into)])

    @tools.tool(repeatable=True)
    def find_entities(text: str, kind: str | None = None) -> str:
        """Things in the knowledge graph that have words of a text in their name or properties.

        Args:
            text: What to look for.
            kind: Only things of this kind.
        """
        found = given().search(text, kind=kind)
        return _lines(map(_described, found)) or "The graph has nothing like that."

    @tools.tool(repeatable=True)
    def find_path(source: str, target: str) -> str:
        """How two things in the knowledge graph have to do with each other, by the shortest way.

        Args:
            source: The name of the first.
            target: The name of the other.
        """
        graph = given()
        path = graph.shortest_path(source, target, direction="both")
        if path is None:
            return "No relations lead from one to the other."
        lines = [
            _told(relation)
            for one, other in pairwise(path)
            for relation in _between(graph, one, other)[:1]
        ]
        return _lines(lines) or "They are the same."


def _between(graph: KnowledgeGraph, one: str, other: str) -> list[Relation]:
    return graph.relations(source=one, target=other) or graph.relations(source=other, target=one)


def _described(entity: Entity) -> str:
    return f"{entity.id} ({entity.kind}){_said(entity.properties)}"


def _told(relation: Relation) -> str:
    return f"{relation.source} -{relation.kind}-> {relation.target}{_said(relation.properties)}"


def _said(properties: Mapping[str, JsonValue]) -> str:
    return f" {json.dumps(dict(properties), ensure_ascii=False)}" if properties else ""


def _lines(lines: Iterable[str]) -> str:
    all_lines = list(lines)
    more = len(all_lines) - _MAX_LINES
    if more > 0:
        all_lines[_MAX_LINES:] = [f"and {more:,} more"]
    return "\n".join(all_lines)
