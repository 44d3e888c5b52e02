"""Case to Decision: evaluates the decision table of `knowledge/algorithm.yaml`. Pure and total.

The table says which rule decides; this module derives the table's fields from a case, finds the first outcome
whose conditions hold, adds the modifiers, and explains: rules that nearly fired, facts missing, and which single
change of fact would change the decision. It knows no model, no index and no screen.
"""

from __future__ import annotations

from dataclasses import replace

from assistant.knowledge import Knowledge, LabelTopic, Rule, knowledge
from assistant.records import (
    Action,
    Ask,
    Asked,
    Basis,
    Case,
    Change,
    Decision,
    Infection,
    NearRule,
    Quote,
    Restart,
    Severity,
)

# The label thresholds that spec/algorithm.md, section 4.5, names (x10^9/L); the words stand in labels.yaml, us.counts.
ANC_LOW = 0.5
PLATELETS_LOW = 25.0
PLATELETS_RECOVERED = 50.0
# "Patients >75 years" (article, elderly.dexamethasone): strictly older.
AGE_BORDER = 75

_CAUTION = (Action.HOLD, Action.REASSESS, Action.RESUME, Action.NO_HOLD, Action.INFORM, Action.OUT_OF_SCOPE)
_RESTART_CAUTION = (Restart.REASSESS_FIRST, Restart.DEPENDS_ON_SEVERITY, Restart.CONSIDER_REDUCTION, Restart.SAME_DOSE, None)
_DECIDED = (Action.HOLD, Action.RESUME, Action.REASSESS, Action.NO_HOLD)
Fields = dict[str, str]


def effective_severity(case: Case) -> Severity:
    """The worst point of the episode: neutropenic fever is at least severe (spec, section 3)."""
    if case.neutropenic_fever and case.severity.rank < Severity.SEVERE.rank:
        return Severity.SEVERE
    return case.severity


def _counts(case: Case) -> str:
    """`low`, `not_recovered`, `fine` or `unknown`, from the current counts."""
    if (case.anc is not None and case.anc < ANC_LOW) or (case.platelets is not None and case.platelets < PLATELETS_LOW):
        return "low"
    nadir = case.platelets_nadir
    if case.platelets is not None and case.platelets < PLATELETS_RECOVERED and nadir is not None and nadir < PLATELETS_LOW:
        return "not_recovered"
    return "unknown" if case.anc is None and case.platelets is None else "fine"


def _dose(case: Case) -> str:
    if case.dose_mg is None:
        return "unknown"
    return str(int(case.dose_mg)) if case.dose_mg in (1, 2, 3, 4) else "other"


def _age(case: Case) -> str:
    if case.age is None:
        return "unknown"
    return "over_75" if case.age > AGE_BORDER else "75_or_younger"


def _yes(flag: bool) -> str:
    return "yes" if flag else "no"


def fields_of(case: Case) -> Fields:
    """The table's fields for a case; every field always has a value, `unknown` among them."""
    return {
        "asked": case.asked.value,
        "drug": case.drug.value,
        "infection": case.infection.value,
        "severity": effective_severity(case).value,
        "neutropenic_fever": _yes(case.neutropenic_fever),
        "treatment": case.treatment.value,
        "counts": _counts(case),
        "dose": _dose(case),
        "age": _age(case),
        "elderly": _yes(case.elderly),
        "renal_impairment": _yes(case.renal_impairment),
        "dialysis": _yes(case.dialysis),
        "quinolone": _yes(bool(case.quinolone)),
        "permanent_stop_asked": _yes(case.permanent_stop_asked),
    }


def _unmet(rule: Rule, fields: Fields) -> list[str]:
    return [name for name, allowed in rule.when.items() if fields[name] not in allowed]


def _deciding_rules(known: Knowledge, *, but: Rule) -> list[Rule]:
    return [r for r in known.algorithm.outcomes if r is not but and r.then and r.then.action in _DECIDED]


def _near(rules: list[Rule], fields: Fields) -> tuple[NearRule, ...]:
    """The rules that one condition alone kept from firing."""
    found = []
    for rule in rules:
        unmet = _unmet(rule, fields)
        if len(unmet) == 1:
            name = unmet[0]
            found.append(NearRule(rule_id=rule.id, unmet=name, found=fields[name], needed=tuple(rule.when[name])))
    return tuple(found)


def _restart_dose(case: Case, restart: Restart | None) -> float | None:
    """The dose in mg at restart, where case and sources give one; None where they do not."""
    if case.dose_mg is None:
        return None
    if restart is Restart.SAME_DOSE:
        return case.dose_mg
    if restart is Restart.CONSIDER_REDUCTION and _dose(case) in ("4", "3", "2"):
        return case.dose_mg - 1
    return None


