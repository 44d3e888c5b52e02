"""The one custom component of the page: it draws the conversation and its citation panel in the browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import streamlit as st

KEY = "conversation_view"
ASSETS = Path(__file__).with_name("assets")
_SCRIPTS = ("dom.js", "notes.js", "turn.js", "course.js", "why.js", "draft.js", "deeds.js", "panel.js", "main.js")
_STYLES = ("base.css", "card.css", "course.css", "why.css", "deeds.css", "draft.css", "panel.css", "notes.css", "print.css")
_HTML = """
<div class="hf">
  <div class="frame">
    <div class="talk"></div>
    <aside class="rail" aria-label="Sources"><div class="panel"></div></aside>
  </div>
  <dialog class="sheet" aria-label="Sources"></dialog>
  <div class="live" role="status" aria-live="polite"></div>
</div>
"""


@cache
def asset(name: str) -> str:
    """A file of the page's style or script, read once."""
    return (ASSETS / name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _component() -> Callable[..., Any]:
    """Registered once in a process; the parts are joined into one script, so that nothing is fetched in turn."""
    script = "\n".join(asset(name) for name in _SCRIPTS)
    style = "\n".join(asset(name) for name in _STYLES)
    made: Callable[..., Any] = st.components.v2.component("holdfast_conversation", html=_HTML, css=style, js=script)
    return made


def draw(data: Mapping[str, Any], acted: Callable[[], None]) -> None:
    """Draw the conversation; `acted` is called before the next run when something was pressed in it."""
    _component()(key=KEY, data=data, on_act_change=acted)


def pressed() -> Mapping[str, Any]:
    """What was pressed: `do` names it; empty where nothing was."""
    act = getattr(st.session_state.get(KEY), "act", None)
    return act if isinstance(act, Mapping) else {}
