"""All ways through a directed graph that lead back to where they began, a few at a time.

By Johnson's method, as in networkx. There each cycle of a large graph can take a second, because
what is left of the graph is a view of a view; here the next cycle looks at each edge a few times.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from networkx import DiGraph

_MAX_WORK = 300_000

_After: TypeAlias = dict[int, list[int]]


def cycles(graph: DiGraph[int], limit: int) -> tuple[list[list[int]], bool]:
    """At most so many, shortest first, each from its least node; and whether there are more.

    Parts of the graph that are so large that this would take long give fewer.
    """
    found = [[node] for node in graph if graph.has_edge(node, node)]
    is_cut = len(found) > limit
    after = {node: [other for other in graph.adj[node] if other != node] for node in graph}
    for part in _parts(after):
        edges = sum(map(len, part.values()))
        share = max(0, min(limit - len(found), max(1, _MAX_WORK // edges)))
        more = list(islice(_cycles_of(part), share + 1))
        is_cut = is_cut or len(more) > share
        found += more[:share]
        if is_cut and len(found) >= limit:
            break
    return sorted(found[:limit], key=lambda cycle: (len(cycle), cycle)), is_cut


def _parts(after: _After) -> list[_After]:
    """The parts of a graph in which everything leads everywhere, the smallest first."""
    from networkx import DiGraph, strongly_connected_components

    graph: DiGraph[int] = DiGraph()
    graph.add_edges_from((node, other) for node, others in after.items() for other in others)
    parts = [sorted(part) for part in strongly_connected_components(graph) if len(part) > 1]
    made = []
    for part in sorted(parts, key=lambda part: (len(part), part)):
        inside = set(part)
        made.append({node: [one for one in after[node] if one in inside] for node in part})
    return made


def _cycles_of(part: _After) -> Iterator[list[int]]:
    """Those through the least node, then those of what is left without it."""
    waiting = [part]
    while waiting:
        part = waiting.pop()
        least = min(part)
        yield from _cycles_through(least, part)
        left = {
            node: [other for other in others if other != least]
            for node, others in part.items()
            if node != least
        }
        waiting += _parts(left)


def _cycles_through(start: int, after: _After) -> Iterator[list[int]]:
    """`blocked` nodes are on the path, or lead to the start only through the path; `behind` tells
    which of these are free when another one is."""
    path = [start]
    blocked, on_cycle = {start}, set[int]()
    behind: defaultdict[int, set[int]] = defaultdict(set)
    waiting = [iter(after[start])]
    while path:
        node = path[-1]
        for other in waiting[-1]:
            if other == start:
                yield path.copy()
                on_cycle.update(path)
            elif other not in blocked:
                path.append(other)
                waiting.append(iter(after[other]))
                on_cycle.discard(other)
                blocked.add(other)
                break
        else:
            if node in on_cycle:
                _unblock(node, blocked, behind)
            else:
                for other in after[node]:
                    behind[other].add(node)
            path.pop()
            waiting.pop()


def _unblock(node: int, blocked: set[int], behind: defaultdict[int, set[int]]) -> None:
    freed = {node}
    while freed:
        one = freed.pop()
        if one in blocked:
            blocked.discard(one)
            freed |= behind.pop(one, set())
