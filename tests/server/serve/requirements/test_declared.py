"""What requirements.txt and pyproject.toml ask for."""

from __future__ import annotations

from pathlib import Path

import pytest

from runagent_ls.serve.requirements.declared import declared_by


def asked(folder: Path) -> list[tuple[str, str, int]]:
    return [(str(it.requirement), it.file.name, it.line) for it in declared_by(folder)]


def test_lines_of_every_kind(agent: Path) -> None:
    (agent / "requirements.txt").write_text(
        "# a comment\n"
        "requests>=2  # why\n"
        "\n"
        "uvicorn[standard] == 0.30 \\\n"
        "    --hash=sha256:abc \\\n"
        "    --hash=sha256:def\n"
        'tomli; python_version < "3.11"\n'
        "--index-url https://example.invalid/simple\n"
        "-e .\n"
        "./wheels/local.whl\n"
        "git+https://example.invalid/x.git\n"
        "thing @ https://user:word@example.invalid/thing.zip\n"
        "flask==1#not-a-comment\n"
        "not a requirement at all\n"
        "${NAME}==1\n"
        "last",
        "utf-8",
    )
    assert asked(agent) == [
        ("requests>=2", "requirements.txt", 2),
        ("uvicorn[standard]==0.30", "requirements.txt", 4),
        ('tomli; python_version < "3.11"', "requirements.txt", 7),
        ("thing @ https://user:word@example.invalid/thing.zip", "requirements.txt", 12),
        ("last", "requirements.txt", 16),
    ]


def test_included_files(agent: Path) -> None:
    (agent / "more").mkdir()
    (agent / "requirements.txt").write_text(
        "-r more/base.txt\n--requirement=more/dev.txt\n-c constraints.txt\na\n", "utf-8"
    )
    (agent / "constraints.txt").write_text("never==1\n", "utf-8")
    (agent / "more" / "base.txt").write_text("b\n-r ../requirements.txt\n-r gone.txt\n", "utf-8")
    (agent / "more" / "dev.txt").write_text("c\r\n-r https://example.invalid/x.txt\r\n", "utf-8")
    assert asked(agent) == [
        ("b", "base.txt", 1),
        ("c", "dev.txt", 1),
        ("a", "requirements.txt", 4),
    ]


def test_a_project_file(agent: Path) -> None:
    (agent / "pyproject.toml").write_text(
        '[project]\nname = "x"\ndependencies = [\n  "httpx>=0.27",\n  3,\n  "?",\n]\n', "utf-8"
    )
    assert asked(agent) == [("httpx>=0.27", "pyproject.toml", 4)]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("pyproject.toml", b"[project\n"),
        ("pyproject.toml", b"project = 3\n"),
        ("pyproject.toml", b"[project]\ndependencies = 'x'\n"),
        ("pyproject.toml", b"\xff\xfe\x00"),
        ("requirements.txt", b"\xff\xff\xff\n\x00\x01"),
        ("requirements.txt", b"\\\n\\\n"),
        ("requirements.txt", b"-r requirements.txt\n"),
    ],
)
def test_broken_files_ask_for_nothing(agent: Path, name: str, content: bytes) -> None:
    (agent / name).write_bytes(content)
    assert asked(agent) == []


def test_folders_in_their_place(agent: Path) -> None:
    (agent / "requirements.txt").mkdir()
    (agent / "pyproject.toml").mkdir()
    assert asked(agent) == []
