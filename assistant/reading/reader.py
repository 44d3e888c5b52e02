"""The reader: scans the turns, follows the episodes, and writes down the case with the words for each fact."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from assistant.reading import quantities
from assistant.reading.episodes import Thread, aside_episode, as_episode, is_prophylaxis, only_tested_positive, outcome_of, severity_of, threads_of
from assistant.reading.intent import drug_of, names_the_source, speaks_at_large, speaks_of_a_patient, topics_of
from assistant.reading.patients import caregiver_writes, last_patient, speaks_of_oneself, split_patients
from assistant.reading.quantities import Quantity
from assistant.reading.second import BETWEEN_TURNS, classifier
from assistant.reading.scan import Item, Scan, scan
from assistant.records import Asked, Case, Drug, EpisodeState, Fact, FactStatus, Infection, Severity, Treatment, Words

FEVER = 38.0
_ILL = (Infection.ACTIVE, Infection.SUSPECTED, Infection.RESOLVING, Infection.RESOLVED)
# The second reader's say on the state of an infection; chosen on out-of-fold predictions over eval/sets/build.
DOUBT_RESOLVED, DOUBT_NONE, SURE_RESOLVED, SURE_NONE = 0.1, 0.85, 0.85, 0.9
_TOPIC_SURE = 0.25
_TOPIC_LEADS = 0.45
_MOST_TOPICS = 3
FEBRILE_NEUTROPENIA_ANC = 1.0
_STATE = {
    EpisodeState.ACTIVE: Infection.ACTIVE,
    EpisodeState.POSSIBLE: Infection.SUSPECTED,
    EpisodeState.RESOLVING: Infection.RESOLVING,
    EpisodeState.RESOLVED: Infection.RESOLVED,
}
_RENAL = re.compile(
    r"\b(?:ckd\s*-?\s*(?:stage\s*)?(?:3|4|5|iii|iv|v)\w?|ckd(?!\s*-?\s*(?:stage\s*)?[12])|chronic kidney disease|renal (?:impairment|failure|insufficiency|dysfunction|disease)|kidney (?:failure|disease|injury|impairment|dysfunction|trouble)|impaired (?:renal|kidney)\w*(?: function)?|reduced (?:renal|kidney) function|poor (?:renal|kidney) function|(?:bad|dodgy|failing|poor|weak|ropey|duff) kidneys|kidneys (?:are|were|have|not|arent|aren't|don't|dont|at|took|failing|gone)\b[^.]{0,25}|aki\b|acute kidney injury|acute renal failure|esrd|eskd|nephropathy|myeloma kidney|cast nephropathy|stage (?:3|4|5)\w? (?:ckd|kidney|renal))"
)
_DIALYSIS = re.compile(r"\b(?:ha?emo?dialysis|dialysis|dialysed|dialyzed|dialyses|dialysing|(?:on|hd|gets|via)\s+hd\b|(?:thrice|three times|3x|3 times)[- ](?:a[- ]|per[- ])?(?:weekly|week)[- ]hd|hd at|on cvvh\w* for|hd\s*\(?(?:mwf|tts|tths|3x|three|thrice|pt|patient|unit|sessions?)|capd|ccpd|peritoneal dialysis|esrd on|on pd (?:for|because)|dialysis-dependent|kidney machine)\b")
_RECOVERED = re.compile(r"(?:resolved|recovered|back to (?:normal|baseline)|normali[sz]ed|no longer|came off|off dialysis|off crrt|off (?:the )?(?:filter|cvvh\w*)|ended|stopped|previous|transient|temporary|briefly|normal now|prerenal settled|since recovered)")
_NOT = re.compile(r"(?:\bno|\bnot|\bnever|\bwithout|\bdenies|\bisn't|\bnor|\bnil|\bno h/o|\bnot on|\bno known|\bnormal)\s+(?:\w+\s+){0,2}$")
_ELDERLY = re.compile(r"\b(?:elderly|frail|frailty|octogenarian|nonagenarian|septuagenarian|geriatric|(?:in )?(?:her|his|their|my) (?:late |early |mid[- ]?)?(?:eighties|nineties)|old dear|very old|pensioner)\b")
_MODERATE = re.compile(r"\bmoderate(?:ly)?\b|\b(?:grade|gr|g)\.?\s?2\b")


def read(turns: Sequence[str]) -> Case:
    """The case that a conversation describes.

    Args:
        turns: what the clinician typed, in order; the last turn is the one to be answered.

    Returns:
        The case. Every fact and episode carries the words it was read from, with offsets into its turn.
        Several patients in the last message come as `others`, never blended.
    """
    caregiver = any(caregiver_writes(t) for t in turns)
    scans = [scan(text, number, relative_is_patient=caregiver) for number, text in enumerate(turns)]
    own = last_patient(scans)
    pieces = split_patients(own[-1]) if own else []
    if len(pieces) > 1:
        return _several(pieces, own, caregiver)
    return _case(own, caregiver)


def _several(pieces: list[str], scans: Sequence[Scan], caregiver: bool) -> Case:
    """Each patient's own case; the whole message is read for what is asked, and never for a patient's facts."""
    whole = _case(scans, caregiver)
    cases = []
    for piece in pieces:
        start = scans[-1].text.index(piece)
        one = _case([scan(piece, scans[-1].turn, relative_is_patient=caregiver)], caregiver)
        one = _shifted(one, start)
        asked = one.asked if one.asked is Asked.DECISION else Asked.DECISION
        cases.append(replace(one, asked=asked, drug=whole.drug, outside="", topics=(), treatment=one.treatment))
    telling = tuple(c for c in cases if c.infection is not Infection.UNKNOWN or c.anc is not None or c.platelets is not None)
    if len(telling) < 2 or whole.drug is Drug.OTHER:
        return whole
    return replace(whole, others=telling, asked=Asked.DECISION)


def _shifted(case: Case, by: int) -> Case:
    """The case with its words moved to their place in the whole message."""
    facts = tuple(replace(f, words=replace(f.words, start=f.words.start + by, end=f.words.end + by)) for f in case.facts)
    return replace(case, facts=facts)


# ----------------------------------------------------------------------------- one patient


def _case(scans: Sequence[Scan], caregiver: bool) -> Case:
    last = scans[-1]
    measured = _measured(scans)
    threads, rest = threads_of(scans)
    fever = _fever(scans)
    state = _infection(scans, threads, rest, fever, measured)
    facts: list[Fact] = [*_quantity_facts(scans, measured), *state.facts]
    renal, renal_words = _pattern_fact(scans, _RENAL)
    dialysis, dialysis_words = _pattern_fact(scans, _DIALYSIS)
    filtration = measured.get("filtration")
    renal = renal or dialysis or (filtration is not None and filtration.value < 60)
    elderly, elderly_words = _pattern_fact(scans, _ELDERLY, recoverable=False)
    for name, words in (("renal_impairment", renal_words), ("dialysis", dialysis_words), ("elderly", elderly_words)):
        if words:
            facts.append(Fact(name=name, value=True, words=words))
    quinolone = _quinolone(scans, threads)
    if quinolone:
        facts.append(Fact(name="quinolone", value=quinolone.name, words=quinolone.words))
    drug, other_drug = drug_of(scans)
    treatment, treatment_words = _treatment(scans)
    if treatment_words:
        facts.append(Fact(name="treatment", value=treatment.value, words=treatment_words))
    anc, platelets = measured.get("anc"), measured.get("platelets")
    case = Case(
        drug=drug,
        other_drug=other_drug,
        infection=state.infection,
        infection_name=state.name,
        severity=state.severity,
        moderate=state.severity is Severity.MILD and any(_MODERATE.search(s.folded) for s in scans),
        neutropenic_fever=state.neutropenic_fever,
        neutropenic_fever_derived=state.derived,
        treatment=treatment,
        dose_mg=_value(measured.get("dose_mg")),
        age=_value(measured.get("age")),
        elderly=elderly,
        renal_impairment=renal,
        dialysis=dialysis,
        quinolone=quinolone.name if quinolone else "",
        anc=None if anc is None or anc.ambiguous else anc.value,
        platelets=None if platelets is None or platelets.ambiguous else platelets.value,
        platelets_nadir=_value(measured.get("platelets_nadir")),
        temperature=_value(measured.get("temperature")),
        months_on_therapy=_value(measured.get("months_on_therapy")),
        permanent_stop_asked=any(s.intents("permanent_stop") and not s.intents("permanent_stop_not") for s in scans),
        contradiction=state.contradiction,
        patient_voice=_own_voice(scans, caregiver),
        caregiver_voice=caregiver,
        ambiguous=tuple(name for name, doubtful in (("infection", state.doubted), ("anc", anc is not None and anc.ambiguous)) if doubtful),
        episodes=tuple([*state.episodes, *(aside_episode(i) for i in rest)]),
    )
    facts += [Fact(name="infection", value=e.name, words=w) for e in state.episodes for w in e.words[:1]]
    case = replace(case, facts=tuple(sorted(facts, key=lambda f: (f.words.turn, f.words.start, f.name))))
    return _asked(case, scans, last)


def _value(quantity: Quantity | None) -> float | None:
    return None if quantity is None else quantity.value


# ----------------------------------------------------------------------------- quantities


class _Placed(Quantity):
    """A quantity with its turn."""

    __slots__ = ()


def _measured(scans: Sequence[Scan]) -> dict[str, Quantity]:
    """The current value of each quantity: the last one said; `turns` of the values are kept beside."""
    found: dict[str, Quantity] = {}
    for scan_ in scans:
        folded = scan_.folded
        for quantity in quantities.counts(folded):
            if quantity.name == "platelets":
                lowest = found.get("platelets_nadir")
                if lowest is None or quantity.value < lowest.value:
                    found["platelets_nadir"] = quantity
            if not (quantity.nadir and quantity.name in found):
                found[quantity.name] = quantity
        for quantity in [*quantities.ages(folded, age_known="age" in found), *quantities.filtrations(folded), *quantities.months_on_therapy(folded)]:
            found[quantity.name] = quantity
        temperatures = quantities.temperatures(folded)
        if temperatures:
            found["temperature"] = max(temperatures, key=lambda q: q.value)
        doses = quantities.doses(folded)
        if doses:
            found["dose_mg"] = doses[0]
    return found


def _quantity_facts(scans: Sequence[Scan], measured: dict[str, Quantity]) -> list[Fact]:
    facts = []
    for name, quantity in measured.items():
        if name in ("platelets_nadir",):
            continue
        for scan_ in reversed(scans):
            again = _find_again(scan_, quantity)
            if again:
                facts.append(Fact(name=name, value=quantity.value, words=again, note="ambiguous" if quantity.ambiguous else ""))
                break
    return facts


def _find_again(scan_: Scan, quantity: Quantity) -> Words | None:
    """The words of a quantity in the message it came from (the same object is found again by value and place)."""
    folded = scan_.folded
    candidates = [*quantities.counts(folded), *quantities.ages(folded, age_known=True), *quantities.filtrations(folded), *quantities.months_on_therapy(folded), *quantities.temperatures(folded), *quantities.doses(folded)]
    if quantity not in candidates:
        return None
    return Words(turn=scan_.turn, start=quantity.start, end=quantity.end, text=scan_.text[quantity.start : quantity.end])


# ----------------------------------------------------------------------------- infection


class _Reading:
    """What was read of the infection in question."""

    def __init__(self) -> None:
        self.infection = Infection.UNKNOWN
        self.name = ""
        self.severity = Severity.UNSPECIFIED
        self.neutropenic_fever = False
        self.derived = False
        self.silent = True
        self.doubted = False
        self.denied = False
        self.contradiction = False
        self.episodes: list = []
        self.facts: list[Fact] = []


def _fever(scans: Sequence[Scan]) -> Item | None:
    """The last report of a fever, measured or in words; None where the last temperature is normal."""
    found: Item | None = None
    for scan_ in scans:
        for item in _temperature_items(scan_):
            found = item if item.name == "fever" else None if found is None or found.turn <= item.turn else found
        said = [i for i in scan_.of("symptom") if i.entry.fever and not i.has("negated", "hypothetical", "other", "historical", "exposure", "far", "mid")]
        if said and (found is None or said[-1].first > found.first or said[-1].turn > found.turn):
            found = said[-1] if not (found is None and _temperature_items(scan_) and _temperature_items(scan_)[-1].first > said[-1].first) else found
    return found


def _temperature_items(scan_: Scan) -> list[Item]:
    """The temperatures of a message as items `fever` or `normal`, in order."""
    items = []
    for quantity in quantities.temperatures(scan_.folded):
        first = next((n for n, t in enumerate(scan_.tokens) if t.end > quantity.start), 0)
        words = Words(turn=scan_.turn, start=quantity.start, end=quantity.end, text=scan_.text[quantity.start : quantity.end])
        name = "fever" if quantity.value >= FEVER else "normal"
        items.append(Item("temperature", name, scan_.turn, first, first + 1, words, scan_.sentence_of[first]))
    return items


def _derived_fever(scans: Sequence[Scan], measured: dict[str, Quantity]) -> bool:
    """ANC below 1.0 with 38.0 C or more in the same episode (spec, section 4.1)."""
    for scan_ in scans:
        low = [q for q in quantities.counts(scan_.folded) if q.name == "anc" and q.value < FEBRILE_NEUTROPENIA_ANC and not q.ambiguous]
        hot = [q for q in quantities.temperatures(scan_.folded) if q.value >= FEVER]
        if low and hot:
            return True
    anc, temperature = measured.get("anc"), measured.get("temperature")
    return bool(anc and temperature and anc.value < FEBRILE_NEUTROPENIA_ANC and not anc.ambiguous and temperature.value >= FEVER)


def _infection(scans: Sequence[Scan], threads: list[Thread], rest: list[Item], fever: Item | None, measured: dict[str, Quantity]) -> _Reading:
    found = _Reading()
    denials = [i for s in scans for i in s.of("state") if i.name == "no_infection" and not i.has("hypothetical")]
    denied = denials[-1] if denials else None
    found.denied = denied is not None
    current = threads[-1] if threads else None
    found.episodes = [as_episode(t, EpisodeState.HISTORICAL) for t in threads[:-1] if t.mentions]
    found.derived = _derived_fever(scans, measured)
    if current is None or not current.mentions:
        _without_diagnosis(found, scans, current, rest, fever, denied)
    else:
        _with_diagnosis(found, scans, current, fever, denied)
    _second_opinion(found, scans, fever)
    if found.derived and found.infection in (Infection.NONE, Infection.UNKNOWN):
        found.infection = Infection.SUSPECTED
    found.derived = found.derived and not found.neutropenic_fever
    found.neutropenic_fever = found.neutropenic_fever or found.derived
    return found


def _second_opinion(found: _Reading, scans: Sequence[Scan], fever: Item | None) -> None:
    """Asks the second reader how the infection stands. It is followed against the lexicon only towards caution.

    Where the lexicon read nothing of the course, a sure second reading stands in for the silence.
    """
    likely = classifier("state").probabilities(BETWEEN_TURNS.join(s.text for s in scans))
    if found.infection is Infection.RESOLVED and likely["resolved"] <= DOUBT_RESOLVED:
        found.infection, found.doubted = Infection.RESOLVING, True
    elif found.infection is Infection.NONE and likely["infected"] >= DOUBT_NONE and not found.denied:
        found.infection, found.doubted = Infection.SUSPECTED, True
    elif found.infection in (Infection.ACTIVE, Infection.RESOLVING) and found.silent and fever is None and found.episodes:
        if likely["resolved"] >= SURE_RESOLVED:
            found.infection = Infection.RESOLVED
        elif likely["none"] >= SURE_NONE:
            found.infection = Infection.NONE


def _with_diagnosis(found: _Reading, scans: Sequence[Scan], thread: Thread, fever: Item | None, denied: Item | None) -> None:
    last_mention = max(thread.mentions, key=lambda m: (m.turn, m.first))
    past = any(m.has("far", "mid", "near") for m in thread.mentions)
    outcome = outcome_of(thread, fever=fever, past=past)
    found.severity, words = severity_of(thread)
    if outcome.state is EpisodeState.ACTIVE and found.severity is Severity.UNSPECIFIED and only_tested_positive(thread):
        found.severity = Severity.MILD
    found.contradiction = outcome.contradiction
    found.name = thread.name
    found.infection = _STATE[outcome.state]
    found.silent = outcome.silent
    febrile = [m for m in thread.mentions if m.entry.kind == "febrile_neutropenia"]
    found.neutropenic_fever = bool(febrile)
    focus = [m for m in thread.mentions if m.entry.kind not in ("febrile_neutropenia", "generic")]
    if febrile and not focus and found.infection is Infection.ACTIVE:
        found.infection = Infection.SUSPECTED
    restarted = _treatment(scans)[0] is Treatment.TAKING
    if fever is not None and restarted and past and outcome.state is EpisodeState.RESOLVING:
        # A new fever after an episode that had ended (spec, section 4.4): suspected, and no contradiction.
        found.infection, found.contradiction, found.severity = Infection.SUSPECTED, False, Severity.UNSPECIFIED
    elif restarted and (outcome.state is EpisodeState.RESOLVED or (outcome.state is EpisodeState.ACTIVE and all(m.has("far", "mid") for m in thread.mentions))):
        found.infection = Infection.NONE
    bare = not thread.treatments and not thread.severities and all(m.entry.kind == "generic" for m in thread.mentions)
    if _carried_only(scans, thread) or (denied and bare and fever is None):
        found.infection = Infection.NONE
    elif denied and _overrules(denied, last_mention, outcome.state):
        excluded = outcome.state is EpisodeState.POSSIBLE or _EXCLUDED.search(denied.words.text.lower())
        found.infection = Infection.NONE if excluded or found.infection is Infection.NONE else Infection.RESOLVED
    elif denied and denied.turn == last_mention.turn and outcome.state is EpisodeState.ACTIVE:
        found.contradiction = True
    found.episodes.append(as_episode(thread, outcome.state))
    found.facts += [Fact(name="severity", value=found.severity.value, words=w) for w in words]
    found.facts += [Fact(name="state", value=found.infection.value, words=w) for w in outcome.words]


_EXCLUDED = re.compile(r"excluded|ruled out|not infected|never infected|false|contamin|non-?infect|not an? infect")


def _overrules(denied: Item, last_mention: Item, state: EpisodeState) -> bool:
    """Whether 'no infection' settles it: said of a mere possibility, in a later turn, or as the last word on a diagnosis."""
    if denied.turn != last_mention.turn:
        return denied.turn > last_mention.turn
    excluded = bool(_EXCLUDED.search(denied.words.text.lower()))
    return state is EpisodeState.POSSIBLE or (excluded and denied.first > last_mention.first)


def _carried_only(scans: Sequence[Scan], thread: Thread) -> bool:
    """Whether what grew is colonisation and no infection: an organism alone, with carriage said of it."""
    carried = [i for s in scans for i in s.of("infection") if i.entry.kind == "carriage" and not i.has("negated", "hypothetical", "uncertain")]
    organisms_only = all(m.entry.kind == "organism" or m.entry.id in ("C. difficile", "CMV") for m in thread.mentions)
    return bool(carried) and organisms_only


def _without_diagnosis(found: _Reading, scans: Sequence[Scan], thread: Thread | None, rest: list[Item], fever: Item | None, denied: Item | None) -> None:
    """No infection is named: fever, symptoms, treatment and plain words decide."""
    symptoms = [i for s in scans for i in s.of("symptom") if not i.has("negated", "hypothetical", "other", "historical", "exposure")]
    treated = [i for i in thread.treatments if not is_prophylaxis(i, thread)] if thread else []
    states = {s.name for s in thread.states if not s.has("unasserted", "hypothetical", "prophylaxis", "negated")} if thread else set()
    outcome = outcome_of(thread, fever=fever, past=False) if thread else None
    carried = any(i.entry.kind == "carriage" and not i.has("negated", "uncertain") for i in rest)
    if thread:
        found.severity, words = severity_of(thread)
        found.facts += [Fact(name="severity", value=found.severity.value, words=w) for w in words]
    if fever is not None and (denied is None or denied.turn <= fever.turn) and not (outcome and outcome.state is EpisodeState.RESOLVED):
        found.infection = Infection.SUSPECTED
    elif denied is not None or carried:
        found.infection, found.severity = Infection.NONE, Severity.UNSPECIFIED
    elif outcome and (treated or states & {"resolved", "treatment_done", "treatment_ongoing", "residual"}):
        found.infection = _STATE[outcome.state]
    elif symptoms or any(i.name == "worked_up" and not i.has("negated", "hypothetical") for s in scans for i in s.of("state")):
        found.infection = Infection.SUSPECTED
    elif rest or states & {"symptom_free", "well"} or any(s.of("infection") for s in scans):
        found.infection, found.severity = Infection.NONE, Severity.UNSPECIFIED


# ----------------------------------------------------------------------------- other facts


def _pattern_fact(scans: Sequence[Scan], pattern: re.Pattern[str], *, recoverable: bool = True) -> tuple[bool, Words | None]:
    """Whether a fact is stated in any turn, not denied and not over, and its words."""
    for scan_ in reversed(scans):
        for match in pattern.finditer(scan_.folded):
            before = scan_.folded[max(0, match.start() - 30) : match.start()]
            after = re.split(r"[.;\n]", scan_.folded[match.end() : match.end() + 40])[0]
            if _NOT.search(before) or (recoverable and (_RECOVERED.search(after) or _RECOVERED.search(before[-14:]))):
                continue
            return True, Words(turn=scan_.turn, start=match.start(), end=match.end(), text=scan_.text[match.start() : match.end()])
    return False, None


def _quinolone(scans: Sequence[Scan], threads: list[Thread]) -> Item | None:
    """Any quinolone named for this patient: given, finished, planned or as prophylaxis."""
    named = [i for s in scans for i in s.of("antimicrobial") if i.entry.quinolone and not i.has("negated", "other", "historical")]
    return named[-1] if named else None


def _treatment(scans: Sequence[Scan]) -> tuple[Treatment, Words | None]:
    """What happens to pomalidomide now, by the last words on it."""
    for scan_ in reversed(scans):
        items = [i for i in scan_.items if i.kind == "intent" and i.name in ("held", "taking")]
        if items:
            taking = [i for i in items if i.name == "taking"]
            chosen = taking[-1] if taking else items[-1]
            return (Treatment.TAKING if taking else Treatment.HELD), chosen.words
    return Treatment.UNKNOWN, None


def _own_voice(scans: Sequence[Scan], caregiver: bool) -> bool:
    if caregiver or any(s.intents("clinician_voice") for s in scans):
        return False
    return any(speaks_of_oneself(s.text) for s in scans)


# ----------------------------------------------------------------------------- what is asked


def _asked(case: Case, scans: Sequence[Scan], last: Scan) -> Case:
    """Adds what is asked: by the lexicon, then by the second reader where the lexicon is not sure."""
    by_lexicon = _asked_by_lexicon(case, scans, last)
    if case.drug is Drug.OTHER:
        return by_lexicon
    return _asked_by_both(by_lexicon, case, scans, last)


def _asked_by_both(by_lexicon: Case, case: Case, scans: Sequence[Scan], last: Scan) -> Case:
    """The second reader turns a question of fact out of a loose decision, and a decision out of anything where somebody is ill."""
    likely = classifier("intent").probabilities(last.text)
    ill = case.infection in _ILL or case.neutropenic_fever or _low_counts(case)
    told_now = ill and not speaks_at_large(last) and (_tells_of_a_course(last) or (speaks_of_a_patient(last) and _infection_in(last)))
    informs = any(i.kind in ("state", "severity", "symptom") for i in last.items) or bool(quantities.counts(last.folded)) or bool(quantities.temperatures(last.folded))
    asked = by_lexicon.asked
    if asked is Asked.DECISION and likely["fact"] >= (0.97 if told_now else 0.8 if informs and ill else 0.6) and (len(scans) > 1 or not told_now) and not (informs and ill and "?" not in last.text):
        return _as_fact(by_lexicon, case, last)
    elsewhere = case.drug is Drug.UNSPECIFIED or (len(scans) > 1 and not told_now and not informs)
    if asked is Asked.DECISION and likely["outside"] >= 0.6 and (case.infection in (Infection.UNKNOWN, Infection.NONE) or elsewhere):
        return replace(case, asked=Asked.OUTSIDE, outside="uncovered")
    if asked in (Asked.OUTSIDE, Asked.NOTHING):
        if ill and likely["decision"] >= 0.5 and by_lexicon.outside != "nothing":
            return replace(case, asked=Asked.DECISION)
        if likely["fact"] >= 0.6 and not told_now:
            return _as_fact(by_lexicon, case, last)
    if asked is Asked.FACT and told_now and likely["decision"] >= 0.6:
        return replace(case, asked=Asked.DECISION, topics=by_lexicon.topics)
    return by_lexicon


def _tells_of_a_course(last: Scan) -> bool:
    """Whether a message tells how an infection runs or is treated, as nobody does who asks for a figure."""
    course = ("treatment_given", "treatment_ongoing", "treatment_done", "residual", "worse", "resolved", "well")
    treated = [i for i in last.of("antimicrobial") if i.entry.route != "none" and not i.entry.quinolone and not i.has("prophylaxis", "hypothetical")]
    return bool(treated) or any(i.kind == "state" and i.name in course and not i.has("hypothetical") for i in last.items)


def _topics(last: Scan) -> tuple[str, ...]:
    """The topics by the lexicon, led by the second reader's where it is sure."""
    topic, probability = classifier("topic").best(last.text)
    by_lexicon = topics_of(last)
    if probability >= (_TOPIC_LEADS if by_lexicon else _TOPIC_SURE):
        by_lexicon = tuple(dict.fromkeys((topic, *by_lexicon)))
    return by_lexicon[:_MOST_TOPICS]


