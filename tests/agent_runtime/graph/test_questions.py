"""Questions to a knowledge graph against answers found by brute force, and by networkx where it
answers them alone."""

from __future__ import annotations

import math
from collections import deque
from itertools import pairwise, permutations
from typing import Any

import networkx as nx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent_runtime.graph import Direction, KnowledgeGraph, UnknownEntityError
from agent_runtime.json_value import JsonValue

NAMES = "dbeac"
EDGES = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), st.sampled_from(["x", "y"])),
    max_size=14,
)
DIRECTIONS = st.sampled_from(["out", "in", "both"])
KINDS = st.sampled_from([None, "x", "y", "z"])
Edges = list[tuple[str, str, str]]


def made(edges: Edges) -> KnowledgeGraph:
    graph = KnowledgeGraph()
    for name in NAMES:
        graph.add_entity(name)
    for source, target, kind in edges:
        graph.add_relation(source, target, kind)
    return graph


def steps(edges: Edges, direction: Direction, kind: str | None) -> dict[str, list[str]]:
    """Where one relation leads, in the order in which entities were added."""
    pairs = {(source, target) for source, target, one in edges if kind in {None, one}}
    if direction == "in":
        pairs = {(target, source) for source, target in pairs}
    elif direction == "both":
        pairs |= {(target, source) for source, target in pairs}
    return {one: [other for other in NAMES if (one, other) in pairs] for one in NAMES}


def distances(after: dict[str, list[str]], start: str) -> dict[str, int]:
    found, waiting = {start: 0}, deque([start])
    while waiting:
        one = waiting.popleft()
        for other in after[one]:
            if other not in found:
                found[other] = found[one] + 1
                waiting.append(other)
    return found


@given(EDGES, st.sampled_from(NAMES), DIRECTIONS, KINDS)
def test_neighbours(edges: Edges, start: str, direction: Direction, kind: str | None) -> None:
    found = made(edges).neighbours(start, direction=direction, kind=kind)
    assert [one.id for one in found] == steps(edges, direction, kind)[start]


@given(
    EDGES,
    st.sampled_from(NAMES),
    DIRECTIONS,
    KINDS,
    st.none() | st.integers(0, 3),
    st.integers(0, 6),
)
def test_breadth_first(
    edges: Edges,
    start: str,
    direction: Direction,
    kind: str | None,
    max_depth: int | None,
    limit: int,
) -> None:
    found = made(edges).breadth_first(
        start, direction=direction, kind=kind, max_depth=max_depth, limit=limit
    )
    near = distances(steps(edges, direction, kind), start)
    within = [n for n in near.items() if max_depth is None or n[1] <= max_depth]
    assert len(found) == min(limit, len(within))
    assert [one.distance for one in found] == sorted(near[one.entity.id] for one in found)
    assert [(one.entity.id, one.distance) for one in found] == within[:limit]


@given(EDGES, st.sampled_from(NAMES), DIRECTIONS, KINDS, st.integers(0, 6))
def test_depth_first(
    edges: Edges, start: str, direction: Direction, kind: str | None, limit: int
) -> None:
    after = steps(edges, direction, kind)
    graph = made(edges)
    found = [
        one.id for one in graph.depth_first(start, direction=direction, kind=kind, limit=limit)
    ]
    assert len(found) == min(limit, len(distances(after, start)))
    # each is the first new one after the latest before it that still had somewhere to go
    for position in range(1, len(found)):
        before = set(found[:position])
        ways = ([x for x in after[one] if x not in before] for one in reversed(found[:position]))
        assert found[position] == next(way[0] for way in ways if way)


@given(EDGES, st.sampled_from(NAMES), st.sampled_from(NAMES), DIRECTIONS, KINDS)
def test_the_shortest_path(
    edges: Edges, source: str, target: str, direction: Direction, kind: str | None
) -> None:
    after = steps(edges, direction, kind)
    path = made(edges).shortest_path(source, target, direction=direction, kind=kind)
    near = distances(after, source)
    if target not in near:
        assert path is None
    else:
        assert path is not None
        assert (path[0], path[-1], len(path) - 1) == (source, target, near[target])
        assert all(other in after[one] for one, other in pairwise(path))


