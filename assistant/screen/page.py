"""The page: what stands where, in the order of the screen. Called anew at every run; all it keeps is one conversation."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from assistant.errors import HoldfastError
from assistant.knowledge import knowledge
from assistant.screen import component, jurisdiction
from assistant.screen.conversation import Conversation
from assistant.screen.engine import Engine, build_from_settings, by_hand
from assistant.screen.view import view
from assistant.screen.words import words

# Seconds between two looks at the start's progress. Streamlit collects garbage after every run, over all that is
# loaded so far: looking every 0.4 s made the start take 75 s instead of 15.
POLL = 2.0


def draw() -> None:
    """Draw the page."""
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
    engine = shared_engine()
    st.session_state.setdefault("conversation", Conversation())
    _top(engine)
    _failed(engine)
    if _conversation().entries:
        component.draw(view(_conversation(), waiting=_waiting(engine)), _pressed)
    else:
        _welcome()
    _bottom()
    _complete(engine)


@st.cache_resource(show_spinner=False)
def shared_engine() -> Engine:
    """The one engine of the process; it begins to load as soon as the first page is asked for, and no page waits for it."""
    engine = Engine(build_from_settings)
    engine.start()
    return engine


def _conversation() -> Conversation:
    held: Conversation = st.session_state["conversation"]
    return held


def _top(engine: Engine) -> None:
    with st.container(key="top", horizontal=True, vertical_alignment="center"):
        st.markdown("# Holdfast", width="stretch")
        _starting(engine)
        jurisdiction.switch(_other_label)
        if _conversation().entries:
            st.button("New question", key="new", icon=":material/add:", on_click=_start_over)


def _privacy(engine: Engine) -> str:
    if not engine.model:
        return "No model is used. Nothing leaves this machine."
    sent = "the question and what was read from it" if engine.sends_question else "what was read from the question, not its words"
    return f"Explained by {engine.model}. It is sent {sent}."


def _welcome() -> None:
    with st.container(key="welcome"):
        st.markdown("## Hold or resume pomalidomide?")
        st.markdown(
            "Describe the patient as you would to a colleague. The decision comes from rules drawn from one article, and every statement opens at its source."
        )
        for number, example in enumerate(words().examples):
            st.button(f"**{example.title}.** {example.text}", key=f"example-{number}", width="stretch", on_click=_ask, args=(example.text,))


def _bottom() -> None:
    head = knowledge().head
    with st.bottom:
        st.chat_input("Describe the case, or ask a fact", key="question", on_submit=_typed)
        with st.container(key="notice", horizontal=True, vertical_alignment="center"):
            st.caption(
                f"**{head.review_status}.** {head.updated_words}. For healthcare professionals; does not replace clinical judgment.", width="stretch"
            )
            with st.popover("Disclaimer", type="tertiary"):
                st.markdown(f"**{head.publisher}: {head.title}**\n\n{head.review_status}. {head.updated_words}. {head.purpose}.\n\n{head.disclaimer}")


def _waiting(engine: Engine) -> str:
    if engine.progress.running:
        return "These are the rules' own words. Search is still starting."
    return f"These are the rules' own words. {engine.model} is writing; its text is checked before it is shown." if engine.model else "Searching."


def _starting(engine: Engine) -> None:
    """How far the start is while it runs; then what leaves the machine."""
    if engine.progress.running:
        with st.container(key="starting", width=360):
            st.fragment(_progress, run_every=POLL)(engine)
    else:
        st.caption(_privacy(engine), width="content")


def _progress(engine: Engine) -> None:
    progress = engine.progress
    if progress.running:
        st.progress(progress.share, text=f"{progress.message}. You can ask now.")
    else:
        st.rerun()


def _failed(engine: Engine) -> None:
    """What failed at the start, and a way to try again."""
    if engine.progress.fault:
        st.warning(
            f"Search is not available. {engine.progress.fault} Decisions and answers come from the rules and stand without it.",
            icon=":material/search_off:",
        )
        st.button("Try to start it again", key="restart", on_click=engine.start)


def _complete(engine: Engine) -> None:
    """Complete the last answer, when all that it needs is there; the page shows the rules' answer meanwhile."""
    if _conversation().unsettled is not None and not engine.progress.running:
        st.session_state["conversation"] = _conversation().with_last(engine.second(_conversation()))
        st.rerun()


def _ask(text: str, given: list[tuple[str, str]] | None = None) -> None:
    if text.strip():
        asked = replace(_conversation(), jurisdiction=jurisdiction.chosen()).asked(text, by_hand(given or []))
        st.session_state["conversation"] = asked.with_last(shared_engine().first(asked))


def _other_label() -> None:
    """Another product label was chosen: the last answer is given anew beside it."""
    again = replace(_conversation(), jurisdiction=jurisdiction.chosen())
    st.session_state["conversation"] = again.with_last(shared_engine().first(again)) if again.entries else again


def _typed() -> None:
    _ask(str(st.session_state["question"] or ""))


def _pressed() -> None:
    _ask(*component.pressed())


def _start_over() -> None:
    st.session_state["conversation"] = Conversation()
