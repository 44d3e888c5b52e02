"""What Holdfast is for and what not, what goes in, how it decides, its limits, and how well it was measured to read."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from assistant.knowledge import knowledge
from assistant.screen import keeping, lastrun
from assistant.settings import ROOT

TEXT = Path(__file__).with_name("about.md")
_MEASURED = "## How well it reads"


def draw() -> None:
    """Draw the page."""
    head = knowledge().head
    with st.container(key="about"):
        st.markdown("# About Holdfast")
        st.markdown(TEXT.read_text(encoding="utf-8"))
        st.markdown(measured())
        run = lastrun.last(holding=lastrun.CORE)
        if run is not None:
            st.caption(lastrun.conformance(run))
        st.markdown(f"## The article's own words\n\n**{head.review_status}.** {head.updated_words}. {head.purpose}. {head.disclaimer}")
        st.caption(f"Edition of rules and sources: {keeping.edition()}.")


def measured() -> str:
    """What was measured, with its date: the part of the README that says it, so that there is one place to keep true."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    _, found, after = readme.partition(_MEASURED)
    return found + after.partition("\n## ")[0] if found else ""
