"""One message as items: everything in it that a case is read from, each with its place and its context."""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import replace
from typing import Any

from assistant.reading import quantities
from assistant.reading.context import Context
from assistant.reading.counts import counts
from assistant.reading.courses import dated
from assistant.reading.items import Item, Scan, after, around
from assistant.reading.lexicon import CueTable, Found, Lexicon, lexicon
from assistant.reading.surroundings import Surroundings, is_about_something_else
from assistant.reading.text import Line, Token, fold, tokenise
from assistant.reading.together import (
    framed,
    has_another_cause,
    is_another_wait,
    with_lists,
    with_onsets,
    with_orders,
    with_predicates,
    with_prevention_after,
    with_sequelae,
    with_shared,
    with_use,
    without_borrowed,
    without_covered,
    without_labels,
)
from assistant.records import Severity, Words

# Frames of time, by how far back; read over the plain line.
_TIMES = {
    "far": re.compile(
        r"(?<!\S)(?:(?:in |since |of )?twenty (?:1\d|10|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty(?: [1-4])?)(?= [.,;:?)]|$| and| with| for| to| on)|(?:\S+ )?(?:winters|summers|springs|autumns|christmases) (?:ago|back)|(?:in |since |of |back in )?(?:19\d\d|20[0-2]\d)|last (?:year|yr|winter|summer|spring|autumn|fall)|(?:\S+ )?(?:years|yrs|decades) (?:ago|back)|(?:a|1) year (?:ago|back)|\d+ (?:y|yr|yrs) ago|as a (?:child|kid|boy|girl|teenager|student)|pre transplant|long ago)(?!\S)"
    ),
    "mid": re.compile(
        r"(?<!\S)(?:(?:in|back in|since|over|during|last|around|early|late|mid|this past) (?:january|february|march|april|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|christmas|easter|new year|may|the summer|the winter|the spring|the autumn)|(?<=\w )(?<!next )(?<!due )(?<!its )(?<!is )(?<!now )(?<!this )(?<!\d )(?<!/ )(?:aug|august|sept?|september|oct|october|nov|november|feb|february|july|june)(?! (?:\d|:|appointment|review|clinic|visit))|last month|ages ago|months (?:ago|back)|(?:\S+ )?months? (?:ago|back)|earlier this year|(?:cycle|c) ?\d+ (?!now))(?!\S)"
    ),
    "near": re.compile(
        r"(?<!\S)(?:last (?:week|fortnight|fri|mon|tues|wednes|thurs|sat|sun)\S*|(?:\S+ )?(?:weeks?|wks?|fortnight|days?) (?:ago|back)|\d+ ?/ ?(?:7|52|12) ago|earlier this month|the other (?:week|day)|recent(?:ly)?)(?!\S)"
    ),
    "now": re.compile(
        r"(?<!\S)(?:now|today|todays|tonight|this (?:morning|am|afternoon|evening|week|pm)|currently|at present|overnight|last night|since yesterday|just now|at the moment|presently|woke up|x ?\d+ ?d)(?!\S)"
    ),
}  # fmt: skip

# 'January: pneumonia. August: a head cold': of the headings in a row, all but the last lie back.
_HEADED = re.compile(r"(?:^|[.;] )((?:in )?(?:january|february|march|april|may|june|july|august|september|october|november|december|spring|summer|autumn|winter)(?: 20\d\d)?) (?:: |,)")

