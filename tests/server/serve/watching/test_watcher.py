"""Changes are seen however they are written, and only changes."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import time
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import TypeAlias

import pytest

from runagent_ls.serve.watching import FileWatcher, snapshot, watcher

LIMIT_S = 60.0
Told: TypeAlias = Callable[[frozenset[Path]], None]


class Watch:
    """A watcher at work, and what it reports."""

    def __init__(self, told: Told | None = None, interval_s: float = 0.02) -> None:
        self.reports: asyncio.Queue[frozenset[Path]] = asyncio.Queue()
        self.watcher = FileWatcher(self._changed, interval_s=interval_s)
        self._told = told

    def _changed(self, changed: frozenset[Path]) -> None:
        self.reports.put_nowait(changed)
        if self._told is not None:
            self._told(changed)

    async def next(self) -> frozenset[Path]:
        async with asyncio.timeout(LIMIT_S):
            return await self.reports.get()


@contextlib.asynccontextmanager
async def watching(
    files: Iterable[Path],
    folders: Iterable[Path] = (),
    *,
    read_after: float | None = None,
    told: Told | None = None,
    interval_s: float = 0.02,
) -> AsyncIterator[Watch]:
    watch = Watch(told, interval_s)
    await watch.watcher.watch(files, folders, read_after=read_after)
    task = asyncio.create_task(watch.watcher.run())
    try:
        yield watch
        assert not task.done()
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


@pytest.fixture
def main(tmp_path: Path) -> Path:
    path = tmp_path / "main.py"
    path.write_text("x = 1\n", "utf-8")
    return path


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Changed last: what was not reported by then, is not reported."""
    path = tmp_path / "other.py"
    path.write_text("y = 1\n", "utf-8")
    return path


def in_place(path: Path) -> None:
    path.write_text("x = 2\n", "utf-8")


def by_rename(path: Path) -> None:
    fresh = path.with_name("main.py.swp")
    fresh.write_text("x = 2\n", "utf-8")
    fresh.replace(path)


def by_backup(path: Path) -> None:
    path.rename(path.with_name("main.py~"))
    path.write_text("x = 2\n", "utf-8")


def with_its_old_time(path: Path) -> None:
    times = path.stat()
    path.write_text("x = 2\n", "utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def deleted(path: Path) -> None:
    path.unlink()


def into_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "change", [in_place, by_rename, by_backup, with_its_old_time, deleted, into_a_folder]
)
async def test_a_change_is_reported_once(
    main: Path, other: Path, change: Callable[[Path], None]
) -> None:
    async with watching([main, other]) as watch:
        change(main)
        assert await watch.next() == {main}
        in_place(other)
        assert await watch.next() == {other}


def touched(path: Path) -> None:
    path.touch()
    os.utime(path, (1, 1))


def written_alike(path: Path) -> None:
    path.write_text(path.read_text("utf-8"), "utf-8")


def replaced_alike(path: Path) -> None:
    shutil.copy(path, path.with_name("copy"))
    path.with_name("copy").replace(path)


def new_rights(path: Path) -> None:
    path.chmod(0o600)


@pytest.mark.parametrize("change", [touched, written_alike, replaced_alike, new_rights])
async def test_the_same_content_is_no_change(
    main: Path, other: Path, change: Callable[[Path], None]
) -> None:
    async with watching([main, other]) as watch:
        change(main)
        in_place(other)
        assert await watch.next() == {other}


