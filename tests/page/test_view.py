"""What the page shows, as data: every word is there, every offset is exact, every marker opens a place."""

from __future__ import annotations

import re
from typing import Any

import pytest

from assistant.composing import compose
from assistant.corrections import FIELDS
from assistant.knowledge import knowledge
from assistant.pipeline import Assistant
from assistant.records import Answer, Citation, Decision, Fate, Hit, Outcome, Sentence, Verdict
from assistant.screen import card, component, exports, prose, reading_view, reasons, sources, voice
from assistant.screen.conversation import Conversation, Entry
from assistant.screen.diagram import tree
from assistant.screen.view import view
from assistant.screen.words import fact_name, fact_value, reply, typeset, words
from assistant.wording import markers_in, wording
from tests.page.conftest import ListedSearch

QUESTIONS = (
    "Admitted with pneumonia on oxygen and IV antibiotics, ANC 0.4, 38.9 °C, on pomalidomide 4 mg. Hold?",
    "Mild cystitis treated with oral antibiotics, completely resolved, pomalidomide 4 mg held. Restart?",
    "81-year-old on dialysis, severe pneumonia in hospital, completely resolved, pomalidomide 4 mg held, on levofloxacin. Restart, or stop it for good?",
    "Septic shock in ICU, fully recovered, cultures negative, pomalidomide 3 mg stopped. Restart?",
    "No infection, ANC 0.3, on pomalidomide 4 mg. Continue?",
    "How common is grade 3-4 neutropenia on pomalidomide?",
    "Should lenalidomide be held during a urinary tract infection?",
    "My mother has a cold and takes Imnovid. Should she stop?",
)


def answered(*turns: str) -> Answer:
    return Assistant(retriever=ListedSearch()).answer(turns)


def shown_card(*turns: str, reader: str = "clinician") -> dict[str, Any]:
    answer = answered(*turns)
    return card.card(answer.case, answer.decision, reader)


def browser_slice(text: str, start: int, end: int) -> str:
    """What JavaScript's slice would give."""
    return text.encode("utf-16-le")[2 * start : 2 * end].decode("utf-16-le")


class TestWords:
    """A word that is missing is found here, and not by a reader."""

    def test_every_outcome_rule_has_its_line(self) -> None:
        assert {rule.id for rule in knowledge().algorithm.outcomes} == set(words().lines)

    def test_every_element_is_said_by_the_headline_by_now_or_by_also(self) -> None:
        in_headline = {"hold_until_resolved", "resume_same_dose", "consider_dose_reduction"}
        assert set(knowledge().algorithm.elements) == in_headline | set(words().now) | set(words().alone) | set(words().also)
        assert not set(words().alone) & set(words().now)

    def test_the_count_to_wait_for_is_the_labels_own(self) -> None:
        (line,) = words().alone["count_threshold"]
        assert set(re.findall(r"\d[\d.]*", line)) <= set(re.findall(r"\d[\d.]*\d|\d", wording().elements["count_threshold"]))

    def test_every_field_of_the_table_has_its_name(self) -> None:
        rules = (*knowledge().algorithm.outcomes, *knowledge().algorithm.modifiers)
        assert {name for rule in rules for name in rule.when} - {"action"} <= set(words().fields)

    def test_every_ready_answer_sets_a_field_that_can_be_set(self) -> None:
        for fact, entry in knowledge().algorithm.asks.items():
            for answer in entry.answers:
                given = reply(fact, answer)
                assert given.text
                assert set(given.set) <= set(FIELDS)
                assert given.set or fact == "patient"

    def test_every_rule_that_decides_ends_in_exactly_one_leaf_of_the_diagram(self) -> None:
        leaves = [(rule, leaf.action) for leaf in tree().leaves() for rule in leaf.rules]
        deciding = {rule.id: rule.then.action for rule in knowledge().algorithm.outcomes if rule.then and rule.then.action not in ("inform", "out_of_scope")}
        assert sorted(leaves) == sorted(deciding.items())

    def test_every_element_and_number_that_the_page_names_is_known(self) -> None:
        elements, told = set(knowledge().algorithm.elements), words()
        named = {item for stage in told.course for item in stage.items}
        assert named | set(told.ticks) | {n for r in told.readers.values() for n in (*r.now, *r.alone, *r.also)} <= elements
        assert set(told.numbers) <= set(FIELDS)

    def test_numbers_have_their_unit(self) -> None:
        assert fact_value("anc", 0.4) == "0.4 ×10⁹/L"
        assert fact_value("dose_mg", 4.0) == "4 mg"
        assert fact_value("elderly", True) == "yes"
        assert fact_name("something_new") == "Something new"

    @pytest.mark.parametrize("example", words().examples, ids=lambda example: example.title)
    def test_every_example_is_answered(self, example: Any) -> None:
        assert answered(example.text).decision.action.value != "out_of_scope"


