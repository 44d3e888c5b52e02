"""The page for tests: as a script with a scripted search, and as it is served, in a real browser."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from assistant import wiring
from assistant.index import Tell
from assistant.knowledge import knowledge
from assistant.pipeline import Assistant, Drafts
from assistant.records import Case, Decision, Draft, Hit, Why
from tests.page import browser as driving
from tests.support import ROOT

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

Build = Callable[..., Assistant]


class ListedSearch:
    """Finds what the decision quotes, with one score for all; raises what it is told to raise."""

    def __init__(self, fault: Exception | None = None) -> None:
        self.fault = fault

    def search(self, question: str, decision: Decision) -> tuple[Hit, ...]:
        if self.fault is not None and question != "pomalidomide and infection":
            raise self.fault
        names = dict.fromkeys([q.passage_id for q in decision.quotes] + ["article:closing"])
        return tuple(Hit(passage=knowledge().passages[name], score=0.5, why=Why.RULE) for name in names)


class ScriptedModel:
    """Drafts one text, or raises."""

    def __init__(self, text: str = "", *, failure: str = "", fault: Exception | None = None) -> None:
        self.text, self.failure, self.fault = text, failure, fault

    def draft(self, case: Case, decision: Decision, hits: Sequence[Hit], question: str, heard: Callable[[str, bool], None] | None = None) -> Draft:
        if self.fault is not None:
            raise self.fault
        return Draft(text=self.text, model="scripted", failure=self.failure)


def building(search: ListedSearch | None = None, drafter: Drafts | None = None, fault: Exception | None = None) -> Build:
    """A stand-in for `wiring.build_assistant`."""

    def build(*, tell: Tell) -> Assistant:
        if fault is not None:
            raise fault
        return Assistant(retriever=search or ListedSearch(), drafter=drafter)

    return build


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Callable[..., AppTest]]:
    """Runs app.py with an assistant of the test's making, and waits until its start is over."""
    monkeypatch.setenv("HOLDFAST_DATA", str(tmp_path))
    st.cache_resource.clear()

    def run(build: Build | None = None, *, wait: bool = True) -> AppTest:
        monkeypatch.setattr(wiring, "build_assistant", build or building())
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=30).run()
        end = time.monotonic() + 20
        while wait and app.get("progress") and time.monotonic() < end:
            time.sleep(0.02)
            app.run()
        return app

    yield run
    st.cache_resource.clear()


def asked(app: AppTest, question: str) -> dict[str, Any]:
    """Ask, and return the last turn as the browser gets it."""
    app.chat_input(key="question").set_value(question).run()
    return turns(app)[-1]


def turns(app: AppTest) -> list[dict[str, Any]]:
    """The turns of the conversation as the browser gets them."""
    found: list[dict[str, Any]] = conversation(app).get("turns", [])
    return found


def conversation(app: AppTest) -> dict[str, Any]:
    """The conversation as the browser gets it, {} where none is drawn."""
    assert not app.exception
    drawn = [node for node in app.main if type(node).__name__ == "UnknownElement"]
    return dict(json.loads(drawn[0].proto.json)) if drawn else {}


# --------------------------------------------------------------------------- a real browser


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the session. Where there is none the tests are skipped, but never in CI."""
    if driving.chromium() is None:
        if os.environ.get("CI"):
            pytest.fail("there is no Chromium; install the package 'chromium'")
        pytest.skip("there is no Chromium to drive; install the package 'chromium'")
    with driving.running_browser() as browser:
        yield browser


@pytest.fixture(scope="session")
def address(data_with_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """One server for the session."""
    log = tmp_path_factory.mktemp("page") / "server.log"
    with driving.page_server(data_with_index, log) as url:
        yield url
    written = log.read_text(encoding="utf-8", errors="replace")
    assert "Traceback" not in written, written
    assert "pneumonia" not in written.lower(), "the server's log holds words of a question"


@pytest.fixture
def outside() -> list[str]:
    """The addresses outside this machine that the page asked for."""
    return []


@pytest.fixture
def page(chromium: Browser, address: str, outside: list[str]) -> Iterator[Page]:
    """A fresh session on a laptop's window, once search is ready; errors in the browser's console fail the test."""
    context = chromium.new_context(viewport={"width": 1366, "height": 820}, reduced_motion="reduce")
    shown = context.new_page()
    errors: list[str] = []
    shown.on("pageerror", lambda error: errors.append(str(error)))
    shown.on(
        "request",
        lambda request: (
            outside.append(request.url) if not request.url.startswith((address, address.replace("http", "ws"), "data:", "blob:")) else None
        ),
    )
    shown.goto(address)
    driving.settled(shown)
    yield shown
    context.close()
    assert not errors
