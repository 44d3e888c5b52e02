"""A source that was added here opens in the panel at its place: the words found, with what stands before and after them and the headings."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.page import browser as driving
from tests.support import run_assistant

pytestmark = pytest.mark.browser

POLICY = """# Ward policy

## Chart

The hold is written on the yellow chart.

## Restart

The zebra unit books the neutrophil count before pomalidomide is restarted.

## Day

The <b>count</b> is repeated on the day of the restart.
"""
QUESTION = "Mild cystitis on pom 4 mg, completely resolved. Who books the neutrophil count before it is restarted, the zebra unit?"


@pytest.fixture(scope="module")
def page(chromium: Browser, data_with_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A session over an index beside which a policy was added by the real command."""
    home = tmp_path_factory.mktemp("added")
    data = shutil.copytree(data_with_index, home / "data")
    (home / "policy.md").write_text(POLICY, encoding="utf-8")
    added = run_assistant("index", "add", str(home / "policy.md"), "--title", "Ward policy 2026", data=data)
    assert added.stdout.startswith("added [L1] Ward policy 2026: 3 passage(s)"), added.stderr
    with driving.page_server(data, home / "server.log") as address:
        context = chromium.new_context(viewport={"width": 1366, "height": 820}, reduced_motion="reduce")
        shown = context.new_page()
        shown.goto(address)
        driving.settled(shown)
        yield shown
        context.close()


def test_it_opens_at_its_place_with_its_neighbours_and_headings(page: Page) -> None:
    turn = driving.ask(page, QUESTION)
    turn.get_by_role("button", name=re.compile("Show source L1")).click()
    place = page.locator(".hf .panel .article")
    expect(place.locator("mark")).to_have_text("The zebra unit books the neutrophil count before pomalidomide is restarted.")
    expect(place.locator("mark")).to_be_in_viewport(ratio=1)
    expect(place).to_contain_text("Added here: Ward policy 2026. It informs; no decision rests on it.")
    assert [one.strip() for one in place.locator("h3, p").all_inner_texts()][1:] == [
        "Ward policy 2026 › Ward policy › Chart",
        "The hold is written on the yellow chart.",
        "Ward policy 2026 › Ward policy › Restart",
        "The zebra unit books the neutrophil count before pomalidomide is restarted.",
        "Ward policy 2026 › Ward policy › Day",
        "The <b>count</b> is repeated on the day of the restart.",
    ]
    assert place.locator("b").count() == 0, "no markup of a source reaches the page"