@pytest.mark.parametrize("question", QUESTIONS)
class TestPlaces:
    """What stands behind an answer."""

    def test_the_marked_words_stand_in_the_passage(self, question: str) -> None:
        answer = answered(question)
        for stop in sources.stops(answer):
            text = knowledge().passages[stop["passage"]].text
            assert len(browser_slice(text, stop["start"], stop["end"])) >= 8

    @pytest.mark.parametrize("reader", list(words().readers))
    def test_every_marker_of_the_text_is_a_button(self, question: str, reader: str) -> None:
        answer = voice.said_to(answered(question), reader)
        places = sources.stops(answer)
        runs = [run for line in prose.paragraphs(answer, places) for sentence in line for run in sentence["runs"]]
        assert {run["mark"] for run in runs if "mark" in run} - {"¶"} == set(markers_in(answer.text))
        assert all(run["mark"] in (places[run["stop"]]["mark"], sources.UNCITED) for run in runs if "mark" in run)

    @pytest.mark.parametrize("reader", list(words().readers))
    def test_no_word_of_the_answer_is_lost(self, question: str, reader: str) -> None:
        answer = voice.said_to(answered(question), reader)
        shown = ""
        for line in prose.paragraphs(answer, sources.stops(answer)):
            for sentence in line:
                shown += "".join(run.get("text", f"[{run['mark']}]" if "mark" in run else "") for run in sentence["runs"]).replace("[¶]", "")
        assert shown.replace(" ", "") == typeset(answer.text).replace("**", "").replace(" ", "").replace("\n", "")

    def test_the_cited_passages_come_first_and_each_says_why_it_is_here(self, question: str) -> None:
        answer = answered(question)
        found = sources.passages(answer, sources.stops(answer))
        cited = [passage["cited"] for passage in found]
        assert cited == sorted(cited, reverse=True)
        assert all(passage["because"] for passage in found)

    def test_the_card_is_whole(self, question: str) -> None:
        shown = shown_card(question)
        assert shown["word"]
        assert shown["line"]
        assert len(shown["now"]) <= 3
        assert len(shown["now"]) >= (1 if answered(question).decision.action in card.DECIDED else 0)
        assert bool(shown["now_head"]) == bool(shown["now"])
        assert "None" not in card.spoken(shown)

    def test_the_question_can_be_put_together_from_its_pieces(self, question: str) -> None:
        facts = answered(question).case.facts
        assert "".join(piece["text"] for piece in reading_view.marked(question, facts, 0)) == question


def test_the_article_is_shown_word_for_word() -> None:
    shown = sources.article()
    assert [block["text"] for block in shown["blocks"] if block["id"]] == [p.text for p in knowledge().passages.values() if p.source == "article"]
    notes = [browser_slice(block["text"], *note) for block in shown["blocks"] for note in block["notes"]]
    assert sorted(notes) == sorted(m for p in knowledge().passages.values() if p.source == "article" for m in p.markers)


@pytest.mark.parametrize("reader", list(words().readers))
@pytest.mark.parametrize(
    ("question", "head", "first"),
    [
        ("No infection, ANC 0.3, on pomalidomide 4 mg. Continue?", "Now", "stop_now"),
        ("Mild cystitis, completely resolved, platelets 20, pomalidomide 4 mg held. Restart?", "Now", "stop_now"),
        ("Routine visit, no infection, on pomalidomide 4 mg. Carry on?", "From here on", "what_would_trigger"),
    ],
)
def test_what_is_to_be_done_is_told_where_the_headline_is_all_that_is_owed(question: str, head: str, first: str, reader: str) -> None:
    shown, told = shown_card(question, reader=reader), words()
    assert shown["now_head"] == head
    assert 2 <= len(shown["now"]) <= 3
    assert shown["now"][0] == told.readers[reader].alone.get(first, told.alone[first])[0]
    assert not any("Counts" in line for line in shown["also"]), "what is told once is not told twice"
    assert f"{head}: {shown['now'][0]}" in card.spoken(shown)


def test_a_label_that_stands_against_a_passage_is_named() -> None:
    answer = answered("82-year-old on dialysis with active pneumonia on pomalidomide 4 mg. Hold?")
    passage = next(p for p in sources.passages(answer, sources.stops(answer)) if p["id"] == "article:renal.dose")
    assert [label for one in passage["beside"] for label in one["labels"] if label.endswith("dialysis")] == ["label:us.dialysis", "label:eu.dialysis"]


def beside(passage: str, question: str, jurisdiction: str = "") -> list[tuple[str, str, list[str]]]:
    answer = Assistant(retriever=ListedSearch(), jurisdiction=jurisdiction).answer([question])
    found = next(p for p in sources.passages(answer, sources.stops(answer)) if p["id"] == passage)
    return [(one["title"], one["text"], one["labels"]) for one in found["beside"]]