def test_neighbours_come_in_the_order_in_which_they_were_added() -> None:
    names = [f"{number * 37 % 101}" for number in range(101)]
    graph = KnowledgeGraph()
    for name in names:
        graph.add_entity(name)
    for name in reversed(names[1:]):
        graph.add_relation(names[0], name, "out")
        graph.add_relation(name, names[0], "in")
    for direction in ("out", "in", "both"):
        near = graph.breadth_first(names[0], direction=direction)
        assert [one.entity.id for one in near] == names
        assert [one.id for one in graph.depth_first(names[0], direction=direction)] == names
        around = graph.neighbours(names[0], direction=direction)
        assert [one.id for one in around] == names[1:]
    middle = names[50]
    graph.add_relation(names[70], middle, "x")
    graph.add_relation(middle, names[60], "x")
    graph.add_relation(names[40], middle, "x")
    graph.add_relation(middle, names[30], "x")
    near = graph.breadth_first(middle, direction="both", kind="x")
    assert [one.entity.id for one in near[1:]] == [names[n] for n in (30, 40, 60, 70)]


def test_of_several_relations_the_shortest_counts() -> None:
    graph = made([])
    for kind, km in (("a", 3), ("b", 1), ("c", 9)):
        graph.add_relation("d", "b", kind, {"km": km})
    graph.add_relation("d", "e", "x", {"km": 1})
    graph.add_relation("e", "b", "x", {"km": 1})
    assert graph.shortest_path("d", "b", length="km") == ["d", "b"]
    graph.remove_relation("d", "b", "b")
    assert graph.shortest_path("d", "b", length="km") == ["d", "e", "b"]


LENGTHS: st.SearchStrategy[JsonValue] = st.one_of(
    st.integers(0, 9), st.floats(0, 9), st.sampled_from([None, "3", -1, True, 1e300, []])
)


@given(
    st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES), LENGTHS), max_size=9),
    DIRECTIONS,
)
def test_the_least_long_path(edges: list[tuple[str, str, JsonValue]], direction: Direction) -> None:
    graph = made([])
    lengths: dict[tuple[str, str], float] = {}
    for number, (source, target, length) in enumerate(edges):
        properties = {} if length is None else {"km": length}
        graph.add_relation(source, target, f"kind {number}", properties)
        if isinstance(length, int | float) and not isinstance(length, bool) and 0 <= length < 10:
            ways = {"out": [(source, target)], "in": [(target, source)]}
            for way in ways.get(direction, ways["out"] + ways["in"]):
                lengths[way] = min(length, lengths.get(way, math.inf))
    paths = [["d", *between, "c"] for n in range(4) for between in permutations("bea", n)]
    shortest = [
        sum(lengths[step] for step in pairwise(path))
        for path in paths
        if all(step in lengths for step in pairwise(path))
    ]
    found = graph.shortest_path("d", "c", direction=direction, length="km")
    if found is None:
        assert not shortest
    else:
        assert math.isclose(sum(lengths[step] for step in pairwise(found)), min(shortest))


@given(EDGES, KINDS)
def test_the_transitive_closure(edges: Edges, kind: str | None) -> None:
    after = steps(edges, "out", kind)
    reached = {one: {x for other in after[one] for x in distances(after, other)} for one in NAMES}
    closure = made(edges).transitive_closure(kind=kind)
    assert list(closure) == list(NAMES)
    assert closure == {one: [x for x in NAMES if x in reached[one]] for one in NAMES}


