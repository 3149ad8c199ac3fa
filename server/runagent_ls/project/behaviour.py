"""What calling something gives, as the server handles it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from runagent_ls.pyfile.model import Proof, ReturnKind, Symbol, Wrapping

Mode: TypeAlias = Literal["sync", "async", "generator", "async_generator"]

_ONE_BY_ONE: Final = {"iterable", "generator"}
_NO_CHUNKS: Final = {
    "str", "bytes", "dict", "number", "none", "coroutine", "async_generator", "instance",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Behaviour:
    """How Python classifies a callable, and every kind of value a call can give.

    An `async` one is awaited by the server, so `returns` is what awaiting gives.
    """

    mode: Mode
    returns: tuple[ReturnKind, ...]

    @property
    def streams(self) -> Proof:
        """Whether iterating the result gives chunks worth sending."""
        if self.mode in {"generator", "async_generator"}:
            return Proof.PROVEN
        kinds = set(self.returns)
        if not kinds or "unknown" in kinds:
            return Proof.UNKNOWN
        if kinds <= _ONE_BY_ONE and (self.mode == "sync" or kinds == {"iterable"}):
            return Proof.PROVEN
        return Proof.REFUTED if kinds <= _NO_CHUNKS else Proof.UNKNOWN

    @property
    def gives_generator(self) -> Proof:
        """Whether a plain call gives a generator object instead of a value."""
        if self.mode in {"generator", "async_generator"}:
            return Proof.PROVEN
        return _among(self.returns, {"generator", "async_generator"})

    @property
    def gives_coroutine(self) -> Proof:
        """Whether a plain call gives a coroutine that nobody awaits."""
        if self.mode != "sync":
            return Proof.REFUTED
        return _among(self.returns, {"coroutine"})


def _among(kinds: Iterable[ReturnKind], wanted: set[str]) -> Proof:
    found = set(kinds)
    if not found or "unknown" in found:
        return Proof.UNKNOWN
    if found <= wanted:
        return Proof.PROVEN
    return Proof.UNKNOWN if found & wanted else Proof.REFUTED


def written(symbol: Symbol) -> Behaviour:
    """Of a function or lambda without decorators."""
    if symbol.is_generator:
        return Behaviour("async_generator" if symbol.is_async else "generator", ())
    return Behaviour("async" if symbol.is_async else "sync", symbol.returns)


def forwarded(inner: Behaviour) -> Behaviour:
    """Of something plain and synchronous that gives exactly what calling `inner` gives."""
    kinds: dict[Mode, tuple[ReturnKind, ...]] = {
        "sync": inner.returns,
        "async": ("coroutine",),
        "generator": ("generator",),
        "async_generator": ("async_generator",),
    }
    return Behaviour("sync", kinds[inner.mode])


def wrapped(wrapping: Wrapping, inner: Behaviour) -> Behaviour:
    """Of a function after a decorator of this shape."""
    if wrapping.returns_argument:
        return inner
    if wrapping.is_generator:
        return Behaviour("async_generator" if wrapping.is_async else "generator", ())
    if wrapping.is_async:
        return Behaviour("async", ("unknown",))
    return forwarded(inner) if wrapping.forwards else Behaviour("sync", ("unknown",))
