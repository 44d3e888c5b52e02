"""What is known of the article's references stands in the answers that rest on them, and what is not verified says so."""

from __future__ import annotations

import re

import pytest

from assistant import findings
from assistant.knowledge import knowledge
from assistant.pipeline import Assistant
from assistant.records import Action, Answer, Draft, Fate, Sentence
from assistant.wording import wording
from tests.support import QuotedOnly

UNSEEN = "Not verified in reference {}."
UNKNOWN = "Reference 4 itself is not verified."


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
        ("When is the infection risk highest?", UNSEEN.format(1)),
        ("For how many months are prophylactic antibiotics given?", UNSEEN.format(1)),
        ("What are the common pitfalls?", UNSEEN.format(1)),
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
    ("1", "rationale.grade-3-4", "first three months"): "not verified",
    ("1", "rationale.serious-events", "17%"): "not verified",
    ("1", "resuming.prophylaxis", "first three months"): "not verified",
    ("1", "pitfalls.prophylaxis", "first three months"): "not verified",
    ("1", "neutropenia.prophylaxis", "first three months"): "not verified",
    ("1", "pitfalls.quinolone", "common metabolic pathways"): "not verified",
    ("2", "rationale.rate", "33.7%"): "differs",
    ("2", "rationale.rate", "13.9%"): "incomplete",
    ("2", "neutropenia.rate", "56.2% grade 3/4"): "correct",
    ("2", "elderly.dexamethasone", "20 mg weekly instead of 40 mg"): "incomplete",
    ("3", "renal.dose", "does not require dose modification for renal function"): "incomplete",
    ("3", "elderly.dose", "3 mg instead of 4 mg"): "not verified",
    ("4", "pitfalls.permanent", "may lead to disease progression"): "not verified",
}
FIGURES = {(r.marker, passage, f.words): f for r in knowledge().references.values() for f in r.figures for passage in f.passages}


def test_every_figure_has_its_row_in_the_table() -> None:
    assert FIGURES.keys() == VERDICTS.keys()


@pytest.mark.parametrize("figure", VERDICTS, ids=lambda figure: figure[1])
def test_a_figure_has_the_verdict_that_its_finding_gives(figure: tuple[str, str, str]) -> None:
    held = FIGURES[figure]
    assert held.verdict == VERDICTS[figure]
    assert held.verdict == "not verified" or not held.found.startswith("Not seen in the source")


def test_a_figure_is_held_against_every_passage_where_it_stands() -> None:
    """Words that one passage takes from a reference stand under the same finding in each other passage that has them from there."""
    article = [p for p in knowledge().passages.values() if p.source == "article"]
    for reference in knowledge().references.values():
        for words in {f.words for f in reference.figures}:
            standing = {p.id.removeprefix("article:") for p in article if words in p.text and reference.marker in p.markers}
            noted = {passage for f in reference.figures if f.words == words for passage in f.passages}
            assert standing == noted, (reference.marker, words)


def answered(question: str) -> Answer:
    return Assistant(retriever=QuotedOnly()).answer([question])


@pytest.mark.parametrize(
    ("question", "marks", "notes"),
    [
        ("Severe pneumonia on pom 4 mg, completely resolved. Restart?", [UNSEEN.format(1)], {"D25"}),
        ("Mild cystitis on pom 4 mg, completely resolved. Restart?", [UNSEEN.format(1)], {"D25"}),
        ("Septic shock on pom 4 mg, completely resolved. Restart?", [UNSEEN.format(1)], {"D25"}),
        ("Aged 80, mild cystitis on pom 4 mg, completely resolved. Restart?", [UNSEEN.format(3)], {"D18", "D20", "D25"}),
        ("Pneumonia on pom 4 mg, on ciprofloxacin, still febrile. Hold?", [UNSEEN.format(1)], {"D16"}),
        ("Severe pneumonia on pom 4 mg. Stop it for good?", [UNKNOWN], {"N7", "D14p"}),
        ("eGFR 40, mild cystitis on pom 4 mg, oral antibiotics. Hold?", [], {"D5"}),
    ],
)
def test_a_decision_that_shows_a_figure_has_its_finding_beside_it(question: str, marks: list[str], notes: set[str]) -> None:
    answer = answered(question)
    assert answer.decision.action in (Action.HOLD, Action.RESUME, Action.REASSESS)
    assert [mark for mark in marks if answer.text.count(mark) != 1] == []
    assert notes <= {note.id for note in answer.notes}
    for mark in marks:
        before = answer.text.split(mark)[0].rstrip()
        assert re.search(r"\[[1-4]\][^.]*\.$", before), "the mark follows the sentence that shows the figure"


def test_a_hold_that_shows_no_figure_is_not_marked() -> None:
    assert "Not verified" not in answered("Mild cystitis on pom 4 mg, oral antibiotics. Hold?").text


def said_by_us() -> list[Sentence]:
    """All sentences that may show a figure: elements with their variants, and facts."""
    known, words = knowledge(), wording()
    found = [Sentence(text=fact.say, kind=Fate.RULE, passage_ids=tuple(f"article:{c}" for c in fact.cites)) for fact in known.facts.values()]
    for name, text in {**words.elements, **words.variants}.items():
        element = known.algorithm.elements[name.partition(".")[0]]
        found.append(Sentence(text=text, kind=Fate.RULE, passage_ids=tuple(f"article:{p}" for p in element.passages)))
    return found


@pytest.mark.parametrize("words", ["three months", "33.7", "13.9", "17%", "30%", "3 mg instead of 4 mg", "20 mg weekly", "disease progression", "pomalidomide exposure", "renal function"])
def test_no_sentence_shows_such_a_figure_without_its_finding(words: str) -> None:
    """A new wording of an old figure would stand unmarked: here it fails."""
    showing = [s for s in said_by_us() if words in s.text and "article gives no dose change" not in s.text]
    assert showing
    assert [s.text for s in showing if not findings.shown(s)] == []


def test_every_figure_that_its_source_does_not_carry_names_a_note_by_its_severity() -> None:
    severities = {(r.marker, f.words): {knowledge().notes[n].severity for n in f.notes} for r in knowledge().references.values() for f in r.figures if f.verdict != "correct"}
    assert all(severities.values())
    assert severities["2", "33.7%"] == severities["1", "common metabolic pathways"] == severities["2", "20 mg weekly instead of 40 mg"] == {"A"}
    assert severities["1", "17%"] == severities["2", "13.9%"] == severities["3", "3 mg instead of 4 mg"] == {"B"}


def test_a_models_own_words_that_show_a_figure_are_marked_too() -> None:
    class Drafts:
        def draft(self, *_: object, **__: object) -> Draft:
            return Draft(
                text="Pomalidomide can be resumed at the same dose, 4 mg. Confirm that the symptoms have completely resolved and take a CBC with differential. "
                "Consider prophylactic antibiotics for the first three months of therapy [1].",
                model="fake:model",
            )

    answer = Assistant(retriever=QuotedOnly(), drafter=Drafts()).answer(["Mild cystitis on pom 4 mg, completely resolved. Restart?"])
    assert answer.draft is not None and "Consider prophylactic antibiotics for the first three months of therapy [1]." in answer.text
    assert answer.text.count("Not verified in reference 1: “first three months”.") == 1
