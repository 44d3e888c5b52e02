"""The answer's text as paragraphs, sentences and runs, so that the browser draws and never parses."""

from __future__ import annotations

import re
from typing import Any

from assistant.records import Answer
from assistant.screen.sources import UNCITED, placed
from assistant.screen.words import typeset

Json = dict[str, Any]

_PARAGRAPH = re.compile(r"\n\s*\n")
_PIECE = re.compile(r"(\*\*.+?\*\*|\[[0-9A-Z]+\])", re.DOTALL)
_MARK = re.compile(r"\[([0-9A-Z]+)\]")


def paragraphs(answer: Answer, stops: list[Json]) -> list[list[Json]]:
    """Paragraphs of sentences; text that belongs to no known sentence is kept, with number None."""
    pieces: list[Json] = []
    cursor = 0
    for number, (start, sentence) in enumerate(placed(answer)):
        if start < cursor:
            continue
        pieces.append({"text": answer.text[cursor:start], "number": None, "kind": ""})
        pieces.append({"text": sentence.text, "number": number, "kind": sentence.kind.value})
        cursor = start + len(sentence.text)
    pieces.append({"text": answer.text[cursor:], "number": None, "kind": ""})
    return _lines(pieces, stops)


def _lines(pieces: list[Json], stops: list[Json]) -> list[list[Json]]:
    found: list[list[Json]] = [[]]
    for piece in pieces:
        for nth, part in enumerate(_PARAGRAPH.split(piece["text"])):
            if nth:
                found.append([])
            if part.strip():
                found[-1].append({"number": piece["number"], "kind": piece["kind"], "runs": _runs(part, piece["number"], stops)})
    return [line for line in found if line]


def _runs(text: str, number: int | None, stops: list[Json]) -> list[Json]:
    """Text in bold or not, and markers with the place that they open; a marker without a place stays text."""
    own = [(index, stop) for index, stop in enumerate(stops) if stop["sentence"] == number]
    runs: list[Json] = []
    for part in _PIECE.split(typeset(text)):
        marker = _MARK.fullmatch(part)
        if marker:
            candidates = own if number is not None else list(enumerate(stops))
            place = next((index for index, stop in candidates if stop["mark"] == marker.group(1)), None)
            runs.append({"text": part} if place is None else {"mark": marker.group(1), "stop": place})
        elif part.startswith("**") and part.endswith("**") and len(part) > 4:
            runs.append({"text": part[2:-2], "bold": True})
        elif part:
            runs.append({"text": part})
    if own and not any("mark" in run for run in runs):
        runs.append({"mark": UNCITED, "stop": own[0][0]})
    return runs
