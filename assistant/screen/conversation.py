"""A conversation as the page keeps it: frozen, one value in the session's state; pure functions make the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from assistant.corrections import Value
from assistant.records import Answer, Case
from assistant.storage import Feedback

TITLE = 60  # characters of the first question that name a conversation

# What is said of a field later takes back what was set by hand before: these facts speak of it.
_SPEAKS_OF: Mapping[str, frozenset[str]] = {
    "infection": frozenset({"infection", "state", "temperature", "neutropenic_fever"}),
    "severity": frozenset({"severity", "infection"}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One question and what became of it.

    `by_hand` are fields set by a click: such a turn is shown like any other, and needs no reading. `settled` is false while the answer is the rules' own and
    search or model are still to come. `model` names the one that was chosen to explain it: "" for the rules alone, None for the one that is set up.
    `fault` says why there is no answer; such a question is no part of the case.
    """

    text: str
    by_hand: tuple[tuple[str, Value], ...] = ()
    answer: Answer | None = None
    settled: bool = False
    model: str | None = None
    remark: str = ""
    fault: str = ""

    @property
    def typed(self) -> bool:
        """Whether its words are read."""
        return not self.fault and not self.by_hand


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversation:
    """The entries, in order; `ticked` holds the number of an entry and the item of its checklist, `said` what the reader said of the answers."""

    id: str = ""
    name: str = ""
    reader: str = "clinician"
    entries: tuple[Entry, ...] = ()
    jurisdiction: str = ""  # whose product label stands beside the article; "" for the US and the EU
    ticked: frozenset[tuple[int, str]] = frozenset()
    said: tuple[Feedback, ...] = ()

    @property
    def title(self) -> str:
        """Its name, or the beginning of its first question."""
        first = " ".join(self.entries[0].text.split()) if self.entries else ""
        return self.name or (first if len(first) <= TITLE else first[: TITLE - 1].rstrip() + "…")

    @property
    def turns(self) -> tuple[str, ...]:
        """What is read: all that was typed and could be answered."""
        return tuple(entry.text for entry in self.entries if entry.typed)

    def until(self, number: int) -> Conversation:
        """The conversation as it was when an entry was asked."""
        return replace(self, entries=self.entries[: number + 1])

    @property
    def unsettled(self) -> int | None:
        """The number of the last entry whose answer is still to be completed, None where there is none."""
        last = len(self.entries) - 1
        return last if last >= 0 and not self.entries[last].settled else None

    def asked(self, text: str, by_hand: Mapping[str, Value]) -> Conversation:
        """With one more question, not yet answered."""
        return replace(self, entries=(*self.entries, Entry(text=text, by_hand=tuple(by_hand.items()))))

    def edited(self, number: int, text: str) -> Conversation:
        """With one question put differently; what was asked after it, ticked and said from there on is dropped."""
        return replace(
            self,
            entries=(*self.entries[:number], Entry(text=text)),
            ticked=frozenset(tick for tick in self.ticked if tick[0] < number),
            said=tuple(one for one in self.said if one.number < number),
        )

    def ticking(self, number: int, item: str, on: bool) -> Conversation:
        """With one item of a checklist ticked, or not."""
        one = {(number, item)}
        return replace(self, ticked=self.ticked | one if on else self.ticked - one)

    def saying(self, said: Feedback) -> Conversation:
        """With what the reader says of an answer, in the place of what was said of it before."""
        return replace(self, said=(*(one for one in self.said if one.number != said.number), said))

    def with_last(self, entry: Entry) -> Conversation:
        """With the last entry replaced."""
        return replace(self, entries=(*self.entries[:-1], entry))

    def corrections(self, case: Case) -> dict[str, Value]:
        """What was set by hand and not spoken of since; `case` is what the turns say without it."""
        found: dict[str, Value] = {}
        for number, entry in enumerate(self.entries):
            read_before = len(self.until(number).turns)
            later = {fact.name for fact in case.facts if fact.words.turn >= read_before}
            found |= {name: value for name, value in entry.by_hand if not later & _SPEAKS_OF.get(name, frozenset({name}))}
        return found
