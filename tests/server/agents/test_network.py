"""The way to other machines: certificates, proxies and redirects, for REST and WebSocket alike."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import logging
import ssl
import subprocess
import traceback
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import trustme

from cloud_stand_in import RunningCloud
from runagent_ls.agents.call import Call, Chunk
from runagent_ls.agents.client import AgentClient
from runagent_ls.agents.errors import AgentError, ConnectionFailedError, RequestRefusedError
from runagent_ls.agents.targets.credentials import ApiKey, Cloud
from runagent_ls.agents.targets.network import proxy_for, shown, tls_context
from runagent_ls.agents.targets.resolving import resolve_cloud
from runagent_ls.agents.targets.target import Target
from runagent_ls.agents.timeouts import Timeouts

ONLY_THE_PROXY_KNOWS = "cloud.test"
TAGS = ("greet", "words_stream")
PROXY_VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXY_VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)


def at(base_url: str, cloud: RunningCloud, agent_id: str | None = None) -> Target:
    return resolve_cloud(
        agent_id or cloud.agent_id, Cloud(base_url, "given", ApiKey(cloud.api_key))
    )


def through_proxy(cloud: RunningCloud) -> Target:
    return at(cloud.base_url.replace("127.0.0.1", ONLY_THE_PROXY_KNOWS), cloud)


async def answered(target: Target, tag: str) -> Any:
    async with AgentClient(target, Timeouts(connect=20)) as agent:
        if tag == "words_stream":
            events = [e async for e in agent.stream(Call(tag, ["a b"]))]
            return [event.value for event in events if isinstance(event, Chunk)]
        return (await agent.run(Call(tag, ["bob"]))).value


EXPECTED = {"greet": {"greeting": "hello bob", "n": 1}, "words_stream": ["a", "b"]}


async def failure(target: Target, tag: str) -> AgentError:
    with pytest.raises(AgentError) as caught:
        await answered(target, tag)
    return caught.value


@dataclass
class Proxy:
    """A loopback CONNECT proxy that knows the way to `cloud.test`, and remembers who asked."""

    port: int = 0
    password: str | None = None
    asked: list[str] = field(default_factory=list)
    seen: bytearray = field(default_factory=bytearray)

    def url(self, login: str = "") -> str:
        return f"http://{login}127.0.0.1:{self.port}"

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.seen += head
        method, place, _ = head.split(b"\r\n")[0].decode().split(" ")
        self.asked.append(f"{method} {place}")
        if self.password is not None:
            wanted = base64.b64encode(self.password.encode())
            if b"Proxy-Authorization: Basic " + wanted not in head:
                writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
                writer.close()
                return
        host, _, port = place.rpartition(":")
        if host != ONLY_THE_PROXY_KNOWS:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
            writer.close()
            return
        up_reader, up_writer = await asyncio.open_connection("127.0.0.1", int(port))
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        with contextlib.suppress(ConnectionError):
            await asyncio.gather(_copy(reader, up_writer), _copy(up_reader, writer))


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()


@pytest.fixture
async def proxy(start_raw: Any) -> AsyncIterator[Proxy]:
    running = Proxy()
    running.port = await start_raw(running.handle)
    yield running


@pytest.mark.parametrize("tag", TAGS)
async def test_a_certificate_nobody_vouches_for_is_refused(cloud: RunningCloud, tag: str) -> None:
    error = await failure(at(cloud.base_url, cloud), tag)
    assert isinstance(error, ConnectionFailedError)
    assert error.kind == "tls"
    assert error.may_have_run is False
    assert "not trusted" in error.message
    assert "SSL_CERT_FILE" in str(error.suggestion)


@pytest.mark.parametrize("tag", TAGS)
async def test_a_certificate_of_the_environment_is_trusted(
    cloud: RunningCloud, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(cloud.ca_file))
    assert await answered(at(cloud.base_url, cloud), tag) == EXPECTED[tag]


@pytest.fixture
def folder_of_certificates(cloud: RunningCloud, tmp_path: Path) -> Path:
    """With the name by which OpenSSL looks for a certificate: a hash of its subject."""
    hashed = subprocess.run(
        ["openssl", "x509", "-hash", "-noout", "-in", str(cloud.ca_file)],
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    (tmp_path / f"{hashed.stdout.strip()}.0").write_bytes(cloud.ca_file.read_bytes())
    return tmp_path


@pytest.mark.parametrize("tag", TAGS)
async def test_a_folder_of_certificates_is_trusted(
    cloud: RunningCloud,
    tag: str,
    folder_of_certificates: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_DIR", str(folder_of_certificates))
    assert await answered(at(cloud.base_url, cloud), tag) == EXPECTED[tag]


@pytest.mark.parametrize("tag", TAGS)
async def test_another_authority_does_not_help(
    cloud: RunningCloud, tag: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    monkeypatch.setenv("SSL_CERT_FILE", str(other))
    assert (await failure(at(cloud.base_url, cloud), tag)).kind == "tls"


@pytest.mark.parametrize("tag", TAGS)
async def test_a_certificate_for_another_name_is_refused(
    start_raw: Any, cloud: RunningCloud, tag: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("someone.else").configure_cert(context)

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        error = await failure(at(f"https://127.0.0.1:{port}", cloud), tag)
    assert error.kind == "tls"
    assert "127.0.0.1" in error.message


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("answer", [b"HTTP/1.1 200 OK\r\n\r\nhello", b"", b"\x16\x03\x01\x00"])
async def test_a_port_that_speaks_no_tls(
    start_raw: Any, cloud: RunningCloud, tag: str, answer: bytes
) -> None:
    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(answer)
        writer.close()

    port = await start_raw(handle)
    error = await failure(at(f"https://127.0.0.1:{port}", cloud), tag)
    assert isinstance(error, ConnectionFailedError)
    assert error.kind in ("tls", "network")
    assert error.may_have_run is False


@pytest.mark.parametrize("tag", TAGS)
async def test_a_tls_handshake_that_never_ends(
    start_raw: Any, cloud: RunningCloud, tag: str
) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    target = at(f"https://127.0.0.1:{await start_raw(silent)}", cloud)
    with pytest.raises(ConnectionFailedError) as caught:
        async with AgentClient(target, Timeouts(connect=0.1)) as agent:
            if tag == "greet":
                await agent.run(Call(tag))
            else:
                async for _ in agent.stream(Call(tag)):
                    pass
    assert caught.value.kind == "timeout-connect"
    assert caught.value.may_have_run is False


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
async def test_certificates_that_are_not_there(
    cloud: RunningCloud, tag: str, variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, str(tmp_path / "nowhere"))
    error = await failure(at(cloud.base_url, cloud), tag)
    assert error.kind == "tls"
    assert variable in error.message
    assert "nowhere" in error.message


def test_verification_is_on_by_default() -> None:
    context = tls_context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.get_ca_certs()


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY", "https_proxy"])
async def test_a_proxy_of_the_environment_is_used(
    cloud: RunningCloud, proxy: Proxy, tag: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(cloud.ca_file))
    monkeypatch.setenv(variable, proxy.url())
    assert await answered(through_proxy(cloud), tag) == EXPECTED[tag]
    assert proxy.asked == [f"CONNECT {ONLY_THE_PROXY_KNOWS}:{cloud.port}"]
    assert cloud.api_key.encode() not in proxy.seen


@pytest.mark.parametrize("tag", TAGS)
async def test_a_proxy_with_a_login(
    cloud: RunningCloud, proxy: Proxy, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy.password = "ada:pass word"
    monkeypatch.setenv("SSL_CERT_FILE", str(cloud.ca_file))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url("ada:pass%20word@"))
    assert await answered(through_proxy(cloud), tag) == EXPECTED[tag]
    monkeypatch.setenv("HTTPS_PROXY", proxy.url("ada:wrong%20password@"))
    error = await failure(through_proxy(cloud), tag)
    assert isinstance(error, ConnectionFailedError)
    assert "407" in error.message
    assert "HTTPS_PROXY" in str(error.suggestion)
    assert error.may_have_run is False
    assert "wrong" not in f"{error.to_message()}"


@pytest.mark.parametrize("tag", TAGS)
async def test_a_proxy_that_cannot_reach_the_host(
    cloud: RunningCloud, proxy: Proxy, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy.url())
    error = await failure(at("https://elsewhere.test", cloud), tag)
    assert isinstance(error, ConnectionFailedError)
    assert "502" in error.message
    assert error.may_have_run is False


@pytest.mark.parametrize("tag", TAGS)
async def test_a_proxy_that_is_not_there(
    cloud: RunningCloud, free_port: int, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{free_port}")
    error = await failure(through_proxy(cloud), tag)
    assert isinstance(error, ConnectionFailedError)
    assert error.kind == "network"
    assert error.may_have_run is False


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("value", ["socks5://127.0.0.1:1", "http://", "http://x:port", "ftp://x"])
async def test_a_proxy_of_another_kind_is_refused_by_name(
    cloud: RunningCloud, tag: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ALL_PROXY", value)
    error = await failure(through_proxy(cloud), tag)
    assert isinstance(error, ConnectionFailedError)
    assert value in error.message
    assert "NO_PROXY" in str(error.suggestion)


@pytest.mark.parametrize("tag", TAGS)
async def test_a_name_that_does_not_exist(cloud: RunningCloud, tag: str) -> None:
    error = await failure(at("https://no-such-host.invalid", cloud), tag)
    assert error.kind == "dns"
    assert error.may_have_run is False
    assert "no-such-host.invalid" in error.message


def test_no_proxy_for_this_machine_nor_for_exceptions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "proxy.example:8080")
    monkeypatch.setenv("NO_PROXY", "intern.example,.corp.example")
    assert proxy_for("https", "cloud.example", 443) == "http://proxy.example:8080"
    assert proxy_for("http", "cloud.example", 80) is None
    for host in ("127.0.0.1", "localhost", "::1", "intern.example", "a.corp.example"):
        assert proxy_for("https", host, 443) is None
    monkeypatch.setenv("NO_PROXY", "*")
    assert proxy_for("https", "cloud.example", 443) is None


def test_passwords_in_addresses_are_not_shown() -> None:
    assert shown("at http://ada:secret@proxy:1/ and b") == "at http://***@proxy:1/ and b"
    assert shown("http://ada:se/cr@et pass@proxy:1") == "http://***@proxy:1"


@pytest.mark.parametrize("tag", TAGS)
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_takes_neither_key_nor_inputs_along(
    start_raw: Any, cloud: RunningCloud, tag: str, status: int
) -> None:
    followed: list[bytes] = []

    async def thief(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        followed.append(await reader.read(65536))

    elsewhere = await start_raw(thief)

    async def sender(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(
            f"HTTP/1.1 {status} Moved\r\nlocation: http://127.0.0.1:{elsewhere}/x?token=1\r\n"
            "content-length: 0\r\n\r\n".encode()
        )
        await reader.read()

    target = at(f"http://127.0.0.1:{await start_raw(sender)}", cloud)
    error = await failure(target, tag)
    assert isinstance(error, RequestRefusedError)
    assert f"127.0.0.1:{elsewhere}" in error.message
    assert error.may_have_run is False
    assert followed == []


class Everything(logging.Handler):
    """Keeps all that is logged, with the values put in."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.name} {record.getMessage()} {record.args!r}")