def _as_fact(by_lexicon: Case, case: Case, last: Scan) -> Case:
    """A question of fact, where its topic is known."""
    topics = _topics(last)
    return replace(case, asked=Asked.FACT, topics=topics) if topics else by_lexicon


def _asked_by_lexicon(case: Case, scans: Sequence[Scan], last: Scan) -> Case:
    """What is asked, by the cues; a decision that is asked in general becomes the general question."""
    topics = topics_of(last)[:_MOST_TOPICS]
    fact = last.intents("fact") or names_the_source(last)
    decision, outside = last.intents("decision"), last.intents("outside")
    pom_now = any(i.entry.role == "pomalidomide" for i in last.of("drug"))
    now, ever = _infection_in(last), any(_infection_in(s) for s in scans)
    ill = case.infection in _ILL
    measured_now = bool(quantities.counts(last.folded)) or bool(quantities.temperatures(last.folded))
    at_large = speaks_at_large(last) or not speaks_of_a_patient(last)
    if case.drug is Drug.OTHER:
        return replace(case, asked=Asked.DECISION)
    if last.intents("injection") and not now and (at_large or not ill):
        return replace(case, asked=Asked.DECISION) if ill else replace(case, asked=Asked.OUTSIDE, outside="override")
    if last.intents("outside_drugless") and not (now or _clinical(last) or topics) and (not pom_now or not decision):
        return replace(case, asked=Asked.OUTSIDE if len(scans) > 1 or decision else Asked.NOTHING, outside="nothing")
    if topics and fact and (at_large or not (now and ill)) and not (measured_now and ill):
        return replace(case, asked=Asked.FACT, topics=_topics(last))
    if _general_question(last, decision, at_large) or (decision and _only_hypothetical(case, scans)):
        return replace(case, asked=Asked.DECISION, infection=Infection.GENERAL, severity=Severity.UNSPECIFIED, topics=topics if fact else ())
    if outside and not now and not (ill and (measured_now or pom_now)) and not (case.infection is Infection.NONE and _clinical(last)) and not _low_counts(case):
        return replace(case, asked=Asked.OUTSIDE, outside="uncovered")
    if (ever and (now or decision or ill)) or (_clinical(last) and (decision or case.infection is Infection.NONE)) or _low_counts(case):
        return replace(case, asked=Asked.DECISION, topics=topics if fact else ())
    if topics:
        return replace(case, asked=Asked.FACT, topics=_topics(last))
    if decision and case.drug is Drug.POMALIDOMIDE:
        return replace(case, asked=Asked.DECISION)
    named = case.drug is Drug.POMALIDOMIDE or fact or outside
    return replace(case, asked=Asked.OUTSIDE, outside="uncovered") if named else replace(case, asked=Asked.NOTHING, outside="nothing")


