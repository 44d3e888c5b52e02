"""The app: its frame, and which of its pages is shown."""

from __future__ import annotations

import streamlit as st

from assistant.errors import HoldfastError
from assistant.knowledge import knowledge
from assistant.screen import ask, component, session
from assistant.screen.pages import PAGES
from assistant.screen.words import words


def draw() -> None:
    """Draw the app; called anew at every run. What was changed is kept however the run ends."""
    pending = session.pending()
    try:
        _draw()
    finally:
        pending.flush()


def _draw() -> None:
    st.set_page_config(
        page_title="Holdfast: pomalidomide and infection",
        page_icon=str(component.ASSETS / "icon.png"),
        layout="wide",
        initial_sidebar_state="collapsed",
    )
    st.html(f"<style>{component.asset('page.css')}</style>")
    try:
        knowledge(), words()
    except HoldfastError as fault:
        st.error(f"Holdfast cannot start. {fault}", icon=":material/error:")
        return
    beside = [st.Page(page.draw, title=page.title, url_path=page.url_path) for page in PAGES]
    st.navigation([st.Page(ask.draw, title="Ask", default=True), *beside], position="top").run()
