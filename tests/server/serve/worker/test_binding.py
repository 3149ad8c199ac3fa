"""What is said of arguments that do not fit, and when nothing is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from worker_client import Worker, agent, entry

SOURCE = """
import functools

def greet(name, times=1, *, loud=False):
    return name

async def greet_later(name, times=1, *, loud=False):
    return name

def greet_items(name, times=1, *, loud=False):
    yield name

async def greet_later_items(name, times=1, *, loud=False):
    yield name

def only(a, b, /):
    return a

def any_others(a, **others):
    return a

def more(*items, key):
    return key

def nothing():
    return 1

def inside(value):
    return len(value)

def wrongs_itself(value):
    return inside()

@functools.wraps(greet)
def wrapper(*args, **kwargs):
    return greet(*args, **kwargs)

class Greeter:
    def __init__(self, name):
        self.name = name
    def greet(self, name):
        return name

greeter = Greeter("x")
"""
TAGS = ["greet", "greet_later", "only", "any_others", "more", "nothing", "inside", "wrapper"]


@pytest.fixture(scope="module")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    more = [
        entry("greet_stream", "greet_items"),
        entry("greet_later_stream", "greet_later_items"),
        entry("wrongs_itself"),
        entry("Greeter"),
        entry("method", "greeter.greet"),
    ]
    with agent(tmp_path_factory.mktemp("binding"), SOURCE, *TAGS, *more) as running:
        yield running


@pytest.mark.parametrize(
    ("tag", "args", "kwargs", "problems"),
    [
        ("greet", [], {}, [("name", "required, but not given")]),
        (
            "greet",
            [],
            {"nme": "bob", "zzz": 1},
            [
                ("nme", "no such parameter; did you mean 'name'?"),
                ("zzz", "no such parameter"),
                ("name", "required, but not given"),
            ],
        ),
        ("greet", ["a"], {"name": "b"}, [("name", "given twice: by position and by name")]),
        ("greet", ["a", 1, True], {}, [(None, "takes 2 positional arguments, but 3 were given")]),
        ("nothing", [1], {}, [(None, "takes 0 positional arguments, but 1 were given")]),
        ("greet_later", [], {}, [("name", "required, but not given")]),
        ("greet_stream", [], {}, [("name", "required, but not given")]),
        ("greet_later_stream", [], {}, [("name", "required, but not given")]),
        (
            "only",
            ["x"],
            {"b": 2},
            [("b", "no such parameter"), ("b", "required, but not given")],
        ),
        ("any_others", [], {"b": 1}, [("a", "required, but not given")]),
        ("more", [1, 2], {}, [("key", "required, but not given")]),
        ("wrapper", [], {}, [("name", "required, but not given")]),
        ("Greeter", [], {}, [("name", "required, but not given")]),
        ("method", [], {}, [("name", "required, but not given")]),
    ],
)
def test_each_misfit_is_named(
    worker: Worker,
    tag: str,
    args: list[Any],
    kwargs: dict[str, Any],
    problems: list[tuple[str | None, str]],
) -> None:
    error = worker.error(tag, *args, **kwargs)
    assert (error["kind"], error["exception"]) == ("raised", "TypeError")
    assert "argument" in error["message"]
    assert [(it["parameter"], it["message"]) for it in error["problems"]] == problems


@pytest.mark.parametrize(("tag", "args"), [("inside", [5]), ("wrongs_itself", [1])])
def test_a_type_error_of_the_function_is_no_misfit(
    worker: Worker, tag: str, args: list[Any]
) -> None:
    error = worker.error(tag, *args)
    assert error["exception"] == "TypeError"
    assert error["problems"] == []
