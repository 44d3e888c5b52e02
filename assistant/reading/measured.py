"""What is said of the patient beside the infection: counts, age, dose, kidneys, quinolones, and what pomalidomide does now."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.reading import quantities, replies
from assistant.reading.ages import ages
from assistant.reading.items import Item, Scan, around
from assistant.reading.phrases import phrase
from assistant.reading.quantities import Quantity
from assistant.records import Fact, Treatment, Words

_NOT = re.compile(r"(?:\bno|\bnot|\bnever|\bwithout|\bdenies|\bisn't|\bnor|\bnil|\bno h/o|\bnot on|\bno known|\bnormal)\s+(?:\w+\s+){0,2}$")
# Below this eGFR or creatinine clearance (mL/min) the kidneys count as impaired (spec, section 4.17).
IMPAIRED_FILTRATION = 60


@dataclass(frozen=True, slots=True)
class Measured:
    """A quantity and the message that it was read from."""

    quantity: Quantity
    scan: Scan

    @property
    def words(self) -> Words:
        """The words of the quantity."""
        start, end = self.quantity.start, self.quantity.end
        return Words(turn=self.scan.turn, start=start, end=end, text=self.scan.text[start:end])


def measured(scans: Sequence[Scan]) -> dict[str, Measured]:
    """The current value of each quantity by name: the last one said; `platelets_nadir` is the lowest one."""
    found: dict[str, Measured] = {}
    before = ""
    for scan in scans:
        if _COUNTS_FINE.search(scan.folded):
            found = {name: one for name, one in found.items() if name not in ("anc", "platelets")}
        unnamed = [*replies.tabulated(scan.folded), *replies.answered(scan.folded, before)]
        for quantity in [*scan.counts, *(q for q in unnamed if q.name in ("anc", "platelets"))]:
            _note_count(Measured(quantity, scan), found)
        found |= {q.name: Measured(q, scan) for q in unnamed if q.name not in ("anc", "platelets")}
        before = scan.folded if not unnamed else f"{before} {scan.folded}"
        age_known = "age" in found
        for quantity in [
            *(q for q in ages(scan.folded, age_known=age_known) if not any(c.start <= q.start < c.end for c in scan.counts)),
            *quantities.filtrations(scan.folded),
            *quantities.months_on_therapy(scan.folded),
        ]:
            found[quantity.name] = Measured(quantity, scan)
        temperatures = scan.temperatures
        if temperatures:
            found["temperature"] = Measured(max(temperatures, key=lambda q: q.value), scan)
        doses = quantities.doses(scan.folded)
        if doses:
            found["dose_mg"] = Measured(doses[0], scan)
        for quantity in replies.corrected(scan.folded, {name: one.quantity for name, one in found.items()}):
            found[quantity.name] = Measured(quantity, scan)
    return found


def _note_count(count: Measured, found: dict[str, Measured]) -> None:
    name = count.quantity.name
    if name == "platelets":
        lowest = found.get("platelets_nadir")
        if lowest is None or count.quantity.value < lowest.quantity.value:
            found["platelets_nadir"] = count
    if not (count.quantity.nadir and name in found):
        found[name] = count


def value_of(found: dict[str, Measured], name: str) -> float | None:
    """The value, or None where it was not mentioned or could mean two things."""
    one = found.get(name)
    return None if one is None or one.quantity.ambiguous else one.quantity.value


def as_facts(found: dict[str, Measured]) -> list[Fact]:
    """The quantities as facts with their words."""
    return [
        Fact(name=name, value=one.quantity.value, words=one.words, note="ambiguous" if one.quantity.ambiguous else "")
        for name, one in found.items()
        if name != "platelets_nadir"
    ]


def kidneys(scans: Sequence[Scan], found: dict[str, Measured]) -> tuple[bool, bool, list[Fact]]:
    """Renal impairment, dialysis, and the facts for them; dialysis implies impairment (spec, section 4.17)."""
    renal, dialysis = stated(scans, phrase("renal")), stated(scans, phrase("dialysis"))
    filtration = value_of(found, "filtration")
    renal = renal or _raised_creatinine(scans)
    facts = [Fact(name=name, value=True, words=words) for name, words in (("renal_impairment", renal), ("dialysis", dialysis)) if words]
    return bool(renal or dialysis) or (filtration is not None and filtration < IMPAIRED_FILTRATION), bool(dialysis), facts


def _raised_creatinine(scans: Sequence[Scan]) -> Words | None:
    """The words of a creatinine that shows impaired kidneys and that is not told to have recovered."""
    for scan in reversed(scans):
        raised = quantities.creatinine_raised(scan.folded)
        if raised and not phrase("recovered").search(re.split(r"[.;\n]", scan.folded[raised.end : raised.end + 40])[0]):
            return Words(turn=scan.turn, start=raised.start, end=raised.end, text=scan.text[raised.start : raised.end])
    return None


def stated(scans: Sequence[Scan], pattern: re.Pattern[str], *, recoverable: bool = True) -> Words | None:
    """The words in which a fact is stated in any turn, neither denied nor over; None where it is not."""
    for scan in reversed(scans):
        for match in pattern.finditer(scan.folded):
            before = scan.folded[max(0, match.start() - 30) : match.start()]
            after = re.split(r"[.,;\n]", scan.folded[match.end() : match.end() + 40])[0]
            if _NOT.search(before) or (recoverable and (phrase("recovered").search(after) or phrase("recovered").search(before[-14:]))):
                continue
            return Words(turn=scan.turn, start=match.start(), end=match.end(), text=scan.text[match.start() : match.end()])
    return None


def quinolone_of(scans: Sequence[Scan]) -> Item | None:
    """Any quinolone named for this patient: given, finished, planned or as prophylaxis."""
    named = [i for s in scans for i in s.of("antimicrobial") if i.entry.quinolone and not i.has("negated", "other", "historical")]
    return named[-1] if named else None


# 'Counts are fine': what was low before no longer is.
_COUNTS_FINE = re.compile(
    r"\b(?:counts|bloods|cbc|fbc|neuts?|anc|neutrophils) (?:are |is |now |have |has |all |back |to )*(?:fine|normal|ok|okay|good|recovered|great)\b"
)
_RESTART = re.compile(r"(?:re-?start|resum|re-?commenc|back on|re-?instat|re-?introduc|go back|put back|start back)")
_RESTARTED = re.compile(r"\b(?:is|are|gets|be)\b.*(?:restarted|resumed|recommenced|reintroduced|reinstated|back)")
_NEVER = re.compile(r"\b(?:never|not|nobody|no one|was nt|hasn't|wasn't|isn't|hasnt|wasnt|isnt|yet to)\b")


_WAS = re.compile(r"\b(?:was|were|been|has|have|had|got)\b")


def _is_taken_again(item: Item, scan_: Scan) -> bool:
    """Whether words of a restart tell of one: not 'never restarted', nor 'when pom is resumed'."""
    said = " ".join(t.text for t in scan_.tokens[max(0, item.first - 2) : item.last])
    supposed = phrase("not_yet").search(around(list(scan_.tokens), item.first, 5)) and not _WAS.search(item.words.text.lower())
    return not _NEVER.search(said) and not (supposed and _RESTARTED.search(item.words.text.lower()))


def treatment_of(scans: Sequence[Scan]) -> tuple[Treatment, Words | None]:
    """What happens to pomalidomide now, by the last words on it."""
    for scan_ in reversed(scans):
        items = [
            i
            for i in scan_.items
            if i.kind == "intent" and (i.name == "held" or (i.name == "taking" and _is_taken_again(i, scan_)))
        ]
        if items:
            taking = [i for i in items if i.name == "taking"]
            # 'Restart?' asks; 'off since the shingles' tells, and what is told last holds.
            told = [i for i in items if i.name == "taking" or not _RESTART.match(i.words.text.lower())]
            taking = taking if told and told[-1].name == "taking" else []
            chosen = taking[-1] if taking else items[-1]
            return (Treatment.TAKING if taking else Treatment.HELD), chosen.words
    return Treatment.UNKNOWN, None
