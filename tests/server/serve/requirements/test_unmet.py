"""Requirements against what a real interpreter has."""

from __future__ import annotations

import sys
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from runagent_ls.serve.requirements import (
    InterpreterUnusableError,
    Requirements,
    check_requirements,
)
from runagent_ls.text.command_line import command_line


def ask_for(agent: Path, *lines: str) -> Path:
    path = agent / "requirements.txt"
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def shown(found: Requirements) -> list[str]:
    return [str(it) for it in found.unmet]


async def test_missing_and_unsatisfied(agent: Path, environment: Any) -> None:
    environment.install("here", "1.5")
    environment.install("Under_Score", "2.0rc1")
    environment.install("old", "0.9")
    environment.add_pip()
    path = ask_for(agent, "here>=1,<2", "under-score>=2.0rc0", "old>=1", "gone", "here")
    found = await check_requirements(agent, environment.python)
    assert shown(found) == ["old>=1, 0.9 is installed", "gone"]
    assert [(it.file, it.line, it.installed) for it in found.unmet] == [
        (path, 3, "0.9"),
        (path, 4, None),
    ]
    assert found.command == (str(environment.python), "-m", "pip", "install", "-r", str(path))


async def test_all_is_there(agent: Path, environment: Any) -> None:
    environment.install("here", "1.5")
    ask_for(agent, "here")
    assert await check_requirements(agent, environment.python) == Requirements()


async def test_nothing_is_asked_for(agent: Path) -> None:
    assert await check_requirements(agent, agent / "no-python") == Requirements()


async def test_markers_are_those_of_the_interpreter(agent: Path, environment: Any) -> None:
    now = f"{sys.version_info.major}.{sys.version_info.minor}"
    ask_for(
        agent,
        f'yes; python_version == "{now}"',
        f'no; python_version < "{now}"',
        'windows; sys_platform == "win32"',
        'extra; extra == "x"',
        'odd; nonsense == "x"',
    )
    found = await check_requirements(agent, environment.python)
    assert shown(found) == ["yes"]


async def test_extras_are_followed(agent: Path, environment: Any) -> None:
    environment.install(
        "server",
        "1",
        [
            "base",  # plain requirements are the package's own business
            'fast>=2; extra == "standard"',
            'reload[all]; extra == "standard"',
            'other; extra == "unasked"',
            'windows; sys_platform == "win32" and extra == "standard"',
        ],
    )
    environment.install("fast", "1")
    environment.install("reload", "1", ['deep; extra == "all"'])
    ask_for(agent, "server[standard]>=1")
    found = await check_requirements(agent, environment.python)
    assert shown(found) == [
        "fast>=2, 1 is installed, for server[standard]>=1",
        "deep, for server[standard]>=1",
    ]


async def test_a_version_that_nobody_can_read_is_not_complained_about(
    agent: Path, environment: Any
) -> None:
    environment.install("strange", "not-a-version")
    ask_for(agent, "strange>=1")
    assert (await check_requirements(agent, environment.python)).unmet == ()


async def test_a_project_file_names_each_package(agent: Path, environment: Any) -> None:
    environment.add_pip()
    (agent / "pyproject.toml").write_text('[project]\ndependencies = ["a>=1", "b"]\n', "utf-8")
    found = await check_requirements(agent, environment.python)
    assert found.command == (str(environment.python), "-m", "pip", "install", "a>=1", "b")


async def test_addresses_are_not_shown(agent: Path, environment: Any) -> None:
    ask_for(agent, "thing @ https://user:word@example.invalid/thing.zip")
    found = await check_requirements(agent, environment.python)
    assert shown(found) == ["thing"]
    assert "word" not in repr(found)


async def test_without_pip_another_installer_is_found(
    agent: Path, environment: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = ask_for(agent, "gone")
    monkeypatch.setenv("PATH", str(tmp_path))
    found = await check_requirements(agent, environment.python)
    assert found.command == (str(environment.python), "-m", "ensurepip", "--upgrade")
    assert found.advice is not None
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\n", "utf-8")
    uv.chmod(0o755)
    found = await check_requirements(agent, environment.python)
    install = (str(uv), "pip", "install", "--python", str(environment.python), "-r", str(path))
    assert (found.command, found.advice) == (install, None)


async def test_a_python_of_the_system_is_left_alone(
    agent: Path, environment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Stands in for the system's own: a hook that lets the environment look like a base."""
    environment.add_pip()
    stdlib = agent / "stdlib"
    stdlib.mkdir()
    (stdlib / "EXTERNALLY-MANAGED").touch()
    (environment.packages / "hook.pth").write_text(
        "import sys, sysconfig; sys.base_prefix = sys.prefix;"
        f" sysconfig.get_path = lambda *_, **__: {str(stdlib)!r}\n",
        "utf-8",
    )
    ask_for(agent, "gone")
    found = await check_requirements(agent, environment.python)
    new = str(agent / ".venv")
    assert found.command == (str(environment.python), "-m", "venv", new)
    assert found.advice is not None
    assert "belongs to the system" in found.advice


async def test_files_of_the_agent_are_not_imported(
    agent: Path, environment: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even those with names of the standard library, where the command is given there."""
    for name in ("json.py", "platform.py", "sitecustomize_.py", "importlib.py"):
        (agent / name).write_text("raise SystemExit('ran code of the agent')\n", "utf-8")
    ask_for(agent, "gone")
    monkeypatch.chdir(agent)
    assert shown(await check_requirements(agent, environment.python)) == ["gone"]


async def test_what_a_start_hook_prints_does_no_harm(agent: Path, environment: Any) -> None:
    (environment.packages / "noise.pth").write_text("import sys; print('{}' * 10000)\n", "utf-8")
    ask_for(agent, "gone")
    assert shown(await check_requirements(agent, environment.python)) == ["gone"]


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("#!/bin/sh\necho lost >&2\nexit 3\n", "lost"),
        ("#!/bin/sh\nexit 3\n", "it ended with code 3 and said nothing"),
        ("#!/bin/sh\necho 'runagent-ls environment:[]'\n", "its answer could not be read"),
        ("#!/bin/sh\necho 'runagent-ls environment:{}'\n", "its answer could not be read"),
        ("#!/bin/sh\nsleep 1000; true\n", "it gave no answer within 0.3 s"),
        ("#!/bin/sh\ncat /dev/zero # instead of sleep\n", "it gave no answer within 0.3 s"),
        ("#!/bin/sh\necho hello\n", "its answer could not be read"),
        ("no program", "exec format error"),
    ],
)
async def test_a_broken_interpreter_says_why(agent: Path, script: str, expected: str) -> None:
    python = agent / "python"
    python.write_text(script, "utf-8")
    python.chmod(0o755)
    ask_for(agent, "gone")
    limit_s = 0.3 if "sleep" in script else 20
    with pytest.raises(InterpreterUnusableError) as caught:
        await check_requirements(agent, python, limit_s=limit_s)
    assert str(caught.value) == expected


async def test_an_interpreter_that_is_not_there(agent: Path) -> None:
    ask_for(agent, "gone")
    with pytest.raises(InterpreterUnusableError) as caught:
        await check_requirements(agent, agent / "python")
    assert str(caught.value) == "no such file or directory"


def test_the_command_as_it_is_typed() -> None:
    assert command_line(("/a b/python", "-m", "pip", "install", "x>=1")) == (
        "'/a b/python' -m pip install 'x>=1'"
    )


def test_the_standard_library_has_the_mark_where_it_is_looked_for() -> None:
    """Debian and others put it beside the standard library's modules."""
    assert Path(sysconfig.get_path("stdlib"), "json").is_dir()
