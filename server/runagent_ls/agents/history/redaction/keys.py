"""Which names hold secrets: `password`, `apiKey`, `X-Auth-Token`; not `max_tokens`, `tokenizer`."""

from __future__ import annotations

import re
from typing import Final, Literal, TypeAlias

Family: TypeAlias = Literal["strong", "weak"] | None
"""`strong`: whatever stands below is a secret. `weak`: only a text that stands there directly, for
numbers under such names are counts."""

LONGEST_NAME: Final = 128
"""A longer name is text."""

STEMS: Final = (
    "pass", "pwd", "secret", "token", "key", "auth", "credential", "cookie", "session", "bearer",
    "jwt",
)  # fmt: skip
"""Each name that holds a secret has one of these in it, in lower case."""

_STRONG: Final = re.compile(
    r"password|passwd|passphrase|passcode|secret(?!ar|ion|ive)|credential|authorization"
    r"|apikey|privatekey|accesskey|secretkey|sshkey|signingkey|encryptionkey|masterkey|authkey"
    r"|serviceaccountkey|(?:db|user|login|root|admin|mail|smtp|ftp|mysql|postgres|pg|redis|proxy)pass$|^cookies?$|setcookie|cookiejar|authcookie|sessioncookie|^pwd$|pwd$"
)
_WEAK: Final = re.compile(r"token$|^tokens$|(?:access|auth|refresh|api|bearer)tokens$")
_WEAK_NAMES: Final = frozenset(
    {"session", "sessionid", "sessionkey", "sid", "bearer", "jwt", "auth", "authheader", "cookie"}
)
_WORDS: Final = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_ABOUT: Final = frozenset({
    "count", "counts", "max", "min", "maximum", "minimum", "total", "num", "number", "limit",
    "limits", "length", "len", "usage", "used", "budget", "per", "rate", "cost", "price", "size",
    "remaining", "policy", "enabled", "required", "expires", "expiry", "expiration", "type",
    "url", "uri", "endpoint", "age", "days", "seconds", "ms", "at", "prompt", "completion",
    "input", "output", "cached", "reasoning", "stop", "eos", "bos", "pad", "unk", "sep", "cls",
    "mask", "special", "has", "is", "needs", "strength",
})  # fmt: skip
"""Words that make a name tell something about a secret, or mean a language model's tokens."""
_FORGET_AT: Final = 10_000

_known: dict[str, Family] = {}


def family_of(name: str) -> Family:
    """Whether `name` holds a secret; case, camelCase, `_`, `-` and `.` do not count."""
    try:
        return _known[name]
    except KeyError:
        pass
    if len(_known) >= _FORGET_AT:
        _known.clear()
    found = _known[name] = _family(name)
    return found


def _family(name: str) -> Family:
    if len(name) > LONGEST_NAME:
        return None
    lower = name.lower()
    if not any(stem in lower for stem in STEMS) and lower != "sid":
        return None
    words = [word.lower() for word in _WORDS.findall(name)]
    joined = re.sub(r"[^0-9a-z]", "", lower)
    about = not _ABOUT.isdisjoint(words)
    if _STRONG.search(joined):
        return "weak" if about else "strong"
    if about or joined.startswith(("max", "total", "num", "min")):
        return None
    return "weak" if _WEAK.search(joined) or joined in _WEAK_NAMES else None
