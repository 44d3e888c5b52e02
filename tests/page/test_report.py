"""The report of an evaluation as it is opened: one file, small, whole, and without a fault in a real browser."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from eval import engine, report, runs
from eval.__main__ import main
from tests.support import QuotedOnly

MOST = 2_000_000  # bytes
WRONG = "Day {n}. Mild sinusitis has completely resolved, all symptoms are gone and the antibiotics are finished. Restart pomalidomide 4 mg? " + "Nothing else is of note in the history. " * 12


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A run with more failures than are shown, each with a long text, and one draft that was let through."""
    engine.assistant.cache_clear()
    monkeypatch.setattr(engine, "OwnSources", lambda *given: QuotedOnly())
    monkeypatch.setattr(engine, "prepare", lambda *given: None)
    gold = {"action": ["hold"], "severity": ["mild"], "restart": [None], "flags": []}
    rows: list[dict[str, object]] = [{"id": f"q{n}", "question": WRONG.format(n=n), "gold": gold} for n in range(report.MAX_CASES + 20)]
    rows.append({"id": "d", "question": "Pneumonia on pom, admitted. Hold?", "answer": "Hold it.", "gold": {"clean": False, "errors": ["action"], "must_remove": ["Hold it"]}})
    (tmp_path / "set.jsonl").write_text("\n".join(map(json.dumps, rows)))
    main(["run", str(tmp_path / "set.jsonl"), "--workers", "1", "--into", str(tmp_path / "runs")])
    engine.assistant.cache_clear()
    return runs.finished(tmp_path / "runs")[0]


@pytest.mark.browser
@pytest.mark.slow
def test_the_report_is_small_and_opens_without_a_fault(folder: Path, chromium: Browser) -> None:
    assert (folder / "report.html").stat().st_size < MOST
    page = chromium.new_page(viewport={"width": 1280, "height": 800})
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda line: faults.append(line.text) if line.type in ("error", "warning") else None)
    page.on("requestfailed", lambda request: faults.append(request.url))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((folder / "report.html").as_uri())

    assert faults == []
    assert asked == [(folder / "report.html").as_uri()], "it needs nothing but itself"
    assert f"{report.MAX_CASES + 20} of {report.MAX_CASES + 20}" in page.locator("body").inner_text()[:1500], "the danger stands first"
    assert page.locator("svg").count() >= 5
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), "no scrolling sideways"
    page.close()
