"""Cuts the tagged tokens of a piece into segments: what is asserted, and what is only a condition, a time or a quotation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from assistant.guardrail.tokens import Token

HEADS = frozenset({"STOP", "GO", "RESTART", "START", "DELAY", "REDUCE", "RAISE", "MONITOR", "REASSESS", "CONFIRM"})
_OPENS = {"IF": "if", "ONLYIF": "onlyif", "ONCE": "once", "UNTIL": "until", "WHILE": "while", "BEFORE": "before", "REASON": "reason"}
_SUBJECTS = frozenset({"POM", "PRON", "AMB", "SAME", "DOSE", "PROPH", "DEX", "WHO", "AMBNAME", "INF"})
_ADVERBS = frozenset({"therefore", "however", "still", "thus", "hence", "accordingly", "consequently", "nevertheless", "nonetheless", "otherwise"})
_NARROWS = frozenset({"at", "in", "for", "with", "from", "above", "during", "after", "on", "upon"})


@dataclass(frozen=True, eq=False)
class Segment:
    """A run of tokens; `kind` is main, if, onlyif, once, until, while, before, reason or quote."""

    kind: str
    tokens: tuple[Token, ...]

    @cached_property
    def tags(self) -> frozenset[str]:
        return frozenset(t.tag for t in self.tokens)

    @property
    def asserted(self) -> bool:
        """Whether what stands in it is said as such, not as a condition or a time."""
        return self.kind in ("main", "reason", "quote")


class _Walk:
    """Walks over tokens and opens and closes segments."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.done: list[Segment] = []
        self.kind = "main"
        self.now: list[Token] = []
        self.quoted = False

    def close(self, kind: str) -> None:
        if self.now:
            self.done.append(Segment(self.kind, tuple(self.now)))
        self.kind, self.now = kind, []

    def tag(self, at: int) -> str:
        return self.tokens[at].tag if at < len(self.tokens) else ""

    def starts_main(self, at: int) -> bool:
        """After `and` inside a condition: whether a new statement begins rather than the condition going on."""
        token = self.tokens[at] if at < len(self.tokens) else None
        if token is None:
            return False
        if token.tag in HEADS and token.form == "base":
            return True
        return token.tag in _SUBJECTS and self.tag(at + 1) in ("WEAK", "SHOULD", "STRONG")

    def ends_opening_condition(self, at: int) -> bool:
        """`If mild it may be continued`: no comma tells where the condition ends, so the modal does."""
        first = not any(s.kind == "main" for s in self.done)
        if (
            first
            and len(self.now) >= 2
            and self.tokens[at].tag in HEADS
            and self.tokens[at].form == "base"
            and self.now[-1].tag in ("INF", "RESOLVED")
        ):
            return True
        if not first or len(self.now) < 2 or self.tokens[at].tag not in _SUBJECTS:
            return False
        if self.tag(at + 1) in ("WEAK", "SHOULD", "STRONG"):
            return True
        told = any(t.tag in ("BE", "BEEN", "RESOLVED", "PARTIAL", "OCCUR") for t in self.now[1:])
        return (
            told
            and self.kind in ("if", "once")
            and self.tokens[at].text not in ("that", "which")
            and self.now[-1].text not in ("that", "of", "for", "from", "with")
            and self.tag(at + 1) not in ("", "PUNCT")
        )

    def step(self, at: int) -> None:
        token = self.tokens[at]
        sub = self.kind not in ("main", "quote")
        if token.text == '"':
            self.quoted = not self.quoted
            self.close("quote" if self.quoted else "main")
        elif self.quoted:
            self.now.append(token)
        elif at == 0 and token.text in ("should", "were", "had") and any(t.text == "," for t in self.tokens):
            self.close("if")
            self.now.append(token)
        elif token.tag in _OPENS and not self.bare_only(at):
            if not (self.now and self.now[-1].tag == "ONLYIF" and len(self.now) == 1):
                self.close(_OPENS[token.tag])
            self.now.append(token)
        elif token.tag == "CONTR":
            if token.text not in _ADVERBS or not self.now or self.now[-1].tag == "PUNCT":
                self.close("main")
        elif sub and (
            token.text in (",", ")", ";", ":", "|", ".", "!") or (token.tag == "AND" and self.starts_main(at + 1)) or self.ends_opening_condition(at)
        ):
            self.close("main")
            if token.tag in _SUBJECTS or token.tag in HEADS:
                self.now.append(token)
        else:
            self.now.append(token)

    def bare_only(self, at: int) -> bool:
        """`only` before anything but a condition is an adverb (`only 3.4%`), not the start of one."""
        nxt, after = self.tag(at + 1), self.tokens[at + 1].text if at + 1 < len(self.tokens) else ""
        if after in _NARROWS and any(t.tag in ("STOP", "RESTART", "REDUCE", "PROPH") for t in self.now):
            return False
        return self.tokens[at].text in ("only", "solely", "exclusively") and nxt not in ("IF", "ONCE", "WORSE", "FEVER", "SEVERE", "LIFETHR", "INF")


def segments(tokens: Sequence[Token]) -> tuple[Segment, ...]:
    """The segments of a piece, in order."""
    walk = _Walk(tokens)
    for at in range(len(tokens)):
        walk.step(at)
    walk.close("main")
    return tuple(walk.done)
