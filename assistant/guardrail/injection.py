"""Check `injection`: instructions to the machine, leaked structure, markup, scripts, links, images."""

from __future__ import annotations

import re

from assistant.guardrail.cues import cues
from assistant.guardrail.pieces import Piece
from assistant.guardrail.readings import Context, Fault
from assistant.guardrail.tokens import MARKER

_CITED = re.compile(rf"(?:{MARKER.pattern})(?!\()")  # `[this](page)` is a link, though `[this]` is written as a marker is
_BRACES = re.compile(r"[\s{}\[\]\",:;]*[{}][\s{}\[\]\",:;]*$")
_REFUSES = re.compile(
    r"\b(?:cannot|can't|can not|won't|will not|do not|don't|not able|unable|leave|leaving|decline|no message|cannot be changed)\b", re.I
)
_MARKUP = re.compile(r"<\s*/?\s*\w|https?:|\]\(|javascript:|[{}]|```|#{2,}\s*(?:instruction|response|system)", re.I)


def faults(piece: Piece, context: Context) -> list[Fault]:
    """The faults of one piece as to what it carries besides its words."""
    text = _CITED.sub(" ", piece.text)
    if piece.kind == "markup" or _BRACES.fullmatch(piece.text):
        return [_fault("It is markup or leaked structure.", context)]
    found = _first(text)
    if found is None:
        return []
    if _REFUSES.search(text) and not _MARKUP.search(text):
        return []
    return [_fault(f"It carries an instruction, structure, markup or a link: '{found.group().strip()[:40]}'.", context)]


def _first(text: str) -> re.Match[str] | None:
    lower = text.lower()
    for needs, pattern in cues().injection:
        for word in needs:
            if word in lower:
                break
        else:
            continue
        found = pattern.search(text)
        if found is not None:
            return found
    return None


def _fault(why: str, context: Context) -> Fault:
    return Fault("injection", why, context.rule, "critical")
