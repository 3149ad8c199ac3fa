"""A lock is on the file that is there, not on one that was removed just before."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from agent_runtime.persistence.locking import locked

fcntl = pytest.importorskip("fcntl", reason="Windows lets nobody remove a file that is open")


def remove(path: Path) -> None:
    path.unlink()


def replace(path: Path) -> None:
    fresh = path.with_name("fresh")
    fresh.write_text("fresh")
    fresh.replace(path)


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], None]], None]:
    """Has something done by others after the file is opened and before it is locked, once."""
    real = fcntl.flock

    def arrange(change: Callable[[], None]) -> None:
        def flock(descriptor: int, operation: int) -> None:
            monkeypatch.setattr(fcntl, "flock", real)
            change()
            real(descriptor, operation)

        monkeypatch.setattr(fcntl, "flock", flock)

    return arrange


@pytest.mark.parametrize("change", [remove, replace])
def test_a_lock_is_on_the_file_that_is_there(
    tmp_path: Path,
    change: Callable[[Path], None],
    meanwhile: Callable[[Callable[[], None]], None],
) -> None:
    path = tmp_path / "lock"
    path.touch()
    meanwhile(lambda: change(path))
    with locked(path, create=True, wait=1) as descriptor:
        assert descriptor is not None
        assert os.path.samestat(os.fstat(descriptor), path.stat())


def test_a_file_that_was_removed_is_not_made_where_it_was_to_be_there(
    tmp_path: Path, meanwhile: Callable[[Callable[[], None]], None]
) -> None:
    path = tmp_path / "journal"
    path.touch()
    meanwhile(path.unlink)
    with pytest.raises(FileNotFoundError), locked(path, create=False, wait=1):
        raise AssertionError("a file that is gone was locked")
    assert not path.exists()


def test_a_lock_that_is_held_is_waited_for_no_longer_than_asked(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with (
        locked(path, create=True, wait=0),
        locked(path, create=True, wait=0.01) as second,
    ):
        assert second is None
