"""What is asked, decided: by the lexicon's cues first, then by the second reader where the lexicon is not sure.

Caution wins: where somebody is ill, a decision is given; a question of fact may come with it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from assistant.reading.intent import asks_of_another_drug, names_the_source, speaks_at_large, speaks_of_a_patient, speaks_of_a_person, topics_of
from assistant.reading.items import Scan
from assistant.reading.labels import drugs_named, jurisdictions_named, label_topics
from assistant.reading.opinion import Opinion
from assistant.reading.phrases import phrase
from assistant.reading.second import classifier
from assistant.reading.surroundings import DENIALS
from assistant.records import Asked, Case, Drug, Infection, Severity, Treatment

_ILL = (Infection.ACTIVE, Infection.SUSPECTED, Infection.RESOLVING, Infection.RESOLVED)
# How sure the second reader must be of a topic: alone, to lead where the lexicon has one, and where it is sure of a fact.
_TOPIC_SURE, _TOPIC_LEADS, _TOPIC_LIKELY = 0.25, 0.45, 0.15
_MOST_TOPICS = 3
# How sure it must be of a decision where nobody was read to be ill, and where holding is asked about beside a fact.
_DECISION_SURE, _DECISION_LEADS = 0.7, 0.4
# How sure that a follow-up leaves the case, for another matter or with thanks; and that a question lies outside though somebody is ill.
_LEAVES, _SURELY_OUTSIDE = 0.7, 0.85
_SURELY_A_FACT = 0.97  # of nobody in particular
# Asked for the article beside a label, the article's fact leads: where they differ it says so itself.
_ARTICLE = re.compile(r"\b(?:article|source|reference)\b")
# A follow-up of so few words ('so?', 'ok dose?') goes on with the case.
_SHORT = 6
# 'Pom + infection?' asks for the decision.
_BARE = 5


def with_what_is_asked(case: Case, scans: Sequence[Scan], last: Scan) -> Case:
    """Adds what is asked: by the lexicon, then by the second reader where the lexicon is not sure."""
    case = replace(case, jurisdictions=jurisdictions_named(last), drugs=drugs_named(scans))
    by_lexicon = _asked_by_lexicon(case, scans, last)
    topics = label_topics(last)
    if topics and case.drug is not Drug.OTHER and not (_ARTICLE.search(last.folded) and by_lexicon.topics) and (_names_a_drug_alone(last) or not _about_somebody_ill(case, last)):
        return replace(case, asked=Asked.FACT, topics=topics[:_MOST_TOPICS])
    if case.drug is Drug.OTHER:
        return by_lexicon
    if _only_a_fact(case, by_lexicon, last):
        return replace(case, asked=Asked.FACT, topics=_topics(scans))
    if _asks_of_another_matter(case, last) or _is_of_an_animal(scans):
        return replace(case, asked=Asked.OUTSIDE, outside="uncovered", topics=())
    if _goes_on_about_a_fact(case, scans):
        return replace(case, asked=Asked.FACT, topics=_topics(scans))
    if last.intents("injection") and by_lexicon.asked is Asked.DECISION:
        return by_lexicon
    return _asked_by_both(by_lexicon, case, scans, last)


def _asks_of_another_matter(case: Case, last: Scan) -> bool:
    """A vaccine's date, another drug's level, a laxative: asked beside no infection of somebody who takes pomalidomide."""
    ill = (case.infection in _ILL and "infection" not in case.ambiguous) or low_counts(case)
    if not ill and asks_of_another_drug(last):
        return True
    if not last.intents("outside_asked") or last.intents("hold_asked"):
        return False
    return not ill or case.drug is Drug.UNSPECIFIED


def _is_of_an_animal(scans: Sequence[Scan]) -> bool:
    """'Our pom has kennel cough': a dog, and no drug named but by that word."""
    named = [i for s in scans for i in s.of("drug")]
    told = " ".join(s.plain.text for s in scans)
    is_a_dog = phrase("an_animal").search(told) and phrase("pom_is_a_dog").search(told) and not phrase("a_human").search(told)
    return bool(is_a_dog) and all(i.words.text.lower() in ("pom", "poms") for i in named)


def _only_a_fact(case: Case, by_lexicon: Case, last: Scan) -> bool:
    """Whether the article's fact is all that is asked: of nobody's infection, or with the hold told to stand."""
    if not (names_the_source(last) and last.intents("fact") and by_lexicon.topics) or last.intents("injection"):
        return False
    stands = case.treatment is Treatment.HELD and bool(phrase("only_a_fact").search(last.plain.text))
    told = [i for i in last.items if i.kind in ("symptom", "antimicrobial", "severity") or (i.kind == "state" and i.asserted)]
    supposed = not told and all(i.entry.kind == "generic" for i in last.of("infection")) and bool(phrase("any_infection").search(last.plain.text))
    return stands or (supposed and not last.measured and not last.intents("hold_asked"))


def _about_somebody_ill(case: Case, last: Scan) -> bool:
    """Whether a message speaks of a patient with an infection: then a decision is owed, whatever else is asked."""
    if not (case.infection in _ILL or low_counts(case)) or speaks_at_large(last):
        return False
    measured_now = last.measured
    named = [
        i
        for i in last.of("infection")
        if i.entry.kind not in ("generic", "not_infection", "febrile_neutropenia") and not i.has("hypothetical", "other")
    ]
    return (
        speaks_of_a_patient(last)
        or (_tells_of_a_course(last) and _names_an_infection(last))
        or measured_now
        or (bool(named) and last.intents("decision"))
    )


@dataclass(frozen=True, slots=True)
class _Told:
    """What the last message tells, weighed once for all that the second reader is asked.

    `ill`: an infection, neutropenic fever or low counts stand. `now`: told of in this message, of somebody. `particular`:
    with its name or its course. `informs`: anything clinical stands in the message. `reports`: it goes on with the case
    and asks nothing. `short`: a follow-up of a few words.
    """

    ill: bool
    now: bool
    particular: bool
    informs: bool
    reports: bool
    short: bool


def _told(case: Case, scans: Sequence[Scan], last: Scan) -> _Told:
    ill = case.infection in _ILL or case.neutropenic_fever or low_counts(case)
    course = _tells_of_a_course(last)
    now = ill and not speaks_at_large(last) and (course or (speaks_of_a_patient(last) and _infection_in(last)))
    return _Told(
        ill=ill,
        now=now,
        particular=now and (course or _names_an_infection(last)),
        informs=last.measured or _names_an_infection(last) or any(i.kind in ("state", "severity", "symptom") for i in last.items),
        reports=ill and len(scans) > 1 and "?" not in last.text,
        short=len(scans) > 1 and len(last.tokens) <= _SHORT,
    )


def _asked_by_both(by_lexicon: Case, case: Case, scans: Sequence[Scan], last: Scan) -> Case:
    """The second reader turns a question of fact out of a loose decision, and a decision out of anything where somebody is ill."""
    heard, told = Opinion("intent", [last]), _told(case, scans, last)
    asked = by_lexicon.asked
    tells = told.reports and not last.intents("fact")
    if asked is Asked.FACT and (tells or (told.ill and len(scans) > 1 and last.intents("hold_asked") and heard.likely["decision"] >= _DECISION_LEADS)):
        return replace(case, asked=Asked.DECISION, topics=by_lexicon.topics)
    if asked is Asked.DECISION and not tells and _is_fact(heard, told, scans, last):
        return _as_fact(by_lexicon, case, scans, heard.likely["fact"])
    if asked is Asked.DECISION and told.reports and last.intents("outside_drugless") and not last.intents("hold_asked") and heard.likely["nothing"] >= _LEAVES:
        return replace(case, asked=Asked.OUTSIDE, outside="nothing")
    if asked is Asked.DECISION and _is_outside(heard, told, case, scans, last):
        return replace(case, asked=Asked.OUTSIDE, outside="uncovered")
    if asked in (Asked.OUTSIDE, Asked.NOTHING):
        return _out_of_outside(by_lexicon, heard, told, case, scans)
    if asked is Asked.FACT and not told.ill and heard.likely["outside"] >= 0.85:
        return replace(case, asked=Asked.OUTSIDE, outside="uncovered", topics=())
    if asked is Asked.FACT and heard.likely["decision"] >= (0.6 if told.now else _DECISION_SURE):
        return replace(case, asked=Asked.DECISION, topics=by_lexicon.topics)
    return by_lexicon


def _is_fact(heard: Opinion, told: _Told, scans: Sequence[Scan], last: Scan) -> bool:
    """Whether a loose decision is a question of fact: the more is told of somebody ill, the surer it must be."""
    at_large = heard.likely["fact"] >= _SURELY_A_FACT and not speaks_of_a_patient(last)
    asks_for_it = last.intents("fact") or names_the_source(last) or at_large
    reports = "?" not in last.text and (told.informs or (speaks_of_a_person(last) and not asks_for_it))  # 'Got a lady on pom who has an infection'
    if told.ill and ((last.measured and not speaks_at_large(last)) or reports):
        return False
    if len(scans) == 1 and told.particular:
        return False
    if not (asks_for_it or (len(last.tokens) > _BARE and not last.intents("hold_asked"))):
        return False
    enough = 0.97 if told.particular else 0.9 if told.now else 0.8 if told.informs and told.ill else 0.6
    return heard.likely["fact"] >= enough


def _is_outside(heard: Opinion, told: _Told, case: Case, scans: Sequence[Scan], last: Scan) -> bool:
    """Whether a loose decision is about something that the article does not cover."""
    open_ = not last.intents("hold_asked")
    if open_ and len(scans) > 1 and not told.short and not _names_an_infection(last) and heard.likely["outside"] >= _LEAVES:
        return True
    if open_ and not told.particular and heard.likely["outside"] >= _SURELY_OUTSIDE:
        return True
    unread = case.infection in (Infection.UNKNOWN, Infection.NONE) or "infection" in case.ambiguous
    elsewhere = case.drug is Drug.UNSPECIFIED or (len(scans) > 1 and not told.now and not told.informs)
    return not told.short and (unread or elsewhere) and heard.likely["outside"] >= 0.6


def _out_of_outside(by_lexicon: Case, heard: Opinion, told: _Told, case: Case, scans: Sequence[Scan]) -> Case:
    """What the lexicon took to lie outside: a decision where somebody is ill, or a fact that is known."""
    decision, outside = replace(case, asked=Asked.DECISION), by_lexicon.outside
    if told.informs and told.reports and outside != "override":
        return decision
    if told.short and outside != "nothing" and any(_infection_in(s) for s in scans[:-1]):
        return decision
    if outside != "nothing" and told.ill and heard.likely["decision"] >= 0.5:
        return decision
    if outside not in ("nothing", "override") and heard.likely["decision"] >= _DECISION_SURE:
        return decision
    return _as_fact(by_lexicon, case, scans, heard.likely["fact"]) if heard.likely["fact"] >= 0.6 and not told.now else by_lexicon


def _tells_of_a_course(last: Scan) -> bool:
    """Whether a message tells how an infection runs or is treated, as nobody does who asks for a figure."""
    course = ("treatment_given", "treatment_ongoing", "treatment_done", "residual", "worse", "resolved", "well")
    treated = [i for i in last.of("antimicrobial") if i.entry.route != "none" and not i.entry.quinolone and not i.has("prophylaxis", "hypothetical")]
    return bool(treated) or any(i.kind == "state" and i.name in course and not i.has("hypothetical") for i in last.items)


def _names_an_infection(last: Scan) -> bool:
    """Whether a message names a diagnosis, an organism or a fever, and not 'infection' alone."""
    named = [i for i in last.of("infection") if i.entry.kind not in ("generic", "not_infection") and not i.has("hypothetical", "negated", "other")]
    return bool(named) or bool(last.temperatures)


def _topics(scans: Sequence[Scan], sure: float = _TOPIC_SURE) -> tuple[str, ...]:
    """The topics by the lexicon, led by the second reader's where it is sure; of a short follow-up those of the turn before."""
    last = scans[-1]
    topic, probability = classifier("topic").best([last])
    found = topics_of(last)
    if probability >= (_TOPIC_LEADS if found else sure):
        found = tuple(dict.fromkeys((topic, *found)))
    if not found and len(scans) > 1:
        found = topics_of(scans[-2])
    return found[:_MOST_TOPICS]