def _general_question(last: Scan, decision: bool, at_large: bool) -> bool:
    """Whether it is asked, of nobody in particular, what an infection means for pomalidomide."""
    mentions = [i for i in last.of("infection") if i.entry.kind == "generic"]
    if not decision or not mentions or any(s.kind in ("state", "antimicrobial", "symptom") for s in last.items if s.name != "no_infection"):
        return False
    return at_large and (last.intents("general") or any(i.has("hypothetical") for i in mentions))


def _only_hypothetical(case: Case, scans: Sequence[Scan]) -> bool:
    """Whether infection is mentioned as an 'if' alone, with nothing said of how the patient is."""
    mentions = [i for s in scans for i in s.of("infection") if i.entry.kind not in ("not_infection", "carriage")]
    denied = any(i.kind == "state" for s in scans for i in s.items)
    return case.infection is Infection.NONE and bool(mentions) and not denied and all(i.has("hypothetical") and not i.has("negated", "other", "exposure") for i in mentions)


def _low_counts(case: Case) -> bool:
    return (case.anc is not None and case.anc < 0.5) or (case.platelets is not None and case.platelets < 25)


def _infection_in(scan_: Scan) -> bool:
    """Whether a message tells of an infection, its treatment or its course."""
    told = [i for i in scan_.items if i.kind in ("infection", "symptom", "antimicrobial") and not i.has("hypothetical", "other", "exposure")]
    told = [i for i in told if not (i.kind == "infection" and i.entry.kind == "not_infection") and not (i.kind == "antimicrobial" and i.has("prophylaxis"))]
    return bool(told) or any(i.kind == "state" and i.name != "no_infection" for i in scan_.items)


def _clinical(scan_: Scan) -> bool:
    """Whether a message carries anything of a patient's infection, counts or temperature."""
    if _infection_in(scan_) or any(i.kind == "state" for i in scan_.items) or scan_.of("infection"):
        return True
    return bool(quantities.counts(scan_.folded)) or bool(quantities.temperatures(scan_.folded))
