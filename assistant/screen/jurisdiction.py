"""The switch of the page: whose product label counts. It changes what is shown beside a decision, never the decision."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from assistant import settings as environment
from assistant.errors import SettingsError

KEY = "jurisdiction"
_BOTH = "US and EU"
_CHOICES = {_BOTH: "", "US": "US", "EU": "EU", "Swiss": "CH", "Canada": "CA"}


def chosen() -> str:
    """The code of the jurisdiction that is chosen on the page, or by the setting; "" for the US and the EU side by side."""
    return _CHOICES[st.session_state[KEY]] if st.session_state.get(KEY) in _CHOICES else _by_setting()


def switch(changed: Callable[[], None]) -> None:
    """Draw the switch; `changed` is called before the next run when another one was chosen."""
    if KEY not in st.session_state:
        st.session_state[KEY] = next(name for name, code in _CHOICES.items() if code == _by_setting())
    st.selectbox(
        "Product label",
        list(_CHOICES),
        key=KEY,
        on_change=changed,
        width=150,
        label_visibility="collapsed",
        help="Whose product label stands beside the article. The decision is the article's whatever is chosen.",
    )


def _by_setting() -> str:
    try:
        return environment.read().jurisdiction
    except SettingsError:  # told at the start; the page works without
        return ""
