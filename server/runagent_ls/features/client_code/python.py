"""Python with the package `runagent`."""

from __future__ import annotations

import keyword
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from runagent_ls.features.client_code.literals import PYTHON, python_scalar
from runagent_ls.features.client_code.model import ClientCode, ClientCodeError, ClientTarget
from runagent_ls.features.client_code.plan import Input, Plan
from runagent_ls.features.client_code.planning import plan_of
from runagent_ls.features.client_code.python_types import PythonTypes
from runagent_ls.features.client_code.shell import bracketed
from runagent_ls.features.client_code.text import WIDTH, file_stem, free, one_line
from runagent_ls.features.entrypoints import EntrypointInfo
from runagent_ls.jsontree.document import JsonValue
from runagent_ls.pyfile.signature_schema import Missing

_TAKEN: Final = frozenset({"RunAgentClient", "Any", "Iterator", "print"})
_NOTES: Final = (
    "Install the library: pip install runagent",
    "The library prints lines of its own to standard output, and asks the template repository"
    " for news each time a client is made; RUNAGENT_TEMPLATE_REPO may name a local one.",
)
_LOCAL_NOTE: Final = (
    "If an API key is known, the library sends it to this host too: it makes no difference"
    " between the cloud and an agent of your own."
)
_CLOUD_NOTE: Final = (
    "The library takes the key that `runagent` has stored, else that of RUNAGENT_API_KEY."
)


def generate(
    info: EntrypointInfo,
    target: ClientTarget,
    args: Sequence[JsonValue],
    kwargs: Mapping[str, JsonValue],
) -> ClientCode:
    """A module with a function like the agent's own, and a call of it.

    Raises ClientCodeError for inputs that the library cannot send.
    """
    plan = plan_of(info, target, args, kwargs)
    if "self" in plan.kwargs:
        raise ClientCodeError(
            "RunAgent's Python library cannot send an input named self by its name.",
            "Write the code in another language, or rename the input.",
        )
    notes = (*plan.notes, *_NOTES, _CLOUD_NOTE if target.cloud else _LOCAL_NOTE)
    return ClientCode(_Module(plan).text(), "python", f"{file_stem(info.tag)}_client.py", notes)


