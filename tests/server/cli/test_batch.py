"""`batch` against the real server, from another process."""

from __future__ import annotations

import contextlib
import json
import os
import random
import shutil
import signal
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import IO, Any

import pytest

from cloud_stand_in import RunningCloud
from run_cli import COMMAND, LIMIT_S, Cli, Done, environment
from serve_real_agent import RunningAgent, restarting

PROJECT = Path(__file__).parents[2] / "fixtures" / "batch-agent"
PAUSE_S = 0.01

Serve = Callable[[Path], RunningAgent]


@pytest.fixture(scope="module")
def agent(serve_real_agent: Serve, tmp_path_factory: pytest.TempPathFactory) -> RunningAgent:
    project = tmp_path_factory.mktemp("batch") / "agent"
    shutil.copytree(PROJECT, project)
    return serve_real_agent(project)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


class Batch:
    """`batch` in another process, watched and interrupted while it runs."""

    def __init__(self, arguments: list[str], cwd: Path, env: Mapping[str, str]) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "batch", *arguments],
            cwd=cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(env),
        )
        self._watch = threading.Timer(LIMIT_S, self.process.kill)
        self._watch.start()
        self._said: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._said.append(line)

    @property
    def said(self) -> str:
        return "".join(self._said)

    @property
    def stdin(self) -> IO[str]:
        assert self.process.stdin is not None
        return self.process.stdin

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LIMIT_S
        while not condition():
            assert self.process.poll() is None, self.said
            assert time.monotonic() < deadline, self.said
            time.sleep(PAUSE_S)

    def end(self) -> Done:
        if self.process.stdin is not None and not self.process.stdin.closed:
            self.process.stdin.close()
        assert self.process.stdout is not None
        out = self.process.stdout.read()
        code = self.process.wait()
        self._reader.join(LIMIT_S)
        assert "Traceback" not in self.said, self.said
        return Done(code, out, self.said)

    def close(self) -> None:
        self._watch.cancel()
        self.process.kill()
        self.process.wait()


Start = Callable[..., Batch]


@pytest.fixture
def start(agent: RunningAgent, folder: Path) -> Iterator[Start]:
    """Start a batch with arguments, of the served project unless told otherwise."""
    with ExitStack() as stack:

        def begin(*arguments: object, served: RunningAgent = agent) -> Batch:
            project = ("--project", str(served.project_dir))
            env = {"RUNAGENT_CACHE_DIR": str(served.cache_dir)}
            batch = Batch([*map(str, arguments), *project], folder, env)
            stack.callback(batch.close)
            return batch

        yield begin


@pytest.fixture
def run(start: Start) -> Callable[..., Done]:
    def to_its_end(*arguments: object, stdin: str = "", **options: Any) -> Done:
        batch = start(*arguments, **options)
        batch.stdin.write(stdin)
        return batch.end()

    return to_its_end


Run = Callable[..., Done]
FILES = ("--input", "in.jsonl", "--output", "out.jsonl")


def write_items(folder: Path, items: list[Any], name: str = "in.jsonl") -> None:
    (folder / name).write_text("".join(json.dumps(one) + "\n" for one in items))


def records(folder: Path) -> list[dict[str, Any]]:
    """The output, each line strict JSON; one line for each item."""
    path = folder / "out.jsonl"
    if not path.exists():
        return []
    found = [json.loads(line) for line in path.read_text().splitlines()]
    assert len({record["index"] for record in found}) == len(found)
    return sorted(found, key=lambda record: int(record["index"]))


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def noted(folder: Path, count: int, seconds: float = 0.0) -> list[dict[str, Any]]:
    log = str(folder / "log")
    return [{"key": key, "log": log, "seconds": seconds} for key in range(count)]


def test_each_item_has_its_result(run: Run, folder: Path) -> None:
    write_items(folder, noted(folder, 30))
    done = run("note", *FILES)
    assert done.code == 0, done.err
    assert [record["value"] for record in records(folder)] == list(range(30))
    assert {record["state"] for record in records(folder)} == {"completed"}
    assert Counter(lines(folder / "log")) == {str(key): 1 for key in range(30)}
    assert "is served at 127.0.0.1:" in done.err
    assert "30 items ended: 30 completed (100.0%), 0 failed" in done.out
    assert "p50" in done.out
    assert not (folder / "out.jsonl.journal").exists()


