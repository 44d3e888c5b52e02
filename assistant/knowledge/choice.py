"""Which label records are shown: those of the jurisdiction that was named or chosen, or else the US and the EU side by side."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from assistant.knowledge.entries import Label

BESIDE = ("US", "EU")  # shown together where no jurisdiction is chosen


def wanted(named: Sequence[str], setting: str) -> tuple[str, ...]:
    """Whose labels are shown: those that the question names, or else those of the setting; () for the US and the EU side by side."""
    return tuple(named) or ((setting,) if setting else ())


def chosen(labels: Iterable[Label], wanted: Sequence[str]) -> tuple[Label, ...]:
    """The records of the jurisdictions `wanted`; where they have none, or none is wanted, those of the US and the EU, or else all."""
    held = tuple(labels)
    for codes in (wanted, BESIDE):
        found = tuple(label for label in held if label.marker in codes)
        if found:
            return found
    return held


def cited(label: Label) -> str:
    """A record's text with its marker inside its last sentence."""
    return f"{label.text.rstrip('.')} [{label.marker}]."
