"""Client calls in TypeScript and JavaScript, among all that only looks like one."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from marked_text import mark
from runagent_ls.project.clients.javascript_code import Code
from runagent_ls.project.clients.model import ClientCall
from runagent_ls.project.clients.typescript import typescript_calls

IMPORT = 'import { RunAgentClient } from "runagent";\n'
CALL = "new RunAgentClient({ agentId: 'a', entrypointTag: 't' })"


def calls(text: str, name: str = "client.tsx") -> tuple[ClientCall, ...]:
    return typescript_calls(Path("/workspace") / name, text)


def named(text: str, name: str = "client.tsx") -> list[tuple[str | None, str | None]]:
    return [
        (
            call.agent_id.value if call.agent_id is not None else None,
            call.tag.value if call.tag is not None else None,
        )
        for call in calls(text, name)
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"{IMPORT}const client = {CALL};",
        f"import {{ RunAgentClient as C }} from 'runagent'\n{CALL.replace('RunAgentClient', 'C')}",
        f"import * as ra from 'runagent';\n{CALL.replace('Run', 'ra.Run')}",
        f"import ra from 'runagent';\n{CALL.replace('Run', 'ra.Run')}",
        f"import ra, {{ RunAgentClient }} from 'runagent';\n{CALL}",
        f"import {{\n  type RunAgentConfig,\n  RunAgentClient,\n}} from 'runagent';\n{CALL}",
        f"const {{ RunAgentClient }} = require('runagent');\n{CALL}",
        f"const ra = require('runagent');\n{CALL.replace('Run', 'ra.Run')}",
        f"import ra = require('runagent');\n{CALL.replace('Run', 'ra.Run')}",
        f"const {{ RunAgentClient: C }} = require(`runagent`);\n"
        f"{CALL.replace('RunAgentClient', 'C')}",
        f"const RunAgentClient = require('runagent').RunAgentClient;\n{CALL}",
        f"const {{ RunAgentClient }} = await import('runagent');\n{CALL}",
        f"import ra from 'runagent'\nconst C = ra.RunAgentClient\n"
        f"{CALL.replace('RunAgentClient', 'C')}",
        "import{RunAgentClient as e}from'runagent';const r=async()=>(await(new e"
        "({agentId:'a',entrypointTag:`t`})).run({x:1}));",
        f"{IMPORT}new RunAgentClient({{ 'agentId': \"a\", entrypointTag: 't' as const, }},)",
        f"{IMPORT}new RunAgentClient({{ ...rest, agentId: 'a', entrypointTag: 't' }})",
        f"{IMPORT}new RunAgentClient({{ entrypointTag: 't', // 'x'\n /* , */ agentId: 'a' }})",
        f"{IMPORT}const TAG = 't';\nnew RunAgentClient({{ agentId: 'a', entrypointTag: TAG }})",
        f"{IMPORT}const agentId: string = 'a'\n"
        "function f() { return new RunAgentClient({ agentId, entrypointTag: 't' }) }",
        f"{IMPORT}function f(x: string) {{ if (x) {{ for (const y of x) {CALL} }} }}",
        f"{IMPORT}export default () => <p title='Don\\' {{it}}>Isn't {{{CALL}}} <b/>'</p>;",
        f"{IMPORT}const s = `a ${{b + `${{{CALL}}}`}} c`;",
        f"#!/usr/bin/env node don't\n{IMPORT}{CALL}",
        f"{IMPORT}const r = /['\"`{{]/g; x = a / b; y = c /d/ e; {CALL}",
        f"{IMPORT}if (x) /'/.test(y); {CALL}",
        f"{IMPORT}const q = /a/ / b; const w = '/'; {CALL}",
        f"{IMPORT}const a = [1] / 2; const b = {{}} / 3; i++ / 4; x! / 5; {CALL} // '",
        f"{IMPORT}function f() {{}}\n/'/.exec(s); {CALL}",
        f"{IMPORT}const r = /[/'\"]\\/'/; {CALL}",
        f"{IMPORT}x = a < b; y = c > d; z = <T,>(v: T) => v; {CALL} // '</T>'",
        f"{IMPORT}type F = <T>(a: T) => void; const q = 'it'; {CALL}",
        f"{IMPORT}const e = <Table<string> rows={{x}} render={{() => <i>'</i>}}>'</Table>; {CALL}",
        f"{IMPORT}const e = <>{{/* ' */}}'<br/>{{x ? <a href=\"it's\">'</a> : null}}</>; {CALL}",
        f"{IMPORT}const s = 'it\\'s'; const d = \"\\\\\"; const l = 'a\\\nb\\\r\nc'; {CALL}",
    ],
)
def test_finds_the_call_among_all_that_javascript_has(text: str) -> None:
    assert named(text) == [("a", "t")]


@pytest.mark.parametrize("name", ["a.ts", "a.mts", "a.cts"])
def test_angle_brackets_are_types_where_there_is_no_jsx(name: str) -> None:
    text = f"{IMPORT}const x = <string>y; const q = <any>'it'; {CALL}; const z = '</string>'"
    assert named(text, name) == [("a", "t")]


@pytest.mark.parametrize("name", ["a.js", "a.mjs", "a.cjs", "a.jsx", "a.tsx", "a.ts"])
def test_reads_every_kind_of_file(name: str) -> None:
    assert named(f"{IMPORT}{CALL}", name) == [("a", "t")]


@pytest.mark.parametrize(
    "text",
    [
        CALL,
        f"import {{ RunAgentClient }} from './runagent';\n{CALL}",
        f"import type {{ RunAgentClient }} from 'runagent';\n{CALL}",
        f"import {{ Other }} from 'runagent';\n{CALL}",
        f"{IMPORT}// {CALL}",
        f"{IMPORT}/* {CALL} */",
        f'{IMPORT}const s = "{CALL}";',
        f"{IMPORT}const s = `{CALL}`;",
        f"{IMPORT}const r = /{CALL}/;",
        f"{IMPORT}const e = <p>{CALL.replace('{', '').replace('}', '')}</p>;",
        f"{IMPORT}new other.RunAgentClient({{ agentId: 'a', entrypointTag: 't' }})",
        f"{IMPORT}new RunAgentClient2({{ agentId: 'a', entrypointTag: 't' }})",
        f"{IMPORT}RunAgentClient({{ agentId: 'a', entrypointTag: 't' }})",
        f"// {IMPORT}{CALL}",
        "import{RunAgentClient as e}from'runagent';function f(e){return new e(1,2)}",
        f"{IMPORT}{CALL[:-1]}",
    ],
)
def test_leaves_alone_what_only_looks_like_a_call(text: str) -> None:
    assert named(text) == []


@pytest.mark.parametrize(
    "given",
    [
        "config",
        "{ agentId: 'a', entrypointTag: 't', ...config }",
        "{ agentId: 'a', entrypointTag: 't', [key]: value }",
        "{ agentId: process.env.ID, entrypointTag: tag() }",
        "{ agentId: 'a' + b, entrypointTag: `${b}_stream` }",
        "{ agentId: LET, entrypointTag: PARAMETER }",
        "{ agentId: TWICE, entrypointTag: DESTRUCTURED }",
        "{ agentId: INNER, entrypointTag: JOINED }",
        "{ agentId: tagged`a`, entrypointTag: x ? 'a' : 'b' }",
        "{ agentId() {}, get entrypointTag() { return 't' } }",
        "pick({ agentId: 'a', entrypointTag: 't' })",
    ],
)
def test_does_not_guess(given: str) -> None:
    text = (
        f"{IMPORT}let LET = 'a';\nconst PARAMETER = 'b';\nconst TWICE = 'c';\n"
        "const DESTRUCTURED = 'd';\nconst JOINED = 'e' + f;\n"
        "{ const TWICE = 'd'; const { DESTRUCTURED } = x; const INNER = 'i'; }\n"
        f"function g(a, PARAMETER) {{ return new RunAgentClient({given}); }}\n"
    )
    assert named(text) == [(None, None)]


@pytest.mark.parametrize(
    ("given", "is_given"),
    [("{ entrypointTag: 't' }", False), ("{ entrypointTag: 't', ...x }", True), ("x", True)],
)
def test_says_whether_an_agent_is_named_at_all(given: str, is_given: bool) -> None:
    (call,) = calls(f"{IMPORT}new RunAgentClient({given})")
    assert (call.agent_id, call.agent_id_given) == (None, is_given)


@pytest.mark.parametrize(
    "text",
    [
        f"{IMPORT}new RunAgentClient({{ agentId: '⟦a-1⟧', entrypointTag: \"⟦greet⟧\" }});\n",
        f"// 🦙\r\n{IMPORT}'🦙', new RunAgentClient({{\r\n  'agentId': `⟦🦙⟧`,\r\n"
        "  entrypointTag: '⟦t⟧',\r\n}})\r\n".replace("}}", "}"),
        f"{IMPORT}const ID = '⟦a⟧';\nnew RunAgentClient({{ agentId: ID, entrypointTag: '⟦t⟧' }})",
        f"{IMPORT}new RunAgentClient({{agentId:'⟦⟧',entrypointTag:'⟦t⟧'}})",
    ],
)
def test_knows_what_stands_between_the_quotes(text: str) -> None:
    plain = text.replace("⟦", "").replace("⟧", "")
    (call,) = calls(plain)
    assert call.agent_id is not None
    assert call.tag is not None
    assert call.agent_id.plain
    assert call.tag.plain
    assert mark(plain, call.agent_id.span, call.tag.span) == text


@pytest.mark.parametrize(
    "tag", [r"'gr\x65et'", r"'gr\u0065et'", r"'gr\u{65}et'", r"'g\reet'", "'gr\\\r\neet'"]
)
def test_a_value_that_is_not_the_text_is_not_plain(tag: str) -> None:
    (call,) = calls(f"{IMPORT}new RunAgentClient({{ agentId: 'a', entrypointTag: {tag} }})")
    assert call.tag is not None
    assert call.tag.value == ("g\reet" if "\\r" in tag else "greet")
    assert not call.tag.plain


def test_the_call_goes_from_its_name_to_its_bracket() -> None:
    text = f"{IMPORT}await ({CALL}).run({{}});"
    (call,) = calls(text)
    assert text[call.span.start : call.span.end] == CALL.removeprefix("new ")


@pytest.mark.parametrize(
    "broken", ["const x = ;", "function (", "const s = 'open", "if (a { b", "<div", "} ) ]", "x ="]
)
def test_reads_on_behind_what_is_broken(broken: str) -> None:
    assert named(f"{IMPORT}{broken}\n{CALL};\n", "a.tsx") == [("a", "t")]


@settings(max_examples=400, deadline=None)
@given(
    st.text(alphabet=st.sampled_from("\"'`/\\{}()[]<>$a \n*!=;,.:"), max_size=40),
    st.integers(0, 150),
    st.integers(0, 150),
    st.booleans(),
)
def test_any_text_gives_an_answer(garbage: str, place: int, cut: int, jsx: bool) -> None:
    whole = f"{IMPORT}const e = <p a='x'>{{`${{{CALL}}}`}}</p>; /* */ const T = /'/;\n{CALL}\n"
    text = whole[:place] + garbage + whole[place + cut :]
    assert len(Code(text, jsx=jsx).blank) == len(text)
    for call in calls(text, "a.tsx" if jsx else "a.ts"):
        assert 0 <= call.span.start <= call.span.end <= len(text)
        for argument in (call.tag, call.agent_id):
            if argument is not None and argument.plain:
                assert text[argument.span.start : argument.span.end] == argument.value


@pytest.mark.parametrize(
    "trap",
    [
        "/[" * 100_000,
        "<a " * 50_000,
        "<a>" * 50_000,
        "`${" * 50_000,
        "{" * 200_000,
        "(" * 200_000,
        "import " * 50_000,
        "const x = " * 30_000,
        "a/b/c;" * 50_000,
        "/*" * 100_000,
        "'\\" * 100_000,
        "new RunAgentClient(" * 2_000,
        "import 'runagent';" * 20_000,
        "from 'runagent'" * 20_000,
    ],
)
def test_time_goes_with_the_length(trap: str) -> None:
    """No limit on the clock: what took quadratic time would take hours here."""
    begin = time.process_time()
    calls(f"{IMPORT}{CALL}\n{trap}")
    assert time.process_time() - begin < 30


def test_a_long_minified_file_is_read() -> None:
    filler = "function a(b){return b/2>1?`x${b}`:/[a-z]'/.test(b)&&{c:'d'}}" * 4_000
    assert named(f"{filler};{IMPORT}{CALL};{filler}", "bundle.min.js") == [("a", "t")]