@given(EDGES, KINDS, st.integers(0, 30))
def test_cycles(edges: Edges, kind: str | None, limit: int) -> None:
    after = steps(edges, "out", kind)
    expected = {
        one
        for count in range(1, len(NAMES) + 1)
        for one in permutations(NAMES, count)
        if all(b in after[a] for a, b in pairwise([*one, one[0]]))
        and one[0] == min(one, key=NAMES.index)
    }
    found = made(edges).cycles(kind=kind, limit=limit)
    told = [tuple(cycle) for cycle in found.cycles]
    assert len(set(told)) == len(told) == min(limit, len(expected))
    assert set(told) <= expected
    assert found.is_cut == (len(expected) > limit)
    assert told == sorted(told, key=lambda one: (len(one), [NAMES.index(x) for x in one]))


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=20, max_size=36))
@example(
    [
        (0, 1),
        (0, 2),
        (0, 3),
        (0, 4),
        (1, 2),
        (1, 4),
        (2, 0),
        (2, 3),
        (2, 4),
        (3, 1),
        (3, 4),
        (4, 1),
        (4, 2),
        (4, 3),
    ]
)  # needs all of the bookkeeping
def test_cycles_of_dense_graphs_are_those_of_networkx(pairs: list[tuple[int, int]]) -> None:
    graph = KnowledgeGraph()
    for number in range(8):
        graph.add_entity(str(number))
    for source, target in pairs:
        graph.add_relation(str(source), str(target), "x")
    plain: nx.DiGraph[int] = nx.DiGraph(pairs)
    expected = []
    for cycle in nx.simple_cycles(plain):
        first = cycle.index(min(cycle))
        expected.append([str(number) for number in cycle[first:] + cycle[:first]])
    found = graph.cycles(limit=10_000)
    assert sorted(found.cycles) == sorted(expected)
    assert not found.is_cut


@given(EDGES, st.sets(st.sampled_from(NAMES)), st.integers(0, 3))
def test_a_subgraph_is_a_graph_of_its_own(edges: Edges, chosen: set[str], depth: int) -> None:
    graph = made(edges)
    after = steps(edges, "both", None)
    inside = {
        other for one in chosen for other, away in distances(after, one).items() if away <= depth
    }
    part = graph.subgraph(chosen, depth=depth)
    assert [one.id for one in part.entities()] == [name for name in NAMES if name in inside]
    within = [one for one in graph.relations() if {one.source, one.target} <= inside]
    assert part.relations() == within
    assert part.take_changes() is None
    part.add_entity("new")
    assert graph.entity("new") is None


@given(EDGES)
def test_centrality_is_that_of_networkx_with_parallel_relations_as_one(edges: Edges) -> None:
    graph = made(edges)
    plain: nx.DiGraph[str] = nx.DiGraph()
    plain.add_nodes_from(NAMES)
    plain.add_edges_from((source, target) for source, target, _ in edges)
    degrees, between = graph.degree_centrality(), graph.betweenness_centrality()
    assert degrees == pytest.approx(nx.degree_centrality(plain))
    assert between == pytest.approx(nx.betweenness_centrality(plain))
    for values in (degrees, between):
        told = list(values.items())
        assert told == sorted(told, key=lambda pair: (-pair[1], NAMES.index(pair[0])))
    assert graph.betweenness_centrality(sample=5).keys() == set(NAMES)


def test_communities_are_the_groups_that_belong_together() -> None:
    graph = KnowledgeGraph()
    for letter, size in (("a", 3), ("b", 5)):
        names = [f"{letter}{number}" for number in range(size)]
        for name in names:
            graph.add_entity(name)
        for one, other in permutations(names, 2):
            graph.add_relation(one, other, "knows")
    graph.add_entity("alone")
    graph.add_relation("a0", "b0", "knows")
    assert graph.communities() == [
        ["b0", "b1", "b2", "b3", "b4"],
        ["a0", "a1", "a2"],
        ["alone"],
    ]


def test_search_finds_words_wherever_they_stand() -> None:
    graph = KnowledgeGraph()
    graph.add_entity("Ada Lovelace", "person", {"born": 1815, "works": ["first program"]})
    graph.add_entity("Alan Turing", "person", {"works": {"title": "On numbers"}, "x": None})
    graph.add_entity("Analytical Engine", "machine", {"by": "Babbage"})

    def found(text: str, **options: Any) -> list[str]:
        return [one.id for one in graph.search(text, **options)]

    assert found("a program of Ada") == ["Ada Lovelace"]
    assert found("1815") == ["Ada Lovelace"]
    assert found("numbers") == ["Alan Turing"]
    assert found("PERSON") == ["Ada Lovelace", "Alan Turing"]
    assert found("person", limit=1) == ["Ada Lovelace"]
    assert found("works machine", kind="machine") == ["Analytical Engine"]
    assert found("lytic") == ["Analytical Engine"]
    assert found("nowhere") == found("") == []
    graph.add_entity("Ada Lovelace", "person")
    assert found("1815") == []
    graph.remove_entity("Alan Turing")
    assert found("person") == ["Ada Lovelace"]


