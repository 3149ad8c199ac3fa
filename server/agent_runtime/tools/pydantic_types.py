"""The same as `types` for what only pydantic knows, when the agent has it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pydantic import TypeAdapter, ValidationError


def pydantic_codec(
    annotation: Any,  # noqa: ANN401 - any annotation
    name: str,
) -> tuple[dict[str, Any], dict[str, Any], Callable[[Any], Any], Callable[[Any], Any]]:
    """Schema, its definitions (named after the parameter: two may differ), decoder, encoder.

    The decoder raises ValueError with all that is wrong, by field.
    """
    adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    schema = adapter.json_schema(ref_template=f"#/$defs/{name}.{{model}}")
    definitions = {
        f"{name}.{model}": definition for model, definition in schema.pop("$defs", {}).items()
    }

    def decode(value: Any) -> Any:  # noqa: ANN401 - any JSON to any type
        try:
            return adapter.validate_json(json.dumps(value))
        except ValidationError as error:
            raise ValueError(_words(error)) from None

    def encode(value: Any) -> Any:  # noqa: ANN401 - any type to any JSON
        return adapter.dump_python(value, mode="json")

    return schema, definitions, decode, encode


def _words(error: ValidationError) -> str:
    """Where and what, without the values: pydantic's own text has addresses of its pages."""
    return "; ".join(
        f"{'.'.join(map(str, one['loc']))}: {one['msg']}" if one["loc"] else one["msg"]
        for one in error.errors(include_url=False, include_context=False, include_input=False)[:5]
    )
