"""Where entrypoints come from, and what is said when they are not there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from worker_client import WORKER, Said, agent, entry, worker

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
CASES: list[dict[str, Any]] = json.loads(
    (FIXTURES / "conformance" / "serve-cases.json").read_text("utf-8")
)["cases"]
OUTSIDE = {"webhook entrypoint with framework default", "n8n with a tag ending in _stream"}
"""Decided before a worker is started, as all that only the configuration shows."""
PYTHON_CASES = [
    case
    for case in CASES
    if case["entrypoints"]
    and case["case"] not in OUTSIDE
    and not case["overrides"]
    and not case["removed_keys"]
    and (case["server_starts"] or "Server error: " in case["stdout"])
    and not {".env", "requirements.txt"} & set(case["files"])
    and case["case"] not in {"no config file", "invalid JSON", "duplicate tags"}
]


def write(folder: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def loaded(folder: Path, *entries: Mapping[str, Any]) -> Said:
    with worker() as running:
        return running.load(folder, entries)


def output(folder: Path, file: str, tag: str = "main") -> Any:
    """What an entrypoint returns, which must be plain."""
    with worker() as running:
        ready = running.load(folder, [entry(tag, file=file)])
        assert ready.kind == "READY", ready.payload
        return json.loads(json.loads(running.result(tag))["payload"])


@pytest.mark.parametrize("case", PYTHON_CASES, ids=[case["case"] for case in PYTHON_CASES])
def test_agents_start_or_fail_with_the_platforms_words(tmp_path: Path, case: Any) -> None:
    folder = write(tmp_path / "agent", {"pyproject.toml": "", **case["files"]})
    before = {path for path in folder.rglob("*") if path.name != "__pycache__"}
    said = loaded(folder, *({"extractor": {}, **each} for each in case["entrypoints"]))
    if case["server_starts"]:
        assert said.kind == "READY", said.payload
    else:
        assert said.kind == "FAILED"
        text = case["stdout"].partition("Server error: ")[2].replace("<agent-dir>", str(folder))
        assert said.message["failure"]["message"] == text
    after = {path for path in folder.rglob("*") if "__pycache__" not in path.parts}
    assert after == before


def test_enough_cases_are_compared() -> None:
    assert len(PYTHON_CASES) >= 15


def test_a_failing_import_says_where(tmp_path: Path) -> None:
    source = "def load():\n    raise RuntimeError('no key')\n"
    write(tmp_path, {"main.py": "from helper import load\n\nload()\n", "helper.py": source})
    failure = loaded(tmp_path, entry("go")).message["failure"]
    assert (failure["code"], failure["exception"], failure["tag"]) == (
        "IMPORT_FAILED",
        "RuntimeError",
        "go",
    )
    assert [(frame["file"], frame["line"], frame["text"]) for frame in failure["frames"]] == [
        (str(tmp_path / "main.py"), 3, "load()"),
        (str(tmp_path / "helper.py"), 2, "raise RuntimeError('no key')"),
    ]


def test_a_syntax_error_points_at_its_own_line(tmp_path: Path) -> None:
    write(tmp_path, {"main.py": "import helper\n", "helper.py": "x = 1\ndef f(:\n"})
    said = loaded(tmp_path, entry("go")).message
    assert said["failure"]["exception"] == "SyntaxError"
    assert [(Path(it["file"]).name, it["line"]) for it in said["failure"]["frames"]] == [
        ("main.py", 1),
        ("helper.py", 2),
    ]
    assert said["files"] == [str(tmp_path / "helper.py"), str(tmp_path / "main.py")]


def test_leaving_while_importing_is_a_failure_with_words(tmp_path: Path) -> None:
    write(tmp_path, {"main.py": "import sys\nsys.exit(4)\n"})
    failure = loaded(tmp_path, entry("go")).message["failure"]
    assert failure["exception"] == "SystemExit"
    assert failure["message"] == "main.py ended the program when it was imported: sys.exit(4)"
    assert failure["frames"][-1]["line"] == 2


def test_one_failure_does_not_hide_the_others(tmp_path: Path) -> None:
    files = {"main.py": "def good(): pass\n", "bad.py": "open('count', 'a').write('x')\n1/0\n"}
    write(tmp_path, files)
    entries = [entry("a", file="bad.py"), entry("good"), entry("b", file="bad.py"), entry("nope")]
    said = loaded(tmp_path, *entries).message
    found = {report["tag"]: report for report in said["entrypoints"]}
    assert {tag: report["exists"] for tag, report in found.items()} == {
        "a": False,
        "good": True,
        "b": False,
        "nope": False,
    }
    assert said["failure"] == found["a"]["failure"]
    assert found["b"]["failure"]["message"] == "division by zero"
    assert len(found["b"]["failure"]["frames"]) == 1
    assert found["nope"]["failure"]["code"] == "ENTRYPOINT_NOT_FOUND"
    assert (tmp_path / "count").read_text() == "x", "a file that fails is executed once"


def test_a_file_is_executed_once(tmp_path: Path) -> None:
    source = "open('count', 'a').write('x')\ndef a(): return __name__\ndef b(): return 1\n"
    with agent(tmp_path, source, "a", "b") as running:
        name = json.loads(json.loads(running.result("a"))["payload"])
        assert name == f"{tmp_path.name}.main"
    assert (tmp_path / "count").read_text() == "x"


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    files = {"main.py": "def main(): return 1\n", "other.py": "open('touched', 'w')\n"}
    write(tmp_path, {**files, "pyproject.toml": ""})
    assert output(tmp_path, "main.py") == 1
    assert not (tmp_path / "touched").exists()


NAMES = "session runs channel framing prints encoding threads loading reports limits"


@pytest.mark.parametrize("name", [*NAMES.split(), "failures", "streams", "running", "worker"])
def test_no_module_of_the_agent_is_shadowed(tmp_path: Path, name: str) -> None:
    files = {
        "main.py": f"import {name}\ndef main(): return {name}.OWN\n",
        f"{name}.py": "OWN = 'own'\n",
    }
    assert output(write(tmp_path, files), "main.py") == "own"


@pytest.mark.parametrize(
    ("files", "file", "expected"),
    [
        # Relative imports without an __init__.py, in the folder itself and below.
        (
            {"main.py": "from .helper import H\ndef main(): return H\n", "helper.py": "H = 1\n"},
            "main.py",
            1,
        ),
        (
            {
                "src/main.py": "from ..helper import H\nfrom .near import N\ndef main():"
                " return H + N\n",
                "helper.py": "H = 1\n",
                "src/near.py": "N = 2\n",
                "pyproject.toml": "",
            },
            "src/main.py",
            3,
        ),
        # With one, which is executed.
        (
            {
                "__init__.py": "VALUE = 5\n",
                "main.py": "from . import VALUE\ndef main(): return VALUE\n",
            },
            "main.py",
            5,
        ),
        # By plain name, by the root's name, from the folder of the file.
        (
            {"main.py": "import helper\ndef main(): return helper.H\n", "helper.py": "H = 3\n"},
            "main.py",
            3,
        ),
        (
            {
                "main.py": "from project.helper import H\ndef main(): return H\n",
                "helper.py": "H = 4\n",
            },
            "main.py",
            4,
        ),
        (
            {
                "pyproject.toml": "",
                "src/agent/main.py": "import near, top\ndef main(): return near.N + top.T\n",
                "src/agent/near.py": "N = 1\n",
                "top.py": "T = 10\n",
            },
            "src/agent/main.py",
            11,
        ),
        # A file that has the name of its folder.
        (
            {
                "project.py": "from .helper import H\ndef main(): return H\n",
                "helper.py": "H = 6\n",
            },
            "project.py",
            6,
        ),
    ],
)
def test_imports_find_the_projects_files(
    tmp_path: Path, files: dict[str, str], file: str, expected: int
) -> None:
    folder = write(tmp_path / "project", files)
    assert output(folder, file) == expected
    assert not [path for path in folder.rglob("__init__.py") if path.stat().st_size == 0]


@pytest.mark.parametrize("name", ["json", "library", "queue", "my-agent", "my.agent"])
def test_a_folder_may_have_the_name_of_a_library(tmp_path: Path, name: str) -> None:
    files = {
        "main.py": "import json, library\nfrom .helper import H\n"
        "def main(): return [H, json.dumps(1), library.VALUE]\n",
        "helper.py": "H = 7\n",
    }
    installed = write(tmp_path / "installed", {"library/__init__.py": "VALUE = 'theirs'\n"})
    folder = write(tmp_path / name, files)
    with worker(environment={"PYTHONPATH": str(installed)}) as running:
        running.load(folder, [entry("main")])
        told = json.loads(running.result("main"))
    assert json.loads(told["payload"]) == [7, "1", "theirs"]


def test_the_agents_variables_are_there_when_it_is_imported(tmp_path: Path) -> None:
    source = "import os\nSEEN = os.environ.get('GREETING')\ndef main(): return SEEN\n"
    write(tmp_path, {"main.py": source})
    with worker(environment={"GREETING": "of the process"}) as running:
        running.load(tmp_path, [entry("main")], environment={"GREETING": "of the agent"})
        assert "of the agent" in running.result("main")


def test_the_main_module_is_not_ours(tmp_path: Path) -> None:
    source = "import __main__\ndef main(): return [it for it in vars(__main__) if it[0] != '_']\n"
    write(tmp_path, {"main.py": source})
    assert output(tmp_path, "main.py") == []


def test_modules_that_are_no_modules_are_left_alone(tmp_path: Path) -> None:
    source = """import sys
