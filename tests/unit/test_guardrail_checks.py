"""Each check alone, sentence by sentence: `guardrail_checks/*.yaml` says what a check finds in a piece under a decision, and what it does not.

The tables are fine on purpose: every border, exception and condition of a check has a sentence that falls on one side of it.
What the second ear, the repair and the other checks make of a sentence is tested elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from assistant.composing import compose
from assistant.guardrail import action, citation, dose, injection, missing, number, scope, support
from assistant.guardrail.pieces import Piece, cut
from assistant.guardrail.readings import Context, Reading, context, read
from assistant.records import Asked, Case, Drug, Infection, Severity
from assistant.rules import decide
from tests.support import case, named

FOLDER = Path(__file__).with_name("guardrail_checks")


CASES = {
    "hold_mild": case(Infection.ACTIVE, Severity.MILD, facts=named("nitrofurantoin", "doxycycline")),
    "hold_named": case(Infection.ACTIVE, Severity.MILD, infection_name="bleeding phlegm pen amox"),
    "hold_severe": case(Infection.ACTIVE, Severity.SEVERE),
    "hold_severe_quinolone": case(Infection.ACTIVE, Severity.SEVERE, quinolone="levofloxacin"),
    "hold_old": case(Infection.ACTIVE, Severity.MILD, age=82.0, elderly=True),
    "hold_75": case(Infection.ACTIVE, Severity.MILD, age=75.0),
    "hold_elderly": case(Infection.ACTIVE, Severity.MILD, elderly=True),
    "hold_76": case(Infection.ACTIVE, Severity.MILD, age=76.0),
    "hold_unspecified": case(Infection.ACTIVE),
    "hold_moderate": case(Infection.ACTIVE, Severity.SEVERE, moderate=True),
    "hold_life_threatening": case(Infection.ACTIVE, Severity.LIFE_THREATENING),
    "hold_nf": case(Infection.SUSPECTED, Severity.SEVERE, neutropenic_fever=True, anc=0.3, temperature=39.1),
    "hold_beside": case(Infection.ACTIVE, Severity.MILD, other_drug="lenalidomide"),
    "hold_label": case(Infection.RESOLVED, Severity.MILD, anc=0.3),
    "general": case(Infection.GENERAL, general=True),
    "resume_mild": case(Infection.RESOLVED, Severity.MILD, age=68.0),
    "resume_mild_3": case(Infection.RESOLVED, Severity.MILD, dose_mg=3.0),
    "resume_mild_none": case(Infection.RESOLVED, Severity.MILD, dose_mg=None),
    "dialysis_mild": case(Infection.RESOLVED, Severity.MILD, dialysis=True),
    "resume_severe": case(Infection.RESOLVED, Severity.SEVERE),
    "resume_severe_1": case(Infection.RESOLVED, Severity.SEVERE, dose_mg=1.0),
    "resume_severe_2": case(Infection.RESOLVED, Severity.SEVERE, dose_mg=2.0),
    "resume_severe_none": case(Infection.RESOLVED, Severity.SEVERE, dose_mg=None),
    "resume_severe_old": case(Infection.RESOLVED, Severity.SEVERE, age=80.0),
    "resume_unspecified": case(Infection.RESOLVED),
    "reassess": case(Infection.RESOLVED, Severity.LIFE_THREATENING, age=78.0),
    "no_hold": case(Infection.NONE),
    "inform": Case(asked=Asked.FACT, topics=("infection_rate",)),
    "out": Case(asked=Asked.OUTSIDE, drug=Drug.OTHER, other_drug="lenalidomide"),
    "out_vaccine": Case(asked=Asked.OUTSIDE, outside="vaccination"),
    "fact_of_no_patient": Case(asked=Asked.DECISION, drug=Drug.POMALIDOMIDE, infection=Infection.ACTIVE),
}
QUESTIONS = {"hold_severe_quinolone": "Pneumonia on levofloxacin and amox, pomalidomide 4 mg: how often is that, with some bleeding and a scan?"}


def context_of(name: str) -> Context:
    """The decision of a case, with the words of its question."""
    one = CASES[name]
    decision = decide(one)
    return context(one, decision, compose(one, decision), QUESTIONS.get(name, ""))


def owing_all(told: Context) -> Context:
    """The same, as if the decision owed every element."""
    return replace(told, decision=replace(told.decision, elements=missing.NAMES))


FINDS: dict[str, Callable[[Piece, Reading, Context], str]] = {
    "dose": lambda piece, reading, told: "; ".join(f.why for f in dose.faults(reading, told)),
    "number": lambda piece, reading, told: "; ".join(f.why for f in number.faults(reading, told)),
    "support": lambda piece, reading, told: "; ".join(f.why for f in support.faults(reading, told, last=True, kind=piece.kind)),
    "support_inside": lambda piece, reading, told: "; ".join(f.why for f in support.faults(reading, told, last=False, kind=piece.kind)),
    "scope": lambda piece, reading, told: "; ".join(f.why for f in scope.faults(reading, told)),
    "injection": lambda piece, reading, told: "; ".join(f.why for f in injection.faults(piece, told)),
    "action": lambda piece, reading, told: "; ".join(f.why for f in action.faults(reading, told, kind=piece.kind)),
    "answered_yes": lambda piece, reading, told: "; ".join(f.why for f in action.answered(reading, told, yes=True)),
    "answered_no": lambda piece, reading, told: "; ".join(f.why for f in action.answered(reading, told, yes=False)),
    "citation": lambda piece, reading, told: "; ".join(f.why for f in citation.faults(reading, told, frozenset())),
    "marker": lambda piece, reading, told: " ".join(sorted(citation.supported(reading))),
    "marker_put": lambda piece, reading, told: citation.right_marker(reading, frozenset()),
    "marker_beside": lambda piece, reading, told: "; ".join(f.why for f in citation.faults(reading, told, frozenset({"2"}))),
    "missing": lambda piece, reading, told: " ".join(missing.carried_by(reading, owing_all(told))),
}


def rows() -> Iterator[tuple[str, str, str, str]]:
    """(check, what it finds, case, sentence) of every table."""
    for path in sorted(FOLDER.glob("*.yaml")):
        for finds, cases in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            for name, sentences in cases.items():
                for sentence in sentences:
                    yield path.stem, finds, name, sentence


@pytest.mark.parametrize(("check", "finds", "name", "sentence"), list(rows()))
def test_a_check_finds_this_and_nothing_else(check: str, finds: str, name: str, sentence: str) -> None:
    pieces = cut(sentence)
    assert len(pieces) == 1 or check == "injection"
    told = context_of(name)
    assert FINDS[check](pieces[0], read(pieces[0].body, "POM"), told) == finds
