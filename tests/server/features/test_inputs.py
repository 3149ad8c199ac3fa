"""Problems of a call that are known before it is sent."""

from __future__ import annotations

import functools
import inspect
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from runagent_ls.features.entrypoints import EntrypointInfo, describe
from runagent_ls.features.inputs import InputProblem, problems
from runagent_ls.project.file_source import DiskFiles, OverlayFiles
from runagent_ls.project.loading import load_project

MODELS = """
import functools
from dataclasses import dataclass
from enum import Enum
from typing import Annotated, Literal, Optional, TypedDict

from pydantic import BaseModel, Field


class Mode(str, Enum):
    FAST = "fast"
    SLOW = "slow"


class Address(BaseModel):
    street: str
    zip: Annotated[str, Field(pattern=r"^\\d{5}$")]


@dataclass
class User:
    name: str
    address: list[Address]
    age: int = 0


class Cat(TypedDict):
    kind: Literal["cat"]
    lives: int


class Dog(TypedDict):
    kind: Literal["dog"]
    breed: str

"""


def _describe(folder: Path, source: str, **entrypoint: Any) -> EntrypointInfo:
    item = {"file": "main.py", "module": "f", "tag": "greet", **entrypoint}
    config = folder / "runagent.config.json"
    files = OverlayFiles(DiskFiles())
    files.open(folder / "main.py", source)
    files.open(config, json.dumps({"agent_architecture": {"entrypoints": [item]}}))
    project = load_project(config, files)
    return describe(project.entrypoints[0], project)


@pytest.fixture
def info(tmp_path: Path) -> Any:
    (tmp_path / "main.py").write_text("")
    return lambda source, **entrypoint: _describe(tmp_path, MODELS + source, **entrypoint)


def _messages(found: tuple[InputProblem, ...]) -> list[str]:
    return [problem.message for problem in found]


# Binding, as Python does it

NAMES = ["a", "b", "c", "d"]


@st.composite
def heads(draw: st.DrawFn) -> str:
    """The parameters of a function, of all kinds and with defaults where Python takes them."""
    count = draw(st.integers(0, 4))
    names = NAMES[:count]
    first, second = sorted((draw(st.integers(0, count)), draw(st.integers(0, count))))
    has_rest = draw(st.booleans())
    parts: list[str] = []
    default_seen = False
    for at, name in enumerate(names):
        if at == second and (has_rest or at < count):
            parts.append("*rest" if has_rest else "*")
        keyword_only = at >= second
        has_default = draw(st.booleans()) or (default_seen and not keyword_only)
        default_seen = default_seen or (has_default and not keyword_only)
        parts.append(f"{name}=0" if has_default else name)
        if at + 1 == first:
            parts.append("/")
    if second == count and has_rest:
        parts.append("*rest")
    if draw(st.booleans()):
        parts.append("**more")
    return ", ".join(parts)


