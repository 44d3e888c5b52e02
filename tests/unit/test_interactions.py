"""A question to a label about a drug is answered from the label's CYP1A2 records: for any quinolone, by generic name or brand, and for other drugs that are asked about."""

from __future__ import annotations

import pytest

from assistant import interactions
from assistant.knowledge import HOME, knowledge, load_yaml
from assistant.pipeline import Assistant
from assistant.records import Action, Answer
from tests.support import QuotedOnly

QUINOLONES = [entry for entry in load_yaml(HOME / "lexicon" / "antimicrobials.yaml")["antimicrobials"] if entry.get("quinolone")]
NAMED = {"ciprofloxacin": {"US", "EU"}, "enoxacin": {"EU"}, "fluvoxamine": {"US", "EU"}, "ketoconazole": {"EU"}, "carbamazepine": {"EU"}}


def ask(*turns: str, jurisdiction: str = "") -> Answer:
    return Assistant(retriever=QuotedOnly(), jurisdiction=jurisdiction).answer(turns)


def told_of(answer: Answer) -> str:
    """The sentence on the drug itself."""
    return next((s.text for s in answer.sentences if "named in the label records" in s.text or "label records name these" in s.text), "")


@pytest.mark.parametrize(("generic", "form"), [(entry["id"], form) for entry in QUINOLONES for form in entry["forms"]])
def test_every_name_of_a_quinolone_is_answered_from_the_records(generic: str, form: str) -> None:
    answer = ask(f"Does the label restrict {form} with pomalidomide?")
    assert answer.decision.action is Action.INFORM
    said = told_of(answer)
    if generic in ("quinolone", "other quinolone"):
        assert said.startswith("Of the quinolones the label records name these: ciprofloxacin [US] [EU], enoxacin [EU].")
    elif generic == "enoxacin":
        assert said.startswith("Enoxacin is named in the label records [EU] and not in [US]:")
    else:
        assert said.startswith(f"{generic.capitalize()} is {'' if generic == 'ciprofloxacin' else 'not '}named in the label records [US] [EU]:")
    assert "dose is 2 mg" in answer.text and "cut by 50 %" in answer.text, "the rule of each label follows"
    assert {c.marker for c in answer.citations} == {"1", "US", "EU"}


@pytest.mark.parametrize("code", ["US", "EU"])
@pytest.mark.parametrize("name", list(knowledge().inhibitors))
def test_the_chosen_label_alone_is_spoken_of(name: str, code: str) -> None:
    shown = tuple(label for label in knowledge().labels.values() if label.topic == interactions.TOPIC and label.marker == code)
    [(text, bearing)] = interactions.told([name], quinolones=True, shown=shown)
    assert (f"named in the label records [{code}]" in text) and ("not named" in text) == (code not in NAMED.get(name, set()))
    assert {label.marker for label in bearing} == {code}
    assert ("what they say of strong inhibitors holds for it" in text) == (knowledge().inhibitors[name].strong and "not named" in text)


def test_a_name_within_another_is_not_that_drug() -> None:
    assert told_of(ask("Does the label restrict ofloxacin?")).startswith("Ofloxacin is not named")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Does the EU label restrict clarithromycin?", "Clarithromycin is not named in the label records [EU]: it acts on CYP3A4"),
        ("Klaricid and pomalidomide, SmPC?", "Clarithromycin is not named in the label records [EU]"),
        ("US label: Faverin with pomalidomide?", "Fluvoxamine is named in the label records [US]"),
        ("US label: Penetrex with pom?", "Enoxacin is not named in the label records [US], and what they say of strong inhibitors holds for it"),
        ("What does the label say on delafloxacin?", "(from memory, not verified)"),
        ("Ketoconazole and pomalidomide in the SmPC?", "Ketoconazole is named in the label records [EU]: alone it does not change"),
        ("Does the label restrict levofloxicin?", "Levofloxacin is not named"),
    ],
)
def test_other_drugs_brands_and_slips_of_the_pen(question: str, said: str) -> None:
    answer = ask(question)
    assert answer.decision.action is Action.INFORM
    assert said in answer.text


def test_the_label_of_another_country_has_no_record_and_says_so() -> None:
    answer = ask("Swiss label and moxifloxacin?")
    assert "No record of the CH label on this is on file." in answer.text
    assert "Moxifloxacin is not named in the label records [US] [EU]" in answer.text


def test_the_articles_own_question_on_quinolones_shows_the_records_too() -> None:
    answer = ask("Why be careful with levofloxacin?", jurisdiction="EU")
    assert "must be used with caution" in answer.text and "Levofloxacin is not named in the label records [EU]" in answer.text
    assert "[US]" not in answer.text


def test_the_drug_of_the_last_message_counts() -> None:
    assert told_of(ask("Does the label restrict levofloxacin?", "And ciprofloxacin, by the label?")).startswith("Ciprofloxacin is named")
    assert "Levofloxacin" not in ask("Does the label restrict levofloxacin?", "And ciprofloxacin, by the label?").text


@pytest.mark.parametrize(
    "question",
    [
        "72F on pom 4 mg, chest infection, on clarithromycin. Does the label restrict it?",
        "My patient takes clarithromycin for bronchitis. What does the label say?",
        "Pneumonia on pomalidomide, clarithromycin started. Label?",
        "Started levofloxacin for her pneumonia yesterday, does the label say to hold pom?",
    ],
)
def test_a_patient_who_is_treated_still_gets_a_decision(question: str) -> None:
    assert ask(question).decision.action is Action.HOLD


def test_every_quinolone_of_the_data_is_a_name_of_the_lexicon() -> None:
    assert {drug.id for drug in knowledge().inhibitors.values() if drug.quinolone} <= {entry["id"] for entry in QUINOLONES}


def test_no_record_no_word() -> None:
    assert interactions.told(["levofloxacin"], quinolones=True, shown=(knowledge().labels["us.dialysis"],)) == []
