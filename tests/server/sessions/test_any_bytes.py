"""Whatever bytes are where sessions should be: an answer or a sentence, and never more."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent_runtime.persistence import FileStore, MemoryRecord, SqliteStore, StoreError
from kept_sessions import entity, file_store_of, sqlite_store_of, write_session
from run_cli import environment
from runagent_ls.cli.session_texts import details_to_json, listed, session_to_json, shown
from runagent_ls.cli.terminal import Painter
from runagent_ls.cli.trace.trace_text import TraceText
from runagent_ls.lsp.messages.sessions import details_of, events_of, list_of
from runagent_ls.sessions.kept import KeptSessions


def look(folder: Path) -> list[str]:
    """All that can be asked, as it is sent and printed; the ids that are listed."""
    with KeptSessions(folder) as kept:
        found = kept.list()
        as_messages = [list_of(found), *map(session_to_json, found.sessions)]
        assert "\n".join(listed(found.sessions, Painter(False))).count("\n") < 10
        for it in found.sessions:
            with contextlib.suppress(StoreError):
                details = kept.get(it.summary.id, store=it.store)
                as_messages += [dict(details_of(details)), details_to_json(details)]
                trace = TraceText(Painter(False), lambda: 80, "utf-8", session=it.summary.id)
                events = kept.events(it.summary.id, store=it.store)
                assert "".join(shown(details, events, trace, Painter(False)))
            with contextlib.suppress(StoreError):
                events = kept.events(it.summary.id, store=it.store)
                as_messages.append(events_of(events, 1_000))
    # as strict as JSON is: no NaN, and numbers that can be read again
    json.loads(json.dumps(as_messages, allow_nan=False))
    return [it.summary.id for it in found.sessions]


@pytest.fixture(scope="module")
def samples() -> Iterator[dict[str, bytes]]:
    """What the files of a session look like that are whole."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = FileStore(file_store_of(folder), sync=False)
        with files.lease("s1"):
            write_session(files)
        record = MemoryRecord("e1", "episodic", {"text": "x", "importance": 0.5})
        files.save_memory("helper", [record], [])
        with SqliteStore(sqlite_store_of(folder), sync=False) as database:
            write_session(database)
        paths = {
            "journal": file_store_of(folder) / "sessions" / "s1" / "events.jsonl",
            "note": file_store_of(folder) / "sessions" / "s1" / "summary.json",
            "memory": file_store_of(folder) / "memory" / "helper.jsonl",
            "database": sqlite_store_of(folder),
        }
        yield {kind: path.read_bytes() for kind, path in paths.items()}


ODD = st.sampled_from(
    [b"\0", b"\n", b"1e999", b"-1", b"9" * 400, b"null", b"[" * 300, b'"\\ud800"', b"\xff", b"{}"]
)
PIECES = st.one_of(st.binary(max_size=40), ODD)
CHANGES = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 60), PIECES), min_size=1, max_size=4)


