"""Links of configurations and requirements. `⟦⟧` marks what can be clicked."""

from __future__ import annotations

from pathlib import Path

import pytest

from marked_workspace import JSON, YAML, MarkedWorkspace, config, entry
from runagent_ls.features.links import Link, document_links


def linked(root: Path, files: dict[str, str], name: str = JSON) -> list[Link]:
    """The links of one file, held against its marks."""
    workspace = MarkedWorkspace(root, files)
    found = list(document_links(workspace.snapshot, root / name))
    shown = workspace.shown((root / name, it.span) for it in found)
    assert shown == {key: text for key, text in workspace.places.items() if key == name}
    assert all(it.tooltip for it in found)
    return found


def targets(found: list[Link]) -> list[object]:
    return [it.target for it in found]


def test_files_that_are_there_are_linked(tmp_path: Path) -> None:
    found = linked(
        tmp_path,
        {
            JSON: config(
                entry("a", "1", "⟦main.py⟧"),
                entry("a", "2", "missing.py"),
                entry("a", "3", "⟦lib/../main.py⟧"),
                entry("a", "4", "lib"),
                entry("a", "5", ""),
            ),
            "main.py": "",
            "lib/x.py": "",
        },
    )
    assert targets(found) == [tmp_path / "main.py"] * 2


def test_a_file_outside_the_project_is_linked(tmp_path: Path) -> None:
    files = {f"agent/{JSON}": config(entry("a", "1", "⟦../lib.py⟧")), "lib.py": ""}
    assert targets(linked(tmp_path, files, f"agent/{JSON}")) == [tmp_path / "lib.py"]


def test_addresses_are_linked_but_webhooks_and_variables_are_not(tmp_path: Path) -> None:
    more = (
        ', "template_source": {"repo_url": "⟦https://example.org/a?b=c#d⟧", "author": "http://"},'
        ' "description": "see https://example.org", "x": [["⟦HTTP://localhost:8080/⟧"]],'
        ' "y": ["file:///etc/passwd", "javascript:alert(1)", "https://[::1", "http://a b"],'
        ' "env_vars": {"URL": "https://key@example.org"}'
    )
    hook = '{"webhook_url": "https://example.org/hook", "method": "POST", "tag": "h"}'
    found = linked(tmp_path, {JSON: config(hook, more=more)})
    assert targets(found) == ["https://example.org/a?b=c#d", "HTTP://localhost:8080/"]


def test_the_variables_lead_to_env_where_there_is_one(tmp_path: Path) -> None:
    more = ', "⟦env_vars⟧": {"A": "1"}'
    found = linked(tmp_path / "a", {JSON: config(more=more), ".env": "A=2\n"})
    assert targets(found) == [tmp_path / "a" / ".env"]
    assert linked(tmp_path / "b", {JSON: config(more=', "env_vars": {}')}) == []


@pytest.mark.parametrize(
    "text",
    [
        '{"agent_architecture": {"entrypoints": [{"file": "⟦main.py⟧", "module":',
        "{'agent_architecture': {'entrypoints': [{'file': '⟦main.py⟧',}]}}",
    ],
)
def test_broken_configurations_have_links(tmp_path: Path, text: str) -> None:
    linked(tmp_path, {JSON: text, "main.py": ""})


def test_yaml(tmp_path: Path) -> None:
    text = (
        "env_vars: {}\nagent_architecture:\n  entrypoints:\n    - file: ⟦main.py⟧\n"
        '    - file: "⟦lib/x.py⟧"\ntemplate_source:\n  repo_url: ⟦https://example.org⟧\n'
    )
    linked(tmp_path, {YAML: text, "main.py": "", "lib/x.py": ""}, YAML)


def test_requirements_include_others(tmp_path: Path) -> None:
    text = (
        "requests==2\n-r ⟦base.txt⟧\n  --requirement=⟦sub/x.txt⟧ # why\n-c ⟦base.txt⟧\r\n"
        "-r none.txt\n-r https://example.org/x.txt\n#-r base.txt\n-rbase\n--constraint ⟦base.txt⟧"
    )
    files = {JSON: config(), "requirements.txt": text, "base.txt": "", "sub/x.txt": ""}
    found = linked(tmp_path, files, "requirements.txt")
    assert [
        it.relative_to(tmp_path).as_posix() for it in targets(found) if isinstance(it, Path)
    ] == [
        "base.txt",
        "sub/x.txt",
        "base.txt",
        "base.txt",
    ]


def test_requirements_of_no_agent_and_other_files_are_not_ours(tmp_path: Path) -> None:
    files = {"requirements.txt": "-r base.txt\n", "base.txt": "", f"agent/{JSON}": config()}
    assert linked(tmp_path, files, "requirements.txt") == []
    assert (
        linked(tmp_path, {JSON: config(), "main.py": "x = 'https://example.org'\n"}, "main.py")
        == []
    )
