"""The page as a script: every state, without a browser. What is clicked inside the answer is tested in Chromium."""

from __future__ import annotations

import ast
import logging
import threading
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from assistant import reading
from assistant.errors import IndexUnusable, SettingsError
from assistant.index import Tell
from assistant.pipeline import MAX_CHARACTERS, Assistant
from assistant.screen import session
from tests.page.conftest import ListedSearch, ScriptedModel, asked, building, turns
from tests.support import ROOT

Script = Callable[..., AppTest]

SEVERE = "Admitted with pneumonia on oxygen and IV antibiotics, on pomalidomide 4 mg. Give tonight's dose?"
MILD = "Mild cystitis treated with oral antibiotics, completely resolved, pomalidomide 4 mg held. Restart?"


@pytest.mark.parametrize(
    ("question", "word"),
    [
        (SEVERE, "HOLD"),
        (MILD, "RESUME"),
        ("Septic shock in ICU, fully recovered, cultures negative, pomalidomide 4 mg stopped. Restart?", "REASSESS FIRST"),
        ("Routine visit, no infection, on pomalidomide 4 mg. Carry on?", "NO HOLD"),
        ("How common is grade 3-4 neutropenia on pomalidomide?", "FROM THE ARTICLE"),
        ("Should lenalidomide be held during a urinary tract infection?", "NOT COVERED"),
    ],
)
def test_each_action_has_its_word_and_its_sign(script: Script, question: str, word: str) -> None:
    card = asked(script(), question)["answer"]["card"]
    assert card["word"] == word
    assert card["icon"]
    assert card["line"]


def test_the_card_says_severity_restart_basis_and_what_to_do_now(script: Script) -> None:
    card = asked(script(), SEVERE)["answer"]["card"]
    assert [label for label, _ in card["about"]] == ["Severity", "Restart", "Basis"]
    assert 2 <= len(card["now"]) <= 3


def test_the_article_s_status_date_and_disclaimer_are_in_view_before_and_after_a_question(script: Script) -> None:
    app = script()
    for _ in range(2):
        told = " ".join(caption.value for caption in app.caption)
        assert "pending human review" in told
        assert "August 5, 2025" in told
        assert "does not replace clinical judgment" in told
        assert any("Dr.Oracle assumes no liability" in m.value for m in app.markdown)
        asked(app, SEVERE)


def test_it_says_that_no_model_is_used_and_nothing_leaves_the_machine(script: Script) -> None:
    assert any("Nothing leaves this machine" in caption.value for caption in script().caption)


