"""What is known in a session, as things and how they stand to each other."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Self, TypeAlias

from agent_runtime.graph import algorithms
from agent_runtime.graph.cycles import cycles
from agent_runtime.graph.elements import Entity
from agent_runtime.graph.mutable_graph import MutableGraph

if TYPE_CHECKING:
    from networkx import DiGraph, MultiDiGraph

Direction: TypeAlias = Literal["out", "in", "both"]
"""Along relations, against them, or either way."""

_MAX_PAIRS = 100_000
_MAX_WORK = 2_000_000


@dataclass(frozen=True, slots=True)
class Reached:
    """An entity, and how many relations lead to it on the shortest way."""

    entity: Entity
    distance: int


@dataclass(frozen=True, slots=True)
class Cycles:
    """Each is ids of entities, the last of which leads to the first. `is_cut`: there are more."""

    cycles: list[list[str]]
    is_cut: bool


@dataclass(frozen=True, slots=True)
class _Numbered:
    """The graph as algorithms see it: relations between the same two entities are one."""

    entities: list[Entity]
    numbers: dict[str, int]
    graph: DiGraph[int]
    others: dict[Direction, DiGraph[int]] = field(default_factory=dict)

    def ids(self, numbers: Iterable[int]) -> list[str]:
        return [self.entities[number].id for number in numbers]

    def turned(self, direction: Direction) -> DiGraph[int]:
        if direction == "out":
            return self.graph
        turned = self.others.get(direction)
        if turned is None:
            against = [(target, source) for source, target in self.graph.edges]
            along = self.graph.edges if direction == "both" else ()
            turned = algorithms.digraph(len(self.entities), [*along, *against])
            self.others[direction] = turned
        return turned


class KnowledgeGraph(MutableGraph):
    """A directed graph of entities, for questions that need more than one look.

    Between two entities there is one relation of each kind and direction. Answers are in a fixed
    order, the same in every process: among neighbours and equals, what was added first comes first.
    Questions that could take long have limits, and raise `GraphLimitError` beyond them. Threads may
    share it. networkx is imported by the first question that needs it.

    >>> graph = KnowledgeGraph()
    >>> for city in ["Lisbon", "Porto", "Braga"]:
    ...     _ = graph.add_entity(city, "city")
    >>> relation = graph.add_relation("Lisbon", "Porto", "train", {"hours": 3})
    >>> relation = graph.add_relation("Porto", "Braga", "train", {"hours": 1})
    >>> graph.shortest_path("Lisbon", "Braga")
    ['Lisbon', 'Porto', 'Braga']
    >>> [one.id for one in graph.neighbours("Porto", direction="out")]
    ['Braga']
    """

    def __init__(self, *, max_entities: int = 10_000, max_relations: int = 50_000) -> None:
        """More than `max_entities` or `max_relations` are refused. ValueError for less than 1."""
        super().__init__(max_entities=max_entities, max_relations=max_relations)
        self._numbered: dict[str | None, _Numbered] = {}
        self._numbered_version = 0

    def neighbours(
        self, entity_id: str, *, direction: Direction = "both", kind: str | None = None
    ) -> list[Entity]:
        """Those that a relation, of a kind perhaps, connects with it. UnknownEntityError."""
        with self._lock:
            start = self.require(entity_id).id
            found = set()
            for key in self._touching[start]:
                if kind in {None, key.kind}:
                    if key.source == start and direction != "in":
                        found.add(key.target)
                    if key.target == start and direction != "out":
                        found.add(key.source)
            return [self._entities[one] for one in sorted(found, key=self._ranks.__getitem__)]

    def breadth_first(
        self,
        start: str,
        *,
        direction: Direction = "out",
        kind: str | None = None,
        max_depth: int | None = None,
        limit: int = 1_000,
    ) -> list[Reached]:
        """What can be reached, nearest first, beginning with the start; at most `limit`.

        Along relations of a kind, and over at most `max_depth` of them. UnknownEntityError.
        """
        numbered, [number] = self._snapshot(kind, start)
        graph = numbered.turned(direction)
        found = algorithms.breadth_first(graph, number, max_depth, limit)
        return [Reached(numbered.entities[one], distance) for one, distance in found]

    def depth_first(
        self,
        start: str,
        *,
        direction: Direction = "out",
        kind: str | None = None,
        limit: int = 1_000,
    ) -> list[Entity]:
        """What can be reached, each way followed to its end before the next; at most `limit`.

        UnknownEntityError.
        """
        numbered, [number] = self._snapshot(kind, start)
        found = algorithms.depth_first(numbered.turned(direction), number, limit)
        return [numbered.entities[one] for one in found]

    def shortest_path(
        self,
        source: str,
        target: str,
        *,
        direction: Direction = "out",
        kind: str | None = None,
        length: str | None = None,
    ) -> list[str] | None:
        """The ids on the way with the fewest relations; None when there is no way.

        `length` names a property that says how long a relation is, and the way is then the least
        long. A relation without it, or with something else than a number from 0 up, is not used.
        UnknownEntityError.
        """
        with self._lock:
            numbered, [start, end] = self._snapshot(kind, source, target)
            relations = [] if length is None else self.relations(kind=kind)
        if length is None:
            path = algorithms.shortest_path(numbered.turned(direction), start, end)
        else:
            edges: list[tuple[int, int, float]] = []
            for relation in relations:
                one, other = numbered.numbers[relation.source], numbered.numbers[relation.target]
                value = algorithms.length_of(relation.properties.get(length))
                if value is not None and direction != "in":
                    edges.append((one, other, value))
                if value is not None and direction != "out":
                    edges.append((other, one, value))
            path = algorithms.least_long_path(len(numbered.entities), edges, start, end)
        return None if path is None else numbered.ids(path)

    def transitive_closure(
        self, *, kind: str | None = None, limit: int = _MAX_PAIRS
    ) -> dict[str, list[str]]:
        """For each entity all that it reaches by one relation or more.

        That has itself in it where there is a cycle. GraphLimitError for more than `limit` pairs.
        """
        numbered, _ = self._snapshot(kind)
        closure = algorithms.transitive_closure(numbered.graph, limit)
        return {
            numbered.entities[one].id: numbered.ids(reached) for one, reached in closure.items()
        }

    def degree_centrality(self) -> dict[str, float]:
        """Relations to and from others, divided by how many others there are; highest first.

        Relations between the same two in the same direction count once, so that 2 is the most.
        """
        numbered, _ = self._snapshot(None)
        return _highest_first(numbered, algorithms.degree_centrality(numbered.graph))

    def betweenness_centrality(self, *, sample: int | None = None) -> dict[str, float]:
        """On what part of all shortest paths between others it lies; highest first.

        Exact without `sample`, which is how many entities an estimate starts from, the same ones
        each time. GraphLimitError when it would take more than some seconds; ValueError for a
        sample below 1.
        """
        if sample is not None and sample < 1:
            raise ValueError("sample must be at least 1")
        numbered, _ = self._snapshot(None)
        values = algorithms.betweenness_centrality(numbered.graph, sample, _MAX_WORK)
        return _highest_first(numbered, values)

    def communities(self) -> list[list[str]]:
        """Groups that have more to do with each other than with the rest, largest first.

        By the Louvain method. GraphLimitError for more than 2,000 entities or 20,000 relations.
        """
        numbered, _ = self._snapshot(None)
        return [numbered.ids(group) for group in algorithms.communities(numbered.graph)]

    def cycles(self, *, kind: str | None = None, limit: int = 100) -> Cycles:
        """Ways along relations that lead back to where they began, shortest first.

        At most `limit`, fewer in large graphs; no entity comes twice in one.
        """
        numbered, _ = self._snapshot(kind)
        found, is_cut = cycles(numbered.graph, limit)
        return Cycles([numbered.ids(cycle) for cycle in found], is_cut)

    def subgraph(self, entity_ids: Iterable[str], *, depth: int = 0) -> Self:
        """A graph of its own with these, what is at most `depth` relations away from them, and the
        relations between all those. UnknownEntityError."""
        with self._lock:
            inside = {self.require(one).id for one in entity_ids}
            edge = inside
            for _ in range(depth):
                reached = {end for one in edge for key in self._touching[one] for end in key[:2]}
                edge = reached - inside
                if not edge:
                    break
                inside = inside | edge
            part = self.emptied()
            for one in sorted(inside, key=self._ranks.__getitem__):
                part._put_entity(self._entities[one])
            for one in inside:
                for key in self._touching[one]:
                    if key.source in inside and key.target in inside:
                        part._put_relation(self._relations[key])
            return part

    def search(self, text: str, *, kind: str | None = None, limit: int = 20) -> list[Entity]:
        """Entities whose id, kind and properties share words with the text, best first.

        Where there is none, those whose id has the text in it.
        """
        with self._lock:
            relevance = self._index.relevance(text)
            wanted = text.strip().casefold()
            if not relevance and wanted:
                relevance = {one: 1.0 for one in self._entities if wanted in one.casefold()}
            found = [self._entities[one] for one in relevance]
            ranks = {one.id: (-relevance[one.id], self._ranks[one.id]) for one in found}
        found = [one for one in found if kind in {None, one.kind}]
        return sorted(found, key=lambda one: ranks[one.id])[: max(0, limit)]

    def to_networkx(self) -> MultiDiGraph[str]:
        """A copy for networkx: `kind` is the key of an edge, and an attribute beside
        `properties` everywhere."""
        from networkx import MultiDiGraph

        copy: MultiDiGraph[str] = MultiDiGraph()
        with self._lock:
            for one in self._entities.values():
                copy.add_node(one.id, kind=one.kind, properties=dict(one.properties))
            for key, relation in self._relations.items():
                properties = dict(relation.properties)
                copy.add_edge(*key, kind=key.kind, properties=properties)
        return copy

    def _snapshot(self, kind: str | None, *entity_ids: str) -> tuple[_Numbered, list[int]]:
        """Later changes do not change what is given; it is kept for the next question."""
        with self._lock:
            ids = [self.require(one).id for one in entity_ids]
            if self._numbered_version != self._version or len(self._numbered) > _MAX_SNAPSHOTS:
                self._numbered = {}
                self._numbered_version = self._version
            if kind not in self._numbered:
                numbers = {one: number for number, one in enumerate(self._entities)}
                pairs = [
                    (numbers[key.source], numbers[key.target])
                    for key in self._relations
                    if kind in {None, key.kind}
                ]
                entities = list(self._entities.values())
                graph = algorithms.digraph(len(entities), pairs)
                self._numbered[kind] = _Numbered(entities, numbers, graph)
            numbered = self._numbered[kind]
            return numbered, [numbered.numbers[one] for one in ids]


_MAX_SNAPSHOTS = 8


def _highest_first(numbered: _Numbered, values: dict[int, float]) -> dict[str, float]:
    ordered = sorted(values.items(), key=lambda pair: (-pair[1], pair[0]))
    return {numbered.entities[number].id: value for number, value in ordered}
