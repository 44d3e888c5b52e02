"""The steps in order, and nothing else: read, decide, retrieve, compose, draft, check.

`answer.decision` is the rules' decision, whatever a model writes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from assistant import claims, composing, findings, grounding, guardrail, notes, reading, rules
from assistant.corrections import Value, apply
from assistant.errors import QuestionError
from assistant.knowledge.choice import wanted
from assistant.records import Answer, Case, Citation, ClaimsRead, Decision, Dictated, Draft, Finding, Hit, Outcome, Verdict, Weighed, Weight
from assistant.release import Release, Shows
from assistant.wording import markers_in

MAX_CHARACTERS = 100_000  # of a conversation or a draft: far beyond any real one, and still quick to refuse

_REMARKS = {
    Outcome.PASS: "",
    Outcome.REPAIR: "Parts of the model's text did not agree with the decision or its sources; they were removed or corrected.",
    Outcome.OVERRIDE: "The model's text contradicted the decision and is not shown; this is the answer that the rules dictate.",
}


class Searches(Protocol):
    """What finds passages."""

    def search(self, question: str, decision: Decision) -> tuple[Hit, ...]:
        """The passages for a question, best first, those that the decision quotes among them."""
        ...


class Drafts(Protocol):
    """What writes drafts."""

    def draft(self, case: Case, decision: Decision, hits: Sequence[Hit], question: str, heard: Callable[[str, bool], None] | None = None) -> Draft:
        """A draft that explains the decision, or says why there is none; raises nothing.

        `heard` is told the text so far, in the caller's thread, and whether it ends with a whole sentence for certain.
        """
        ...


class Reads(Protocol):
    """What reads the question besides the reading of our own."""

    def read(self, turns: Sequence[str]) -> ClaimsRead:
        """Claims with their quotations, or why there are none; raises nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """Answers conversations; holds no memory of them. Without a drafter and a reader no model is used.

    A `reader` may make a decision more cautious, never less; `decide` does without it.

    `jurisdiction` is whose product label counts ("US", "EU" ...); "" shows the US and the EU label side by side.
    """

    retriever: Searches
    drafter: Drafts | None = None
    reader: Reads | None = None
    jurisdiction: str = ""

    def decide(self, turns: Sequence[str], by_hand: Mapping[str, Value] | None = None) -> tuple[Case, Decision]:
        """Case and decision alone: some milliseconds, no search and no model.

        Raises:
            QuestionError: the turns are not usable as a question.
        """
        case = apply(reading.read(usable(turns)), by_hand or {})
        return case, rules.decide(case)

    def answer(self, turns: Sequence[str], *, corrections: Mapping[str, Value] | None = None, released: Shows | None = None) -> Answer:
        """The answer to the last of the turns, on what all of them say.

        `released` is told the checked sentences of a draft while it is being written: the whole text so far, each time.

        Raises:
            QuestionError: the turns are not usable as a question.
        """
        started = time.perf_counter()
        case, decision = self.decide(turns, corrections)
        claimed = self.reader.read(turns) if self.reader else None
        case, decision, weighed = claims.weigh(case, decision, claimed.claims if claimed else (), tuple(corrections or ()))
        question = "\n".join(turns)
        hits = self.retriever.search(question, decision)
        labels = self._labels(case)
        dictated = composing.compose(case, decision, hits, labels)
        release = Release(case, decision, dictated, released, started=started, question=question)
        draft = self.drafter.draft(case, decision, _own(hits), question, release.hear) if self.drafter else None
        verdict, remark = _judge(draft, case, decision, dictated, question)
        said = grounding.sentences(verdict, dictated)
        unseen = findings.untold(said, verdict.text) if draft else []
        added = composing.added_sentences(hits)
        return Answer(
            text="\n\n".join([verdict.text, *([" ".join(s.text for s in unseen)] if unseen else []), *(s.text for s in added)]),
            decision=decision,
            case=case,
            hits=hits,
            citations=(*_citations(verdict.text, dictated, _own(hits)), *composing.added_citations(hits)),
            sentences=(*said, *unseen, *added),
            verdict=verdict,
            draft=draft,
            notes=notes.beside(case, decision, turns, labels, said),
            remark=" ".join(part for part in (misread(claimed, weighed), remark) if part),
            seconds=time.perf_counter() - started,
            turns=tuple(turns),
            corrections=tuple((corrections or {}).items()),
            jurisdiction=self.jurisdiction,
            claims=claimed,
            weighed=weighed,
            first_sentence_seconds=release.first,
        )

    def check(self, turns: Sequence[str], draft: str) -> tuple[Decision, Verdict]:
        """The guardrail's word on a draft that something else wrote; needs no index and no model.

        Raises:
            QuestionError: the turns or the draft are not usable.
        """
        case, decision = self.decide(turns)
        if len(draft) > MAX_CHARACTERS:
            raise QuestionError(f"the draft has more than {MAX_CHARACTERS:,} characters")
        dictated = composing.compose(case, decision, (), self._labels(case))
        return decision, guardrail.check(_text(draft, "the draft"), case=case, decision=decision, dictated=dictated, question="\n".join(turns))

    def _labels(self, case: Case) -> tuple[str, ...]:
        return wanted(case.jurisdictions, self.jurisdiction)


