"""How quick the page is, from the browser's side: `python -m tests.page.benchmark [SESSIONS]`. Needs the dev extra and a Chromium.

Prints milliseconds from the press of Enter to the card on screen, from a click on a marker to the open panel, and the same
first figure for many browser sessions at once, where every answer is also checked to be the right one.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from tests.page.browser import FLAGS, chromium, page_server
from tests.support import ROOT

QUESTIONS = (
    ("Admitted with pneumonia on oxygen and IV antibiotics, on pomalidomide 4 mg. Give tonight's dose?", "HOLD"),
    ("Mild cystitis treated with oral antibiotics, completely resolved, pomalidomide 4 mg held. Restart?", "RESUME"),
    ("Septic shock in ICU, fully recovered, cultures negative, pomalidomide 4 mg stopped. Restart?", "REASSESS FIRST"),
    ("How common is grade 3-4 neutropenia on pomalidomide?", "FROM THE ARTICLE"),
)
ROUNDS, SESSIONS, PER_SESSION = 24, 20, 3
# The clock runs in the browser: from the key event to the first frame in which the new card has a size.
_WATCH = """(count) => { window.timed = new Promise((done) => {
  let began = 0;
  document.addEventListener('keydown', (event) => { if (event.key === 'Enter') began = event.timeStamp; }, {capture: true, once: true});
  const look = () => {
    const host = [...document.querySelectorAll('[data-testid="stBidiComponentRegular"], div')].find((node) => node.shadowRoot?.querySelector('.hf'));
    const card = host?.shadowRoot.querySelectorAll('.turn > .card')[count];
    if (began && card && card.getBoundingClientRect().height) done([performance.now() - began, card.querySelector('h2').textContent]);
    else requestAnimationFrame(look);
  };
  look(); }); }"""
_CLICK = """() => new Promise((done) => {
  const root = [...document.querySelectorAll('div')].find((node) => node.shadowRoot?.querySelector('.hf')).shadowRoot;
  const began = performance.now();
  root.querySelector('.turn:last-child .cite').click();
  const look = () => (root.querySelector('.panel .article mark') ? done(performance.now() - began) : requestAnimationFrame(look));
  look(); })"""


async def _asked(page: Page, number: int, count: int) -> tuple[float, bool]:
    """Milliseconds to the card, and whether it is the right one."""
    question, word = QUESTIONS[number % len(QUESTIONS)]
    await page.evaluate(_WATCH, count)
    box = page.get_by_test_id("stChatInputTextArea")
    await box.fill(question)
    await box.press("Enter")
    took, shown = await page.evaluate("window.timed")
    return float(took), str(shown).startswith(word)


async def _opened(browser: Browser, url: str) -> Page:
    context = await browser.new_context(viewport={"width": 1366, "height": 820})
    page = await context.new_page()
    await page.goto(url, timeout=180_000)
    await page.get_by_text("Nothing leaves this machine").wait_for(timeout=180_000)
    return page


async def _fresh(page: Page) -> None:
    """A new conversation."""
    await page.get_by_role("button", name="New question").click()
    await page.get_by_text("Hold or resume pomalidomide?").wait_for(timeout=180_000)


async def _alone(browser: Browser, url: str) -> None:
    page = await _opened(browser, url)
    cards, panels = [], []
    for number in range(ROUNDS):
        took, right = await _asked(page, number, 0)
        assert right, f"the card of question {number} is wrong"
        cards.append(took)
        panels.append(await page.evaluate(_CLICK))
        await page.wait_for_timeout(200)
        await _fresh(page)
    _print("one session, Enter to card", cards[2:])
    _print("one session, click to panel", panels[2:])
    await page.context.close()


async def _many(browser: Browser, url: str, sessions: int) -> None:
    pages = [await _opened(browser, url) for _ in range(sessions)]  # one after the other: opening is not what is measured

    async def one(page: Page, first: int) -> list[tuple[float, bool]]:
        found = []
        for n in range(PER_SESSION):
            if n:
                await _fresh(page)
            found.append(await _asked(page, first + n, 0))
        return found

    everything = [pair for found in await asyncio.gather(*(one(page, n) for n, page in enumerate(pages))) for pair in found]
    _print(f"{sessions} sessions at once, Enter to card", [took for took, _ in everything])
    print(f"{sessions} sessions at once: {sum(right for _, right in everything)} of {len(everything)} answers right")


def _print(name: str, taken: list[float]) -> None:
    ordered = sorted(taken)
    print(f"{name}: median {statistics.median(ordered):.0f} ms, p95 {ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]:.0f} ms, n {len(ordered)}", flush=True)


async def _main(sessions: int) -> None:
    with tempfile.TemporaryDirectory() as work, page_server(ROOT / ".holdfast", Path(work) / "log", {"HOLDFAST_DATABASE": f"sqlite:///{work}/kept.sqlite"}) as url:
        async with async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=chromium(), args=list(FLAGS))
            await _alone(browser, url)
            await _many(browser, url, sessions)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS))