def test_streams_are_collected(run: Run, folder: Path) -> None:
    log = str(folder / "log")
    write_items(folder, [{"key": key, "log": log, "chunks": key} for key in range(4)])
    assert run("note_stream", *FILES).code == 0
    found = records(folder)
    assert [record["value"] for record in found] == [
        [[key, number] for number in range(key)] for key in range(4)
    ]
    assert "firstChunkMs" not in found[0]
    assert 0 < found[3]["firstChunkMs"] <= found[3]["elapsedMs"]


def test_broken_lines_and_failing_calls_stop_nothing(run: Run, folder: Path) -> None:
    good = json.dumps(noted(folder, 1)[0])
    (folder / "in.jsonl").write_text(f'{good}\n{{"key": 1,\n\n["a"]\n5\n{good}\n')
    done = run("note", *FILES, "--json", "--report", "r.json", "--send-anyway")
    assert done.code == 1
    found = records(folder)
    assert [(one["line"], one["state"]) for one in found] == [
        (1, "completed"), (2, "failed"), (4, "failed"), (5, "failed"), (6, "completed"),
    ]  # fmt: skip
    assert "line 2, column 11: not JSON" in found[1]["error"]["message"]
    assert found[1]["attempts"] == 0
    assert found[2]["error"]["code"] == "INTERNAL_ERROR"
    assert found[2]["attempts"] == 1
    report = json.loads(done.out)
    assert report == json.loads((folder / "r.json").read_text())
    assert (report["completed"], report["failed"], report["successRate"]) == (2, 3, 0.4)
    assert report["errors"]["VALIDATION_ERROR"]["count"] == 2
    assert report["errors"]["INTERNAL_ERROR"]["example"]["line"] == 4


def test_inputs_that_cannot_fit_are_not_sent(run: Run, folder: Path) -> None:
    (good,) = noted(folder, 1)
    write_items(folder, [good, {"key": 1}, {**good, "secnds": 1}, ["1", str(folder / "log")]])
    done = run("note", *FILES)
    assert done.code == 1
    found = records(folder)
    assert [record["state"] for record in found] == ["completed", "failed", "failed", "completed"]
    assert [record["attempts"] for record in found] == [1, 0, 0, 1]
    assert "log is missing" in found[1]["error"]["message"]
    assert "did you mean seconds?" in found[2]["error"]["message"]
    (folder / "out.jsonl").unlink()
    assert run("note", *FILES, "--send-anyway").code == 1
    assert [record["attempts"] for record in records(folder)] == [1, 1, 1, 1]


def test_standard_input_and_items_that_trickle(start: Start, folder: Path) -> None:
    """The first result is there while the input is still open."""
    batch = start("note", "--input", "-", "--output", "out.jsonl")
    first, second = (json.dumps(one) + "\n" for one in noted(folder, 2))
    batch.stdin.write(first)
    batch.stdin.flush()
    batch.until(lambda: len(records(folder)) == 1)
    batch.stdin.write(second)
    assert batch.end().code == 0
    assert [record["value"] for record in records(folder)] == [0, 1]


def test_csv_is_typed_by_the_function(run: Run, folder: Path) -> None:
    (folder / "in.csv").write_text(
        'name,times,ratio,tags,flag,id\n"a ""b""\nc",3,,"[""x""]",TRUE,first\n5,2,0.5,,,\n'
    )
    done = run("typed", "--input", "in.csv", "--output", "out.jsonl")
    assert done.code == 0, done.err
    first, second = records(folder)
    assert first["value"] == {
        "name": 'a "b"\nc', "times": 3, "ratio": 1.0, "tags": ["x"], "flag": True,
    }  # fmt: skip
    assert first["id"] == "first"
    assert second["value"] == {"name": "5", "times": 2, "ratio": 0.5, "tags": None, "flag": False}


def test_ordered_output(run: Run, folder: Path) -> None:
    items = noted(folder, 12)
    for item in items:
        item["seconds"] = 0.0 if item["key"] % 4 else 0.1
    write_items(folder, items)
    assert run("note", *FILES, "--ordered").code == 0
    indexes = [
        json.loads(line)["index"] for line in (folder / "out.jsonl").read_text().splitlines()
    ]
    assert indexes == list(range(12))


def test_identical_inputs_share_a_call(run: Run, folder: Path) -> None:
    write_items(folder, noted(folder, 3) * 5)
    done = run("note", *FILES, "--deduplicate", "--json")
    assert done.code == 0
    assert sorted(lines(folder / "log")) == ["0", "1", "2"]
    assert [record["value"] for record in records(folder)] == [0, 1, 2] * 5
    assert json.loads(done.out)["shared"] == 12


