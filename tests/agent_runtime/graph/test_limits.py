"""Large and odd graphs: every question ends, with an answer or with a word about what to ask."""

from __future__ import annotations

import json
import re
import tracemalloc
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from agent_runtime.graph import GraphError, GraphLimitError, KnowledgeGraph
from run_python import run_python

SIZE = 4_000


def made(pairs: Iterable[tuple[int, int]], size: int = SIZE) -> KnowledgeGraph:
    graph = KnowledgeGraph()
    for number in range(size):
        graph.add_entity(f"e{number}")
    for one, other in pairs:
        graph.add_relation(f"e{one}", f"e{other}", "to")
    return graph


@pytest.fixture(scope="module")
def ring() -> KnowledgeGraph:
    return made((number, (number + 1) % SIZE) for number in range(SIZE))


def test_a_closure_of_too_many_pairs_is_refused(ring: KnowledgeGraph) -> None:
    with pytest.raises(GraphLimitError, match="more than 100,000 pairs"):
        ring.transitive_closure()
    with pytest.raises(GraphLimitError, match="more than 10 pairs"):
        made([(0, 1)] + [(1, n) for n in range(2, 8)], 8).transitive_closure(limit=10)
    assert len(made([], 8).transitive_closure(limit=0)) == 8


def test_betweenness_that_takes_too_long_is_estimated_as_its_error_says(
    ring: KnowledgeGraph,
) -> None:
    with pytest.raises(GraphLimitError) as refused:
        ring.betweenness_centrality()
    found = re.search(r"sample=(\d+)", str(refused.value))
    assert found is not None
    sample = int(found[1])
    values = ring.betweenness_centrality(sample=sample)
    assert len(values) == SIZE
    assert all(0 < value < 1 for value in values.values())
    with pytest.raises(GraphLimitError):
        ring.betweenness_centrality(sample=sample + 1)
    with pytest.raises(ValueError, match="at least 1"):
        ring.betweenness_centrality(sample=0)


def test_communities_of_too_large_a_graph_are_refused(ring: KnowledgeGraph) -> None:
    with pytest.raises(GraphLimitError, match=r"at most 2,000 entities .* here are 4,000"):
        ring.communities()
    part = ring.subgraph([f"e{number}" for number in range(100)])
    assert sum(map(len, part.communities())) == 100
    clique = made(((one, other) for one in range(150) for other in range(150)), 150)
    with pytest.raises(GraphLimitError, match="22,500"):
        clique.communities()


def test_cycles_of_large_parts_are_a_few(ring: KnowledgeGraph) -> None:
    found = ring.cycles()
    assert (found.cycles, found.is_cut) == ([[f"e{number}" for number in range(SIZE)]], False)
    there_and_back = [pair for n in range(SIZE - 1) for pair in ((n, n + 1), (n + 1, n))]
    found = made(there_and_back).cycles()
    assert found.is_cut
    assert found.cycles == [[f"e{n}", f"e{n + 1}"] for n in range(len(found.cycles))]
    assert 10 <= len(found.cycles) < 100
    clique = made(((one, other) for one in range(200) for other in range(200)), 200)
    assert len(clique.cycles(limit=50).cycles) == 50
    assert clique.cycles(limit=0).is_cut


def test_deep_graphs_need_no_deep_stack(ring: KnowledgeGraph) -> None:
    assert len(ring.depth_first("e0", limit=SIZE + 1)) == SIZE
    assert ring.breadth_first("e0", limit=SIZE + 1)[-1].distance == SIZE - 1
    assert len(ring.depth_first("e0")) == len(ring.breadth_first("e0")) == 1_000
    path = ring.shortest_path("e0", f"e{SIZE - 1}")
    assert path is not None
    assert len(path) == SIZE
    assert ring.subgraph(["e0"], depth=10**9).entity_count == SIZE


def test_a_full_graph_says_so_and_still_takes_what_it_has() -> None:
    graph = KnowledgeGraph(max_entities=2, max_relations=1)
    graph.add_entity("a")
    graph.add_entity("b")
    graph.add_relation("a", "b", "x")
    graph.take_changes()
    with pytest.raises(GraphLimitError, match="2 entities and may have 2"):
        graph.add_entity("c")
    with pytest.raises(GraphLimitError, match="1 relations and may have 1"):
        graph.add_relation("b", "a", "x")
    assert graph.take_changes() is None
    graph.add_entity("a", "other")
    graph.add_relation("a", "b", "x", {"since": 1})
    graph.remove_entity("b")
    graph.add_entity("c")
    assert graph.emptied().max_entities == 2
    with pytest.raises(ValueError, match="at least 1"):
        KnowledgeGraph(max_entities=0)


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


def doubled(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value] * 100
    return value


def circle() -> dict[str, Any]:
    value: dict[str, Any] = {}
    value["self"] = value
    return value


