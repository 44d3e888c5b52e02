"""What Holdfast is for, and what it is not for."""

from __future__ import annotations

import streamlit as st

from assistant.knowledge import knowledge


def draw() -> None:
    """Draw the page."""
    head = knowledge().head
    st.markdown(f"# About\n\n{head.disclaimer}")
