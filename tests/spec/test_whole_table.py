"""Every combination of the facts that the decision table reads: one outcome each, an answer for it, and all that it owes said."""

from __future__ import annotations

import itertools
import re
import statistics
from collections.abc import Iterator

import pytest

from assistant.composing import compose
from assistant.knowledge import knowledge
from assistant.records import Action, Asked, Case, Decision, Dictated, Drug, Infection, Restart, Severity, Treatment
from assistant.rules import decide, fields_of
from assistant.wording import markers_in

# What must be read in an answer for each element that it owes; written for this test, apart from any scorer.
SAID = {
    "stop_now": r"hold|stop",
    "hold_until_resolved": r"completely resolved|excluded",
    "antimicrobials": r"antimicrobial therapy",
    "monitor_response": r"monitor the response",
    "reassess_risk_benefit": r"reassess risk and benefit",
    "gcsf": r"g-csf",
    "confirm_resolution": r"confirm that the symptoms .* completely resolved",
    "cbc_before_restart": r"cbc with differential",
    "consider_prophylaxis": r"prophylactic antibiotics",
    "prophylaxis_on_restart": r"prophylactic antibiotics",
    "resume_same_dose": r"same dose",
    "consider_dose_reduction": r"from 4 mg to 3 mg|mg\) lower|no lower dose level|4 mg to 3 mg",
    "dex_20mg_weekly": r"dexamethasone is 20 mg weekly instead of 40 mg",
    "elderly_3mg": r"3 mg instead of 4 mg",
    "renal_monitoring": r"renal impairment asks for more careful monitoring",
    "dialysis_disagreement": r"sources disagree.*starts at 3 mg",
    "quinolone_caution": r"quinolone with caution",
    "planned_resumption": r"permanent stop",
    "count_threshold": r"anc below 0\.5 x10\^9/l or platelets below 25",
    "what_would_trigger": r"an infection, even a mild one, would",
}
COUNTS: dict[str, dict[str, float]] = {
    "blank": {},
    "fine": {"anc": 1.5, "platelets": 150.0, "platelets_nadir": 150.0},
    "low": {"anc": 0.3},
    "not recovered": {"platelets": 40.0, "platelets_nadir": 20.0},
}
DOSES = (None, 4.0, 3.0, 2.0, 1.0, 2.5)
AGES = (None, 75.0, 76.0)


def cases(infection: Infection) -> Iterator[Case]:
    """Every combination of severity, neutropenic fever, treatment, dose, age and counts for one state of the infection."""
    for severity, fever, treatment, dose, age, counts in itertools.product(Severity, (False, True), Treatment, DOSES, AGES, COUNTS.values()):
        yield Case(
            asked=Asked.DECISION, infection=infection, severity=severity, neutropenic_fever=fever, treatment=treatment, dose_mg=dose, age=age, **counts  # type: ignore[arg-type]
        )  # fmt: skip


def faults(case: Case, decision: Decision, answer: Dictated) -> list[str]:
    """What is wrong with a decision and its answer, in words."""
    known = knowledge()
    found = []
    outcomes = {r.id for r in known.algorithm.outcomes}
    if len([r for r in decision.rules if r in outcomes]) != 1:
        found.append(f"not exactly one outcome: {decision.rules}")
    text = answer.text.lower()
    found += [f"owes {name} and does not say it" for name in decision.elements if not re.search(SAID[name], text)]
    if decision.action in (Action.RESUME, Action.REASSESS):
        found += [f"lacks {name}" for name in ("confirm_resolution", "cbc_before_restart", "consider_prophylaxis") if name not in decision.elements]
    if (decision.restart is not None) != (decision.action in (Action.RESUME, Action.REASSESS)):
        found.append(f"restart {decision.restart} with {decision.action}")
    if decision.restart_dose_mg is not None and (case.dose_mg is None or decision.restart_dose_mg > case.dose_mg or decision.restart_dose_mg < 1):
        found.append(f"restart dose {decision.restart_dose_mg} after {case.dose_mg}")
    if decision.restart is Restart.SAME_DOSE and decision.severity is not Severity.MILD:
        found.append(f"same dose after {decision.severity}")
    cited = {c.marker for c in answer.citations}
    found += [f"marker [{marker}] without citation" for marker in markers_in(answer.text) if marker not in cited]
    found += [f"citation {c.passage_id} is not verbatim" for c in answer.citations if c.quote not in known.passages[c.passage_id].text]
    found += [f"citation [{c.marker}] of a passage without it" for c in answer.citations if c.marker not in known.passages[c.passage_id].markers]
    found += [f"quote of {q.passage_id} is not verbatim" for q in decision.quotes if q.words not in known.passages[q.passage_id].text]
    if re.search(r"\{|\}|None|nan", answer.text):
        found.append("a place in the wording was left open")
    return found


