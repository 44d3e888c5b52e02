"""Settings to a running assistant: the one place that makes a model, an encoder and an index.

Each is made when it is first needed, so that a decision or a check costs no import of torch.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Sequence
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from assistant import encoder, examples, index
from assistant import settings as environment
from assistant.errors import SettingsError
from assistant.index import Stamp, Tell
from assistant.knowledge import knowledge
from assistant.memory import nothing_collected
from assistant.pipeline import Assistant
from assistant.records import Case, ClaimsRead, Decision, Draft, Hit, Passage
from assistant.settings import Settings

if TYPE_CHECKING:
    from langchain_core.embeddings import Embeddings
    from langchain_core.language_models import BaseChatModel

    from assistant.asking import Asker
    from assistant.collection import Place
    from assistant.drafting import Drafter
    from assistant.library.found import FollowingSearch
    from assistant.model_reader import ModelReader
    from assistant.nearest import NearestStore
    from assistant.retrieval import Retriever

_EXTRAS = {"openai": "langchain-openai", "anthropic": "langchain-anthropic", "ollama": "langchain-ollama"}


def _silent(message: str, share: float) -> None:
    """Tell nobody."""


def build_assistant(settings: Settings | None = None, tell: Tell = _silent, load: Callable[[str], Embeddings] | None = None) -> Assistant:
    """The assistant that the settings describe. Returns at once: index, encoder and model are loaded by the first question.

    `tell` hears of long work; `load` makes the encoder in place of `encoder.load`.

    Raises:
        SettingsError: a setting cannot be used.
    """
    environment.switch_off_telemetry()
    settings = settings or environment.read()
    return Assistant(
        retriever=LazyRetriever(settings, tell, load),
        drafter=LazyDrafter(settings) if settings.model else None,
        reader=LazyReader(settings) if settings.model_reads else None,
        jurisdiction=settings.jurisdiction,
    )


def passages() -> tuple[Passage, ...]:
    """All that can be found, in the order of the sources."""
    return tuple(knowledge().passages.values())


def indexed() -> tuple[Passage, ...]:
    """All rows of the index: the passages, and the example questions that lead to them."""
    return (*passages(), *examples.rows())


def wanted_stamp(settings: Settings) -> Stamp:
    """What the index must have been built from."""
    return index.stamp(indexed(), settings.encoder, encoder.fingerprint(settings.encoder))


def place_of_added(settings: Settings) -> Place:
    """Where the search over the added sources lies."""
    from assistant.collection import Place

    home = settings.data / "added"
    # On a server that several share, each shelf has collections of its own.
    return Place(home / ".search", settings.chroma, f"holdfast-{hashlib.sha256(str(home).encode()).hexdigest()[:12]}-" if settings.chroma else "")


def ready_store(settings: Settings, embeddings: Embeddings, tell: Tell) -> NearestStore:
    """The knowledge's index, opened, where the settings say that it lies; built first where that is needed.

    Raises:
        IndexUnusable: it cannot be built or read.
    """
    if settings.chroma:
        from assistant import served

        return served.ready(settings.chroma, indexed(), wanted_stamp(settings), embeddings, tell)
    return index.ready(settings.data, indexed(), wanted_stamp(settings), embeddings, tell)


class LazyRetriever:
    """Opens the index (builds it where that is needed) when the first question comes."""

    def __init__(self, settings: Settings, tell: Tell, load: Callable[[str], Embeddings] | None) -> None:
        self._settings = settings
        self._tell = tell
        self._load = load
        self._lock = threading.Lock()  # the page's sessions share one assistant, and must not load it twice

    def search(self, question: str, decision: Decision) -> tuple[Hit, ...]:
        """See `Retriever.search`; the first call takes seconds."""
        return self.ready().search(question, decision)

    def ready(self) -> Retriever:
        """The retriever, loaded; called ahead of the first question it spares that one the wait."""
        with self._lock:
            return self._made

    @cached_property
    def _made(self) -> Retriever:
        with nothing_collected():
            return self._load_all()

    def _load_all(self) -> Retriever:
        name = self._settings.encoder
        loaded = partial(self._load, name) if self._load else encoder.begun(name, self._settings.data)
        from langchain_chroma import Chroma  # noqa: F401  a second of imports, while the encoder loads

        from assistant.retrieval import Retriever

        embeddings = loaded()
        store = ready_store(self._settings, embeddings, self._tell)
        return Retriever(store, embeddings, passages(), examples.answered(), added=self.added(embeddings))

    def added(self, embeddings: Embeddings) -> FollowingSearch | None:
        """The search over what an operator added; None where that is not searched."""
        from assistant.library.found import FollowingSearch

        s = self._settings
        return FollowingSearch(s.data, place_of_added(s), embeddings, encoder.fingerprint(s.encoder), self._tell)


class LazyDrafter:
    """Makes the chat model when the first draft is wanted."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()

    def draft(self, case: Case, decision: Decision, hits: Sequence[Hit], question: str, heard: Callable[[str, bool], None] | None = None) -> Draft:
        """See `Drafter.draft`; a model that cannot be made is a failed draft too, and costs nobody the answer."""
        try:
            with self._lock:
                drafter = self._made
        except SettingsError as fault:
            return Draft(text="", model=self._settings.model, failure=str(fault).rstrip("."))
        return drafter.draft(case, decision, hits, question, heard)

    @cached_property
    def _made(self) -> Drafter:
        from assistant.drafting import Drafter

        s = self._settings
        return Drafter(asker=make_asker(s), name=s.model, send_question=s.send_question)


