"""Whatever the parameters and values are, the code parses and sends just these values."""

from __future__ import annotations

import ast
import json
import re
import sys
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runagent_ls.features.client_code import ClientCodeError, ClientLanguage, ClientTarget, generate
from runagent_ls.features.client_code.planning import plan_of
from runagent_ls.features.entrypoints import EntrypointInfo, ParameterInfo
from runagent_ls.pyfile.model import Parameter, ParameterKind
from runagent_ls.pyfile.signature_schema import MISSING
from runagent_ls.text.position import Span

TARGET = ClientTarget("an-id", host="127.0.0.1", port=8450)
SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.floats(allow_nan=False)
JSON = st.recursive(
    SCALARS.filter(lambda it: not isinstance(it, float) or abs(it) != float("inf")),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(
    ["name", "type", "client", "result", "given", "input", "args", "value", "k", "print", "Any"]
) | st.sampled_from(
    ["_UNSET", "RunAgentClient", "fn", "func", "élan", "chunks", "tag_", "int", "dict"]
)
KNOWN: list[dict[str, Any]] = [
    {},
    {"type": "integer"},
    {"type": ["string", "null"]},
    {"enum": ["a", 'q"', 3]},
    {"type": "array", "items": {"type": "number"}},
    {
        "title": "Any",
        "type": "object",
        "properties": {"class": {"type": "string"}, "a b": {"type": "integer"}},
        "required": ["class"],
    },
]
SCHEMAS = st.sampled_from(KNOWN)
KINDS: tuple[ParameterKind, ...] = ("positional_only", "positional_or_keyword", "keyword_only")


@st.composite
def infos(draw: st.DrawFn) -> EntrypointInfo:
    names = draw(st.lists(NAMES, unique=True, max_size=5))
    kinds = sorted((draw(st.sampled_from(KINDS)) for _ in names), key=KINDS.index)
    needed = sorted((draw(st.booleans()) for _ in names), reverse=True)
    parameters = []
    for name, kind, required in zip(names, kinds, needed, strict=True):
        default = MISSING if required else draw(st.just(MISSING) | JSON)
        parameter = Parameter(name, kind, None, None if required else "...", Span(0, 0))
        parameters.append(ParameterInfo(parameter, required, default, draw(SCHEMAS)))
    if draw(st.booleans()):
        rest = Parameter("more_", "var_keyword", None, None, Span(0, 0))
        parameters.append(ParameterInfo(rest, False, MISSING, {"type": "object"}))
    return EntrypointInfo(
        tag=draw(st.text(max_size=8)) + draw(st.sampled_from(["", "_stream"])),
        kind="python",
        streams=False,
        signature="f(...)",
        documentation=draw(st.none() | st.text()),
        parameters=tuple(parameters),
        input_schema={},
        signature_certain=True,
    )


@st.composite
def calls(draw: st.DrawFn) -> tuple[EntrypointInfo, dict[str, Any]]:
    info = draw(infos())
    values = {
        it.parameter.name: draw(JSON) for it in info.parameters if it.parameter.name != "more_"
    }
    return info, {name: value for name, value in values.items() if draw(st.booleans())}


class Recording:
    """In place of the library."""

    calls: ClassVar[list[tuple[list[Any], dict[str, Any]]]] = []

    def __init__(self, **_: object) -> None: ...

    def run(self, *args: Any, **kwargs: Any) -> None:
        self.calls.append((list(args), kwargs))


def same(found: object, expected: object) -> bool:
    """Equal as JSON: 1, 1.0 and true are three values."""
    return json.dumps(found) == json.dumps(expected)


@settings(deadline=None, max_examples=300)
@given(calls())
def test_python_sends_the_values(call: tuple[EntrypointInfo, dict[str, Any]]) -> None:
    info, kwargs = call
    code = generate(info, "python", TARGET, (), kwargs).text
    code.encode("utf-8")
    plan = plan_of(info, TARGET, (), kwargs)
    library = type(sys)("runagent")
    vars(library)["RunAgentClient"] = Recording
    Recording.calls.clear()
    before = sys.modules.get("runagent")
    sys.modules["runagent"] = library
    try:
        # The code under test is the program itself.
        exec(compile(code, "program.py", "exec"), {"__name__": "__main__"})  # noqa: S102
    finally:
        del sys.modules["runagent"]
        if before is not None:
            sys.modules["runagent"] = before
    ((args, sent),) = Recording.calls
    defaults = {
        it.name: it.default
        for it in plan.inputs
        if it.name not in plan.values and isinstance(it.default, str | int | float | None)
    }
    assert same(args[: len(plan.args)], plan.args)
    assert len(args) <= len(plan.positional)
    rest = plan.positional[len(plan.args) :]
    assert same(args[len(plan.args) :], [it.default for it in rest[: len(args) - len(plan.args)]])
    named = {it.name: defaults[it.name] for it in plan.keyword if it.name in defaults}
    assert {k: json.dumps(v) for k, v in sent.items()} == {
        k: json.dumps(v) for k, v in {**named, **plan.kwargs}.items()
    }
    placed = {**plan.values, **plan.more_values}
    assert all(same(placed[name], value) for name, value in kwargs.items())


@settings(deadline=None, max_examples=150)
@given(calls(), st.sampled_from(["go", "rust", "curl"]))
def test_json_in_the_code_is_the_values(
    call: tuple[EntrypointInfo, dict[str, Any]], language: Any
) -> None:
    info, kwargs = call
    code = generate(info, language, TARGET, (), kwargs).text
    code.encode("utf-8")
    plan = plan_of(info, TARGET, (), kwargs, few_positional=True)
    if language == "curl":
        found = re.search(r"--data-binary '(.*)' \\\n  \"http", code, re.DOTALL)
        assert found is not None
        request = json.loads(found[1].replace("'\"'\"'", "'"))
        assert same([request["input_args"], request["input_kwargs"]], [plan.args, plan.kwargs])
        return
    pattern = r'r(#+)"(.*?)"\1\)\?' if language == "rust" else r"\[\]byte\((`)(.*?)`\), &"
    written = [json.loads(it[1]) for it in re.findall(pattern, code, re.DOTALL)]
    sent = {key: value for it in written if isinstance(it, dict) for key, value in it.items()}
    assert same(sent, plan.kwargs)
    assert all(same(it, plan.args) for it in written if isinstance(it, list))


@settings(deadline=None, max_examples=100)
@given(st.text(), st.text())
def test_texts_of_others_cannot_leave_their_comment(documentation: str, text: str) -> None:
    info = EntrypointInfo(text, "python", False, "f()", documentation, (), {}, True)
    target = ClientTarget(text or "x")
    tree = ast.parse(generate(info, "python", target).text)
    kinds = [type(node).__name__ for node in tree.body]
    assert kinds == ["ImportFrom", "ImportFrom", "ImportFrom", "Assign", "FunctionDef", "If"]
    others: tuple[ClientLanguage, ...] = ("go", "rust", "typescript")
    for language in others:
        code = generate(info, language, target).text
        assert all(char.isprintable() or char in "\n\t" for char in code)
        if language == "typescript":
            assert code.count("*/") == code.count("/**")


def test_numbers_that_json_lacks_are_refused() -> None:
    info = EntrypointInfo("t", "python", False, None, None, (), {}, True)
    with pytest.raises(ClientCodeError, match="NaN"):
        generate(info, "go", TARGET, [float("nan")])
