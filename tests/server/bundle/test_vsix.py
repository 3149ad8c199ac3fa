"""The built extension: small, nothing compiled in it, and its server runs on what it brings."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from agent_folders import write_agent

REPO = Path(__file__).resolve().parents[3]
VSIX = REPO / "build" / "runagent-agents.vsix"
MAGIC = (b"\x7fELF", b"MZ", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe", b"\x00asm")
SIZE_LIMIT = 6 * 2**20
TIMEOUT_S = 60


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    assert VSIX.is_file(), f"{VSIX} is not built: `npm run vsix`"
    folder = tmp_path_factory.mktemp("vsix")
    with zipfile.ZipFile(VSIX) as archive:
        archive.extractall(folder)
    return folder / "extension"


def test_it_is_small() -> None:
    assert VSIX.stat().st_size <= SIZE_LIMIT


def test_nothing_in_it_is_compiled() -> None:
    endings = (".so", ".pyd", ".dll", ".dylib", ".pyc")
    with zipfile.ZipFile(VSIX) as archive:
        compiled = [
            name
            for name in archive.namelist()
            if name.endswith(endings) or archive.read(name)[:4].startswith(MAGIC)
        ]
    assert compiled == []


def test_only_what_runs_is_in_it(unpacked: Path) -> None:
    allowed = {"dist", "l10n", "media", "schemas", "server", "package.json", "package.nls.json"}
    allowed |= {"readme.md", "README.md", "changelog.md", "CHANGELOG.md", "LICENSE.txt", "LICENSE"}
    assert {entry.name for entry in unpacked.iterdir()} <= allowed
    assert {entry.name for entry in (unpacked / "server").iterdir()} == {
        "agent_runtime",
        "launch.py",
        "libs",
        "runagent_ls",
    }


def test_translators_find_the_words(unpacked: Path) -> None:
    manifest = json.loads((unpacked / "package.json").read_text(encoding="utf-8"))
    bundle = unpacked / manifest["l10n"] / "bundle.l10n.json"
    words = json.loads(bundle.read_text(encoding="utf-8"))
    assert words["Cancel"] == "Cancel"
    assert all(key == text for key, text in words.items())


def test_every_library_keeps_its_licence(unpacked: Path) -> None:
    libs = unpacked / "server" / "libs"
    without = [
        info.name
        for info in libs.glob("*.dist-info")
        if not any("licen" in str(PurePosixPath(f)).lower() for f in info.rglob("*"))
        and "License" not in (info / "METADATA").read_text(encoding="utf-8")
    ]
    assert without == []


def run_bundled(unpacked: Path, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-I", "-S", *arguments],
        cwd=unpacked,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=TIMEOUT_S,
        check=False,
    )


def test_every_library_is_imported_from_the_bundle(unpacked: Path) -> None:
    names = [
        *("pygls.lsp.server", "lsprotocol.types", "jsonschema", "referencing", "rpds", "httpx"),
        *("websockets.asyncio.client", "ruamel.yaml", "jsonpath_ng", "dotenv", "pathspec"),
        *("docstring_parser", "tenacity", "cachetools", "prometheus_client"),
        *("starlette.applications", "uvicorn.server", "networkx", "mashumaro.jsonschema"),
    ]
    code = (
        "import sys, importlib; sys.path.insert(0, 'server/libs')\n"
        f"modules = [importlib.import_module(name) for name in {names!r}]\n"
        "print(*[module.__file__ for module in modules], sep='\\n')"
    )
    done = run_bundled(unpacked, "-c", code)
    assert done.returncode == 0, done.stderr.decode()
    files = done.stdout.decode().split()
    assert len(files) == len(names)
    assert all("server/libs" in file for file in files), files


def test_bundled_libraries_work_together(unpacked: Path) -> None:
    code = (
        "import sys, io; sys.path.insert(0, 'server/libs')\n"
        "import jsonschema, ruamel.yaml, httpx\n"
        "schema = {'$defs': {'n': {'type': 'integer'}}, 'items': {'$ref': '#/$defs/n'}}\n"
        "validator = jsonschema.Draft202012Validator(schema)\n"
        "print([list(e.path) for e in validator.iter_errors([1, 'x'])])\n"
        "print(ruamel.yaml.YAML(typ='safe', pure=True).load(io.StringIO('a: [1, 2]')))\n"
        "print(httpx.Request('GET', 'http://127.0.0.1/').url.host)\n"
    )
    done = run_bundled(unpacked, "-c", code)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().split("\n")[:3] == ["[[1]]", "{'a': [1, 2]}", "127.0.0.1"]


def test_the_bundled_orchestrator_works(unpacked: Path) -> None:
    code = (
        "import sys; sys.path[:0] = ['server/libs', 'server']\n"
        "from agent_runtime.orchestrator import Metrics, RetryPolicy\n"
        "print(RetryPolicy().run_sync(lambda: 'done'))\n"
        "print('agent_retries_total 0.0' in Metrics().prometheus_text())\n"
    )
    done = run_bundled(unpacked, "-c", code)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().split() == ["done", "True"]


@pytest.mark.parametrize("name", ["runagent.config.json", "runagent.config.yaml"])
def test_the_bundled_server_checks_a_project(unpacked: Path, tmp_path: Path, name: str) -> None:
    config: dict[str, Any] = {"agent_name": 1, "framework": "langchian"}
    (tmp_path / name).write_text(json.dumps(config), encoding="utf-8")
    done = run_bundled(
        unpacked, "server/launch.py", "check", str(tmp_path), "--output-format", "json"
    )
    assert done.returncode == 1, done.stderr.decode()
    report = json.loads(done.stdout)
    messages = [d["message"] for file in report["files"] for d in file["diagnostics"]]
    assert any("langchian" in message for message in messages)
    assert any("agent_name" in message for message in messages)


def test_the_bundled_server_serves_an_agent(unpacked: Path, tmp_path: Path) -> None:
    """Both processes: the front with the bundle alone, the agent without any of it."""
    source = "import sys\n\ndef paths():\n    return [sys.flags.isolated, *sys.path]\n"
    entrypoint = {"file": "main.py", "module": "paths", "tag": "paths"}
    project = write_agent(tmp_path / "agent", {"main.py": source}, [entrypoint])
    (project / "uvicorn.py").write_text("raise RuntimeError('not for you')", encoding="utf-8")
    words = ["server/launch.py", "run", "paths", "--json", "--no-history"]
    done = run_bundled(unpacked, *words, "--project", str(project), "--interpreter", sys.executable)
    assert done.returncode == 0, done.stderr.decode()
    outcome = json.loads(done.stdout)
    assert outcome["target"]["source"] == "served"
    isolated, *paths = outcome["value"]
    assert isolated == 0
    assert not [path for path in paths if str(unpacked) in path]


def test_an_agent_in_steps_works_with_the_bundle_alone(unpacked: Path, tmp_path: Path) -> None:
    """In an interpreter without packages; all that the runtime needs comes from the bundle."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    python = tmp_path / "bare" / "bin" / "python"
    folder = tmp_path / "agent"
    made = run_bundled(unpacked, "server/launch.py", "new", str(folder), "--template", "react")
    assert made.returncode == 0, made.stderr.decode()
    words = ["server/launch.py", "run", "ask", "--json", "--no-history"]
    words += ["--project", str(folder), "--interpreter", str(python)]
    question = "Ada likes tea. Who likes tea? What is 6 * 7?"
    words += ["--arg", f"question={json.dumps(question)}", "--arg", 'session_id="first"']
    done = run_bundled(unpacked, *words)
    assert done.returncode == 0, done.stderr.decode() + done.stdout.decode()
    answer = "tea (thing)\nAda -likes-> tea\n42"
    value = json.loads(done.stdout)["value"]
    assert value == {"answer": answer, "steps": 4, "session": "first"}
    show = ("server/launch.py", "sessions", "show", "first", "--project", str(folder), "--json")
    shown = json.loads(run_bundled(unpacked, *show).stdout)
    assert (shown["reason"], shown["working"]) == ("answered", {"that": "42"})
    assert [it["id"] for it in shown["graph"]["entities"]] == ["Ada", "tea"]


