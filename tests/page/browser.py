"""The real page on a free port, and a Chromium to drive it: for the browser tests and for the screenshots."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, Locator, Page, expect, sync_playwright

from tests.support import ROOT, without_settings

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
START = 60  # seconds that a server may take to answer
PATIENCE = 30_000  # milliseconds that a test waits for something on the page; generous, since machines differ
TELLING = 200  # characters that tell one question from another

expect.set_options(timeout=PATIENCE)


def chromium() -> str | None:
    """Where Chromium is, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def page_server(data: Path, log: Path, environ: Mapping[str, str] | None = None, script: str = "app.py") -> Iterator[str]:
    """The page (or a script that draws it), served as `make run` serves it; yields its address. What it logs goes to `log`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    with log.open("wb") as out:
        server = subprocess.Popen(
            command, cwd=ROOT, env={**without_settings(), "HOLDFAST_DATA": str(data), **(environ or {})}, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            _wait(f"http://127.0.0.1:{port}", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait(address: str, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end and server.poll() is None:
        try:
            with urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise AssertionError("the page's server did not start")


@contextmanager
def running_browser() -> Iterator[Browser]:
    """Chromium, headless."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=list(FLAGS))
        yield browser
        browser.close()


def idle(page: Page) -> None:
    """Wait until the app's script is done and what it sent is drawn. It says nothing of a press whose run has not begun."""
    page.locator('[data-test-script-state="notRunning"]').wait_for(timeout=PATIENCE)
    page.evaluate("async () => { await document.fonts.ready; for (let n = 0; n < 2; n += 1) await new Promise(requestAnimationFrame); }")


def settled(page: Page) -> None:
    """Wait until search has started, so that answers are whole."""
    page.locator(".st-key-notice").wait_for(timeout=120_000)
    page.locator(".st-key-starting").wait_for(state="detached", timeout=120_000)
    idle(page)


def begin_anew(page: Page) -> None:
    """Begin a new conversation, and wait until nothing of the last one stands on the page."""
    page.get_by_role("button", name="New question").click()
    expect(page.locator(".hf .turn")).to_have_count(0)


def ask(page: Page, question: str) -> Locator:
    """Ask, and wait for the card of the answer, which is returned as its turn.

    The turn is known by its words: turns are not counted, since those of a conversation that is being left may still be drawn. So a question is asked
    only once in a conversation.
    """
    mine = page.locator(".hf .turn").filter(has=page.locator(".asked", has_text=question[:TELLING]))
    expect(mine).to_have_count(0)
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")
    expect(mine).to_have_count(1)
    mine.locator(".card, .fault").first.wait_for(timeout=PATIENCE)
    return page.locator(f'.hf .turn[data-turn="{mine.get_attribute("data-turn")}"]')