def test_a_note_stands_in_the_record_of_the_passage_that_it_names_under_what_it_is() -> None:
    told = beside("article:rationale.rate", "How many patients on pomalidomide get infections?")
    assert any(title == "Disputed" and text.startswith("The 33.7 % counts severe infections only") for title, text, _ in told)


@pytest.mark.parametrize("note", [n for n in knowledge().notes.values() if n.passages], ids=lambda note: note.id)
def test_every_note_that_names_a_passage_reaches_it(note: Any) -> None:
    answer = answered(QUESTIONS[0])
    for name in note.passages:
        shown = sources._beside(f"article:{name}", answer, knowledge())
        assert words().notes[note.kind] in [one["title"] for one in shown if one["text"].startswith(note.title)]


@pytest.mark.parametrize(("chosen", "there"), [("", ["us", "eu"]), ("US", ["us"]), ("EU", ["eu"]), ("CH", ["ch"])])
def test_beside_a_passage_stand_the_labels_of_the_chosen_jurisdiction(chosen: str, there: list[str]) -> None:
    told = beside("article:renal.dose", "82-year-old on dialysis with active pneumonia on pomalidomide 4 mg. Hold?", chosen)
    assert [label.split(":")[1].split(".")[0] for _, _, labels in told for label in labels if label.endswith(".dialysis")] == there


def test_offsets_are_counted_as_a_browser_counts() -> None:
    assert sources.units("a😀b", 2) == 3


def test_text_of_a_model_keeps_its_markers_and_what_no_sentence_claims() -> None:
    base = answered(QUESTIONS[1])
    text = "Preface. Resume at the same dose [1].\n\nMore [9]."
    lead = Citation(marker="1", passage_id="article:lead", quote="")
    one = Sentence(text="Resume at the same dose [1].", kind=Fate.RULE)
    answer = Answer(
        text=text,
        decision=base.decision,
        case=base.case,
        hits=base.hits,
        citations=(lead,),
        sentences=(one,),
        verdict=Verdict(outcome=Outcome.PASS, text=text),
    )
    lines = prose.paragraphs(answer, sources.stops(answer))
    assert [len(line) for line in lines] == [2, 1]
    assert lines[0][0]["runs"][0]["text"].strip() == "Preface."
    assert lines[1][0]["runs"][1] == {"text": "[9]"}, "a marker that nothing stands behind is no button"


def test_who_writes_as_a_caregiver_is_answered_in_plain_words() -> None:
    shown = shown_card("My mother is on Imnovid and has pneumonia. Should she skip the capsule?")
    assert (shown["word"], shown["call"]) == ("HOLD", card.CALL)
    assert "Your team treats the infection" in shown["now"]


def test_patient_and_caregiver_are_told_to_call() -> None:
    assert shown_card("I take Imnovid and have a fever. Should I stop it?")["call"]


@pytest.mark.parametrize(
    ("question", "reader", "calls"),
    [
        ("I take lenalidomide and have a fever. Should I stop it?", "clinician", True),
        ("Should lenalidomide be held during a urinary tract infection?", "patient", True),
        ("Should lenalidomide be held during a urinary tract infection?", "clinician", False),
        ("How common is grade 3-4 infection on pomalidomide?", "patient", False),
    ],
)
def test_a_patient_calls_where_nothing_is_decided_but_someone_is_ill(question: str, reader: str, calls: bool) -> None:
    answer = answered(question)
    assert bool(shown_card(question, reader=reader)["call"]) == calls
    assert (card.CALL in exports.written(exports.note(answer, reader), set())) == calls


def test_a_patient_who_writes_reads_the_lead_of_a_patient_who_was_chosen() -> None:
    question = "My mother has a cold and takes Imnovid. Should she stop?"
    entries = (Entry(text=question, answer=answered(question), settled=True),)
    heard, chosen = (view(Conversation(entries=entries, reader=reader))["turns"][0]["answer"] for reader in ("clinician", "patient"))
    assert heard["lead"] == chosen["lead"] == words().readers["patient"].lead


def test_what_would_change_a_patient_s_answer_opens_in_plain_words() -> None:
    answer = answered(QUESTIONS[1])
    told = {reader: "\n".join(reasons.why(answer.case, answer.decision, reader)["changes"][0]["text"]) for reader in ("clinician", "patient")}
    assert told["patient"].startswith("Please call your treating team now")
    assert "Your team" not in told["clinician"]


def test_several_patients_have_a_line_each() -> None:
    shown = shown_card("Bed 3 is on pom with pneumonia on IV antibiotics. Bed 7 also on pom, mild cystitis completely resolved. Who restarts?")
    assert [patient["word"] for patient in shown["patients"]] == ["HOLD", "RESUME"]


