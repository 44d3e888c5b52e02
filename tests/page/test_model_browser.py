"""The page with a model, in a real browser: sentences released one by one, the corrected draft, the receipt."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from tests.page.browser import ask, idle, page_server, settled
from tests.page.test_reach import violations
from tests.support import DONE, event, model_server, run_assistant

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

SEVERE = "Mrs Featherstonehaugh, 68F on pomalidomide 4 mg, admitted with pneumonia on IV piperacillin-tazobactam. Give tonight's dose?"
GOOD = (
    "Stop pomalidomide now.",
    "Hold it until the infection has completely resolved [1].",
    "Start appropriate antimicrobial therapy and monitor the response of the infection.",
)
WHOLE = 100_000  # milliseconds that an answer may take on a busy machine
HELD = "Discontinue pomalidomide until complete resolution"
WRONG = "Infections occur in 45% of patients"


@dataclass
class Play:
    """What the scripted model writes; it waits before the last sentence until `go` is set."""

    sentences: tuple[str, ...] = GOOD
    end: bool = True
    go: threading.Event = field(default_factory=threading.Event)

    def __call__(self, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", "text/event-stream")
        handler.end_headers()
        for number, sentence in enumerate(self.sentences):
            if number == len(self.sentences) - 1:
                self.go.wait(20)
            handler.wfile.write(event(sentence + " ").encode())
            handler.wfile.flush()
            time.sleep(0.05)
        if self.end:
            handler.wfile.write((event(finish="stop") + DONE).encode())


@dataclass
class Scene:
    """The page, what its model plays, and the requests that reached it."""

    page: Page
    play: Play
    requests: list[dict[str, object]]
    data: Path

    def ask(self) -> Locator:
        return ask(self.page, SEVERE)


@pytest.fixture(scope="module")
def served(data_with_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[Play], list[dict[str, object]]]]:
    """One server whose model plays what the last test put into the list."""
    plays: list[Play] = []
    log = tmp_path_factory.mktemp("model") / "server.log"
    with model_server(lambda handler: plays[-1](handler)) as model:
        environ = {"HOLDFAST_MODEL": "openai:scripted", "HOLDFAST_MODEL_BASE_URL": model.address, "OPENAI_API_KEY": "not-a-key", "HOLDFAST_MODEL_TIMEOUT": "120", "HOLDFAST_DATABASE": "nothing"}
        with page_server(data_with_index, log, environ) as address:
            yield address, plays, model.requests
    written = log.read_text(encoding="utf-8", errors="replace")
    assert "Traceback" not in written, written
    assert "featherstonehaugh" not in written.lower()


@pytest.fixture
def scene(chromium: Browser, served: tuple[str, list[Play], list[dict[str, object]]], data_with_index: Path) -> Iterator[Scene]:
    address, plays, requests = served
    plays.append(Play())
    requests.clear()
    context = chromium.new_context(viewport={"width": 1366, "height": 1000}, reduced_motion="reduce", accept_downloads=True)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address)
    settled(page)
    yield Scene(page=page, play=plays[-1], requests=requests, data=data_with_index)
    plays[-1].go.set()
    context.close()
    assert not errors


def test_it_says_before_any_question_what_the_model_gets_and_where_it_is(scene: Scene) -> None:
    told = scene.page.get_by_text("Explained by openai:scripted on this machine").inner_text()
    assert "not its words" in told


def test_the_card_stands_at_once_and_checked_sentences_appear_while_the_model_writes(scene: Scene) -> None:
    turn = scene.ask()
    assert turn.locator(".card h2").inner_text().startswith("HOLD")
    growing = turn.locator(".writing .so-far")
    growing.get_by_text("Stop pomalidomide now.").wait_for(timeout=WHOLE)
    assert "antimicrobial therapy and monitor" not in growing.inner_text()
    assert "completely resolved" in turn.locator(".prose").inner_text(), "the rules' whole answer stands meanwhile"
    scene.play.go.set()
    turn.get_by_text("Explained by openai:scripted").wait_for(timeout=WHOLE)
    assert turn.locator(".writing").count() == 0
    assert GOOD[2] in turn.locator(".prose").inner_text()
    assert "Featherstonehaugh" not in json.dumps(scene.requests)
    assert "tonight's dose" not in json.dumps(scene.requests)


def test_while_a_slow_model_is_waited_for_the_page_says_for_what_and_how_long(scene: Scene) -> None:
    turn = scene.ask()
    foot = turn.locator(".prose .foot")
    expect(foot).to_contain_text("openai:scripted is writing")
    elapsed = foot.locator(".elapsed")
    expect(elapsed).to_have_text(re.compile(r"^ ?[1-9]\d* s so far\.$"))
    expect(elapsed).to_have_attribute("aria-hidden", "true")
    scene.play.go.set()
    turn.get_by_text("Explained by openai:scripted").wait_for(timeout=WHOLE)
    assert elapsed.count() == 0


def settle(scene: Scene, turn: Locator) -> None:
    """Let the model end, and wait until its answer stands in the place of the rules' own."""
    turn.locator(".writing").wait_for(timeout=WHOLE)
    scene.play.go.set()
    turn.get_by_text("Explained by openai:scripted").wait_for(timeout=WHOLE)


