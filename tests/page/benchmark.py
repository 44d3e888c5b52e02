"""How quick the page is, from the browser's side: `python -m tests.page.benchmark [SESSIONS]`. Needs the dev extra and a Chromium.

Prints milliseconds from the press of Enter to the card on screen, first in the first page of a server that has just started, then warm; from a click on a marker
to the open panel, and the first figure for many browser sessions that are open at once: each asking every thirty and every ten seconds, and all pressing
Enter in the same instant. Every answer is checked to be the right one. The browsers run on the same machine, and cost more of it than the page.
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
PACES = (30.0, 10.0, 0.0)  # seconds from one question of a session to its next; an answer is read in half a minute
# The clock runs in the browser: from the key event until the card of this very question has a size (under load, the last
# conversation may still be drawn). It looks every 10 ms, and only from the key event on: looking at every frame, in twenty pages, would be most of what is measured.
_ROOT = "document.querySelector('.stBidiComponent [data-testid=\"stBidiComponentIsolated\"], [data-testid=\"stBidiComponentIsolated\"]')?.shadowRoot"
_WATCH = f"""(asked) => {{ window.timed = new Promise((done) => document.addEventListener('keydown', (event) => {{
  const began = event.timeStamp;
  const look = () => {{
    const mine = [...({_ROOT}?.querySelectorAll('.turn') ?? [])].find((turn) => turn.querySelector('.asked')?.textContent === asked);
    const card = mine?.querySelector(':scope > .card');
    if (card && card.getBoundingClientRect().height) done([performance.now() - began, card.querySelector('h2').textContent]);
    else setTimeout(look, 10);
  }};
  look();
}}, {{capture: true, once: true}})); }}"""
_CLICK = f"""() => new Promise((done) => {{
  const root = {_ROOT};
  const began = performance.now();
  root.querySelector('.turn:last-child .cite').click();
  const look = () => (root.querySelector('.panel .article mark') ? done(performance.now() - began) : setTimeout(look, 1));
  look(); }})"""


async def _asked(page: Page, number: int) -> tuple[float, bool]:
    """Milliseconds from Enter to the card of a new conversation, and whether it is the right one."""
    question, word = QUESTIONS[number % len(QUESTIONS)]
    box = page.get_by_test_id("stChatInputTextArea")
    await box.fill(question)
    await page.evaluate(_WATCH, question)
    await box.press("Enter")
    took, shown = await page.evaluate("window.timed")
    return float(took), str(shown).startswith(word)


async def _opened(browser: Browser, url: str) -> Page:
    context = await browser.new_context(viewport={"width": 1366, "height": 820})
    page = await context.new_page()
    await page.goto(url, timeout=180_000)
    await page.locator(".st-key-notice").wait_for(timeout=180_000)
    await page.locator(".st-key-starting").wait_for(state="detached", timeout=180_000)
    return page


async def _fresh(page: Page) -> None:
    """A new conversation; found by its class, since to find a button by its role and name costs the page more than the press."""
    await page.locator(".st-key-new button").click()
    await page.locator(".st-key-welcome h2").wait_for(timeout=180_000)


async def _first(browser: Browser, url: str) -> None:
    """The very first question, sent as soon as there is a box to type in: search is still starting then."""
    page = await (await browser.new_context(viewport={"width": 1366, "height": 820})).new_page()
    await page.goto(url, timeout=180_000)
    await page.get_by_test_id("stChatInputTextArea").wait_for(timeout=180_000)
    took, right = await _asked(page, 0)
    assert right, "the first card is wrong"
    _print("a server just started, Enter to card", [took])
    await page.context.close()


async def _alone(browser: Browser, url: str) -> None:
    page = await _opened(browser, url)
    cards, panels = [], []
    for number in range(ROUNDS):
        took, right = await _asked(page, number)
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

    async def one(page: Page, first: int, every: float) -> list[tuple[float, bool]]:
        found = []
        await asyncio.sleep(every * first / sessions)
        for n in range(PER_SESSION):
            found.append(await _asked(page, first + n))
            await _fresh(page)
            await asyncio.sleep(max(0.0, every - found[-1][0] / 1000))
        return found

    for every in PACES:
        name = f"{sessions} sessions, {f'each asking every {every:.0f} s' if every else 'all in the same instant'}"
        everything = [pair for found in await asyncio.gather(*(one(page, n, every) for n, page in enumerate(pages))) for pair in found]
        _print(f"{name}, Enter to card", [took for took, _ in everything])
        print(f"{name}: {sum(right for _, right in everything)} of {len(everything)} answers right", flush=True)


def _print(name: str, taken: list[float]) -> None:
    ordered = sorted(taken)
    print(f"{name}: median {statistics.median(ordered):.0f} ms, p95 {ordered[min(len(ordered) - 1, round(0.95 * len(ordered)))]:.0f} ms, n {len(ordered)}", flush=True)


async def _main(sessions: int) -> None:
    with tempfile.TemporaryDirectory() as work, page_server(ROOT / ".holdfast", Path(work) / "log", {"HOLDFAST_DATABASE": f"sqlite:///{work}/kept.sqlite"}) as url:
        async with async_playwright() as driver:
            browser = await driver.chromium.launch(executable_path=chromium(), args=list(FLAGS))
            await _first(browser, url)
            await _alone(browser, url)
            await _many(browser, url, sessions)
            await browser.close()


if __name__ == "__main__":
    asyncio.run(_main(int(sys.argv[1]) if len(sys.argv) > 1 else SESSIONS))
