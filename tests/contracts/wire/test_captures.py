"""The schemas of schemas/wire hold for everything that was captured from the real server."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

ROOT = Path(__file__).parents[3]
WIRE = ROOT / "tests" / "fixtures" / "wire"
SCHEMAS = {
    path.name.removesuffix(".schema.json"): json.loads(path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "schemas" / "wire").glob("*.schema.json"))
}
REGISTRY: Registry[Any] = Registry().with_resources(
    (schema["$id"], Resource.from_contents(schema)) for schema in SCHEMAS.values()
)


def check(schema: str, instance: Any, part: str = "") -> None:
    """Raise jsonschema.ValidationError unless `instance` fits `schema` (or its definition)."""
    reference = SCHEMAS[schema]["$id"] + (f"#/$defs/{part}" if part else "")
    validator = jsonschema.Draft202012Validator({"$ref": reference}, registry=REGISTRY)
    validator.validate(instance)


def exchange(name: str) -> tuple[Any, int, Any]:
    captured = json.loads((WIRE / f"{name}.json").read_text(encoding="utf-8"))
    return captured["request"]["body"], captured["response"]["status"], captured["response"]["body"]


def transcript(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("name", SCHEMAS)
def test_a_schema_is_a_schema(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name])
    assert SCHEMAS[name]["title"]
    for example in SCHEMAS[name].get("examples", []):
        check(name, example)


@pytest.mark.parametrize(
    "name", ["run-ok", "run-ok-string", "run-ok-extractor", "run-ok-sdk-request"]
)
def test_successful_runs(name: str) -> None:
    request, _, body = exchange(name)
    check("run-request", request)
    check("run-response", body)
    check("structured-value", json.loads(body["data"]))
    with pytest.raises(jsonschema.ValidationError):
        check("error", body)


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("run-error", "Envelope"),
        ("run-missing-argument", "Envelope"),
        ("run-wrong-kwargs", "Envelope"),
        ("run-error-markup-500", "Envelope"),
        ("run-unknown-tag", "Envelope"),
        ("run-stream-tag", "Envelope"),
        ("invocation-not-found", "Envelope"),
        ("run-unknown-agent", "Detail"),
        ("404-unknown-path", "Detail"),
        ("405-get-run", "Detail"),
        ("422-invalid-json", "Detail"),
        ("422-missing-tag", "Detail"),
        ("422-no-body", "Detail"),
        ("422-wrong-types", "Detail"),
    ],
)
def test_failures(name: str, part: str) -> None:
    _, _, body = exchange(name)
    check("error", body)
    check("error", body, part)
    with pytest.raises(jsonschema.ValidationError):
        check("run-response", body)


def test_requests_the_server_refused_do_not_fit() -> None:
    for name in ("422-missing-tag", "422-wrong-types"):
        with pytest.raises(jsonschema.ValidationError):
            check("run-request", exchange(name)[0])


def test_health_and_architecture() -> None:
    check("health", exchange("health")[2])
    body = exchange("architecture")[2]
    check("architecture", body)
    check("architecture", body["data"])
    with pytest.raises(jsonschema.ValidationError):
        check("architecture", {"success": True})


@pytest.mark.parametrize("path", sorted(WIRE.glob("stream-*.jsonl")), ids=lambda p: p.stem)
def test_streams(path: Path) -> None:
    for record in transcript(path):
        if record["dir"] == "server->client" and "text" in record:
            frame = json.loads(record["text"])
            check("stream-frame", frame)
            if frame["type"] == "data":
                check("structured-value", json.loads(frame["content"]))
            with pytest.raises(jsonschema.ValidationError):
                check("stream-frame", frame | {"extra": 1})


@pytest.mark.parametrize(
    ("name", "fits"),
    [
        ("stream-ok", True),
        ("stream-unknown-tag", True),
        ("stream-missing-field", False),
        ("stream-silent-hang", False),
    ],
)
def test_first_messages(name: str, fits: bool) -> None:
    message = json.loads(transcript(WIRE / f"{name}.jsonl")[0]["text"])
    if fits:
        check("run-request", message, "StreamRequest")
    else:
        with pytest.raises(jsonschema.ValidationError):
            check("run-request", message, "StreamRequest")


def test_structured_values() -> None:
    encodings = json.loads((WIRE / "output-encodings.json").read_text(encoding="utf-8"))
    for case in encodings["run_data_field"]:
        check("structured-value", json.loads(case["data"]))
    for case in encodings["stream_content_field"]:
        check("structured-value", json.loads(case["content"]))
