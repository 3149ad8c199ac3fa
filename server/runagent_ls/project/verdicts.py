"""Resolutions of entrypoints, kept from one reading of a project to the next."""

from __future__ import annotations

import re
from functools import lru_cache, partial
from pathlib import Path as FilePath
from typing import NamedTuple

from runagent_ls.project.importing import ModuleReader
from runagent_ls.project.model import Verdict
from runagent_ls.project.questions import Answers, Question, Questions
from runagent_ls.project.resolution import examine, resolve

_NAME = re.compile(r"[^\W\d]\w*")


class _Kept(NamedTuple):
    verdict: Verdict
    asked: tuple[Question, ...]


class Verdicts:
    """One `Verdict` per file and `module`, taken over from `earlier` where its answers hold."""

    def __init__(self, reader: ModuleReader, earlier: Verdicts | None = None) -> None:
        self._reader = reader
        self._answers: Answers = Answers(reader, earlier._answers if earlier else None)
        self._earlier = earlier._kept if earlier is not None else {}
        self._kept: dict[tuple[FilePath, str], _Kept] = {}

    def of(self, module: str, file: FilePath) -> Verdict:
        """What `module` names in `file`."""
        key = (file, module)
        known = self._kept.get(key)
        if known is None:
            before = self._earlier.get(key)
            known = self._again(module, file, before) if before is not None else None
            if known is None:
                known = self._anew(module, file)
            self._kept[key] = known
        return known.verdict

    def questions(self) -> Questions:
        """For asking about the files beside what entrypoints name."""
        return Questions(self._answers)

    def forget_earlier(self) -> None:
        """Drop what was only needed to take things over."""
        self._earlier = {}
        self._answers.forget_earlier()

    def _again(self, module: str, file: FilePath, before: _Kept) -> _Kept | None:
        """The earlier verdict; None when an answer it rests on is another now."""
        compared = self._answers.compared
        moved = False
        for question in before.asked:
            same, stays = compared(question)
            if not same:
                return None
            moved = moved or not stays
        if not moved:
            return before
        # The same answers give the same resolution with other places: made when they are needed.
        place = partial(resolve, module, file, self._reader)
        return before._replace(verdict=Verdict(before.verdict.settled, place))

    def _anew(self, module: str, file: FilePath) -> _Kept:
        ask = Questions(self._answers)
        found = examine(module, file, ask)
        # Rules ask these two as well: see `Rule.check_entrypoint`.
        ask.mentions(file, module)
        for parameter in found.signature.parameters if found.signature is not None else ():
            for name in _names(parameter.annotation or ""):
                ask.symbol(file, name)
        return _Kept(Verdict(found), tuple(ask.asked))


@lru_cache(maxsize=4096)
def _names(annotation: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_NAME.findall(annotation)))
