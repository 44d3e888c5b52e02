"""The page of the last evaluation, and the line on the About page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import streamlit as st
from playwright.sync_api import Browser
from streamlit.testing.v1 import AppTest

from assistant.screen import lastrun, session
from tests.page import browser as driving
from tests.support import ROOT

GATES = [{"set": "s", "measure": "dangerous.count", "found": 1.0, "bound": "at most 0", "holds": False, "why": ""}]
ACTION = {"hits": 1, "trials": 2, "share": 0.5}
DANGER = {"count": 1, "of": 2, "upper_95": 0.9747}
FIGURES = {"questions": 2, "drafts": 0, "unscored": 1, "dangerous": DANGER, "overcautious": {"count": 0}, "checks": {"action": ACTION}, "held_back": False}
SUMMARY = {"all": FIGURES, "sets": {"s": FIGURES}, "gates": GATES, "passed": False, "stamp": {"code_sha256": "c" * 64, "knowledge_sha256": "d" * 64}}
CLOCK = {"date": "2026-11-23T12:00:00+00:00", "revision": "abc", "python": "3.11", "fingerprint": "f" * 64}
TRACE = {"turns": ["Mild sinusitis has resolved, <b>really</b>"], "facts": [], "episodes": [], "answer": "…"}
RECORD = {"set": "s", "kind": "question", "tags": [], "gold": {"action": ["hold"]}, "said": {"action": "resume", "rules": ["mild.resume"]}, "failed": ["action"], "checks": {}}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A folder of runs with one that is whole and a newer one that is not."""
    whole = tmp_path / "2026-11-23T12-00-00"
    whole.mkdir()
    (tmp_path / "2026-11-24T12-00-00").mkdir()
    (whole / "summary.json").write_text(json.dumps(SUMMARY))
    (whole / "run.json").write_text(json.dumps(CLOCK))
    rows = [{**RECORD, "id": "b", "risk": "overcautious", "trace": TRACE}, {**RECORD, "id": "a", "risk": "dangerous", "trace": TRACE}, {**RECORD, "id": "hidden", "risk": "dangerous"}]
    (whole / "results.jsonl").write_text("\n".join(map(json.dumps, rows)))
    return tmp_path


def test_the_newest_whole_run_is_shown_the_worst_failure_first_and_nothing_of_held_back_sets(run: Path) -> None:
    found = lastrun.last(run)

    assert found is not None
    assert [f["id"] for f in found.failures()] == ["a", "b"]


def test_the_conformance_line_says_when_on_what_and_with_which_figures(run: Path) -> None:
    found = lastrun.last(run)

    assert found is not None
    assert lastrun.conformance(found) == (
        "Evaluated on 2026-11-23 with 2 questions and 0 drafts: dangerous errors 1 of 2 (upper 95 % bound 97.5 %); action 50.0 %; 0 of 1 gates hold. "
        "Revision abc, Python 3.11; code cccccccccccc, knowledge dddddddddddd, results ffffffffffff."
    )


def test_a_run_of_a_single_set_does_not_speak_for_the_whole(run: Path) -> None:
    assert lastrun.last(run, lastrun.CORE) is None
    (run / "2026-11-23T12-00-00" / "summary.json").write_text(json.dumps({**SUMMARY, "sets": dict.fromkeys([*lastrun.CORE, "s"], FIGURES)}))
    assert lastrun.last(run, lastrun.CORE) is not None


def test_without_a_run_there_is_none(tmp_path: Path) -> None:
    assert lastrun.last(tmp_path / "gone") is None


def _page() -> None:
    from assistant.screen.pages import evaluation

    evaluation.draw()


