"""The chat model: decision and passages in, a draft out. A failure is a draft that says so, never an exception."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from assistant import prompts, replies
from assistant.asking import Asker, Heard
from assistant.masking import mask
from assistant.records import Case, Decision, Draft, Hit

Hears = Callable[[str, bool], None]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drafter:
    """Writes drafts with one chat model, asked for its sentences as JSON with only the markers given where it can do that."""

    asker: Asker
    name: str
    send_question: bool = False

    def draft(self, case: Case, decision: Decision, hits: Sequence[Hit], question: str, heard: Hears | None = None) -> Draft:
        """Ask the model to explain the decision. Without passages there is nothing to explain from, and no call.

        `question` is used only where the operator has allowed it, and then with identifiers masked. `heard` is told the
        text so far, in this thread, and whether it ends with a whole sentence for certain.
        """
        if not hits:
            return self._said(replies.Reply(""), "there were no passages to write from")
        given = prompts.markers(hits)
        masked = mask(question).text if self.send_question else ""

        def told(structured: bool) -> list[tuple[str, str]]:
            return prompts.messages(case, decision, hits, masked, structured=structured)

        def watch(raw: str) -> str:
            reply = replies.read(raw, given, ended=False)
            wrong = replies.going_wrong(raw, reply.text)
            if heard is not None and reply.text and not wrong:
                heard(reply.text, reply.whole)
            return wrong

        return self._said(*_whole(self.asker.ask(told, prompts.schema(given), watch), given))

    def _said(self, reply: replies.Reply, failure: str) -> Draft:
        if failure:
            log.warning("draft by %s failed: %s", self.name, failure)
        text, strays = ("", ()) if failure else (reply.text, reply.strays)
        return Draft(text=text, model=self.name, prompt_version=prompts.VERSION, failure=failure, strays=strays)


def _whole(heard: Heard, given: Sequence[str]) -> tuple[replies.Reply, str]:
    """A reply that has ended, and what is wrong with it. A stream that was cut is no JSON either, and is told as cut."""
    nothing = replies.Reply("")
    if heard.failure:
        return nothing, heard.failure
    try:
        reply = replies.read(heard.raw, given, ended=True)
    except replies.NotJson:
        cut = heard.finish not in replies.FINISHED
        return nothing, replies.incomplete(heard.raw, heard.finish) if cut else "its reply was not valid JSON"
    return reply, replies.incomplete(reply.text, heard.finish)