def changed(data: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for where, length, piece in changes:
        start = int(where * len(data))
        data = data[:start] + piece + data[start + length :]
    return data


@settings(max_examples=150, deadline=None)
@given(changes=st.dictionaries(st.sampled_from(["journal", "note", "memory"]), CHANGES))
def test_files_that_were_changed_anywhere(
    samples: dict[str, bytes], changes: dict[str, list[tuple[float, int, bytes]]]
) -> None:
    mixed = {kind: changed(samples[kind], changes.get(kind, [])) for kind in samples}
    check_files(mixed)


@settings(max_examples=100, deadline=None)
@given(journal=st.binary(max_size=300), note=st.binary(max_size=100))
def test_files_of_any_bytes(samples: dict[str, bytes], journal: bytes, note: bytes) -> None:
    check_files({**samples, "journal": journal, "note": note})


def check_files(contents: dict[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as name:
        store = file_store_of(Path(name))
        (store / "sessions" / "s1").mkdir(parents=True)
        (store / "memory").mkdir()
        (store / "sessions" / "s1" / "events.jsonl").write_bytes(contents["journal"])
        (store / "sessions" / "s1" / "summary.json").write_bytes(contents["note"])
        (store / "memory" / "helper.jsonl").write_bytes(contents["memory"])
        ids = look(Path(name))
        deleted = KeptSessions(Path(name)).delete("s1")
        assert deleted or ids == []
        found = KeptSessions(Path(name)).list()
        assert (found.sessions, found.problems) == ((), ())


@settings(max_examples=150, deadline=None)
@given(changes=CHANGES, log=st.binary(max_size=200))
def test_databases_that_were_changed_anywhere(
    samples: dict[str, bytes], changes: list[tuple[float, int, bytes]], log: bytes
) -> None:
    with tempfile.TemporaryDirectory() as name:
        path = sqlite_store_of(Path(name))
        path.parent.mkdir()
        path.write_bytes(changed(samples["database"], changes))
        if log:
            path.with_name(f"{path.name}-wal").write_bytes(log)
        look(Path(name))
        with contextlib.suppress(StoreError):
            KeptSessions(Path(name)).delete("s1")


HUGE = {
    "of nothing but lists": b'[{"seq":1,"x":[' + b"[]," * 10_000_000 + b"[]]}]\n",
    "without an end": b"[" * 80_000_000,
    "of zeros": b"\0" * 80_000_000,
    "of noise": bytes(range(11, 256)) * 300_000,
}
MEMORY_MIB = 400
HUGE_MIND_LINES = 1200


def run_sessions(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`runagent-ls sessions` with little memory, in the folder of an agent."""
    (folder / "runagent.config.json").write_text("{}", "utf-8")
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_AS, ({MEMORY_MIB << 20},) * 2)"
    program = f"{limit}; from runagent_ls.cli.main import main; raise SystemExit(main())"
    return subprocess.run(
        [sys.executable, "-c", program, "sessions", *arguments],
        cwd=folder,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is one of Linux")
@pytest.mark.parametrize("line", HUGE)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_huge_line_takes_little_memory(tmp_path: Path, line: str, is_first: bool) -> None:
    store = FileStore(file_store_of(tmp_path), sync=False)
    write_session(store, "good")
    write_session(store, "huge")
    journal = file_store_of(tmp_path) / "sessions" / "huge" / "events.jsonl"
    first = b"" if is_first else journal.read_bytes().split(b"\n")[0] + b"\n"
    journal.write_bytes(first + HUGE[line])
    journal.with_name("summary.json").unlink(missing_ok=True)
    for action in (["list"], ["show", "huge"], ["delete", "huge"]):
        done = run_sessions(tmp_path, *action)
        assert "Traceback" not in done.stderr
        if action == ["list"]:
            assert done.stdout.startswith("good")
            assert str(journal) in done.stderr
    assert not journal.exists()


def entities(number: int) -> dict[str, object]:
    return {"entities": [entity(f"{number}-{index}") for index in range(1000)]}


def relations(number: int) -> dict[str, object]:
    names = [f"e{index}" for index in range(100)]
    ends = [{"source": name, "target": other} for name in names[:10] for other in names]
    between = [{**them, "kind": f"k{number}", "properties": {}} for them in ends]
    return {
        "entities": [entity(name) for name in names] if number == 1 else [],
        "relations": between,
    }


def texts(number: int) -> dict[str, object]:
    return {"set": {f"{number}-{index}": "text" for index in range(3000)}}


HUGE_MINDS: dict[str, Callable[[int], dict[str, object]]] = {
    "entities": entities,
    "relations": relations,
    "texts": texts,
}


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is one of Linux")
@pytest.mark.parametrize("what", HUGE_MINDS)
def test_a_session_with_very_much_in_mind_takes_little_memory(tmp_path: Path, what: str) -> None:
    """As much as nobody who uses the runtime can have, in lines that are all as they should be."""
    write_session(FileStore(file_store_of(tmp_path), sync=False), "huge")
    journal = file_store_of(tmp_path) / "sessions" / "huge" / "events.jsonl"
    kind = "working_changed" if what == "texts" else "graph_changed"
    seq = journal.read_bytes().count(b"\n")
    with journal.open("a", encoding="ascii") as file:
        for number in range(1, 1 + HUGE_MIND_LINES):
            event = {"seq": seq, "session": "huge", "step": 3, "at": 1.0, "type": kind}
            line = json.dumps([{**event, **HUGE_MINDS[what](number)}], separators=(",", ":"))
            file.write(f"{line}\n")
            seq += 1
    assert journal.stat().st_size > 50 << 20
    done = run_sessions(tmp_path, "show", "huge")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert "left out" in done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is one of Linux")
@pytest.mark.parametrize("kind", ["file", "sqlite"])
def test_an_agent_that_remembers_very_much_takes_little_memory(tmp_path: Path, kind: str) -> None:
    """In records that are all as they should be."""
    with SqliteStore(sqlite_store_of(tmp_path), sync=False) as database:
        store = FileStore(file_store_of(tmp_path), sync=False) if kind == "file" else database
        write_session(store, "huge")
        for number in range(100):
            records = [
                MemoryRecord(f"{number}-{index}", "episodic", {"text": "x" * 5_000})
                for index in range(200)
            ]
            store.save_memory("helper", records, [])
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) > 100_000_000
    done = run_sessions(tmp_path, "show", "huge")
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    assert "the oldest is left out" in done.stdout
