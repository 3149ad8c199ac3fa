"""Secrets that are recognised by how they look: keys of well-known services, and `name: value`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runagent_ls.agents.history.redaction.forms import Span
from runagent_ls.agents.history.redaction.keys import LONGEST_NAME, STEMS, family_of

_KEY_BEGINNINGS: Final = {
    "-": ("sk-", "glpat-", "xoxb-", "xoxa-", "xoxp-", "xoxr-", "xoxs-"),
    "_": ("ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "hf_", "gsk_", "sk_live_",
          "rk_live_"),
    "A": ("AKIA", "ASIA", "AIza"),
    "eyJ": ("eyJ",),
}  # fmt: skip
"""By what all of them have in them and few texts do."""
_KEY: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    r"sk-(?:proj-|ant-|or-)?(?=[A-Za-z0-9_-]{0,200}[0-9])[A-Za-z0-9_-]{16,}"
    r"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,}|glpat-[A-Za-z0-9_-]{20,}"
    r"|xox[abprs]-[A-Za-z0-9-]{10,}|A(?:KIA|SIA)[0-9A-Z]{16}|AIza[A-Za-z0-9_-]{30,}"
    r"|hf_[A-Za-z0-9]{30,}|gsk_[A-Za-z0-9]{30,}|[rs]k_live_\w{16,}"
    r"|eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*)"
)
_KEY_OPEN: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:sk-|gh[pousr]_|github_pat_|glpat-|xox[abprs]-|A(?:KIA|SIA)|AIza|hf_|gsk_"
    r"|[rs]k_live_|eyJ)[A-Za-z0-9_.-]*\Z"
)
_BEARER: Final = re.compile(
    r"\b(?:[Bb]earer|BEARER|[Bb]asic) {1,4}((?=[^\s]{0,200}[0-9])[A-Za-z0-9._~+/=-]{12,})"
)
_IN_URL: Final = re.compile(r"://[^\s/:@\"']{0,256}:([^\s/\"']{1,256})@")
_PEM: Final = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----(.*?)(?:-----END|\Z)", re.DOTALL)
_ASSIGNED: Final = re.compile(r"(?<![\w-])([\w-]{1,64})=([^\s&;,\"'<>\\]{6,4096})")
_ASSIGNED_QUOTED: Final = re.compile(
    r"(?<![\w-])([\w-]{1,64}) {0,4}= {0,4}\\{0,8}[\"']([^\"'\\]{4,4096})\\{0,8}[\"']"
)
_FLAG: Final = re.compile(r"--([A-Za-z][\w-]{0,63}) {1,4}([^\s\"'\\-][^\s\"'\\]{3,4096})")
_AFTER_NAME: Final = re.compile(
    r"(?i): (?:(?<=key: )|(?<=token: )|(?<=word: )|(?<=wd: )|(?<=secret: )|(?<=authorization: )"
    r"|(?<=cookie: )|(?<=pass: )|(?<=phrase: )|(?<=code: )|(?<=credential: ))"
)
"""Ordinary text has many colons, so that the ends of names are looked at first."""
_HEADER_VALUE: Final = re.compile(
    r" {0,3}((?:(?:Basic|Bearer|Digest|Token) [^\s\"',;\\]|(?=[^\s\"',;\\]{0,200}[0-9]))"
    r"[^\s\"',;\\]{6,4096})"
)
_PAIR: Final = re.compile(r"\[\s{0,16}\\{0,8}\"([^\"\\]{1,128})\\{0,8}\",\s{0,16}\\{0,8}\"")
_NAMED_VALUE: Final = re.compile(
    r"\"(?:name|key|header|field|variable)\\{0,8}\":\s{0,16}\\{0,8}\"([^\"\\]{1,128})"
)
_NAME: Final = rf"(?:[^\"'\\]|\\[^\"']){{1,{LONGEST_NAME}}}"
_QUOTED: Final = re.compile(
    rf"([\"'])({_NAME})\1 {{0,16}}:\s{{0,16}}([\"'])((?:\\.|(?!\3)[^\\])*)(?:\3|\\?\Z)", re.DOTALL
)
_ESCAPED: Final = re.compile(
    rf"\\\"({_NAME}?)\\{{1,8}}\" {{0,16}}:\s{{0,16}}\\{{1,8}}\"(.*?)(?:\\{{1,8}}\"|\\{{0,8}}\Z)",
    re.DOTALL,
)
_BARE: Final = re.compile(
    rf"([\"'])({_NAME})\1 {{0,16}}:\s{{0,16}}(?!null\b|true\b|false\b|None\b|True\b|False\b)"
    r"([A-Za-z0-9+.-]{1,256})"
)
_NAMES: Final = re.compile(rf"[\"'](?=((?:[^\"'\\]|\\.){{0,{LONGEST_NAME}}}?)\\*[\"'] {{0,16}}:)")
_OPEN_WINDOW: Final = 512


def suspicious(text: str) -> bool:
    """Whether `text`, plain or JSON, may hold something that `spans` or a name would remove.

    A quick look that never misses: it decides for whole blocks of chunks whether anything has to
    be looked at closely.
    """
    return has_content(text) or has_names(text)


def has_content(text: str) -> bool:
    """Whether there is what looks like a secret whatever its name."""
    for rare, beginnings in _KEY_BEGINNINGS.items():
        if (
            rare in text
            and any(beginning in text for beginning in beginnings)
            and _KEY.search(text)
        ):
            return True
    if "://" in text and _IN_URL.search(text):
        return True
    return (
        ("-----BEGIN" in text and "PRIVATE KEY" in text)
        or ("=" in text and any(True for _ in _assigned(text)))
        or ("--" in text and any(True for _ in _flagged(text)))
        or (": " in text and any(True for _ in _headed(text)))
        or (
            ("earer" in text or "asic" in text or "BEARER" in text)
            and _BEARER.search(text) is not None
        )
    )


def has_names(text: str) -> bool:
    """Whether there is a name of secrets with a colon behind it, or in a pair with a value."""
    if has_pairs(text):
        return True
    if ":" not in text or ('"' not in text and "'" not in text):
        return False
    lower = text.lower()
    return any(stem in lower for stem in STEMS) and any(
        family_of(match[1]) is not None for match in _NAMES.finditer(text)
    )


def has_pairs(text: str) -> bool:
    """Whether there is `["api_key", "..."` or `"name": "api_key"` in what may be JSON."""
    pairs = _PAIR.finditer(text) if "[" in text else ()
    named = _NAMED_VALUE.finditer(text) if "value" in text else ()
    return any(family_of(match[1]) is not None for match in (*pairs, *named))


def spans(text: str) -> Iterator[Span]:
    """Where `text` holds what looks like a secret, unordered; places may overlap."""
    for match in _KEY.finditer(text):
        yield match.span()
    for pattern in (_BEARER, _IN_URL, _PEM):
        for match in pattern.finditer(text):
            yield match.span(1)
    yield from _assigned(text)
    yield from _flagged(text)
    yield from _headed(text)
    for match in _QUOTED.finditer(text):
        if family_of(match[2]):
            yield match.span(4)
    for match in _ESCAPED.finditer(text):
        if family_of(match[1]):
            yield match.span(2)
    for match in _BARE.finditer(text):
        if family_of(match[2]) == "strong":
            yield match.span(3)


def open_at(text: str) -> int:
    """Where the end of `text` may be the beginning of a well-known key, else its length."""
    start = max(0, len(text) - _OPEN_WINDOW)
    match = _KEY_OPEN.search(text, start)
    return len(text) if match is None else match.start()


def _assigned(text: str) -> Iterator[Span]:
    for pattern in (_ASSIGNED, _ASSIGNED_QUOTED):
        for match in pattern.finditer(text):
            if family_of(match[1]):
                yield match.span(2)


def _flagged(text: str) -> Iterator[Span]:
    """Of a command line: `--password x`."""
    for match in _FLAG.finditer(text):
        if family_of(match[1]):
            yield match.span(2)


def _headed(text: str) -> Iterator[Span]:
    """Of a header or a configuration: `X-Api-Key: x1`, but not a `token: 12 of them`."""
    for colon in _AFTER_NAME.finditer(text):
        name = text[max(0, colon.start() - 64) : colon.start()].rsplit(None, 1)[-1]
        family = family_of(name)
        if family == "strong" or (family == "weak" and ("-" in name or "_" in name)):
            match = _HEADER_VALUE.match(text, colon.end())
            if match is not None:
                yield match.span(1)
