"""One call of a chat model: read by a thread of its own, judged while it comes, over at its deadline whatever happens.

The time limit is ours: a provider's own is per read, so an endless stream would pass it for ever, and a server may
ask to be tried again in 90 seconds.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

Messages = list[tuple[str, str]]
Watches = Callable[[str], str]

_STATUS = {401: "it refused the key", 403: "it refused the key", 404: "it does not know this model", 429: "it is over its limit (429)"}
_KINDS = {"LengthFinishReasonError": "it was cut off (length)", "ContentFilterFinishReasonError": "it refused"}
_NOT_UNDERSTOOD = frozenset({400, 404, 415, 422, 501})  # what servers answer that cannot keep a schema

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a call came to: the whole text, why the model says it stopped, and what went wrong ("" where nothing did)."""

    raw: str = ""
    finish: str = ""
    failure: str = ""
    status: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """A chat model with the whole time in seconds that an answer of it may take.

    With `structured` it is asked for JSON by a schema; one that cannot do that is asked again without, within the same
    time, and from then on at once.
    """

    model: BaseChatModel
    timeout: float
    structured: bool = False
    _cannot: threading.Event = field(default_factory=threading.Event, repr=False)

    def ask(self, told: Callable[[bool], Messages], schema: Mapping[str, Any], watch: Watches) -> Heard:
        """Ask and wait. `told` gives the messages, for structured output or not; `watch` sees the text so far, in this
        thread, and says what is wrong with it, "" to go on.
        """
        deadline = time.monotonic() + self.timeout
        structured = self.structured and not self._cannot.is_set()
        while True:
            heard = _Call(deadline=deadline, limit=self.timeout).collect(partial(self._stream, told(structured), schema if structured else None), watch)
            if not (structured and heard.status in _NOT_UNDERSTOOD):
                return heard
            self._cannot.set()
            structured = False

    def _stream(self, told: Messages, schema: Mapping[str, Any] | None) -> Iterator[Any]:
        if schema is None:
            return self.model.stream(told)
        try:
            chain: Any = self.model.with_structured_output(dict(schema), method="json_schema")
            bound = chain.first  # the model with its schema; what follows it parses, which is done by the caller
        except (NotImplementedError, ValueError, TypeError, AttributeError):
            raise _NoSchema from None
        stream: Iterator[Any] = bound.stream(told)
        return stream


class _NoSchema(Exception):
    """The model's library knows no structured output."""

    status_code = 501


class _Ended(Exception):
    """The stream has come to its end."""


@dataclass(slots=True, kw_only=True)
class _Call:
    """One call: a thread reads the model, the caller's own judges what has come and keeps the time."""

    deadline: float
    limit: float
    news: queue.SimpleQueue[tuple[str, str, Exception | None]] = field(default_factory=queue.SimpleQueue)
    stop: threading.Event = field(default_factory=threading.Event)

    def collect(self, stream: Callable[[], Iterator[Any]], watch: Watches) -> Heard:
        threading.Thread(target=self._read, args=(stream,), daemon=True, name="model").start()
        try:
            return self._judge(watch)
        finally:
            self.stop.set()

    def _read(self, stream: Callable[[], Iterator[Any]]) -> None:
        """Runs in the thread: passes on what comes, then how it ended."""
        try:
            for chunk in stream():
                self.news.put((str(chunk.text), _finish(chunk.response_metadata), None))
                if self.stop.is_set():
                    return
        except Exception as fault:  # a provider may raise anything, and no fault of a model may take an answer down
            self.news.put(("", "", fault))
        else:
            self.news.put(("", "", _Ended()))

    def _judge(self, watch: Watches) -> Heard:
        raw = finish = ""
        while True:
            left = self.deadline - time.monotonic()
            try:
                text, why, fault = self.news.get(timeout=max(0.0, left))
            except queue.Empty:
                left = 0.0
            if left <= 0:  # a stream that always has something to say leaves the queue never empty
                return Heard(failure=f"it took longer than {self.limit:g} seconds")
            if isinstance(fault, _Ended):
                return Heard(raw, finish)
            if fault is not None:
                log.debug("a call of the model failed with %s", type(fault).__name__)
                return Heard(failure=_describe(fault), status=getattr(fault, "status_code", 0) or 0)
            raw, finish = raw + text, why or finish
            wrong = watch(raw) if text else ""
            if wrong:
                return Heard(failure=wrong)


def _finish(metadata: dict[str, Any]) -> str:
    """Why the model stopped, as its provider says it; "" while it goes on."""
    return str(metadata.get("finish_reason") or metadata.get("stop_reason") or metadata.get("done_reason") or "")


def _describe(fault: Exception) -> str:
    """What went wrong, from the exception's kind and status alone: its message may repeat the question."""
    status = getattr(fault, "status_code", None)
    if isinstance(status, int):
        return _STATUS.get(status, f"it answered with an error ({status})")
    kind = type(fault).__name__
    if kind in _KINDS:
        return _KINDS[kind]
    if "Timeout" in kind:
        return "it did not answer in time"
    if "Connection" in kind or isinstance(fault, OSError):
        return "it could not be reached"
    if isinstance(fault, (ValueError, LookupError, TypeError, AttributeError, AssertionError)):
        return "its reply could not be read"
    return f"the call failed ({kind})"
