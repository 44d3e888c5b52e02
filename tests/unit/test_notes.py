"""Every disagreement and silence of the evidence stands beside the questions that raise it, and none changes a decision."""

from __future__ import annotations

import re

import pytest

from assistant import composing, contract, notes, reading, rules, terminal
from assistant.knowledge import knowledge
from assistant.knowledge.choice import chosen
from assistant.pipeline import Assistant
from assistant.records import Action, Note
from assistant.screen import notes as on_the_page
from tests.support import QuotedOnly

# A question for each note that raises it, and one nearby that does not.
CASES = [
    ("N1", "Mild cystitis on pom 4 mg, completely resolved, ANC 0.7. Restart?", "Mild cystitis on pom 4 mg, completely resolved, ANC 1.7. Restart?"),
    ("N2", "No infection, ANC 0.3 on pom 4 mg. Hold?", "No infection on pom 4 mg, ANC 2.3. Hold?"),
    ("D1", "How often do infections occur on pomalidomide?", "How common is grade 3/4 neutropenia on pomalidomide?"),
    ("D2", "What is the rate of grade 3-4 infections on pom-dex?", "Why is pomalidomide held during an infection?"),
    ("D3", "How often is pneumonia seen with pomalidomide?", "How common is grade 3/4 neutropenia on pomalidomide?"),
    ("D4", "On haemodialysis, pom 4 mg, mild cystitis on oral antibiotics. Hold?", "eGFR 40, pom 4 mg, mild cystitis on oral antibiotics. Hold?"),
    ("D5", "eGFR 40, pom 4 mg, mild cystitis on oral antibiotics. Hold?", "pom 4 mg, mild cystitis on oral antibiotics. Hold?"),
    ("D6", "Child-Pugh B cirrhosis, pom 4 mg, severe pneumonia, resolved. Restart?", "Severe pneumonia on pom 4 mg, resolved. Restart?"),
    ("D7", "ANC 0.3 and 38.9 C on pom, cultures pending. Hold?", "Severe pneumonia on pom 4 mg. Hold?"),
    ("D8", "ANC 0.3 and 38.9 C on pom, cultures pending. Hold?", "Severe pneumonia on pom 4 mg. Hold?"),
    ("D9", "What does the article say about neutropenic fever?", "How common is grade 3/4 neutropenia on pomalidomide?"),
    ("D10", "Mild cystitis on pom 4 mg, completely resolved. Restart?", "Severe pneumonia on pom 4 mg. Hold?"),
    ("D11", "Severe pneumonia on pom 3 mg, completely resolved. Dose?", "Mild cystitis on pom 4 mg, completely resolved. Restart?"),
    ("D12", "Severe pneumonia on pom 4 mg, IV antibiotics. Hold?", "Mild cystitis on pom 4 mg, oral antibiotics. Hold?"),
    ("D13", "Mild cystitis on pom 4 mg, oral antibiotics. Hold?", "Severe pneumonia on pom 4 mg, IV antibiotics. Hold?"),
    ("D14", "Mild cystitis on pom 4 mg, oral antibiotics. Hold?", "Mild cystitis on pom 4 mg, completely resolved. Restart?"),
    ("D14p", "Severe pneumonia on pom 4 mg. Stop it for good?", "Severe pneumonia on pom 4 mg. Hold?"),
    ("D15", "Septic shock on pom 4 mg, in ICU. Hold?", "Mild cystitis on pom 4 mg, oral antibiotics. Hold?"),
    ("D16", "Mild cystitis on pom 4 mg, on ciprofloxacin. Hold?", "Mild cystitis on pom 4 mg, on nitrofurantoin. Hold?"),
    ("D17", "Fluvoxamine and pomalidomide, how much do I cut the dose?", "Pneumonia on pom, hold?"),
    ("D18", "Aged 80, pom-dex 4 mg, mild cystitis completely resolved. Restart?", "Aged 60, pom-dex 4 mg, mild cystitis completely resolved. Restart?"),
    ("D19", "Severe pneumonia on pom-dex, do I also hold the dexamethasone?", "Mild cystitis on pom 4 mg, oral antibiotics. Hold?"),
    ("D20", "Elderly lady, pom 4 mg, mild cystitis completely resolved. Restart?", "Mild cystitis on pom 4 mg, completely resolved. Restart?"),
    ("D21", "Hepatitis B carrier on pom 4 mg with pneumonia. Hold?", "Pneumonia on pom 4 mg. Hold?"),
    ("D22", "Pneumonia on pom 4 mg, not responding, could it be pneumonitis? Hold?", "Pneumonia on pom 4 mg. Hold?"),
    ("D23", "Shingles on pom 4 mg, oral valaciclovir. Hold?", "Cystitis on pom 4 mg, oral antibiotics. Hold?"),
    ("D24", "Severe pneumonia on pom 4 mg, IV antibiotics. Hold?", "Mild cystitis on pom 4 mg, oral antibiotics. Hold?"),
    ("D25", "Severe pneumonia on pom 4 mg, completely resolved. Restart?", "Severe pneumonia on pom 4 mg. Hold?"),
    ("D26", "Does the article recommend antibiotic prophylaxis?", "Severe pneumonia on pom 4 mg. Hold?"),
    ("D27", "Pneumonia on daratumumab, pomalidomide and dex. Hold the pom?", "Pneumonia on pom 4 mg. Hold?"),
    ("D28", "Severe pneumonia on pom 4 mg, platelets 20. Hold?", "Severe pneumonia on pom 4 mg. Hold?"),
    ("D29", "Mild cystitis on pom 4 mg, completely resolved, mid-cycle. Restart?", "Severe pneumonia on pom 4 mg. Hold?"),
    ("D30", "How often are pregnancy tests needed under Pomalyst REMS?", "Severe pneumonia on pom 4 mg. Hold?"),
    ("D31", "How does the article define severe?", "Mild cystitis on pom 4 mg, oral antibiotics. Hold?"),
    ("D32", "COVID positive on pom 4 mg. Hold?", "Influenza on pom 4 mg. Hold?"),
    ("D33", "eGFR 40, pom 4 mg, mild cystitis on oral antibiotics. Hold?", "pom 4 mg, mild cystitis on oral antibiotics. Hold?"),
    ("N3", "Pneumonia on pom 4 mg, improving, lingering cough. Restart?", "Severe pneumonia on pom 4 mg. Hold?"),
    ("N4", "Grade 4 neutropenia and pneumonia on pom. Hold?", "ANC 0.3 and pneumonia on pom. Hold?"),
    ("N5", "Grade 4 rash and pneumonia on pom. Hold?", "Pneumonia on pom. Hold?"),
    ("N6", "Pneumonia on pom, ALT five times normal. Hold?", "Pneumonia on pom. Hold?"),
    ("N7", "Severe pneumonia on pom 4 mg. Stop it for good?", "Severe pneumonia on pom 4 mg. Hold?"),
    ("N8", "When is the infection risk highest?", "How common is grade 3/4 neutropenia on pomalidomide?"),
    ("N9", "Severe pneumonia on pom 4 mg. How many days of antibiotics before pom restarts?", "Severe pneumonia on pom 4 mg. Hold?"),
]  # fmt: skip

