"""A process that uses a store, as `stores.process` starts it: KIND FOLDER WHAT ARGUMENT...

`hold SESSION` takes a lease, says so, and keeps it until its input ends. `append SESSION SIZE`
goes on with a session for ever, two events at a time with texts of that size, and prints the number
of the last one that is saved. `remember AGENT SIZE` changes memories together and prints how often
it has. `race SESSION NAME COUNT` adds so many events between those of others, and prints their
numbers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from agent_runtime.json_value import JsonValue
from agent_runtime.persistence import MemoryRecord, SessionExistsError, StoreError
from session_events import checkpoint, started, thought
from stores import AnyStore, opened


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def hold(store: AnyStore, session: str) -> None:
    with store.lease(session):
        say("held")
        sys.stdin.read()


def append(store: AnyStore, session: str, size: str) -> None:
    seq = last(store, session)
    while True:
        both = [
            thought(session, seq + 1, text="x" * int(size)),
            checkpoint(session, seq + 2, 1),
        ]
        store.append(session, both)
        seq += 2
        say(str(seq))


def remember(store: AnyStore, agent: str, size: str) -> None:
    number = max([0, *(int(str(record.fields["n"])) for record in store.load_memory(agent))])
    while True:
        number += 1
        fields: dict[str, JsonValue] = {"n": str(number), "text": "x" * int(size)}
        both = [MemoryRecord(name, "episodic", fields) for name in ("one", "two")]
        store.save_memory(
            agent, [*both, MemoryRecord(str(number), "semantic", fields)], [str(number - 3)]
        )
        say(str(number))


def race(store: AnyStore, session: str, name: str, count: str) -> None:
    try:
        store.append(session, [started(session)])
    except SessionExistsError:
        say("second")
    added = 0
    while added < int(count):
        seq = last(store, session) + 1
        try:
            store.append(session, [thought(session, seq, text=name)])
        except StoreError:
            continue
        added += 1
        say(str(seq))


def last(store: AnyStore, session: str) -> int:
    return max(event["seq"] for event in store.events(session))


def main() -> None:
    kind, folder, what, *arguments = sys.argv[1:]
    commands: dict[str, Callable[..., None]] = {
        "hold": hold,
        "append": append,
        "remember": remember,
        "race": race,
    }
    commands[what](opened(kind, Path(folder)), *arguments)


if __name__ == "__main__":
    main()
