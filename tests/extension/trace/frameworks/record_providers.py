"""What the SDKs of OpenAI and Anthropic make of recorded answers, served on loopback."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import anthropic
import openai
from recording import HERE, save

ANSWERS = HERE.parents[2] / "agent_runtime" / "providers" / "recorded"


@contextmanager
def service(name: str) -> Iterator[str]:
    """Say a recorded answer to whatever is asked; gives the address."""
    body = (ANSWERS / f"{name}.sse").read_bytes()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


for answer in ("text", "tool_calls"):
    with service(f"openai_{answer}") as address:
        client = openai.OpenAI(api_key="none", base_url=address)
        chunks = client.chat.completions.create(
            model="any", messages=[{"role": "user", "content": "?"}], stream=True
        )
        save(f"openai_chat_{answer}", chunks)
        if answer == "tool_calls":
            with client.chat.completions.stream(
                model="any", messages=[{"role": "user", "content": "?"}]
            ) as answers:
                save("openai_chat_whole", [answers.get_final_completion()])

ASK = {"model": "any", "max_tokens": 9, "messages": [{"role": "user", "content": "?"}]}
for answer in ("text", "thinking", "tool_use"):
    with service(f"anthropic_{answer}") as address:
        caller = anthropic.Anthropic(api_key="none", base_url=address)
        save(f"anthropic_{answer}", caller.messages.create(**ASK, stream=True))
        if answer == "tool_use":
            with caller.messages.stream(**ASK) as stream:
                save(f"anthropic_{answer}_helper", stream)
                save("anthropic_whole", [stream.get_final_message()])