async def test_a_file_that_is_gone_for_a_moment_is_not_reported_as_deleted(
    main: Path, other: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The editor writes the file anew right after the watcher has missed it."""

    def look(paths: Iterable[Path], before: snapshot.Sight) -> dict[Path, snapshot.Seen]:
        sight = snapshot.look(paths, before)
        if sight.get(main) == snapshot.ABSENT:
            main.write_text("x = 1\n", "utf-8")
        return sight

    async with watching([main, other]) as watch:
        monkeypatch.setattr(watcher, "look", look)
        main.unlink()
        async with asyncio.timeout(LIMIT_S):
            while not main.exists():
                await asyncio.sleep(0.01)
        in_place(other)
        assert await watch.next() == {other}


async def test_half_a_file_is_not_reported(main: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look but the last finds a longer file; one report says that it has changed."""
    pieces = iter(["x = 1\ny", " = ", "3", "\n"])

    def look(paths: Iterable[Path], before: snapshot.Sight) -> dict[Path, snapshot.Seen]:
        sight = snapshot.look(paths, before)
        with main.open("a", encoding="utf-8") as stream:
            stream.write(next(pieces, ""))
        return sight

    found: list[str] = []
    async with watching([main], told=lambda _: found.append(main.read_text("utf-8"))) as watch:
        monkeypatch.setattr(watcher, "look", look)
        monkeypatch.setattr(watcher, "SETTLE_LIMIT_S", 60.0)
        assert await watch.next() == {main}
    assert found == ["x = 1\nx = 1\ny = 3\n"]


async def test_a_file_comes_goes_and_comes_again(tmp_path: Path) -> None:
    env = tmp_path / ".env"
    async with watching([env]) as watch:
        for _ in range(2):
            env.write_text("A=1\n", "utf-8")
            assert await watch.next() == {env}
            env.unlink()
            assert await watch.next() == {env}


async def test_modules_that_come_and_go_in_a_folder(main: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.py"
    old.write_text("", "utf-8")
    async with watching([main], [tmp_path]) as watch:
        helper = tmp_path / "helper.py"
        helper.write_text("", "utf-8")
        assert await watch.next() == {helper}
        helper.write_text("z = 1\n", "utf-8")
        assert await watch.next() == {helper}
        package = tmp_path / "parts"
        package.mkdir()
        (package / "__init__.py").write_text("", "utf-8")
        assert await watch.next() == {package / "__init__.py"}
        old.unlink()
        assert await watch.next() == {old}


async def test_what_is_no_module_of_the_agent_does_not_count(main: Path, tmp_path: Path) -> None:
    async with watching([main], [tmp_path]) as watch:
        for name in ("__pycache__", ".hidden", "node_modules", "env"):
            (tmp_path / name).mkdir()
        (tmp_path / "env" / "pyvenv.cfg").touch()
        for name in ("__pycache__/a.py", ".hidden/a.py", "env/a.py", "node_modules/a.py"):
            (tmp_path / name).touch()
        (tmp_path / "notes.txt").touch()
        (tmp_path / ".#main.py").symlink_to("somebody@here")
        in_place(main)
        assert await watch.next() == {main}


async def test_other_files_from_now_on(main: Path, other: Path) -> None:
    async with watching([main]) as watch:
        await watch.watcher.watch([other])
        in_place(main)
        in_place(other)
        assert await watch.next() == {other}
        await watch.watcher.watch([main, other])
        by_rename(main)  # the same content again
        deleted(other)
        assert await watch.next() == {other}


async def test_a_change_is_not_lost_while_others_are_added(main: Path, other: Path) -> None:
    watch = Watch()
    await watch.watcher.watch([main])
    in_place(main)
    await watch.watcher.watch([main, other])
    task = asyncio.create_task(watch.watcher.run())
    try:
        assert await watch.next() == {main}
    finally:
        task.cancel()


async def test_a_file_that_changed_after_it_was_read_is_reported(main: Path, other: Path) -> None:
    began = time.time()
    in_place(main)
    async with watching([main], read_after=began) as watch:
        assert await watch.next() == {main}
        in_place(main)  # no change
        await watch.watcher.watch([main, other], read_after=time.time() + 1)
        in_place(other)
        assert await watch.next() == {other}


async def test_a_module_that_came_before_its_folder_was_watched_is_reported(
    main: Path,
) -> None:
    began = time.time() + 0.1
    while time.time() < began:  # times of files are coarse
        await asyncio.sleep(0.01)
    came = main.parent / "came.py"
    came.write_text("y = 1\n", "utf-8")
    async with watching([], [main.parent], read_after=began) as watch:
        assert await watch.next() == {came}


async def test_a_file_that_is_written_while_it_is_read_is_reported(
    main: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    began = time.time() + 0.1
    while time.time() < began:  # times of files are coarse
        await asyncio.sleep(0.01)
    read, writes = snapshot._digest, [None]

    def written_first(path: Path) -> bytes:
        while writes:
            writes.pop()
            in_place(path)
        return read(path)

    monkeypatch.setattr(snapshot, "_digest", written_first)
    async with watching([main], read_after=began) as watch:
        assert await watch.next() == {main}


async def test_a_hint_needs_no_waiting(main: Path, other: Path) -> None:
    async with watching([main, other], interval_s=3600) as watch:
        in_place(main)
        assert await watch.next() == {main}  # the first look comes by itself
        in_place(other)
        watch.watcher.hint()
        assert await watch.next() == {other}


async def test_who_is_told_may_fail(main: Path, other: Path) -> None:
    failures: list[str] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: failures.append(str(context["exception"]))
    )

    def fail(_: frozenset[Path]) -> None:
        raise RuntimeError("no")

    async with watching([main, other], told=fail) as watch:
        in_place(main)
        assert await watch.next() == {main}
        in_place(other)
        assert await watch.next() == {other}
    assert failures == ["no", "no"]


async def test_pipes_and_devices_are_never_opened(main: Path, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.py"
    os.mkfifo(pipe)
    async with watching([pipe, Path("/dev/zero"), Path("nul\0"), main], [tmp_path]) as watch:
        in_place(main)
        assert await watch.next() == {main}
