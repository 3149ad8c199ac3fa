"""Schemas of annotations that stand in the files of a project."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from runagent_ls.project.annotations.signatures import SignatureSchemas, signature_schemas
from runagent_ls.project.file_source import DiskFiles
from runagent_ls.project.module_reader import RecordingReader

Read: TypeAlias = Callable[..., dict[str, Any]]
ReadAll: TypeAlias = Callable[[Mapping[str, str]], SignatureSchemas]


def schemas_of(folder: Path, files: Mapping[str, str]) -> SignatureSchemas:
    """Schemas of the function `f` of `main.py`, among these files."""
    for name, source in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    reader = RecordingReader(folder, DiskFiles())
    main = folder / "main.py"
    parsed = reader.python(main)
    assert parsed is not None
    signature = parsed.symbols["f"].signature
    assert signature is not None
    return signature_schemas(signature, main, main, reader)


@pytest.fixture
def read_all(tmp_path: Path) -> ReadAll:
    return lambda files: schemas_of(tmp_path, files)


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The schema of an annotation behind some source, and besides other files."""

    def schema(annotation: str, source: str = "", /, **files: str) -> dict[str, Any]:
        others = {f"{name.replace('__', '/')}.py": text for name, text in files.items()}
        others = {name.replace("INIT", "__init__"): text for name, text in others.items()}
        main = f"{source}\n\ndef f(x: {annotation}):\n    return x\n"
        return dict(schemas_of(tmp_path, {"main.py": main, **others}).parameters["x"])

    return schema
