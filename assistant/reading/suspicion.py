"""Whether an infection that is there or feared is a diagnosis or a suspicion (spec, section 4.2). Either way pomalidomide is held."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.reading.episodes import Thread, is_prophylaxis
from assistant.reading.items import Item, Scan
from assistant.reading.phrases import phrase
from assistant.records import Infection

_ASIDE = ("negated", "hypothetical", "other", "historical", "exposure", "uncertain", "far")
# Signs that point at a place; a fever or malaise points at none.
_FOCAL = ("cough", "urinary symptoms", "skin signs", "upper airway symptoms")


def settled(infection: Infection, scans: Sequence[Scan], thread: Thread | None) -> Infection:
    """The state with a diagnosis told from a suspicion; anything but active, suspected or resolving stays as it is."""
    if infection in (Infection.ACTIVE, Infection.RESOLVING) and _is_only_feared(scans, thread):
        return Infection.SUSPECTED
    if infection is Infection.SUSPECTED and not _unproven(scans) and _is_found(scans, thread):
        return Infection.ACTIVE
    return infection


def _unproven(scans: Sequence[Scan]) -> bool:
    """Whether the last message says that nothing is proven."""
    return bool(phrase("unproven").search(scans[-1].plain.text))


def _is_only_feared(scans: Sequence[Scan], thread: Thread | None) -> bool:
    """Whether every mention of the last message that names one is doubted, or the message says that nothing is proven."""
    over = any(s.name in ("resolved", "treatment_done") and s.asserted for s in thread.states) if thread else False
    if over or _is_found(scans, thread, treated=False):
        return False
    mentions = thread.mentions if thread else []
    last = max((m.turn for m in mentions), default=-1)
    named = [m for m in mentions if m.turn == last]
    if all(m.entry.kind == "generic" for m in named) and any(not m.has("uncertain") for m in mentions if m.turn < last):
        return False  # 'held for conjunctivitis' // 'when do infections come?'
    return bool(named) and (all(m.has("uncertain") for m in named) or _unproven(scans))


def _is_found(scans: Sequence[Scan], thread: Thread | None, *, treated: bool = True) -> bool:
    """Whether a test or a picture shows it; or, where `treated` counts, whether signs at one place are treated as one."""
    lines = [line for s in scans for n, line in enumerate(s.sentence_lines) if phrase("positive_finding").search(line) and not _doubted(s, n)]
    if lines:
        return True
    signs = [i for s in scans for i in s.of("symptom") if i.name in _FOCAL and not i.has(*_ASIDE)]
    return treated and bool(signs) and bool(_directed(thread))


def _doubted(scan: Scan, sentence: int) -> bool:
    return any(i.kind == "infection" and i.sentence == sentence and i.has(*_ASIDE) for i in scan.items)


def _directed(thread: Thread | None) -> list[Item]:
    """The antimicrobials given as treatment."""
    return [t for t in thread.treatments if not is_prophylaxis(t, thread) and not t.has("hypothetical", "negated")] if thread else []
