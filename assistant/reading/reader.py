"""The reader: scans the turns, follows the episodes, and writes down the case with the words for each fact."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.reading.asked import with_what_is_asked
from assistant.reading.intent import drug_of
from assistant.reading.items import Scan
from assistant.reading.measured import as_facts, kidneys, measured, quinolone_of, stated, treatment_of, value_of
from assistant.reading.patients import begins_with_kin, caregiver_writes, last_patient, speaks_of_oneself, splitting_turn, writes_of_own_drug
from assistant.reading.phrases import phrase
from assistant.reading.scan import scan
from assistant.reading.standing import Standing, standing_of
from assistant.reading.text import squeeze
from assistant.records import Asked, Case, Drug, Episode, Fact, Infection, Severity, Words

# The patient writes where a relative wrote before.
_TAKES_OVER = re.compile(r"^this is the (?:patient|father|mother|husband|wife)\b|\b(?:himself|herself|gave me the phone)\b")
_EVERYBODY = re.compile(r"\b(?:both|all|each|all of them|everyone)\b")
_MODERATE = re.compile(r"\bmoderate(?:ly)?\b|\b(?:grade|gr|g)\.?\s?2\b")


def read(turns: Sequence[str]) -> Case:
    """The case that a conversation describes.

    Args:
        turns: what the clinician typed, in order; the last turn is the one to be answered.

    Returns:
        The case. Every fact and episode carries the words it was read from, with offsets into its turn.
        Several patients in the last message come as `others`, never blended.
    """
    squeezed = [squeeze(t) for t in turns]
    scans, caregiver = _scanned([text for text, _ in squeezed])
    own = last_patient(scans)
    several = splitting_turn(own)
    case = _several(*several, own, caregiver) if several else _case(own, caregiver)
    return _as_typed(case, turns, [offsets for _, offsets in squeezed])


def scans_of(turns: Sequence[str]) -> list[Scan]:
    """The turns of a conversation, scanned; what the second reader is trained on."""
    return _scanned([squeeze(t)[0] for t in turns])[0]


def _scanned(texts: Sequence[str]) -> tuple[list[Scan], bool]:
    """The scans of the turns, and whether a caregiver writes."""
    # Who speaks of an own drug first is the patient, whichever relative is told of later.
    caregiver = any(map(caregiver_writes, texts)) and not writes_of_own_drug(texts[0])
    patient = not caregiver and any(map(writes_of_own_drug, texts))
    return [scan(text, number, relative_is_patient=caregiver, patient_writes=patient) for number, text in enumerate(texts)], caregiver


def _as_typed(case: Case, turns: Sequence[str], offsets: Sequence[Sequence[int]]) -> Case:
    """The case with its words at their places in the turns as they were typed."""

    def typed(words: Words) -> Words:
        where = offsets[words.turn]
        start, end = where[words.start], where[words.end - 1] + 1
        return Words(turn=words.turn, start=start, end=end, text=turns[words.turn][start:end])

    def episode(one: Episode) -> Episode:
        words, severity, state = (tuple(map(typed, group)) for group in (one.words, one.severity_words, one.state_words))
        return replace(one, words=words, severity_words=severity, state_words=state)

    return replace(
        case,
        facts=tuple(replace(f, words=typed(f.words)) for f in case.facts),
        episodes=tuple(episode(e) for e in case.episodes),
        others=tuple(_as_typed(other, turns, offsets) for other in case.others),
    )


def _several(told: Scan, pieces: list[str], scans: Sequence[Scan], caregiver: bool) -> Case:
    """Each patient's own case; the whole message is read for what is asked, and never for a patient's facts."""
    whole = _case(scans, caregiver)
    cases = []
    recovered = _all_recovered(scan(told.text[: told.text.index(pieces[0])], told.turn))
    for piece in pieces:
        start = told.text.index(piece)
        one = _case([scan(piece, told.turn, relative_is_patient=caregiver or begins_with_kin(piece))], caregiver)
        one = _shifted(one, start)
        one = replace(one, infection=Infection.RESOLVED) if recovered and one.infection is Infection.ACTIVE and not _course_told(piece) else one
        cases.append(replace(one, asked=Asked.DECISION, drug=whole.drug, outside="", topics=()))
    cases = [_with_shared(one, whole) for one in cases]
    telling = tuple(c for c in cases if c.infection is not Infection.UNKNOWN or c.anc is not None or c.platelets is not None)
    if len(telling) < 2 or whole.drug is Drug.OTHER:
        return whole
    return replace(whole, others=telling, asked=Asked.DECISION)


def _all_recovered(head: Scan) -> bool:
    """'Two discharges, both cured and off all antibiotics.': what is told before the pieces is of everybody."""
    over = [i for i in head.of("state") if i.name == "resolved" and i.asserted]
    return any(_EVERYBODY.search(head.sentence_lines[i.sentence]) for i in over)


def _course_told(piece: str) -> bool:
    """Whether a piece tells of a course, a complaint or a treatment of its own."""
    return any(i.kind in ("state", "symptom", "antimicrobial") for i in scan(piece, 0).items)


def _with_shared(one: Case, whole: Case) -> Case:
    """'Both have flu. He is on high flow': a piece that tells only how ill somebody is, of the infection told before the pieces."""
    if one.infection is not Infection.UNKNOWN or one.severity is Severity.UNSPECIFIED or whole.infection not in (Infection.ACTIVE, Infection.SUSPECTED):
        return one
    return replace(one, infection=whole.infection, infection_name=whole.infection_name)


def _shifted(case: Case, by: int) -> Case:
    """The case with its words moved to their place in the whole message."""

    def moved(words: Words) -> Words:
        return replace(words, start=words.start + by, end=words.end + by)

    episodes = [
        replace(e, words=tuple(map(moved, e.words)), severity_words=tuple(map(moved, e.severity_words)), state_words=tuple(map(moved, e.state_words)))
        for e in case.episodes
    ]
    return replace(case, facts=tuple(replace(f, words=moved(f.words)) for f in case.facts), episodes=tuple(episodes))


def _case(scans: Sequence[Scan], caregiver: bool) -> Case:
    """The case of one patient, with what is asked of it."""
    found = measured(scans)
    standing = standing_of(scans, found)
    drug, other_drug = drug_of(scans)
    renal, dialysis, kidney_facts = kidneys(scans, found)
    elderly, quinolone = stated(scans, phrase("elderly"), recoverable=False), quinolone_of(scans)
    treatment, treatment_words = treatment_of(scans)
    facts = [*as_facts(found), *kidney_facts, *standing.facts]
    facts += [Fact(name="elderly", value=True, words=elderly)] if elderly else []
    facts += [Fact(name="quinolone", value=quinolone.name, words=quinolone.words)] if quinolone else []
    facts += [Fact(name="treatment", value=treatment.value, words=treatment_words)] if treatment_words else []
    case = Case(
        drug=drug,
        other_drug=other_drug,
        infection=standing.infection,
        infection_name=standing.name,
        severity=standing.severity,
        moderate=standing.severity is Severity.MILD and any(_MODERATE.search(s.folded) for s in scans),
        neutropenic_fever=standing.neutropenic_fever,
        neutropenic_fever_derived=standing.derived,
        treatment=treatment,
        dose_mg=value_of(found, "dose_mg"),
        age=value_of(found, "age"),
        elderly=elderly is not None,
        renal_impairment=renal,
        dialysis=dialysis,
        quinolone=quinolone.name if quinolone else "",
        anc=value_of(found, "anc"),
        platelets=value_of(found, "platelets"),
        platelets_nadir=value_of(found, "platelets_nadir"),
        temperature=value_of(found, "temperature"),
        months_on_therapy=value_of(found, "months_on_therapy"),
        permanent_stop_asked=any(s.intents("permanent_stop") and not s.intents("permanent_stop_not") for s in scans),
        contradiction=standing.contradiction,
        patient_voice=_own_voice(scans, caregiver),
        caregiver_voice=caregiver,
        ambiguous=_ambiguous(standing, "anc" in found and found["anc"].quantity.ambiguous),
        facts=tuple(sorted(facts, key=lambda f: (f.words.turn, f.words.start, f.name))),
        episodes=tuple(standing.episodes),
    )
    return with_what_is_asked(case, scans, scans[-1])


def _ambiguous(standing: Standing, anc: bool) -> tuple[str, ...]:
    """The facts that are asked about because they were read in two ways."""
    return tuple(name for name, doubtful in (("infection", standing.doubted), ("severity", standing.worst_heard), ("anc", anc)) if doubtful)


def _own_voice(scans: Sequence[Scan], caregiver: bool) -> bool:
    if scans and writes_of_own_drug(scans[-1].text) and (not caregiver or _TAKES_OVER.search(scans[-1].folded)):
        return True
    if caregiver or any(s.intents("clinician_voice") for s in scans):
        return False
    if any(writes_of_own_drug(s.text) for s in scans):
        return True
    return any(speaks_of_oneself(s.text) for s in scans)
