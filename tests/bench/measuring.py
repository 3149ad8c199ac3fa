"""Medians, percentiles and the table that every benchmark prints."""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass
class Samples:
    """What was measured of one thing, one number for each round."""

    values: list[float] = field(default_factory=list)

    def add(self, value: float) -> None:
        """Add one number."""
        self.values.append(value)

    @property
    def p50(self) -> float:
        """The median."""
        return statistics.median(self.values)

    @property
    def p95(self) -> float:
        """The value that 95 of 100 do not exceed."""
        ordered = sorted(self.values)
        return ordered[min(len(ordered) - 1, round(0.95 * (len(ordered) - 1)))]


@dataclass(frozen=True)
class Row:
    """One line of a table: ours against an anchor of the same run.

    `target` bounds the ratio ours/anchor from above, or from below with `at_least`. A row
    without anchor holds a plain number against a plain limit.
    """

    what: str
    ours: float
    anchor: float | None = None
    anchor_name: str = ""
    target: float | None = None
    stretch: float | None = None
    at_least: bool = False
    unit: str = "ms"

    @property
    def ratio(self) -> float:
        """Ours against the anchor; ours itself when there is no anchor."""
        return self.ours if self.anchor is None else self.ours / self.anchor

    def meets(self, bound: float | None) -> bool | None:
        """Whether the ratio keeps `bound`; None without a bound."""
        if bound is None:
            return None
        return self.ratio >= bound if self.at_least else self.ratio <= bound


def interleave(rounds: int, measures: Mapping[str, Callable[[], None]]) -> None:
    """Run every measure once a round, in turning order: drift of the machine hits all alike."""
    names = list(measures)
    for turn in range(rounds):
        shift = turn % len(names)
        for name in names[shift:] + names[:shift]:
            measures[name]()


def measure_and_print(
    description: str | None,
    title: str,
    measure: Callable[[int], list[Row]],
    rounds: int,
    arguments: Sequence[str] | None,
) -> list[Row]:
    """The command line of a benchmark whose one choice is `--rounds`."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--rounds", type=int, default=rounds)
    rows = measure(parser.parse_args(arguments).rounds)
    print_table(title, rows)
    return rows


def print_table(title: str, rows: Iterable[Row]) -> None:
    """Print `rows` with their targets and whether they are met."""
    print(f"\n{title}")
    header = ("what", "ours", "anchor", "", "ratio", "target", "met", "stretch")
    lines = [header, *(_cells(row) for row in rows)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(header))]
    for line in lines:
        print("  " + "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)))


def _cells(row: Row) -> Sequence[str]:
    sign = ">=" if row.at_least else "<="
    met = {None: "", True: "yes", False: "NO"}[row.meets(row.target)]
    if row.meets(row.stretch):
        met = "stretch"
    return (
        row.what,
        f"{_number(row.ours)} {row.unit}",
        "" if row.anchor is None else f"{_number(row.anchor)} {row.unit}",
        row.anchor_name,
        "" if row.anchor is None else f"{row.ratio:.2f}x",
        "" if row.target is None else f"{sign} {row.target:g}{'' if row.anchor is None else 'x'}",
        met,
        "" if row.stretch is None else f"{row.stretch:g}{'' if row.anchor is None else 'x'}",
    )


def _number(value: float) -> str:
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
