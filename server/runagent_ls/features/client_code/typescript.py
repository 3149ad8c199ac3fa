"""TypeScript with the package `runagent`; without it where it cannot say what has to be said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from runagent_ls.features.client_code import typescript_fetch
from runagent_ls.features.client_code.literals import TYPESCRIPT
from runagent_ls.features.client_code.model import ClientCode, ClientCodeError, ClientTarget
from runagent_ls.features.client_code.plan import Plan, object_schema
from runagent_ls.features.client_code.planning import EXACT_IN_DOUBLES, beyond, plan_of
from runagent_ls.features.client_code.shell import bracketed
from runagent_ls.features.client_code.text import file_stem, free, jsdoc, json_text, one_line
from runagent_ls.features.entrypoints import EntrypointInfo
from runagent_ls.features.types import Translator, identifier
from runagent_ls.features.types.names import pascal
from runagent_ls.jsontree.document import JsonValue

_TAKEN: Final = frozenset({"RunAgentClient", "client", "console", "fetch", "process", "url"})
_MODULE_NOTE: Final = "The file is an ES module, for its await at the top."
_ROUNDED_NOTE: Final = "JavaScript rounds integers beyond 2^53, also those in this code."
_LOST: Final = (
    "// The library (0.1.49) drops chunks that arrive together with the end of the stream."
)


def generate(
    info: EntrypointInfo,
    target: ClientTarget,
    args: Sequence[JsonValue],
    kwargs: Mapping[str, JsonValue],
) -> ClientCode:
    """A module with a typed function and a call of it.

    Raises ClientCodeError for a stream with positional inputs, which nothing here can call.
    """
    plan = plan_of(info, target, args, kwargs, few_positional=True)
    if plan.streams and (plan.positional or plan.rest):
        raise ClientCodeError(
            "RunAgent's TypeScript library cannot send inputs by position, and"
            f" {one_line(plan.tag)} takes some only so.",
            "Let the function take them by name, or write the code in another language.",
        )
    parts = _Parts.of(plan)
    by_rest = bool(plan.positional or plan.rest)
    if by_rest:
        client = typescript_fetch.client_lines(plan)
        function = typescript_fetch.function_lines(plan, parts.name, parts.input, parts.output)
    else:
        client, function = _client(plan), _function(plan, parts)
    text = "\n\n".join(
        "\n".join(block)
        for block in [list(_header(plan)), list(client), *parts.types, list(function), _main(parts)]
        if block
    )
    return ClientCode(
        f"{text}\n", "typescript", f"{file_stem(info.tag)}_client.ts", _notes(plan, by_rest=by_rest)
    )


@dataclass(frozen=True, slots=True)
class _Parts:
    """Names, types and values of one program."""

    plan: Plan
    name: str
    input: str | None
    """Type of the object with the keyword inputs, None when there are none."""
    output: str
    types: list[list[str]]

    @classmethod
    def of(cls, plan: Plan) -> _Parts:
        translator = Translator("typescript")
        output = translator.type(plan.output, f"{plan.tag} result") if plan.output else "unknown"
        found = None
        if plan.keyword:
            title = f"{pascal(plan.tag, 'Agent')}Input"
            found = translator.type(object_schema(plan.keyword, title), title)
        if plan.more:
            found = f"{found} & Record<string, unknown>" if found else "Record<string, unknown>"
        types = [it.splitlines() for it in translator.declarations()]
        name = free(identifier(plan.tag, "typescript"), _TAKEN)
        return cls(plan, name, found, "unknown" if output == "null" else output, types)

    @property
    def input_parameter(self) -> list[str]:
        if self.input is None:
            return []
        optional = not any(it.required for it in self.plan.keyword)
        return [f"input: {self.input}{' = {}' if optional else ''}"]


def _header(plan: Plan) -> Iterator[str]:
    tag, agent = one_line(plan.tag), one_line(plan.target.agent_id)
    yield f"// Calls the entrypoint {tag} of the RunAgent agent {agent}."


def _client(plan: Plan) -> Iterator[str]:
    target = plan.target
    yield 'import { RunAgentClient } from "runagent";'
    yield ""
    yield "const client = new RunAgentClient({"
    yield f"  agentId: {json_text(target.agent_id)},"
    yield f"  entrypointTag: {json_text(plan.tag)},"
    if target.cloud:
        yield "  local: false, // the key comes from RUNAGENT_API_KEY"
    else:
        yield "  local: true, // without it the cloud is called"
        if target.host is not None:
            yield f"  host: {json_text(bracketed(target.host))},"
            yield f"  port: {target.port},"
            yield "  enableRegistry: false,"
        else:
            yield "  // found in the registry of the home folder; host and port name an address"
    yield "});"


def _function(plan: Plan, parts: _Parts) -> Iterator[str]:
    yield from jsdoc(plan.documentation)
    given = "{ ...input }" if parts.input else ""
    parameters = ", ".join(parts.input_parameter)
    if plan.streams:
        result = f"AsyncGenerator<{parts.output}>"
        yield f"export async function* {parts.name}({parameters}): {result} {{"
        yield f"  // {_LOST}"
        yield f"  for await (const chunk of client.runStream({given})) {{"
        yield f"    yield chunk as {parts.output};"
        yield "  }"
    else:
        yield f"export async function {parts.name}({parameters}): Promise<{parts.output}> {{"
        yield f"  return (await client.run({given})) as {parts.output};"
    yield "}"


def _main(parts: _Parts) -> list[str]:
    plan = parts.plan
    lines = [f"// {remark}" for remark in plan.remarks]
    values = [TYPESCRIPT.write(plan.args, 20)] if plan.positional or plan.rest else []
    if parts.input is not None and (plan.kwargs or any(it.required for it in plan.keyword)):
        values.append(TYPESCRIPT.write(plan.kwargs, 20))
    call = f"{parts.name}({', '.join(values)})"
    if plan.streams:
        return [*lines, f"for await (const chunk of {call}) {{", "  console.log(chunk);", "}"]
    return [*lines, f"console.log(await {call});"]


def _notes(plan: Plan, *, by_rest: bool) -> tuple[str, ...]:
    notes = [*plan.notes, _MODULE_NOTE]
    if by_rest:
        notes.append(
            "RunAgent's TypeScript library cannot send inputs by position; the code asks the"
            " server itself."
        )
    else:
        packages = ["runagent", *(["ws"] if plan.streams else [])]
        if not plan.target.cloud and plan.target.host is None:
            packages.append("better-sqlite3")
        notes.append(f"Install in Node: npm install {' '.join(packages)}")
    if plan.streams:
        notes.append(_LOST + " A short pause before the end avoids it.")
    if beyond([plan.args, plan.kwargs], EXACT_IN_DOUBLES):
        notes.append(_ROUNDED_NOTE)
    return tuple(notes)