def test_metrics_for_prometheus(run: Run, folder: Path) -> None:
    write_items(folder, noted(folder, 3))
    assert run("note", *FILES, "--metrics", "m.prom").code == 0
    text = (folder / "m.prom").read_text()
    assert 'runagent_batch_sessions_total{state="completed"} 3.0' in text.splitlines()


def test_kill_9_at_any_moment_repeats_nothing_and_loses_nothing(start: Start, folder: Path) -> None:
    """Resumed until the end; a call that was in flight is named, and not made again."""
    count, concurrency = 200, 4
    write_items(folder, noted(folder, count, 0.02))
    chance = random.Random(20260101)  # noqa: S311 - the same moments each time, as far as possible
    arguments = ("note", *FILES, "--concurrency", concurrency, "--resume")
    kills = 0
    while True:
        batch = start(*arguments)
        before = len(lines(folder / "log"))
        moment = before + chance.randint(1, 40)
        try:
            batch.until(lambda moment=moment: len(lines(folder / "log")) >= moment)  # type: ignore[misc]
        except AssertionError:
            break
        batch.process.send_signal(signal.SIGKILL)
        batch.process.wait()
        kills += 1
    done = batch.end()
    assert kills >= 4
    calls = Counter(map(int, lines(folder / "log")))
    assert max(calls.values()) == 1
    found = records(folder)
    assert [record["index"] for record in found] == list(range(count))
    completed = {record["index"] for record in found if record["state"] == "completed"}
    unknown = {record["index"] for record in found if record["state"] == "unknown"}
    assert completed | unknown == set(range(count))
    assert completed <= set(calls)
    assert len(unknown) <= kills * concurrency
    assert {record["error"]["code"] for record in found if record["state"] == "unknown"} <= {
        "OUTCOME_UNKNOWN"
    }
    assert done.code == (1 if unknown else 0)


def test_kill_9_with_repeat_unsafe_completes_everything(start: Start, folder: Path) -> None:
    write_items(folder, noted(folder, 60, 0.02))
    arguments = ("note", *FILES, "--resume", "--repeat-unsafe")
    finished: set[int] = set()
    before: Counter[int] = Counter()
    for moment in (10, 25, 45):
        batch = start(*arguments)
        batch.until(lambda moment=moment: len(lines(folder / "log")) >= moment)  # type: ignore[misc]
        batch.process.send_signal(signal.SIGKILL)
        batch.process.wait()
        calls = Counter(map(int, lines(folder / "log")))
        # nothing that had ended before was called again
        assert all(calls[key] == before[key] for key in finished)
        whole = [line for line in lines(folder / "out.jsonl") if line.endswith("}")]
        finished = {json.loads(line)["index"] for line in whole}
        before = calls
    done = start(*arguments).end()
    assert done.code == 0, done.err
    assert [record["state"] for record in records(folder)] == ["completed"] * 60


def test_an_agent_that_is_killed_and_comes_back(
    start: Start, serve_real_agent: Serve, tmp_path_factory: pytest.TempPathFactory, folder: Path
) -> None:
    project = tmp_path_factory.mktemp("dies") / "agent"
    shutil.copytree(PROJECT, project)
    served = serve_real_agent(project)
    write_items(folder, noted(folder, 60, 0.02))
    batch = start("note", *FILES, served=served)
    batch.until(lambda: len(records_so_far(folder)) >= 10)
    os.killpg(served.pid, signal.SIGKILL)
    batch.until(lambda: "paused: " in batch.said)
    in_between = len(lines(folder / "log"))
    with restarting(served):
        done = batch.end()
    assert "the agent is back at" in done.err
    assert in_between < 60
    calls = Counter(map(int, lines(folder / "log")))
    assert max(calls.values()) == 1
    found = records(folder)
    assert [record["index"] for record in found] == list(range(60))
    unknown = [record for record in found if record["state"] == "unknown"]
    assert len(unknown) <= 4
    assert all(record["state"] in {"completed", "unknown"} for record in found)
    assert done.code == (1 if unknown else 0)


def records_so_far(folder: Path) -> list[str]:
    return lines(folder / "out.jsonl")


