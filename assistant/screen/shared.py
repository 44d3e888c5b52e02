"""What all sessions of the process share: the engine, and the store of conversations. Neither holds anything of a session."""

from __future__ import annotations

import gc
from dataclasses import dataclass

import streamlit as st

from assistant import settings as environment
from assistant.errors import HoldfastError
from assistant.screen.engine import Engine, build_from_settings
from assistant.storage import Store, open_store


@dataclass(frozen=True, slots=True)
class Keeping:
    """The store, None where nothing is to be kept or where it cannot be opened; then `fault` says why. `here` is whether it lies on this machine."""

    store: Store | None
    fault: str = ""
    here: bool = True


@st.cache_resource(show_spinner=False)
def engine() -> Engine:
    """The one engine; it begins to load as soon as the first page is asked for, and no page waits for it."""
    made = Engine(build_from_settings)
    made.start()
    return made


@st.cache_resource(show_spinner=False)
def keeping() -> Keeping:
    """The one store that the settings name."""
    try:
        url = environment.read().database
        return Keeping(open_store(url) if url else None, here=not url or url.startswith("sqlite"))
    except HoldfastError as fault:
        return Keeping(None, str(fault))


@st.cache_resource(show_spinner=False)
def settled() -> bool:
    """Once, after the first whole answer: what has been loaded by then never becomes garbage, and is not looked through again."""
    gc.collect()
    gc.freeze()
    return True
