"""The symbols of a file, put together from its blocks and made when they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from runagent_ls.pyfile.block import Bindings, Block, shifted
from runagent_ls.pyfile.layout import Layout, Piece
from runagent_ls.pyfile.model import Symbol
from runagent_ls.pyfile.quiet import quiet_parser
from runagent_ls.pyfile.symbols import choose
from runagent_ls.text.position import Span


class SymbolTable(Mapping[str, Symbol]):
    """Symbols by name, in the order in which the file first binds them."""

    __slots__ = (
        "_attributes",
        "_index",
        "_late",
        "_made",
        "_mentioned",
        "_pieces",
        "_rebound",
        "_stale",
        "answers",
    )

    def __init__(self, layout: Layout) -> None:
        self._pieces = layout.pieces
        self._index: dict[str, list[int]] = {}
        """Name to the numbers of the pieces whose bindings may win."""
        self._attributes: dict[str, dict[str, list[int]]] = {}
        self._mentioned: set[str] = set()
        self._rebound: set[str] = set()
        self._late: dict[str, Span] = {}
        self._stale: dict[str, tuple[Piece, Block]] = {}
        self._made: dict[str, Symbol] = {}
        self.answers: dict[object, object] = {}
        """What was once asked of the whole file, by question: see `facts`."""
        for number, piece in enumerate(self._pieces):
            if piece.block is not None:
                self._add(number, piece.start, piece.block)
        for name in self._late:
            self._index.setdefault(name, [])
        for piece in self._pieces:
            self._add_lost(piece)

    def _add(self, number: int, start: int, block: Block) -> None:
        index = self._index
        dotted = []
        self._rebound |= block.rebound
        for name, use in block.uses.items():
            if "." in name:
                dotted.append(name)
                continue
            if use.mentions:
                (self._rebound if name in self._mentioned else self._mentioned).add(name)
            if use.strong:
                self._attributes.pop(name, None)
                if use.binds:
                    index[name] = [number]
                else:
                    index.pop(name, None)
            elif use.binds or name in index:
                index.setdefault(name, []).append(number)
        for name in dotted:
            owner, _, attribute = name.partition(".")
            places = self._attributes.setdefault(owner, {})
            if block.uses[name].strong:
                places[attribute] = [number]
            else:
                places.setdefault(attribute, []).append(number)
        for name, span in block.late.items():
            self._late.setdefault(name, shifted(span, start))

    def _add_lost(self, piece: Piece) -> None:
        for block in piece.lost if piece.block is None else ():
            for name, use in block.uses.items():
                if use.binds and "." not in name and name not in self._index:
                    self._stale[name] = (piece, block)

    def rest(self) -> None:
        """Drop what can be made again of the text: nobody is likely to ask for it soon."""
        self._made.clear()
        self.answers.clear()
        for piece in self._pieces:
            if piece.block is not None:
                piece.block.rest()

    def __len__(self) -> int:
        return len(self._index) + len(self._stale)

    def __iter__(self) -> Iterator[str]:
        yield from self._index
        yield from self._stale

    def __contains__(self, name: object) -> bool:
        return name in self._index or name in self._stale

    def __getitem__(self, name: str) -> Symbol:
        made = self._made.get(name)
        if made is None:
            with quiet_parser():
                made = self._symbol(name) if name in self._index else self._stale_symbol(name)
            self._made[name] = made
        return made

    def origin(self, name: str) -> tuple[object, object]:
        """See `facts.origin`. Blocks are compared by identity: an edit keeps the untouched ones."""
        numbers = self._index.get(name)
        if numbers is None:
            return (self, self) if name in self._stale else (None, None)
        attributes = self._attributes.get(name, {})
        places = [*numbers, *(number for found in attributes.values() for number in found)]
        made_by = (
            tuple(self._pieces[number].block for number in places),
            tuple((attribute, len(found)) for attribute, found in attributes.items()),
            name in self._rebound,
            name in self._late,
        )
        return made_by, (tuple(self._pieces[n].start for n in places), self._late.get(name))

    def _symbol(self, name: str) -> Symbol:
        options, unbound = self._compose(name, self._index[name])
        if name in self._late:
            place = self._late[name]
            options.append(Symbol(name, "other", place, place))
        symbol = choose(options, unbound)
        if symbol is None:  # the index holds names with a binding only
            raise KeyError(name)
        if name in self._rebound or name in self._late:
            symbol = replace(symbol, rebound=True)
        attributes: dict[str, Symbol] = {}
        for attribute, numbers in self._attributes.get(name, {}).items():
            found = choose(*self._compose(f"{name}.{attribute}", numbers))
            if found is not None:
                attributes[attribute] = found
        return replace(symbol, attributes=attributes) if attributes else symbol

    def _compose(self, key: str, numbers: list[int]) -> tuple[list[Symbol], bool]:
        """Every symbol that may be behind a key, and whether there may be none."""
        options: list[Symbol] = []
        unbound = True
        for number in numbers:
            bindings = self._bindings(number, key)
            if bindings.strong:
                options, unbound = [], False
            options.extend(bindings.symbols)
            unbound = unbound or bindings.unbinds
        return options, unbound

    def _bindings(self, number: int, key: str) -> Bindings:
        piece = self._pieces[number]
        if piece.block is None:  # the index numbers pieces with a block only
            raise KeyError(key)
        return piece.block.bindings(key, piece.start)

    def _stale_symbol(self, name: str) -> Symbol:
        """A symbol of text that is gone, placed inside what stands there now."""
        piece, block = self._stale[name]
        moved = block.bindings(name, piece.start).symbols[-1]
        place = Span(piece.start, piece.start + piece.length)
        end = min(moved.span.end, place.end)
        return replace(
            moved,
            span=Span(min(moved.span.start, end), end),
            full_span=place,
            certain=False,
            conditional=True,
        )
