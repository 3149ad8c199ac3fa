"""Bytes of a file to text. Never raises: what is wrong with the bytes becomes a problem."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from runagent_ls.text.position import Span

TextProblemKind: TypeAlias = Literal["byte-order-mark", "not-utf8", "invalid-bytes"]

# Longest mark first: the mark of UTF-32 begins with that of UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


@dataclass(frozen=True, slots=True)
class TextProblem:
    """One way in which a file is not plain UTF-8. `span` is a place in the decoded text."""

    kind: TextProblemKind
    message: str
    span: Span
    breaks_loader: bool


@dataclass(frozen=True, slots=True)
class DecodedText:
    """The text of a file without its byte order mark; `encoding` is a Python codec name."""

    text: str
    encoding: str
    problems: tuple[TextProblem, ...] = ()


def decode(data: bytes, *, mark_allowed: bool = False) -> DecodedText:
    """Decode a file as RunAgent would, or as well as it can be guessed.

    `mark_allowed` is for formats whose reader skips a UTF-8 byte order mark (YAML, Python);
    JSON's does not. Bytes that fit no encoding become U+FFFD, reported once.
    """
    encoding, mark = _detect(data)
    body = data[len(mark) :]
    problems: list[TextProblem] = []
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        text = body.decode(encoding, "replace")
        problems.append(_invalid_bytes(error, body, encoding, text))
    start = Span(0, min(1, len(text)))
    if encoding != "utf-8":
        name = encoding.upper().removesuffix("-LE").removesuffix("-BE")
        message = f"This file is saved as {name}. RunAgent reads UTF-8 only: save it as UTF-8."
        problems.append(TextProblem("not-utf8", message, start, breaks_loader=True))
    elif mark and not mark_allowed:
        message = (
            "This file begins with a byte order mark, which the JSON reader refuses. "
            "Save it as UTF-8 without BOM."
        )
        problems.append(TextProblem("byte-order-mark", message, start, breaks_loader=True))
    return DecodedText(text, encoding, tuple(problems))


def _detect(data: bytes) -> tuple[str, bytes]:
    """Codec name and byte order mark. Without a mark, NUL bytes betray UTF-16 and UTF-32."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return encoding, mark
    # The first characters of a configuration are ASCII, so the zero bytes tell width and order.
    zeros = tuple(byte == 0 for byte in data[:4])
    if len(zeros) == 4 and len(data) % 4 == 0:
        if zeros == (True, True, True, False):
            return "utf-32-be", b""
        if zeros == (False, True, True, True):
            return "utf-32-le", b""
    if len(zeros) >= 2 and len(data) % 2 == 0:
        if zeros[:2] == (True, False) and zeros[2:3] != (False,):
            return "utf-16-be", b""
        if zeros[:2] == (False, True) and zeros[2:3] != (True,):
            return "utf-16-le", b""
    return "utf-8", b""


def _invalid_bytes(error: UnicodeDecodeError, body: bytes, encoding: str, text: str) -> TextProblem:
    start = min(len(body[: error.start].decode(encoding, "replace")), len(text))
    shown = " ".join(f"0x{byte:02X}" for byte in body[error.start : error.end][:4])
    message = (
        f"The bytes {shown} are not valid {encoding.upper()}: "
        "this file was saved in another encoding or is damaged. Save it as UTF-8."
    )
    span = Span(start, min(start + 1, len(text)))
    return TextProblem("invalid-bytes", message, span, breaks_loader=True)