_AMBIGUOUS = {
    "gent": re.compile(r"(?:^|elderly|old|older|pleasant|nice|this|the|a|an|yo|year|frail|lovely|dear|another|\d+) $"),
    "abs": re.compile(r"$^"),
    "nitro": re.compile(r"gtn $"),
    "levo": re.compile(r"(?:map|pressors?|norepi|epi|vaso) \S+ $|map \S+ (?:on|with) $"),
}
# Behind 'levo': it is noradrenaline and no levofloxacin.
_LEVOPHED = re.compile(r"(?:\S+ ){0,4}(?:mcg|gtt|drip|ug)\b|(?:and|\+|&|/) (?:vaso|epi|norepi|phenylephrine)")
_A_DOCTORS = re.compile(r"(?:the|her|his|my|their|your|our|a|by|to|from|per|via|saw|local|usual|called|calling|outside|new)$")
_DOCTOR_DOES = re.compile(
    r"(?:called|wrote|gave|gives|says|said|prescribed|started|treated|put|sent|office|thinks|wants|told|asked|asks|saw|stopped|held|ordered|is|has|just|visit|clinic|did|diagnosed|dx|dxd|rx|rxd|tx|calls|feels|reads|notes|recommends?|refuses|will|would|does|doc|and)$"
)


# A course counted in parts: '5 of the 10 days', '3 out of 7 doses'.
_FRACTION = re.compile(
    r"(?<!\S)(\d{1,2}) (?:days?|doses?|tablets|weeks?)? ?(?:of|out of|from|into) (?:the |her |his |my |their |a |an )?(?:full |total |planned |prescribed )?(\d{1,2}) ?(?:-|day\b|days\b|d\b|doses?\b|tablets?\b|tabs?\b|capsules?\b|caps\b|pills?\b|weeks?\b|wks?\b|treatments?\b|infusions?\b|bags?\b|antibiotic)"
)
_PARTS = re.compile(r"(?<!\S)(\d{1,2}) (?:days?|d|doses?|weeks?|wks?) (?:of|out of) (?:the |a |an )?(\d{1,2})(?= [.,;)?]|$| so| and| done| in)")
_SLASHED = re.compile(r"(?<!\S)(\d{1,2}) ?/ ?(?!7 |12 |52 )(\d{1,2}) (?:days?|doses?|infusions?) (?:of|in|done|taken|given)\b")
# How many days after its end a course is called done, and how the time since then is called.
_ELAPSED_DAYS, _HOW_LONG = 1, (("far", 365), ("mid", 60), ("near", 0))
# 'Registrar wrote "for septic joint"': a quotation that is still open before the mention, and how far back it may begin.
_OPEN_QUOTE, _QUOTED = re.compile(r"(?:^|(?<=\W))[\"'“‘][^\"'“”‘’]*$|[\"'“”‘’]$"), 24
_CLASS = {"infection": "<inf>", "antimicrobial": "<abx>", "symptom": "<sym>"}


