"""What an entrypoint's `module` names in its file: proven, refuted or unknown.

Follows the server's own way: the first part is a name of the file, every further part is an
attribute. Nothing is executed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path as FilePath
from typing import Final

from runagent_ls.project.evaluation import Evaluator
from runagent_ls.project.importing import ModuleReader
from runagent_ls.project.model import Resolution
from runagent_ls.project.objects import Found, Thing, agreement, nearest, unknown
from runagent_ls.project.questions import Answers, Questions
from runagent_ls.pyfile.model import CallSite, Proof, Symbol

__all__ = ["ModuleReader", "examine", "resolve"]

_BLOCKING: Final = (
    "time.sleep", "requests.", "urllib.request.urlopen", "subprocess.run", "subprocess.call",
    "subprocess.check_call", "subprocess.check_output", "os.system", "httpx.get", "httpx.post",
    "httpx.put", "httpx.delete", "httpx.request", "httpx.stream", "socket.create_connection",
)  # fmt: skip


def resolve(module: str, file: FilePath, reader: ModuleReader) -> Resolution:
    """What `module` of a configuration names in `file`. Never raises."""
    return examine(module, file, Questions(Answers(reader)))


def examine(module: str, file: FilePath, ask: Questions) -> Resolution:
    """The same; afterwards `ask.asked` is all that the resolution depends on, places included."""
    try:
        return _Resolver(file, ask).resolve(module)
    except RecursionError:
        return Resolution(Proof.UNKNOWN, Proof.UNKNOWN, Proof.UNKNOWN)


class _Resolver:
    def __init__(self, file: FilePath, ask: Questions) -> None:
        self._file = file
        self._evaluator = Evaluator(file, ask)

    def resolve(self, module: str) -> Resolution:
        first, _, rest = module.partition(".")
        found = self._evaluator.name(self._file, first)
        if found.exists is Proof.REFUTED:
            return _refuted(found, first, None)
        # As the server does: no further part at all when nothing follows the first dot.
        for part in rest.split(".") if rest else ():
            if not found.things:
                return self._answer(Found(Proof.UNKNOWN))
            owner = found.things[-1].symbol
            found = self._attribute_of(found, part)
            if found.exists is Proof.REFUTED:
                return _refuted(found, part, owner)
        return self._answer(found)

    def _attribute_of(self, found: Found, part: str) -> Found:
        """The attribute on each thing that the owner may be."""
        options = [self._evaluator.attribute(thing, part) for thing in found.things]
        exists = agreement([option.exists for option in options])
        if found.exists is Proof.UNKNOWN and exists is Proof.PROVEN:
            exists = Proof.UNKNOWN
        things = tuple(thing for option in options for thing in option.things)
        if things and not all(option.things for option in options):
            things = (unknown(), *things)  # one of the owners gives nothing that is known
        near = dict.fromkeys(name for option in options for name in option.nearest)
        if found.things[0].kind == "value" and not near:
            symbol = found.things[0].symbol
            near = dict.fromkeys(nearest(part, symbol.keys if symbol else ()))
        return Found(exists, things, tuple(near))

    def _answer(self, found: Found) -> Resolution:
        things = found.things
        if not things:
            return Resolution(found.exists, Proof.UNKNOWN, Proof.UNKNOWN)
        last = things[-1]
        alone = len(things) == 1
        behaviours = [thing.behaviour for thing in things]
        known = [behaviour for behaviour in behaviours if behaviour is not None]
        complete = len(known) == len(things)
        return Resolution(
            exists=found.exists,
            is_callable=agreement(thing.is_callable for thing in things),
            streams=_streams(things),
            symbol=self._usable(last),
            defined_in=last.path,
            needs_instance=all(thing.needs_instance for thing in things),
            is_property=alone and last.kind == "property",
            signature=last.signature,
            signature_certain=alone and last.signature_certain,
            gives_generator=agreement(b.gives_generator for b in known)
            if complete
            else Proof.UNKNOWN,
            gives_coroutine=agreement(b.gives_coroutine for b in known)
            if complete
            else Proof.UNKNOWN,
        )

    def _usable(self, thing: Thing) -> Symbol | None:
        """The symbol with the parameters a caller meets and the calls that are known to block."""
        if thing.symbol is None:
            return None
        return replace(
            thing.symbol,
            signature=thing.signature,
            returns=thing.behaviour.returns if thing.behaviour else thing.symbol.returns,
            blocking_calls=tuple(
                call for call in thing.symbol.blocking_calls if self._blocks(call, thing.path)
            ),
            bare_next_calls=thing.symbol.bare_next_calls
            if thing.path is not None and self._evaluator.is_builtin("next", thing.path)
            else (),
        )

    def _blocks(self, call: CallSite, path: FilePath | None) -> bool:
        name = self._evaluator.qualified(path, call.callee) if path is not None else None
        if name is None:
            return False
        return any(
            name == known or (known.endswith(".") and name.startswith(known)) for known in _BLOCKING
        )


def _refuted(found: Found, part: str, owner: Symbol | None) -> Resolution:
    return Resolution(
        exists=Proof.REFUTED,
        is_callable=Proof.REFUTED,
        streams=Proof.REFUTED,
        failed_part=part,
        nearest=found.nearest,
        owner=owner,
        gives_generator=Proof.REFUTED,
        gives_coroutine=Proof.REFUTED,
    )


def _streams(things: tuple[Thing, ...]) -> Proof:
    """Something that cannot be called gives no chunks either."""
    return agreement(
        thing.behaviour.streams
        if thing.behaviour is not None
        else (Proof.REFUTED if thing.is_callable is Proof.REFUTED else Proof.UNKNOWN)
        for thing in things
    )
