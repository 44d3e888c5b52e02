"""Questions of fact that are put to the product labels: which jurisdiction, and what about."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from assistant.knowledge import knowledge
from assistant.reading.cue import Cue, compile_cue
from assistant.reading.items import Scan


@lru_cache(maxsize=512)
def _cue(pattern: str) -> Cue:
    return compile_cue(pattern)


def _says(patterns: list[str], scan: Scan) -> bool:
    return any(_cue(pattern).search(scan.plain.text) for pattern in patterns)


def jurisdictions_named(scan: Scan) -> tuple[str, ...]:
    """The jurisdictions whose label a message names, none where it names no label."""
    asked = knowledge().label_questions
    if not _says(asked.named, scan):
        return ()
    return tuple(code for code, patterns in asked.jurisdictions.items() if _says(patterns, scan))


def label_topics(scan: Scan) -> tuple[str, ...]:
    """What a message asks of the labels (ids of label_questions.yaml), none where it names no label."""
    asked = knowledge().label_questions
    if not _says(asked.named, scan):
        return ()
    named = bool(drugs_named((scan,)))
    return tuple(entry.id for entry in asked.topics if (_says(entry.words, scan) or (entry.drugs and named)) and not _says(entry.never, scan))


def drugs_named(scans: Sequence[Scan]) -> tuple[str, ...]:
    """The drugs of inhibitors.yaml that the last message names, or else the last one that names any."""
    known = knowledge().inhibitors
    for scan in reversed(scans):
        quinolones = {item.entry.id for item in scan.of("antimicrobial")}
        found = tuple(name for name, drug in known.items() if name in quinolones or _says(drug.words, scan))
        if found:
            return found
    return ()
