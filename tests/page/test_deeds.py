"""What a reader does with an answer, in a real browser: tick, copy, edit, judge, look at the other answers, export, print, reload."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from assistant.storage import Held, Store, open_store
from tests.page.browser import PATIENCE, ask, begin_anew, idle, page_server, settled

pytestmark = pytest.mark.browser

SEVERE = "Admitted with pneumonia on oxygen and IV antibiotics, on pomalidomide 4 mg. Give tonight's dose?"
MILD = "Mild cystitis treated with oral antibiotics, completely resolved, pomalidomide 4 mg held. Restart?"


@pytest.fixture
def store(data_with_index: Path) -> Iterator[Store]:
    """Where the served page keeps its conversations."""
    kept = open_store(f"sqlite:///{data_with_index}/conversations.sqlite")
    yield kept
    kept.close()


def reload_once(page: Page, store: Store, kept: Callable[[Held], bool]) -> None:
    """Reload as soon as the address names the conversation and what is kept of it is as `kept` says."""
    page.wait_for_url(re.compile(r"[?&]c=\w+"), timeout=PATIENCE)
    name = page.url.partition("c=")[2]
    end = time.monotonic() + PATIENCE / 1000
    while not ((held := store.get(name)) and kept(held)):
        assert time.monotonic() < end, "what was done is not kept"
        page.wait_for_timeout(20)
    page.reload()


def tick(page: Page, name: str) -> Locator:
    return page.get_by_role("checkbox", name=name)


def test_a_tick_moves_the_case_on_and_outlives_a_reload(page: Page, store: Store) -> None:
    ask(page, MILD)
    here = page.locator('.hf .stages > li[aria-current="step"] .stage')
    expect(here).to_contain_text("Resolution")
    tick(page, "Confirm complete resolution").check()
    expect(here).to_contain_text("CBC")
    reload_once(page, store, lambda held: "confirm_resolution" in held.extra)
    expect(tick(page, "Confirm complete resolution")).to_be_checked()
    expect(tick(page, "CBC with differential first")).not_to_be_checked()


def test_a_reload_keeps_the_whole_conversation(page: Page, store: Store) -> None:
    ask(page, MILD)
    turn = ask(page, "And the ANC is 0.3.")
    said = turn.locator(".prose").inner_text()
    reload_once(page, store, lambda held: len(held.payloads) == 2)
    expect(page.locator(".hf .turn")).to_have_count(2)
    assert page.locator(".hf .turn").nth(1).locator(".prose").inner_text() == said
    page.locator(".hf .cite").first.click()
    expect(page.locator(".hf .article mark").first).to_be_visible()


def test_the_chart_note_is_copied_in_one_click_with_what_is_ticked(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    turn = ask(page, MILD)
    tick(page, "CBC with differential first").check()
    turn.get_by_role("button", name="Copy as chart note").click()
    expect(turn.locator(".deeds .done")).to_have_text("Copied")
    note = page.evaluate("navigator.clipboard.readText()")
    assert note.startswith("POMALIDOMIDE AND INFECTION: RESUME")
    assert "[x] CBC: CBC with differential first" in note
    assert "[ ] Resolution: Confirm complete resolution" in note


def test_an_edited_question_is_answered_in_the_place_of_the_first(page: Page) -> None:
    ask(page, MILD)
    ask(page, "And the ANC is 0.3.")
    page.get_by_role("button", name="Edit question 1").click()
    field = page.get_by_role("textbox", name="Question 1")
    expect(field).to_have_value(MILD)
    expect(page.get_by_text("will be dropped")).to_be_visible()
    field.fill(SEVERE)
    page.keyboard.press("Control+Enter")
    expect(page.locator(".hf .turn")).to_have_count(1)
    expect(page.locator(".hf .card h2")).to_have_text("HOLD pomalidomide")
    expect(page.locator(".hf .live")).to_contain_text("Hold. Until")


def test_an_edit_can_be_left_by_escape(page: Page) -> None:
    ask(page, MILD)
    page.get_by_role("button", name="Edit question 1").click()
    page.keyboard.press("Escape")
    expect(page.locator(".hf .asked")).to_be_visible()
    expect(page.get_by_role("button", name="Edit question 1")).to_be_focused()


def test_feedback_is_noted_and_stays(page: Page, store: Store) -> None:
    turn = ask(page, MILD)
    turn.get_by_role("button", name="Unsafe").click()
    turn.get_by_role("textbox", name="Comment").fill("still febrile")
    turn.get_by_role("combobox", name="What would have been right").select_option("hold")
    turn.get_by_role("button", name="Note it as unsafe").click()
    expect(turn.locator(".thanks")).to_contain_text("Noted")
    expect(turn.get_by_role("button", name="Unsafe")).to_have_attribute("aria-pressed", "true")
    reload_once(page, store, lambda held: bool(store.feedback(held.id)))
    expect(page.get_by_role("button", name="Unsafe")).to_have_attribute("aria-pressed", "true")


def test_what_would_change_the_answer_opens_the_other_answer_and_asks_nothing(page: Page) -> None:
    turn = ask(page, MILD)
    turn.locator(".why > summary").click()
    change = turn.locator(".change", has_text="If it had been life-threatening")
    change.locator("summary").click()
    expect(change.locator(".card h2")).to_have_text("REASSESS FIRST")
    expect(change).to_contain_text("what the answer would be")
    expect(page.locator(".hf .turn")).to_have_count(1)


@pytest.mark.parametrize(("question", "leaf"), [(MILD, "Mild"), (SEVERE, "Active, severe")])
def test_the_algorithm_is_drawn_with_the_path_of_the_case_lit(page: Page, question: str, leaf: str) -> None:
    turn = ask(page, question)
    turn.locator(".why > summary").click()
    lit = turn.locator(".diagram li.lit", has=page.locator(".leaf .here")).last
    expect(lit.locator("> .branch")).to_contain_text(leaf)
    lit.locator("button.leaf").click()
    expect(page.locator(".hf .article mark").first).to_be_visible()


def test_a_number_is_put_right_by_hand(page: Page) -> None:
    turn = ask(page, MILD)
    turn.locator(".correct > summary").click()
    turn.get_by_role("spinbutton", name="Platelets").fill("20")
    page.keyboard.press("Enter")
    second = page.locator(".hf .turn").nth(1)
    expect(second.locator(".card h2")).to_have_text("HOLD pomalidomide")
    expect(second.locator(".chip", has_text="Platelets")).to_contain_text("20 ×10⁹/L")


def test_a_question_that_was_read_as_no_case_is_rescued_by_hand_and_the_card_says_so(page: Page) -> None:
    turn = ask(page, "Which antibiotic should I choose for her pneumonia?")
    expect(turn.locator(".card h2")).to_have_text("NOT COVERED")
    turn.locator(".correct summary").click()
    turn.get_by_role("group", name="Infection").get_by_role("button", name="active", exact=True).click()
    last = page.locator(".hf .turn").nth(1)
    expect(last.locator(".card h2")).to_have_text("HOLD pomalidomide")
    expect(last.locator(".card .handmade")).to_have_text("Set by hand: Infection active. What was typed alone gives NOT COVERED.")


def test_a_count_that_alone_held_the_drug_cannot_be_removed_unseen(page: Page) -> None:
    turn = ask(page, "Mild cystitis, completely resolved, ANC 0.3, pomalidomide 4 mg held. Restart?")
    expect(turn.locator(".card h2")).to_have_text("HOLD pomalidomide")
    turn.locator(".correct summary").click()
    turn.get_by_role("group", name="ANC").get_by_role("button", name="not stated").click()
    last = page.locator(".hf .turn").nth(1)
    expect(last.locator(".card h2")).to_have_text("RESUME pomalidomide")
    expect(last.locator(".card .handmade")).to_contain_text("Set by hand: count removed (ANC 0.3 ×10⁹/L). What was typed alone gives HOLD.")


def test_yes_and_no_are_put_right_by_hand(page: Page) -> None:
    turn = ask(page, MILD)
    turn.locator(".correct > summary").click()
    turn.get_by_role("group", name="Elderly").get_by_role("button", name="yes").click()
    expect(page.locator(".hf .turn").nth(1).locator(".also")).to_contain_text("3 mg start may be needed")


def test_a_patient_is_told_to_call_and_gets_the_same_decision(page: Page) -> None:
    ask(page, f"{SEVERE} ANC 0.3, 38.9 °C.")
    page.get_by_role("combobox", name="Who reads").click()
    page.get_by_role("option", name="For: Patient or caregiver").click()
    expect(page.locator(".hf .call")).to_contain_text("Call the treating team now")
    expect(page.locator(".hf .card h2")).to_have_text("HOLD pomalidomide")
    prose = page.locator(".hf .prose")
    expect(prose.locator("h3")).to_have_text("In plain words")
    notes = page.get_by_role("region", name="For the treating team")
    expect(notes.locator("details")).not_to_have_count(0)
    expect(notes.locator("details[open]")).to_have_count(0)
    expect(prose).to_contain_text("Your team will treat the infection.")
    prose.locator(".cite").first.click()
    expect(page.locator(".hf .article mark").first).to_be_visible()


def test_conversations_are_found_opened_and_deleted(page: Page) -> None:
    word = "Quinsy"
    ask(page, f"{word}, drained, on IV antibiotics in hospital, pomalidomide 4 mg. Hold?")
    begin_anew(page)
    ask(page, MILD)
    page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("textbox", name="Search conversations").fill(word)
    page.keyboard.press("Enter")
    page.get_by_role("button", name=re.compile(f"^{word}")).click()
    expect(page.locator(".hf .asked")).to_contain_text(word)
    idle(page)
    page.get_by_test_id("stSidebar").get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Delete it").click()
    expect(page.get_by_text("Hold or resume pomalidomide?")).to_be_visible()
    expect(page.get_by_text("Nothing found.")).to_be_visible()


@pytest.mark.parametrize("kind", ["Markdown", "JSON"])
def test_the_conversation_is_exported_with_its_sources(page: Page, kind: str, tmp_path: Path) -> None:
    ask(page, MILD)
    page.get_by_role("button", name="Export").click()
    with page.expect_download() as waiting:
        page.get_by_role("button", name=kind).click()
    target = tmp_path / "export"
    waiting.value.save_as(target)
    text = target.read_text(encoding="utf-8")
    assert "Resume at same dose once infection has cleared" in text
    assert kind != "JSON" or json.loads(text)["answers"][0]["decision"]["action"] == "resume"


def test_on_paper_stand_question_card_answer_checklist_and_sources_and_no_button(page: Page) -> None:
    turn = ask(page, MILD)
    page.emulate_media(media="print")
    for shown in (".asked", ".card h2", ".prose", ".stages", ".printed"):
        expect(turn.locator(shown)).to_be_visible()
    expect(turn.locator(".printed")).to_contain_text("Resume at same dose once infection has cleared")
    numbers = turn.locator(".prose .cite:visible").all_inner_texts()
    assert numbers
    for number in numbers:
        expect(turn.locator(".printed")).to_contain_text(f"[{number}]")
    for hidden in (".deeds", ".asks", ".why", ".correct"):
        expect(turn.locator(hidden)).to_be_hidden()
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    expect(page.get_by_test_id("stHeader")).to_be_hidden()


def test_the_other_pages_are_one_click_away_and_the_conversation_waits(page: Page) -> None:
    ask(page, MILD)
    page.get_by_role("link", name="Sources").click()
    expect(page.get_by_role("heading", name="The article, sentence by sentence")).to_be_visible()
    expect(page.get_by_text("29 of 32 sentences carry")).to_be_visible()
    page.get_by_role("link", name="About").click()
    expect(page.get_by_role("heading", name="What it must not be used for")).to_be_visible()
    expect(page.get_by_role("heading", name="How well it reads")).to_be_visible()
    page.get_by_role("link", name="Ask").click()
    expect(page.locator(".hf .card h2")).to_have_text("RESUME pomalidomide")


def test_where_nothing_is_kept_a_reload_forgets_and_the_page_says_so(chromium: Browser, data_with_index: Path, tmp_path: Path) -> None:
    with page_server(data_with_index, tmp_path / "log", {"HOLDFAST_DATABASE": "nothing"}) as url:
        context = chromium.new_context(viewport={"width": 1366, "height": 820})
        page = context.new_page()
        page.goto(url)
        settled(page)
        ask(page, MILD)
        page.get_by_test_id("stExpandSidebarButton").click()
        expect(page.get_by_text("Nothing is kept")).to_be_visible()
        page.reload()
        expect(page.get_by_text("Hold or resume pomalidomide?")).to_be_visible()
        context.close()