@pytest.mark.parametrize(
    ("do", "message"),
    [
        (lambda graph: graph.add_entity(" "), "id of an entity must not be blank"),
        (lambda graph: graph.add_entity("x" * 501), "at most 500"),
        (lambda graph: graph.add_entity("x", "\n"), "kind of an entity must not be blank"),
        (lambda graph: graph.add_entity("x", "y", {"p": float("nan")}), "JSON"),
        (lambda graph: graph.add_entity("x", "y", {"p": {1, 2}}), "JSON"),
        (lambda graph: graph.add_entity("x", "y", {"p": "x" * 20_000}), "at most 20,000"),
        (lambda graph: graph.add_entity("x", "y", {"p": nested(100_000)}), "nested at most 20"),
        (lambda graph: graph.add_entity("x", "y", {"p": doubled(15)}), "at most 20,000"),
        (lambda graph: graph.add_entity("x", "y", circle()), "nested at most 20"),
        (lambda graph: graph.add_relation("a", "a", ""), "kind of a relation"),
        (lambda graph: graph.add_relation("a", "a", "x", {"p": b"x"}), "JSON"),
    ],
)
def test_nonsense_is_refused_and_changes_nothing(
    do: Callable[[KnowledgeGraph], object], message: str
) -> None:
    graph = KnowledgeGraph()
    graph.add_entity("a")
    graph.take_changes()
    with pytest.raises(ValueError, match=message):
        do(graph)
    assert graph.take_changes() is None


def test_a_graph_is_read_from_json_as_it_was_written() -> None:
    graph = KnowledgeGraph()
    graph.add_entity("a", "city", {"size": 3})
    graph.add_entity("b")
    graph.add_relation("a", "b", "near", {"km": [1, 2.5, None]})
    other = KnowledgeGraph()
    other.add_json(json.loads(json.dumps(graph.to_json())))
    assert other.to_json() == graph.to_json()
    changes = other.take_changes()
    assert changes is not None
    assert changes["entity_count"] == 2
    other.add_json({"relations": [{"source": "b", "target": "a", "kind": "far"}]})
    assert other.relation_count == 2


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "a graph must be an object"),
        ({"entities": {}}, "entities must be a list"),
        ({"entities": [{"id": "c"}, 3]}, r"entities\[1\] must be an object"),
        ({"entities": [{"id": "c"}, {"id": 3}]}, r"id of entities\[1\] must be a text"),
        ({"entities": [{"id": "c"}, {"id": " "}]}, r"id of entities\[1\] must not be blank"),
        ({"entities": [{"id": "c", "properties": []}]}, r"properties of entities\[0\]"),
        ({"relations": [{"source": "a", "target": "a"}]}, r"kind of relations\[0\]"),
        ({"entities": [{"id": "c"}], "relations": [{}]}, r"source of relations\[0\]"),
        (
            {"entities": [{"id": "c"}], "relations": [{"source": "c", "target": "d", "kind": "x"}]},
            "no entity 'd'",
        ),
        ({"entities": [{"id": "c"}, {"id": "d"}, {"id": "e"}]}, "3 more do not fit"),
    ],
)
def test_other_json_is_refused_as_a_whole(value: Any, message: str) -> None:
    graph = KnowledgeGraph(max_entities=3)
    graph.add_entity("a")
    graph.take_changes()
    with pytest.raises((ValueError, GraphError), match=message):
        graph.add_json(value)
    assert graph.take_changes() is None


ANSWERS = """
import json, random
from agent_runtime.graph import KnowledgeGraph
rng, graph = random.Random(3), KnowledgeGraph()
for number in range(150):
    graph.add_entity(f"entity {rng.random()}", rng.choice(["a", "b"]), {"number": number})
names = [one.id for one in graph.entities()]
for _ in range(400):
    graph.add_relation(rng.choice(names), rng.choice(names), rng.choice(["x", "y"]))
start = names[0]
print(json.dumps([
    [one.id for one in graph.neighbours(start)],
    [one.entity.id for one in graph.breadth_first(start, direction="both")],
    [one.id for one in graph.depth_first(start)],
    graph.shortest_path(start, names[-1], direction="both"),
    graph.transitive_closure(),
    list(graph.degree_centrality().items()),
    list(graph.betweenness_centrality(sample=20).items()),
    graph.communities(),
    graph.cycles(limit=20).cycles,
    graph.subgraph(names[:5], depth=1).to_json(),
    [one.id for one in graph.search("entity a 7")],
]))
"""


def test_answers_are_the_same_in_every_process() -> None:
    told = [run_python(ANSWERS, PYTHONHASHSEED=seed).stdout for seed in ("1", "2")]
    assert len(json.loads(told[0])) == 11
    assert told[0] == told[1]


def test_asking_about_ever_new_kinds_takes_no_more_memory() -> None:
    graph = made([(0, 1)], 300)
    graph.breadth_first("e0")
    tracemalloc.start()
    try:
        for number in range(100):
            assert len(graph.breadth_first("e0", kind=f"kind {number}")) == 1
        assert tracemalloc.get_traced_memory()[0] < 5_000_000
    finally:
        tracemalloc.stop()
