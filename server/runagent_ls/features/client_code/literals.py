"""JSON values as expressions, on one line when they fit and one item a line when they do not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from runagent_ls.features.client_code.text import WIDTH, json_text
from runagent_ls.jsontree.document import JsonValue


@dataclass(frozen=True, slots=True)
class Style:
    """How a language writes what has no parts, keys, and one level of indentation."""

    scalar: Callable[[JsonValue], str]
    key: Callable[[str], str]
    indent: str
    braces: tuple[str, str] = ("{", "}")

    def write(self, value: JsonValue, before: int = 0, level: int = 0) -> str:
        """`before`: characters that stand before it on its line, indentation included."""
        short = self._short(value)
        if before + len(short) <= WIDTH or not isinstance(value, dict | list) or not value:
            return short
        inner, outer = self.indent * (level + 1), self.indent * level
        if isinstance(value, list):
            items = [self.write(item, len(inner) + 1, level + 1) for item in value]
            opening, closing = "[", "]"
        else:
            keys = {name: f"{self.key(name)}: " for name in value}
            items = [
                keys[name] + self.write(item, len(inner) + len(keys[name]) + 1, level + 1)
                for name, item in value.items()
            ]
            opening, closing = self.braces[0].strip(), self.braces[1].strip()
        lines = "".join(f"{inner}{item},\n" for item in items)
        return f"{opening}\n{lines}{outer}{closing}"

    def _short(self, value: JsonValue) -> str:
        if isinstance(value, list):
            return f"[{', '.join(map(self._short, value))}]"
        if isinstance(value, dict):
            pairs = ", ".join(f"{self.key(k)}: {self._short(item)}" for k, item in value.items())
            return f"{self.braces[0]}{pairs}{self.braces[1]}" if pairs else "{}"
        return self.scalar(value)


def python_scalar(value: JsonValue) -> str:
    """As Python writes it, texts in double quotes where that needs no escaping."""
    if not isinstance(value, str):
        return repr(value)
    text = repr(value)
    return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in text else text


PYTHON = Style(python_scalar, python_scalar, "    ")


def typescript_key(name: str) -> str:
    """Bare where that is the same; `__proto__` without brackets would be something else."""
    if name == "__proto__":
        return '["__proto__"]'
    return name if name.isascii() and name.isidentifier() else json_text(name)


TYPESCRIPT = Style(json_text, typescript_key, "  ", ("{ ", " }"))
