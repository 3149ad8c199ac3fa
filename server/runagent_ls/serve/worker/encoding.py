"""The structured string of an output, exactly as the platform makes it.

A result and a chunk differ: a chunk is first turned into plain values, with rules of its own. Both
have a short way for plain JSON values, whose every step has the same outcome as the long one.
"""

from __future__ import annotations

import json
import math
from contextlib import suppress
from dataclasses import asdict
from datetime import date, datetime, time
from json.encoder import encode_basestring

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_dumps = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False).encode


def result(value: Any) -> bytes:
    """The structured string of what a function returned, in UTF-8."""
    text = _structured_plain(value)
    if text is None:
        text = _structured(value)
    return text.encode("utf-8")


def chunk(value: Any, number: int) -> bytes:
    """The WebSocket text of one item of a stream, the `number`th, in UTF-8."""
    text = _structured_plain(value)
    if text is None:
        text = _structured(_chunk_or_complaint(value, number))
    return ('{"type":"data","content":' + encode_basestring(text) + "}").encode("utf-8")


def _structured_plain(value: Any) -> str | None:
    """None: take the long way."""
    kind = type(value)
    if kind is str:
        name, payload = "string", encode_basestring(value)
        try:
            payload.encode("utf-8")
        except UnicodeEncodeError:
            return None
    elif kind is int:
        try:
            name, payload = "integer", int.__repr__(value)
        except ValueError:
            return None
    elif (kind is dict or kind is list) and _is_plain(value, 0):
        name = "object" if kind is dict else "array"
        try:
            payload = _dumps(value)
            payload.encode("utf-8")
        except (ValueError, UnicodeEncodeError):
            return None
    else:
        return None
    return '{"type": "' + name + '", "payload": ' + encode_basestring(payload) + "}"


def _is_plain(value: Any, depth: int) -> bool:
    kind = type(value)
    if kind is str or kind is int or kind is bool or value is None or kind is float:
        return True
    if depth > 50:
        return False
    if kind is dict:
        for key, each in value.items():
            if type(key) is not str or not _is_plain(each, depth + 1):
                return False
        return True
    if kind is list:
        return all(_is_plain(each, depth + 1) for each in value)
    return False


def _structured(value: Any) -> str:
    try:
        name = _type_name(value)
        payload = json.dumps(
            _prepared(value), ensure_ascii=False, allow_nan=False, default=_fallback
        )
        payload.encode("utf-8")  # a lone surrogate
        return json.dumps({"type": name, "payload": payload}, ensure_ascii=False)
    except Exception as problem:
        about = {"error": f"Serialization Error: {problem}", "original_type": str(type(value))}
        return json.dumps({"type": "object", "payload": json.dumps(about)}, ensure_ascii=False)


def _type_name(value: Any) -> str:
    if value is None:
        return "null"
    for name, classes in _NAMES:
        if isinstance(value, classes):
            return name
    if any(hasattr(value, name) for name in ("to_dict", "model_dump", "dict", "__dict__")):
        return "object"
    return "string"


_NAMES = (
    ("boolean", (bool,)),
    ("integer", (int,)),
    ("number", (float,)),
    ("string", (str,)),
    ("array", (list, tuple, set)),
    ("object", (dict,)),
)


def _prepared(value: Any) -> object:
    """The value with what JSON lacks replaced, as far as the platform looks into it."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return str(value) if math.isinf(value) else value
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, set):
        return list(value)
    if isinstance(value, (bytes, bytearray)):
        return value.hex()
    for method in ("to_dict", "model_dump", "dict"):
        found, converted = _converted(value, method)
        if found:
            return converted
    if isinstance(value, (list, tuple)):
        return [_prepared(each) for each in value]
    if isinstance(value, dict):
        return {key: _prepared(each) for key, each in value.items()}
    return value


def _converted(value: Any, method: str) -> tuple[bool, object]:
    if not hasattr(value, method):
        return False, None
    try:
        return True, getattr(value, method)()
    except Exception:
        return False, None


def _fallback(value: Any) -> object:
    try:
        if hasattr(value, "__dataclass_fields__"):
            return asdict(value)
        if hasattr(value, "model_dump"):
            return value.model_dump()
        if hasattr(value, "dict"):
            return value.dict()
        if hasattr(value, "__dict__"):
            return value.__dict__
        return str(value)
    except Exception:
        return f"<Unserializable {type(value).__name__}>"


def _chunk_or_complaint(value: Any, number: int) -> Any:
    try:
        return _chunk_value(value)
    except Exception as problem:
        return {
            "chunk_number": number,
            "conversion_error": str(problem),
            "chunk_type": str(type(value)),
            "chunk_str": str(value)[:200],
        }


def _chunk_value(value: Any) -> object:
    if isinstance(value, (str, int, float, bool, type(None))):
        return value
    if isinstance(value, (list, tuple)):
        return [_chunk_value(each) for each in value]
    if isinstance(value, dict):
        return {key: _chunk_value(each) for key, each in value.items()}
    for method in ("dict", "model_dump"):
        if callable(getattr(value, method, None)):
            found, converted = _converted(value, method)
            if found:
                return converted
    if hasattr(value, "__dict__"):
        with suppress(Exception):
            return {k: _chunk_value(v) for k, v in value.__dict__.items() if not k.startswith("_")}
    try:
        text = str(value)
    except Exception:
        text = ""
    return text or {"type": type(value).__name__, "repr": repr(value)[:200]}