class _Scanner:
    def __init__(self, text: str, turn: int, lex: Lexicon) -> None:
        self.text, self.turn, self.lex = text, turn, lex
        self.folded = fold(text)
        self.tokens = tokenise(self.folded)
        self.sentence_of = self._sentences()
        self.items: list[Item] = []
        self.dated = dated(self.folded)

    def _sentences(self) -> list[int]:
        found, current = [], 0
        for token in self.tokens:
            found.append(current)
            current += token.breaks
        return found

    def words(self, first: int, last: int) -> Words:
        start, end = self.tokens[first].start, self.tokens[last - 1].end
        return Words(turn=self.turn, start=start, end=end, text=self.text[start:end])

    def add(
        self,
        kind: str,
        name: str,
        first: int,
        last: int,
        entry: Any = None,
        tier: Severity = Severity.UNSPECIFIED,
        flags: frozenset[str] = frozenset(),
    ) -> None:
        words = self.words(first, last)
        if kind == "infection" and _OPEN_QUOTE.search(self.text[max(0, words.start - _QUOTED) : words.start]):
            flags |= {"quoted"}
        self.items.append(Item(kind, name, self.turn, first, last, words, self.sentence_of[first], entry, tier, flags))

    def vocabulary(self) -> tuple[dict[int, tuple[int, str]], dict[int, tuple[int, str]]]:
        """Finds drugs, infections, antimicrobials and symptoms; returns the classed words by token."""
        taken: set[int] = set()
        names: dict[int, tuple[int, str]] = {}
        quinolones: dict[int, tuple[int, str]] = {}
        for kind, vocabulary in (
            ("drug", self.lex.drugs),
            ("infection", self.lex.infections),
            ("antimicrobial", self.lex.antimicrobials),
            ("symptom", self.lex.symptoms),
        ):
            for found in vocabulary.find(self.tokens, self.text, taken):
                if (kind == "antimicrobial" and self._is_ambiguous(found)) or self._is_primary_care(found):
                    continue
                taken |= set(range(found.first, found.last))
                entry = found.entry
                word = _CLASS.get(kind, "<pom>" if kind == "drug" and entry.role == "pomalidomide" else "<drug>")
                if kind == "infection" and entry.kind in ("not_infection", "carriage"):
                    word = "<mimic>" if entry.id == "mimic" else "<other>"
                names[found.first] = (found.last, word)
                if kind == "antimicrobial" and entry.quinolone:
                    quinolones[found.first] = (found.last, "<quin>")
                self.add(kind, entry.id, found.first, found.last, entry, getattr(entry, "tier", Severity.UNSPECIFIED))
        return names, quinolones

    def _is_ambiguous(self, found: Found) -> bool:
        word = self.tokens[found.first].text
        before = " ".join(t.text for t in self.tokens[max(0, found.first - 2) : found.first]) + " "
        if word == "levo" and _LEVOPHED.match(after(self.tokens, found.last, 6)):
            return True
        return word in _AMBIGUOUS and bool(_AMBIGUOUS[word].search(before))

    def _is_primary_care(self, found: Found) -> bool:
        """'Her PCP called': the family doctor, and no pneumonia."""
        if self.text[self.tokens[found.first].start : self.tokens[found.first].end] != "PCP":
            return False
        owner, verb = around(self.tokens, found.first, 1), after(self.tokens, found.last, 1)
        return bool(_A_DOCTORS.match(owner) or _DOCTOR_DOES.match(verb))

    def cues(self, kind: str, table: CueTable, plain: Line, classed: Line) -> None:
        for name, first, last in table.matches(plain, classed):
            self.add(kind, name, first, last, tier=Severity(name) if kind == "severity" else Severity.UNSPECIFIED)

    def fractions(self, plain: Line) -> None:
        """'3 of 7 days', 'day 5 out of 10': a course that runs, or one that is done."""
        for match in (*_FRACTION.finditer(plain.text), *_PARTS.finditer(plain.text), *_SLASHED.finditer(plain.text)):
            first, last = plain.token_range(match.start(), match.end())
            self.add(
                "state",
                "treatment_ongoing" if float(match.group(1)) < float(match.group(2)) else "treatment_done",
                first,
                last,
                flags=frozenset({"counted"}),
            )

    def dates(self) -> None:
        """A treatment that ended before today is done, and one that ends later runs, whatever else is said of it."""
        for told in self.dated.endings:
            first, last = self.token_at(told.start), self.token_at(told.end - 1) + 1
            if self._is_of_another(first, last, bare=told.bare) or self._prevents_in(first):
                continue
            if told.days_ago < 0:
                self.items = [i for i in self.items if not (i.name == "treatment_done" and i.first < last and first < i.last)]
                self.add("state", "treatment_ongoing", first, last, flags=frozenset({"dated"}))
            elif told.days_ago >= _ELAPSED_DAYS:
                self.items = [i for i in self.items if not (i.name == "treatment_ongoing" and i.first < last and first < i.last)]
                self.add("state", "treatment_done", first, last, flags=frozenset({"dated"}))
                self.add("time", next(name for name, days in _HOW_LONG if told.days_ago >= days), last - 1, last)

    def token_at(self, offset: int) -> int:
        """The token that stands at an offset of the text, or the next one."""
        return min(bisect_right(self.tokens, offset, key=lambda token: token.end), len(self.tokens) - 1)

    def _is_of_another(self, first: int, last: int, *, bare: bool) -> bool:
        """Whether the end at these tokens is of pomalidomide, or with bare words of nothing that is named in their sentence."""
        told = [i for i in self.items if i.sentence == self.sentence_of[first] and i.first < last and i.kind in ("antimicrobial", "drug")]
        nearest = max(told, key=lambda i: i.first, default=None)
        return bare if nearest is None else nearest.kind == "drug"

    def _prevents_in(self, first: int) -> bool:
        return any(i.kind == "intent" and i.name == "prophylaxis" and i.sentence == self.sentence_of[first] for i in self.items)

    def times(self, plain: Line) -> None:
        """Frames of time; what tells the day of today, or the year of a date, places nothing else."""
        for name, pattern in _TIMES.items():
            for match in pattern.finditer(plain.text):
                first, last = plain.token_range(match.start(), match.end())
                if not any(start <= self.tokens[first].start < end for start, end in self.dated.spans):
                    self.add("time", name, first, last)
        for match in list(_HEADED.finditer(plain.text))[:-1]:
            first, last = plain.token_range(match.start(1), match.end(1))
            self.add("time", "mid", first, last)


