"""Schemas read from source accept what the real library accepts, and refuse what it refuses."""

from __future__ import annotations

import json
import sys
import types
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pydantic import TypeAdapter, ValidationError
from pydantic.warnings import PydanticDeprecatedSince20

from generated_types import HEAD, Module, modules, values
from runagent_ls.project.annotations.signatures import signature_schemas
from runagent_ls.project.file_source import DiskFiles, OverlayFiles
from runagent_ls.project.module_reader import RecordingReader
from runagent_ls.schema.inputs import check_inputs

MAIN = Path("/project/main.py")


@contextmanager
def real_type(module: Module) -> Iterator[TypeAdapter[Any]]:
    """The annotation as Python and pydantic see it."""
    made = types.ModuleType("made_types")
    sys.modules["made_types"] = made
    try:
        source = f"{module.source}\nfound = {module.annotation}\n"
        code = compile(source, "made", "exec", dont_inherit=True)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PydanticDeprecatedSince20)
            exec(code, made.__dict__)  # noqa: S102 - written in this file or by its strategies
        annotation = made.__dict__["found"]
        adapter: TypeAdapter[Any] = TypeAdapter(annotation)
        adapter.rebuild(_types_namespace=made.__dict__)
    except TypeError:
        reject()  # `"C1" | None`, which only a checker reads
    else:
        yield adapter
    finally:
        del sys.modules["made_types"]


def read_type(module: Module) -> dict[str, Any]:
    """The same annotation as we see it."""
    files = OverlayFiles(DiskFiles())
    files.open(MAIN, module.text)
    reader = RecordingReader(MAIN.parent, files)
    parsed = reader.python(MAIN)
    assert parsed is not None
    signature = parsed.symbols["f"].signature
    assert signature is not None
    return dict(signature_schemas(signature, MAIN, MAIN, reader).parameters["x"])


def accepts(adapter: TypeAdapter[Any], value: Any) -> bool:
    """Strictly: a text is no number, as it is none for a function that gets it unconverted."""
    try:
        adapter.validate_json(json.dumps(value), strict=True)
    except ValidationError:
        return False
    return True


def _without_unique(schema: Any) -> Any:
    """The schema without `uniqueItems`: pydantic writes it for a set, and takes equal items."""
    if isinstance(schema, dict):
        return {key: _without_unique(it) for key, it in schema.items() if key != "uniqueItems"}
    return [_without_unique(it) for it in schema] if isinstance(schema, list) else schema


def compare(module: Module, data: st.DataObject) -> None:
    """Draw values that nearly fit, and see whether both sides think the same of them."""
    ours = read_type(module)
    Draft202012Validator.check_schema(ours)
    with real_type(module) as adapter:
        theirs = adapter.json_schema()
        their_check = Draft202012Validator(_without_unique(theirs))
        for _ in range(8):
            value = data.draw(values(theirs, theirs.get("$defs", {})))
            problems = check_inputs(ours, value)
            if accepts(adapter, value):
                assert not problems, (ours, theirs, value)
            elif not their_check.is_valid(value):
                assert problems, (ours, theirs, value)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(modules(), st.data())
def test_generated_types_mean_what_pydantic_takes_them_to_mean(
    module: Module, data: st.DataObject
) -> None:
    compare(module, data)