class BundledServer:
    """The language server of the unpacked extension, spoken to over its pipes."""

    def __init__(self, unpacked: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "server/launch.py"],
            cwd=unpacked,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        # A server that hangs is ended, so that reading from it ends as well.
        self.limit = threading.Timer(TIMEOUT_S, self.process.kill)
        self.limit.start()

    def end(self) -> None:
        self.limit.cancel()
        self.process.kill()
        self.process.communicate()

    def send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def request(self, identity: int, method: str, params: Any = None) -> Any:
        """Its result; what the server says before is passed over."""
        self.send(id=identity, method=method, params=params)
        while True:
            message = self._read()
            if message.get("id") == identity and "method" not in message:
                assert "error" not in message, message
                return message["result"]

    def _read(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        length = 0
        while (line := self.process.stdout.readline().strip()) != b"":
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        assert length > 0, "the server ended"
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message


@pytest.fixture
def server(unpacked: Path) -> Iterator[BundledServer]:
    server = BundledServer(unpacked)
    yield server
    server.end()


def test_the_bundled_server_speaks_lsp(server: BundledServer, tmp_path: Path) -> None:
    config = tmp_path / "runagent.config.json"
    config.write_text('{"framework": "langchian"}', encoding="utf-8")
    initialize: dict[str, Any] = {
        "processId": None,
        "rootUri": tmp_path.as_uri(),
        "capabilities": {"textDocument": {"diagnostic": {}}},
    }
    assert server.request(1, "initialize", initialize)["serverInfo"]["name"]
    server.send(method="initialized", params={})
    document = {"uri": config.as_uri(), "languageId": "json", "version": 1}
    opened = {"textDocument": {**document, "text": config.read_text(encoding="utf-8")}}
    server.send(method="textDocument/didOpen", params=opened)
    asked = {"textDocument": {"uri": config.as_uri()}}
    items = server.request(2, "textDocument/diagnostic", asked)["items"]
    assert any("langchian" in item["message"] for item in items), items
    server.request(3, "shutdown")
    server.send(method="exit")
    assert server.process.wait(TIMEOUT_S) == 0
