"""Questions to a directed graph that are answered by networkx, within limits.

The graphs here have the numbers 0, 1, ... for entities, in the order in which they were added, so
that every answer is the same in every process: sets of texts are not ordered alike in two of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

from agent_runtime.graph.elements import GraphLimitError

if TYPE_CHECKING:
    from networkx import DiGraph

_SEED = 0
_MAX_LENGTH = 1e150  # sums of these stay finite
_MAX_GROUPED = 2_000


def digraph(count: int, pairs: Iterable[tuple[int, int]]) -> DiGraph[int]:
    """A graph of so many nodes, whose neighbours come in the order of their numbers."""
    from networkx import DiGraph

    graph: DiGraph[int] = DiGraph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(sorted(set(pairs)))
    return graph


def breadth_first(
    graph: DiGraph[int], start: int, max_depth: int | None, limit: int
) -> list[tuple[int, int]]:
    """What can be reached, with how many steps away it is, nearest first; the start is 0 away."""
    from networkx import bfs_edges

    depth = {start: 0}
    for source, target in islice(bfs_edges(graph, start, depth_limit=max_depth), limit):
        depth[target] = depth[source] + 1
    return list(depth.items())[:limit]


def depth_first(graph: DiGraph[int], start: int, limit: int) -> list[int]:
    """What can be reached, each way followed to its end before the next."""
    from networkx import dfs_preorder_nodes

    return list(islice(dfs_preorder_nodes(graph, start), limit))


def shortest_path(graph: DiGraph[int], source: int, target: int) -> list[int] | None:
    """The way with the fewest steps; None when there is none."""
    from networkx import NetworkXNoPath
    from networkx import shortest_path as path

    try:
        return list(path(graph, source, target))
    except NetworkXNoPath:
        return None


def least_long_path(
    count: int, edges: list[tuple[int, int, float]], source: int, target: int
) -> list[int] | None:
    """The same by the lengths of edges, of several between two nodes the shortest."""
    from networkx import NetworkXNoPath, dijkstra_path

    lengths: dict[tuple[int, int], float] = {}
    for start, end, length in edges:
        lengths[start, end] = min(length, lengths.get((start, end), math.inf))
    graph = digraph(count, lengths)
    try:
        return list(dijkstra_path(graph, source, target, lambda u, v, _: lengths[u, v]))
    except NetworkXNoPath:
        return None


def length_of(value: object) -> float | None:
    """The number, if it can be how long something is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= _MAX_LENGTH else None


def transitive_closure(graph: DiGraph[int], limit: int) -> dict[int, list[int]]:
    """For each node those that it reaches by one step or more. GraphLimitError beyond the limit."""
    from networkx import descendants

    closure: dict[int, list[int]] = {}
    pairs = 0
    for node in graph:
        reached = descendants(graph, node)
        if any(before == node or before in reached for before in graph.pred[node]):
            reached.add(node)
        pairs += len(reached)
        if pairs > limit:
            raise GraphLimitError(
                f"The transitive closure has more than {limit:,} pairs. Ask what one entity "
                "reaches, or about relations of one kind."
            )
        closure[node] = sorted(reached)
    return closure


def degree_centrality(graph: DiGraph[int]) -> dict[int, float]:
    """With how much of all others it has to do, counting both directions."""
    from networkx import degree_centrality as centrality

    return dict(centrality(graph))


def betweenness_centrality(
    graph: DiGraph[int], sample: int | None, max_work: int
) -> dict[int, float]:
    """On how many of the shortest paths it lies. GraphLimitError when that would take too long."""
    from networkx import betweenness_centrality as centrality

    size = graph.number_of_nodes() + graph.number_of_edges()
    starts = graph.number_of_nodes() if sample is None else min(sample, graph.number_of_nodes())
    if starts * size > max_work:
        raise GraphLimitError(
            f"The betweenness of {graph.number_of_nodes():,} entities with "
            f"{graph.number_of_edges():,} relations would take too long. "
            f"Estimate it with sample={max(1, max_work // size)}, or ask about a subgraph."
        )
    return dict(centrality(graph, k=None if sample is None else starts, seed=_SEED))


def communities(graph: DiGraph[int]) -> list[list[int]]:
    """Groups that have more to do with each other than with the rest, largest first.

    GraphLimitError for more than 2,000 nodes or 20,000 edges: some shapes take the square of that.
    """
    from networkx.algorithms.community import louvain_communities

    if graph.number_of_nodes() > _MAX_GROUPED or graph.number_of_edges() > 10 * _MAX_GROUPED:
        raise GraphLimitError(
            f"Communities are found among at most {_MAX_GROUPED:,} entities and "
            f"{10 * _MAX_GROUPED:,} relations; here are {graph.number_of_nodes():,} and "
            f"{graph.number_of_edges():,}. Ask about a subgraph."
        )
    groups = louvain_communities(graph.to_undirected(), seed=_SEED)
    return sorted((sorted(group) for group in groups), key=lambda group: (-len(group), group))
