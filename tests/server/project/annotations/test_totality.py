"""Whatever stands in the files, there is a schema, and values can be checked against it."""

from __future__ import annotations

from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from generated_types import JUNK, modules, written_types
from runagent_ls.project.annotations.signatures import signature_schemas
from runagent_ls.project.file_source import DiskFiles, OverlayFiles
from runagent_ls.project.module_reader import RecordingReader
from runagent_ls.pyfile.model import Parameter, Signature
from runagent_ls.schema.inputs import check_inputs
from runagent_ls.text.position import Span

MAIN = Path("/project/main.py")
PIECES = [
    "(",
    ")",
    "[",
    "]",
    ":",
    "'",
    '"""',
    ",",
    "=",
    "*",
    "\n",
    "\n    ",
    "class ",
    "C0",
    "None",
]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    modules(all_used=True),
    st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), st.sampled_from(PIECES)), max_size=4),
    written_types(["C0", "C1", "C2"]) | st.text(),
    st.booleans(),
)
def test_broken_sources_give_a_schema(
    module: object, edits: list[tuple[float, int, str]], annotation: str, streams: bool
) -> None:
    source = getattr(module, "source", "")
    for place, length, inserted in edits:
        at = int(place * len(source))
        source = source[:at] + inserted + source[at + length :]
    files = OverlayFiles(DiskFiles())
    files.open(MAIN, source)
    parameter = Parameter("x", "keyword_only", annotation, "None", Span(0, 0), None)
    signature = Signature((parameter,), annotation)
    reader = RecordingReader(MAIN.parent, files)
    found = signature_schemas(signature, MAIN, MAIN, reader, streams=streams)
    for schema in (found.inputs, found.output, found.parameters["x"]):
        Draft202012Validator.check_schema(schema)
        for value in JUNK:
            check_inputs(schema, value)