# The severity of each row of the evidence (A could change a dose or cause harm, B incomplete, C wording), and of the notes beyond its rows.
SEVERITIES = {
    "A": "N1 N2 D1 D4 D6 D7 D9 D10 D11 D14p D16 D17 D18 D21 D22 N4 N5".split(),
    "B": "D2 D3 D5 D8 D12 D13 D15 D19 D20 D23 D24 D25 D26 D27 D28 D29 D30 D31 D32 N3 N6 N7 N8 N9".split(),
    "C": "D14 D33".split(),
}
SEVERITY = {name: severity for severity, names in SEVERITIES.items() for name in names}


def raised(question: str, *jurisdictions: str) -> dict[str, Note]:
    case = reading.read((question,))
    return {note.id: note for note in notes.beside(case, rules.decide(case), (question,), jurisdictions)}


@pytest.mark.parametrize(("name", "question", "nearby"), CASES, ids=[case[0] for case in CASES])
def test_a_note_stands_beside_the_questions_that_raise_it_and_no_others(name: str, question: str, nearby: str) -> None:
    assert name in raised(question)
    assert name not in raised(nearby)


@pytest.mark.parametrize(("name", "question"), [case[:2] for case in CASES], ids=[case[0] for case in CASES])
def test_a_note_stands_in_the_answer_or_in_the_panel_by_its_severity(name: str, question: str) -> None:
    """A beside the answer, in full, on the page and in the terminal; B and C in the panel, in the terminal by their title."""
    answer = Assistant(retriever=QuotedOnly()).answer([question])
    note = next(note for note in answer.notes if note.id == name)
    assert note.severity == SEVERITY[name]
    shown = next(one for one in on_the_page.notes(answer) if one["id"] == name)
    assert shown["always"] == (SEVERITY[name] == "A")
    told = " ".join(terminal.render(answer, colour=False).split())
    assert (f"- {note.title}: {note.text}" in told) == (SEVERITY[name] == "A")
    assert note.title in told


def test_every_note_has_its_severity_in_that_table_and_names_a_passage_of_the_article() -> None:
    assert SEVERITY.keys() == knowledge().notes.keys()
    assert [name for name, note in knowledge().notes.items() if not note.passages] == []


@pytest.mark.parametrize("code", ["", "US", "EU"])
def test_the_page_leads_from_each_note_to_its_passage(code: str) -> None:
    for name, question, _ in CASES:
        shown = next(one for one in on_the_page.notes(Assistant(retriever=QuotedOnly(), jurisdiction=code).answer([question])) if one["id"] == name)
        assert shown["passage"] == f"article:{knowledge().notes[name].passages[0]}"


def test_every_note_has_such_a_case_and_every_row_of_the_evidence_a_note() -> None:
    assert [case[0] for case in CASES] == list(knowledge().notes)
    assert {f"D{n}" for n in range(1, 34)} <= set(knowledge().notes)