def test_networkx_gets_a_copy_of_everything() -> None:
    graph = made([("a", "b", "x"), ("a", "b", "y"), ("b", "b", "x")])
    graph.add_relation("a", "b", "x", {"since": 2020})
    copy = graph.to_networkx()
    assert list(copy) == list(NAMES)
    assert sorted(copy.edges(keys=True)) == [("a", "b", "x"), ("a", "b", "y"), ("b", "b", "x")]
    assert copy.edges["a", "b", "x"] == {"kind": "x", "properties": {"since": 2020}}
    copy.remove_node("a")
    assert graph.entity("a") is not None


def test_answers_follow_the_graph() -> None:
    graph = made([("d", "b", "x")])
    assert graph.shortest_path("d", "a") is None
    graph.add_relation("b", "a", "x")
    assert graph.shortest_path("d", "a") == ["d", "b", "a"]
    graph.remove_relation("d", "b", "x")
    assert graph.shortest_path("d", "a") is None
    graph.apply(
        {
            "entities": [],
            "relations": [{"source": "d", "target": "a", "kind": "x", "properties": {}}],
            "removed_entities": [],
            "removed_relations": [],
            "entity_count": 5,
            "relation_count": 2,
        }
    )
    assert graph.shortest_path("d", "a") == ["d", "a"]
    graph.remove_entity("a")
    with pytest.raises(UnknownEntityError):
        graph.shortest_path("d", "a")


@pytest.mark.parametrize(
    "ask",
    [
        lambda graph: graph.neighbours("Lisbo"),
        lambda graph: graph.breadth_first("Lisbo"),
        lambda graph: graph.depth_first("Lisbo"),
        lambda graph: graph.shortest_path("Lisbon", "Lisbo"),
        lambda graph: graph.shortest_path("Lisbo", "Lisbon", length="km"),
        lambda graph: graph.subgraph(["Lisbo"]),
        lambda graph: graph.require("Lisbo"),
        lambda graph: graph.add_relation("Lisbon", "Lisbo", "near"),
    ],
)
def test_what_is_not_there_is_answered_with_what_is_nearest(ask: Any) -> None:
    graph = KnowledgeGraph()
    graph.add_entity("Porto")
    graph.add_entity("Lisbon")
    with pytest.raises(UnknownEntityError, match=r"no entity 'Lisbo'. The nearest is 'Lisbon'"):
        ask(graph)


def test_an_empty_graph_answers_everything() -> None:
    graph = KnowledgeGraph()
    assert graph.transitive_closure() == {}
    assert graph.degree_centrality() == {}
    assert graph.betweenness_centrality() == graph.betweenness_centrality(sample=1) == {}
    assert graph.communities() == []
    assert graph.cycles().cycles == []
    assert graph.search("x") == []
    assert graph.subgraph([]).entity_count == 0
    graph.add_entity("only")
    assert graph.degree_centrality().keys() == {"only"}
    assert graph.betweenness_centrality() == {"only": 0}
    assert graph.communities() == [["only"]]


@pytest.mark.parametrize("direction", ["in", "both"])
def test_a_question_against_relations_sees_what_was_added_since(direction: Direction) -> None:
    graph = KnowledgeGraph()
    for name in "abc":
        graph.add_entity(name)
    graph.add_relation("a", "b", "to")
    for _ in range(2):
        assert graph.shortest_path("b", "a", direction=direction) == ["b", "a"]
        assert graph.shortest_path("c", "a", direction=direction) is None
    graph.add_relation("b", "c", "to")
    assert graph.shortest_path("c", "a", direction=direction) == ["c", "b", "a"]
    graph.remove_relation("a", "b", "to")
    assert graph.shortest_path("c", "a", direction=direction) is None
