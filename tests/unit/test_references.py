"""What is known of the article's references stands in the answers that rest on them, and what is not verified says so."""

from __future__ import annotations

import pytest

from assistant.knowledge import knowledge
from assistant.pipeline import Assistant
from assistant.records import Action
from tests.support import QuotedOnly

UNSEEN = "Not verified: the source behind reference {} was not seen to say so."
UNKNOWN = "Not verified: the publication behind reference 4 is not known."


def text(question: str) -> str:
    answer = Assistant(retriever=QuotedOnly()).answer([question])
    assert answer.decision.action is Action.INFORM
    return answer.text


@pytest.mark.parametrize("question", ["What is reference [2]?", "List the references of the article", "Which paper is reference 1?"])
def test_each_reference_is_named_with_its_status_and_the_unknown_one_has_no_title(question: str) -> None:
    told = text(question)
    for reference in knowledge().references.values():
        assert (f"Reference {reference.marker} ({reference.status}): {reference.identity}." in told) == bool(reference.identity)
    assert "Reference 4: not known; no title is given." in told


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("How often are infections a serious adverse event?", UNSEEN.format(1)),
        ("How many have grade 3 or 4 infections on pom-dex?", UNSEEN.format(1)),
        ("For how many months are prophylactic antibiotics given?", UNSEEN.format(1)),
        ("Do elderly patients start at a lower dose of pomalidomide?", UNSEEN.format(3)),
        ("Does ciprofloxacin interact with pomalidomide?", UNSEEN.format(1)),
        ("Why not discontinue permanently?", UNKNOWN),
    ],
)
def test_a_statement_whose_source_was_not_seen_says_so_once(question: str, told: str) -> None:
    assert text(question).count(told) == 1


@pytest.mark.parametrize("question", ["How common is grade 3/4 neutropenia?", "How much dexamethasone over 75?", "Does kidney function change the dose?"])
def test_a_statement_that_its_source_carries_does_not(question: str) -> None:
    assert "Not verified" not in text(question)


VERDICTS = {
    ("1", "rationale.grade-3-4", "Approximately 30%"): "not verified",
    ("1", "rationale.serious-events", "17%"): "not verified",
    ("1", "resuming.prophylaxis", "first three months"): "not verified",
    ("1", "pitfalls.quinolone", "common metabolic pathways"): "not verified",
    ("2", "rationale.rate", "33.7%"): "differs",
    ("2", "rationale.rate", "13.9%"): "incomplete",
    ("2", "neutropenia.rate", "56.2% grade 3/4"): "correct",
    ("2", "elderly.dexamethasone", "20 mg weekly instead of 40 mg"): "incomplete",
    ("3", "renal.dose", "does not require dose modification for renal function"): "incomplete",
    ("3", "elderly.dose", "3 mg instead of 4 mg"): "not verified",
    ("4", "pitfalls.permanent", "may lead to disease progression"): "not verified",
}
FIGURES = {(r.marker, f.passage, f.words): f for r in knowledge().references.values() for f in r.figures}


def test_every_figure_has_its_row_in_the_table() -> None:
    assert FIGURES.keys() == VERDICTS.keys()


@pytest.mark.parametrize("figure", VERDICTS, ids=lambda figure: figure[1])
def test_a_figure_has_the_verdict_that_its_finding_gives(figure: tuple[str, str, str]) -> None:
    held = FIGURES[figure]
    assert held.verdict == VERDICTS[figure]
    assert held.verdict == "not verified" or not held.found.startswith("Not seen in the source")
