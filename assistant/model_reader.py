"""A configured model as a further reader of the question: facts with the words that they were read from, or nothing.

What it says is a claim. A claim counts only where its quotation stands in the question and carries its value; what
becomes of it is decided in `claims`, never here.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assistant import prompts, replies
from assistant.asking import Asker, Heard
from assistant.masking import mask
from assistant.records import Claim, ClaimsRead, Words

MOST = 20  # claims; a reading holds fewer
_QUOTE = 200  # characters of a quotation; what is longer quotes everything and shows nothing
_NUMBER = re.compile(r"\d+(?:\.\d+)?")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReader:
    """Reads with one chat model; sees the question with identifiers masked."""

    asker: Asker
    name: str

    def read(self, turns: Sequence[str]) -> ClaimsRead:
        """What the model claims to read; a failure is said, never raised."""
        masked = [mask(turn).text for turn in turns]
        heard = self.asker.ask(lambda structured: prompts.reading_messages(masked), prompts.reading_schema(), lambda raw: replies.going_wrong(raw, ""))
        claims, failure = _claims(heard, turns)
        if failure:
            log.warning("reading by %s failed: %s", self.name, failure)
        return ClaimsRead(claims=claims, model=self.name, failure=failure)


def _claims(heard: Heard, turns: Sequence[str]) -> tuple[tuple[Claim, ...], str]:
    if heard.failure:
        return (), heard.failure
    if heard.finish not in replies.FINISHED:
        return (), replies.incomplete(heard.raw, heard.finish)
    try:
        facts = json.loads(replies.bare(heard.raw))["facts"]
        found = [_claim(fact, turns) for fact in facts[:MOST]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return (), "its reply was not valid JSON"
    return tuple(dict.fromkeys(claim for claim in found if claim is not None)), ""


def _claim(fact: Mapping[str, Any], turns: Sequence[str]) -> Claim | None:
    """A claim, where its value is one that the fact can have and its quotation stands in the question and carries it."""
    name, value, quote = str(fact["name"]), str(fact["value"]).strip().lower(), str(fact["quote"]).strip()
    words = _place(quote, turns)
    if words is None:
        return None
    if name in prompts.READ_NUMBERS:
        number = _number(value)
        stands = number is not None and any(float(found) == number for found in _NUMBER.findall(words.text))
        return Claim(name=name, value=number, words=words) if number is not None and stands else None
    if value not in prompts.READ_VALUES.get(name, ()):
        return None
    return Claim(name=name, value=True if value == "yes" else value, words=words)


def _number(value: str) -> float | None:
    return float(value) if _NUMBER.fullmatch(value) else None


def _place(quote: str, turns: Sequence[str]) -> Words | None:
    """Where a quotation stands, the last place of it; blanks and case may differ, no word may."""
    pieces = [re.escape(piece) for piece in quote.split()]
    if not pieces or len(quote) > _QUOTE or not any(piece.isalnum() for piece in quote):
        return None
    pattern = re.compile(r"(?<!\w)" + r"\s+".join(pieces) + r"(?!\w)", re.IGNORECASE)
    for number in range(len(turns) - 1, -1, -1):
        found = list(pattern.finditer(turns[number]))
        if found:
            return Words(turn=number, start=found[-1].start(), end=found[-1].end(), text=found[-1].group())
    return None