def usable(turns: Sequence[str]) -> tuple[str, ...]:
    """The turns, where they can be read as a conversation.

    Raises:
        QuestionError: none, an empty one, too much text, or text that cannot be written down again.
    """
    if not turns or not all(turn.strip() for turn in turns):
        raise QuestionError("the question is empty")
    if sum(map(len, turns)) > MAX_CHARACTERS:
        raise QuestionError(f"the question has more than {MAX_CHARACTERS:,} characters")
    return tuple(_text(turn, "the question") for turn in turns)


def _text(text: str, what: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise QuestionError(f"{what} is not valid text (it holds half of a surrogate pair)") from None
    return text


def _own(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    """The knowledge's own passages: no model is given a word of what was added."""
    return tuple(hit for hit in hits if hit.passage.source != composing.ADDED)


def _judge(draft: Draft | None, case: Case, decision: Decision, dictated: Dictated, question: str) -> tuple[Verdict, str]:
    """What may be shown, and what to say about it; the dictated text is our own and needs no verdict."""
    if draft is None:
        return Verdict(outcome=Outcome.PASS, text=dictated.text), ""
    if draft.failure:
        return Verdict(outcome=Outcome.PASS, text=dictated.text), f"The model gave no usable text ({draft.failure}); this is the answer that the rules dictate."
    verdict = guardrail.check(draft.text, case=case, decision=decision, dictated=dictated, question=question)
    verdict = grounding.cited(verdict, case, decision, dictated, question)
    strays = tuple(_stray(marker) for marker in draft.strays)
    if strays and verdict.outcome is Outcome.PASS:  # ruling 13: a marker that is dropped leaves a text that passes
        return replace(verdict, findings=strays), ""
    return replace(verdict, findings=(*verdict.findings, *strays)), _REMARKS[verdict.outcome]


def misread(claimed: ClaimsRead | None, weighed: Sequence[Weighed]) -> str:
    """What there is to say of the model's reading: that it failed, or that it made the decision more cautious."""
    if claimed is not None and claimed.failure:
        return f"The model could not read the question ({claimed.failure}); the reading stands without it."
    quotes = [f"“{one.claim.words.text}”" for one in weighed if one.weight is Weight.STANDS]
    return f"The model's reading of {', '.join(quotes)} made the decision more cautious." if quotes else ""


def _stray(marker: str) -> Finding:
    return Finding(check="citation", severity="minor", sentence="", why=f"The draft used the marker [{marker}], which was not among those given; it was dropped.")


def _citations(text: str, dictated: Dictated, hits: Sequence[Hit]) -> tuple[Citation, ...]:
    """What stands behind each marker that the text shows: the dictated answer's passage, or else the best one found."""
    shown = dict.fromkeys(markers_in(text))
    found = [c for c in dictated.citations if c.marker in shown]
    for marker in shown.keys() - {c.marker for c in found}:
        found += [Citation(marker=marker, passage_id=h.passage.id, quote=h.passage.text) for h in hits if marker in h.passage.markers][:1]
    order = list(shown)
    return tuple(sorted(found, key=lambda citation: order.index(citation.marker)))
