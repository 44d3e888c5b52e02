"""One reader's session: the conversation that is open, and what can be done with it. All state of the page is here."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from assistant import contract
from assistant.errors import StoreError
from assistant.screen import component, corrected, jurisdiction, keeping, shared, voice
from assistant.screen.conversation import Conversation
from assistant.screen.engine import by_hand
from assistant.screen.pending import Pending
from assistant.screen.view import Drawn
from assistant.screen.writing import Writing
from assistant.storage import Feedback, Store

Json = dict[str, Any]

PAUSE = 2.0  # seconds after which the page looks again at a model that has said nothing new
_WRITING, _SO_FAR, _RECEIPT, _SAVED = "writing", "written_so_far", "receipt", "receipts_saved"
NEW, TYPED = ("new", "new-aside"), "question"  # the buttons that begin a new conversation, and the box that is typed into
_OPEN, _TO_KEEP, _OFF, _DRAWN, ADDRESS = "conversation", "to_keep", "keep_nothing", "drawn", "c"


def store() -> Store | None:
    """Where this session keeps its conversations, None where it keeps nothing."""
    return None if st.session_state.get(_OFF) else shared.keeping().store


def unkept() -> str:
    """Why the last change could not be kept, "" where it could."""
    return pending().fault or shared.keeping().fault


def pending() -> Pending:
    """What of this session is still to be kept."""
    if _TO_KEEP not in st.session_state:
        st.session_state[_TO_KEEP] = Pending()
    found: Pending = st.session_state[_TO_KEEP]
    return found


def keeps_nothing(on: bool) -> None:
    """Keep nothing from now on, or keep again."""
    st.session_state[_OFF] = on


def conversation() -> Conversation:
    """The conversation that is open; after a reload the one that the page's address names."""
    if _OPEN not in st.session_state:
        st.session_state[_OPEN] = _held(str(st.query_params.get(ADDRESS, ""))) or Conversation()
    held: Conversation = st.session_state[_OPEN]
    return held


def _held(name: str) -> Conversation | None:
    kept = store()
    if kept is None or not name:
        return None
    try:
        held = kept.get(name)
        found = keeping.restore(kept, held) if held else None
    except StoreError as fault:
        pending().fault = str(fault)
        return None
    return _answered(found) if found else None


def _answered(found: Conversation) -> Conversation:
    """With an answer for every question whose kept answer can no longer be read."""
    for number, entry in enumerate(found.entries):
        if entry.answer is None and not entry.fault:
            anew = replace(shared.engine().first(found.until(number)), settled=True)
            found = replace(found, entries=(*found.entries[:number], anew, *found.entries[number + 1 :]))
    return found


def drawn() -> Drawn:
    """The turns of the open conversation as they were last made for the browser."""
    name, made = st.session_state.get(_DRAWN, ("", {}))
    if name != conversation().id:
        made = {}
        st.session_state[_DRAWN] = (conversation().id, made)
    found: Drawn = made
    return found


def show_address() -> None:
    """Let the page's address name the conversation, so that a reload finds it again."""
    kept = conversation().id if store() is not None and conversation().entries else ""
    if str(st.query_params.get(ADDRESS, "")) != kept:
        if kept:
            st.query_params[ADDRESS] = kept
        else:
            del st.query_params[ADDRESS]


def put(changed: Conversation, keep: Callable[[Store, Conversation], None] = keeping.keep) -> None:
    """Make it the open conversation, to be kept in this run, once its card has been sent."""
    st.session_state[_OPEN] = changed
    kept = store()
    if kept is not None:
        pending().add(partial(keep, kept, changed))


# --------------------------------------------------------------------------- the life of a conversation


def start_over() -> None:
    """Begin a new conversation, for the same reader."""
    st.session_state[_OPEN] = Conversation(reader=conversation().reader)


def begin_anew() -> None:
    """A button for a new conversation was pressed; where a question was typed in the same moment, that question begins it."""
    if not st.session_state.get(TYPED):
        start_over()


def open_kept(name: str) -> None:
    """Open a conversation that was kept."""
    found = _held(name)
    if found is not None:
        st.session_state[_OPEN] = found


def rename(name: str) -> None:
    """Give the open conversation a name."""
    put(replace(conversation(), name=" ".join(name.split())[:120]), keeping.note)


def delete() -> None:
    """Delete the open conversation, for good."""
    kept = store()
    if kept is not None:
        try:
            kept.drop(conversation().id)
        except StoreError as fault:
            pending().fault = str(fault)
            return
    start_over()


def read_by(reader: str) -> None:
    """Say who reads; the decisions stay as they are."""
    put(replace(conversation(), reader=reader), keeping.note)


# --------------------------------------------------------------------------- questions and answers


