"""Every way in which our server answers differently from `runagent serve`, on purpose.

`docs/serve.md` has one row for each; whatever is not here must be equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_ALL: Final = ("/*",)
_STREAM: Final = ("/frames", "/frames/*", "/end")
_RUN: Final = ("/status", "/headers/*", "/body", "/body/*")


@dataclass(frozen=True)
class Difference:
    """`places`: patterns of the paths in comparable answers that differ."""

    theirs: str
    ours: str
    why: str
    places: tuple[str, ...] = _ALL

    @property
    def row(self) -> str:
        """Its line of the table in `docs/serve.md`."""
        return f"| {self.theirs} | {self.ours} | {self.why} |"


DIFFERENCES: Final[dict[str, Difference]] = {
    # what a run answers
    "exits": Difference(
        "`SystemExit`, `KeyboardInterrupt`, `GeneratorExit`, `CancelledError` in a function: a run"
        " answers 500 `Internal Server Error` as text, a stream is cut off, the invocation stays"
        " `pending`",
        "an error like any other exception's; the invocation is `failed`",
        "Nobody could tell what happened.",
        _RUN + _STREAM,
    ),
    "markup": Difference(
        "An exception text with `[/word` (a path in brackets): a run answers 500 with a text about"
        " closing tags, a stream is cut off",
        "the text of the exception",
        "A printer's mark-up has no say in an answer.",
        ("/status", "/body/error/message", *_STREAM),
    ),
    "stop-iteration": Difference(
        "`StopIteration` in a plain function never answers; `StopAsyncIteration` behind a stream"
        " tag gets a text about generators",
        "an error with the exception's own text",
        "A call that never ends helps nobody.",
        _RUN + _STREAM,
    ),
    "argument-problems": Difference(
        "Arguments that do not fit the signature: `INTERNAL_ERROR` with Python's text",
        "the same text with the code `VALIDATION_ERROR`, `field` the first parameter and"
        " `details.problems` one message for each",
        "A form can mark the field.",
        ("/body/error/code", "/body/error/field", "/body/error/details"),
    ),
    "stream-error-keys": Difference(
        "The same in a stream: `type` and `error` alone",
        "also `code`, `field` and `details.problems`",
        "As for runs.",
        ("/frames/*/code", "/frames/*/field", "/frames/*/details"),
    ),
    "nan-body": Difference(
        "A request whose body is `NaN` or `Infinity` answers 500",
        "422, as for any body that is no object",
        "The request is at fault, not the server.",
        _RUN,
    ),
    "n8n-python": Difference(
        "Python entrypoints of an `n8n` agent: each call fails with a text about `timeout`",
        "they run",
        "Nothing speaks against it.",
        _RUN,
    ),
    "cycles": Difference(
        "Objects that hold each other, as a chunk: written out until its stack ends",
        "the same, to the depth of ours",
        "Both are cut off somewhere; break the cycle.",
        ("/frames/*/content",),
    ),
    # the WebSocket
    "silent-first-message": Difference(
        "Some first messages of a stream (binary, JSON that is no object, a tag that is a list,"
        " nesting without end) get no answer at all",
        "an error frame and close 1003, as for other bad messages",
        "A client would wait for ever.",
        _STREAM,
    ),
    "first-message-types": Difference(
        "A tag or arguments of a wrong type in the first message of a stream: found when used, the"
        " text names internals",
        "an error frame that names the key, and close 1003",
        "The request is refused before anything runs.",
        _STREAM,
    ),
    # the start
    "schema-words": Difference(
        "A configuration that does not fit: the words of its validation library",
        "the words of `runagent-ls check`, with the line",
        "The same mistake has the same words everywhere.",
    ),
    "markup-at-start": Difference(
        "An import error whose text has `[/word`: a traceback about mark-up",
        "the text of the exception",
        "As for runs.",
    ),
    "exit-at-start": Difference(
        "`sys.exit()` at import ends the command at once with that exit code and no word",
        "the start fails, says so and where",
        "It looked as if nothing had happened.",
    ),
    "other-files": Difference(
        "Every `.py` file below the project's root is executed at start",
        "only the files of the entrypoints and what they import",
        "Scripts and tests do harm; one that exits ends the server.",
    ),
    "init-files": Difference(
        "Relative imports leave an `__init__.py` in the folder",
        "nothing is written into the project",
        "The project is the user's.",
    ),
    "registration": Difference(
        "Only agents in the local registry are served",
        "any agent; with `--register` it is entered in the registry",
        "A start needs no preparation.",
    ),
    "agent-runtime": Difference(
        "An agent on the agent runtime needs it installed in its Python",
        "one whose Python has none is lent ours, with the libraries that it stands on; what is"
        " installed there wins, unless it is too old for the runtime",
        "It works offline at once; Python must be 3.11 or newer. Processes that the agent starts"
        " are not lent anything.",
        _RUN,
    ),
    "requirements": Difference(
        "`pip install -r requirements.txt` at every start; no start when it fails",
        "nothing is installed; what is missing is named, with the one command that installs it",
        "Starts are quick and work offline.",
    ),
    "output-encoding": Difference(
        "The command crashes where its output cannot be written (emoji on Windows pipes)",
        "it starts",
        "Output is no reason to fail.",
    ),
    "empty-version": Difference(
        "A configuration with an empty `version` does not start",
        "it starts",
        "The pages that need a version are not there.",
    ),
    "executed-once": Difference(
        "A helper that is imported by its plain name is executed twice",
        "every file once",
        "State of a module would be there twice.",
        ("/body/data",),
    ),
    "working-directory": Difference(
        "The working directory is where the command was started",
        "the agent's folder",
        "Relative paths mean the same from the editor, the terminal and a task.",
    ),
    # while it runs
    "blocking-generators": Difference(
        "A plain generator that works between two chunks blocks the whole server",
        "everybody else is answered",
        "One run must not hold up the others.",
        ("/status",),
    ),
    "stop-message": Difference(
        "Messages after the first one of a stream are ignored",
        '`{"type": "stop_stream"}` stops the generator; the last frame\'s status is'
        " `stream_stopped`",
        "Leaving is no clean way to stop.",
    ),
    "nan-history": Difference(
        "`NaN` in an output makes the whole history answer 500",
        "null stands in its place",
        "One output must not hide the others.",
        _RUN,
    ),
    "kept-outputs": Difference(
        "The history keeps false outputs (`0`, empty text, `[]`, `{}`, `false`) as null, and"
        " outputs without a JSON form as an object with `type`, `repr` and `str`",
        "what was answered",
        "The history shows what the caller got.",
        ("/output_data", "/output_data/*"),
    ),
    "redaction": Difference(
        "Inputs and outputs are kept as they are",
        "recognised secrets and values of secret variables are taken out",
        "Keys do not belong into a database that everybody may read.",
    ),
    # who may call
    "origin": Difference(
        "Every web page may call, with credentials",
        "pages of this machine, and those of `--allow-origin`; others get 403",
        "Any page that is visited could run agents.",
        _RUN + _STREAM,
    ),
    "host": Difference(
        "Any `Host` is answered",
        "names of this machine, and those of `--allow-host`; others get 400",
        "A name that is pointed at this machine would pass for it.",
        _RUN,
    ),
    "body-limit": Difference(
        "A body of any size is read",
        "413 above 64 MB",
        "Memory is finite.",
        _RUN,
    ),
    "compression": Difference(
        "Messages of a stream are compressed for clients that offer it",
        "they are sent as they are",
        "It takes longer than a loopback needs for the whole message.",
        ("/sec-websocket-extensions",),
    ),
    "framework-pages": Difference(
        "`/docs`, `/redoc` and `/openapi.json` show pages of its framework, which load scripts from"
        " elsewhere",
        "404",
        "Nothing leaves the machine; the editor and `runagent-ls list` show more.",
        _RUN,
    ),
}