def _as_fact(by_lexicon: Case, case: Case, scans: Sequence[Scan], likely: float) -> Case:
    """A question of fact, where its topic is known; `likely`: how sure the second reader is that it is one."""
    topics = _topics(scans, _TOPIC_LIKELY if likely >= 0.9 else _TOPIC_SURE)
    return replace(case, asked=Asked.FACT, topics=topics) if topics else by_lexicon


def _asked_by_lexicon(case: Case, scans: Sequence[Scan], last: Scan) -> Case:
    """What is asked, by the cues; a decision that is asked in general becomes the general question."""
    topics = topics_of(last)[:_MOST_TOPICS]
    fact = last.intents("fact") or names_the_source(last)
    decision, outside = last.intents("decision"), last.intents("outside")
    pom_now = any(i.entry.role == "pomalidomide" for i in last.of("drug"))
    now, ever = _infection_in(last), any(_infection_in(s) for s in scans)
    ill = case.infection in _ILL
    measured_now = last.measured
    at_large = speaks_at_large(last) or not speaks_of_a_patient(last)
    if case.drug is Drug.OTHER:
        return replace(case, asked=Asked.DECISION)
    if last.intents("injection") and not (now and speaks_of_a_person(last)) and (at_large or not ill):
        return replace(case, asked=Asked.DECISION) if ill else replace(case, asked=Asked.OUTSIDE, outside="override")
    if last.intents("outside_drugless") and not (now or _clinical(last) or topics) and (not pom_now or not decision):
        return replace(case, asked=Asked.OUTSIDE if len(scans) > 1 or decision else Asked.NOTHING, outside="nothing")
    if topics and fact and names_the_source(last) and last.intents("figure") and not _tells_of_a_course(last):
        return replace(case, asked=Asked.FACT, topics=_topics(scans))
    if last.intents("leading") and decision and (now or ill) and not names_the_source(last):
        return replace(case, asked=Asked.DECISION)
    elsewhere = case.drug is Drug.UNSPECIFIED or (len(scans) > 1 and not pom_now)
    if elsewhere and last.intents("antimicrobial_choice") and not speaks_of_a_person(last):
        return replace(case, asked=Asked.OUTSIDE, outside="uncovered")
    if topics and (fact or decision or not ill) and _names_a_quinolone_alone(last):
        return replace(case, asked=Asked.FACT, topics=_topics(scans))
    course_told = any(i.kind == "state" and i.name.startswith("treatment") and not i.has("hypothetical") for i in last.items)
    course_told = course_told or (_names_an_infection(last) and any(i.has("by_mouth") or i.entry.route == "iv" for i in last.of("antimicrobial")))
    told_of_someone = course_told and not speaks_at_large(last) and not names_the_source(last)
    if topics and fact and (at_large or not (now and ill)) and not (measured_now and (ill or low_counts(case))) and not (ill and told_of_someone):
        return replace(case, asked=Asked.FACT, topics=_topics(scans))
    if fact and len(scans) > 1 and not (now or measured_now or last.intents("hold_asked")) and (found := _topics(scans)):
        return replace(case, asked=Asked.FACT, topics=found)
    if decision and at_large and len(scans) == 1 and _after_an_infection(last):
        if topics and fact:
            return replace(case, asked=Asked.FACT, topics=_topics(scans))
        return replace(case, asked=Asked.DECISION, infection=Infection.RESOLVED, severity=Severity.UNSPECIFIED)
    if _general_question(last, decision, at_large) or (decision and _only_hypothetical(case, scans)):
        return replace(case, asked=Asked.DECISION, infection=Infection.GENERAL, severity=Severity.UNSPECIFIED, topics=topics if fact else ())
    if (
        outside
        and not now
        and not (ill and (measured_now or pom_now))
        and not (case.infection is Infection.NONE and _clinical(last))
        and not low_counts(case)
    ):
        return replace(case, asked=Asked.OUTSIDE, outside="uncovered")
    if case.infection is Infection.NONE and topics and last.intents("dose_asked") and not last.intents("hold_asked"):
        return replace(case, asked=Asked.FACT, topics=_topics(scans))
    if (ever and (now or decision or ill)) or (_clinical(last) and (decision or ill or case.infection is Infection.NONE)) or low_counts(case):
        return replace(case, asked=Asked.DECISION, topics=topics if fact else ())
    if topics:
        return replace(case, asked=Asked.FACT, topics=_topics(scans))
    if decision and case.drug is Drug.POMALIDOMIDE:
        return replace(case, asked=Asked.DECISION)
    named = case.drug is Drug.POMALIDOMIDE or fact or outside
    return replace(case, asked=Asked.OUTSIDE, outside="uncovered") if named else replace(case, asked=Asked.NOTHING, outside="nothing")