class Lazy:
    def __getattr__(self, name):
        raise RuntimeError("imported for nothing")
sys.modules["lazy"] = Lazy()
def main(): return 1
"""
    write(tmp_path, {"main.py": source})
    assert output(tmp_path, "main.py") == 1


def test_the_worker_may_be_linked_to(tmp_path: Path) -> None:
    # As some installers do: links to files that lie elsewhere.
    linked = tmp_path / "linked"
    linked.mkdir()
    for path in WORKER.parent.glob("*.py"):
        (linked / path.name).symlink_to(path)
    files = {
        "main.py": "import session\ndef main(): return session.OWN\n",
        "session.py": "OWN = 1\n",
    }
    write(tmp_path / "agent", files)
    with worker(program=linked / "__main__.py") as running:
        running.load(tmp_path / "agent", [entry("main")])
        assert running.result("main") == '{"type": "integer", "payload": "1"}'


def test_the_working_directory_is_the_agents_folder(tmp_path: Path) -> None:
    files = {"main.py": "import os\ndef main(): return os.getcwd()\n"}
    assert output(write(tmp_path, files), "main.py") == str(tmp_path)


def test_the_roots_mark_decides_the_modules_name(tmp_path: Path) -> None:
    source = "def main(): return __name__\n"
    write(tmp_path, {"outer/setup.py": "", "outer/a/b/main.py": source})
    assert output(tmp_path / "outer" / "a", "b/main.py") == "outer.a.b.main"
    write(tmp_path, {"far/setup.py": "", "far/1/2/3/4/5/main.py": source})
    assert output(tmp_path / "far", "1/2/3/4/5/main.py") == "5.main"


def test_a_path_is_shown_as_pathlib_joins_it(tmp_path: Path) -> None:
    said = loaded(tmp_path, entry("x", file=".//sub/./nope.py")).message
    assert said["failure"]["message"] == (
        f"Entry point file not found: {tmp_path / './/sub/./nope.py'}"
    )


def test_reports_say_what_the_runtime_sees(tmp_path: Path) -> None:
    source = """import functools
