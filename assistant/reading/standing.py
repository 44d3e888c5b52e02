"""How the infection in question stands: its state, its severity, neutropenic fever; from episodes, fever and denials."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.reading.contradiction import denied_and_seen, sources_differ
from assistant.reading.episodes import (
    Outcome,
    Thread,
    as_episode,
    aside_episode,
    is_of_the_test,
    is_prophylaxis,
    only_tested_positive,
    outcome_of,
    severity_of,
    threads_of,
)
from assistant.reading.items import Item, Scan, after
from assistant.reading.measured import Measured, treatment_of
from assistant.reading.opinion import Opinion
from assistant.reading.phrases import phrase
from assistant.reading.quantities import FEVER
from assistant.reading.surroundings import DENIALS
from assistant.reading.suspicion import settled
from assistant.reading.worst import worst_point
from assistant.records import Episode, EpisodeState, Fact, Infection, Severity, Treatment, Words

FEBRILE_NEUTROPENIA_ANC = 1.0
# Where only those around are ill, or prophylaxis is all that is given, and the patient is said to be well.
SURE_DESPITE = 0.83
# The second reader's say on the state of an infection; chosen on questions that neither reader was built on.
SURE_INFECTED, DOUBT_NONE, DOUBT_DESPITE, SURE_HINTED, SURE_RESOLVED, SURE_ABSENT = 0.75, 0.55, 0.65, 0.5, 0.65, 0.95
DOUBT_DESCRIBED = 0.35  # where signs of one are told after the denial
_SLEEPS = re.compile(r"latent|ltbi|igra|quantiferon|mantoux|tuberculin")
_UNPLACED = ("fever", "malaise")  # symptoms of no place
_FEW_TOKENS = 12
_THERE = (Infection.ACTIVE, Infection.RESOLVING, Infection.SUSPECTED)
SURE_SURVIVED = 0.6
SURE_NONE, SURE_SILENT, SURE_LONG_PAST, SURE_LONG_OVER = 0.7, 0.8, 0.85, 0.9
_STATE = {
    EpisodeState.ACTIVE: Infection.ACTIVE,
    EpisodeState.POSSIBLE: Infection.SUSPECTED,
    EpisodeState.RESOLVING: Infection.RESOLVING,
    EpisodeState.RESOLVED: Infection.RESOLVED,
}


@dataclass(slots=True)
class Standing:
    """How the infection in question stands, while it is being read.

    `silent`: no words told of its course. `doubted`: the second reader contradicted the lexicon and caution won.
    `named`: a diagnosis is named and not 'infection' alone. `owned`: it is said that this patient has it.
    `hinted`: wellness, an end of treatment or a time in the past was read, though not enough to call it over.
    `untreated`: that nothing was given for it. `plain`: a later turn says outright that it is over. `explained`: 'no infection' was said, or is colonisation.
    `described`: signs at a place are told after the denial of an infection.
    `worst_heard`: the severity is the second reader's and stands in no word.
    `asleep`: an infection that sleeps (latent tuberculosis) is told of.
    `set_aside`: all that is named is another's or prophylaxis, and the patient is said to be well.
    """

    infection: Infection = Infection.UNKNOWN
    name: str = ""
    severity: Severity = Severity.UNSPECIFIED
    neutropenic_fever: bool = False
    derived: bool = False
    silent: bool = True
    doubted: bool = False
    plain: bool = False
    hinted: bool = False
    untreated: bool = False
    named: bool = False
    owned: bool = False
    explained: bool = False
    described: bool = False
    set_aside: bool = False
    asleep: bool = False
    contradiction: bool = False
    worst_heard: bool = False
    episodes: list[Episode] = field(default_factory=list)
    facts: list[Fact] = field(default_factory=list)


def _fever(scans: Sequence[Scan]) -> Item | None:
    """The last report of a fever, measured or in words; None where the last temperature is normal."""
    found: Item | None = None
    for scan_ in scans:
        for item in _temperature_items(scan_):
            if item.name == "fever":
                found = item
            elif found is not None and (item.turn, item.sentence) > (found.turn, found.sentence):
                found = None
        aside = ("negated", "hypothetical", "other", "historical", "exposure", "far", "mid")
        said = [i for i in scan_.of("symptom") if i.entry.fever and not i.has(*aside) and not _is_gone(i, scan_)]
        if said and (found is None or said[-1].first > found.first or said[-1].turn > found.turn):
            found = said[-1] if not (found is None and _temperature_items(scan_) and _temperature_items(scan_)[-1].first > said[-1].first) else found
    return found


def _is_gone(symptom: Item, scan: Scan) -> bool:
    """'Fever long gone': the words that name it say that it is over."""
    return any(s.name == "resolved" and s.asserted and s.first <= symptom.first < s.last for s in scan.of("state"))


def _temperature_items(scan_: Scan) -> list[Item]:
    """The temperatures of a message as items `fever` or `normal`, in order."""
    items = []
    past = {t.sentence for t in scan_.of("time") if t.name in ("far", "mid")} - {t.sentence for t in scan_.of("time") if t.name == "now"}
    for quantity in scan_.temperatures:
        first = scan_.token_at(quantity.start)
        if scan_.sentence_of[first] in past:
            continue
        words = Words(turn=scan_.turn, start=quantity.start, end=quantity.end, text=scan_.text[quantity.start : quantity.end])
        name = "fever" if quantity.value >= FEVER else "normal"
        items.append(Item("temperature", name, scan_.turn, first, first + 1, words, scan_.sentence_of[first]))
    return items


def _derived_fever(scans: Sequence[Scan], measured: dict[str, Measured]) -> bool:
    """ANC below 1.0 with 38.0 C or more in the same episode (spec, section 4.1)."""
    for scan_ in scans:
        low = [q for q in scan_.counts if q.name == "anc" and q.value < FEBRILE_NEUTROPENIA_ANC and not q.ambiguous]
        hot = [q for q in scan_.temperatures if q.value >= FEVER]
        if low and hot:
            return True
    anc, temperature = measured.get("anc"), measured.get("temperature")
    return bool(
        anc and temperature and anc.quantity.value < FEBRILE_NEUTROPENIA_ANC and not anc.quantity.ambiguous and temperature.quantity.value >= FEVER
    )


def standing_of(scans: Sequence[Scan], measured: dict[str, Measured]) -> Standing:
    """How the infection that the conversation is about stands now, with the words for it."""
    found = Standing()
    threads, rest = threads_of(scans)
    fever = _fever(scans)
    denials = [i for s in scans for i in s.of("state") if i.name in DENIALS and not i.has("hypothetical", "negated") and _denies_all(i, s, threads)]
    # What excludes infection weighs more than what finds none, said in the same message.
    denied = next((d for d in reversed(denials) if d.turn == denials[-1].turn and _excludes(d)), denials[-1]) if denials else None
    found.explained = denied is not None
    current = threads[-1] if threads else None
    found.episodes = [as_episode(t, EpisodeState.HISTORICAL) for t in threads[:-1] if t.mentions]
    found.derived = _derived_fever(scans, measured)
    if current is None or not current.mentions:
        _without_diagnosis(found, scans, current, rest, fever, denied)
    else:
        _with_diagnosis(found, scans, current, fever, denied)
    if not _counts_hold(measured):
        _second_opinion(found, scans, fever)
    if found.derived and found.infection in (Infection.NONE, Infection.UNKNOWN):
        found.infection = Infection.SUSPECTED
    if found.infection is Infection.NONE and denied_and_seen(scans[-1]):
        found.infection = Infection.SUSPECTED  # 'Banner: infection free. My exam: purulent sputum': the cautious one stands
    if current is not None and found.doubted and found.severity is Severity.UNSPECIFIED:
        found.severity = severity_of(current)[0]
    found.infection = settled(found.infection, scans, current)
    if found.infection in (Infection.RESOLVED, Infection.NONE) and _runs_by_date(scans):
        found.infection = Infection.RESOLVING  # completed treatment is part of resolution (spec, section 4.3)
    if found.infection in (Infection.NONE, Infection.RESOLVED, Infection.UNKNOWN):
        found.contradiction = False
    elif sources_differ(scans):
        found.contradiction = True
    worst = worst_point(scans, found.infection, found.severity) if current is not None else found.severity
    found.severity, found.worst_heard = worst, worst is not found.severity
    found.derived = found.derived and not found.neutropenic_fever
    found.neutropenic_fever = found.neutropenic_fever or found.derived
    found.facts += [Fact(name="infection", value=e.name, words=w) for e in found.episodes for w in e.words[:1]]
    found.episodes += [aside_episode(item) for item in rest]
    return found


def _runs_by_date(scans: Sequence[Scan]) -> bool:
    """Whether the last word on the end of treatment is a date that lies ahead of today, whatever is said of the infection beside it."""
    told = [
        i
        for s in scans
        for i in s.of("state")
        if (i.has("dated") or (i.turn > 0 and i.name in ("treatment_done", "resolved"))) and i.asserted and not i.has("other", "prophylaxis")
    ]
    last = [i for i in told if i.turn == told[-1].turn]
    return any(i.has("dated") and i.name == "treatment_ongoing" for i in last)


def _counts_hold(measured: dict[str, Measured]) -> bool:
    """Whether the counts alone hold pomalidomide, so that no second opinion on an infection is needed (spec, section 4.5)."""
    anc, platelets = measured.get("anc"), measured.get("platelets")
    return bool((anc and anc.quantity.value < 0.5) or (platelets and platelets.quantity.value < 25))


def _second_opinion(found: Standing, scans: Sequence[Scan], fever: Item | None) -> None:
    """Asks the second reader how the infection stands. It is followed against the lexicon only towards caution.

    Where the lexicon read nothing of the course, a sure second reading stands in for the silence.
    """
    heard = Opinion("state", scans)
    unexplained = found.infection in (Infection.ACTIVE, Infection.RESOLVING) and found.silent and fever is None
    if found.infection is Infection.RESOLVED and not found.plain and heard.warns(SURE_INFECTED):
        found.infection, found.doubted = Infection.RESOLVING, True
    elif found.infection is Infection.RESOLVED and found.severity is not Severity.LIFE_THREATENING and heard.agrees("none", SURE_LONG_PAST):
        found.infection = Infection.NONE
    elif found.infection is Infection.NONE and _may_be_there(found, heard):
        found.infection, found.doubted = Infection.SUSPECTED, True
    elif (found.infection is Infection.NONE and _may_have_been(found, heard)) or (unexplained and _may_be_over(found, scans, heard)):
        found.infection = Infection.RESOLVED
    elif (unexplained and _may_be_none(found, scans, heard)) or (fever is None and _is_surely_none(found, scans, heard)):
        found.infection = Infection.NONE


def _may_be_there(found: Standing, heard: Opinion) -> bool:
    """Whether an infection is to be feared where the lexicon read none."""
    if (heard.fears() and not (found.set_aside or found.asleep)) or (found.described and heard.linear["infected"] >= DOUBT_DESCRIBED):
        return True
    if found.set_aside or found.explained:
        return heard.warns(SURE_DESPITE)
    return heard.warns(DOUBT_NONE) or heard.agrees("infected", DOUBT_DESPITE)


def _may_have_been(found: Standing, heard: Opinion) -> bool:
    """Whether an infection is over, where the lexicon read that there is none; one that threatened life is weighed sooner."""
    if found.severity is Severity.LIFE_THREATENING and heard.agrees("resolved", SURE_SURVIVED):
        return True
    return not found.set_aside and ((found.silent and heard.agrees("resolved", SURE_NONE)) or heard.insists("resolved", SURE_ABSENT))


def _is_surely_none(found: Standing, scans: Sequence[Scan], heard: Opinion) -> bool:
    """Whether each classifier by itself is sure that this patient has no infection; few words of names and denials say too little for that."""
    told = not found.owned and not found.doubted and sum(len(s.tokens) for s in scans) > _FEW_TOKENS
    return told and found.infection in _THERE and heard.insists("none", SURE_ABSENT) and not _asked_of_one(scans)


def _may_be_over(found: Standing, scans: Sequence[Scan], heard: Opinion) -> bool:
    """Whether both classifiers take an infection of whose course the lexicon read nothing for resolved.

    Where words of an end stand there that the lexicon did not take for this infection's own ('the flu is over, now it is
    campylobacter'), it has not been silent, and the cautious reading stands.
    """
    if found.hinted or found.untreated:
        sure = SURE_HINTED if found.hinted else SURE_LONG_OVER
    elif any(i.name in _ENDS for s in scans for i in s.of("state")) or heard.linear["infected"] > heard.linear["resolved"]:
        return False
    else:
        sure = SURE_SILENT
    halfway = found.infection is Infection.RESOLVING or _in_treatment(scans)
    return heard.agrees("resolved", sure) and (heard.linear["resolved"] >= SURE_RESOLVED or not halfway)


def _in_treatment(scans: Sequence[Scan]) -> bool:
    """Whether an antimicrobial is named as treatment and its end is not: completed treatment is part of resolution (spec, section 4.3)."""
    named = any(not i.has("prophylaxis", "other") for s in scans for i in s.of("antimicrobial"))
    return named and not any(i.name == "treatment_done" for s in scans for i in s.of("state"))


def _may_be_none(found: Standing, scans: Sequence[Scan], heard: Opinion) -> bool:
    """Whether both classifiers say that this patient has none, and nothing that the lexicon read speaks against it."""
    said = any(i.name == "no_infection" for s in scans for i in s.of("state"))  # and not believed
    if not said and _open_to_doubt(found, scans) and heard.agrees("none", SURE_LONG_OVER):
        return True
    return (found.hinted or found.untreated) and heard.agrees("none", SURE_NONE) and not found.named and not _in_blood(scans)


def _open_to_doubt(found: Standing, scans: Sequence[Scan]) -> bool:
    """Whether words stand there that may take a named infection from this patient: 'no fever, shingles' holds none."""
    return not found.owned and not _in_blood(scans) and any(phrase("elsewhere").search(s.plain.text) for s in scans)


# 'Head cold, chest clear', 'septic hip, obs normal': where it has not spread to, and stable observations, say nothing of its end.
_NO_HINT = re.compile(r"(?:chest|lungs) (?:is |are )?(?:clear|clean)|(?:obs|observations|vitals)\b|no (?:oxygen|o ?2)\b")
_HINTS = ("symptom_free", "well", "treatment_done")
_ENDS = (*_HINTS, "resolved")


def _with_diagnosis(found: Standing, scans: Sequence[Scan], thread: Thread, fever: Item | None, denied: Item | None) -> None:
    last_mention = max(thread.mentions, key=lambda m: (m.turn, m.first))
    past = any(m.has("far", "mid", "near") for m in thread.mentions)
    outcome = outcome_of(thread, fever=fever, past=past)
    found.severity, words = severity_of(thread)
    if outcome.state is EpisodeState.ACTIVE and found.severity is Severity.UNSPECIFIED and only_tested_positive(thread, _lines_of_the_patient(scans)):
        found.severity = Severity.MILD
    if outcome.state in (EpisodeState.RESOLVED, EpisodeState.RESOLVING) and _told_since(scans, thread):
        outcome = replace(outcome, state=EpisodeState.RESOLVING, silent=False)
    _note_told(found, thread, outcome, last_mention, past=past)
    _weigh_fever_and_time(found, scans, thread, fever, outcome.state, past=past)
    _weigh_denial(found, scans, thread, fever, denied, last_mention, outcome.state)
    found.episodes.append(as_episode(thread, outcome.state))
    found.facts += [Fact(name="severity", value=found.severity.value, words=w) for w in words]
    found.facts += [Fact(name="state", value=found.infection.value, words=w) for w in outcome.words]


def _note_told(found: Standing, thread: Thread, outcome: Outcome, last_mention: Item, *, past: bool) -> None:
    """Writes down what the words say of the diagnosis, before anything is weighed."""
    found.contradiction = outcome.contradiction
    found.name = thread.name
    found.infection = _STATE[outcome.state]
    found.silent = outcome.silent
    found.named = bool(thread.specific)
    found.owned = any(m.has("owned") for m in thread.mentions)
    supposed = any(s.name == "resolved" and s.has("unasserted") for s in thread.states)
    hints = [s for s in thread.states if s.name in _HINTS and s.asserted and not _NO_HINT.match(s.words.text.lower()) and not is_of_the_test(s, thread)]
    found.hinted = not supposed and (past or bool(hints))
    found.untreated = not supposed and any(s.name == "untreated" for s in thread.states)
    found.plain = any(s.name == "resolved" and s.turn > last_mention.turn and s.asserted for s in thread.states)
    febrile = [m for m in thread.mentions if m.entry.kind == "febrile_neutropenia"]
    found.neutropenic_fever = bool(febrile)
    focus = [m for m in thread.mentions if m.entry.kind not in ("febrile_neutropenia", "generic")]
    if febrile and not focus and found.infection is Infection.ACTIVE:
        found.infection = Infection.SUSPECTED


def _weigh_fever_and_time(found: Standing, scans: Sequence[Scan], thread: Thread, fever: Item | None, state: EpisodeState, *, past: bool) -> None:
    """A fever after an episode that had ended is a new suspicion; an episode long over, with pomalidomide taken since, is none."""
    treatment = treatment_of(scans)[0]
    anew = fever is not None and treatment is Treatment.TAKING and past and state is EpisodeState.RESOLVING
    if not anew and _long_over(thread, state, treatment):
        # Nobody has said that pomalidomide was restarted after it: that is still to be weighed.
        takes = any(_TAKES.search(s.classed.text) or phrase("new_starter").search(s.plain.text) for s in scans)
        unweighed = found.severity is Severity.LIFE_THREATENING and treatment is not Treatment.TAKING and not takes
        found.infection = Infection.RESOLVED if unweighed else Infection.NONE
    if fever is not None and state in (EpisodeState.RESOLVING, EpisodeState.ACTIVE) and _fever_after_resolution(thread, fever):
        anew = anew or not any(m.turn == fever.turn for m in (*thread.mentions, *thread.treatments, *thread.severities))
    if anew:  # after an episode that had ended (spec, section 4.4): suspected, and no contradiction
        found.infection, found.contradiction, found.severity = Infection.SUSPECTED, False, Severity.UNSPECIFIED


def _weigh_denial(
    found: Standing, scans: Sequence[Scan], thread: Thread, fever: Item | None, denied: Item | None, last_mention: Item, state: EpisodeState
) -> None:
    """What 'no infection', colonisation or another cause does to the diagnosis."""
    if _carried_only(scans, thread):
        found.infection, found.explained = Infection.NONE, True
        return
    if denied is None:
        return
    bare = not thread.treatments and not thread.severities and all(m.entry.kind == "generic" for m in thread.mentions)
    told_of_it = denied.name == "no_infection" or (denied.turn, denied.first) > (last_mention.turn, last_mention.first)
    fever_settled = (
        fever is not None
        and _excludes(denied)
        and not thread.severities
        and _settles(denied, fever, thread)
        and state is not EpisodeState.RESOLVED
    )
    if (told_of_it and bare and fever is None) or fever_settled:
        found.infection = Infection.NONE
    elif _overrules(denied, last_mention, state):
        excluded = state is EpisodeState.POSSIBLE or _excludes(denied) or last_mention.has("quoted")
        if excluded or found.infection is Infection.NONE:
            found.infection = Infection.NONE
        elif state is EpisodeState.RESOLVED or any(s.name in _HINTS and s.turn >= denied.turn for s in thread.states):
            found.infection = Infection.RESOLVED
        else:
            found.contradiction = True
    elif not _OF_A_COLD.search(denied.words.text.lower()) and denied.turn == last_mention.turn and state is EpisodeState.ACTIVE:
        found.contradiction = True


def _lines_of_the_patient(scans: Sequence[Scan]) -> list[str]:
    """The sentences that tell of nobody else."""
    return [line for s in scans for n, line in enumerate(s.sentence_lines) if not any(i.sentence == n and i.has("other") for i in s.items)]


# 'My cold is over, no runny nose': what is denied is a sign of it.
_OF_A_COLD = re.compile(r"runny|sniffl|sore throat|cough|coryz")
_TAKES = re.compile(
    r"(?<!\S)(?:on|takes|taking|started|starts|begins|begun|continues|has|having|gets|c\d+) (?:\S+ ){0,2}<pom>|<pom> (?:\S+ ){0,6}(?:since|for \d)"
)
_IN_BLOOD = re.compile(r"blood|bottles|sets|bacter|bcx|bcs")
_EXCLUDED = re.compile(r"excluded|ruled out|not infected|never infected|false|contamin|non-?infect|not an? infect|not infect(?:ive|ious)|(?:is|was)n.?t infect")


def _excludes(denied: Item) -> bool:
    """Whether a denial excludes infection, and does not merely find none."""
    return denied.name == "another_cause" or bool(_EXCLUDED.search(denied.words.text.lower()))


def _settles(denied: Item, fever: Item, thread: Thread | None) -> bool:
    """Whether 'no infection' explains a fever: infection was excluded, or the fever had gone when it was said."""
    if denied.turn != fever.turn:
        return denied.turn > fever.turn
    gone = (
        [s for s in thread.states if s.name in ("symptom_free", "well", "resolved") and s.turn == fever.turn and s.first > fever.first]
        if thread
        else []
    )
    return _excludes(denied) or (
        denied.first > fever.first and any(s.asserted for s in gone)
    )


def _said_after(fever: Item, thread: Thread | None) -> bool:
    over = (
        [s for s in thread.states if s.name in ("resolved", "well", "symptom_free") and s.asserted]
        if thread
        else []
    )
    return any((s.turn, s.first) > (fever.turn, fever.first) for s in over)


def _told_since(scans: Sequence[Scan], thread: Thread) -> bool:
    """Whether a symptom is told after the last word that it was over, and neither denied nor a sequela."""
    over = [s for s in thread.states if s.name in ("resolved", "treatment_done", "well") and s.asserted]
    end = max(((s.turn, s.last) for s in over), default=(-1, -1))
    for scan_ in scans:
        for item in scan_.of("symptom"):
            aside = item.has("negated", "hypothetical", "other", "historical", "exposure", "far", "mid")
            told = ((item.turn, item.first) >= end or _since(scan_, item, over)) and not aside
            line = scan_.sentence_lines[item.sentence]
            if told and not phrase("sequela").search(line) and not phrase("how_ill").search(line) and not phrase("gone_after").match(after(list(scan_.tokens), item.last, 3)):
                return True
    return False


def _since(scan: Scan, symptom: Item, over: Sequence[Item]) -> bool:
    """'Diarrhoea since she came off antibiotics': the end stands behind the symptom that it began with."""
    ends = [s for s in over if s.turn == symptom.turn and s.sentence == symptom.sentence and s.first > symptom.last]
    return any("since" in (t.text for t in scan.tokens[symptom.last : end.first + 1]) for end in ends)


def _long_over(thread: Thread, state: EpisodeState, treatment: Treatment) -> bool:
    """A past infection with pomalidomide restarted since, or one of years ago with nothing said of a hold."""
    if treatment is Treatment.TAKING:
        dated = any(m.has("far", "mid") for m in thread.mentions) and all(m.has("far", "mid", "referred", "label") for m in thread.mentions)
        return state is EpisodeState.RESOLVED or (state is EpisodeState.ACTIVE and dated)
    if treatment is Treatment.HELD:
        return False
    if state is EpisodeState.RESOLVED and _dated_later(thread):
        return True
    return all(m.has("far") for m in thread.mentions) and state in (EpisodeState.RESOLVED, EpisodeState.ACTIVE)


def _dated_later(thread: Thread) -> bool:
    """'Problem list has bacteraemia', then 'that was 2021, two weeks of antibiotics, nothing since': a later turn puts it years back."""
    told = max(m.turn for m in thread.mentions)
    return any(s.has("far") and s.turn > told and s.asserted and s.name in ("resolved", "treatment_done") for s in thread.states)


def _fever_after_resolution(thread: Thread, fever: Item) -> bool:
    """A fever in a later turn than the word that it was over: a new suspicion (spec, section 4.4)."""
    over = [s for s in thread.states if s.name == "resolved" and s.asserted]
    return bool(over) and fever.turn > over[-1].turn


def _denies_all(denial: Item, scan: Scan, threads: list[Thread]) -> bool:
    """'Dengue negative' denies dengue and not the pneumonia beside it; 'not febrile neutropenia' denies no infection."""
    within = [i for i in scan.of("infection") if denial.first <= i.first < denial.last and i.entry.kind != "not_infection"]
    thread = threads[-1] if threads else None
    if denial.name == "another_cause":
        told = thread is not None and bool(thread.treatments or thread.severities)
        febrile = any(t.value >= FEVER for t in scan.temperatures)
        return not (told or febrile) or bool(phrase("nothing_grew").search(scan.folded))
    if denial.has("claimed") and thread is not None and thread.specific:
        return False
    if within and thread is not None and all(i.entry.kind == "febrile_neutropenia" for i in within):
        return not thread.treatments and not scan.of("symptom")
    specific = {i.name for i in within if i.entry.kind not in ("generic", "organism")}
    named = thread.specific if thread else set()
    if specific and thread and not thread.mentions and _tells_of_one(thread):
        return False
    if specific and thread and _another_named_since(denial, thread):
        return False
    if specific and specific <= {"sepsis"} and thread and any(m.name != "sepsis" for m in thread.mentions):
        return False
    if (
        specific
        and not named
        and any(i.kind == "symptom" and i.name == "skin signs" and not i.has("negated", "hypothetical", "other", "historical") for i in scan.items)
    ):
        return False
    return not specific or named <= specific


def _tells_of_one(thread: Thread) -> bool:
    """'Mupirocin, sorted, site clean. Not peritonitis.', 'HDU, nasal specs, not septic': an infection without a name, of which a worse one is denied."""
    treated = any(not is_prophylaxis(t, thread) and not t.has("hypothetical") for t in thread.treatments)
    over = any(s.name in ("resolved", "treatment_done") and s.asserted for s in thread.states)
    return over and (treated or bool(thread.severities))


def _another_named_since(denial: Item, thread: Thread) -> bool:
    """'No consolidation, but the swab shows hMPV': what is denied is one diagnosis, and another is told after it."""
    denied = denial.words.text.lower()
    return any(
        m.entry.kind not in ("generic", "organism") and not m.has("uncertain") and (m.turn, m.first) >= (denial.turn, denial.last) and m.words.text.lower() not in denied
        for m in thread.mentions
    )


def _overrules(denied: Item, last_mention: Item, state: EpisodeState) -> bool:
    """Whether 'no infection' settles it: said of a mere possibility, in a later turn, or as the last word on a diagnosis."""
    if denied.turn != last_mention.turn:
        return denied.turn > last_mention.turn
    excluded = _excludes(denied)
    after_it = denied.first > last_mention.first
    return state is EpisodeState.POSSIBLE or (last_mention.has("quoted") and (after_it or excluded)) or (excluded and after_it)


def _in_blood(scans: Sequence[Scan]) -> bool:
    """Whether something grows in blood cultures, by whatever word it is spoken of."""
    return any(phrase("in_blood").search(s.plain.text) for s in scans)


def _carried_only(scans: Sequence[Scan], thread: Thread) -> bool:
    """Whether what grew is colonisation and no infection: an organism alone, with carriage said of it, or without symptoms and left untreated."""
    carried = [i for s in scans for i in s.of("infection") if i.entry.kind == "carriage" and not i.has("negated", "hypothetical", "uncertain")]
    if _in_blood(scans) or any(_IN_BLOOD.search(s.words.text.lower()) and not s.has("negated", "hypothetical") for s in thread.severities):
        return False
    if any(i.kind == "symptom" and not i.has("negated", "hypothetical", "other", "historical") for s in scans for i in s.items):
        return False
    organisms_only = all(m.entry.kind == "organism" or m.entry.id in ("C. difficile", "CMV") for m in thread.mentions)
    left = {s.name for s in thread.states if s.asserted} >= {"untreated", "symptom_free"}
    return organisms_only and (bool(carried) or (left and not thread.treatments))


def _only_of_the_vaccine(symptoms: list[Item], thread: Thread | None) -> bool:
    """'Flu shot Monday, achy that night, gone by breakfast': what a vaccine does to somebody, and over."""
    over = [s for s in thread.states if s.name in ("symptom_free", "well", "resolved") and s.asserted] if thread and not thread.treatments else []
    return bool(over) and all(i.name in ("malaise", "fever") and (i.turn, i.first) < (over[-1].turn, over[-1].first) for i in symptoms)


def _asked_of_one(scans: Sequence[Scan]) -> bool:
    """Whether an infection is what a stop is asked for (`does it have to stop for a cold, no fever, he is 60`): who tells of the patient, too, asks for the patient."""
    return any(phrase("reason_of_a_stop").search(s.classed.text) for s in scans)


def _without_diagnosis(
    found: Standing, scans: Sequence[Scan], thread: Thread | None, rest: list[Item], fever: Item | None, denied: Item | None
) -> None:
    """No infection is named: fever, symptoms, treatment and plain words decide."""
    symptoms = [i for s in scans for i in s.of("symptom") if not i.has("negated", "hypothetical", "other", "historical", "exposure")]
    treated = [i for i in thread.treatments if not is_prophylaxis(i, thread)] if thread else []
    states = {s.name for s in thread.states if not s.has("unasserted", "hypothetical", "prophylaxis", "negated")} if thread else set()
    outcome = outcome_of(thread, fever=fever, past=False) if thread else None
    if thread and outcome and outcome.state in (EpisodeState.RESOLVED, EpisodeState.RESOLVING) and _told_since(scans, thread):
        outcome, found.silent = replace(outcome, state=EpisodeState.RESOLVING), False
    carried = any(i.entry.kind == "carriage" and not i.has("negated", "uncertain") for i in rest) and not _in_blood(scans)
    if thread:
        found.severity, words = severity_of(thread)
        found.facts += [Fact(name="severity", value=found.severity.value, words=w) for w in words]
    told = max((i.turn for i in (*symptoms, *treated)), default=len(scans))
    found.plain = any(s.name == "resolved" and s.asserted and s.turn > told for s in thread.states) if thread else False
    settled = denied is not None and (fever is None or _settles(denied, fever, thread))
    preventive = bool(thread and thread.treatments) and not treated
    vaccinated = any(i.entry.id == "vaccination" for s in scans for i in s.of("infection"))
    found.set_aside = (bool(rest) or preventive or vaccinated) and all(i.has("other", "exposure") for i in rest) and bool(states & {"symptom_free", "well"})
    if carried:
        found.explained = True
        found.asleep = any(_SLEEPS.search(i.words.text.lower()) for i in rest)
    if fever is not None and not settled and not (outcome and outcome.state is EpisodeState.RESOLVED and _said_after(fever, thread)):
        found.infection = Infection.SUSPECTED
    elif carried or (denied is not None and (_excludes(denied) or not _in_blood(scans))):
        found.described = denied is not None and any(s.entry.id not in _UNPLACED and (s.turn, s.first) > (denied.turn, denied.first) for s in symptoms)
        found.infection, found.severity = Infection.NONE, Severity.UNSPECIFIED
    elif outcome and (treated or states & {"resolved", "treatment_done", "treatment_ongoing", "residual"}):
        found.infection = _STATE[outcome.state]
    elif thread and _in_blood(scans):
        found.infection, found.silent = Infection.ACTIVE, False  # whatever grows there, and however well the patient looks
    elif vaccinated and _only_of_the_vaccine(symptoms, thread):
        found.infection, found.severity, found.explained = Infection.NONE, Severity.UNSPECIFIED, True
    elif symptoms or any(i.name == "worked_up" and not i.has("negated", "hypothetical") for s in scans for i in s.of("state")):
        found.infection = Infection.SUSPECTED
    elif found.severity is Severity.LIFE_THREATENING and states & {"symptom_free", "well"}:
        # Organ failure with nothing named behind it: weighed as if an infection had been.
        found.infection = Infection.RESOLVED
    elif rest and all(i.has("hypothetical") and not i.has("other", "exposure", "historical", "negated") for i in rest) and _asked_of_one(scans):
        found.infection, found.silent = Infection.SUSPECTED, False
    elif rest or states & {"symptom_free", "well"} or any(i.entry.id != "mimic" for s in scans for i in s.of("infection")):
        found.infection, found.severity = Infection.NONE, Severity.UNSPECIFIED
