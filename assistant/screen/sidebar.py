"""The sidebar: the conversations that are kept, and what can be done with the one that is open."""

from __future__ import annotations

from functools import partial

import streamlit as st

from assistant.errors import StoreError
from assistant.screen import exports, session, shared
from assistant.storage import Found, Store

SHOWN = 8  # conversations listed at once, each of which is drawn anew at every run; the search finds the others


def draw() -> None:
    """Draw the sidebar."""
    with st.sidebar:
        st.button("New conversation", key=session.NEW[1], icon=":material/add:", width="stretch", on_click=session.begin_anew)
        if session.store() is not None:
            _list()
            if session.conversation().entries:
                _open()
        _keeping()


def _list() -> None:
    words = st.text_input("Search conversations", key="search", placeholder="Search conversations", label_visibility="collapsed", icon=":material/search:")
    try:
        found = _found(words or "")
    except StoreError as fault:
        st.caption(str(fault))
        return
    with st.container(key="conversations", gap=None):
        for one in found[:SHOWN]:
            here = one.id == session.conversation().id
            st.button(
                one.title,
                key=f"open-{one.id}",
                type="secondary" if here else "tertiary",
                width="stretch",
                on_click=session.open_kept,
                args=(one.id,),
            )
    if not found:
        st.caption("Nothing found." if words else "No conversation is kept yet.")
    if len(found) > SHOWN:
        st.caption(f"{len(found) - SHOWN} more; search for them.")


def _found(words: str) -> list[Found]:
    kept = session.store()
    return kept.search(words) if kept else []


def _open() -> None:
    """Rename and delete, for the conversation that is open."""
    held = session.conversation()
    with st.container(horizontal=True, key="open"):
        with st.popover("Rename", type="tertiary", icon=":material/edit:"):
            st.text_input("Name of this conversation", value=held.title, key=f"name-{held.id}", max_chars=120, on_change=_renamed, args=(held.id,))
        with st.popover("Delete", type="tertiary", icon=":material/delete:"):
            st.markdown("Delete this conversation and all that was said of it? It cannot be brought back.")
            st.button("Delete it", key="delete", type="primary", on_click=session.delete)


def _renamed(name: str) -> None:
    session.rename(str(st.session_state[f"name-{name}"]))


def _keeping() -> None:
    """What is kept, and where; and the feedback of all conversations as a question set."""
    kept = shared.keeping()
    if kept.store is None:
        st.caption(kept.fault or "Nothing is kept: a reload, or closing the page, forgets the conversation.")
        return
    st.toggle("Keep nothing from now on", key="keep-nothing", on_change=lambda: session.keeps_nothing(bool(st.session_state["keep-nothing"])))
    if session.store() is None:
        st.caption("From now on nothing of this session is kept. What was kept before stays until you delete it.")
    else:
        place = "on this machine" if kept.here else "in the database that the operator of this page has named"
        st.caption(f"Conversations are kept {place}. Whoever can open this page can read them: leave out names.")
        st.download_button("Feedback as a question set", data=partial(_feedback, kept.store), file_name="feedback.jsonl", mime="application/jsonl", type="tertiary", icon=":material/download:", on_click="ignore")


def _feedback(store: Store) -> str:
    return exports.question_set(store.feedback())
