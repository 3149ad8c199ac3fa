"""The section `runagent` of the client's settings, read without trust."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from runagent_ls.agents.timeouts import Timeouts
from runagent_ls.lsp.client import dig
from runagent_ls.lsp.jsonrpc import Json
from runagent_ls.rules.selection import Level

SECTION: Final = "runagent"
_LARGEST: Final = 1_000_000
LEVELS: Final[tuple[Level, ...]] = ("error", "warning", "information", "hint", "off")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the user set, or the defaults. `syntax_diagnostics` None: decided by the client."""

    rules: Mapping[str, Level] = field(default_factory=dict)
    syntax_diagnostics: bool | None = None
    host: str | None = None
    port: int | None = None
    timeouts: Timeouts = field(default_factory=Timeouts)
    cloud_base_url: str | None = None
    serve_interpreter: str | None = None
    history_enabled: bool = True
    history_max_size_mb: int = 200
    history_max_age_days: float | None = 90
    signature_hints: bool = False


def read(section: object) -> tuple[Settings, tuple[str, ...]]:
    """Settings from the section's value, and a sentence for each value that is not usable.

    A wrong value is replaced by its default; the others count.
    """
    if section is None:
        return Settings(), ()
    if not isinstance(section, dict):
        return Settings(), (f"The setting {SECTION} must be an object, not {_kind(section)}.",)
    reader = _Reader(section)
    defaults = Timeouts()
    settings = Settings(
        rules=reader.levels("rules"),
        syntax_diagnostics=reader.boolean("syntaxDiagnostics"),
        host=reader.text("target", "host"),
        port=reader.port("target", "port"),
        timeouts=Timeouts(
            connect=reader.seconds("connect", defaults.connect),
            idle=reader.seconds("idle", defaults.idle),
            total=reader.seconds("total", defaults.total),
        ),
        cloud_base_url=reader.text("cloud", "baseUrl"),
        serve_interpreter=reader.text("serve", "interpreter"),
        history_enabled=reader.boolean("history", "enabled") is not False,
        history_max_size_mb=reader.whole_number("history", "maxSizeMb", default=200),
        history_max_age_days=reader.days("history", "maxAgeDays", default=90),
        signature_hints=reader.boolean("inlayHints", "signatures") is True,
    )
    return settings, tuple(reader.problems)


class _Reader:
    """Takes values by key, notes what is wrong."""

    def __init__(self, section: Json) -> None:
        self._section = section
        self.problems: list[str] = []

    def _wrong(self, keys: tuple[str, ...], value: object, expected: str) -> None:
        name = ".".join((SECTION, *keys))
        shown = repr(value) if isinstance(value, str | int | float) else _kind(value)
        self.problems.append(f"The setting {name} must be {expected}, not {shown[:80]}.")

    def boolean(self, *keys: str) -> bool | None:
        value = dig(self._section, *keys)
        if value is None or isinstance(value, bool):
            return value
        self._wrong(keys, value, "true or false")
        return None

    def text(self, *keys: str) -> str | None:
        value = dig(self._section, *keys)
        if value is None or isinstance(value, str):
            return (value or "").strip() or None
        self._wrong(keys, value, "a text")
        return None

    def port(self, *keys: str) -> int | None:
        value = dig(self._section, *keys)
        if value is None or (value == 0 and not isinstance(value, bool)):  # 0: any port
            return None
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 65536:
            return value
        self._wrong(keys, value, "a number from 1 to 65535")
        return None

    def whole_number(self, *keys: str, default: int) -> int:
        value = dig(self._section, *keys)
        if value is None:
            return default
        if isinstance(value, int) and not isinstance(value, bool) and 0 < value <= _LARGEST:
            return value
        self._wrong(keys, value, f"a whole number from 1 to {_LARGEST}")
        return default

    def days(self, *keys: str, default: float) -> float | None:
        """Days; null for no limit, which is not the same as left out."""
        section = dig(self._section, *keys[:-1])
        if isinstance(section, dict) and section.get(keys[-1], 0) is None:
            return None
        value = dig(self._section, *keys)
        if value is None:
            return default
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and math.isfinite(value) and value > 0:
            return float(value)
        self._wrong(keys, value, "a number of days above 0, or null for no limit")
        return default

    def seconds(self, name: str, default: float | None) -> float | None:
        timeouts = dig(self._section, "timeouts")
        if not isinstance(timeouts, dict) or name not in timeouts:
            return default
        value = timeouts[name]
        if value is None:
            return None
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if number and math.isfinite(value) and value > 0:
            return float(value)
        self._wrong(("timeouts", name), value, "a number of seconds above 0, or null for no limit")
        return default

    def levels(self, *keys: str) -> dict[str, Level]:
        value = dig(self._section, *keys)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self._wrong(keys, value, "an object of rule and severity")
            return {}
        return dict(self._each_level(value))

    def _each_level(self, value: Json) -> Iterator[tuple[str, Level]]:
        for rule, level in value.items():
            known = next((it for it in LEVELS if it == level), None)
            if known is not None:
                yield rule, known
            else:
                self._wrong(("rules", rule), level, "one of " + ", ".join(LEVELS))


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", bool: "true or false", type(None): "null"}
    return names.get(type(value), f"a {type(value).__name__}")