def test_an_open_panel_stays_at_its_passage_when_the_model_s_answer_settles(scene: Scene) -> None:
    turn = scene.ask()
    panel = scene.page.locator(".hf .panel")
    turn.locator(".cite").first.click()
    for _ in range(2):
        scene.page.keyboard.press("ArrowRight")
    mark = panel.locator(".article mark")
    expect(mark).to_have_text(HELD)
    expect(panel.locator(".nav")).to_have_text("3 of 7")
    settle(scene, turn)
    expect(panel.locator(".nav")).to_have_text("6 of 8")
    expect(mark).to_have_text(HELD)
    expect(panel.locator("h2")).to_be_focused()
    assert scene.page.locator(".hf .gone").count() == 0


def test_a_panel_whose_passage_is_cited_no_longer_keeps_it_and_says_so(scene: Scene) -> None:
    turn = scene.ask()
    panel = scene.page.locator(".hf .panel")
    turn.get_by_role("button", name="Show source 1").last.click()
    words = panel.locator(".article mark").inner_text()
    assert "prophyla" in words.lower()
    settle(scene, turn)
    expect(panel.locator(".gone")).to_contain_text("cites this no longer")
    expect(panel.locator(".article mark")).to_have_text(words)
    expect(panel.locator(".record")).to_contain_text("cites this no longer")
    assert turn.locator(".sentence.lit").count() == 0
    scene.page.keyboard.press("ArrowRight")
    expect(panel.locator(".nav")).to_have_text("6 of 8")
    scene.page.keyboard.press("Escape")
    expect(turn.locator(".cite:focus")).to_have_count(1)


def test_axe_finds_nothing_serious_while_a_model_writes_and_after_its_text_was_mended(scene: Scene) -> None:
    scene.play.sentences = (*GOOD[:1], f"{WRONG} [4].", *GOOD[2:])
    turn = scene.ask()
    turn.locator(".writing .so-far").get_by_text("Stop pomalidomide now.").wait_for(timeout=WHOLE)
    assert violations(scene.page) == []
    scene.play.go.set()
    turn.locator("details.corrected summary").click(timeout=WHOLE)
    idle(scene.page)
    assert violations(scene.page) == []


def test_what_the_check_changed_is_struck_and_inserted_with_reason_and_rule(scene: Scene) -> None:
    scene.play.sentences = (*GOOD[:1], f"{WRONG} [4].", *GOOD[2:])
    scene.play.go.set()
    turn = scene.ask()
    corrected = turn.locator("details.corrected")
    corrected.locator("summary").click(timeout=WHOLE)
    assert f"struck: {WRONG}" in " ".join(corrected.locator("del").inner_text().split())
    assert "completely resolved" in " ".join(corrected.locator("ins").all_inner_texts())
    assert "dropped: [4]" in corrected.inner_text()
    assert "Rule severe.hold" in corrected.locator(".reasons").inner_text()
    assert WRONG not in turn.locator(".prose").inner_text()


@pytest.mark.parametrize("sentences", [("Continue pomalidomide at 4 mg tonight.", "All is well with that."), GOOD], ids=["against the decision", "cut in the middle"])
def test_a_model_that_contradicts_or_breaks_off_leaves_the_rules_answer_and_a_line(scene: Scene, sentences: tuple[str, ...]) -> None:
    scene.play.sentences, scene.play.end = sentences, sentences is not GOOD
    scene.play.go.set()
    turn = scene.ask()
    turn.get_by_text("Written by the rules.").wait_for(timeout=WHOLE)
    told = turn.locator(".prose").inner_text()
    assert "Continue pomalidomide" not in told
    assert "Stop pomalidomide now" in told
    assert turn.locator(".remark").count() == 1


def test_another_explanation_is_asked_for_by_a_press_and_not_by_choosing(scene: Scene) -> None:
    scene.play.go.set()
    turn = scene.ask()
    turn.get_by_text("Explained by openai:scripted").wait_for(timeout=WHOLE)
    choose = turn.get_by_role("combobox", name="Who explains it")
    choose.focus()
    scene.page.keyboard.press("ArrowDown")
    expect(choose).to_have_value("")
    idle(scene.page)
    expect(turn.get_by_text("Explained by openai:scripted")).to_be_visible()
    scene.page.keyboard.press("Tab")
    scene.page.keyboard.press("Enter")
    expect(turn.get_by_text("Written by the rules.")).to_be_visible()


def test_feedback_that_is_kept_nowhere_says_so(scene: Scene) -> None:
    scene.play.go.set()
    turn = scene.ask()
    turn.get_by_text("Explained by openai:scripted").wait_for(timeout=WHOLE)
    turn.get_by_role("button", name="Right", exact=True).click()
    turn.get_by_role("button", name="Note it as right").click()
    told = turn.locator(".feedback .thanks").inner_text()
    assert told.startswith("Not kept")


def test_a_receipt_is_saved_once_for_each_press_and_replays(scene: Scene, tmp_path: Path) -> None:
    scene.play.go.set()
    turn = scene.ask()
    turn.get_by_text("Explained by openai:scripted").wait_for(timeout=WHOLE)
    button = turn.get_by_role("button", name="Save receipt")
    with scene.page.expect_download() as first:
        button.click()
    with scene.page.expect_download() as second:
        button.click()
    assert first.value.suggested_filename == second.value.suggested_filename
    target = tmp_path / first.value.suggested_filename
    first.value.save_as(target)
    told = json.loads(target.read_text(encoding="utf-8"))
    assert told["question"]["turns"] == [SEVERE]
    assert told["draft"]["text"].startswith(GOOD[0])
    done = run_assistant("replay", str(target), data=scene.data)
    assert (done.returncode, done.stdout.startswith("the same ")) == (0, True), done.stdout
