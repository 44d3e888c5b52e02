"""An answer in the words of who reads. The decision, what it rests on and what it owes are the same for all."""

from __future__ import annotations

from dataclasses import replace

from assistant.composing import added_citations, added_sentences, compose
from assistant.knowledge.choice import wanted
from assistant.pipeline import misread
from assistant.records import Answer, Outcome, Verdict
from assistant.screen.card import reader_of
from assistant.screen.words import words
from assistant.wording import Voice


def voice_for(answer: Answer, reader: str) -> Voice:
    """In which voice an answer is said to a reader."""
    return words().readers[reader_of(answer.case, reader)].voice


def explained(answer: Answer, reader: str) -> bool:
    """Whether a model may explain the answer to a reader; a patient is told the rules' own plain words."""
    return voice_for(answer, reader) is Voice.CLINICIAN


def said_to(answer: Answer, reader: str) -> Answer:
    """The answer as the reader is told it: where no model may explain it, the rules' own words stand in the place of its draft."""
    if explained(answer, reader):
        return answer
    voice = voice_for(answer, reader)
    labels = wanted(answer.case.jurisdictions, answer.jurisdiction)
    told, added = compose(answer.case, answer.decision, answer.hits, labels, voice), added_sentences(answer.hits)
    return replace(
        answer,
        text="\n\n".join([told.text, *(sentence.text for sentence in added)]),
        sentences=(*told.sentences, *added),
        citations=(*told.citations, *added_citations(answer.hits)),
        verdict=Verdict(outcome=Outcome.PASS, text=told.text),
        draft=None,
        remark=misread(answer.claims, answer.weighed),
        first_sentence_seconds=None,
    )
