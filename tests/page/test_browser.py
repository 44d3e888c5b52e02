"""The page as a reader meets it: served by the real command, driven in a headless Chromium."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.page.browser import ask, begin_anew, idle, settled

pytestmark = pytest.mark.browser

SEVERE = "Admitted with pneumonia on oxygen and IV antibiotics, on pomalidomide 4 mg. Give tonight's dose?"
MILD = "Mild cystitis treated with oral antibiotics, completely resolved, pomalidomide 4 mg held. Restart?"
FACT = "How common is grade 3-4 neutropenia on pomalidomide?"
OUTSIDE = "Should lenalidomide be held during a urinary tract infection?"
UNSTATED = "Infection completely resolved, pomalidomide 4 mg held. Restart?"


def panel(page: Page) -> Locator:
    return page.locator(".hf .panel")


def focused(page: Page) -> Locator:
    """What has the focus, inside the component."""
    return page.locator(".hf :focus")


def test_a_question_is_answered_by_card_marked_words_and_prose(page: Page) -> None:
    turn = ask(page, SEVERE)
    expect(turn.locator(".card h2")).to_have_text("HOLD pomalidomide")
    expect(turn.locator(".asked mark", has_text="pneumonia")).to_be_visible()
    expect(turn.locator(".chip", has_text="Severity")).to_contain_text("severe")
    expect(turn.locator(".prose")).to_contain_text("until the infection has completely resolved")


def test_a_citation_opens_the_article_at_the_exact_words(page: Page) -> None:
    turn = ask(page, FACT)
    turn.get_by_role("button", name=re.compile("Show source 2")).click()
    mark = panel(page).locator(".article mark")
    expect(mark).to_have_text("Pomalidomide commonly causes neutropenia (56.2% grade 3/4) 2, which increases infection risk")
    expect(mark).to_be_in_viewport(ratio=1)
    record = panel(page).locator(".record")
    expect(record).to_contain_text("It holds the fact that was asked for")
    expect(record).to_contain_text("0 to 1, higher is nearer")
    expect(record).to_contain_text("checked")
    expect(record).to_contain_text("10.1111/ejh.12903")
    expect(panel(page).locator(".article")).to_contain_text("Common Pitfalls to Avoid")


def test_a_reference_that_is_not_identified_is_said_to_be_so(page: Page) -> None:
    turn = ask(page, SEVERE + " Or should it be stopped permanently?")
    turn.get_by_role("button", name=re.compile("Show source 4")).click()
    expect(panel(page).locator(".record")).to_contain_text("not identified")


def test_a_statement_without_a_reference_opens_as_well(page: Page) -> None:
    turn = ask(page, MILD)
    turn.locator(".cite.quiet").first.click()
    expect(panel(page).locator(".article mark")).to_have_text("Resume at same dose once infection has cleared")
    expect(panel(page).locator(".record")).to_contain_text("Quoted by a rule")


def test_the_article_shows_which_sentences_of_the_answer_rest_on_it(page: Page) -> None:
    turn = ask(page, MILD)
    turn.locator(".cite").last.click()
    panel(page).locator(".article .rests").first.click()
    expect(turn.locator(".sentence.lit").first).to_be_visible()
    expect(panel(page).locator(".article mark")).to_be_in_viewport()


def test_a_sentence_of_the_article_is_pressed_itself_and_its_sentences_are_named_in_words(page: Page) -> None:
    turn = ask(page, MILD)
    turn.locator(".cite").first.click()
    other = panel(page).locator(".article .used:not(.here)").first
    words = other.get_attribute("data-passage")
    other.click(position={"x": 30, "y": 8})
    expect(panel(page).locator(".article .here")).to_have_attribute("data-passage", words or "")
    lit = turn.locator(".sentence.lit").first
    expect(lit).to_be_in_viewport()
    named = panel(page).locator(".resting button").first
    assert named.inner_text().split()[:4] == lit.inner_text().split()[:4]
    panel(page).locator(".article .here .rests").focus()
    page.keyboard.press("Enter")
    expect(lit).to_be_visible()
    named.focus()
    page.keyboard.press("Enter")
    expect(turn.locator(".sentence.lit .cite:focus")).to_have_count(1)


def test_all_of_it_by_keyboard_alone(page: Page) -> None:
    ask(page, MILD)
    marker = page.locator(".hf .cite").first
    marker.focus()
    page.keyboard.press("Enter")
    expect(panel(page).locator("h2")).to_be_focused()
    expect(marker).to_have_attribute("aria-expanded", "true")
    first = panel(page).locator(".article mark").inner_text()
    page.keyboard.press("ArrowRight")
    expect(panel(page).locator(".article mark")).not_to_have_text(first)
    page.keyboard.press("ArrowLeft")
    expect(panel(page).locator(".article mark")).to_have_text(first)
    page.keyboard.press("Escape")
    expect(marker).to_be_focused()
    expect(panel(page).locator(".article")).to_have_count(0)


def test_the_page_is_reached_by_tab_from_the_question_to_the_markers(page: Page) -> None:
    ask(page, MILD)
    seen: list[str] = []
    page.locator("body").press("Tab")
    for _ in range(60):
        seen += [focus.get_attribute("class") or "" for focus in focused(page).all()]
        page.keyboard.press("Tab")
    assert any("cite" in name for name in seen)
    assert any("answer" in name for name in seen)


def test_a_follow_up_keeps_the_case_and_comes_into_view(page: Page) -> None:
    ask(page, UNSTATED)
    turn = ask(page, "It was severe: she was admitted and on oxygen.")
    expect(turn.locator(".about")).to_contain_text("Consider 3 mg (from 4 mg)")
    expect(turn.locator(".card h2")).to_be_in_viewport()
    expect(turn.locator(".chip.earlier", has_text="Dose")).to_be_visible()


def test_a_ready_answer_is_the_next_turn(page: Page) -> None:
    ask(page, UNSTATED)
    page.locator(".hf .ask", has_text="How severe").get_by_role("button", name="life-threatening").click()
    turn = page.locator(".hf .turn").nth(1)
    expect(turn.locator(".asked")).to_have_text("At its worst the infection was life-threatening.")
    expect(turn.locator(".card h2")).to_have_text("REASSESS FIRST")
    expect(turn.locator(".chip", has_text="life-threatening")).to_contain_text("set by hand")


def test_a_count_below_the_threshold_holds_again(page: Page) -> None:
    ask(page, MILD)
    page.locator(".hf .ask", has_text="ANC").get_by_role("button", name="below 0.5").click()
    expect(page.locator(".hf .turn").nth(1).locator(".card h2")).to_have_text("HOLD pomalidomide")


def test_what_was_read_can_be_corrected_by_hand(page: Page) -> None:
    ask(page, MILD)
    page.get_by_text("Correct what was read").click()
    page.locator(".hf .correct").get_by_role("button", name="severe", exact=True).click()
    turn = page.locator(".hf .turn").nth(1)
    expect(turn.locator(".about")).to_contain_text("Consider 3 mg (from 4 mg)")
    expect(page.locator(".hf .correct")).to_have_count(1)


def test_out_of_scope_says_so_and_cites_nothing(page: Page) -> None:
    turn = ask(page, OUTSIDE)
    expect(turn.locator(".card h2")).to_have_text("NOT COVERED")
    expect(turn.locator(".prose")).to_contain_text("lenalidomide")
    expect(turn.locator(".cite")).to_have_count(0)


def test_why_shows_the_path_the_rules_and_what_would_change_it(page: Page) -> None:
    turn = ask(page, MILD)
    turn.locator(".why > summary").click()
    expect(turn.locator(".diagram .leaf", has_text="this case")).to_contain_text("RESUME")
    expect(turn.locator(".changes")).to_contain_text("If the infection were active")
    expect(turn.locator(".near")).not_to_have_count(0)
    turn.locator(".quote").first.click()
    expect(panel(page).locator(".article mark")).to_have_text("Resume at same dose once infection has cleared")


def test_an_open_panel_survives_the_next_run_of_the_script(page: Page) -> None:
    turn = ask(page, MILD)
    turn.locator(".cite").first.click()
    words = panel(page).locator(".article mark").inner_text()
    page.get_by_role("combobox", name="Who reads").click()
    page.get_by_role("option", name="For: Pharmacist or nurse").click()
    expect(turn.locator(".says")).to_contain_text("prescriber")
    expect(panel(page).locator(".article mark")).to_have_text(words)


def test_what_was_read_and_its_words_light_up_together(page: Page) -> None:
    turn = ask(page, SEVERE)
    turn.locator(".chip", has_text="Severity").hover()
    expect(turn.locator(".asked mark.lit").first).to_be_visible()
    page.mouse.move(0, 0)
    expect(turn.locator(".asked mark.lit")).to_have_count(0)
    turn.locator(".chip", has_text="Severity").get_by_role("button").focus()
    expect(turn.locator(".asked mark.lit").first).to_be_visible()
    page.keyboard.press("Tab")
    expect(turn.locator(".asked mark.lit", has_text="IV antibiotics")).to_have_count(0)


def test_a_screen_reader_hears_each_answer_once(page: Page) -> None:
    live = page.locator(".hf .live")
    ask(page, MILD)
    expect(live).to_have_attribute("aria-live", "polite")
    expect(live).to_contain_text("Resume")
    page.evaluate(
        """() => { const host = [...document.querySelectorAll('*')].find((node) => node.shadowRoot?.querySelector('.hf'));
        const live = host.shadowRoot.querySelector('.live'); window.heard = [];
        new MutationObserver(() => window.heard.push(live.textContent)).observe(live, {childList: true, characterData: true, subtree: true}); }"""
    )
    ask(page, "And now she has pneumonia and is on IV antibiotics in hospital.")
    expect(live).to_contain_text("Hold")
    idle(page)
    heard = page.evaluate("window.heard")
    assert len(heard) == 1
    assert heard[0].startswith("Hold")


def test_markup_in_a_question_stays_text(page: Page) -> None:
    turn = ask(page, "<img src=x onerror='window.ran = true'> <script>window.ran = true</script> " + SEVERE)
    expect(turn.locator(".asked")).to_contain_text("<img src=x")
    expect(turn.locator(".asked img")).to_have_count(0)
    assert page.evaluate("window.ran") is None


def test_a_long_paste_is_folded_and_answered(page: Page) -> None:
    turn = ask(page, "Seen on the ward, comfortable. " * 640 + SEVERE)
    expect(turn.locator(".card h2")).to_have_text("HOLD pomalidomide")
    expect(turn.locator(".card h2")).to_be_in_viewport()
    turn.get_by_role("button", name="Show the whole question").click()
    expect(turn.get_by_role("button", name="Show less")).to_be_visible()


def test_a_new_question_clears_the_page(page: Page) -> None:
    ask(page, MILD)
    begin_anew(page)
    expect(page.get_by_text("Hold or resume pomalidomide?")).to_be_visible()
    turn = ask(page, SEVERE)
    expect(page.locator(".hf .turn")).to_have_count(1)
    expect(turn.locator(".card h2")).to_have_text("HOLD pomalidomide")


def test_nothing_of_the_last_conversation_is_open_or_taken_as_heard_in_a_new_one(page: Page) -> None:
    """The conversation's component stays on the page; what it knew of the last one must not."""
    ask(page, MILD).locator(".cite").first.click()
    expect(panel(page).locator(".article mark")).to_be_visible()
    begin_anew(page)
    expect(page.locator(".hf")).to_be_hidden()
    ask(page, SEVERE)
    expect(page.locator(".hf .live")).to_contain_text("Hold")
    expect(panel(page).get_by_role("heading", name="Sources")).to_be_visible()
    expect(page.locator(".hf .sentence.lit")).to_have_count(0)