def test_an_agent_that_stays_away_is_3_and_the_rest_is_resumable(
    start: Start,
    run: Run,
    serve_real_agent: Serve,
    tmp_path_factory: pytest.TempPathFactory,
    folder: Path,
) -> None:
    project = tmp_path_factory.mktemp("stays") / "agent"
    shutil.copytree(PROJECT, project)
    served = serve_real_agent(project)
    write_items(folder, noted(folder, 40, 0.02))
    batch = start("note", *FILES, "--give-up-after", "0.5", served=served)
    batch.until(lambda: len(records_so_far(folder)) >= 10)
    os.killpg(served.pid, signal.SIGKILL)
    done = batch.end()
    assert done.code == 3
    assert "gave up: error[" in done.out
    assert "go on with --resume" in done.out
    ended = len(records(folder))
    assert 10 <= ended < 40
    with restarting(served):
        again = run("note", *FILES, "--resume", served=served)
    assert f"resuming: {ended} items have ended already" in again.err
    assert len(records(folder)) == 40
    assert max(Counter(lines(folder / "log")).values()) == 1


def test_no_agent_at_all_is_3_at_once(cli: Cli, folder: Path) -> None:
    write_items(folder, noted(folder, 3))
    done = cli("batch", "note", *FILES, "--agent-id", "nobody",
               env={"RUNAGENT_CACHE_DIR": str(folder)})  # fmt: skip
    assert done.code == 3
    assert "error[AGENT_ADDRESS_NOT_FOUND]" in done.out
    assert records(folder) == []


@pytest.fixture
def cold(tmp_path_factory: pytest.TempPathFactory, cli: Cli, folder: Path) -> Callable[..., Done]:
    """Run `batch` for an agent that nobody serves."""
    home = tmp_path_factory.mktemp("cold")
    project = home / "agent"
    shutil.copytree(PROJECT, project)
    with (project / "main.py").open("a") as source:
        source.write("\n\n_count('start', os.environ['STARTS'])\n")

    def batch(*arguments: str, **variables: str) -> Done:
        env = {
            "RUNAGENT_CACHE_DIR": str(home / "cache"),
            "RUNAGENT_LS_STATE": str(folder / "state"),
            "STARTS": str(folder / "starts"),
        }
        project_option = ("--project", str(project))
        return cli("batch", *arguments, *FILES, *project_option, cwd=folder, env=env | variables)

    return batch


def test_an_agent_that_nobody_serves_is_served_once(
    cold: Callable[..., Done], folder: Path
) -> None:
    write_items(folder, noted(folder, 40))
    done = cold("note", "--concurrency", "4")
    assert done.code == 0, done.err
    assert [record["value"] for record in records(folder)] == list(range(40))
    assert "nobody serves the agent, serving it for this batch" in done.err
    assert lines(folder / "starts") == ["start"]
    assert list((folder / "state" / "servers").iterdir()) == []


def test_no_serve_keeps_a_batch_from_serving(cold: Callable[..., Done], folder: Path) -> None:
    write_items(folder, noted(folder, 3))
    done = cold("note", "--no-serve")
    assert done.code == 3
    assert "error[AGENT_ADDRESS_NOT_FOUND]" in done.out
    assert lines(folder / "starts") == []


def test_a_batch_of_an_agent_that_does_not_start_is_3(
    cold: Callable[..., Done], folder: Path
) -> None:
    write_items(folder, noted(folder, 3))
    done = cold("note", STARTS=str(folder))
    assert done.code == 3
    assert "The agent does not start: " in done.out
    assert records(folder) == []


def test_an_unknown_tag_is_2_and_calls_nothing_in_vain(run: Run, folder: Path) -> None:
    write_items(folder, noted(folder, 20))
    done = run("nte", *FILES)
    assert done.code == 2
    assert "error[NOT_FOUND]" in done.out
    assert "Did you mean `note`?" in done.out
    assert records(folder) == []


def test_ctrl_c_lets_running_calls_end(start: Start, run: Run, folder: Path) -> None:
    gate = folder / "gate"
    log = str(folder / "log")
    write_items(folder, [{"key": key, "log": log, "gate": str(gate)} for key in range(10)])
    batch = start("wait_for", *FILES, "--concurrency", "3")
    batch.until(lambda: len(lines(folder / "log")) == 3)
    batch.process.send_signal(signal.SIGINT)
    batch.until(lambda: "waiting up to" in batch.said)
    gate.touch()
    done = batch.end()
    assert done.code == 130
    assert len(records(folder)) == 3
    assert "7 items not run; go on with --resume" in done.out
    assert run("wait_for", *FILES, "--resume").code == 0
    assert [record["state"] for record in records(folder)] == ["completed"] * 10
    assert max(Counter(lines(folder / "log")).values()) == 1


