"""The assistant as the page uses it: warmed in the background, and with the rules' answer where the rest fails."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from assistant import settings as environment
from assistant.errors import HoldfastError, QuestionError, SettingsError
from assistant.index import Tell
from assistant.pipeline import Assistant, Drafts
from assistant.privacy import brief, disclosure
from assistant.records import Decision, Hit
from assistant.release import Shows
from assistant.screen.conversation import Conversation, Entry
from assistant.settings import Settings

NO_SEARCH = "The search index cannot be used, so no passages were searched. Decision and answer come from the rules and stand without it."
BROKEN = "Something went wrong inside Holdfast, and this question has no answer. It was kept; please ask again, or put it in other words."
_LOADING = "Search is starting"

log = logging.getLogger(__name__)


class _NoSearch:
    """Finds nothing: for the answer that the rules give by themselves."""

    def search(self, question: str, decision: Decision) -> tuple[Hit, ...]:
        return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far the start is: `share` is 0 to 1; `fault` says what failed, "" where nothing did."""

    message: str = _LOADING
    share: float = 0.0
    ready: bool = False
    fault: str = ""

    @property
    def running(self) -> bool:
        """Whether something is still to come."""
        return not self.ready and not self.fault


class Engine:
    """One for the process, shared by all sessions; holds nothing of any conversation."""

    def __init__(self, build: Callable[[Tell], Assistant]) -> None:
        self._rules = Assistant(retriever=_NoSearch())
        self._build = build
        self._whole: Assistant | None = None
        self._lock = threading.Lock()
        self._progress = Progress()
        self.model, self.models, self.disclosure, self.brief = _configured()

    @property
    def progress(self) -> Progress:
        """How far the start is now."""
        return self._progress

    def start(self) -> None:
        """Load encoder and index in the background; again after a failure."""
        with self._lock:
            self._progress = Progress()
            threading.Thread(target=self._warm, name="warm", daemon=True).start()

    def _tell(self, message: str, share: float) -> None:
        self._progress = replace(self._progress, message=message, share=share)

    def _warm(self) -> None:
        try:
            self._tell("Search is starting: loading the encoder", 0.1)
            whole = self._build(self._tell)
            _, decision = self._rules.decide(["pomalidomide and infection"])
            whole.retriever.search("pomalidomide and infection", decision)
        except HoldfastError as fault:
            self._progress = Progress(fault=str(fault))
        except Exception as fault:  # a library may raise anything, and the rules' answer needs none of them
            log.exception("the start failed")
            self._progress = Progress(fault=f"It could not be loaded ({type(fault).__name__}).")
        else:
            # What has been loaded never becomes garbage, and need not be looked through again.
            gc.collect()
            gc.freeze()
            self._whole = whole
            self._progress = Progress(message="Ready", share=1.0, ready=True)

    def first(self, conversation: Conversation) -> Entry:
        """The last entry answered at once: whole where search is ready and no model is asked, else by the rules alone."""
        entry = conversation.entries[-1]
        if self._progress.ready and not self.explains(entry):
            return self.second(conversation)
        quick = _guarded(entry, lambda: self._answered(self._rules, conversation, entry))
        return replace(quick, settled=True, remark=NO_SEARCH) if self._progress.fault and not quick.fault else quick

    def explains(self, entry: Entry) -> str:
        """The model that is to explain an entry, "" for the rules alone."""
        return self.model if entry.model is None else entry.model

    def second(self, conversation: Conversation, released: Shows | None = None) -> Entry:
        """The last entry with the whole answer: search, and the model where one is configured.

        `released` is told the checked sentences while the model is still writing.
        """
        entry = conversation.entries[-1]
        whole = self._whole
        if whole is None:
            return replace(entry, settled=True, remark=NO_SEARCH)
        chosen = whole if entry.model is None else replace(whole, drafter=_drafter(entry.model), reader=whole.reader if entry.model else None)
        return _guarded(entry, lambda: self._best(chosen, conversation, entry, released))

    def _best(self, assistant: Assistant, conversation: Conversation, entry: Entry, released: Shows | None) -> Entry:
        """The whole answer; without the model where that cannot be set up, without search where that fails."""
        try:
            return self._answered(assistant, conversation, entry, settled=True, released=released)
        except QuestionError:
            raise
        except SettingsError as fault:
            if assistant.drafter is not None:
                without = self._best(replace(assistant, drafter=None), conversation, entry, None)
                return replace(without, remark=f"The model cannot be used. {fault}")
            raise
        except Exception as fault:  # search or model may raise anything; the rules' answer is shown in their place
            log.error("the whole answer failed with %s", type(fault).__name__)
            return replace(self._answered(self._rules, conversation, entry), settled=True, remark=NO_SEARCH)

    def _answered(self, assistant: Assistant, conversation: Conversation, entry: Entry, *, settled: bool = False, released: Shows | None = None) -> Entry:
        turns = conversation.turns
        set_by_hand = any(e.by_hand for e in conversation.entries)
        corrections = conversation.corrections(self._rules.decide(turns)[0]) if set_by_hand else {}
        assistant = replace(assistant, jurisdiction=conversation.jurisdiction)
        answer = assistant.answer(turns, corrections=corrections, released=released)
        return replace(entry, answer=answer, settled=settled, remark="", fault="")


def _guarded(entry: Entry, answer: Callable[[], Entry]) -> Entry:
    """The answer, or the entry with the fault in words; never the question's text in a log."""
    try:
        return answer()
    except QuestionError as fault:
        return replace(entry, settled=True, fault=f"This cannot be answered: {fault}.")
    except HoldfastError as fault:
        return replace(entry, settled=True, fault=str(fault))
    except Exception as fault:  # a bug of ours must not lose the question that was typed
        log.error("the answer failed with %s", type(fault).__name__)
        return replace(entry, settled=True, fault=BROKEN)


def _configured() -> tuple[str, tuple[str, ...], str, str]:
    """The model, all that may be chosen, and what leaves the machine to whom, at length and in brief; none where the settings cannot be read, which the start tells."""
    try:
        settings = environment.read()
    except SettingsError:
        return "", (), disclosure(Settings()), brief(Settings())
    return settings.model, tuple(dict.fromkeys((settings.model, *settings.other_models))) if settings.model else (), disclosure(settings), brief(settings)


def _drafter(model: str) -> Drafts | None:
    """What drafts with the model of that name; None for the rules alone, or for a name that the settings do not hold."""
    from assistant import wiring

    settings = environment.read()
    return wiring.LazyDrafter(replace(settings, model=model)) if model in (settings.model, *settings.other_models) and model else None


def build_from_settings(tell: Tell) -> Assistant:
    """The assistant that the environment's settings describe."""
    from assistant import wiring

    return wiring.build_assistant(tell=tell)


def by_hand(given: Sequence[tuple[str, str]]) -> dict[str, str | float | bool | None]:
    """Fields set by a click, as the reading's own values: numbers as numbers, yes and no as truth values, None for a number that is to be forgotten."""
    return {name: _typed(value) for name, value in given}


def _typed(value: str) -> str | float | bool | None:
    if not value:
        return None
    if value in ("true", "false"):
        return value == "true"
    return float(value) if value.replace(".", "", 1).isdigit() else value
