"""Types of files that a server loads by their path, under a name that code cannot write."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

import pytest

from agent_runtime.json_value import JsonValue
from agent_runtime.tools import ToolRegistry

SOURCE: Final = """
from __future__ import annotations
import dataclasses, enum, typing

class Color(enum.Enum):
    RED = "red"

@dataclasses.dataclass
class Item:
    name: str
    colors: list[Color] = dataclasses.field(default_factory=list)

@dataclasses.dataclass
class Order:
    items: list[Item]
    best: Item | None = None

class Parcel(typing.TypedDict):
    order: Order

class Pair(typing.NamedTuple):
    first: Color
    second: Item

def paint(given: Color = Color.RED) -> Color: return given
def order(given: Order) -> Order: return given
def parcel(given: Parcel) -> Parcel: return given
def pair(given: Pair) -> Pair: return given
def items(given: dict[str, list[Item]]) -> dict[str, list[Item]]: return given
def either(given: Order | typing.Literal["none"]) -> object: return given
"""
ITEM: Final = {"name": "tea", "colors": ["red"]}
ORDER: Final = {"items": [ITEM], "best": ITEM}


@pytest.fixture(params=["my-agent.main", "loaded_by_path.main", "agent-1.0.main", "class.main"])
def module(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ModuleType]:
    """As `runagent serve` loads it: in `sys.modules`, but in no package."""
    name = str(request.param)
    folder = tmp_path / name.removesuffix(".main")
    folder.mkdir()
    (folder / "main.py").write_text(SOURCE, encoding="utf-8")
    sys.path.insert(0, str(tmp_path))
    spec = importlib.util.spec_from_file_location(name, folder / "main.py")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    sys.modules[name] = made
    spec.loader.exec_module(made)
    yield made
    sys.path.remove(str(tmp_path))
    for each in (name, folder.name):
        sys.modules.pop(each, None)


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        ("paint", "red"),
        ("order", ORDER),
        ("parcel", {"order": ORDER}),
        ("items", {"a": [ITEM]}),
        ("either", ORDER),
        ("either", "none"),
    ],
)
async def test_types_of_such_a_file_are_known(
    module: ModuleType, tool: str, given: JsonValue
) -> None:
    result = await ToolRegistry([getattr(module, tool)]).call(tool, {"given": given})
    assert result.ok, result.content
    assert (result.value if result.has_value else result.content) == given


async def test_what_does_not_fit_them_is_named(module: ModuleType) -> None:
    wrong = {"items": [{"name": "tea", "colors": ["green"]}]}
    result = await ToolRegistry([module.order]).call("order", {"given": wrong})
    assert result.content.startswith('"given.items.0.colors.0" must be "red"')


async def test_a_named_tuple_of_such_types(module: ModuleType) -> None:
    result = await ToolRegistry([module.pair]).call("pair", {"given": ["red", ITEM]})
    assert result.value == {"first": "red", "second": ITEM}