@pytest.mark.parametrize("signals", [(signal.SIGINT, signal.SIGINT), (signal.SIGTERM,)])
def test_a_second_ctrl_c_leaves_at_once(
    start: Start, run: Run, folder: Path, signals: tuple[signal.Signals, ...]
) -> None:
    gate = folder / "gate"
    log = str(folder / "log")
    write_items(folder, [{"key": key, "log": log, "gate": str(gate)} for key in range(5)])
    batch = start("wait_for", *FILES, "--concurrency", "2")
    batch.until(lambda: len(lines(folder / "log")) == 2)
    batch.process.send_signal(signals[0])
    if len(signals) > 1:
        batch.until(lambda: "waiting up to" in batch.said)
        batch.process.send_signal(signals[1])
    done = batch.end()
    assert done.code == 130
    assert [record["state"] for record in records(folder)] == ["unknown"] * 2
    assert "may have run, without an answer: lines 1, 2" in done.out
    gate.touch()
    again = run("wait_for", *FILES, "--resume")
    assert again.code == 1
    states = [record["state"] for record in records(folder)]
    assert states == ["unknown", "unknown", "completed", "completed", "completed"]
    assert Counter(lines(folder / "log")) == {str(key): 1 for key in range(5)}
    assert run("wait_for", *FILES, "--resume", "--repeat-unsafe").code == 0
    assert [record["state"] for record in records(folder)] == ["completed"] * 5


def test_a_changed_input_is_refused_before_anything_is_called(run: Run, folder: Path) -> None:
    items = noted(folder, 5)
    write_items(folder, items[:3])
    assert run("note", *FILES).code == 0
    write_items(folder, [items[0], items[2], items[1], *items[3:]])
    done = run("note", *FILES, "--resume")
    assert done.code == 2
    assert "in.jsonl has changed since this batch began: item 1 (line 2)" in done.err
    write_items(folder, items[:2])
    done = run("note", *FILES, "--resume")
    assert done.code == 2
    assert "it has 2 items, but there are results of 3" in done.err
    assert len(lines(folder / "log")) == 3
    # new lines at the end are no change, and neither is other spacing
    spaced = (json.dumps(one, separators=(" ,", ": ")) for one in items)
    (folder / "in.jsonl").write_text("\n".join(spaced))
    assert run("note", *FILES, "--resume").code == 0
    assert len(lines(folder / "log")) == 5


def test_results_are_not_overwritten(run: Run, folder: Path) -> None:
    write_items(folder, noted(folder, 2))
    assert run("note", *FILES).code == 0
    done = run("note", *FILES)
    assert done.code == 2
    assert "Add --resume" in done.err
    assert len(lines(folder / "log")) == 2


def test_two_batches_with_one_output(start: Start, run: Run, folder: Path) -> None:
    gate = folder / "gate"
    write_items(folder, [{"key": 1, "log": str(folder / "log"), "gate": str(gate)}])
    first = start("wait_for", *FILES)
    first.until(lambda: len(lines(folder / "log")) == 1)
    second = run("wait_for", *FILES, "--resume")
    assert second.code == 2
    assert "Another batch is writing" in second.err
    gate.touch()
    assert first.end().code == 0


def test_a_time_limit_for_each_item(run: Run, folder: Path) -> None:
    gate = folder / "gate"
    write_items(folder, [{"key": 1, "log": str(folder / "log"), "gate": str(gate)}])
    done = run("wait_for", *FILES, "--timeout", "3")
    gate.touch()
    assert done.code == 1
    (record,) = records(folder)
    assert (record["state"], record["error"]["code"], record["attempts"]) == (
        "unknown", "TIMEOUT", 1,
    )  # fmt: skip


def test_a_call_that_ends_the_server_is_not_made_twice(
    start: Start, serve_real_agent: Serve, tmp_path_factory: pytest.TempPathFactory, folder: Path
) -> None:
    project = tmp_path_factory.mktemp("victim") / "agent"
    shutil.copytree(PROJECT, project)
    served = serve_real_agent(project)
    log = str(folder / "log")
    write_items(folder, [{"key": key, "log": log, "victim": 3} for key in range(8)])
    batch = start("die_once", *FILES, "--concurrency", "1", served=served)
    batch.until(lambda: "paused: " in batch.said)
    with restarting(served):
        assert batch.end().code == 1
    assert [record["state"] for record in records(folder)] == [
        *["completed"] * 3, "unknown", *["completed"] * 4,
    ]  # fmt: skip
    assert Counter(lines(folder / "log")) == {str(key): 1 for key in range(8)}


