"""TypeScript that asks the server over HTTP, for inputs that only go by position."""

from __future__ import annotations

from collections.abc import Iterator

from runagent_ls.features.client_code.plan import Input, Plan
from runagent_ls.features.client_code.shell import CLOUD, authority, url_part
from runagent_ls.features.client_code.text import jsdoc, json_text
from runagent_ls.features.types import Translator, identifier


def client_lines(plan: Plan) -> Iterator[str]:
    """The address, and headers for it."""
    target = plan.target
    path = f"/api/v1/agents/{url_part(target.agent_id)}/run"
    if target.cloud:
        yield f'const base = (process.env.RUNAGENT_BASE_URL || "{CLOUD}").replace(/\\/$/, "");'
        yield f"const url = `${{base}}{path}`;"
    elif target.host is None:
        yield 'const host = process.env.RUNAGENT_HOST || "127.0.0.1";'
        yield 'const port = process.env.RUNAGENT_PORT || "8450"; // `runagent serve` prints it'
        yield f"const url = `http://${{host}}:${{port}}{path}`;"
    else:
        yield f"const url = {json_text(f'http://{authority(target)}{path}')};"


def function_lines(plan: Plan, name: str, keyword: str | None, output: str) -> Iterator[str]:
    """`keyword` is the type of the object with the keyword inputs."""
    parameters = [f"args: [{', '.join(_positions(plan))}]"]
    if keyword is not None:
        parameters.append(f"input: {keyword}{_default(plan)}")
    yield from jsdoc(plan.documentation)
    yield f"export async function {name}({', '.join(parameters)}): Promise<{output}> {{"
    yield "  const answer = await fetch(url, {"
    yield '    method: "POST",'
    yield "    headers: {"
    yield '      "Content-Type": "application/json",'
    if plan.target.cloud:
        yield "      Authorization: `Bearer ${process.env.RUNAGENT_API_KEY}`,"
    yield "    },"
    yield "    body: JSON.stringify({"
    yield f"      entrypoint_tag: {json_text(plan.tag)},"
    yield "      input_args: args,"
    yield f"      input_kwargs: {'input' if keyword is not None else '{}'},"
    yield "    }),"
    yield "  });"
    yield "  const body = (await answer.json()) as {"
    yield "    success?: boolean;"
    yield "    data?: string | null;"
    yield "    error?: { message?: string } | null;"
    yield "  };"
    yield "  if (body.success !== true) {"
    yield "    throw new Error(body.error?.message ?? `the server answered ${answer.status}`);"
    yield "  }"
    yield '  const { payload } = JSON.parse(body.data ?? \'{"payload": "null"}\') as {'
    yield "    payload: string;"
    yield "  };"
    yield f"  return JSON.parse(payload) as {output};"
    yield "}"


def _default(plan: Plan) -> str:
    return "" if any(it.required for it in plan.keyword) else " = {}"


def _positions(plan: Plan) -> Iterator[str]:
    translator = Translator("typescript")
    for it in plan.positional:
        optional = "" if it.required else "?"
        yield f"{identifier(it.name, 'typescript')}{optional}: {_type(translator, it)}"
    if plan.rest is not None:
        yield f"...{identifier(plan.rest.name, 'typescript')}: unknown[]"


def _type(translator: Translator, it: Input) -> str:
    """Records by position are rare: they are any object here, so that all needs no declaration."""
    text = translator.type(it.schema, it.name)
    return "unknown" if translator.declarations() else text
