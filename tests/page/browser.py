"""The real page on a free port, and a Chromium to drive it: for the browser tests and for the screenshots."""

from __future__ import annotations

import os
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

from playwright.sync_api import Browser, Locator, Page, sync_playwright

from tests.support import ROOT

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


def chromium() -> str | None:
    """Where Chromium is, None where there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def page_server(data: Path, log: Path, environ: Mapping[str, str] | None = None, script: str = "app.py") -> Iterator[str]:
    """The page (or a script that draws it), served as `make run` serves it; yields its address. What it logs goes to `log`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    outside = {name: value for name, value in os.environ.items() if not name.startswith("HOLDFAST_")}
    command = [sys.executable, "-m", "streamlit", "run", script, "--server.port", str(port)]
    with log.open("wb") as out:
        server = subprocess.Popen(
            command, cwd=ROOT, env={**outside, "HOLDFAST_DATA": str(data), **(environ or {})}, stdout=out, stderr=subprocess.STDOUT
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


def settled(page: Page) -> None:
    """Wait until search has started, so that answers are whole."""
    page.locator(".st-key-notice").wait_for(timeout=120_000)
    page.locator(".st-key-starting").wait_for(state="detached", timeout=120_000)
    page.locator('[data-test-script-state="notRunning"]').wait_for(timeout=PATIENCE)


def ask(page: Page, question: str) -> Locator:
    """Ask, and wait for the card of the answer, which is returned as its turn."""
    before = page.locator(".hf .turn").count()
    box = page.get_by_test_id("stChatInputTextArea")
    box.fill(question)
    box.press("Enter")
    turn = page.locator(".hf .turn").nth(before)
    turn.locator(".card, .fault").first.wait_for(timeout=PATIENCE)
    return turn