def _general_question(last: Scan, decision: bool, at_large: bool) -> bool:
    """Whether it is asked, of nobody in particular, what an infection means for pomalidomide."""
    mentions = [i for i in last.of("infection") if i.entry.kind == "generic"]
    if not decision or not mentions or any(s.kind in ("state", "antimicrobial", "symptom") for s in last.items if s.name not in DENIALS):
        return False
    return at_large and (last.intents("general") or any(i.has("hypothetical") for i in mentions))


def _names_a_quinolone_alone(last: Scan) -> bool:
    """'Quinolone + pom = ?': the interaction, with no infection, course or patient told."""
    clinical = [i for i in last.items if i.kind in ("infection", "symptom", "state", "severity", "antimicrobial")]
    clinical = [i for i in clinical if not (i.kind == "infection" and i.entry.kind == "not_infection")]
    clinical = [i for i in clinical if not (i.name == "treatment_given" and i.words.text.lower().startswith("with"))]
    named = [i for i in clinical if i.kind == "antimicrobial" and (i.entry.quinolone or i.entry.route == "none" or i.entry.id == "antibiotics")]
    return bool(named) and len(named) == len(clinical) and not speaks_of_a_patient(last) and not last.intents("hold_asked")


def _names_a_drug_alone(last: Scan) -> bool:
    """'Does the label restrict clarithromycin?': a drug whose interaction is known, and no word of an infection, a course or a patient."""
    told = [i for i in last.items if i.kind in ("infection", "symptom", "state", "severity", "antimicrobial")]
    alone = all(i.kind == "antimicrobial" and not i.has("by_mouth", "prophylaxis") for i in told)
    return alone and bool(drugs_named((last,))) and not (speaks_of_a_person(last) or last.measured or last.intents("hold_asked"))