class TestEveryCase:
    """Exactly one outcome for every case, and the answer that goes with it.  (issue 2, items 5 and 6)"""

    @pytest.mark.parametrize("infection", list(Infection))
    def test_has_one_outcome_and_a_complete_answer(self, infection: Infection) -> None:
        wrong: list[str] = []
        lengths = []
        for case in cases(infection):
            decision = decide(case)
            answer = compose(case, decision)
            lengths.append(len(answer.text.split()))
            wrong += [f"{fault}: {fields_of(case)}" for fault in faults(case, decision, answer)]
        assert len(lengths) == len(Severity) * 2 * len(Treatment) * len(DOSES) * len(AGES) * len(COUNTS)
        assert wrong[:5] == []
        assert statistics.median(lengths) <= 130
        assert max(lengths) <= 220

    def test_also_when_no_decision_is_asked_or_another_drug_is_meant(self) -> None:
        wrong = []
        for asked, drug, infection, severity, fever in itertools.product(Asked, Drug, Infection, Severity, (False, True)):
            case = Case(asked=asked, drug=drug, other_drug="lenalidomide" if drug is Drug.OTHER else "", infection=infection, severity=severity, neutropenic_fever=fever)
            decision = decide(case)
            wrong += [f"{fault}: {fields_of(case)}" for fault in faults(case, decision, compose(case, decision))]
            expected = asked is Asked.DECISION and drug is not Drug.OTHER
            if (decision.action in (Action.HOLD, Action.RESUME, Action.REASSESS, Action.NO_HOLD)) != expected:
                wrong.append(f"{decision.action}: {fields_of(case)}")
            if decision.action is Action.OUT_OF_SCOPE and (decision.elements or decision.quotes or decision.severity or markers_in(compose(case, decision).text)):
                wrong.append(f"claims something out of scope: {fields_of(case)}")
        assert wrong[:5] == []

    def test_also_with_every_special_point_at_once(self) -> None:
        lengths = []
        for infection, severity, dose, contradiction in itertools.product(Infection, Severity, DOSES, (False, True)):
            case = Case(
                asked=Asked.DECISION, infection=infection, severity=severity, dose_mg=dose, age=80.0, elderly=True, renal_impairment=True, dialysis=True,
                quinolone="ciprofloxacin", permanent_stop_asked=True, contradiction=contradiction,
            )  # fmt: skip
            decision = decide(case)
            answer = compose(case, decision)
            assert faults(case, decision, answer) == []
            lengths.append(len(answer.text.split()))
        assert max(lengths) <= 220


