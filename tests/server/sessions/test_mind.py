"""What a session has in mind when there is less memory than it would take."""

from __future__ import annotations

from typing import Any

from kept_sessions import entity
from runagent_ls.sessions.mind import Mind


def graph(**changes: Any) -> dict[str, Any]:
    nothing: dict[str, Any] = {"entities": [], "relations": []}
    return {**nothing, "removed_entities": [], "removed_relations": [], **changes}


def relation(source: str, target: str, **properties: Any) -> dict[str, Any]:
    return {"source": source, "target": target, "kind": "knows", "properties": properties}


def test_texts_that_were_used_last_stay() -> None:
    mind = Mind(working_left=10_000)
    for number in range(20):
        mind.follow("working_changed", {"set": {f"k{number}": "x" * 1000}, "removed": []})
    assert mind.working_cut
    assert list(mind.working) == [f"k{number}" for number in range(20 - len(mind.working), 20)]
    assert 5 < len(mind.working) < 10
    mind.follow("working_changed", {"set": {"huge": "x" * 20_000}, "removed": []})
    assert mind.working == {}


def test_texts_that_go_leave_their_room() -> None:
    mind = Mind(working_left=10_000)
    for number in range(20):
        removed = [f"k{number - 1}"]
        mind.follow("working_changed", {"set": {f"k{number}": "x" * 1000}, "removed": removed})
        mind.follow("working_changed", {"set": {f"k{number}": "y" * 1000}, "removed": []})
    assert (mind.working, mind.working_cut) == ({"k19": "y" * 1000}, False)


def test_the_first_entities_stay_with_what_is_between_them() -> None:
    mind = Mind(graph_left=10_000)
    names = [f"e{number}" for number in range(20)]
    for name in names:
        mind.follow(
            "graph_changed", graph(entities=[entity(name)], relations=[relation("e0", name)])
        )
    assert mind.graph_cut
    assert list(mind.entities) == names[: len(mind.entities)]
    assert 1 < len(mind.entities) < 20
    assert {target for _, target, _ in mind.relations} <= mind.entities.keys()
    assert mind.relations


def test_an_entity_that_grows_too_large_is_gone_with_its_relations() -> None:
    mind = Mind(graph_left=20_000)
    both = [entity("a"), entity("b")]
    mind.follow("graph_changed", graph(entities=both, relations=[relation("a", "b")]))
    assert mind.relations
    mind.follow("graph_changed", graph(entities=[entity("a", text="x" * 30_000)]))
    assert (list(mind.entities), mind.relations, mind.graph_cut) == (["b"], {}, True)


def test_what_leaves_the_graph_leaves_its_room() -> None:
    mind = Mind(graph_left=10_000)
    whole = mind.graph_left
    for number in range(100):
        both = [entity(f"a{number}"), entity(f"b{number}", size="x" * 500)]
        between = [relation(f"a{number}", f"b{number}"), relation(f"b{number}", f"a{number}")]
        mind.follow("graph_changed", graph(entities=both, relations=between))
        mind.follow("graph_changed", graph(entities=both, removed_relations=between[:1]))
        assert list(mind.relations) == [(f"b{number}", f"a{number}", "knows")]
        mind.follow("graph_changed", graph(removed_entities=[one["id"] for one in both]))
    assert (mind.entities, mind.relations, mind.graph_cut) == ({}, {}, False)
    assert mind.graph_left == whole
