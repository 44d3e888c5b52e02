"""The page that asks and answers: what stands where, in the order of the screen. All it keeps is one conversation."""

from __future__ import annotations

from functools import partial

import streamlit as st

from assistant.knowledge import knowledge
from assistant.screen import component, exports, jurisdiction, session, shared, sidebar
from assistant.screen.engine import Engine
from assistant.screen.view import view
from assistant.screen.words import words

POLL = 2.0  # seconds between two looks at the start's progress: each is a run, which takes its time from the start


def draw() -> None:
    """Draw the page: the card is sent first, then kept, and what stands around it comes after."""
    engine = shared.engine()
    held = session.conversation()
    top, failed = st.container(key="top", horizontal=True, vertical_alignment="center"), st.container()
    # Drawn without a question too, where it shows nothing: the first card then waits for no script.
    data = view(held, waiting=_waiting(engine), models=engine.models, drawn=session.drawn())
    component.draw({**data, "writing": session.writing(), "receipt": session.receipt(), "kept": session.store() is not None}, session.acted)
    session.pending().flush()
    with top:
        _top(engine)
    with failed:
        _failed(engine)
    sidebar.draw()
    if not held.entries:
        _welcome()
    _bottom(engine)
    session.show_address()
    if held.unsettled is not None and not engine.progress.running:
        session.complete()
        st.rerun()
    if held.entries and engine.progress.ready:
        shared.settled()


def _top(engine: Engine) -> None:
    held = session.conversation()
    readers = words().readers
    st.selectbox(
        "Who reads",
        list(readers),
        index=list(readers).index(held.reader) if held.reader in readers else 0,
        format_func=lambda name: f"For: {readers[name].name}",
        key=f"reader-{held.id}",
        label_visibility="collapsed",
        width=215,
        on_change=lambda: session.read_by(str(st.session_state[f"reader-{held.id}"])),
    )
    jurisdiction.switch(session.other_label)
    _starting(engine)
    if held.entries:
        with st.popover("Export", icon=":material/ios_share:", key="export"):
            _exports()
        st.button("New question", key=session.NEW[0], icon=":material/add:", on_click=session.begin_anew)


def _exports() -> None:
    """The whole conversation as a file, made when it is asked for; each answer has its own chart note and can be printed."""
    held = session.conversation()
    st.caption("The whole conversation, with its sources")
    st.download_button("Markdown", data=partial(exports.markdown, held), file_name="holdfast.md", mime="text/markdown", icon=":material/article:", width="stretch", on_click="ignore")
    st.download_button("JSON", data=partial(exports.as_json, held), file_name="holdfast.json", mime="application/json", icon=":material/data_object:", width="stretch", on_click="ignore")


def _privacy(engine: Engine) -> str:
    if session.store() is None or shared.keeping().here:
        return engine.brief
    kept = "Conversations are kept in the operator's database."
    return f"{engine.brief} {kept}" if engine.model else f"No model is used. {kept}"


def _welcome() -> None:
    with st.container(key="welcome"):
        st.markdown("## Hold or resume pomalidomide?")
        st.markdown(
            "Describe the patient as you would to a colleague. The decision comes from rules drawn from one article, and every statement opens at its source."
        )
        for number, example in enumerate(words().examples):
            st.button(f"**{example.title}.** {example.text}", key=f"example-{number}", width="stretch", on_click=session.ask, args=(example.text,))


def _bottom(engine: Engine) -> None:
    head = knowledge().head
    with st.bottom:
        st.chat_input("Describe the case, or ask a fact", key=session.TYPED, on_submit=session.typed)
        with st.container(key="notice", horizontal=True, vertical_alignment="center"):
            st.caption(
                f"**{head.review_status}.** {head.updated_words}. For healthcare professionals; does not replace clinical judgment. {_privacy(engine)}",
                width="stretch",
            )
            with st.popover("Disclaimer", type="tertiary"):
                st.markdown(f"**{head.publisher}: {head.title}**\n\n{head.review_status}. {head.updated_words}. {head.purpose}.\n\n{head.disclaimer}")


def _waiting(engine: Engine) -> str:
    if engine.progress.running:
        return "These are the rules' own words. Search is still starting."
    if not engine.model or not session.explained():
        return "Searching."
    return f"These are the rules' own words. {engine.model} is writing; its text is checked before it is shown."


def _starting(engine: Engine) -> None:
    """How far the start is while it runs; then what a model is given, at length."""
    if engine.progress.running:
        with st.container(key="starting", width=360):
            st.fragment(_progress, run_every=POLL)(engine)
    elif engine.model:
        st.caption(engine.disclosure, width="stretch")


def _progress(engine: Engine) -> None:
    progress = engine.progress
    if progress.running:
        st.progress(progress.share, text=f"{progress.message}. You can ask now.")
    else:
        st.rerun()


def _failed(engine: Engine) -> None:
    """What failed: the store, or the start, with a way to try again."""
    if session.unkept():
        st.warning(session.unkept(), icon=":material/database_off:")
    if engine.progress.fault:
        st.warning(
            f"Search is not available. {engine.progress.fault} Decisions and answers come from the rules and stand without it.",
            icon=":material/search_off:",
        )
        st.button("Try to start it again", key="restart", on_click=engine.start)
