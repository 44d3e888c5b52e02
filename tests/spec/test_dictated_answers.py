"""The dictated answer of every constellation in the decision table passes the guardrail, judged as if a stranger had written it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import pytest

from assistant.composing import compose
from assistant.guardrail import check
from assistant.records import Asked, Case, Dictated, Drug, Infection, Outcome, Severity, Treatment
from assistant.rules import decide
from assistant.wording import Voice
from eval.decision_table import COUNTS, DOSES, EXTRAS, bases


def by_infection(infection: Infection) -> Iterator[Case]:
    """Every severity, fever, count, treatment and dose for one state of the infection."""
    for severity, fever, counts, treatment, dose in itertools.product(Severity, (False, True), COUNTS.values(), Treatment, DOSES):
        yield Case(
            asked=Asked.DECISION, drug=Drug.POMALIDOMIDE, infection=infection, severity=severity, neutropenic_fever=fever, treatment=treatment, dose_mg=dose, **counts
        )  # fmt: skip


def with_extras(base: Case) -> Iterator[Case]:
    """One case with each further fact, and with each two of them."""
    yield from (replace(base, **facts) for facts in EXTRAS.values())
    yield from (replace(base, **{**one, **other}) for one, other in itertools.combinations(EXTRAS.values(), 2))


def without_records(answer: Dictated) -> str:
    """The text without the label records that answer a question of fact: they stand in it word for word as in labels.yaml, and no stranger has them."""
    text = answer.text
    for sentence in answer.sentences:
        if sentence.basis.startswith("fact.") and any(name.startswith("label:") for name in sentence.passage_ids):
            text = text.replace(f" {sentence.text}", "")
    return text


def findings(cases: Iterator[Case], voice: Voice, jurisdictions: tuple[str, ...] = ()) -> list[tuple[str, str, str]]:
    """What the guardrail holds against the answers; no sentence is passed for being the composer's own."""
    seen: set[tuple[str, object]] = set()
    found: list[tuple[str, str, str]] = []
    for case in cases:
        decision = decide(case)
        answer = compose(case, decision, (), jurisdictions, voice)
        key = (answer.text, decision)
        if key in seen:
            continue
        seen.add(key)
        verdict = check(without_records(answer), case=case, decision=decision, dictated=replace(answer, sentences=()))
        found += [(f.check, f.sentence, f.why) for f in verdict.findings]
        if verdict.outcome is not Outcome.PASS:
            found.append(("verdict", answer.text, verdict.outcome.value))
    assert seen
    return found


@pytest.mark.parametrize("voice", Voice)
@pytest.mark.parametrize("infection", Infection)
def test_what_is_dictated_for_every_state_severity_count_and_dose_passes(infection: Infection, voice: Voice) -> None:
    assert findings(by_infection(infection), voice) == []


@pytest.mark.parametrize("voice", Voice)
@pytest.mark.parametrize("name", bases())
def test_what_is_dictated_with_every_further_fact_passes(name: str, voice: Voice) -> None:
    assert findings(with_extras(bases()[name]), voice) == []


@pytest.mark.parametrize("code", ["US", "EU", "CA"])
@pytest.mark.parametrize("dose", [1.0, 3.0])
def test_what_a_patient_is_told_beside_one_label_passes(code: str, dose: float) -> None:
    base = replace(bases()["severe, resolved"], dose_mg=dose)
    assert findings(with_extras(base), Voice.PATIENT, (code,)) == []