CORPUS = {
    "aliases": """
        class M(BaseModel):
            a: int = Field(alias="A")
            b: int = Field(validation_alias="B", serialization_alias="no")
            c: Annotated[int, Field(alias="C")] = 3
        """,
    "inherited": """
        class Base(BaseModel, extra="forbid"):
            a: int
            b: str | None
        class Mixin(BaseModel):
            c: Annotated[str, Field(min_length=2)] = "cc"
        class M(Mixin, Base):
            a: str
            d: ClassVar[int] = 3
            _private: int = 4
        """,
    "older config": """
        class M(BaseModel):
            class Config:
                extra = "forbid"
            a: int = ...
            b: int = Field(...)
        """,
    "limits": """
        class M(BaseModel):
            a: Optional[int] = Field(None, ge=1, lt=6)
            b: list[str] = Field(max_length=1)
            c: dict[str, int] = Field(default_factory=dict, min_length=1)
            d: str = Field("abc", pattern=r"^[a-c]{1,2}$")
            e: int = Field(5, multiple_of=5)
            f: decimal.Decimal = Field(gt=0)
        """,
    "generic": """
        class Box(BaseModel, t.Generic[T]):
            content: T
            more: list[T] = []
        class M(BaseModel):
            a: Box[int]
            b: Box[str] | None = None
            c: Optional[Box] = None
        """,
    "generic by inheritance": """
        class Box(BaseModel, t.Generic[T]):
            content: T
        class M(Box[int]):
            more: str
        """,
    "recursive": """
        class M(BaseModel):
            value: int
            left: Optional["M"] = None
            children: list["M"] = []
        """,
    "mutual": """
        class A(TypedDict):
            b: NotRequired["M"]
        class M(TypedDict, total=False):
            a: Required[list[A]]
        """,
    "root model": """
        class M(RootModel[list[Mode]]):
            pass
        """,
    "nested": """
        class Outer(BaseModel):
            class Inner(BaseModel):
                a: int
            inner: Inner
        M = Outer.Inner | Outer
        """,
    "keyword only": """
        @dataclass
        class Base:
            a: int
            hidden: int = field(init=False, default=1)
            count: ClassVar[int] = 0
        @dataclass
        class M(Base):
            b: str = "b"
            _: KW_ONLY
            c: Literal["x", "y"]
        """,
    "pydantic dataclass": """
        @pydantic.dataclasses.dataclass
        class M:
            a: int = Field(gt=3)
            b: list[int] = Field(default_factory=list)
        """,
    "functional": """
        Shade = enum.Enum("Shade", "DARK LIGHT")
        Tone = enum.Enum("Tone", {"HIGH": "h", "LOW": "l"})
        Point = NamedTuple("Point", [("x", int), ("y", float)])
        Film = TypedDict("Film", {"name": str, "in": NotRequired[int]})
        M = Union[Film, list[Shade], dict[str, Tone], Point]
        """,
    "flags": """
        class Access(enum.IntFlag):
            READ = 1
            WRITE = 2
        class M(BaseModel):
            a: list[int] | None
            b: Literal[Level.LOW, Colour.RED, "x"]
        """,
    "enum with methods": """
        class Inner(str, enum.Enum):
            'Has a docstring.'
            A = "a"
            B = "b"
            ALIAS = "b"
            @property
            def label(self): return self.value
        M = dict[str, Inner]
        """,
    "union of models": """
        class Cat(BaseModel):
            kind: Literal["cat"]
            lives: int
        class Dog(BaseModel):
            kind: Literal["dog"]
        M = Annotated[Union[Cat, Dog], Field(discriminator="kind")]
        """,
    "after validator": """
        class M(BaseModel):
            a: int
            @field_validator("a")
            @classmethod
            def check(cls, value): return value
        """,
    "named tuple with defaults": """
        class M(NamedTuple):
            a: int
            b: str = "b"
        """,
    "alias of alias": """
        Name = Annotated[str, StringConstraints(max_length=2)]
        Names = list[Name]
        M = Optional[Names]
        """,
}


@pytest.mark.parametrize("name", CORPUS)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_each_kind_of_definition_means_what_pydantic_takes_it_to_mean(
    name: str, data: st.DataObject
) -> None:
    compare(Module(HEAD + dedent(CORPUS[name]), "M"), data)


ANYTHING = {
    "validator before": """
        class M(BaseModel):
            a: int
            @field_validator("a", mode="before")
            @classmethod
            def check(cls, value): return 3
        """,
    "either name": """
        class M(BaseModel):
            model_config = ConfigDict(populate_by_name=True, extra="forbid")
            a: int = Field(alias="A")
        """,
    "several aliases": """
        class M(BaseModel):
            a: int = Field(validation_alias=AliasChoices("A", "a"))
        """,
    "unknown alias": """
        NAME = "".join(["A"])
        class M(BaseModel):
            a: int = Field(alias=NAME)
        """,
    "model validator": """
        class M(BaseModel):
            a: int
            @pydantic.model_validator(mode="before")
            @classmethod
            def check(cls, value): return {"a": 1}
        """,
    "alias generator": """
        class M(BaseModel):
            model_config = ConfigDict(alias_generator=str.upper)
            a: int
        """,
    "configuration from elsewhere": """
        OPTIONS = ConfigDict(alias_generator=str.upper)
        class M(BaseModel):
            model_config = OPTIONS
            a: int
        """,
    "stripped": """
        class M(BaseModel):
            model_config = ConfigDict(str_strip_whitespace=True)
            a: str = Field(max_length=1, alias="A")
        """,
    "before in annotated": """
        class M(BaseModel):
            A: Annotated[int, pydantic.BeforeValidator(lambda value: 1)]
        """,
    "enum that takes more": """
        class E(str, enum.Enum):
            A = "a"
            @classmethod
            def _missing_(cls, value): return cls.A
        class M(BaseModel):
            A: E
        """,
}
SAMPLES: list[Any] = [{"a": 1}, {"A": 1}, {"A": " x "}, {"a": "text"}, {"A": "zzz"}, {}, 5]


@pytest.mark.parametrize("name", ANYTHING)
def test_what_code_decides_raises_no_false_alarm(name: str) -> None:
    module = Module(HEAD + dedent(ANYTHING[name]), "M")
    ours = read_type(module)
    with real_type(module) as adapter:
        taken = [value for value in SAMPLES if accepts(adapter, value)]
    assert taken
    assert [value for value in taken if check_inputs(ours, value)] == []