def test_nothing_is_asked_of_any_other_machine(page: Page, outside: list[str]) -> None:
    ask(page, MILD).locator(".cite").first.click()
    page.get_by_role("button", name="Disclaimer").click()
    expect(page.get_by_text("Dr.Oracle assumes no liability")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert outside == []


@pytest.mark.parametrize("size", [(390, 844), (820, 1180)])
def test_on_a_phone_and_a_tablet_the_source_opens_over_the_answer(chromium: Browser, address: str, size: tuple[int, int]) -> None:
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, has_touch=True, color_scheme="dark", reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    settled(page)
    turn = ask(page, FACT)
    marker = turn.locator(".cite").first
    marker.click()
    expect(page.locator(".hf dialog.sheet")).to_be_visible()
    expect(panel(page).locator(".article mark")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Escape")
    expect(page.locator(".hf dialog.sheet")).to_be_hidden()
    expect(marker).to_be_focused()
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide == 0, "nothing may scroll sideways"
    context.close()


def test_at_two_hundred_percent_zoom_nothing_scrolls_sideways(chromium: Browser, address: str) -> None:
    context = chromium.new_context(viewport={"width": 683, "height": 410}, device_scale_factor=2)
    page = context.new_page()
    page.goto(address)
    settled(page)
    turn = ask(page, SEVERE)
    expect(turn.locator(".card h2")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    context.close()


@pytest.mark.parametrize("size", [(1920, 1080), (1366, 640), (820, 1180), (683, 410), (640, 360), (844, 390), (390, 844), (390, 560), (320, 568)])
def test_the_status_of_the_article_and_what_leaves_the_machine_are_in_sight_in_every_window(chromium: Browser, address: str, size: tuple[int, int]) -> None:
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    settled(page)
    line = page.locator(".st-key-notice p").first
    for question in ("", SEVERE, MILD):
        if question:
            ask(page, question)
        expect(line).to_contain_text("pending human review")
        expect(line).to_contain_text("Nothing leaves this machine")
        expect(line).to_be_in_viewport(ratio=1)
    context.close()


@pytest.mark.parametrize("size", [(1366, 820), (1920, 1080), (1366, 1000)])
def test_the_panel_beside_the_answer_ends_above_the_question_box(chromium: Browser, address: str, size: tuple[int, int]) -> None:
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    settled(page)
    turn = ask(page, SEVERE)
    below = page.get_by_test_id("stChatInput").bounding_box()
    assert below is not None
    for press in (None, turn.locator(".cite").first):
        if press is not None:
            press.click()
        box = panel(page).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= below["y"]
    context.close()