class _Module:
    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._types = PythonTypes()
        parameters = {it.name for it in (*plan.inputs, plan.rest, plan.more) if it is not None}
        taken = parameters | _TAKEN
        stem = file_stem(plan.tag)
        stem = f"call_{stem}" if stem[0].isdigit() else stem
        wanted = f"{stem}_" if keyword.iskeyword(stem) else stem
        self._name = free(wanted, {*_TAKEN, "client", "_UNSET"})
        self._client = free("client", {*taken, self._name})
        self._unset = free("_UNSET", taken)
        self._given = free("given", taken)
        self._result = free("result", taken)

    def text(self) -> str:
        plan = self._plan
        output = self._types.type(plan.output, f"{plan.tag} result")
        output = "Any" if output == "None" else output  # nothing to print would be no example
        function = list(self._function(output))
        declarations = self._types.declarations()
        head = list(self._imports(uses_any="Any" in " ".join(function) or output == "Any"))
        parts = ["\n".join([*self._header(), *head, "", *self._client_lines()])]
        parts += [*declarations, "\n".join(function), "\n".join(self._main())]
        return "\n\n\n".join(parts) + "\n"

    def _header(self) -> Iterator[str]:
        tag, agent = one_line(self._plan.tag), one_line(self._plan.target.agent_id)
        yield f"# Calls the entrypoint {tag} of the RunAgent agent {agent}."
        yield "# Needs the package of RunAgent: pip install runagent"
        yield ""

    def _imports(self, *, uses_any: bool) -> Iterator[str]:
        yield "from __future__ import annotations"
        yield ""
        if self._plan.streams:
            yield "from collections.abc import Iterator"
        names = {*self._types.imports, *(["Any"] if uses_any or self._unsaid() else [])}
        late = names & {"NotRequired"}
        names = names - late | ({"TYPE_CHECKING"} if late else set())
        if names:
            yield f"from typing import {', '.join(sorted(names))}"
        if names or self._plan.streams:
            yield ""
        yield "from runagent import RunAgentClient"
        if late:
            # Older Pythons do not have it, and need not: nothing evaluates it.
            yield from ("", "if TYPE_CHECKING:", "    from typing import NotRequired")

    def _client_lines(self) -> Iterator[str]:
        plan, target = self._plan, self._plan.target
        if self._unsaid():
            yield f"{self._unset}: Any = object()"
            yield "# Stands for an input that is not sent: the agent's own default holds."
            yield ""
        yield f"{self._client} = RunAgentClient("
        yield f"    agent_id={python_scalar(target.agent_id)},"
        yield f"    entrypoint_tag={python_scalar(plan.tag)},"
        if target.cloud:
            yield "    local=False,  # the library's own default is True"
        elif target.host is not None:
            yield f"    host={python_scalar(bracketed(target.host))},"
            yield f"    port={target.port},  # without it the host is ignored"
        else:
            yield "    # The address is looked up in the local registry; host= and port= name one."
        yield ")"

    def _unsaid(self) -> list[Input]:
        """Inputs whose default Python code cannot repeat safely: sent only when given.

        What follows such a one by position is among them: it would move into its place.
        """
        found: list[Input] = []
        for it in self._plan.positional:
            if found or not (it.required or _is_plain(it.default)):
                found.append(it)
        named = self._plan.keyword
        return found + [it for it in named if not it.required and not _is_plain(it.default)]

    def _function(self, output: str) -> Iterator[str]:
        plan = self._plan
        result = f"Iterator[{output}]" if plan.streams else output
        head = f"def {self._name}("
        parameters = self._parameters()
        line = f"{head}{', '.join(parameters)}) -> {result}:"
        if len(line) <= WIDTH:
            yield line
        else:
            yield head
            yield from (f"    {it}," if it[:2] != "**" else f"    {it}" for it in parameters)
            yield f") -> {result}:"
        yield from _docstring(plan.documentation)
        yield from self._body(output)

    def _parameters(self) -> list[str]:
        plan = self._plan
        found = [self._parameter(it) for it in plan.positional]
        if found:
            found.append("/")
        if plan.rest is not None:
            found.append(f"*{plan.rest.name}: {self._item_type(plan.rest, 'items')}")
        elif _needs_star(plan):
            found.append("*")
        found += [self._parameter(it) for it in plan.keyword]
        if plan.more is not None:
            item = self._item_type(plan.more, "additionalProperties")
            found.append(f"**{plan.more.name}: {item}")
        return found

    def _parameter(self, it: Input) -> str:
        text = self._types.type(it.schema, it.name)
        if it.required:
            return f"{it.name}: {text}"
        if it in self._unsaid():
            return f"{it.name}: {text} = {self._unset}"
        if it.default is None and "None" not in text and text != "Any":
            text += " | None"
        return f"{it.name}: {text} = {python_scalar(_json(it.default))}"

    def _item_type(self, it: Input, key: str) -> str:
        inner = it.schema.get(key)
        if not isinstance(inner, dict):
            return "Any"
        definitions = it.schema.get("$defs")
        whole = {**inner, "$defs": definitions} if definitions else inner
        return self._types.type(whole, it.name)

    def _body(self, output: str) -> Iterator[str]:
        plan = self._plan
        unsaid = [it.name for it in self._unsaid()]
        named = [it.name for it in plan.keyword]
        parts = self._positions(unsaid)
        parts += [f"{name}={name}" for name in named if name not in unsaid]
        sometimes = [name for name in named if name in unsaid]
        if sometimes:
            pairs = {name: name for name in sometimes}
            inner = ", ".join(f'"{name}": {name}' for name in pairs)
            yield f"    {self._given} = {{{inner}}}"
            test = f"if value is not {self._unset}"
            yield f"    {self._given} = {{k: value for k, value in {self._given}.items() {test}}}"
            parts.append(f"**{self._given}")
        if plan.more is not None:
            parts.append(f"**{plan.more.name}")
        start = "yield from "
        if not plan.streams:
            start = "return " if output == "Any" else f"{self._result}: {output} = "
        method = "run_stream" if plan.streams else "run"
        yield from _call_lines(f"    {start}{self._client}.{method}(", parts)
        if not plan.streams and output != "Any":
            yield f"    return {self._result}"

    def _positions(self, unsaid: Sequence[str]) -> list[str]:
        names = [it.name for it in self._plan.positional]
        if set(names) & set(unsaid):
            listed = f"({', '.join(names)}{',' if len(names) == 1 else ''})"
            found = [f"*(value for value in {listed} if value is not {self._unset})"]
        else:
            found = names
        return [*found, f"*{self._plan.rest.name}"] if self._plan.rest else found

    def _main(self) -> Iterator[str]:
        plan = self._plan
        yield 'if __name__ == "__main__":'
        yield from (f"    # {remark}" for remark in plan.remarks)
        around = "for chunk in " if plan.streams else "print("
        values = self._values()
        short = [start + PYTHON.write(value, -WIDTH * 99) for value, start in values]
        call = f"{self._name}({', '.join(short)})"
        if len(around) + len(call) + 5 > WIDTH:
            lines = [start + PYTHON.write(value, 9 + len(start), 2) for value, start in values]
            call = free("chunks" if plan.streams else "result", {self._name, self._client})
            yield from _call_lines(f"    {call} = {self._name}(", lines)
        if plan.streams:
            yield f"    for chunk in {call}:"
            yield "        print(chunk, flush=True)"
        else:
            yield f"    print({call})"

    def _values(self) -> list[tuple[JsonValue, str]]:
        """Those of the example call, each with what stands before it."""
        plan = self._plan
        values = [(value, "") for value in plan.args]
        values += [(value, f"{name}=") for name, value in plan.keyword_values.items()]
        names = {it.name for it in plan.inputs}
        odd: dict[str, JsonValue] = {}
        for name, value in plan.more_values.items():
            if name.isidentifier() and not keyword.iskeyword(name) and name not in names:
                values.append((value, f"{name}="))
            else:
                odd[name] = value
        return [*values, (odd, "**")] if odd else values