class LazyReader:
    """Makes the chat model when the first question is to be read by it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()

    def read(self, turns: Sequence[str]) -> ClaimsRead:
        """See `ModelReader.read`; a model that cannot be made reads nothing."""
        try:
            with self._lock:
                reader = self._made
        except SettingsError as fault:
            return ClaimsRead(model=self._settings.model, failure=str(fault).rstrip("."))
        return reader.read(turns)

    @cached_property
    def _made(self) -> ModelReader:
        from assistant.model_reader import ModelReader

        return ModelReader(asker=make_asker(self._settings), name=self._settings.model)


def make_asker(settings: Settings) -> Asker:
    """The chat model with the time that one call of it may take: half of the whole where it both reads and drafts.

    Raises:
        SettingsError: the model cannot be made.
    """
    from assistant.asking import Asker

    share = settings.model_timeout / 2 if settings.model_reads else settings.model_timeout
    return Asker(model=make_model(settings), timeout=share, structured=settings.model_output == "auto")


def model_options(settings: Settings) -> dict[str, Any]:
    """What the model is made with, in its provider's own terms; a library's default is to wait for ever."""
    options: dict[str, Any] = {"temperature": 0}
    if not settings.model_stream:
        options["disable_streaming"] = True
    if settings.model_base_url:
        options["base_url"] = settings.model_base_url
    if settings.model.startswith("ollama:"):
        return {**options, "client_kwargs": {"timeout": settings.model_timeout}}
    # One further try, no more: the time for a draft is short, and Drafter keeps the whole of it.
    return {**options, "timeout": settings.model_timeout, "max_retries": 1}


def make_model(settings: Settings) -> BaseChatModel:
    """The chat model that the settings name; makes no call.

    Raises:
        SettingsError: its package is not installed, the provider is not known, or its key is missing.
    """
    from langchain.chat_models import init_chat_model

    provider = settings.model.partition(":")[0]
    try:
        made: BaseChatModel = init_chat_model(settings.model, **model_options(settings))
    except ImportError:
        package = _EXTRAS.get(provider, f"LangChain's package for '{provider}'")
        raise SettingsError(f"HOLDFAST_MODEL: the provider '{provider}' needs {package}; install it into .venv, or name another model.") from None
    except Exception as fault:  # each provider complains of a missing key in its own way
        raise SettingsError(
            f"HOLDFAST_MODEL: '{provider}' cannot be set up ({type(fault).__name__}); check the provider's name and its key, for instance OPENAI_API_KEY."
        ) from fault
    return made