def test_the_page_says_the_danger_first_and_shows_each_failure_with_its_trace(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lastrun.last, "__defaults__", (run, frozenset()))
    app = AppTest.from_function(_page, default_timeout=20).run()
    html = " ".join(str(h.body) for h in app.get("html") if hasattr(h, "body")) or " ".join(h.proto.body for h in app.get("html"))

    assert not app.exception
    assert "Dangerous errors: 1 of 2 (upper 95 % bound 97.5 %)." in html
    assert "gates fail" in html
    assert [e.label for e in app.expander] == ["a · s · label hold, said resume"]
    assert "Mild sinusitis has resolved, <b>really</b>" in [t.value for t in app.expander[0].text]
    assert "Rules: mild.resume. Failed: action." in [t.value for t in app.expander[0].text]


def test_every_gate_and_every_set_of_drafts_is_shown(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gates = [{**GATES[0], "set": f"set{n}", "holds": True} for n in range(30)]
    guarded = {"dangerous": {"count": 1, "of": 25}, "false_alarms": {"share": None}, "checks": {"good_kept": {"share": 0.975}}}
    drafts = {"questions": 0, "drafts": 60, "unscored": 2, "held_back": False, "guardrail": guarded}
    (run / "2026-11-23T12-00-00" / "summary.json").write_text(json.dumps({**SUMMARY, "sets": {"s": FIGURES, "drafts/x": drafts}, "gates": gates}))
    monkeypatch.setattr(lastrun.last, "__defaults__", (run, frozenset()))
    app = AppTest.from_function(_page, default_timeout=20).run()
    html = " ".join(h.proto.body for h in app.get("html"))

    assert not app.exception
    assert [n for n in range(30) if f"<td>set{n}</td>" not in html] == []
    assert "<tr><td>drafts/x</td><td>60</td><td>1 of 25</td><td>not measured</td><td>97.5 %</td><td>2</td></tr>" in html


def test_a_case_opens_in_the_chat_with_all_its_turns(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    turns = ["Mild sinusitis on pom, hold?", "Now it is over. Restart?"]
    rows = [{**RECORD, "id": "a", "risk": "dangerous", "trace": {**TRACE, "turns": turns}}]
    (run / "2026-11-23T12-00-00" / "results.jsonl").write_text("\n".join(map(json.dumps, rows)))
    monkeypatch.setattr(lastrun.last, "__defaults__", (run, frozenset()))
    monkeypatch.setattr(session, "start_over", lambda: asked.append("begun anew"))
    monkeypatch.setattr(session, "ask", asked.append)
    monkeypatch.setattr(st, "switch_page", lambda to: asked.append(to.title))
    app = AppTest.from_function(_page, default_timeout=20).run()
    app.button(key="open-s-a").click().run()

    assert not app.exception
    assert asked == ["begun anew", *turns, "Ask"]


@pytest.mark.browser
@pytest.mark.slow
def test_a_case_opens_in_the_chat_of_the_real_page(run: Path, chromium: Browser, data_with_index: Path, tmp_path: Path) -> None:
    script = tmp_path / "app.py"
    script.write_text(f"import pathlib, runpy\nfrom assistant.screen import lastrun\nlastrun.last.__defaults__ = (pathlib.Path({str(run)!r}), frozenset())\nrunpy.run_path({str(ROOT / 'app.py')!r})\n")
    with driving.page_server(data_with_index, tmp_path / "log", {"PYTHONPATH": str(ROOT)}, str(script)) as address:
        page = chromium.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(address)
        driving.settled(page)
        page.get_by_role("link", name="Evaluation").click()
        page.get_by_text("a · s · label hold, said resume").click()
        page.get_by_role("button", name="Open in the chat").click()
        turn = page.locator(".hf .turn").first
        turn.locator(".card h2").wait_for(timeout=driving.PATIENCE)

        assert "Mild sinusitis has resolved, <b>really</b>" in turn.inner_text()
        assert errors == []
        page.close()


def test_without_a_run_the_page_names_the_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lastrun.last, "__defaults__", (tmp_path, frozenset()))
    app = AppTest.from_function(_page, default_timeout=20).run()

    assert "make eval" in app.info[0].value