@pytest.mark.parametrize("tag", [*TAGS, "fail", "fail_stream", "nope", "nope_stream"])
@pytest.mark.parametrize("key", ["right", "wrong"])
async def test_the_key_is_in_no_log_and_no_error(
    cloud: RunningCloud, tag: str, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(cloud.ca_file))
    secret = cloud.api_key if key == "right" else "rau_wrong/key+with=signs"
    target = resolve_cloud(cloud.agent_id, Cloud(cloud.base_url, "given", ApiKey(secret)))
    handler = Everything()
    root = logging.getLogger()
    loggers = [root, *(logging.getLogger(n) for n in ("httpx", "httpcore", "websockets.client"))]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    root.addHandler(handler)
    said = ""
    try:
        await answered(target, tag)
    except AgentError as error:
        said = f"{error.to_message()}{error!r}{''.join(traceback.format_exception(error))}"
        assert error.message
    finally:
        root.removeHandler(handler)
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)
    assert key == "wrong" or tag in TAGS or said
    logged = "\n".join(handler.lines)
    assert "stream" in tag or "httpcore" in logged  # the handler does hear the libraries
    for form in (secret, secret.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D")):
        assert form not in logged
        assert form not in said


@pytest.mark.parametrize("tag", TAGS)
async def test_a_service_that_repeats_the_key_is_not_quoted(
    cloud: RunningCloud, tag: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(cloud.ca_file))
    target = resolve_cloud(cloud.agent_id, Cloud(cloud.base_url, "given", ApiKey("rau_wrong_key")))
    error = await failure(target, tag)
    assert error.code == "AUTHENTICATION_ERROR"
    assert "Invalid token ***" in error.message
