"""What a message is read into: items, each with its place and what surrounds it."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import Any

from assistant.reading.quantities import Quantity
from assistant.reading.text import Line, Token
from assistant.records import Severity, Words


@dataclass(frozen=True, slots=True)
class Item:
    """Something read from a message.

    `kind` is one of: infection, antimicrobial, symptom, drug, state, severity, time, intent. `flags` hold its context:
    negated, uncertain, hypothetical, historical, other, exposure, far, mid, near, now, new, referred, pointed_at, named, recalled, owned, quoted, taken_back, claimed, counted, dated, label, prophylaxis, unasserted.
    `line` is the sentence of a state cue, `message` the whole message around it.
    """

    kind: str
    name: str
    turn: int
    first: int
    last: int
    words: Words
    sentence: int
    entry: Any = None
    tier: Severity = Severity.UNSPECIFIED
    flags: frozenset[str] = field(default_factory=frozenset)
    line: str = ""
    message: str = ""

    def has(self, *flags: str) -> bool:
        """Whether any of these flags is set."""
        return bool(self.flags & set(flags))

    @property
    def asserted(self) -> bool:
        """Whether a state is told as it is: neither denied, nor hoped for or asked, nor supposed."""
        return not self.has("negated", "unasserted", "hypothetical")


@dataclass(frozen=True, slots=True, eq=False)
class Scan:
    """A message, its items in order, the counts and temperatures in it, and the lines that intents and topics are read over."""

    turn: int
    text: str
    folded: str
    tokens: tuple[Token, ...]
    items: tuple[Item, ...]
    plain: Line
    classed: Line
    quinolones: Line
    sentence_of: tuple[int, ...]
    sentence_lines: tuple[str, ...]
    counts: tuple[Quantity, ...]
    temperatures: tuple[Quantity, ...]

    @property
    def measured(self) -> bool:
        """Whether a count or a temperature stands in the message."""
        return bool(self.counts or self.temperatures)

    def token_at(self, offset: int) -> int:
        """The token that stands at an offset of the text, or the next one; the last one behind the end."""
        return min(bisect_right(self.tokens, offset, key=lambda token: token.end), len(self.tokens) - 1)

    def of(self, kind: str) -> list[Item]:
        """The items of one kind, in order."""
        return [i for i in self.items if i.kind == kind]

    def intents(self, name: str) -> bool:
        """Whether any cue of an intent stands in the message."""
        return any(i.kind == "intent" and i.name == name for i in self.items)


def around(tokens: list[Token], first: int, count: int) -> str:
    """Up to `count` words before the token, within its sentence."""
    start = first
    while start > 0 and first - start < count and not tokens[start - 1].breaks:
        start -= 1
    return " ".join(t.text for t in tokens[start:first])


def after(tokens: list[Token], last: int, count: int) -> str:
    """Up to `count` words behind the token, within its sentence."""
    end = last
    while end < len(tokens) and end - last < count and not (end > last and tokens[end - 1].breaks):
        end += 1
    return " ".join(t.text for t in tokens[last:end])
