"""Go with the module `github.com/runagent-dev/runagent-go`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from runagent_ls.features.client_code.model import ClientCode, ClientTarget
from runagent_ls.features.client_code.plan import Input, Plan, object_schema
from runagent_ls.features.client_code.planning import EXACT_IN_DOUBLES, beyond, plan_of
from runagent_ls.features.client_code.shell import bracketed
from runagent_ls.features.client_code.text import file_stem, free, json_lines, one_line
from runagent_ls.features.entrypoints import EntrypointInfo
from runagent_ls.features.types import Translator
from runagent_ls.features.types.names import pascal
from runagent_ls.jsontree.document import JsonValue

MODULE: Final = "github.com/runagent-dev/runagent-go"
_LARGEST: Final = 2**63 - 1
_TAKEN: Final = frozenset({"main", "init", "newClient"})
_INSTALL: Final = f"Get the module: go get {MODULE} (Go 1.23 or later; needs cgo, for SQLite)."
_UNNAMED: Final = "The library sends no user id and no persistent memory."
_ROUNDED: Final = (
    "The library passes structs through floating-point numbers: integers beyond 2^53 are rounded."
)


def generate(
    info: EntrypointInfo,
    target: ClientTarget,
    args: Sequence[JsonValue],
    kwargs: Mapping[str, JsonValue],
) -> ClientCode:
    """A program with a typed function and a call of it."""
    plan = plan_of(info, target, args, kwargs, few_positional=True, largest=_LARGEST)
    notes = [*plan.notes, _INSTALL, _UNNAMED]
    if beyond([plan.args, plan.kwargs], EXACT_IN_DOUBLES):
        notes.append(_ROUNDED)
    text = _Program(plan).text()
    return ClientCode(text, "go", f"{file_stem(info.tag)}_client.go", tuple(notes))


class _Program:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._types = Translator("go")
        title = f"{pascal(plan.tag, 'Agent')}Input"
        self._input = self._types.type(object_schema(plan.keyword, title), title)
        self._args = [(it, self._types.type(it.schema, it.name)) for it in plan.positional]
        self._name = free(f"Call{pascal(plan.tag, 'Agent')}", {*_TAKEN, self._input})

    def text(self) -> str:
        plan = self._plan
        types = [it for it in self._types.declarations() if plan.keyword or self._input not in it]
        blocks = ["\n".join(self._head()), *types, "\n".join(self._client())]
        blocks += ["\n".join(self._stream() if plan.streams else self._run())]
        blocks.append("\n".join(self._main()))
        return "\n\n".join(blocks) + "\n"

    def _head(self) -> Iterator[str]:
        plan = self._plan
        tag, agent = one_line(plan.tag), one_line(plan.target.agent_id)
        yield f"// Calls the entrypoint {tag} of the RunAgent agent {agent}."
        yield "package main"
        yield ""
        yield "import ("
        yield '\t"context"'
        if plan.inputs or plan.more or plan.rest:
            yield '\t"encoding/json"'
        yield '\t"fmt"'
        if plan.streams:
            yield '\t"iter"'
        yield '\t"log"'
        yield ""
        yield f'\trunagent "{MODULE}"'
        yield ")"

    def _client(self) -> Iterator[str]:
        target = self._plan.target
        yield "func newClient() (*runagent.RunAgentClient, error) {"
        yield "\treturn runagent.NewRunAgentClient(runagent.Config{"
        yield f"\t\tAgentID:       {_text(target.agent_id)},"
        yield f"\t\tEntrypointTag: {_text(self._plan.tag)},"
        if target.cloud:
            yield "\t\tLocal:         runagent.Bool(false), // the key comes from RUNAGENT_API_KEY"
        else:
            yield "\t\tLocal:         runagent.Bool(true), // without it the cloud is called"
            if target.host is not None:
                yield f"\t\tHost:          {_text(bracketed(target.host))},"
                yield f"\t\tPort:          {target.port},"
        yield "\t})"
        yield "}"

    def _parameters(self) -> str:
        plan = self._plan
        found = ["ctx context.Context", "client *runagent.RunAgentClient"]
        if plan.positional or plan.rest:
            found.append("args []any")
        if plan.keyword:
            found.append(f"input {self._input}")
        if plan.more:
            found.append("more map[string]any")
        return ", ".join(found)

    def _passed(self) -> str:
        plan = self._plan
        found = ["ctx"]
        found += ["runagent.Args(args...)"] if plan.positional or plan.rest else []
        found += ["input"] if plan.keyword else []
        found += ["runagent.Kws(more)"] if plan.more else []
        return ", ".join(found)

    def _documentation(self) -> Iterator[str]:
        yield f"// {self._name} calls the entrypoint {one_line(self._plan.tag)}."
        lines = self._plan.documentation.strip().splitlines()
        yield from (f"// {line}".rstrip() for line in ["", *lines] if lines)
        for it, text in self._args:
            yield f"// args: {it.name} {text}{_optional(it)}"

    def _run(self) -> Iterator[str]:
        yield from self._documentation()
        yield f"func {self._name}({self._parameters()}) (any, error) {{"
        yield f"\treturn client.Run({self._passed()})"
        yield "}"

    def _stream(self) -> Iterator[str]:
        yield from self._documentation()
        yield f"func {self._name}({self._parameters()}) iter.Seq2[any, error] {{"
        yield "\treturn func(yield func(any, error) bool) {"
        yield f"\t\tstream, err := client.RunStream({self._passed()})"
        yield "\t\tif err != nil {"
        yield "\t\t\tyield(nil, err)"
        yield "\t\t\treturn"
        yield "\t\t}"
        yield "\t\tdefer stream.Close()"
        yield "\t\tfor {"
        yield "\t\t\tchunk, more, err := next(ctx, stream)"
        yield "\t\t\tif err != nil {"
        yield "\t\t\t\tyield(nil, err)"
        yield "\t\t\t\treturn"
        yield "\t\t\t}"
        yield "\t\t\tif !more || !yield(chunk, nil) {"
        yield "\t\t\t\treturn"
        yield "\t\t\t}"
        yield "\t\t}"
        yield "\t}"
        yield "}"
        yield ""
        yield "// next gives an error where the library panics: when the agent's function fails."
        yield "func next("
        yield "\tctx context.Context,"
        yield "\tstream *runagent.StreamIterator,"
        yield ") (chunk any, more bool, err error) {"
        yield "\tdefer func() {"
        yield "\t\tif failure := recover(); failure != nil {"
        yield '\t\t\terr = fmt.Errorf("the stream failed: %v", failure)'
        yield "\t\t}"
        yield "\t}()"
        yield "\treturn stream.Next(ctx)"
        yield "}"

    def _main(self) -> Iterator[str]:
        plan = self._plan
        yield "func main() {"
        yield "\tclient, err := newClient()"
        yield from _failing()
        yield from (f"\t// {remark}" for remark in plan.remarks)
        passed = ["context.Background()", "client"]
        for name, kind, value, is_used in (
            ("args", "[]any", plan.args, bool(plan.positional or plan.rest)),
            ("input", self._input, plan.keyword_values, bool(plan.keyword)),
            ("more", "map[string]any", dict(plan.more_values), bool(plan.more)),
        ):
            if is_used:
                passed.append(name)
                yield f"\tvar {name} {kind}"
                yield f"\terr = json.Unmarshal([]byte({_raw(value)}), &{name})"
                yield from _failing()
        call = f"{self._name}({', '.join(passed)})"
        if plan.streams:
            yield f"\tfor chunk, err := range {call} {{"
            yield from (f"\t{line}" for line in _failing())
            yield "\t\tfmt.Println(chunk)"
            yield "\t}"
        else:
            yield f"\tresult, err := {call}"
            yield from _failing()
            yield "\tfmt.Println(result)"
        yield "}"


def _failing() -> Iterator[str]:
    yield "\tif err != nil {"
    yield "\t\tlog.Fatal(err)"
    yield "\t}"


def _optional(it: Input) -> str:
    return "" if it.required else " (may be left out at the end)"


def _raw(value: JsonValue) -> str:
    """JSON in back quotes, which JSON can say in another way."""
    return f"`{json_lines(value).replace('`', chr(92) + 'u0060')}`"


def _text(text: str) -> str:
    """A text of Go, with everything that is not plainly seen escaped."""
    safe = text.encode("utf-8", "replace").decode("utf-8")
    inner = "".join(
        f"\\{char}" if char in '"\\' else char if char.isprintable() else f"\\U{ord(char):08x}"
        for char in safe
    )
    return f'"{inner}"'
