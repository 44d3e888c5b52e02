"""The life of a conversation, without a browser: kept and found again, edited, explained anew, exported, judged."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from streamlit.runtime.scriptrunner import StopException
from streamlit.testing.v1 import AppTest

from assistant import wiring
from assistant.errors import StoreError
from assistant.pipeline import Assistant
from assistant.screen import card, component, exports, keeping, session, shared
from assistant.screen.conversation import Conversation
from assistant.screen.course import course
from assistant.screen.words import fact_name
from assistant.storage import Feedback, Store, open_store
from tests.page.conftest import ListedSearch, ScriptedModel, asked, building, turns

Script = Callable[..., AppTest]

SEVERE = "Admitted with pneumonia on oxygen and IV antibiotics, on pomalidomide 4 mg. Give tonight's dose?"
MILD = "Mild cystitis treated with oral antibiotics, completely resolved, pomalidomide 4 mg held. Restart?"


def answered(question: str = MILD, **more: object) -> Conversation:
    """A conversation of one question, answered."""
    asked_now = replace(Conversation(id="c" * 32), **more).asked(question, {})  # type: ignore[arg-type]
    answer = Assistant(retriever=ListedSearch()).answer([question])
    return asked_now.with_last(replace(asked_now.entries[0], answer=answer, settled=True))


def said(turn: dict[str, Any]) -> str:
    """The answer's text as the browser gets it, without its markers."""
    return " ".join(run.get("text", "").strip() for line in turn["answer"]["paragraphs"] for sentence in line for run in sentence["runs"])


def address(app: AppTest) -> str:
    """The conversation that the page's address names."""
    named = app.query_params["c"]
    return named if isinstance(named, str) else str(named[0])


def press(app: AppTest, monkeypatch: pytest.MonkeyPatch, **act: object) -> None:
    """Press something inside the conversation, as the browser would, and run the page again."""
    with monkeypatch.context() as patched:
        patched.setattr(session.component, "pressed", lambda: act)
        patched.setattr(session.st, "session_state", app.session_state)
        session.acted()
    app.run()


