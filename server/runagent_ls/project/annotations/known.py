"""Types of the standard library and of pydantic that JSON has a word for."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import cache
from typing import Final

from runagent_ls.pyfile.signature_schema import JsonValue

Schema = dict[str, JsonValue]


def _text(format_: str) -> Schema:
    return {"type": "string", "format": format_}


_STRING: Final[Schema] = {"type": "string"}
_INTEGER: Final[Schema] = {"type": "integer"}
_NUMBER: Final[Schema] = {"type": "number"}
_ARRAY: Final[Schema] = {"type": "array"}
_OBJECT: Final[Schema] = {"type": "object"}
_COUNTS: Final[Schema] = {"type": "object", "additionalProperties": _INTEGER}

ARRAYS: Final = frozenset(
    f"{module}.{name}"
    for module, names in {
        "builtins": ("list", "set", "frozenset"),
        "typing": (
            "List", "Set", "FrozenSet", "AbstractSet", "MutableSet", "Sequence", "MutableSequence",
            "Iterable", "Collection", "Container", "Reversible", "Deque",
        ),
        "collections": ("deque",),
    }.items()
    for name in names
)  # fmt: skip
OBJECTS: Final = frozenset(
    f"{module}.{name}"
    for module, names in {
        "builtins": ("dict",),
        "typing": ("Dict", "Mapping", "MutableMapping", "DefaultDict", "OrderedDict"),
        "collections": ("defaultdict", "OrderedDict"),
        "types": ("MappingProxyType",),
    }.items()
    for name in names
)
TUPLES: Final = frozenset({"builtins.tuple", "typing.Tuple"})
COUNTERS: Final = frozenset({"collections.Counter", "typing.Counter"})
FLAGS: Final = frozenset({"enum.Flag", "enum.IntFlag"})
ENUMS: Final = frozenset({"enum.Enum", "enum.IntEnum", "enum.StrEnum"}) | FLAGS

_PATHS: Final = (
    "Path", "PurePath", "PosixPath", "PurePosixPath", "WindowsPath", "PureWindowsPath",
)  # fmt: skip
_SCALARS: Final[Mapping[str, Schema]] = {
    "builtins.str": _STRING,
    "builtins.int": _INTEGER,
    "builtins.float": _NUMBER,
    "builtins.bool": {"type": "boolean"},
    "builtins.bytes": _text("binary"),
    "builtins.bytearray": _text("binary"),
    "types.NoneType": {"type": "null"},
    "typing.Text": _STRING,
    "typing.LiteralString": _STRING,
    "datetime.datetime": _text("date-time"),
    "datetime.date": _text("date"),
    "datetime.time": _text("time"),
    "datetime.timedelta": _text("duration"),
    "uuid.UUID": _text("uuid"),
    "decimal.Decimal": {"anyOf": [_NUMBER, {"type": "string", "format": "decimal"}]},
    "re.Pattern": _text("regex"),
    "typing.Pattern": _text("regex"),
    "ipaddress.IPv4Address": _text("ipv4"),
    "ipaddress.IPv6Address": _text("ipv6"),
    **{f"pathlib.{name}": _text("path") for name in _PATHS},
}
_PYDANTIC: Final[Mapping[str, Schema]] = {
    "StrictStr": _STRING,
    "StrictInt": _INTEGER,
    "StrictFloat": _NUMBER,
    "StrictBool": {"type": "boolean"},
    "StrictBytes": _text("binary"),
    "FiniteFloat": _NUMBER,
    "PositiveInt": {"type": "integer", "exclusiveMinimum": 0},
    "NonNegativeInt": {"type": "integer", "minimum": 0},
    "NegativeInt": {"type": "integer", "exclusiveMaximum": 0},
    "NonPositiveInt": {"type": "integer", "maximum": 0},
    "PositiveFloat": {"type": "number", "exclusiveMinimum": 0},
    "NonNegativeFloat": {"type": "number", "minimum": 0},
    "NegativeFloat": {"type": "number", "exclusiveMaximum": 0},
    "NonPositiveFloat": {"type": "number", "maximum": 0},
    "SecretStr": _text("password"),
    "SecretBytes": _text("password"),
    "EmailStr": _text("email"),
    "Base64Str": _STRING,
    "Base64Bytes": _text("binary"),
    "FilePath": _text("path"),
    "DirectoryPath": _text("path"),
    "NewPath": _text("path"),
    "AwareDatetime": _text("date-time"),
    "NaiveDatetime": _text("date-time"),
    "PastDatetime": _text("date-time"),
    "FutureDatetime": _text("date-time"),
    "PastDate": _text("date"),
    "FutureDate": _text("date"),
    **{f"UUID{version}": _text("uuid") for version in (1, 3, 4, 5)},
    **{name: _text("uri") for name in ("AnyUrl", "AnyHttpUrl", "HttpUrl", "FileUrl")},
}
_PLAIN: Final[Mapping[str, Schema]] = {
    **_SCALARS,
    **{f"pydantic.{name}": schema for name, schema in _PYDANTIC.items()},
    **dict.fromkeys(ARRAYS | TUPLES, _ARRAY),
    **dict.fromkeys(OBJECTS, _OBJECT),
    **dict.fromkeys(COUNTERS, _COUNTS),
}
CONSTRAINED: Final[Mapping[str, str]] = {
    "pydantic.conint": "builtins.int",
    "pydantic.confloat": "builtins.float",
    "pydantic.constr": "builtins.str",
    "pydantic.conbytes": "builtins.bytes",
    "pydantic.condecimal": "decimal.Decimal",
    "pydantic.condate": "datetime.date",
}
"""Functions that make a type with limits, by what it is a kind of."""

_STAR_MODULES: Final = frozenset(
    {"typing", "datetime", "enum", "dataclasses", "decimal", "uuid", "pathlib", "collections.abc"}
    | {"collections", "abc"}
)


def plain(name: str) -> Schema:
    """Schema of a known type without parameters; a new one each time, empty for others."""
    return dict(_PLAIN.get(name, {}))


@cache
def is_known_module(module: str, name: str | None = None) -> bool:
    """Whether it is known what `from module import *` binds, and `name` is among it."""
    if module not in _STAR_MODULES:
        return False
    # These few are loaded anyway, by this server or by Python itself.
    exported = getattr(importlib.import_module(module), "__all__", ())
    return name is None or name in exported
