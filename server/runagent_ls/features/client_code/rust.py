"""Rust with the crate `runagent`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from runagent_ls.features.client_code.model import ClientCode, ClientTarget
from runagent_ls.features.client_code.plan import Plan, object_schema
from runagent_ls.features.client_code.planning import beyond, plan_of
from runagent_ls.features.client_code.shell import bracketed
from runagent_ls.features.client_code.text import file_stem, free, json_lines, one_line
from runagent_ls.features.entrypoints import EntrypointInfo
from runagent_ls.features.types import Translator, identifier
from runagent_ls.features.types.names import pascal
from runagent_ls.jsontree.document import JsonValue

_LARGEST: Final = 2**63 - 1
_TAKEN: Final = frozenset({"main", "keywords", "connect"})
_CRATES: Final = (
    "cargo add runagent serde_json && cargo add serde --features derive"
    " && cargo add tokio --features full"
)
_STREAM_CRATE: Final = " && cargo add futures"
_ASKS: Final = "The library asks for the agent's entrypoints when the client is made."
_ROUNDED: Final = "serde_json rounds integers beyond 64 bits to floating-point numbers."
_STREAM: Final = "Pin<Box<dyn Stream<Item = RunAgentResult<Value>> + Send>>"


def generate(
    info: EntrypointInfo,
    target: ClientTarget,
    args: Sequence[JsonValue],
    kwargs: Mapping[str, JsonValue],
) -> ClientCode:
    """A program with a typed function and a call of it."""
    plan = plan_of(info, target, args, kwargs, few_positional=True, largest=_LARGEST)
    install = f"Add the crates: {_CRATES}{_STREAM_CRATE if plan.streams else ''}"
    notes = [*plan.notes, install, _ASKS]
    if beyond([plan.args, plan.kwargs], 2 * _LARGEST + 1):
        notes.append(_ROUNDED)
    text = _Program(plan).text()
    return ClientCode(text, "rust", f"{file_stem(info.tag)}_client.rs", tuple(notes))


class _Program:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._types = Translator("rust")
        title = f"{pascal(plan.tag, 'Agent')}Input"
        self._input = self._types.type(object_schema(plan.keyword, title), title)
        self._args = [(it, self._types.type(it.schema, it.name)) for it in plan.positional]
        self._name = free(identifier(plan.tag, "rust"), _TAKEN)
        self._by_position = bool(plan.positional or plan.rest)

    def text(self) -> str:
        declarations = [
            it
            for it in self._types.declarations()
            if self._plan.keyword or f"struct {self._input} " not in it
        ]
        uses = sorted({*(self._types.imports() if declarations else ()), *self._uses()})
        blocks = [f"{self._header()}\n\n" + "\n".join(uses), *declarations]
        blocks += ["\n".join(self._client()), "\n".join(self._function())]
        if self._plan.keyword or self._plan.more:
            blocks.append(_KEYWORDS.rstrip())
        blocks.append("\n".join(self._main()))
        return "\n\n".join(blocks) + "\n"

    def _header(self) -> str:
        tag, agent = one_line(self._plan.tag), one_line(self._plan.target.agent_id)
        return f"//! Calls the entrypoint {tag} of the RunAgent agent {agent}."

    def _uses(self) -> Iterator[str]:
        yield "use runagent::{RunAgentClient, RunAgentClientConfig, RunAgentResult};"
        yield "use serde_json::Value;"
        if self._plan.streams:
            yield "use futures::{Stream, StreamExt};"
            yield "use std::pin::Pin;"

    def _client(self) -> Iterator[str]:
        target = self._plan.target
        agent, tag = _text(target.agent_id), _text(self._plan.tag)
        yield "async fn connect() -> RunAgentResult<RunAgentClient> {"
        yield f"    let config = RunAgentClientConfig::new({agent}, {tag})"
        if target.cloud:
            yield "        .with_local(false); // the key comes from RUNAGENT_API_KEY"
        elif target.host is None:
            yield "        .with_local(true); // found in the registry; the cloud without it"
        else:
            yield "        .with_local(true) // without it the cloud is called"
            yield f"        .with_address({_text(bracketed(target.host))}, {target.port})"
            yield "        .with_enable_registry(false);"
        yield "    RunAgentClient::new(config).await"
        yield "}"

    def _function(self) -> Iterator[str]:
        plan = self._plan
        lines = plan.documentation.strip().splitlines()
        yield from (f"/// {line}".rstrip() for line in lines)
        for it, text in self._args:
            optional = "" if it.required else " (may be left out at the end)"
            yield f"/// args: {it.name} {text}{optional}"
        parameters = ["client: &RunAgentClient"]
        parameters += ["args: &[Value]"] if self._by_position else []
        parameters += [f"input: &{self._input}"] if plan.keyword else []
        parameters += ["more: &[(&str, Value)]"] if plan.more else []
        result = _STREAM if plan.streams else "Value"
        yield f"pub async fn {self._name}("
        yield from (f"    {it}," for it in parameters)
        yield f") -> RunAgentResult<{result}> {{"
        named = "&[]"
        if plan.keyword:
            yield "    let fields = serde_json::to_value(input)?;"
            yield f"    let {'mut ' if plan.more else ''}given = keywords(&fields);"
            if plan.more:
                yield "    given.extend_from_slice(more);"
            named = "&given"
        elif plan.more:
            named = "more"
        method = "run_stream" if plan.streams else "run"
        call = f"{method}_with_args(args, {named})" if self._by_position else f"{method}({named})"
        yield f"    client.{call}.await"
        yield "}"

    def _main(self) -> Iterator[str]:
        plan = self._plan
        yield "#[tokio::main]"
        yield "async fn main() -> RunAgentResult<()> {"
        yield "    let client = connect().await?;"
        yield from (f"    // {remark}" for remark in plan.remarks)
        passed = ["&client"]
        if self._by_position:
            yield f"    let args: Vec<Value> = serde_json::from_str({_raw(plan.args)})?;"
            passed.append("&args")
        if plan.keyword:
            given = _raw(plan.keyword_values)
            yield f"    let input: {self._input} = serde_json::from_str({given})?;"
            passed.append("&input")
        if plan.more:
            yield f"    let more: Value = serde_json::from_str({_raw(dict(plan.more_values))})?;"
            passed.append("&keywords(&more)")
        call = f"{self._name}({', '.join(passed)})"
        if plan.streams:
            yield f"    let mut chunks = {call}.await?;"
            yield "    while let Some(chunk) = chunks.next().await {"
            yield '        println!("{}", chunk?);'
            yield "    }"
        else:
            yield f"    let result = {call}.await?;"
            yield '    println!("{result}");'
        yield "    Ok(())"
        yield "}"


_KEYWORDS: Final = """\
fn keywords(fields: &Value) -> Vec<(&str, Value)> {
    let fields = fields.as_object().into_iter().flatten();
    fields.map(|(name, value)| (name.as_str(), value.clone())).collect()
}
"""


def _raw(value: JsonValue) -> str:
    """JSON in a raw string, with as many marks around it as it takes."""
    text, marks = json_lines(value), "#"
    while f'"{marks}' in text:
        marks += "#"
    return f'r{marks}"{text}"{marks}'


def _text(text: str) -> str:
    """A text of Rust, with everything that is not plainly seen escaped."""
    safe = text.encode("utf-8", "replace").decode("utf-8")
    inner = "".join(
        f"\\{char}" if char in '"\\' else char if char.isprintable() else f"\\u{{{ord(char):x}}}"
        for char in safe
    )
    return f'"{inner}"'
