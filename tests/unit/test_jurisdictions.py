"""Every fact that depends on a label is told by the label that was chosen or named, with its marker and its figure; with none chosen by the US and the EU label."""

from __future__ import annotations

import pytest

from assistant.composing import compose
from assistant.knowledge import knowledge
from assistant.pipeline import Assistant
from assistant.records import Action, Answer, Case, Decision
from assistant.wording import markers_in, wording
from tests.support import QuotedOnly

CODES = ("", "US", "EU", "CH", "CA")
LETTERS = {"US", "EU", "CH", "CA"}

# (id, question, what the answer says by the label of: none chosen, US, EU, CH, CA). A label of which no record is held leaves
# the US and the EU one, and says so.
CASES: dict[str, tuple[str, dict[str, list[str]]]] = {
    "dialysis, a fact": (
        "What dose on haemodialysis?",
        {"US": ["starting dose is 3 mg", "after the dialysis session"], "EU": ["no lower starting dose for dialysis was seen"], "CH": ["Swiss label", "3 mg"]},
    ),
    "dialysis, asked of the label": (
        "What does the label say about dialysis?",
        {"US": ["starting dose is 3 mg"], "EU": ["no lower starting dose for dialysis was seen"], "CH": ["Swiss label", "3 mg"]},
    ),
    "dialysis, a case": (
        "On haemodialysis, pom 4 mg, mild cystitis, completely resolved. Restart?",
        {"US": ["US label starts at 3 mg"], "EU": ["EU label doses after the session"], "CH": ["Swiss label starts at 3 mg"]},
    ),
    "liver": (
        "What does the label say about Child-Pugh C?",
        {"US": ["2 mg in severe hepatic impairment"], "EU": ["hepatic impairment changes no starting dose"], "CH": ["Swiss label", "2 mg in Child-Pugh C"]},
    ),
    "counts, asked of the label": (
        "Which ANC does the label want before a restart?",
        {"US": ["ANC is at least 0.5"], "EU": ["ANC of at least 1.0"]},
    ),
    "counts, a case": (
        "No infection, ANC 0.3 on pom 4 mg. Hold?",
        {"US": ["0.5", "[US]"], "EU": ["1.0", "[EU]"]},
    ),
    "febrile neutropenia": (
        "Febrile neutropenia: what does the label say about restarting?",
        {"US": ["ANC is at least 0.5"], "EU": ["ANC is at least 1.0"]},
    ),
    "a new cycle": (
        "Which counts does the label want for a new cycle?",
        {"US": ["ANC of at least 0.5"], "EU": ["ANC of at least 1.0"]},
    ),
    "strong CYP1A2 inhibitors": (
        "What does the label say about ciprofloxacin?",
        {"US": ["dose is 2 mg"], "EU": ["cut by 50 %"]},
    ),
    "below 4 mg": (
        "Severe pneumonia on pom 3 mg, completely resolved. Restart dose?",
        {"US": ["from 3 mg to 2 mg"], "EU": ["from 3 mg to 2 mg"]},
    ),
    "at 1 mg": (
        "Severe pneumonia on pom 1 mg, completely resolved. Restart dose?",
        {"US": ["no lower dose level exists"], "EU": ["no lower dose level exists"]},
    ),
    "below 4 mg, severity not told": (
        "Pneumonia on pom 2 mg, completely resolved. Restart dose?",
        {"US": ["one level (1 mg) lower"], "EU": ["one level (1 mg) lower"]},
    ),
}  # fmt: skip
# Figures that one label alone has: they may not stand in an answer by the other.
ONLY: dict[str, dict[str, list[str]]] = {
    "dialysis, a fact": {"EU": ["3 mg"], "US": ["no lower starting dose"]},
    "dialysis, asked of the label": {"EU": ["3 mg"], "US": ["no lower starting dose"]},
    "dialysis, a case": {"EU": ["3 mg"], "CH": ["[US]"]},
    "liver": {"EU": ["2 mg", "3 mg"]},
    "counts, asked of the label": {"US": ["1.0"]},
    "counts, a case": {"US": ["1.0"]},
    "febrile neutropenia": {"US": ["at least 1.0"], "EU": ["at least 0.5"]},
    "a new cycle": {"US": ["1.0"], "EU": ["at least 0.5"]},
    "strong CYP1A2 inhibitors": {"US": ["50 % [EU]"], "EU": ["2 mg"]},
}


def ask(question: str, code: str) -> Answer:
    return Assistant(retriever=QuotedOnly(), jurisdiction=code).answer([question])


def letters(answer: Answer) -> set[str]:
    return LETTERS & set(markers_in(answer.text))


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", CASES)
def test_the_right_marker_and_figure_stand_in_the_answer(name: str, code: str) -> None:
    question, by_label = CASES[name]
    answer = ask(question, code)
    shown = {code} if code in by_label else {"US", "EU"}
    assert letters(answer) == shown
    assert [said for label in shown for said in by_label[label] if said not in answer.text] == []
    assert [other for other in ONLY.get(name, {}).get(code, []) if other in answer.text] == []
    assert (f"No record of the {code} label on this is on file." in answer.text) == (bool(code) and code not in by_label)
    cited = {c.marker for c in answer.citations if c.marker in LETTERS}
    assert cited == shown, "each marker opens a record"
    assert all(knowledge().passages[c.passage_id].markers == (c.marker,) for c in answer.citations if c.marker in LETTERS)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("name", CASES)
def test_no_label_changes_a_decision(name: str, code: str) -> None:
    assert ask(CASES[name][0], code).decision == ask(CASES[name][0], "").decision


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("topic", [entry.id for entry in knowledge().label_questions.topics])
def test_every_topic_shows_the_chosen_label_or_says_that_it_is_not_held(topic: str, code: str) -> None:
    entry = knowledge().topic(topic)
    held = {label.marker for label in knowledge().labels_on(entry)}  # type: ignore[arg-type]
    decision = Decision(action=Action.INFORM, topics=(topic,), rules=("facts.inform",))
    told = compose(Case(), decision, (), (code,) if code else ())
    expected = {code} if code in held else (held & {"US", "EU"}) or held
    assert LETTERS & set(markers_in(told.text)) == expected
    assert (f"No record of the {code} label on this is on file." in told.text) == (bool(code) and code not in held)
    assert {c.marker for c in told.citations if c.marker in LETTERS} == expected


def test_no_fact_and_no_element_names_a_label_in_words_that_stand_whatever_is_chosen() -> None:
    """What a label says comes from its record or from a wording by jurisdiction: a sentence with one label's marker in it would be told under every choice."""
    known = knowledge()
    told = [fact.say for fact in known.facts.values()] + [entry.article for entry in known.label_questions.topics] + [rule.says for rule in (*known.algorithm.outcomes, *known.algorithm.modifiers)]
    assert [text for text in told if LETTERS & set(markers_in(text)) or any(f"{word} label" in text for word in ("US", "EU", "Swiss", "Canadian"))] == []


def test_a_wording_with_a_labels_marker_shows_both_or_is_of_one_label() -> None:
    words = wording()
    for name, text in {**words.elements, **words.variants}.items():
        shown = LETTERS & set(markers_in(text))
        if shown:
            own = name.rpartition(".")[2]
            assert shown == ({own} if own in LETTERS else {"US", "EU"}), name
            assert own in LETTERS or {f"{name}.US", f"{name}.EU"} <= words.variants.keys(), name