def typed() -> None:
    """A question was typed.

    While a run is busy, what is pressed and what is typed meanwhile reach the next run together, in no order that can be relied on. The question then
    belongs to the new conversation: it is neither answered with the last patient's facts nor lost.
    """
    if any(st.session_state.get(button) for button in NEW):
        start_over()
    ask(str(st.session_state[TYPED] or ""))


def ask(text: str, given: list[tuple[str, str]] | None = None) -> None:
    """Ask, and answer at once."""
    if text.strip():
        held = conversation()
        _answer(replace(held, id=held.id or uuid.uuid4().hex, jurisdiction=jurisdiction.chosen()).asked(text, by_hand(given or [])))


def _answer(asked: Conversation) -> None:
    put(asked.with_last(shared.engine().first(asked)))


def other_label() -> None:
    """Another product label was chosen: the last answer is given anew beside it."""
    again = replace(conversation(), jurisdiction=jurisdiction.chosen())
    if again.entries:
        _answer(again)


def complete() -> None:
    """Complete the last answer with search, or take what a model has written of it so far; to be called until it is settled."""
    held, engine = conversation(), shared.engine()
    if not engine.explains(held.entries[-1]):
        put(held.with_last(engine.second(held)))
        return
    work = st.session_state.get(_WRITING)
    if not isinstance(work, Writing) or not work.belongs_to(held):
        work = st.session_state[_WRITING] = Writing(engine, held)
        st.session_state[_SO_FAR] = ""
    st.session_state[_SO_FAR], entry = work.wait(st.session_state[_SO_FAR], PAUSE)
    if entry is not None:
        del st.session_state[_WRITING]
        put(held.with_last(entry))


def writing() -> Json | None:
    """The checked sentences of the last answer while a model is writing it; none where the reader is told the rules' own plain words."""
    work, held = st.session_state.get(_WRITING), conversation()
    if not isinstance(work, Writing) or held.unsettled is None or not work.belongs_to(held) or not explained():
        return None
    return {"turn": held.unsettled, "text": st.session_state[_SO_FAR], "by": shared.engine().explains(held.entries[-1])}


def explained() -> bool:
    """Whether a model's words are shown of the last answer."""
    held = conversation()
    answer = held.entries[-1].answer if held.entries else None
    return answer is None or voice.explained(answer, held.reader)


def receipt() -> Json | None:
    """The receipt that was asked for last, until something else is done."""
    found: Json | None = st.session_state.get(_RECEIPT)
    return found


def _save(number: int) -> None:
    answer = conversation().entries[number].answer
    if answer is not None:
        st.session_state[_SAVED] = st.session_state.get(_SAVED, 0) + 1
        st.session_state[_RECEIPT] = corrected.receipt(answer, st.session_state[_SAVED])


def _edit(number: int, text: str) -> None:
    if text.strip() and 0 <= number < len(conversation().entries):
        _answer(conversation().edited(number, text))


def _again(model: str) -> None:
    """Have the last answer explained anew, by another model or by none."""
    held = conversation()
    st.session_state[_OPEN] = held.with_last(replace(held.entries[-1], model=model, settled=False))


def _tick(number: int, item: str, on: bool) -> None:
    put(conversation().ticking(number, item, on), keeping.note)


def _say(number: int, verdict: str, comment: str, expected: str) -> None:
    held = conversation()
    answer = held.entries[number].answer
    if answer is None or verdict not in ("right", "wrong", "unsafe"):
        return
    asked = {"turns": list(answer.turns), "corrections": dict(answer.corrections), "jurisdiction": answer.jurisdiction}
    receipt = {**asked, "edition": keeping.edition(), **contract.answer_record(f"{held.id}-{number}", answer)}
    said = Feedback(conversation=held.id, number=number, verdict=verdict, comment=comment.strip(), expected=expected, receipt=json.dumps(receipt, ensure_ascii=False))
    put(held.saying(said), lambda kept, _: kept.say(said))


def acted() -> None:
    """Do what was pressed inside the conversation."""
    act = component.pressed()
    number = int(act.get("number", -1))
    st.session_state[_RECEIPT] = None
    match act.get("do"):
        case "say":
            ask(str(act["text"]), _pairs(act))
        case "edit":
            _edit(number, str(act["text"]))
        case "again":
            _again(str(act["model"]))
        case "tick":
            _tick(number, str(act["item"]), bool(act["on"]))
        case "receipt" if 0 <= number < len(conversation().entries):
            _save(number)
        case "feedback" if 0 <= number < len(conversation().entries):
            _say(number, str(act["verdict"]), str(act["comment"]), str(act["expected"]))


def _pairs(act: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(str(name), str(value)) for name, value in act.get("set", [])]