def plain(a: int, *, b=2) -> str: ...

async def later(): ...
def items():
    yield
async def later_items():
    yield
class Cls:
    def __init__(self, x): ...
    def method(self, y): ...
    def __call__(self, z): ...
thing = Cls(1)
part = functools.partial(plain, 1)
@functools.lru_cache
def cached(q): ...
five = 5
"""
    tags = ["plain", "later", "items", "later_items", "Cls", "thing", "part", "cached", "five"]
    (tmp_path / "main.py").write_text(source)
    entries = [*map(entry, tags), entry("method", "thing.method")]
    reports = loaded(tmp_path, *entries).message["entrypoints"]
    rows = {
        it["tag"]: (it["kind"], it["callable"], it["streams"], it["signature"], it["line"])
        for it in reports
    }
    assert rows == {
        "plain": ("function", True, None, "(a: int, *, b=2) -> str", 2),
        "later": ("coroutine function", True, None, "()", 4),
        "items": ("generator function", True, True, "()", 5),
        "later_items": ("async generator function", True, True, "()", 7),
        "Cls": ("class", True, None, "(x)", 9),
        "thing": ("object", True, None, "(z)", 12),
        "part": ("function", True, None, "(*, b=2) -> str", 2),
        "cached": ("function", True, None, "(q)", 15),
        "five": ("object", False, False, None, None),
        "method": ("function", True, None, "(y)", 11),
    }
    assert {it["file"] for it in reports if it["tag"] != "five"} == {str(tmp_path / "main.py")}


def test_signatures_are_shown_as_they_are_written(tmp_path: Path) -> None:
    source = """from __future__ import annotations
from typing import Callable
def late(name: str, *names: list[str], when: Unknown.Type | None = None) -> dict[str, object]: ...
def quoted(name: 'Later', each: list['Later'], text='str') -> 'Later': ...
def breaks(code: exit(3) = 1): ...
"""
    (tmp_path / "main.py").write_text(source)
    reports = loaded(tmp_path, *map(entry, ["late", "quoted", "breaks"])).message["entrypoints"]
    assert [it["signature"] for it in reports] == [
        "(name: str, *names: list[str], when: Unknown.Type | None = None) -> dict[str, object]",
        "(name: 'Later', each: list['Later'], text='str') -> 'Later'",
        "(code: exit(3) = 1)",
    ]


def test_files_are_the_agents_own_also_later_ones(tmp_path: Path) -> None:
    files = {
        "main.py": "import near, json\ndef later():\n    import far\n",
        "near.py": "",
        "far.py": "",
        "unused.py": "",
        "site-packages/lib.py": "",
    }
    write(tmp_path, files)
    with worker() as running:
        ready = running.load(tmp_path, [entry("later")])
        assert ready.message["files"] == [str(tmp_path / "main.py"), str(tmp_path / "near.py")]
        run = running.start("later")
        assert running.next("FILES").message["files"] == [str(tmp_path / "far.py")]
        assert any((said.kind, said.run) == ("RESULT", run) for said in running.said)


def test_about_the_interpreter(tmp_path: Path) -> None:
    with agent(tmp_path, "def x(): ...", "x") as running:
        ready = running.said[0].message
        assert ready["pid"] == running.process.pid
        assert ready["python"].count(".") == 2
        assert Path(ready["executable"]).exists()