def _severity_of(rule: Rule, case: Case) -> Severity | None:
    assert rule.then is not None
    if rule.then.severity == "none" or rule.then.action in ("no_hold", "inform", "out_of_scope"):
        return None
    return Severity(rule.then.severity) if rule.then.severity else effective_severity(case)


def flags_of(case: Case, action: Action) -> tuple[str, ...]:
    """The flags of spec/contract.md that hold for a case and what was decided.

    A general question carries only those of its wording; what is out of scope only who asks.
    """
    if action is Action.OUT_OF_SCOPE:
        return ("patient_voice",) if case.patient_voice else ()
    wording = [("quinolone", bool(case.quinolone)), ("permanent_stop_asked", case.permanent_stop_asked)]
    patient = [
        ("neutropenic_fever", case.neutropenic_fever),
        ("renal_impairment", case.renal_impairment),
        ("dialysis", case.dialysis),
        ("age_over_75", _age(case) == "over_75"),
        ("elderly", case.elderly),
        ("suspected", case.infection is Infection.SUSPECTED),
        ("anc_below_500", case.anc is not None and case.anc < ANC_LOW),
        ("contradiction", case.contradiction),
    ]
    always = [("two_patients", case.two_patients), ("patient_voice", case.patient_voice)]
    # A question of fact is about a patient only where it says that this one has no infection.
    nobodys = case.infection is Infection.GENERAL or (case.asked is Asked.FACT and case.infection is not Infection.NONE)
    chosen = wording + always if nobodys else patient + wording + always
    return tuple(name for name, holds in chosen if holds)


def _notes(case: Case, action: Action) -> tuple[str, ...]:
    """What the answer discloses besides what it owes."""
    if action not in _DECIDED:
        return ()
    candidates = [
        ("neutropenic_fever_derived", case.neutropenic_fever_derived),
        ("contradiction", case.contradiction),
        ("moderate", case.moderate and effective_severity(case) is Severity.MILD),
        ("patient_voice", case.patient_voice or case.caregiver_voice),
    ]
    return tuple(name for name, holds in candidates if holds)


def _missing(case: Case, action: Action) -> tuple[str, ...]:
    """Facts that were not stated and would bear on this decision, most telling first."""
    if action not in _DECIDED or case.infection is Infection.GENERAL:
        return ()
    wanted = []
    if case.infection is Infection.UNKNOWN:
        wanted.append("infection")
    if effective_severity(case) is Severity.UNSPECIFIED and action in (Action.HOLD, Action.RESUME) and case.infection is not Infection.UNKNOWN:
        wanted.append("severity")
    if case.infection in (Infection.RESOLVED, Infection.SUSPECTED) and case.anc is None:
        wanted.append("anc")
    if action is Action.RESUME and case.dose_mg is None:
        wanted.append("dose_mg")
    return (*wanted, *(name for name in case.ambiguous if name not in wanted))


def _asks(missing: tuple[str, ...], known: Knowledge) -> tuple[Ask, ...]:
    entries = known.algorithm.asks
    return tuple(Ask(fact=name, question=entries[name].question, answers=tuple(entries[name].answers)) for name in missing if name in entries)


def _alternatives(case: Case) -> list[tuple[str, str, Case]]:
    """The case with one fact changed, for each change that a clinician could report."""
    found: list[tuple[str, str, Case]] = []
    for state in (Infection.NONE, Infection.SUSPECTED, Infection.ACTIVE, Infection.RESOLVING, Infection.RESOLVED):
        found.append(("infection", state.value, replace(case, infection=state)))
    for tier in (Severity.MILD, Severity.SEVERE, Severity.LIFE_THREATENING):
        found.append(("severity", tier.value, replace(case, severity=tier)))
    found.append(("neutropenic_fever", "yes", replace(case, neutropenic_fever=True)))
    found.append(("anc", "below 0.5 x10^9/L", replace(case, anc=ANC_LOW / 2)))
    found.append(("anc", "0.5 x10^9/L or more", replace(case, anc=2 * ANC_LOW)))
    found.append(("platelets", "below 25 x10^9/L", replace(case, platelets=PLATELETS_LOW - 5)))
    return found


def case_if(case: Case, change: Change) -> Case:
    """The case with the one fact changed that a `Change` names.

    Raises:
        KeyError: no change of that name can be reported.
    """
    return {(fact, value): other for fact, value, other in _alternatives(case)}[change.fact, change.value]


