"""How the code reads, per language. `UPDATE_GOLDEN=1 pytest <this file>` writes the files anew."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from client_calls import CASES, NASTY, Case, code_of
from runagent_ls.features.client_code import LANGUAGES, ClientCodeError, ClientLanguage
from runagent_ls.features.client_code import ClientTarget as Target

GOLDEN = Path(__file__).parents[3] / "fixtures" / "client-code"
BY_NAME = {case.name: case for case in CASES}
SHOWN = {
    "plain": (BY_NAME["plain"], Target("an-id", host="127.0.0.1", port=8450)),
    "nested": (BY_NAME["nested"], Target("an-id")),
    "positions": (BY_NAME["all-positions"], Target("an-id", host="::1", port=8450)),
    "anything": (BY_NAME["any-both"], Target("an-id", cloud=True)),
    "unfit": (BY_NAME["unfit"], Target("an-id", cloud=True)),
    "keywords": (BY_NAME["words"], Target(NASTY, host="127.0.0.1", port=8450)),
    "stream": (BY_NAME["stream"], Target("an-id", host="127.0.0.1", port=8450)),
    "stream-cloud": (BY_NAME["stream-position"], Target("an-id", cloud=True)),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", SHOWN)
def test_the_code_reads_as_before(name: str, language: ClientLanguage) -> None:
    found = _shown(*SHOWN[name], language)
    # Not the language's own ending: tools would look into the files.
    path = GOLDEN / language / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found, "utf-8", newline="\n")
    assert found == path.read_text("utf-8")


def _shown(case: Case, target: Target, language: ClientLanguage) -> str:
    try:
        code = code_of(case, language, target)
    except ClientCodeError as error:
        return f"{error.message} {error.advice}\n"
    notes = "".join(f"note: {note}\n" for note in code.notes)
    return f"{code.file_name} ({code.language_id})\n{notes}---\n{code.text}"