def _after_an_infection(last: Scan) -> bool:
    """'How do you restart after an infection has cleared?': a general question that supposes that it is over."""
    told = [i for i in last.items if i.kind in ("state", "antimicrobial", "symptom", "severity")]
    over = [i for i in told if i.kind == "state" and i.name == "resolved"]
    return bool(over) and len(over) == len(told) and last.intents("general") and last.intents("held")


def _goes_on_about_a_fact(case: Case, scans: Sequence[Scan]) -> bool:
    """'Infection % with pom-dex?', then 'is that all grades?': nothing of a patient in either turn."""
    if len(scans) < 2 or _clinical(scans[-1]) or scans[-1].intents("hold_asked") or any(speaks_of_a_person(s) for s in scans):
        return False
    before = with_what_is_asked(replace(case, topics=()), scans[:-1], scans[-2])
    return before.asked is Asked.FACT


def _only_hypothetical(case: Case, scans: Sequence[Scan]) -> bool:
    """Whether infection is mentioned as an 'if' alone, with nothing said of how the patient is."""
    mentions = [i for s in scans for i in s.of("infection") if i.entry.kind not in ("not_infection", "carriage")]
    denied = any(i.kind == "state" for s in scans for i in s.items)
    return (
        case.infection is Infection.NONE
        and bool(mentions)
        and not denied
        and all(i.has("hypothetical") and not i.has("negated", "other", "exposure") for i in mentions)
    )


def low_counts(case: Case) -> bool:
    return (case.anc is not None and case.anc < 0.5) or (case.platelets is not None and case.platelets < 25)


def _infection_in(scan_: Scan) -> bool:
    """Whether a message tells of an infection, its treatment or its course."""
    told = [i for i in scan_.items if i.kind in ("infection", "symptom", "antimicrobial") and not i.has("hypothetical", "other", "exposure")]
    told = [
        i
        for i in told
        if not (i.kind == "infection" and i.entry.kind == "not_infection") and not (i.kind == "antimicrobial" and i.has("prophylaxis"))
    ]
    return bool(told) or any(i.kind == "state" and i.name not in DENIALS for i in scan_.items)


def _clinical(scan_: Scan) -> bool:
    """Whether a message carries anything of a patient's infection, counts or temperature."""
    if _infection_in(scan_) or any(i.kind == "state" for i in scan_.items) or scan_.of("infection"):
        return True
    return scan_.measured
