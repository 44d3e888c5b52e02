"""What must hold for every case that can be built, whatever its facts: each property is named for what it protects."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.composing import compose
from assistant.knowledge import knowledge
from assistant.records import Action, Asked, Case, Decision, Drug, Fate, Infection, Restart, Severity, Treatment
from assistant.rules import decide
from assistant.wording import markers_in

# Repeatable, and without a clock: a loaded machine proves nothing about a rule.
RUN = settings(max_examples=60, deadline=None, derandomize=True)
# From the most cautious to the least.
ACTIONS = (Action.HOLD, Action.REASSESS, Action.RESUME, Action.NO_HOLD)
RESTARTS = (Restart.REASSESS_FIRST, Restart.CONSIDER_REDUCTION, Restart.DEPENDS_ON_SEVERITY, Restart.SAME_DOSE, None)
FLAGS_OF_WORDING = {"quinolone", "permanent_stop_asked", "two_patients", "patient_voice"}
WORSE = ((Severity.MILD, Severity.SEVERE), (Severity.SEVERE, Severity.LIFE_THREATENING), (Severity.MILD, Severity.LIFE_THREATENING), (Severity.UNSPECIFIED, Severity.SEVERE))

_counts = st.none() | st.floats(min_value=0, max_value=500)
CASES = st.builds(
    Case,
    asked=st.just(Asked.DECISION),
    drug=st.sampled_from([Drug.POMALIDOMIDE, Drug.UNSPECIFIED]),
    infection=st.sampled_from(Infection),
    severity=st.sampled_from(Severity),
    moderate=st.booleans(),
    neutropenic_fever=st.booleans(),
    treatment=st.sampled_from(Treatment),
    dose_mg=st.none() | st.sampled_from([1.0, 2.0, 2.5, 3.0, 4.0]),
    age=st.none() | st.floats(min_value=18, max_value=110),
    elderly=st.booleans(),
    renal_impairment=st.booleans(),
    dialysis=st.booleans(),
    quinolone=st.sampled_from(["", "ciprofloxacin"]),
    anc=_counts,
    platelets=_counts,
    platelets_nadir=_counts,
    temperature=st.none() | st.floats(min_value=34, max_value=43),
    permanent_stop_asked=st.booleans(),
    contradiction=st.booleans(),
    patient_voice=st.booleans(),
    ambiguous=st.sampled_from([(), ("infection",), ("anc",)]),
    topics=st.sampled_from([(), ("quinolone",), ("pitfalls", "renal_dose")]),
)


def caution(decision: Decision) -> tuple[int, int]:
    """Smaller is more cautious: the action first, then the restart."""
    return ACTIONS.index(decision.action), RESTARTS.index(decision.restart)


def test_the_empty_case_never_resumes() -> None:
    assert decide(Case()).action is Action.OUT_OF_SCOPE
    assert decide(Case(asked=Asked.DECISION)).action is Action.HOLD


@RUN
@given(CASES)
def test_forgetting_the_state_of_an_infection_never_yields_a_resume(case: Case) -> None:
    assert decide(replace(case, infection=Infection.UNKNOWN)).action is Action.HOLD


@RUN
@given(CASES)
def test_forgetting_the_severity_never_yields_the_same_dose(case: Case) -> None:
    assert decide(replace(case, severity=Severity.UNSPECIFIED)).restart is not Restart.SAME_DOSE


@RUN
@given(CASES, st.sampled_from(WORSE))
def test_a_worse_severity_never_loosens(case: Case, tiers: tuple[Severity, Severity]) -> None:
    better, worse = (decide(replace(case, severity=tier)) for tier in tiers)
    assert caution(worse) <= caution(better)


@RUN
@given(CASES)
def test_neutropenic_fever_never_loosens(case: Case) -> None:
    assert caution(decide(replace(case, neutropenic_fever=True))) <= caution(decide(replace(case, neutropenic_fever=False)))


@RUN
@given(CASES, st.floats(min_value=0, max_value=0.499))
def test_a_low_neutrophil_count_never_loosens(case: Case, anc: float) -> None:
    assert caution(decide(replace(case, anc=anc))) <= caution(decide(replace(case, anc=None)))


@RUN
@given(CASES, st.floats(min_value=0, max_value=24.9))
def test_a_low_platelet_count_never_loosens(case: Case, platelets: float) -> None:
    low = replace(case, platelets=platelets, platelets_nadir=platelets)
    assert caution(decide(low)) <= caution(decide(replace(case, platelets=None, platelets_nadir=None)))


@RUN
@given(CASES, st.sampled_from([Infection.ACTIVE, Infection.SUSPECTED, Infection.RESOLVING, Infection.GENERAL, Infection.UNKNOWN]))
def test_an_infection_that_is_not_known_to_be_over_is_held(case: Case, infection: Infection) -> None:
    decision = decide(replace(case, infection=infection))
    assert decision.action is Action.HOLD
    assert decision.restart is None


@RUN
@given(CASES)
def test_what_is_special_about_a_patient_changes_no_action(case: Case) -> None:
    plain = replace(case, age=None, elderly=False, renal_impairment=False, dialysis=False, quinolone="", permanent_stop_asked=False, patient_voice=False, treatment=Treatment.UNKNOWN)
    assert decide(case).action is decide(plain).action
    assert decide(case).restart is decide(plain).restart


@RUN
@given(CASES)
def test_a_decision_depends_on_the_case_alone(case: Case) -> None:
    assert decide(case) == decide(replace(case))


@RUN
@given(CASES)
def test_exactly_one_outcome_decides_and_the_modifiers_only_add(case: Case) -> None:
    decision = decide(case)
    outcomes = [r.id for r in knowledge().algorithm.outcomes]
    modifiers = [r.id for r in knowledge().algorithm.modifiers]
    assert decision.rules[0] in outcomes
    assert set(decision.rules[1:]) <= set(modifiers)
    assert len(set(decision.elements)) == len(decision.elements)


@RUN
@given(CASES)
def test_a_general_question_carries_no_flag_of_a_patient(case: Case) -> None:
    assert set(decide(replace(case, infection=Infection.GENERAL)).flags) <= FLAGS_OF_WORDING


@RUN
@given(CASES)
def test_a_dose_at_restart_is_one_that_was_taken_or_one_level_lower(case: Case) -> None:
    decision = decide(case)
    if decision.restart_dose_mg is not None:
        assert case.dose_mg is not None
        assert decision.restart_dose_mg in (case.dose_mg, case.dose_mg - 1)
        assert (decision.restart_dose_mg == case.dose_mg) == (decision.restart is Restart.SAME_DOSE)


@RUN
@given(CASES)
def test_dexamethasone_is_named_only_where_the_age_says_so(case: Case) -> None:
    assert ("dex_20mg_weekly" in decide(case).elements) <= (case.age is not None and case.age > 75)


# --------------------------------------------------------------------------- several patients


@RUN
@given(st.lists(CASES.filter(lambda c: c.infection is not Infection.GENERAL), min_size=2, max_size=4))
def test_several_patients_get_the_most_cautious_action_of_them(patients: list[Case]) -> None:
    decision = decide(Case(asked=Asked.DECISION, others=tuple(patients)))
    each = [decide(p) for p in patients]
    assert decision.action is min((d.action for d in each), key=ACTIONS.index)
    assert list(decision.patients) == each
    assert decision.restart_dose_mg is None
    assert decision.missing == ("patient",)


@RUN
@given(st.lists(CASES, min_size=2, max_size=4))
def test_several_patients_carry_all_their_flags_and_the_order_does_not_matter(patients: list[Case]) -> None:
    one = decide(Case(asked=Asked.DECISION, others=tuple(patients)))
    other = decide(Case(asked=Asked.DECISION, others=tuple(reversed(patients))))
    assert set(one.flags) == set(other.flags) == {"two_patients"} | {f for p in patients for f in decide(p).flags}
    assert one.action is other.action


@RUN
@given(st.lists(CASES, min_size=2, max_size=3))
def test_the_answer_for_several_patients_is_one_of_theirs_and_asks_which_one(patients: list[Case]) -> None:
    case = Case(asked=Asked.DECISION, others=tuple(patients))
    decision = decide(case)
    text = compose(case, decision).text
    assert "which one" in text
    assert decision.rules[1:] in [decide(p).rules for p in patients]


# --------------------------------------------------------------------------- the dictated answer


@RUN
@given(CASES)
def test_every_sentence_says_what_it_rests_on(case: Case) -> None:
    decision = decide(case)
    answer = compose(case, decision)
    names = set(knowledge().algorithm.elements) | {r.id for r in knowledge().algorithm.outcomes}
    for sentence in answer.sentences:
        assert sentence.text
        assert sentence.basis
        assert sentence.text in answer.text
        assert all(p in knowledge().passages for p in sentence.passage_ids)
        if sentence.kind is Fate.RULE:
            assert sentence.basis in names or sentence.basis.startswith(("outlook.", "fact."))


@RUN
@given(CASES)
def test_nothing_is_said_twice(case: Case) -> None:
    sentences = compose(case, decide(case)).sentences
    texts = [s.text for s in sentences if s.basis != "references"]
    assert len(set(texts)) == len(texts)
    # That a figure was not verified stands right behind it: the same words twice, where two sentences show a figure each.
    told = [(before.text, s.text) for before, s in pairwise(sentences) if s.basis == "references"]
    assert len(set(told)) == len(told)


@RUN
@given(CASES)
def test_every_marker_that_is_shown_has_a_citation_with_its_words(case: Case) -> None:
    answer = compose(case, decide(case))
    shown = set(markers_in(answer.text))
    assert shown == {c.marker for c in answer.citations}
    for citation in answer.citations:
        passage = knowledge().passages[citation.passage_id]
        assert citation.quote == passage.text
        assert citation.marker in passage.markers


@RUN
@given(CASES)
def test_the_answer_is_plain_text_of_paragraphs(case: Case) -> None:
    text = compose(case, decide(case)).text
    assert "  " not in text
    assert "\n\n\n" not in text
    assert text == text.strip()
    assert not {"{", "}", "<", "`"} & set(text)


@RUN
@given(CASES)
def test_the_action_comes_first(case: Case) -> None:
    decision = decide(case)
    first = compose(case, decision).text.split("\n\n")[0].lower()
    said = {Action.HOLD: ("hold", "stop"), Action.RESUME: ("can be resumed",), Action.REASSESS: ("do not restart yet",), Action.NO_HOLD: ("no hold is called for",)}
    assert any(word in first for word in said[decision.action])
