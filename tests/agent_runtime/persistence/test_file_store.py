"""What is in the files of a `FileStore`, and what it says of files that others have been at."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import pytest

from agent_runtime.events import Event
from agent_runtime.persistence import FileStore, MemoryRecord, SessionNotFoundError, StoreError
from limited_files import no_file_longer_than
from session_events import checkpoint, ended, started, steps, thought


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path, sync=False)


def journal_of(store: FileStore, session: str = "a") -> Path:
    return store.folder / "sessions" / session / "events.jsonl"


def again(store: FileStore) -> FileStore:
    """As another process would see it."""
    return FileStore(store.folder)


def saved(store: FileStore, count: int, session: str = "a") -> list[Event]:
    for batch in steps(session, count):
        store.append(session, batch)
    return list(store.events(session))


def test_people_can_read_the_files(store: FileStore) -> None:
    events = saved(store, 2)
    lines = journal_of(store).read_text(encoding="ascii").splitlines()
    assert [event for line in lines for event in json.loads(line)] == events
    assert [len(json.loads(line)) for line in lines] == [1, 2, 2]
    record = MemoryRecord("1", "episodic", {"text": "blue"})
    store.save_memory("helper", [record], ["2"])
    header, change = (store.folder / "memory" / "helper.jsonl").read_text().splitlines()
    assert json.loads(header)["agent"] == "helper"
    assert json.loads(change)["changed"] == [
        {"id": "1", "kind": "episodic", "fields": {"text": "blue"}}
    ]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_nobody_else_may_read_what_agents_were_told(store: FileStore) -> None:
    saved(store, 1)
    with store.lease("a"):
        store.save_memory("helper", [MemoryRecord("1", "semantic", {})], [])
    store.summary("a")
    files = [path for path in store.folder.rglob("*") if path.is_file()]
    assert {path.name for path in files} == {"events.jsonl", "lock", "summary.json", "helper.jsonl"}
    assert {path.stat().st_mode & 0o077 for path in files} == {0}


def test_a_journal_that_was_cut_anywhere_ends_with_its_last_whole_line(
    store: FileStore, tmp_path_factory: pytest.TempPathFactory
) -> None:
    saved(store, 2)
    data = journal_of(store).read_bytes()
    ends = [index + 1 for index, byte in enumerate(data) if byte == ord("\n")]
    counts = {0: 0, ends[0]: 1, ends[1]: 3, ends[2]: 5}
    folder = tmp_path_factory.mktemp("cut")
    cut = FileStore(folder, sync=False)
    journal_of(cut).parent.mkdir(parents=True)
    for size in range(len(data) + 1):
        journal_of(cut).write_bytes(data[:size])
        whole = counts[max(end for end in counts if end <= size)]
        if whole == 0:
            assert cut.sessions() == []
            with pytest.raises(SessionNotFoundError):
                cut.events("a")
            cut.append("a", [started("a")])
        else:
            assert [event["seq"] for event in cut.events("a")] == list(range(whole))
            assert cut.summary("a").last_at == 100.0 + whole - 1
            cut.append("a", [thought("a", whole)])
        assert [event["seq"] for event in again(cut).events("a")] == list(range(whole + 1))
        if whole == 0:
            cut.delete("a")
            journal_of(cut).parent.mkdir(parents=True)


def test_zeros_that_a_power_cut_left_were_never_written(store: FileStore) -> None:
    saved(store, 1)
    with journal_of(store).open("ab") as file:
        file.write(b'[{"seq":3,' + b"\0" * 200 + b"\n")
    assert len(list(again(store).events("a"))) == 3
    again(store).append("a", [thought("a", 3)])
    assert len(list(again(store).events("a"))) == 4
    assert b"\0" not in journal_of(store).read_bytes()


@pytest.mark.skipif(os.name == "nt", reason="folders are flushed where that is possible")
def test_what_is_saved_is_flushed_to_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    flushed: list[str] = []

    def noting(descriptor: int) -> None:
        flushed.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)

    monkeypatch.setattr(os, "fsync", noting)
    monkeypatch.setattr(os, "fdatasync", noting)
    for sync, once_more in ((True, ["events.jsonl"]), (False, [])):
        store = FileStore(tmp_path / str(sync), sync=sync)
        flushed.clear()
        store.append("a", [started("a")])
        begun = ["a", "sessions", str(sync), "events.jsonl"]
        assert flushed == (begun if sync else [])
        flushed.clear()
        store.append("a", [thought("a", 1)])
        assert flushed == once_more
        store.save_memory("helper", [MemoryRecord("1", "semantic", {})], [])
        assert ("helper.jsonl" in flushed) == sync


DAMAGE = {
    "no JSON": b"nonsense",
    "no list": b'{"seq":1}',
    "an empty list": b"[]",
    "no event": b"[1]",
    "of another session": b'[{"seq":1,"type":"thought","session":"b","step":1,"at":1}]',
    "another number": b'[{"seq":7,"type":"thought","session":"a","step":1,"at":1}]',
    "no time": b'[{"seq":1,"type":"thought","session":"a","step":1,"at":"now"}]',
    "no number as time": b'[{"seq":1,"type":"thought","session":"a","step":1,"at":NaN}]',
    "no step": b'[{"seq":1,"type":"thought","session":"a","at":1}]',
    "no type": b'[{"seq":1,"session":"a","step":1,"at":1}]',
    "nested": b"[" * 100_000 + b"]" * 100_000,
    "not UTF-8": b'[{"seq":1,"type":"\xff"}]',
}


@pytest.mark.parametrize("line", DAMAGE.values(), ids=DAMAGE)
def test_damage_is_named_and_hides_no_other_session(store: FileStore, line: bytes) -> None:
    saved(store, 2)
    saved(store, 1, "other")
    lines = journal_of(store).read_bytes().split(b"\n")
    journal_of(store).write_bytes(b"\n".join([lines[0], line, *lines[2:]]))
    for looking in (store, again(store)):
        with pytest.raises(StoreError, match=r"events\.jsonl is damaged: event 1 of session 'a'"):
            list(looking.events("a"))
        sessions, problems = looking.survey()
        assert [summary.id for summary in sessions] == ["other"]
        assert len(problems) == 1
        assert "is damaged" in problems[0]
        with pytest.raises(StoreError, match="is damaged"):
            looking.append("a", [thought("a", 5)])
    store.delete("a")
    assert again(store).survey()[1] == []


def test_what_follows_a_line_with_zeros_is_not_lost_without_a_word(store: FileStore) -> None:
    saved(store, 3)
    whole = journal_of(store).read_bytes()
    lines = whole.split(b"\n")[:-1]
    for damaged in range(len(lines)):
        mixed = [line[:9] + b"\0" if n == damaged else line for n, line in enumerate(lines)]
        is_last = damaged == len(lines) - 1
        journal_of(store).write_bytes(b"\n".join(mixed) + b"\n")
        before = journal_of(store).read_bytes()
        if is_last:
            assert len(list(again(store).events("a"))) == 5
            continue
        looking = again(store)
        with pytest.raises(StoreError, match=r"events\.jsonl is damaged: the line at byte"):
            list(looking.events("a"))
        with pytest.raises(StoreError, match=r"events\.jsonl is damaged: the line at byte"):
            looking.append("a", [thought("a", 7)])
        assert "is damaged: the line at byte" in looking.survey()[1][0]
        assert journal_of(store).read_bytes() == before


@pytest.mark.parametrize("left", [b"\0" * 99 + b"\n\0\n", b"\0\n[{", b"[\0\n\0\0\0"])
def test_zeros_that_nothing_follows_never_happened(store: FileStore, left: bytes) -> None:
    saved(store, 1)
    with journal_of(store).open("ab") as file:
        file.write(left)
    assert len(list(again(store).events("a"))) == 3
    again(store).append("a", [thought("a", 3)])
    assert [event["seq"] for event in again(store).events("a")] == list(range(4))


def test_memory_that_follows_a_line_with_zeros_is_not_lost_without_a_word(store: FileStore) -> None:
    for number in range(3):
        store.save_memory("helper", [MemoryRecord(str(number), "episodic", {})], [])
    lines = memory_of(store).read_bytes().split(b"\n")
    lines[2] = b"\0" * len(lines[2])
    memory_of(store).write_bytes(b"\n".join(lines))
    before = memory_of(store).read_bytes()
    with pytest.raises(StoreError, match=r"helper\.jsonl is damaged: the line at byte"):
        again(store).load_memory("helper")
    with pytest.raises(StoreError, match=r"helper\.jsonl is damaged: the line at byte"):
        again(store).save_memory("helper", [MemoryRecord("4", "episodic", {})], [])
    assert memory_of(store).read_bytes() == before


FOREIGN = {
    b"hello\n": "damaged, or is foreign",
    b"hello": "damaged, or is foreign",
    b"\0\0PNG\n": "damaged, or is foreign",
    b"?" * 2_000_000: "damaged, or is foreign",
    b'[{"seq":0}]\n': "damaged, or is foreign",
    b'[{"seq":0,"session":"a","trace":"agent_runtime/2"}]\n': "another version: agent_runtime/2",
}


@pytest.mark.parametrize(("data", "message"), FOREIGN.items(), ids=range(len(FOREIGN)))
def test_a_foreign_file_is_named(store: FileStore, data: bytes, message: str) -> None:
    journal_of(store).parent.mkdir(parents=True)
    journal_of(store).write_bytes(data)
    with pytest.raises(StoreError, match=message):
        store.events("a")
    with pytest.raises(StoreError, match=message):
        store.append("a", [started("a")])
    assert message in store.survey()[1][0]
    assert journal_of(store).read_bytes() == data


@pytest.mark.parametrize("left", [b"", b"\0" * 9_000, b"[", b'[{"seq":0,"type":"sess'])
def test_a_session_that_a_power_cut_kept_from_beginning_is_none(
    store: FileStore, left: bytes
) -> None:
    journal_of(store).parent.mkdir(parents=True)
    journal_of(store).write_bytes(left)
    assert store.survey() == ([], [])
    store.append("a", [started("a")])
    assert len(again(store).sessions()) == 1


def test_a_copied_folder_is_no_second_session(store: FileStore) -> None:
    saved(store, 1)
    shutil.copytree(journal_of(store).parent, journal_of(store, "b").parent)
    sessions, problems = store.survey()
    assert [summary.id for summary in sessions] == ["a"]
    assert "was it copied or renamed?" in problems[0]
    with pytest.raises(StoreError, match="holds session 'a', and not 'b'"):
        store.events("b")


def test_other_files_are_none_of_its_business(store: FileStore) -> None:
    saved(store, 1)
    (store.folder / "sessions" / "desktop.ini").write_text("theirs")
    (store.folder / "sessions" / ".git").mkdir()
    mine = journal_of(store).with_name("notes.txt")
    mine.write_text("mine")
    assert [summary.id for summary in store.sessions()] == ["a"]
    assert store.survey()[1] == []
    store.delete("a")
    assert store.sessions() == []
    assert mine.read_text() == "mine"
    store.append("a", [started("a")])
    assert len(store.sessions()) == 1


def test_nothing_is_left_of_a_deleted_session(store: FileStore) -> None:
    with store.lease("a"):
        saved(store, 1)
    journal_of(store).with_name(".summary.json.0123").touch()
    store.delete("a")
    assert list((store.folder / "sessions").iterdir()) == []


def test_a_long_first_line_is_read_whole(store: FileStore) -> None:
    store.append("a", [started("a", text="x" * 400_000)])
    for batch in list(steps("a", 300, text="y" * 2_000))[1:]:
        store.append("a", batch)
    assert again(store).summary("a").steps == 300
    assert [event["seq"] for event in again(store).events("a")] == list(range(601))
    assert [event["seq"] for event in again(store).events("a", 455)] == list(range(456, 601))


def test_what_is_no_file_is_not_waited_for(store: FileStore) -> None:
    saved(store, 1, "other")
    journal_of(store).parent.mkdir(parents=True)
    os.mkfifo(journal_of(store))
    assert [summary.id for summary in store.sessions()] == ["other"]
    assert "cannot be" in store.survey()[1][0]
    with pytest.raises(StoreError):
        store.events("a")
    with pytest.raises(StoreError):
        store.append("a", [started("a")])


def test_a_place_that_is_no_folder_is_named(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_text("mine")
    store = FileStore(place)
    for action in (
        lambda: store.append("a", [started("a")]),
        lambda: store.save_memory("a", [MemoryRecord("1", "semantic", {})], []),
        store.sessions,
    ):
        with pytest.raises(StoreError, match=r"file.* cannot be used: .*\. Nothing was changed\."):
            action()
    assert place.read_text() == "mine"


def test_a_summary_that_is_wrong_is_not_believed(store: FileStore) -> None:
    with store.lease("a"):
        saved(store, 2)
    note = journal_of(store).with_name("summary.json")
    right = store.summary("a")
    good = json.loads(note.read_bytes())
    progress = good["progress"]
    for wrong in [
        b"",
        b"{}",
        b"[" * 100_000,
        json.dumps({**good, "end": 10**9}).encode(),
        json.dumps({**good, "start": -1}).encode(),
        json.dumps({**good, "end": good["start"]}).encode(),
        json.dumps({**good, "session": "b"}).encode(),
        json.dumps({**good, "progress": {**progress, "reason": "bored"}}).encode(),
        json.dumps({**good, "progress": {**progress, "steps": "2"}}).encode(),
        json.dumps({**good, "progress": {**progress, "steps": True}}).encode(),
        json.dumps({**good, "check": 0, "progress": {**progress, "steps": 9}}).encode(),
    ]:
        note.write_bytes(wrong)
        assert again(store).summary("a") == right
        again(store).append("a", [thought("a", right_next(store))])
        right = store.summary("a")


def right_next(store: FileStore) -> int:
    return len(list(store.events("a")))


def test_a_journal_that_was_put_back_is_read_anew(store: FileStore) -> None:
    saved(store, 2)
    earlier = journal_of(store).read_bytes()
    store.append("a", [ended("a", 5)])
    assert store.summary("a").state == "ended"
    journal_of(store).write_bytes(earlier)
    assert store.summary("a").state == "interrupted"
    store.append("a", [checkpoint("a", 5, 9)])
    assert store.summary("a").steps == 9


def test_who_writes_a_long_session_spares_others_reading_it(store: FileStore) -> None:
    for batch in steps("a", 200, text="x" * 1000):
        store.append("a", batch)
    written = json.loads(journal_of(store).with_name("summary.json").read_bytes())
    assert 0 <= journal_of(store).stat().st_size - written["end"] < 70_000
    # damage in what was noted is not looked at for a list
    with journal_of(store).open("r+b") as file:
        file.seek(100_000)
        file.write(b"?" * 1_000)
    assert again(store).summary("a").steps == 200


@pytest.mark.parametrize("room", [0, 1, 50, 180])
def test_a_full_disk_leaves_nothing_half(store: FileStore, room: int) -> None:
    saved(store, 2)
    before = journal_of(store).read_bytes()
    with no_file_longer_than(len(before) + room):
        with pytest.raises(StoreError, match=os.strerror(errno.EFBIG)):
            store.append("a", [thought("a", 5), checkpoint("a", 6, 3)])
        with pytest.raises(StoreError, match=os.strerror(errno.EFBIG)):
            store.save_memory("helper", [MemoryRecord("1", "semantic", {"x": "y" * 5000})], [])
    assert journal_of(store).read_bytes() == before
    assert store.load_memory("helper") == []
    store.append("a", [thought("a", 5)])
    assert [event["seq"] for event in again(store).events("a")] == list(range(6))


def test_a_session_that_could_not_begin_is_none(store: FileStore) -> None:
    with no_file_longer_than(100), pytest.raises(StoreError):
        store.append("a", [started("a")])
    assert again(store).sessions() == []
    store.append("a", [started("a")])
    assert len(again(store).sessions()) == 1


def test_too_much_at_once_is_refused(store: FileStore) -> None:
    store.append("a", [started("a")])
    with pytest.raises(StoreError, match="more than the 67,108,864 that are possible"):
        store.append("a", [thought("a", 1, text="x" * (64 * 1024 * 1024))])
    assert len(list(store.events("a"))) == 1


def memory_of(store: FileStore) -> Path:
    return store.folder / "memory" / "helper.jsonl"


def test_memory_that_was_cut_anywhere_is_the_one_before(store: FileStore) -> None:
    old = [MemoryRecord("1", "episodic", {"n": 1}), MemoryRecord("2", "episodic", {"n": 1})]
    new = [MemoryRecord("1", "episodic", {"n": 2}), MemoryRecord("3", "episodic", {"n": 2})]
    store.save_memory("helper", old, [])
    end = memory_of(store).stat().st_size
    store.save_memory("helper", new, ["2"])
    data = memory_of(store).read_bytes()
    for size in range(len(data)):
        memory_of(store).write_bytes(data[:size])
        kept = [] if size < end else old
        assert store.load_memory("helper") == again(store).load_memory("helper") == kept
        store.save_memory("helper", new, ["2"])
        assert again(store).load_memory("helper") == new


@pytest.mark.parametrize("line", [b"x", b"[]", b'{"number":1}', b'{"number":0,"memory":"other"}'])
def test_damaged_memory_is_named(store: FileStore, line: bytes) -> None:
    for number in range(3):
        store.save_memory("helper", [MemoryRecord(str(number), "episodic", {})], [])
    lines = memory_of(store).read_bytes().split(b"\n")
    for damaged in range(3):
        mixed = [line if index == damaged else good for index, good in enumerate(lines)]
        memory_of(store).write_bytes(b"\n".join(mixed))
        with pytest.raises(StoreError, match=r"helper\.jsonl is damaged at byte"):
            again(store).load_memory("helper")
        with pytest.raises(StoreError, match=r"helper\.jsonl is damaged at byte"):
            store.save_memory("helper", [], ["1"])


def test_memory_that_changes_often_does_not_grow_for_ever(store: FileStore) -> None:
    quick = FileStore(store.folder, sync=False)
    record = MemoryRecord("1", "episodic", {"text": "x" * 100})
    quick.save_memory("helper", [record], [])
    size = memory_of(store).stat().st_size
    longest = 0
    for _ in range(5_000):
        quick.save_memory("helper", [record], [])
        longest = max(longest, memory_of(store).stat().st_size)
    assert longest < 1_200 * size
    assert again(store).load_memory("helper") == [record]


def test_memory_that_was_exchanged_is_read_anew(store: FileStore, tmp_path: Path) -> None:
    other = FileStore(tmp_path / "other", sync=False)
    for number, changed in enumerate([store, other]):
        changed.save_memory("helper", [MemoryRecord("1", "episodic", {"n": number})], [])
    assert store.load_memory("helper")[0].fields == {"n": 0}
    shutil.copy(memory_of(other), memory_of(store))
    assert store.load_memory("helper")[0].fields == {"n": 1}