class TestKept:
    """What is kept comes back as it was."""

    @pytest.fixture
    def store(self, tmp_path: Path) -> Store:
        return open_store(f"sqlite:///{tmp_path}/kept.sqlite")

    def test_a_conversation_comes_back_with_answers_ticks_and_feedback(self, store: Store) -> None:
        said = Feedback(conversation="c" * 32, number=0, verdict="wrong", comment="no", expected="hold", receipt="{}")
        held = answered(name="Bed 3", reader="pharmacist", jurisdiction="EU").ticking(0, "cbc_before_restart", True).saying(said)
        keeping.keep(store, held)
        store.say(said)
        kept = store.get(held.id)
        assert kept is not None
        assert keeping.restore(store, kept) == held

    def test_an_answer_of_another_edition_says_so(self, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as before:
            before.setattr(keeping, "edition", lambda: "earlier")
            keeping.keep(store, answered())
        kept = store.get("c" * 32)
        assert kept is not None
        assert keeping.restore(store, kept).entries[0].remark == keeping.OLDER

    def test_an_answer_that_can_no_longer_be_read_leaves_its_question(self, store: Store) -> None:
        payload = json.dumps({"edition": "x", "entry": {"text": MILD, "by_hand": [["dose_mg", 4.0]], "answer": {"of": "another version"}}})
        store.keep("d", title="", extra="", number=0, text=MILD, payload=payload)
        kept = store.get("d")
        assert kept is not None
        entry = keeping.restore(store, kept).entries[0]
        assert (entry.text, entry.by_hand, entry.answer) == (MILD, (("dose_mg", 4.0),), None)


class TestOnThePage:
    """What a reader can do with a conversation."""

    def test_a_reload_finds_the_conversation_by_the_page_s_address(self, script: Script) -> None:
        app = script()
        asked(app, MILD)
        name = address(app)
        again = AppTest.from_file(app._script_path, default_timeout=30)
        again.query_params["c"] = name
        assert turns(again.run())[0]["text"] == MILD

    def test_an_address_that_names_nothing_begins_anew(self, script: Script) -> None:
        app = script()
        app.query_params["c"] = "f" * 32
        assert turns(app.run()) == []

    def test_it_is_listed_searched_renamed_and_deleted(self, script: Script) -> None:
        app = script()
        asked(app, MILD)
        app.button(key="new").click().run()
        asked(app, SEVERE)
        app.text_input(key="search").set_value("cystitis").run()
        listed = [b for b in app.sidebar.button if (b.key or "").startswith("open-")]
        assert [b.label for b in listed] == ["Mild cystitis treated with oral antibiotics, completely res…"]
        listed[0].click().run()
        assert turns(app)[0]["text"] == MILD
        name = address(app)
        app.text_input(key=f"name-{name}").set_value("Bed 3").run()
        assert app.button(key=f"open-{name}").label == "Bed 3"
        app.button(key="delete").click().run()
        assert turns(app) == []
        assert "c" not in app.query_params
        app.text_input(key="search").set_value("").run()
        assert [b.label for b in app.sidebar.button if (b.key or "").startswith("open-")] == [SEVERE[:59].rstrip() + "…"]

    def test_where_nothing_is_to_be_kept_nothing_is(self, script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("HOLDFAST_DATABASE", "nothing")
        app = script()
        assert asked(app, MILD)["answer"]["card"]["word"] == "RESUME"
        assert list(tmp_path.rglob("*.sqlite")) == []
        assert "c" not in app.query_params
        assert any("Nothing is kept" in caption.value for caption in app.sidebar.caption)

    def test_a_reader_can_have_nothing_kept_from_now_on(self, script: Script) -> None:
        app = script()
        app.toggle(key="keep-nothing").set_value(True).run()
        asked(app, MILD)
        kept = shared.keeping().store
        assert kept is not None
        assert kept.search() == []

    def test_a_store_that_cannot_be_opened_costs_nobody_the_answer(self, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOLDFAST_DATABASE", "sqlite:////proc/nowhere/kept.sqlite")
        app = script()
        assert asked(app, MILD)["answer"]["card"]["word"] == "RESUME"
        assert any("cannot be opened" in warning.value for warning in app.warning)

    def test_a_store_that_fails_later_says_so_and_goes_on(self, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
        app = script()

        def failing(*_: object, **__: object) -> None:
            raise StoreError("The conversations cannot be read or written (OperationalError).")

        monkeypatch.setattr(Store, "keep", failing)
        assert asked(app, MILD)["answer"]["card"]["word"] == "RESUME"
        assert any("lost when the page is closed" in warning.value for warning in app.warning)

    def test_the_card_is_sent_before_it_is_kept(self, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
        order: list[str] = []
        drawn, keep = component.draw, Store.keep
        monkeypatch.setattr(component, "draw", lambda *given: (order.append("sent"), drawn(*given))[1])
        monkeypatch.setattr(Store, "keep", lambda *given, **named: (order.append("kept"), keep(*given, **named))[1])
        app = script()
        order.clear()
        asked(app, MILD)
        assert order == ["sent", "kept"]

    def test_a_run_that_breaks_off_keeps_what_was_asked(self, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
        app = script()

        def breaking(*_: object) -> None:
            raise StopException

        monkeypatch.setattr(component, "draw", breaking)
        app.chat_input(key="question").set_value(MILD).run()
        kept = shared.keeping().store
        assert kept is not None
        assert len(kept.search("cystitis")) == 1

    def test_an_edited_question_takes_the_place_of_the_first_and_drops_what_came_after(self, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
        app = script()
        asked(app, MILD)
        asked(app, "And the ANC is 0.3.")
        press(app, monkeypatch, do="edit", number=0, text=SEVERE)
        assert [turn["text"] for turn in turns(app)] == [SEVERE]
        assert turns(app)[0]["answer"]["card"]["word"] == "HOLD"

    def test_an_answer_is_explained_anew_by_the_rules_alone_or_another_model(self, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOLDFAST_MODEL", "openai:first")
        monkeypatch.setenv("HOLDFAST_OTHER_MODELS", "ollama:second")
        monkeypatch.setattr(wiring, "LazyDrafter", lambda settings: ScriptedModel("**Hold pomalidomide now**, until the infection has completely resolved [1].", failure="" if settings.model == "ollama:second" else "no"))
        app = script(building(drafter=ScriptedModel(failure="down")))
        assert "down" in asked(app, SEVERE)["answer"]["remarks"][0]
        press(app, monkeypatch, do="again", model="")
        assert turns(app)[0]["answer"]["remarks"] == []
        press(app, monkeypatch, do="again", model="ollama:second")
        assert "scripted" in turns(app)[0]["answer"]["checked"]
        press(app, monkeypatch, do="again", model="openai:never-set-up")
        assert turns(app)[0]["answer"]["checked"] == "Written by the rules."

    def test_feedback_is_kept_with_its_receipt_and_becomes_a_question_set(self, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
        app = script()
        asked(app, MILD)
        asked(app, SEVERE)
        press(app, monkeypatch, do="feedback", number=0, verdict="right", comment="", expected="")
        press(app, monkeypatch, do="feedback", number=1, verdict="unsafe", comment="needs a reassessment", expected="reassess")
        kept = shared.keeping().store
        assert kept is not None
        right, unsafe = [json.loads(line) for line in exports.question_set(kept.feedback()).splitlines()]
        assert right["turns"] == [MILD]
        assert right["gold"]["action"] == ["resume"]
        assert (unsafe["gold"]["action"], unsafe["answered"], unsafe["tags"]) == (["reassess"], "hold", ["feedback", "unsafe"])

    def test_an_answer_set_by_hand_is_no_label_for_its_turns(self, script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
        app = script()
        asked(app, MILD)
        press(app, monkeypatch, do="say", text="At its worst the infection was severe.", set=[["severity", "severe"]])
        press(app, monkeypatch, do="feedback", number=1, verdict="right", comment="", expected="")
        kept = shared.keeping().store
        assert kept is not None
        (line,) = [json.loads(line) for line in exports.question_set(kept.feedback()).splitlines()]
        assert line["gold"] == {"action": []}
        assert line["corrections"] == {"severity": "severe"}
        assert line["left_out"] == exports.BY_HAND

    @pytest.mark.parametrize(
        ("question", "given", "action", "chip"),
        [
            (MILD, {"infection": "unknown"}, "hold", ("State", "not stated")),
            (MILD, {"infection": "active"}, "hold", ("State", "active")),
            (SEVERE, {"infection": "none"}, "no_hold", ("State", "no infection")),
            ("Good evening, thanks for yesterday.", {"infection": "active"}, "hold", ("Infection", "active")),
            ("Which antibiotic should I choose for her pneumonia?", {"infection": "active"}, "hold", ("Infection", "pneumonia")),
            ("Which antibiotic should I choose for her pneumonia?", {"treatment": "held"}, "hold", ("Pomalidomide", "held")),
            ("How common is neutropenia on pomalidomide?", {"severity": "severe"}, "hold", ("Severity", "severe")),
            (SEVERE, {"dose_mg": ""}, "hold", None),
            (MILD + " ANC 0.3.", {"anc": ""}, "resume", None),
            ("Pneumonia on pomalidomide 4 mg, on levofloxacin. Hold?", {"quinolone": "false"}, "hold", ("Quinolone", "no")),
            ("She has pneumonia on lenalidomide, hold tonight's dose?", {"drug": "pomalidomide"}, "hold", ("Drug", "pomalidomide")),
        ],
    )
    def test_what_was_read_is_forgotten_or_put_right_by_hand(
        self, script: Script, monkeypatch: pytest.MonkeyPatch, question: str, given: dict[str, str], action: str, chip: tuple[str, str] | None
    ) -> None:
        app = script()
        offered = [dict(answer["set"]) for row in asked(app, question)["answer"]["corrections"] for answer in row["answers"]]
        assert given in offered
        press(app, monkeypatch, do="say", text="Put right.", set=[list(pair) for pair in given.items()])
        answer = turns(app)[-1]["answer"]
        assert answer["card"]["action"] == action
        chips = [(one["label"], one["value"]) for one in answer["chips"]]
        assert ("State", "completely resolved") not in chips or given.get("infection") is None, "what was set aside is not shown as read"
        assert answer["card"]["handmade"].startswith("Set by hand: ") and answer["card"]["handmade"] in answer["spoken"]
        assert answer["card"]["handmade"] in answer["note"]
        assert chip in chips if chip else fact_name(next(iter(given))) not in [label for label, _ in chips]
        assert "quinolone" not in str(answer["card"]["also"]).lower()

    @pytest.mark.parametrize(
        ("question", "given", "says"),
        [
            (MILD + " ANC 0.3.", {"anc": ""}, "Set by hand: count removed (ANC 0.3 ×10⁹/L). What was typed alone gives HOLD."),
            (MILD + " Platelets 20.", {"platelets": "", "platelets_nadir": ""}, "Set by hand: count removed (Platelets 20 ×10⁹/L). What was typed alone gives HOLD."),
            (MILD, {"severity": "severe"}, "Set by hand: Severity severe. What was typed alone gives RESUME, same dose."),
            (SEVERE, {"severity": "mild"}, "Set by hand: Severity mild."),
            (SEVERE, {"dose_mg": ""}, "Set by hand: Dose removed (4 mg)."),
            (MILD, {"age": ""}, ""),
        ],
    )
    def test_the_card_says_what_was_set_by_hand_and_what_the_typed_words_alone_would_give(
        self, script: Script, monkeypatch: pytest.MonkeyPatch, question: str, given: dict[str, str], says: str
    ) -> None:
        app = script()
        assert asked(app, question)["answer"]["card"]["handmade"] == ""
        press(app, monkeypatch, do="say", text="Put right.", set=[list(pair) for pair in given.items()])
        answer = turns(app)[-1]["answer"]
        assert answer["card"]["handmade"] == says
        assert says in exports.markdown(app.session_state["conversation"])

    @pytest.mark.parametrize(
        ("question", "rows"),
        [
            ("Good evening, thanks for yesterday.", ["infection", "severity", "treatment", "neutropenic_fever"]),
            ("Which antibiotic should I choose for her pneumonia?", ["infection", "severity", "treatment", "neutropenic_fever"]),
            ("How common is neutropenia on pomalidomide?", ["infection", "severity", "treatment", "neutropenic_fever"]),
            ("She has pneumonia on lenalidomide, hold tonight's dose?", ["drug"]),
            ("Bed 3 is on pom with pneumonia on IV antibiotics. Bed 7 also on pom, mild cystitis completely resolved. Who restarts?", []),
        ],
    )
    def test_where_nothing_was_decided_that_can_be_set_which_makes_a_case(self, script: Script, question: str, rows: list[str]) -> None:
        offered = asked(script(), question)["answer"]["corrections"]
        assert [row["name"] for row in offered] == rows
        assert not any(label in ("not stated", "no") for row in offered for label in (answer["label"] for answer in row["answers"])), "nothing is forgotten that was not read"

    def test_who_reads_changes_the_words_and_not_the_decision(self, script: Script) -> None:
        app = script()
        before = asked(app, SEVERE)["answer"]["card"]
        assert "Your team" not in said(turns(app)[0])
        reader = next(box for box in app.selectbox if str(box.key).startswith("reader-"))
        reader.set_value("patient").run()
        after = turns(app)[0]["answer"]["card"]
        assert (after["word"], after["action"], after["about"]) == (before["word"], before["action"], before["about"])
        assert after["call"] and not before["call"]
        prose = said(turns(app)[0])
        assert prose.startswith("Please call your treating team now") and "Your team will treat the infection." in prose
        assert turns(app)[0]["answer"]["lead"] == "In plain words"
        assert "Call the treating team now" in turns(app)[0]["answer"]["spoken"]


class TestWay:
    """The stages of a case, and what is ticked."""

    @pytest.mark.parametrize(
        ("question", "stages"),
        [
            (SEVERE, ["Hold", "Resolution", "CBC", "Restart", "First 3 months"]),
            (MILD, ["Hold", "Resolution", "CBC", "Restart", "First 3 months"]),
            ("Septic shock in ICU, fully recovered, cultures negative, pomalidomide 4 mg stopped. Restart?", ["Hold", "Resolution", "Reassessment", "CBC", "First 3 months"]),
            ("Mild cystitis, completely resolved, ANC 0.3, pomalidomide 4 mg held. Restart?", ["Hold", "Resolution", "CBC", "Restart", "First 3 months"]),
            ("How common is grade 3-4 neutropenia on pomalidomide?", []),
            ("Routine visit, no infection, on pomalidomide 4 mg. Carry on?", []),
        ],
    )
    def test_each_case_has_its_stages(self, question: str, stages: list[str]) -> None:
        answer = answered(question).entries[0].answer
        assert answer is not None
        assert [stage["name"] for stage in course(answer.case, answer.decision)] == stages

    def test_every_element_that_is_owed_at_a_restart_is_on_the_list(self) -> None:
        answer = answered("81-year-old with severe pneumonia in hospital, completely resolved, ANC 2, pomalidomide 4 mg held. Restart?").entries[0].answer
        assert answer is not None
        items = {item["id"] for stage in course(answer.case, answer.decision) for item in stage["items"]}
        assert set(answer.decision.elements) - items == {"consider_prophylaxis"}, "said with prophylaxis on restart"


class TestExports:
    """What is taken away says what was on the page."""

    @pytest.mark.parametrize(("reader", "worded", "says", "never"), [
        ("clinician", "Answer, worded for clinicians:", "Take baseline bloods", "call your treating team"),
        ("pharmacist", "Answer, worded for clinicians:", "Take baseline bloods", "call your treating team"),
        ("patient", "Answer, worded for a patient or caregiver:", "A blood count comes before the restart.", "Take baseline bloods"),
    ])  # fmt: skip
    def test_it_says_for_whom_it_is_worded_and_is_worded_so(self, reader: str, worded: str, says: str, never: str) -> None:
        held = replace(answered(), reader=reader)
        record = json.loads(exports.as_json(held))["answers"][0]
        assert record["worded_for"] == ("patient" if reader == "patient" else "clinician")
        for text in (exports.markdown(held), record["answer"]):
            assert says in text and never not in text
        assert worded in exports.markdown(held)

    def test_the_chart_note_has_decision_facts_checklist_sources_and_status(self) -> None:
        held = answered()
        answer = held.entries[0].answer
        assert answer is not None
        note = exports.written(exports.note(answer), {"cbc_before_restart"})
        for part in ("RESUME", "Restart: Same dose, 4 mg", "Severity mild", "[x] CBC: CBC with differential first", "[ ] Resolution: Confirm complete resolution", "“Resume at same dose once infection has cleared”", "pending human review", "mild.resume"):
            assert part in note, part

    def test_markdown_and_json_hold_every_question_with_ticks_and_feedback(self) -> None:
        held = answered().ticking(0, "cbc_before_restart", True).saying(Feedback(conversation="c", number=0, verdict="right", receipt="{}"))
        assert "## 1. " + MILD in exports.markdown(held)
        assert "- [x] CBC" in exports.markdown(held)
        record = json.loads(exports.as_json(held))["answers"][0]
        assert record["decision"]["action"] == "resume"
        assert [item["id"] for item in record["checklist"] if item["done"]] == ["cbc_before_restart"]
        assert record["feedback"]["verdict"] == "right"

    def test_the_same_conversation_gives_the_same_bytes(self) -> None:
        assert exports.markdown(answered()) == exports.markdown(answered())


@pytest.mark.parametrize("reader", ["clinician", "pharmacist", "patient"])
def test_every_reader_has_words_for_every_decision(reader: str) -> None:
    for question in (SEVERE, MILD):
        answer = answered(question).entries[0].answer
        assert answer is not None
        shown = card.card(answer.case, answer.decision, reader)
        assert bool(shown["says"]) == (reader != "clinician")
        assert bool(shown["call"]) == (reader == "patient")