def test_no_note_changes_a_decision() -> None:
    for _, question, _ in CASES:
        answers = [Assistant(retriever=QuotedOnly(), jurisdiction=j).answer([question]) for j in ("", "US", "EU", "CH", "CA")]
        assert len({contract.dump(contract.decision_record(a.decision)) for a in answers}) == 1


def test_what_could_change_a_dose_comes_first_and_labels_that_differ_stand_side_by_side() -> None:
    found = list(raised("Aged 80, severe pneumonia on pom 3 mg, completely resolved. Restart?").values())
    assert [n.severity for n in found] == sorted(n.severity for n in found)
    counts = next(n for n in found if n.id == "D10")
    assert "0.5 x10^9/L" in counts.text and "1.0 x10^9/L" in counts.text
    assert counts.text.count("[US]") == counts.text.count("[EU]") == 1


@pytest.mark.parametrize(("jurisdiction", "there", "absent"), [("US", "[US]", "[EU]"), ("EU", "[EU]", "[US]")])
def test_a_chosen_jurisdiction_is_shown_alone(jurisdiction: str, there: str, absent: str) -> None:
    text = raised("Mild cystitis on pom 4 mg, completely resolved. Restart?", jurisdiction)["D10"].text
    assert there in text and absent not in text


def test_a_jurisdiction_without_a_record_of_its_own_shows_those_that_are_held() -> None:
    held = [knowledge().labels[name] for name in ("us.counts", "eu.counts")]
    assert chosen(held, ("CH",)) == tuple(held)
    assert chosen([knowledge().labels["ca.hbv"]], ()) == (knowledge().labels["ca.hbv"],)


def test_a_note_quotes_nobody_and_every_figure_of_it_is_ours_to_account_for() -> None:
    """Notes are in our own words: no run of eight words of one stands in the article."""
    article = " ".join(re.findall(r"\w+", " ".join(p.text.lower() for p in knowledge().passages.values() if p.source == "article")))
    for note in knowledge().notes.values():
        words = re.findall(r"\w+", note.say.lower())
        runs = [" ".join(words[i : i + 8]) for i in range(len(words) - 7)]
        assert [run for run in runs if run in article] == [], note.id


def test_the_answers_record_holds_the_notes() -> None:
    record = contract.answer_record("x", Assistant(retriever=QuotedOnly()).answer(["Mild cystitis on pom 4 mg, completely resolved, ANC 0.7. Restart?"]))
    note = next(n for n in record["disagreements"] if n["id"] == "N1")
    assert note["severity"] == "A" and note["kind"] == "disagreement" and note["confidence"] == "V2"


def test_several_patients_each_bring_their_notes_up() -> None:
    found = raised("Two patients on pom. First: 60M, severe pneumonia on IV antibiotics. Second: 70F on haemodialysis with mild cystitis on oral antibiotics. Hold?")
    assert {"D12", "D4"} <= set(found)


class TestJurisdictionInTheAnswer:
    """Where the labels differ and none is chosen both are shown; a chosen one stands alone."""

    @pytest.mark.parametrize(
        ("jurisdictions", "there", "absent"),
        [((), ("[US]", "[EU]", "0.5 [US]", "1.0 [EU]"), ()), (("US",), ("[US]",), ("[EU]", "1.0")), (("EU",), ("1.0", "[EU]"), ("[US]",))],
    )
    def test_thresholds(self, jurisdictions: tuple[str, ...], there: tuple[str, ...], absent: tuple[str, ...]) -> None:
        case = reading.read(("No infection, ANC 0.3 on pom 4 mg. Hold?",))
        answer = composing.compose(case, rules.decide(case), (), jurisdictions)
        assert rules.decide(case).action is Action.HOLD
        assert all(words in answer.text for words in there)
        assert not any(words in answer.text for words in absent)
        assert {c.marker for c in answer.citations} == {m for m in ("US", "EU") if f"[{m}]" in answer.text}

    @pytest.mark.parametrize(("dose", "lower"), [(3, 2), (2, 1), (1, None)])
    @pytest.mark.parametrize("code", ["US", "EU"])
    def test_steps_below_4_mg(self, dose: int, lower: int | None, code: str) -> None:
        case = reading.read((f"Severe pneumonia on pom {dose} mg, completely resolved. Restart dose?",))
        answer = composing.compose(case, rules.decide(case), (), (code,))
        assert f"[{code}]" in answer.text
        assert f"label:{code.lower()}.severe" in {c.passage_id for c in answer.citations}
        assert lower is None or f"from {dose} mg to {lower} mg" in answer.text

    def test_after_an_infection_of_unstated_severity_the_worst_branch_is_said_too(self) -> None:
        case = reading.read(("Pneumonia on pom 4 mg, completely resolved. Restart?",))
        answer = composing.compose(case, rules.decide(case))
        assert "If it was life-threatening, reassess risk and benefit before any reintroduction." in answer.text