class TestOrder:
    """Outcomes are tried in their order; the first whose conditions all hold decides."""

    def test_no_outcome_is_hidden_behind_those_before_it(self) -> None:
        reached = set()
        for asked, drug, infection, severity, fever, treatment, dose, counts in itertools.product(
            Asked, Drug, Infection, Severity, (False, True), (Treatment.HELD, Treatment.UNKNOWN), (None, 3.0, 1.0), (COUNTS["blank"], COUNTS["low"])
        ):
            if asked is not Asked.DECISION and (fever or dose or counts):
                continue
            case = Case(asked=asked, drug=drug, infection=infection, severity=severity, neutropenic_fever=fever, treatment=treatment, dose_mg=dose, **counts)  # type: ignore[arg-type]
            fields = fields_of(case)
            fired = next(r.id for r in knowledge().algorithm.outcomes if all(fields[name] in allowed for name, allowed in r.when.items()))
            reached.add(fired)
        assert reached == {r.id for r in knowledge().algorithm.outcomes}

    def test_the_fields_of_the_table_are_those_that_the_rules_module_derives(self) -> None:
        fields = set(fields_of(Case())) | {"action"}
        used = {name for r in [*knowledge().algorithm.outcomes, *knowledge().algorithm.modifiers] for name in r.when}
        assert used <= fields

    def test_every_value_that_a_rule_names_can_be_derived(self) -> None:
        values: dict[str, set[str]] = {name: set() for name in fields_of(Case())}
        for infection in Infection:
            for case in itertools.islice(cases(infection), 0, None, 7):
                for name, value in fields_of(case).items():
                    values[name].add(value)
        extra = Case(asked=Asked.FACT, drug=Drug.OTHER, elderly=True, renal_impairment=True, dialysis=True, quinolone="x", permanent_stop_asked=True)
        for case in (extra, Case(asked=Asked.OUTSIDE), Case(drug=Drug.POMALIDOMIDE)):
            for name, value in fields_of(case).items():
                values[name].add(value)
        named = {(name, v) for r in [*knowledge().algorithm.outcomes, *knowledge().algorithm.modifiers] for name, allowed in r.when.items() for v in allowed if name != "action"}
        assert {(n, v) for n, v in named if v not in values[n]} == set()


class TestExplanations:
    """Each decision lists the rules that nearly fired, the facts missing, and what single change of fact would change it.  (issue 2, item 5)"""

    @pytest.mark.parametrize("infection", list(Infection))
    def test_every_change_that_is_named_does_change_the_decision(self, infection: Infection) -> None:
        for severity in Severity:
            case = Case(asked=Asked.DECISION, infection=infection, severity=severity)
            decision = decide(case)
            for change in decision.changes:
                assert (change.action, change.restart) != (decision.action, decision.restart)

    def test_a_rule_that_nearly_fired_lacks_one_condition(self) -> None:
        decision = decide(Case(asked=Asked.DECISION, infection=Infection.ACTIVE, severity=Severity.MILD))
        near = {n.rule_id: n for n in decision.near}
        assert near["mild.resume"].unmet == "infection"
        assert near["mild.resume"].found == "active"
        assert near["mild.resume"].needed == ("resolved",)

    @pytest.mark.parametrize(("case", "missing"), [
        (Case(asked=Asked.DECISION), ("infection",)),
        (Case(asked=Asked.DECISION, infection=Infection.ACTIVE), ("severity",)),
        (Case(asked=Asked.DECISION, infection=Infection.ACTIVE, severity=Severity.MILD), ()),
        (Case(asked=Asked.DECISION, infection=Infection.SUSPECTED), ("severity", "anc")),
        (Case(asked=Asked.DECISION, infection=Infection.RESOLVED), ("severity", "anc", "dose_mg")),
        (Case(asked=Asked.DECISION, infection=Infection.RESOLVED, severity=Severity.MILD, anc=1.0, dose_mg=4.0), ()),
        (Case(asked=Asked.DECISION, infection=Infection.NONE), ()),
        (Case(asked=Asked.DECISION, infection=Infection.GENERAL), ()),
        (Case(asked=Asked.FACT), ()),
    ], ids=["nothing", "active", "active mild", "suspected", "resolved", "resolved, all known", "none", "general", "fact"])  # fmt: skip
    def test_what_is_asked_back_is_what_is_missing(self, case: Case, missing: tuple[str, ...]) -> None:
        decision = decide(case)
        assert decision.missing == missing
        assert tuple(a.fact for a in decision.asks) == missing
        assert all(a.question.endswith("?") and len(a.answers) >= 2 for a in decision.asks)