def _call_lines(start: str, arguments: Sequence[str]) -> Iterator[str]:
    """A call, with a line for each argument when it is long."""
    line = f"{start}{', '.join(arguments)})"
    if len(line) <= WIDTH:
        yield line
        return
    yield start
    yield from (f"        {it}," for it in arguments)
    yield "    )"


def _is_plain(value: JsonValue | Missing) -> bool:
    """Whether it may stand as a default: a list or dict there would be shared by all calls."""
    return value is None or isinstance(value, str | int | float)


def _json(value: JsonValue | Missing) -> JsonValue:
    return None if isinstance(value, Missing) else value


def _needs_star(plan: Plan) -> bool:
    """Whether an input without a default follows one that has one."""
    required = [it.required for it in plan.inputs]
    at = required.index(False) if False in required else len(required)
    return any(required[at:]) and bool(plan.keyword)


def _docstring(text: str) -> Iterator[str]:
    if not text.strip():
        return
    safe = text.strip().replace("\\", "\\\\").replace('"', '\\"' if '"""' in text else '"')
    if safe.endswith('"') and not safe.endswith('\\"'):
        safe = f'{safe[:-1]}\\"'
    lines = safe.splitlines()
    if len(lines) == 1:
        yield f'    """{lines[0]}"""'
        return
    yield f'    """{lines[0]}'
    yield from (f"    {line}".rstrip() for line in lines[1:])
    yield '    """'
