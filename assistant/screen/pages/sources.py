"""The sources: what the answers rest on, and how far each may be trusted."""

from __future__ import annotations

import streamlit as st

from assistant.knowledge import knowledge


def draw() -> None:
    """Draw the page."""
    head = knowledge().head
    st.markdown(f"# Sources\n\n**{head.publisher}: {head.title}**\n\n{head.review_status}. {head.updated_words}. {head.purpose}.")