def test_of_several_patients_each_has_its_own_chips() -> None:
    case = answered("Bed 3 is on pom with pneumonia on IV antibiotics. Bed 7 also on pom, mild cystitis completely resolved. Who restarts?").case
    told = [(chip["label"], chip["value"]) for chip in reading_view.chips(case, {}, 0)]
    assert ("Patient 1: Infection", "pneumonia") in told
    assert ("Patient 2: State", "completely resolved") in told


def test_an_infection_that_only_its_signs_tell_of_is_shown_as_read() -> None:
    case = answered("My mother is on Imnovid and has had a fever since last night. Should she skip the capsule?").case
    (chip,) = reading_view.chips(case, {}, 0)
    assert (chip["label"], chip["value"], chip["note"]) == ("Infection", "suspected", "by its signs")
    named = reading_view.chips(answered(QUESTIONS[0]).case, {}, 0)
    assert not [chip for chip in named if chip["note"] == "by its signs"]


@pytest.mark.parametrize(
    ("question", "label", "words", "note"),
    [
        ("ANC 0.3 and 38.9 °C overnight on pom 4 mg, cultures pending. What now?", "Neutropenic fever", ["ANC 0.3", "38.9 °C"], "derived from ANC and Temperature"),
        ("81-year-old on pomalidomide 4 mg, active pneumonia, eGFR 22. Hold?", "Renal impairment", ["eGFR 22"], "derived from eGFR"),
    ],
)
def test_what_follows_from_other_facts_is_shown_as_derived_with_their_words(question: str, label: str, words: list[str], note: str) -> None:
    case = answered(question).case
    (chip,) = [chip for chip in reading_view.chips(case, {}, 0) if chip["label"] == label]
    assert (chip["value"], chip["words"], chip["note"]) == ("yes", words, note)
    pieces = reading_view.marked(question, case.facts, 0)
    assert [piece["text"] for piece in pieces if set(piece["names"]) & set(chip["lights"])] == words, "its words light up"


def test_what_was_said_or_set_by_hand_is_not_shown_as_derived() -> None:
    said = answered("Febrile neutropenia, ANC 0.3, 38.9 °C, on pom 4 mg. Hold?").case
    by_hand = answered("ANC 0.3 and 38.9 °C on pom 4 mg. What now?").case
    assert not [chip for chip in reading_view.chips(said, {}, 0) if "derived" in chip["note"]]
    assert not [chip for chip in reading_view.chips(by_hand, {"neutropenic_fever": True}, 0) if "derived" in chip["note"]]


def test_what_was_set_by_hand_holds_until_it_is_spoken_of_again() -> None:
    case = answered("Mild cystitis, completely resolved. Restart pomalidomide 4 mg?", "The cystitis was severe.").case
    first = Entry(text="Mild cystitis, completely resolved. Restart pomalidomide 4 mg?")
    click = Entry(text="The last pomalidomide dose was 3 mg.", by_hand=(("dose_mg", 3.0), ("severity", "mild")))
    later = Entry(text="The cystitis was severe.")
    told = Conversation(entries=(first, click, later))
    assert told.turns == (first.text, later.text), "a click needs no reading"
    assert told.corrections(case) == {"dose_mg": 3.0}


def test_a_turn_is_drawn_anew_only_when_it_changes() -> None:
    one = Conversation(entries=(Entry(text=QUESTIONS[0], answer=answered(QUESTIONS[0]), settled=True),))
    two = Conversation(entries=(*one.entries, Entry(text=QUESTIONS[0], answer=answered(QUESTIONS[0], QUESTIONS[0]), settled=True)))
    assert view(one)["turns"][0]["version"] == view(one)["turns"][0]["version"]
    assert view(two)["turns"][1]["version"] != view(one)["turns"][0]["version"]


def test_near_misses_that_mean_nothing_to_a_reader_are_left_out() -> None:
    answer = answered(QUESTIONS[0])
    assert all("in general" not in near["needed"] for near in reasons.why(answer.case, answer.decision)["near"])


def test_without_search_the_answer_still_has_its_places() -> None:
    class Nothing:
        def search(self, question: str, decision: Decision) -> tuple[Hit, ...]:
            return ()

    answer = Assistant(retriever=Nothing()).answer([QUESTIONS[0]])
    assert sources.stops(answer)
    assert all(p["score"] is None for p in sources.passages(answer, sources.stops(answer)))
    assert compose(answer.case, answer.decision).text == answer.text
    assert wording().headline


def test_no_two_parts_of_the_script_declare_the_same_name() -> None:
    """The parts are joined into one module: a name that stands twice stops all of it."""
    names = re.findall(r"^(?:async )?(?:function|const|let|class) (\w+)", "\n".join(component.asset(name) for name in component._SCRIPTS), re.MULTILINE)
    assert sorted({name for name in names if names.count(name) > 1}) == []