@settings(max_examples=400, deadline=None)
@given(
    heads(),
    st.integers(0, 5),
    st.lists(st.sampled_from([*NAMES, "e", "rest", "more"]), max_size=4, unique=True),
)
def test_a_call_is_refused_exactly_when_python_refuses_it(
    tmp_path_factory: pytest.TempPathFactory, head: str, positional: int, named: list[str]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "binding"
    folder.mkdir(exist_ok=True)
    (folder / "main.py").touch()
    source = f"def f({head}):\n    return 1\n"
    names: dict[str, Any] = {}
    exec(compile(source, "test", "exec"), names)  # noqa: S102 - of the strategy above
    args, kwargs = list(range(positional)), dict.fromkeys(named, 0)
    try:
        names["f"](*args, **kwargs)
        refused = False
    except TypeError:
        refused = True
    found = problems(_describe(folder, source), args, kwargs)
    assert bool(found) is refused, found
    assert all(problem.certain for problem in found)


@settings(max_examples=200, deadline=None)
@given(
    heads(),
    st.integers(0, 2),
    st.lists(st.sampled_from(NAMES), max_size=2, unique=True),
    st.integers(0, 4),
    st.lists(st.sampled_from(NAMES), max_size=3, unique=True),
)
def test_a_partial_is_refused_exactly_when_python_refuses_it(
    tmp_path_factory: pytest.TempPathFactory,
    head: str,
    bound: int,
    filled: list[str],
    positional: int,
    named: list[str],
) -> None:
    folder = tmp_path_factory.getbasetemp() / "binding"
    folder.mkdir(exist_ok=True)
    (folder / "main.py").touch()
    given_before = ", ".join([*("0" for _ in range(bound)), *(f"{name}=0" for name in filled)])
    source = f"import functools\ndef g({head}):\n    return 1\n"
    source += f"f = functools.partial(g, {given_before})\n"
    names: dict[str, Any] = {}
    exec(compile(source, "test", "exec"), names)  # noqa: S102 - of the strategy above
    try:
        inspect.signature(names["f"])
    except ValueError:
        reject()  # no call of it can succeed
    args, kwargs = list(range(positional)), dict.fromkeys(named, 0)
    try:
        names["f"](*args, **kwargs)
        refused = False
    except TypeError:
        refused = True
    found = bool(problems(_describe(folder, source), args, kwargs))
    if refused and "**" in head and set(named) & set(NAMES[:bound]):
        return  # `partial(f, 0)(a=0)`: what was bound by position is not known by its name here
    assert found is refused


@pytest.mark.parametrize(
    ("head", "args", "kwargs", "message"),
    [
        ("name: str", [], {}, "name is missing: text."),
        ("name", [], {}, "name is missing."),
        ("name", [1, 2], {}, "f(name) takes at most 1 positional value, 2 were given."),
        ("", [1], {}, "f() takes no positional values, 1 were given."),
        ("name", [1], {"name": 2}, "name is given twice: by position and by name."),
        ("name, /", [], {"name": 2}, "name can only be given by position, not by its name."),
        ("a_b", [1], {"aB": 2}, "greet has no parameter aB; did you mean a_b?"),
        ("name", [1], {"zzz": 2}, "greet has no parameter zzz; its parameters are name."),
        ("", [], {"zzz": 2}, "greet has no parameter zzz; it takes none."),
    ],
)  # fmt: skip
def test_what_is_said_about_a_call(
    info: Any, head: str, args: list[Any], kwargs: dict[str, Any], message: str
) -> None:
    assert _messages(problems(info(f"def f({head}): ..."), args, kwargs)) == [message]


def test_parameters_that_may_be_others_at_run_time_are_not_judged(info: Any) -> None:
    source = "from somewhere import inject\n@inject\ndef f(session, name: str): ...\n"
    assert problems(info(source), [], {"nothing": 1}) == ()
    assert problems(info("f = object()"), [], {"nothing": 1}) == ()
    partial = "def g(a: int, b: int): ...\nf = functools.partial(g, 1)\n"
    assert _messages(problems(info(partial), [], {})) == ["b is missing: a whole number."]


@pytest.mark.parametrize(
    ("body", "kwargs"),
    [
        ("kwargs['session'] = 0", {"name": "a"}),
        ("kwargs.setdefault('session', 0)", {"name": "a"}),
        ("kwargs |= {'session': 0}", {"name": "a"}),
        ("prepare(kwargs)", {"name": "a"}),
        ("own = kwargs; own['session'] = 0", {"name": "a"}),
        ("args = (0, *args)", {"name": "a"}),
        ("kwargs = {key.lower(): kwargs[key] for key in kwargs}", {"NAME": "a", "Session": 0}),
        ("kwargs.pop('trace', None)", {"name": "a", "session": 0, "trace": 1}),
        ("del kwargs['trace']", {"name": "a", "session": 0, "trace": 1}),
    ],
)  # fmt: skip
def test_a_decorator_that_changes_the_inputs_is_not_judged(
    info: Any, body: str, kwargs: dict[str, Any]
) -> None:
    wrapper = (
        "def prepare(given): given['session'] = 0\n"
        "def changing(fn):\n"
        "    @functools.wraps(fn)\n"
        "    def inner(*args, **kwargs):\n"
        "        {}\n"
        "        return fn(*args, **kwargs)\n"
        "    return inner\n"
        "@changing\n"
        "def f(session, name): return name\n"
    )
    source = wrapper.format(body)
    names: dict[str, Any] = {"functools": functools}
    exec(source, names)  # noqa: S102 - what Python says about the call
    assert names["f"](**kwargs) == "a"
    assert problems(info(source), [], kwargs) == ()
    looks = wrapper.format("print(f'{kwargs}', len(args), kwargs.get('a'), dict(**kwargs))")
    assert _messages(problems(info(looks), [], {"name": "a"})) == ["session is missing."]


# Types


@pytest.mark.parametrize(
    ("annotation", "value", "message"),
    [
        ("int", "5", 'x must be a whole number, not "5".'),
        ("str", None, "x must be text, not null."),
        ("list[str]", "a", 'x must be a list of texts, not "a".'),
        ("list[int]", [1, "b"], 'x[1] must be a whole number, not "b".'),
        ("Optional[int]", "b", 'x must be a whole number or null, not "b".'),
        ("Mode", "Fast", 'x must be one of "fast", "slow" (did you mean "fast"?), not "Fast".'),
        ("Literal[1, 2]", 3, "x must be one of 1, 2, not 3."),
        ("Optional[Mode]", "f", 'x must be one of "fast", "slow" or null, not "f".'),
        ("User", {"name": "a"}, "x.address is missing: a list."),
        ("User", {"name": 1, "address": []}, "x.name must be text, not 1."),
        (
            "User",
            {"name": "a", "address": [{"street": "s", "zip": "1"}]},
            'x.address[0].zip must be text that matches ^\\d{5}$, not "1".',
        ),
        (
            "User | None",
            {"name": "a", "address": [{"zip": "12345"}]},
            "x.address[0].street is missing: text.",
        ),
        ("Cat | Dog", {"kind": "dog"}, "x.breed is missing: text."),
        ("Cat | Dog", 5, "x must be an object (Cat) or an object (Dog), not 5."),
        ("dict[str, User]", {"a b": 5}, 'x["a b"] must be an object (User), not 5.'),
        ("Annotated[int, Field(ge=1, lt=10)]", 0, "x must be at least 1, not 0."),
        ("Annotated[int, Field(ge=1, lt=10)]", 10, "x must be less than 10, not 10."),
        (
            "Annotated[list[int], Field(max_length=1)]",
            [1, 2],
            "x must be a list of at most 1 items, not [1, 2].",
        ),
        ("tuple[int, str]", [1], "x must be a list of at least 2 items, not [1]."),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_a_doubt(
    info: Any, annotation: str, value: Any, message: str
) -> None:
    described = info(f"def f(x: {annotation}): ...")
    by_name, by_position = problems(described, [], {"x": value}), problems(described, [value], {})
    assert _messages(by_name) == [message]
    assert by_name == by_position
    assert (by_name[0].parameter, by_name[0].path[0], by_name[0].certain) == ("x", "x", False)


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("x: int", True),  # a bool is an int in Python
        ("x: float", False),
        ("x: float", 3),
        ("x: int = 'auto'", "none"),
        ("x: str = 5", 6),
        ("x: bool = 0", 1),
        ("x: list[str] = 'all'", "none"),
        ("x: Literal['a'] = 'b'", "c"),
    ],
)
def test_what_python_or_the_default_shows_to_be_fine_is_no_doubt(
    info: Any, parameter: str, value: Any
) -> None:
    assert problems(info(f"def f({parameter}): ..."), [], {"x": value}) == ()


def test_unpacked_keywords_are_checked_by_their_names(info: Any) -> None:
    source = "from typing import Unpack\ndef f(**more: Unpack[Cat]): ...\n"
    assert problems(info(source), [], {"kind": "cat", "lives": 9}) == ()
    found = problems(info(source), [], {"kind": "cat", "lives": "many"})
    assert _messages(found) == ['more.lives must be a whole number, not "many".']


def test_catch_all_parameters_are_checked_by_their_annotation(info: Any) -> None:
    described = info("def f(a, *rest: int, **more: str): ...")
    found = problems(described, [0, 1, "x"], {"b": "y", "c": 5})
    assert _messages(found) == [
        'rest[1] must be a whole number, not "x".',
        "more.c must be text, not 5.",
    ]


def test_a_pattern_that_takes_forever_is_not_tried(info: Any) -> None:
    slow = info('def f(x: Annotated[str, Field(pattern=r"^(a+)+$")]): ...')
    assert problems(slow, ["a" * 5000 + "!"], {}) == ()


def test_huge_and_deep_values_are_sent_unseen(info: Any) -> None:
    described = info("def f(x: list[list[int]]): ...")
    deep: list[Any] = []
    for _ in range(30_000):
        deep = [deep]
    assert problems(described, [[["a"]] * 60_000], {}) == ()
    assert problems(info("Deep = list['Deep'] | int\ndef f(x: Deep): ..."), [deep], {}) == ()
    assert len(problems(described, [[["a"]] * 1000], {})) == 20


@pytest.mark.parametrize(
    ("args", "kwargs", "message"),
    [
        ([], {}, None),
        ([{"a": 1}], {}, None),
        ([], {"payload": 1}, None),
        ([1, 2], {}, "A webhook takes one value, 2 were given."),
        (
            [1],
            {"payload": 1},
            "A webhook takes either one positional value or the keyword payload, not both.",
        ),
        ([], {"text": 1}, "A webhook takes no keyword text: send everything as payload."),
    ],
)  # fmt: skip
def test_webhooks_take_one_value(
    tmp_path: Path, args: list[Any], kwargs: dict[str, Any], message: str | None
) -> None:
    config = tmp_path / "runagent.config.json"
    hook = {"webhook_url": "http://127.0.0.1:1/x", "method": "post", "tag": "hook"}
    config.write_text(json.dumps({"agent_architecture": {"entrypoints": [hook]}}))
    project = load_project(config, DiskFiles())
    found = problems(describe(project.entrypoints[0], project), args, kwargs)
    assert _messages(found) == ([message] if message else [])
