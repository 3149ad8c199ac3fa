"""A shell script with curl; for streams, which curl cannot read, with a little Python in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from runagent_ls.features.client_code.model import ClientCode, ClientTarget
from runagent_ls.features.client_code.plan import Plan
from runagent_ls.features.client_code.planning import plan_of
from runagent_ls.features.client_code.shell import CLOUD, authority, url_part, word
from runagent_ls.features.client_code.text import file_stem, json_lines, json_text, one_line
from runagent_ls.features.entrypoints import EntrypointInfo
from runagent_ls.jsontree.document import JsonValue

_RUN_NOTES: Final = (
    "Needs curl 7.76 or later, for --fail-with-body.",
    "A function that fails is answered with status 200 too: look at `success`.",
    "The result is JSON inside a text inside a text: jq -r '.data | fromjson | .payload | fromjson'"
    " shows it.",
)
_STREAM_NOTES: Final = (
    "curl cannot read streams of an agent, which come over a WebSocket. The script uses Python"
    " with the package websockets instead: pip install websockets",
)
_CLOUD_NOTE: Final = "The key is read from RUNAGENT_API_KEY and is not seen in the process list."
_UNKNOWN_NOTE: Final = (
    "The address of the agent is not known: RUNAGENT_HOST and RUNAGENT_PORT name it;"
    " `runagent serve` prints it, and its port may change with each start."
)
_READER: Final = """\
import json
import os
import sys
from urllib.parse import quote

from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect

url, request = sys.argv[1:]
key = os.environ.get("RUNAGENT_API_KEY") if url.startswith("wss:") else None
headers = {"Authorization": f"Bearer {key}"} if key else None
with connect(
    f"{url}?token={quote(key, safe='')}" if key else url,
    additional_headers=headers,
    max_size=None,  # a chunk may be of any size
    ping_timeout=None,  # a busy function may keep the server from answering
) as socket:
    socket.send(request)
    try:
        for message in socket:
            frame = json.loads(message)
            if frame.get("type") == "data":
                content = json.loads(frame["content"])
                print(content["payload"], flush=True)
            elif frame.get("type") == "error":
                sys.exit(f"the agent failed: {frame.get('error') or frame.get('detail')}")
            elif frame.get("status") == "stream_completed":
                sys.exit()  # the server leaves the connection open
    except ConnectionClosed as closed:
        sys.exit(f"the connection ended too early: {closed}")
sys.exit("the connection ended before the stream was complete")
"""


def generate(
    info: EntrypointInfo,
    target: ClientTarget,
    args: Sequence[JsonValue],
    kwargs: Mapping[str, JsonValue],
) -> ClientCode:
    """A script for `sh`."""
    plan = plan_of(info, target, args, kwargs, few_positional=True)
    lines = _stream(plan) if plan.streams else _run(plan)
    notes = [*plan.notes, *(_STREAM_NOTES if plan.streams else _RUN_NOTES)]
    if target.cloud:
        notes.append(_CLOUD_NOTE)
    elif target.host is None:
        notes.append(_UNKNOWN_NOTE)
    text = "\n".join([*_head(plan), *lines]) + "\n"
    return ClientCode(text, "shellscript", f"{file_stem(info.tag)}.sh", tuple(notes))


def _head(plan: Plan) -> Iterator[str]:
    tag, agent = one_line(plan.tag), one_line(plan.target.agent_id)
    yield "#!/bin/sh"
    yield f"# Calls the entrypoint {tag} of the RunAgent agent {agent}."
    documentation = plan.documentation.strip().splitlines()
    yield from (f"# {line}".rstrip() for line in documentation)
    yield from (f"# {remark}" for remark in plan.remarks)
    yield "set -eu"
    if plan.target.cloud:
        yield ': "${RUNAGENT_API_KEY:?set it to your API key}"'
        yield f'base="${{RUNAGENT_BASE_URL:-{CLOUD}}}"'
    yield ""


def _url(plan: Plan, scheme: str, last: str) -> str:
    path = f"/api/v1/agents/{url_part(plan.target.agent_id)}/{last}"
    return f'"{scheme}://{authority(plan.target)}{path}"'


def _run(plan: Plan) -> Iterator[str]:
    request: JsonValue = {
        "entrypoint_tag": plan.tag,
        "input_args": plan.args,
        "input_kwargs": plan.kwargs,
    }
    yield "curl --fail-with-body --silent --show-error \\"
    yield "  --header 'Content-Type: application/json' \\"
    if plan.target.cloud:
        yield "  --header @- \\"
    yield f"  --data-binary {word(json_lines(request))} \\"
    if plan.target.cloud:
        agent = url_part(plan.target.agent_id)
        yield f'  "${{base%/}}/api/v1/agents/{agent}/run" <<HEADERS'
        yield "Authorization: Bearer ${RUNAGENT_API_KEY}"
        yield "HEADERS"
    else:
        yield f"  {_url(plan, 'http', 'run')}"


def _stream(plan: Plan) -> Iterator[str]:
    # The server takes one frame with all three keys.
    request: JsonValue = {
        "entrypoint_tag": plan.tag,
        "input_args": plan.args,
        "input_kwargs": plan.kwargs,
    }
    if plan.target.cloud:
        agent = url_part(plan.target.agent_id)
        yield 'base="${base%/}"'
        url = f'"ws${{base#http}}/api/v1/agents/{agent}/run-stream"'
    else:
        url = _url(plan, "ws", "run-stream")
    yield "python3 - \\"
    yield f"  {url} \\"
    yield f"  {word(json_text(request))} <<'PYTHON'"
    yield _READER.rstrip()
    yield "PYTHON"
