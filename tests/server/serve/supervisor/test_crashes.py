"""What is read out of the last words of a crash."""

from __future__ import annotations

from pathlib import Path

from runagent_ls.serve.state import Frame
from runagent_ls.serve.supervisor.crashes import frames_in, without_dump

DUMP = """\
the agent's own words
Fatal Python error: Segmentation fault

Thread 0x00007f8559fc86c0 (most recent call first):
  File "{folder}/main.py", line 2 in waiting
  File "/usr/lib/python3.11/threading.py", line 982 in run

Current thread 0x00007f8558eff6c0 [python] (most recent call first):
  File "{folder}/.venv/lib/python3.11/site-packages/fast/core.py", line 1 in crash
  File "{folder}/lib/site-packages/fast/core.py", line 1 in crash
  File "{folder}/deep/inner.py", line 9 in inner
  File "{folder}/main.py", line 2 in outer
  File "/usr/lib/python3.11/threading.py", line 982 in run

Extension modules: fast.core (total: 1)
"""


def test_the_steps_of_the_thread_that_crashed(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("import fast\n    fast.crash()  \n", "utf-8")
    assert frames_in(DUMP.format(folder=tmp_path), tmp_path) == (
        Frame(tmp_path / "main.py", 2, "outer", "fast.crash()"),
        Frame(tmp_path / "deep" / "inner.py", 9, "inner", None),
    )


def test_what_else_was_written_is_kept(tmp_path: Path) -> None:
    assert without_dump(DUMP.format(folder=tmp_path)).split("\n") == [
        "the agent's own words",
        "Fatal Python error: Segmentation fault",
        "",
        "Extension modules: fast.core (total: 1)",
        "",
    ]


def test_a_dump_that_was_cut_off(tmp_path: Path) -> None:
    cut = DUMP.format(folder=tmp_path).partition("line 9")[0]
    assert frames_in(cut, tmp_path) == ()
    assert without_dump(cut).startswith("the agent's own words\nFatal Python error")


def test_no_dump(tmp_path: Path) -> None:
    text = "Thread 0x is no dump\n  and this is text\n"
    assert frames_in(text, tmp_path) == ()
    assert without_dump("no dump\n") == "no dump\n"
