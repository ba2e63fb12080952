"""Where the lines of a plot go: coordinates for an inline SVG without any style (templates/macros/plots.html)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

#: The drawing, in its own units; it scales with the page.
WIDTH, HEIGHT = 720, 280
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 96, 14, 34


@dataclass(frozen=True, slots=True)
class Line:
    """One series: its points for ``<polyline>`` and where it ends, for the label beside it."""

    label: str
    points: str
    end: tuple[float, float] | None
    label_y: float


@dataclass(frozen=True, slots=True)
class LinePlot:
    """A plot of percentages: lines, and the marks of both axes as (place, text)."""

    lines: tuple[Line, ...]
    rows: tuple[tuple[float, str], ...]
    columns: tuple[tuple[float, str], ...]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = _LEFT
    right: int = WIDTH - _RIGHT
    bottom: int = HEIGHT - _BOTTOM


def line_plot(labels: Sequence[str], series: Sequence[tuple[str, Sequence[Decimal | None]]], *, every: int) -> LinePlot:
    """Percentages up to 100 along ``labels``; of these every so many are written. None ends a line.

    The axis begins at the 10 % below the lowest value: what differs is what one looks at.
    """
    known = [value for _, values in series for value in values if value is not None]
    base = int(min(known, default=Decimal(0)) // 10) * 10
    base = min(max(base, 0), 90)
    step = Decimal(WIDTH - _LEFT - _RIGHT) / max(1, len(labels) - 1)
    lines = []
    for label, values in series:
        points = [
            (round(float(_LEFT + step * place), 1), _height(value, base))
            for place, value in enumerate(values)
            if value is not None
        ]
        text = " ".join(f"{x},{y}" for x, y in points)
        lines.append(Line(label, text, points[-1] if points else None, 0.0))
    columns = tuple(
        (round(float(_LEFT + step * place), 1), label)
        for place, label in enumerate(labels)
        if (len(labels) - 1 - place) % every == 0
    )
    every_row = 5 if base >= 70 else 10 if base >= 40 else 20
    rows = tuple((_height(Decimal(mark), base), f"{mark} %") for mark in range(100, base - 1, -every_row))
    return LinePlot(_apart(lines), rows, columns)


def _height(value: Decimal, base: int) -> float:
    share = (min(max(value, Decimal(base)), Decimal(100)) - base) / (100 - base)
    return round(float(_TOP + (HEIGHT - _TOP - _BOTTOM) * (1 - share)), 1)


def _apart(lines: Sequence[Line]) -> tuple[Line, ...]:
    """Labels at the ends of the lines, moved until none lies over another."""
    placed: dict[str, float] = {}
    lowest = float("-inf")
    for line in sorted((one for one in lines if one.end), key=lambda one: one.end[1] if one.end else 0):
        assert line.end is not None
        lowest = max(line.end[1] + 4, lowest + 15)
        placed[line.label] = lowest
    overshoot = max(0.0, lowest - (HEIGHT - _BOTTOM + 4))
    return tuple(Line(line.label, line.points, line.end, placed.get(line.label, 0.0) - overshoot) for line in lines)
