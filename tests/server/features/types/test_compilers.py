"""What is declared for other languages is taken by their own compilers."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generated_types import Module, modules, values
from runagent_ls.features.types import Language, Translator, identifier, translate
from runagent_ls.project.annotations.signatures import signature_schemas
from runagent_ls.project.file_source import DiskFiles, OverlayFiles
from runagent_ls.project.module_reader import RecordingReader
from runagent_ls.schema.inputs import check_inputs

ROOT = Path(__file__).parents[4]
MAIN = Path("/project/main.py")
QUIET = settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
MANY = st.lists(modules(all_used=True), min_size=4, max_size=4)

AWKWARD: list[dict[str, Any]] = [
    {
        "title": "Option",
        "type": "object",
        "properties": {
            "type": {"type": "string", "description": "multi\nline */ comment"},
            "self": {"type": "integer"},
            "Self": {"type": "integer"},
            "user-id": {"enum": ["a", "A", "1", "", 'qu"ote', "back\\slash", "new\nline"]},
            "user_id": {"title": "Self", "enum": ["x", "Self"]},
            "userId": {"title": "Level", "enum": [1, 2, -1]},
            "0": {"title": "Odd", "enum": [1.5, 2]},
            "": {"anyOf": [{"type": "string"}, {"type": "integer"}, {"type": "null"}]},
            "-": {"type": "array", "prefixItems": [{"type": "integer"}], "maxItems": 1},
            "naïve": {"type": "object", "additionalProperties": {"enum": ["a", 1]}},
            "fn": {"type": "object", "properties": {}},
            "quote`": {"type": "array", "items": {"enum": ["p", "q", None]}},
        },
        "required": ["type", "self", "-"],
    },
    {
        "$ref": "#/$defs/Node",
        "$defs": {
            "Node": {
                "title": "Node",
                "type": "object",
                "properties": {
                    "me": {"$ref": "#/$defs/Node"},
                    "either": {"anyOf": [{"$ref": "#/$defs/Leaf"}, {"$ref": "#/$defs/Node"}]},
                    "pair": {
                        "type": "array",
                        "prefixItems": [{"$ref": "#/$defs/Leaf"}, {"type": "string"}],
                        "maxItems": 2,
                    },
                },
                "required": ["me", "either", "pair"],
            },
            "Leaf": {
                "title": "Leaf",
                "type": "object",
                "properties": {"node": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]}},
                "required": ["node"],
            },
        },
    },
    {"title": "Node", "type": "object", "properties": {"other": {"type": "string"}}},
    {
        "$ref": "#/$defs/Json",
        "$defs": {
            "Json": {
                "anyOf": [
                    {"type": "string"},
                    {"type": "array", "items": {"$ref": "#/$defs/Json"}},
                ]
            }
        },
    },
]


def schema_of(module: Module) -> dict[str, Any]:
    files = OverlayFiles(DiskFiles())
    files.open(MAIN, module.text)
    reader = RecordingReader(MAIN.parent, files)
    parsed = reader.python(MAIN)
    assert parsed is not None
    signature = parsed.symbols["f"].signature
    assert signature is not None
    return dict(signature_schemas(signature, MAIN, MAIN, reader).parameters["x"])


def translated(language: Language, schemas: list[dict[str, Any]]) -> tuple[str, list[str]]:
    """All that has to be declared, with imports, and the type of each schema."""
    translator = Translator(language)
    found = [translator.type(schema, f"value {at}") for at, schema in enumerate(schemas)]
    declared = translator.declarations()
    return "\n\n".join([*translator.imports(), *declared]), found


def compiled(command: list[str], folder: Path, **environment: str) -> None:
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), **environment}
    done = subprocess.run(
        command, cwd=folder, env=env, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def fitting(draw: Any, schema: dict[str, Any]) -> list[Any]:
    """Values that fit, without keys that nobody declared."""
    drawn = [draw(values(schema, schema.get("$defs", {}), noise=False)) for _ in range(3)]
    return [value for value in drawn if not check_inputs(schema, value)]


def check_typescript(folder: Path, schemas: list[dict[str, Any]], samples: list[list[Any]]) -> None:
    text, found = translated("typescript", schemas)
    lines = [text]
    for at, (name, fits) in enumerate(zip(found, samples, strict=True)):
        lines.append(f"export declare const plain{at}: {name};")
        lines.extend(
            f"export const value{at}_{number}: {name} = {json.dumps(value)};"
            for number, value in enumerate(fits)
        )
    (folder / "types.ts").write_text("\n".join(lines), "utf-8")
    tsc = ROOT / "node_modules/typescript/lib/tsc.js"
    node = shutil.which("node")
    assert node is not None
    compiled([node, str(tsc), "--strict", "--noEmit", "--target", "es2022", "types.ts"], folder)


@QUIET
@given(MANY, st.data())
def test_typescript_takes_the_declarations_and_every_value_that_fits(
    tmp_path: Path, many: list[Module], data: st.DataObject
) -> None:
    schemas = [*map(schema_of, many), *AWKWARD]
    check_typescript(tmp_path, schemas, [fitting(data.draw, it) for it in schemas])


@pytest.fixture(scope="module")
def rust(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """The compiler and a folder with stand-ins for `serde`, of which only the names matter."""
    found = shutil.which("rustc") or shutil.which("rustc", path=str(Path.home() / ".cargo/bin"))
    if found is None:
        pytest.skip("rustc is not installed: the Rust declarations were not compiled")
    folder = tmp_path_factory.mktemp("serde")
    for name, source in STAND_INS.items():
        (folder / f"{name}.rs").write_text(source)
        kind = "proc-macro" if name == "serde_derive" else "rlib"
        compiled([found, "--edition", "2021", f"--crate-type={kind}", "-L.", f"{name}.rs"],
                 folder, HOME=str(Path.home()))  # fmt: skip
    return found, folder


STAND_INS = {
    "serde_derive": """
        extern crate proc_macro;
        use proc_macro::TokenStream;
        #[proc_macro_derive(Serialize, attributes(serde))]
        pub fn serialize(_: TokenStream) -> TokenStream { TokenStream::new() }
        #[proc_macro_derive(Deserialize, attributes(serde))]
        pub fn deserialize(_: TokenStream) -> TokenStream { TokenStream::new() }
        """,
    "serde": "pub extern crate serde_derive; pub use serde_derive::{Serialize, Deserialize};",
    "serde_json": "#[derive(Debug, Clone, PartialEq)] pub enum Value { Null }",
}


@QUIET
@given(MANY)
def test_rust_takes_the_declarations(
    tmp_path: Path, rust: tuple[str, Path], many: list[Module]
) -> None:
    compiler, stand_ins = rust
    text, found = translated("rust", [*map(schema_of, many), *AWKWARD])
    uses = [f"pub type Use{at} = {name};" for at, name in enumerate(found)]
    extern = "#![allow(unused, non_snake_case)]\nextern crate serde; extern crate serde_json;\n"
    imports = "use std::collections::HashMap; use serde_json::Value;\n"
    for line in imports.split("\n", maxsplit=1)[0].split(" use "):
        stated = line if line.startswith("use ") else f"use {line}"
        extern += "" if stated in text else f"{stated}\n"
    (tmp_path / "types.rs").write_text("\n".join([extern, text, *uses]), "utf-8")
    command = [compiler, "--edition", "2021", "--crate-type=lib", "--emit=metadata", "types.rs"]
    compiled([*command, f"-L{stand_ins}"], tmp_path, HOME=str(Path.home()))


@pytest.fixture(scope="module")
def go() -> str:
    beside = Path(sys.executable).parent / "go"
    return str(beside) if beside.exists() else shutil.which("go") or pytest.skip("Go is missing")


@QUIET
@given(MANY)
def test_go_takes_the_declarations(tmp_path: Path, go: str, many: list[Module]) -> None:
    text, found = translated("go", [*map(schema_of, many), *AWKWARD])
    uses = [f"var use{at} {name}" for at, name in enumerate(found)]
    (tmp_path / "types.go").write_text("\n".join(["package p", text, *uses]), "utf-8")
    compiled([go, "tool", "compile", "-o", "types.o", "types.go"], tmp_path, GOPROXY="off")


def test_every_name_in_json_survives_in_rust_and_go() -> None:
    keys = ["type", "self", "Self", "user-id", "user_id", "userId", "0", "plain"]
    schema: dict[str, Any] = {"type": "object", "properties": {key: {} for key in keys}}
    (rust_text,) = translate(schema, "rust", "it").declarations
    fields = re.findall(r"(?:rename = \"(.*?)\".*\n.*|\n    )pub (?:r#)?(\w+):", rust_text)
    assert [renamed or name for renamed, name in fields] == keys
    (go_text,) = translate(schema, "go", "it").declarations
    assert re.findall(r'`json:"(.*?),omitempty"`', go_text) == keys


@pytest.mark.parametrize("language", ["typescript", "go", "rust"])
def test_parameter_names_are_escaped_where_they_are_keywords(language: Language) -> None:
    names = ["type", "func", "fn", "self", "class", "user_name", "_private", "päpstlich", "1a"]
    found = [identifier(name, language) for name in names]
    assert len(set(found)) == len(names)
    plain = [name.removeprefix("r#") for name in found]
    assert all(name.isidentifier() and name.isascii() for name in plain)
    assert found[5] == ("user_name" if language == "rust" else "userName")
