"""Tools over a knowledge graph, called as the loop calls them."""

from __future__ import annotations

from agent_runtime.graph import KnowledgeGraph
from agent_runtime.graph.tools import graph_tools
from agent_runtime.tools import ToolRegistry
from tool_calls import refused, said


async def family() -> tuple[KnowledgeGraph, ToolRegistry]:
    graph = KnowledgeGraph()
    tools = graph_tools(graph)
    await said(tools, "relate", source="Ada", relation="works_for", target="Acme")
    await said(tools, "relate", source="Acme", relation="located_in", target="Lisbon")
    return graph, tools


async def test_a_model_tells_what_it_knows_and_asks_for_it() -> None:
    graph, tools = await family()
    assert await said(tools, "add_entity", entity="Ada", kind="person") == "Changed."
    await said(tools, "add_entity", entity="Ada", properties={"age": 36, "langs": ["pt"]})
    assert await said(tools, "add_entity", entity="Porto", kind="city") == "Added."
    assert graph.entity_count == 4
    assert await said(tools, "neighbours", entity="Ada") == (
        'Ada (person) {"age": 36, "langs": ["pt"]}\nAda -works_for-> Acme'
    )
    assert await said(tools, "neighbours", entity="Acme") == (
        "Acme (thing)\nAcme -located_in-> Lisbon\nAda -works_for-> Acme"
    )
    await said(tools, "relate", source="Porto", relation="like", target="Porto")
    assert await said(tools, "neighbours", entity="Porto") == "Porto (city)\nPorto -like-> Porto"
    assert await said(tools, "find_entities", text="a city") == "Porto (city)"
    assert await said(tools, "find_entities", text="age", kind="city") == (
        "The graph has nothing like that."
    )


async def test_the_way_between_two_is_told_as_it_is_known() -> None:
    _, tools = await family()
    way = "Acme -located_in-> Lisbon\nAda -works_for-> Acme"
    assert await said(tools, "find_path", source="Lisbon", target="Ada") == way
    assert await said(tools, "find_path", source="Ada", target="Ada") == "They are the same."
    await said(tools, "add_entity", entity="Mars")
    assert "No relations" in await said(tools, "find_path", source="Ada", target="Mars")


async def test_what_is_not_there_is_answered_with_what_is_nearest() -> None:
    graph, tools = await family()
    assert "nearest is 'Lisbon'" in await refused(tools, "neighbours", entity="Lisbo")
    assert "nearest is 'Acme'" in await refused(tools, "remove_entity", entity="Acmee")
    message = await refused(tools, "remove_relation", source="Ada", relation="owns", target="Acme")
    assert message.endswith("There is: works_for.")
    await said(tools, "remove_relation", source="Ada", relation="works_for", target="Acme")
    await said(tools, "remove_entity", entity="Acme")
    assert (graph.entity_count, graph.relation_count) == (2, 0)


async def test_long_answers_are_cut_and_say_so() -> None:
    graph = KnowledgeGraph()
    tools = graph_tools(lambda: graph)
    for number in range(60):
        await said(tools, "relate", source="hub", relation="has", target=f"part {number}")
    lines = (await said(tools, "neighbours", entity="hub")).splitlines()
    assert len(lines) == 51
    assert lines[-1] == "and 11 more"


async def test_an_agent_cannot_overfill_a_graph() -> None:
    tools = graph_tools(KnowledgeGraph(max_entities=2))
    await said(tools, "relate", source="a", relation="x", target="b")
    assert "may have 2" in await refused(tools, "add_entity", entity="c")