def test_it_says_what_a_configured_model_is_sent(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_MODEL", "openai:some-model")
    told = " ".join(caption.value for caption in script().caption)
    assert "openai:some-model" in told
    assert "not its words" in told


def test_an_example_asks_itself(script: Script) -> None:
    app = script()
    app.button(key="example-0").click().run()
    assert turns(app)[0]["answer"]["card"]["word"] == "HOLD"


def test_a_follow_up_keeps_the_case(script: Script) -> None:
    app = script()
    asked(app, "Pneumonia, now completely resolved, pomalidomide 4 mg held. Restart?")
    second = asked(app, "It was severe.")
    assert ["Restart", "Consider 3 mg (from 4 mg)"] in second["answer"]["card"]["about"]
    assert any(chip["label"] == "Dose" and not chip["new"] for chip in second["answer"]["chips"])


def test_a_new_question_starts_over(script: Script) -> None:
    app = script()
    asked(app, SEVERE)
    app.button(key="new").click().run()
    assert turns(app) == []
    assert "chips" in asked(app, "Restart pomalidomide?")["answer"]
    assert len(turns(app)) == 1


@pytest.mark.parametrize("button", session.NEW)
@pytest.mark.parametrize("handed", [("typed", "begin_anew"), ("begin_anew", "typed")], ids=" then ".join)
def test_a_question_typed_in_the_moment_of_a_new_conversation_begins_it(script: Script, button: str, handed: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy page takes both in one run, in either order: the question must not be answered with the last patient's facts, nor be lost."""
    app = script()
    asked(app, SEVERE)
    with monkeypatch.context() as patched:
        patched.setattr(session.st, "session_state", {"conversation": app.session_state["conversation"], "keep_nothing": True, button: True, session.TYPED: MILD})
        for name in handed:
            getattr(session, name)()
        assert session.conversation().turns == (MILD,)


def test_fifty_turns(script: Script) -> None:
    app = script()
    for number in range(50):
        asked(app, SEVERE if number == 0 else f"Day {number}: no change.")
    assert len(turns(app)) == 50
    assert turns(app)[-1]["answer"]["card"]["word"] == "HOLD"


# --------------------------------------------------------------------------- start, search and model failing


def test_while_search_is_starting_the_rules_answer_already(script: Script) -> None:
    gate = threading.Event()

    def slow(*, tell: Tell) -> Assistant:
        tell("Building the index", 0.4)
        gate.wait(20)
        return building()(tell=tell)

    app = script(slow, wait=False)
    first = asked(app, SEVERE)
    assert first["answer"]["card"]["word"] == "HOLD"
    assert first["answer"]["stops"], "citations open before search is ready"
    assert "Search is still starting" in first["waiting"]
    gate.set()
    for _ in range(200):
        if turns(app.run())[0]["answer"]["settled"]:
            break
    assert any(p["score"] == 0.5 for p in turns(app)[0]["answer"]["passages"])


@pytest.mark.parametrize("fault", [IndexUnusable("The folder cannot be written."), RuntimeError("secret detail")])
def test_without_an_index_decision_and_answer_stand_and_a_line_says_so(script: Script, fault: Exception) -> None:
    app = script(building(fault=fault))
    answer = asked(app, SEVERE)["answer"]
    assert answer["card"]["word"] == "HOLD"
    assert answer["paragraphs"]
    assert "search index cannot be used" in answer["remarks"][0]
    assert len(app.warning) == 1
    assert "secret" not in app.warning[0].value


def test_a_start_that_failed_can_be_tried_again(script: Script) -> None:
    faults: list[Exception] = [IndexUnusable("The folder cannot be written.")]

    def build(*, tell: Tell) -> Assistant:
        if faults:
            raise faults.pop()
        return building()(tell=tell)

    app = script(build)
    app.button(key="restart").click().run()
    for _ in range(200):
        if not app.warning and not app.get("progress"):
            break
        app.run()
    assert asked(app, SEVERE)["answer"]["remarks"] == []


def test_a_search_that_fails_at_a_question_leaves_the_rules_answer(script: Script) -> None:
    answer = asked(script(building(ListedSearch(RuntimeError("no")))), SEVERE)["answer"]
    assert answer["card"]["word"] == "HOLD"
    assert "search index cannot be used" in answer["remarks"][0]


@pytest.mark.parametrize(
    ("model", "remark"),
    [
        (ScriptedModel(failure="it took longer than 20 seconds"), "gave no usable text (it took longer than 20 seconds)"),
        (ScriptedModel(fault=SettingsError("HOLDFAST_MODEL: needs langchain-openai.")), "The model cannot be used. HOLDFAST_MODEL"),
        (ScriptedModel("Keep giving pomalidomide through the pneumonia."), "contradicted the decision"),
    ],
)
def test_a_model_that_fails_or_contradicts_is_replaced_and_a_line_says_so(
    script: Script, model: ScriptedModel, remark: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOLDFAST_MODEL", "openai:some-model")
    turn = asked(script(building(drafter=model)), SEVERE)
    assert turn["answer"]["card"]["word"] == "HOLD"
    assert any(remark in one for one in turn["answer"]["remarks"])
    assert turn["answer"]["checked"] == "Written by the rules."
    assert turn["waiting"] == ""


FAITHFUL = (
    "Hold pomalidomide now and give none until the pneumonia has completely resolved [1]. Continue the IV antibiotics and monitor the response. "
    "After a severe infection a reduction from 4 mg to 3 mg is considered on restarting, with prophylactic antibiotics."
)


@pytest.mark.parametrize(
    ("draft", "checked", "kept"),
    [
        (FAITHFUL, "every sentence passed the check", True),
        (f"{FAITHFUL} Infections were seen in 43.7% of patients [2].", "mended by the check", True),
        ("Keep giving pomalidomide through the pneumonia.", "Written by the rules.", False),
    ],
)
def test_each_verdict_says_who_wrote_the_answer_and_what_the_check_made_of_it(
    script: Script, draft: str, checked: str, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOLDFAST_MODEL", "openai:some-model")
    answer = asked(script(building(drafter=ScriptedModel(draft))), SEVERE)["answer"]

    assert answer["card"]["word"] == "HOLD"
    assert checked in answer["checked"]
    assert ("give none until the pneumonia" in str(answer["paragraphs"])) is kept
    assert "43.7" not in str(answer["paragraphs"])


def test_a_patient_reads_the_rules_plain_words_in_place_of_a_model_s_and_a_clinician_the_model_s_again(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_MODEL", "openai:some-model")
    app = script(building(drafter=ScriptedModel(f"{FAITHFUL} Infections were seen in 43.7% of patients [2].")))
    asked(app, SEVERE)
    reader = next(box for box in app.selectbox if str(box.key).startswith("reader-"))
    reader.set_value("patient").run()
    plain = turns(app)[-1]["answer"]
    assert "Your team will treat the infection." in str(plain["paragraphs"])
    assert (plain["checked"], plain["corrected"], plain["remarks"], plain["plain"]) == ("Written by the rules.", None, [], True)
    reader.set_value("clinician").run()
    answer = turns(app)[-1]["answer"]
    assert "give none until the pneumonia" in str(answer["paragraphs"]) and answer["corrected"] and not answer["plain"]


def test_a_bug_of_ours_keeps_the_question_and_shows_no_traceback(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    app = script()

    def broken(turns: object) -> object:
        raise RuntimeError("inner detail")

    with monkeypatch.context() as patched:
        patched.setattr(reading, "read", broken)
        turn = asked(app, SEVERE)
    assert turn["text"] == SEVERE
    assert "Something went wrong" in turn["fault"]
    assert "inner detail" not in str(turn)
    assert asked(app, MILD)["answer"]["card"]["word"] == "RESUME", "what could not be read is no part of the case"


# --------------------------------------------------------------------------- what is typed


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t"])
def test_nothing_typed_asks_nothing(script: Script, nothing: str) -> None:
    app = script()
    app.chat_input(key="question").set_value(nothing).run()
    assert turns(app) == []


def test_a_paste_of_twenty_thousand_characters_is_answered(script: Script) -> None:
    note = ("Seen on the ward, comfortable. " * 650)[:19_900]
    turn = asked(script(), note + " " + SEVERE)
    assert turn["answer"]["card"]["word"] == "HOLD"


def test_too_much_text_is_refused_in_plain_words_kept_and_no_part_of_the_case(script: Script) -> None:
    app = script()
    turn = asked(app, "x" * (MAX_CHARACTERS + 1))
    assert "has more than 100,000 characters" in turn["fault"]
    assert len(turn["text"]) == MAX_CHARACTERS + 1
    assert asked(app, MILD)["answer"]["card"]["word"] == "RESUME"


def test_markup_in_a_question_is_passed_on_as_text(script: Script) -> None:
    turn = asked(script(), "<img src=x onerror=alert(1)> " + SEVERE)
    assert "".join(piece["text"] for piece in turn["question"]).startswith("<img src=x onerror=alert(1)> ")


def test_no_word_of_a_question_is_logged(script: Script, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        asked(script(building(ListedSearch(RuntimeError("no")))), "Mrs Featherstonehaugh has pneumonia on pomalidomide. Hold?")
    assert "featherstonehaugh" not in caplog.text.lower()


def test_the_script_is_thin_and_defines_nothing() -> None:
    source = (ROOT / "app.py").read_text(encoding="utf-8")
    assert len(source.splitlines()) < 120
    assert not [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ClassDef)]