def _changes(case: Case, decided: tuple[Action, Restart | None], known: Knowledge) -> tuple[Change, ...]:
    if decided[0] not in _DECIDED or case.infection is Infection.GENERAL:
        return ()
    now = fields_of(case)
    found = []
    for fact, value, other in _alternatives(case):
        if fields_of(other) == now:
            continue
        then = _fired(fields_of(other), known).then
        assert then is not None
        outcome = (Action(then.action), Restart(then.restart) if then.restart else None)
        if outcome != decided:
            found.append(Change(fact=fact, value=value, action=outcome[0], restart=outcome[1]))
    return tuple(found)


def _fired(fields: Fields, known: Knowledge) -> Rule:
    """The one outcome that decides; the table is complete, which a test proves over all its fields."""
    for rule in known.algorithm.outcomes:
        if not _unmet(rule, fields):
            return rule
    raise AssertionError(f"no rule decides {fields}")


def _quotes(rules: list[Rule], elements: tuple[str, ...], known: Knowledge) -> tuple[Quote, ...]:
    """The rules' own words, then the whole passage of every element that is owed."""
    quotes = [Quote(passage_id=f"article:{q.passage}", words=q.words) for rule in rules for q in rule.quotes]
    quotes += [Quote(passage_id=f"label:{rule.label}", words=known.labels[rule.label].text) for rule in rules if rule.label]
    for name in elements:
        element = known.algorithm.elements[name]
        if element.passages:
            passage = known.passage(element.passages[0])
            quotes.append(Quote(passage_id=passage.id, words=passage.text))
        quotes += [Quote(passage_id=f"label:{label}", words=known.labels[label].text) for label in element.labels]
    first: dict[str, Quote] = {}
    for quote in quotes:
        first.setdefault(quote.passage_id, quote)
    return tuple(first.values())


def _topic_quotes(topics: tuple[str, ...], known: Knowledge) -> tuple[Quote, ...]:
    ids = []
    for fact in map(known.topic, topics):
        labels = [label.id for label in known.labels_on(fact)] if isinstance(fact, LabelTopic) else fact.labels
        ids += [*(f"article:{name}" for name in fact.cites), *(f"label:{name}" for name in labels)]
    return tuple(Quote(passage_id=name, words=known.passages[name].text) for name in dict.fromkeys(ids))


def decide(case: Case) -> Decision:
    """What the algorithm says for this case, and why.

    Total: every case has exactly one outcome. Where several patients are mentioned the decision is the most
    cautious that any of them would get (spec, section 4.12), with each patient's own decision beside it.
    """
    if case.two_patients:
        return _decide_several(case)
    known = knowledge()
    fields = fields_of(case)
    rule = _fired(fields, known)
    assert rule.then is not None
    action = Action(rule.then.action)
    restart = Restart(rule.then.restart) if rule.then.restart else None
    fields_now = {**fields, "action": action.value}
    added = [m for m in known.algorithm.modifiers if not _unmet(m, fields_now)] if action in _DECIDED else []
    if case.infection is Infection.GENERAL:
        added = [m for m in added if set(m.when) & {"quinolone", "permanent_stop_asked"}]
    elements = tuple(dict.fromkeys(e for r in [rule, *added] for e in r.elements))
    topics = case.topics if action in (*_DECIDED, Action.INFORM) else ()
    quotes = _quotes([rule, *added], elements, known)
    have = {q.passage_id for q in quotes}
    missing = _missing(case, action)
    return Decision(
        action=action,
        severity=_severity_of(rule, case),
        restart=restart,
        restart_dose_mg=_restart_dose(case, restart),
        basis=Basis(rule.then.basis) if rule.then.basis else None,
        rules=(rule.id, *(m.id for m in added)),
        near=_near(_deciding_rules(known, but=rule), fields) if action in _DECIDED else (),
        elements=elements,
        notes=_notes(case, action),
        flags=flags_of(case, action),
        topics=topics,
        facts=case.facts,
        missing=missing,
        asks=_asks(missing, known),
        changes=_changes(case, (action, restart), known),
        quotes=quotes + tuple(q for q in _topic_quotes(topics, known) if q.passage_id not in have),
    )


def _decide_several(case: Case) -> Decision:
    """The most cautious of the patients' decisions; nothing of one patient is lent to another."""
    known = knowledge()
    each = tuple(decide(other) for other in case.others)
    worst = min(each, key=lambda d: (_CAUTION.index(d.action), _RESTART_CAUTION.index(d.restart), -(d.severity.rank if d.severity else -1)))
    return replace(
        worst,
        restart_dose_mg=None,
        rules=("patients.several", *worst.rules),
        flags=tuple(dict.fromkeys(("two_patients", *(f for d in each for f in d.flags)))),
        facts=case.facts,
        missing=("patient",),
        asks=_asks(("patient",), known),
        changes=(),
        patients=each,
    )