@pytest.mark.parametrize(
    ("tag", "alone"), [("in_threads", False), ("on_the_loop", True), ("slow_stream", True)]
)
def test_entrypoints_that_run_one_at_a_time_are_found_out(
    start: Start, folder: Path, tag: str, alone: bool
) -> None:
    write_items(folder, [{"seconds": 0.3}] * (400 if alone else 40))
    batch = start(tag, *FILES, "--concurrency", "4", "--json")
    if alone:
        batch.until(lambda: "This entrypoint runs one at a time" in batch.said)
        batch.process.send_signal(signal.SIGINT)
    measured = json.loads(batch.end().out).get("oneAtATime", {})
    assert bool(measured) is alone
    assert measured.get("blocksServer", False) is alone


def test_a_batch_in_the_cloud_says_that_inputs_leave(
    cli: Cli, real_agent: RunningAgent, cloud: RunningCloud, folder: Path
) -> None:
    items = [{"n": n, "batch": "from here"} for n in range(5)]
    write_items(folder, items)
    variables = {
        "RUNAGENT_API_KEY": cloud.api_key,
        "RUNAGENT_BASE_URL": cloud.base_url,
        "SSL_CERT_FILE": str(cloud.ca_file),
        "RUNAGENT_CACHE_DIR": str(folder),
    }
    arguments = ("batch", "echo", *FILES, "--cloud", "--agent-id", real_agent.agent_id)
    refused = cli(*arguments, env={**variables, "RUNAGENT_API_KEY": "rau_wrong"})
    assert (refused.code, records(folder)) == (4, [])
    options = ("--user-id", "ada", "--persistent-memory", "--extra", 'trace={"a":1}')
    done = cli(*arguments, *options, "--resume", env=variables)
    assert done.code == 0, done.out + done.err
    sent = [it["body"] for it in cloud.requests() if "'batch': 'from here'" in str(it["body"])]
    for body in sent[-5:]:  # those before were refused
        assert (body["user_id"], body["persistent_memory"]) == ("ada", True)
        assert body["trace"] == {"a": 1}
    assert [record["value"]["kwargs"] for record in records(folder)] == items
    assert f"in the cloud at {cloud.base_url}; the inputs leave this machine" in done.err
    everything = done.out + done.err + (folder / "out.jsonl").read_text()
    assert cloud.api_key not in everything


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--concurrency", "0"), "no whole number from 1 up"),
        (("--retries", "-1"), "no whole number from 0 up"),
        (("--host", "localhost"), "without a port"),
        (("--cloud", "--port", "1"), "Both --cloud and an address"),
        (("--input-format", "xml"), "none of jsonl, csv"),
        (("--output", "in.jsonl"), "input and output at once"),
        (("--input", "missing.jsonl"), "cannot be read"),
        (("--output", "missing/out.jsonl"), "cannot be written"),
    ],
)
def test_wrong_use_is_2(run: Run, folder: Path, arguments: tuple[str, ...], said: str) -> None:
    write_items(folder, noted(folder, 1))
    done = run("note", *FILES, *arguments)
    assert done.code == 2
    assert said in done.err
    assert lines(folder / "log") == []


def test_progress_on_a_terminal_is_one_line(agent: RunningAgent, folder: Path) -> None:
    pty = pytest.importorskip("pty")
    write_items(folder, noted(folder, 20, 0.05))
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "batch", "note", *FILES, "--port", str(agent.port)],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=environment(),
    )
    os.close(theirs)
    seen = b""
    # a terminal whose other side is closed gives an error instead of an end
    with contextlib.suppress(OSError), os.fdopen(ours, "rb", buffering=0) as screen:
        while data := screen.read(4096):
            seen += data
    assert process.wait(LIMIT_S) == 0
    assert b"\r\x1b[K" in seen
    assert b"20/20 done" in seen
    assert seen.endswith(b"\r\x1b[K")
    assert seen.count(b"\n") == 1  # where the agent is
    assert b"is served at" in seen
