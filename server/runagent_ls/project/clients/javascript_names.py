"""Under which names a JavaScript file has the class `RunAgentClient` of the package `runagent`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final

from runagent_ls.project.clients.javascript_code import Code
from runagent_ls.project.clients.languages import CLIENT

PACKAGE: Final = "runagent"
_NAME: Final = r"[A-Za-z_$][\w$]*"
_FROM: Final = re.compile(r"(?<![\w$.])import(?P<clause>[\s\w$*,{}]*)(?<![\w$])from\s*\Z")
_TYPES_ONLY: Final = re.compile(r"\s*type\b(?!\s*,|\s*\Z)")
_REQUIRE: Final = re.compile(
    rf"(?<![\w$.])(?:const|let|var|import)\s+(?P<clause>{_NAME}|\{{[\s\w$,:]*\}})\s*"
    r"(?::[^=;]*)?=\s*(?:await\s+)?(?:require|import)\s*\(\s*\Z"
)
_MEMBER: Final = re.compile(rf"\s*\)\s*\.\s*{CLIENT}(?![\w$])")
_LONGEST_CLAUSE: Final = 2_000
_MOST_IMPORTS: Final = 50
_ALIAS: Final = re.compile(
    rf"(?<![\w$.])(?:const|let|var)\s+(?P<name>{_NAME})\s*=\s*"
    rf"(?P<what>{_NAME}(?:\s*\.\s*{CLIENT})?)\s*(?=[;,\r\n]|\Z)"
)
_AS: Final = re.compile(rf"(?P<what>{_NAME})(?:\s+as\s+|\s*:\s*)(?P<name>{_NAME})")


def client_names(code: Code) -> list[str]:
    """Regular expressions for what may stand behind `new`."""
    names: set[str] = set()
    modules: set[str] = set()
    for clause, member in _clauses(code):
        if member:
            names.add(clause)
        else:
            _read_clause(clause, names, modules)
    members = {rf"{re.escape(module)}\s*\.\s*{CLIENT}" for module in modules}
    for found in _ALIAS.finditer(code.blank):
        what = re.sub(r"\s", "", found["what"])
        if what in names or (what.endswith(f".{CLIENT}") and what[: -len(CLIENT) - 1] in modules):
            names.add(found["name"])
    return sorted([rf"{re.escape(name)}(?![\w$])" for name in names] + list(members))


def _clauses(code: Code) -> Iterator[tuple[str, bool]]:
    """What is imported from the package, as written; with True when it is the class already."""
    packages = ((start, end) for start, end in code.strings.items() if _is_package(code, start))
    for start, end in islice(packages, _MOST_IMPORTS):
        before = code.blank[max(0, start - _LONGEST_CLAUSE) : start]
        last = before.rfind("import")
        found = _FROM.search(before, max(0, last))
        if found is not None and not _TYPES_ONLY.match(found["clause"]):
            yield found["clause"].strip(), False
        last = max(before.rfind(word) for word in ("const", "let", "var", "import "))
        required = _REQUIRE.search(before, max(0, last))
        if required is not None:
            yield required["clause"].strip(), _MEMBER.match(code.blank, end) is not None


def _is_package(code: Code, quote: int) -> bool:
    name = code.text[quote + 1 : code.strings[quote] - 1]
    return name == PACKAGE or name.startswith(f"{PACKAGE}/")


def _read_clause(clause: str, names: set[str], modules: set[str]) -> None:
    """`a, { b as c }`, `* as a` or, of a destructured `require`, `{ b: c }`."""
    outside, brace, inside = clause.partition("{")
    for part in outside.split(","):
        word = part.strip().removeprefix("*").strip().removeprefix("as ").strip()
        if re.fullmatch(_NAME, word):
            modules.add(word)
    for part in inside.partition("}")[0].split(",") if brace else []:
        entry = part.strip()
        if entry == CLIENT:
            names.add(CLIENT)
        elif (found := _AS.fullmatch(entry)) is not None:
            if found["what"] == CLIENT:
                names.add(found["name"])
            elif found["what"] == "default":
                modules.add(found["name"])
