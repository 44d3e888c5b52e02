"""The chat model: decision and passages in, a draft out. A failure is a draft that says so, never an exception.

The time limit is ours: a provider's own is per read, so an endless stream would pass it for ever, and a server may
ask to be tried again in 90 seconds.
"""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from assistant import prompts
from assistant.records import Case, Decision, Draft, Hit

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

MAX_CHARACTERS = 8_000  # some six times the longest answer asked for
FINISHED = frozenset({"stop", "end_turn", "stop_sequence"})  # OpenAI and Ollama; Anthropic
REFUSED = frozenset({"content_filter", "refusal", "safety"})

_REFUSAL = re.compile(r"\s*(?:i['’]m sorry|sorry,|i (?:can(?:no|['’])t|am unable|am not able|won['’]t)|as an ai)\b", re.IGNORECASE)
_STATUS = {401: "it refused the key", 403: "it refused the key", 404: "it does not know this model", 429: "it is over its limit (429)"}

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafter:
    """Writes drafts with one chat model; `timeout` is the whole time in seconds that a draft may take."""

    model: BaseChatModel
    name: str
    timeout: float
    send_question: bool = False

    def draft(self, case: Case, decision: Decision, hits: Sequence[Hit], question: str) -> Draft:
        """Ask the model to explain the decision. Without passages there is nothing to explain from, and no call.

        `question` is used only where the operator has allowed it.
        """
        if not hits:
            return self._said("", "there were no passages to write from")
        told = prompts.messages(case, decision, hits, question if self.send_question else "")
        run = _Run()
        worker = threading.Thread(target=run.collect, args=(self.model, told), daemon=True, name="draft")
        worker.start()
        worker.join(self.timeout)
        if worker.is_alive():
            run.stop.set()
            return self._said("", f"it took longer than {self.timeout:g} seconds")
        return self._said("" if run.failure else run.text, run.failure)

    def _said(self, text: str, failure: str) -> Draft:
        if failure:
            log.warning("draft by %s failed: %s", self.name, failure)
        return Draft(text=text, model=self.name, prompt_version=prompts.VERSION, failure=failure)


@dataclass(slots=True)
class _Run:
    """One call, collected by its own thread: what came, and what went wrong."""

    text: str = ""
    failure: str = ""
    stop: threading.Event = field(default_factory=threading.Event)

    def collect(self, model: BaseChatModel, told: list[tuple[str, str]]) -> None:
        started = time.monotonic()
        finish = ""
        try:
            for chunk in model.stream(told):
                self.text += str(chunk.text)
                finish = _finish(chunk.response_metadata) or finish
                if self.stop.is_set():
                    return
                if len(self.text) > MAX_CHARACTERS:
                    self.failure = "it did not come to an end"
                    return
        except Exception as fault:  # a provider may raise anything, and no fault of a model may take an answer down
            self.failure = _describe(fault)
            log.debug("draft failed after %.1f s with %s", time.monotonic() - started, type(fault).__name__)
            return
        self.failure = _incomplete(self.text, finish)


def _finish(metadata: dict[str, Any]) -> str:
    """Why the model stopped, as its provider says it; "" while it goes on."""
    return str(metadata.get("finish_reason") or metadata.get("stop_reason") or metadata.get("done_reason") or "")


def _incomplete(text: str, finish: str) -> str:
    """What is wrong with a draft that ended, "" where nothing is.

    A connection that is cut can look like an end: only the provider's own word that the model finished is trusted.
    """
    if finish in REFUSED or (_REFUSAL.match(text) and len(text) < 400):
        return "it refused"
    if finish not in FINISHED:
        return f"it was cut off ({finish or 'no end was sent'})"
    return "" if text.strip() else "it sent nothing"


def _describe(fault: Exception) -> str:
    """What went wrong, from the exception's kind and status alone: its message may repeat the question."""
    status = getattr(fault, "status_code", None)
    if isinstance(status, int):
        return _STATUS.get(status, f"it answered with an error ({status})")
    kind = type(fault).__name__
    if "Timeout" in kind:
        return "it did not answer in time"
    if "Connection" in kind or isinstance(fault, OSError):
        return "it could not be reached"
    if isinstance(fault, (ValueError, IndexError, KeyError, TypeError)):
        return f"its reply could not be read ({kind})"
    return f"the call failed ({kind})"
