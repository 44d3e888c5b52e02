"""The chat model: decision and passages in, a draft out. A failure is a draft that says so, never an exception.

The time limit is ours: a provider's own is per read, so an endless stream would pass it for ever, and a server may
ask to be tried again in 90 seconds. The model is read by a thread of its own; the caller waits no longer than the limit.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from assistant import prompts, replies
from assistant.masking import mask
from assistant.records import Case, Decision, Draft, Hit

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable

Hears = Callable[[str, bool], None]

_STATUS = {401: "it refused the key", 403: "it refused the key", 404: "it does not know this model", 429: "it is over its limit (429)"}
_KINDS = {"LengthFinishReasonError": "it was cut off (length)", "ContentFilterFinishReasonError": "it refused"}
_NOT_UNDERSTOOD = frozenset({400, 404, 415, 422, 501})  # what servers answer that cannot keep a schema

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafter:
    """Writes drafts with one chat model; `timeout` is the whole time in seconds that a draft may take.

    With `structured` the model is asked for its sentences as JSON with only the markers given; one that cannot do that
    is asked again in plain words, within the same time, and from then on at once.
    """

    model: BaseChatModel
    name: str
    timeout: float
    send_question: bool = False
    structured: bool = False
    _cannot: threading.Event = field(default_factory=threading.Event, repr=False)

    def draft(self, case: Case, decision: Decision, hits: Sequence[Hit], question: str, heard: Hears | None = None) -> Draft:
        """Ask the model to explain the decision. Without passages there is nothing to explain from, and no call.

        `question` is used only where the operator has allowed it, and then with identifiers masked. `heard` is told the text so far, in this thread, and
        whether it ends with a whole sentence for certain.
        """
        if not hits:
            return self._said(replies.Reply(""), "there were no passages to write from")
        deadline = time.monotonic() + self.timeout
        given = prompts.markers(hits)
        masked = mask(question).text if self.send_question else ""
        structured = self.structured and not self._cannot.is_set()
        while True:
            told = prompts.messages(case, decision, hits, masked, structured=structured)
            stream = partial(self._stream, told, given, structured=structured)
            reply, failure, status = _Run(given=given, deadline=deadline).collect(stream, heard)
            if not (structured and status in _NOT_UNDERSTOOD):
                break
            self._cannot.set()
            structured = False
        return self._said(reply, f"it took longer than {self.timeout:g} seconds" if failure == _LATE else failure)

    def _stream(self, told: list[tuple[str, str]], given: Sequence[str], *, structured: bool) -> Iterator[Any]:
        if not structured:
            return self.model.stream(told)
        try:
            chain: Any = self.model.with_structured_output(prompts.schema(given), method="json_schema")
            bound: Runnable[Any, Any] = chain.first  # the model with its schema; what follows it parses, which is done here
        except (NotImplementedError, ValueError, TypeError, AttributeError):
            raise _NoSchema from None
        return bound.stream(told)

    def _said(self, reply: replies.Reply, failure: str) -> Draft:
        if failure:
            log.warning("draft by %s failed: %s", self.name, failure)
        text, strays = ("", ()) if failure else (reply.text, reply.strays)
        return Draft(text=text, model=self.name, prompt_version=prompts.VERSION, failure=failure, strays=strays)


_LATE = "late"


class _NoSchema(Exception):
    """The model's library knows no structured output."""

    status_code = 501


@dataclass(slots=True, kw_only=True)
class _Run:
    """One call: a thread reads the model, the caller's own judges what has come and keeps the time."""

    given: Sequence[str]
    deadline: float
    news: queue.SimpleQueue[tuple[str, str, Exception | None]] = field(default_factory=queue.SimpleQueue)
    stop: threading.Event = field(default_factory=threading.Event)

    def collect(self, stream: Callable[[], Iterator[Any]], heard: Hears | None) -> tuple[replies.Reply, str, int]:
        """The reply, what went wrong ("" where nothing did), and the HTTP status where there was one."""
        threading.Thread(target=self._read, args=(stream,), daemon=True, name="draft").start()
        try:
            return self._judge(heard)
        finally:
            self.stop.set()

    def _read(self, stream: Callable[[], Iterator[Any]]) -> None:
        """Runs in the thread: passes on what comes, then None."""
        try:
            for chunk in stream():
                self.news.put((str(chunk.text), _finish(chunk.response_metadata), None))
                if self.stop.is_set():
                    return
        except Exception as fault:  # a provider may raise anything, and no fault of a model may take an answer down
            self.news.put(("", "", fault))
        else:
            self.news.put(("", "", _Ended()))

    def _judge(self, heard: Hears | None) -> tuple[replies.Reply, str, int]:
        raw = finish = ""
        nothing = replies.Reply("")
        while True:
            left = self.deadline - time.monotonic()
            try:
                text, why, fault = self.news.get(timeout=max(0.0, left))
            except queue.Empty:
                left = 0.0
            if left <= 0:  # a stream that always has something to say leaves the queue never empty
                return nothing, _LATE, 0
            if isinstance(fault, _Ended):
                return _whole(raw, finish, self.given)
            if fault is not None:
                log.debug("draft failed with %s", type(fault).__name__)
                return nothing, _describe(fault), getattr(fault, "status_code", 0) or 0
            raw, finish = raw + text, why or finish
            if not text:
                continue
            reply = replies.read(raw, self.given, ended=False)
            wrong = replies.going_wrong(raw, reply.text)
            if wrong:
                return nothing, wrong, 0
            if heard is not None and reply.text:
                heard(reply.text, reply.whole)


class _Ended(Exception):
    """The stream has come to its end."""


def _whole(raw: str, finish: str, given: Sequence[str]) -> tuple[replies.Reply, str, int]:
    """A reply that has ended, judged. A stream that was cut is no JSON either, and is told as cut."""
    try:
        reply = replies.read(raw, given, ended=True)
    except replies.NotJson:
        cut = replies.incomplete(raw, finish)
        return replies.Reply(""), cut if finish not in replies.FINISHED else "its reply was not valid JSON", 0
    return reply, replies.incomplete(reply.text, finish), 0


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
