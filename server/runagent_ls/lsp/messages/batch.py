"""The parameters of `runagent/batch`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path as FilePath
from typing import Final, Literal

from runagent_ls.lsp.jsonrpc import InvalidParamsError, Json
from runagent_ls.lsp.messages import reading
from runagent_ls.lsp.messages.runs import Options, Place, read_options, read_place
from runagent_ls.lsp.messages.serving import StartOptions, read_serve

MOST_AT_ONCE: Final = 256
RETRIES: Final = 2


@dataclass(frozen=True, slots=True)
class BatchRequest:
    """A batch that a client asked for, checked."""

    run_id: str
    tag: str
    input: FilePath
    output: FilePath
    output_uri: str
    input_format: Literal["jsonl", "csv"] | None
    concurrency: int
    resume: bool
    ordered: bool
    deduplicate: bool
    place: Place
    options: Options
    serve: StartOptions | None = None
    """How to serve the agent when nobody does; None: not at all."""


def read_batch(params: Json) -> BatchRequest:
    """Check the parameters. Raises `InvalidParamsError`."""
    source, output = reading.file(params, "inputUri"), reading.file(params, "outputUri")
    if source == output:
        raise InvalidParamsError("inputUri and outputUri must be two different files")
    named = params.get("inputFormat")
    is_csv = named is not None and reading.choice(params, "inputFormat", ("jsonl", "csv")) == "csv"
    return BatchRequest(
        run_id=reading.text(params, "runId"),
        tag=reading.text(params, "tag"),
        input=source,
        output=output,
        output_uri=params["outputUri"],
        input_format=None if named is None else "csv" if is_csv else "jsonl",
        concurrency=reading.whole_number(params, "concurrency", 4, 1, MOST_AT_ONCE),
        resume=reading.boolean(params, "resume", False),
        ordered=reading.boolean(params, "ordered", False),
        deduplicate=reading.boolean(params, "deduplicate", False),
        place=read_place(params),
        options=read_options(params, RETRIES),
        serve=read_serve(params),
    )
