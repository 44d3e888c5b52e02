"""Make docs/screenshots anew: `python -m tests.page.make_screenshots [FOLDER]`. Needs the dev extra and a Chromium."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page

from tests.page.browser import ask, begin_anew, idle, page_server, running_browser, settled
from tests.support import ROOT

LAPTOP, TABLET, PHONE = (1366, 820), (1024, 768), (390, 844)
SEVERE = "68F on pomalidomide 4 mg, admitted last night with pneumonia, on 3 L oxygen and IV piperacillin-tazobactam. ANC 0.8, 38.9 °C. Next dose is tonight. Give it?"
MILD = "Mild cystitis, treated with oral nitrofurantoin, completely resolved. Pomalidomide 4 mg held since. Can she restart?"
FACT = "How often does grade 3-4 neutropenia occur on pomalidomide?"
OUTSIDE = "Should lenalidomide be held during a urinary tract infection?"
REASSESS = "Septic shock in ICU three weeks ago, fully recovered, off antibiotics, cultures negative. Pomalidomide 3 mg was stopped. Restart?"
LOW = "Mild cystitis, completely resolved, ANC 0.3. Pomalidomide 4 mg held since. Restart?"
CHOICE = "Which antibiotic should I choose for her pneumonia?"
NO_HOLD = "Routine visit, no infection, afebrile, on pomalidomide 4 mg. Carry on?"


class Shot(NamedTuple):
    """One picture: its name, what happens before it, the window, the colours."""

    name: str
    play: Callable[[Page], None]
    size: tuple[int, int] = LAPTOP
    dark: bool = False


def _asked(*questions: str) -> Callable[[Page], None]:
    return lambda page: [ask(page, question) for question in questions] and None


def _cited(question: str, number: int = 0) -> Callable[[Page], None]:
    def play(page: Page) -> None:
        ask(page, question).locator(".cite").nth(number).click()
        page.locator(".hf .article mark").first.wait_for()

    return play


def _top(page: Page, place: str) -> None:
    """Bring a part of the last answer to the top of the window, below the header."""
    page.locator(f".hf .turn:last-child {place}").first.evaluate("node => node.scrollIntoView()")
    page.mouse.wheel(0, -70)


def _why(page: Page) -> None:
    ask(page, MILD).locator(".why > summary").click()
    _top(page, ".why > summary")


def _what_if(page: Page) -> None:
    turn = ask(page, MILD)
    turn.locator(".why > summary").click()
    turn.locator(".change summary", has_text="severe").first.click()
    _top(page, ".changes")


def _way(page: Page) -> None:
    ask(page, SEVERE)
    for name in ("Pomalidomide stopped", "Appropriate antimicrobials"):
        page.get_by_role("checkbox", name=name).check()
    _top(page, ".course")


def _kept(page: Page) -> None:
    ask(page, FACT)
    begin_anew(page)
    ask(page, MILD)
    page.get_by_test_id("stExpandSidebarButton").click()


def _reader(page: Page) -> None:
    ask(page, SEVERE)
    idle(page)
    box = page.get_by_role("combobox", name="Who reads")
    box.focus()
    box.press("ArrowDown")  # on a narrow page a click scrolls, which closes the list again
    page.get_by_role("option", name="For: Patient or caregiver").click()
    page.locator(".hf .call").wait_for()


def _reader_below(page: Page) -> None:
    _reader(page)
    _top(page, ".prose")


def _by_hand(page: Page, question: str, about: str, answer: str) -> None:
    turn = ask(page, question)
    turn.locator(".correct summary").click()
    turn.get_by_role("group", name=about).get_by_role("button", name=answer, exact=True).click()
    page.locator(".hf .handmade").wait_for()


def _removed(page: Page) -> None:
    _by_hand(page, LOW, "ANC", "not stated")


def _rescue(page: Page) -> None:
    ask(page, CHOICE).locator(".correct summary").click()


def _rescued(page: Page) -> None:
    _by_hand(page, CHOICE, "Infection", "active")


def _page(name: str) -> Callable[[Page], None]:
    def play(page: Page) -> None:
        page.goto(page.url.rstrip("/") + "/" + name)
        page.locator("h1").wait_for()

    return play


def _on_paper(page: Page) -> None:
    ask(page, MILD)
    page.emulate_media(media="print")


SHOTS = (
    Shot("start", lambda page: None),
    Shot("hold-severe", _asked(SEVERE)),
    Shot("hold-severe-dark", _asked(SEVERE), dark=True),
    Shot("hold-severe-phone", _asked(SEVERE), PHONE),
    Shot("resume-mild", _asked(MILD)),
    Shot("resume-mild-dark", _asked(MILD), dark=True),
    Shot("resume-mild-tablet", _asked(MILD), TABLET),
    Shot("reassess", _asked(REASSESS)),
    Shot("no-hold", _asked(NO_HOLD)),
    Shot("fact", _asked(FACT)),
    Shot("not-covered", _asked(OUTSIDE)),
    Shot("citation", _cited(FACT)),
    Shot("citation-dark", _cited(SEVERE), dark=True),
    Shot("citation-phone", _cited(FACT), PHONE),
    Shot(
        "follow-up",
        _asked("Pneumonia, treated, now completely resolved, on pomalidomide 4 mg. Restart?", "It was severe: she was admitted and on oxygen."),
    ),
    Shot("caregiver-phone", _asked("My mother is on Imnovid and has had a fever since last night. Should she skip the capsule?"), PHONE),
    Shot("why", _why),
    Shot("why-phone", _why, PHONE),
    Shot("what-if", _what_if),
    Shot("way", _way),
    Shot("way-phone", _way, PHONE),
    Shot("kept", _kept),
    Shot("patient", _reader),
    Shot("patient-dark", _reader_below, dark=True),
    Shot("patient-phone", _reader_below, PHONE),
    Shot("by-hand", _removed),
    Shot("by-hand-dark", _removed, dark=True),
    Shot("by-hand-phone", _removed, PHONE),
    Shot("rescue", _rescue),
    Shot("rescued-phone", _rescued, PHONE),
    Shot("sources", _page("sources")),
    Shot("sources-phone", _page("sources"), PHONE),
    Shot("about-dark", _page("about"), dark=True),
    Shot("print", _on_paper, (794, 1123)),
    Shot("wide", _asked(SEVERE), (1920, 1080)),
    Shot("zoom", _asked(SEVERE), (683, 410)),
)


def take(browser: Browser, address: str, shot: Shot, folder: Path) -> Path:
    """Play a shot in a fresh session and save it."""
    width, height = shot.size
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme="dark" if shot.dark else "light", reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    settled(page)
    shot.play(page)
    idle(page)
    page.wait_for_timeout(700)  # scrolling into place
    target = folder / f"{shot.name}.png"
    page.screenshot(path=target)
    context.close()
    return target


def main(folder: Path, names: list[str]) -> None:
    """Take all shots, or those named, into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as work, page_server(ROOT / ".holdfast", Path(work) / "log", {"HOLDFAST_DATABASE": f"sqlite:///{work}/kept.sqlite"}) as address, running_browser() as browser:
        for shot in SHOTS:
            if not names or shot.name in names:
                target = take(browser, address, shot, folder)
                print(f"{target} {target.stat().st_size / 1024:.0f} kB", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "screenshots", sys.argv[2:])
