"""Plots as inline SVG: drawn by hand, so that a report needs no library, no script and no network, and is the same bytes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

Json = Mapping[str, Any]
WIDTH = 780
LABEL = 270
ROW = 24


def _svg(width: int, height: int, title: str, body: Sequence[str]) -> str:
    inner = "".join(body)
    return f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>{inner}</svg>'


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def intervals(rows: Sequence[tuple[str, Json]], title: str, *, low: float = 0.0) -> str:
    """Rates as points with their exact intervals, one row each; the axis runs from `low` to 1."""
    wide = WIDTH - LABEL - 130

    def at(share: float) -> float:
        return LABEL + wide * max(0.0, share - low) / (1 - low)

    body = []
    height = ROW * len(rows) + 34
    for step in range(5):
        share = low + (1 - low) * step / 4
        body.append(f'<line x1="{at(share):.1f}" x2="{at(share):.1f}" y1="4" y2="{height - 26}" class="grid"/>')
        body.append(_text(at(share), height - 10, f"{share:.0%}", "axis", "middle"))
    for number, (name, rate) in enumerate(rows):
        y = ROW * number + 16
        body.append(_text(LABEL - 10, y + 4, name, "name", "end"))
        if rate["share"] is None:
            body.append(_text(LABEL, y + 4, "not measured", "axis"))
            continue
        body.append(f'<line x1="{at(rate["low"]):.1f}" x2="{at(rate["high"]):.1f}" y1="{y}" y2="{y}" class="range"/>')
        body.append(f'<circle cx="{at(rate["share"]):.1f}" cy="{y}" r="4.5" class="point"/>')
        body.append(_text(WIDTH - 118, y + 4, f"{rate['share']:.1%}  ({rate['hits']}/{rate['trials']})", "figure"))
    return _svg(WIDTH, height, title, body)


def matrix(confusion: Mapping[str, Mapping[str, int]], columns: Sequence[str], dangerous: Mapping[tuple[str, str], bool], title: str) -> str:
    """A directed confusion matrix: rows are what the label says, columns what was said; dangerous cells are marked."""
    cell, tall = 84, 30
    body = [_text(LABEL + cell * n + cell / 2, 18, name, "axis", "middle") for n, name in enumerate(columns)]
    for row, (gold, said) in enumerate(confusion.items()):
        y = 28 + tall * row
        body.append(_text(LABEL - 10, y + 19, gold, "name", "end"))
        whole = sum(said.values())
        for n, name in enumerate(columns):
            count = said.get(name, 0)
            right = name in gold.split("/")
            kind = "right" if right else "danger" if dangerous.get((gold, name)) else "wrong"
            weight = 0.12 + 0.88 * count / whole if count else 0.0
            x = LABEL + cell * n
            body.append(f'<rect x="{x + 1}" y="{y + 1}" width="{cell - 2}" height="{tall - 2}" rx="3" class="cell"/>')
            if count or kind == "danger":
                body.append(f'<rect x="{x + 1}" y="{y + 1}" width="{cell - 2}" height="{tall - 2}" rx="3" class="{kind}" fill-opacity="{weight:.2f}"/>')
            body.append(_text(x + cell / 2, y + 19, str(count) if count else "·", f"count{' onfull' if weight > 0.6 else ''}" if count else "axis", "middle"))
    return _svg(LABEL + cell * len(columns) + 4, 32 + tall * len(confusion), title, body)


def bars(rows: Sequence[tuple[str, float, str]], title: str) -> str:
    """Shares from 0 to 1 as bars, each with its figure in words."""
    wide = WIDTH - LABEL - 130
    body = []
    for number, (name, share, words) in enumerate(rows):
        y = ROW * number + 6
        body.append(_text(LABEL - 10, y + 13, name, "name", "end"))
        body.append(f'<rect x="{LABEL}" y="{y + 2}" width="{wide}" height="14" rx="2" class="cell"/>')
        body.append(f'<rect x="{LABEL}" y="{y + 2}" width="{wide * max(0.0, min(share, 1.0)):.1f}" height="14" rx="2" class="bar"/>')
        body.append(_text(WIDTH - 118, y + 13, words, "figure"))
    return _svg(WIDTH, ROW * len(rows) + 10, title, body)
