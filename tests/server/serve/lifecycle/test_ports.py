"""Addresses to serve at: wanted, free, taken and impossible ones."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from runagent_ls.agents.targets import own_servers
from runagent_ls.agents.targets.own_servers import OwnServer, ServerToken
from runagent_ls.serve.lifecycle import ports
from runagent_ls.serve.lifecycle.ports import listen, owner_of
from runagent_ls.serve.state import StartFailedError


@pytest.fixture
def busy() -> Iterator[int]:
    """A port that this process listens at."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        yield int(taken.getsockname()[1])


def test_a_free_port_is_taken_as_it_is_wanted(busy: int) -> None:
    with closing(listen("127.0.0.1", None).socket) as first:
        port = first.getsockname()[1]
    again = listen("127.0.0.1", port)
    with closing(again.socket):
        assert (again.host, again.port, again.taken) == ("127.0.0.1", port, None)
        with socket.create_connection(("127.0.0.1", port), 5):
            pass


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells who listens")
def test_instead_of_a_busy_port_a_free_one_is_taken_and_its_owner_named(busy: int) -> None:
    found = listen("127.0.0.1", busy)
    with closing(found.socket):
        name = Path("/proc/self/comm").read_text().strip()
        assert found.port not in (busy, 0)
        assert found.taken == f"Port {busy} is taken by {name} (process {os.getpid()})"


def test_our_own_server_at_a_busy_port_is_named(
    busy: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RUNAGENT_LS_STATE", str(tmp_path))
    record = OwnServer(
        "agent-7", tmp_path / "c", "127.0.0.1", busy, os.getpid(), ServerToken("t"), time.time()
    )
    own_servers.announce(record)
    assert owner_of(busy) == f"our own server of agent agent-7 (process {os.getpid()})"


def test_without_a_wish_ports_from_8450_up_are_taken_but_those_of_other_agents() -> None:
    with closing(listen("127.0.0.1", None).socket) as taken:
        first = taken.getsockname()[1]
    assert first >= ports.FIRST_PORT
    others = range(ports.FIRST_PORT, first + 1)
    with closing(listen("127.0.0.1", None, set(others)).socket) as taken:
        assert taken.getsockname()[1] not in others


def test_a_server_that_has_just_ended_leaves_its_port_free() -> None:
    address = listen("127.0.0.1", None)
    with socket.create_connection(("127.0.0.1", address.port), 5) as client:
        address.socket.setblocking(True)
        served, _ = address.socket.accept()
        served.close()  # the side that closes first keeps the port for minutes
        address.socket.close()
        client.recv(1)
    again = listen("127.0.0.1", address.port)
    again.socket.close()
    assert again.taken is None


@pytest.mark.parametrize("host", ["no-such-host.invalid", "192.0.2.1", "a b", "\udcff", "x" * 300])
def test_hosts_that_are_not_this_machine_are_refused_in_words(host: str) -> None:
    with pytest.raises(StartFailedError) as caught:
        listen(host, None)
    failure = caught.value.failure
    assert failure.code == "INITIALIZATION_ERROR"
    assert failure.exit_code == 2
    assert failure.suggestion is not None
    assert "--host" in failure.suggestion


def test_all_addresses_of_this_machine() -> None:
    found = listen("0.0.0.0", None)
    with closing(found.socket), socket.create_connection(("127.0.0.1", found.port), 5):
        assert found.host == "0.0.0.0"