def scan(text: str, turn: int, *, relative_is_patient: bool = False, patient_writes: bool = False) -> Scan:
    """Read one message into items.

    Args:
        text: the message as typed.
        turn: its number in the conversation, from 0.
        relative_is_patient: a caregiver writes, so that 'my husband' is the patient and nobody else.
        patient_writes: the patient writes, so that 'she' is somebody else.
    """
    lex = lexicon()
    scanner = _Scanner(text, turn, lex)
    tokens = scanner.tokens
    names, quinolones = scanner.vocabulary()
    mend = lex.spelling.mend
    plain, classed = Line(tokens, mend=mend), Line(tokens, names, mend)
    scanner.cues("state", lex.states, plain, classed)
    scanner.cues("severity", lex.severity, plain, classed)
    scanner.cues("intent", lex.intents, plain, classed)
    scanner.times(plain)
    scanner.fractions(plain)
    scanner.dates()
    mention_tokens = frozenset(i for item in scanner.items if item.kind in ("infection", "symptom") for i in range(item.first, item.last))
    context = Context(tokens, lex, mention_tokens, patient_writes=patient_writes)
    lines = _sentence_lines(tokens, scanner.sentence_of)
    surroundings = Surroundings(tokens, context, lines, relative_is_patient=relative_is_patient)
    items = with_predicates(with_lists(with_onsets(with_orders(with_shared([surroundings.placed(item) for item in scanner.items])), tokens), tokens))
    items = without_labels(with_sequelae(items, lines), lines)
    items = [i for i in items if not (i.kind == "severity" and (is_about_something_else(i, tokens) or has_another_cause(i, items, lines)))]
    items = without_borrowed(without_covered([i for i in items if not is_another_wait(i, items, lines)]))
    items = [replace(i, line=lines[i.sentence], message=plain.text) if i.kind == "state" else i for i in with_prevention_after(with_use(items, tokens), lines)]
    items.sort(key=lambda i: (i.first, i.kind != "infection", -i.last))
    return Scan(
        turn=turn,
        text=text,
        folded=scanner.folded,
        tokens=tuple(tokens),
        items=tuple(framed(items, tokens)),
        plain=plain,
        classed=classed,
        quinolones=Line(tokens, quinolones, mend) if quinolones else plain,
        sentence_of=tuple(scanner.sentence_of),
        sentence_lines=tuple(lines),
        counts=tuple(counts(scanner.folded)),
        temperatures=tuple(quantities.temperatures(scanner.folded)),
    )


def _sentence_lines(tokens: list[Token], sentence_of: list[int]) -> list[str]:
    lines: dict[int, list[str]] = {}
    for token, sentence in zip(tokens, sentence_of, strict=True):
        lines.setdefault(sentence, []).append(token.text)
    return [" ".join(lines[k]) for k in sorted(lines)]
