"""Whether everyone can use the page: checked by axe in a real browser, light and dark, wide and narrow, on every page."""

from __future__ import annotations

from collections.abc import Callable
from importlib.resources import files

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.page.browser import ask, idle, settled

pytestmark = pytest.mark.browser

SEVERE = "Admitted with pneumonia on oxygen and IV antibiotics, on pomalidomide 4 mg. Give tonight's dose?"
MILD = "Mild cystitis treated with oral antibiotics, completely resolved, pomalidomide 4 mg held. Restart?"
# axe is read from the Python package that carries it: no npm, and nothing is fetched while the tests run.
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def violations(page: Page) -> list[str]:
    """What axe calls serious or critical, each with its first place."""
    page.evaluate(AXE)
    found = page.evaluate("async () => (await axe.run(document, {resultTypes: ['violations']})).violations")
    return [f"{v['id']} ({v['impact']}): {v['nodes'][0]['target']} {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in ("serious", "critical")]


def start(page: Page) -> None:
    """The page before any question."""


def answer_with_all_open(page: Page) -> None:
    """An answer with everything opened that can be opened."""
    turn = ask(page, MILD)
    for summary in (".correct > summary", ".why > summary"):
        turn.locator(summary).click()
    turn.locator(".change summary").first.click()
    turn.locator(".verdict", has_text="Unsafe").click()
    page.get_by_role("button", name="Edit question 1").click()


def citation(page: Page) -> None:
    """The panel opened at a source."""
    ask(page, SEVERE).locator(".cite").first.click()
    expect(page.locator(".hf .article mark").first).to_be_visible()


def sidebar(page: Page) -> None:
    """The conversations."""
    ask(page, SEVERE)
    page.get_by_test_id("stExpandSidebarButton").click()
    expect(page.get_by_role("button", name="New conversation")).to_be_visible()


def fault(page: Page) -> None:
    """A question that cannot be answered."""
    turn = ask(page, "Too long a note. " * 6_000)
    expect(turn.locator(".fault")).to_contain_text("cannot be answered")


def other(name: str) -> Callable[[Page], None]:
    """Another page of the app."""

    def go(page: Page) -> None:
        page.goto(page.url.split("?")[0].rstrip("/") + "/" + name)
        expect(page.locator("h1")).to_be_visible()

    return go


@pytest.mark.parametrize(("size", "dark"), [((1366, 820), False), ((1366, 820), True), ((390, 844), False)], ids=["laptop", "dark", "phone"])
@pytest.mark.parametrize("play", [start, answer_with_all_open, citation, sidebar, fault, other("sources"), other("about"), other("evaluation")], ids=["start", "answer", "citation", "sidebar", "fault", "sources", "about", "evaluation"])
def test_axe_finds_nothing_serious(chromium: Browser, address: str, play: Callable[[Page], None], size: tuple[int, int], dark: bool) -> None:
    context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if dark else "light", reduced_motion="reduce")
    page = context.new_page()
    page.goto(address)
    settled(page)
    play(page)
    idle(page)
    found = violations(page)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    context.close()
    assert found == []
    assert wide <= 0, "nothing may scroll sideways"


def test_axe_looks_inside_the_conversation(page: Page) -> None:
    ask(page, MILD)
    page.evaluate("""() => { const host = [...document.querySelectorAll('*')].find((node) => node.shadowRoot?.querySelector('.hf'));
        host.shadowRoot.querySelector('.prose').style.color = '#c9c9c9'; }""")
    assert any("color-contrast" in one for one in violations(page))
