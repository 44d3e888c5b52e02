"""One message as items: everything in it that a case is read from, each with its place and its context."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from assistant.reading.context import Context
from assistant.reading.lexicon import Cues, Found, Lexicon, lexicon
from assistant.reading.phrases import phrase
from assistant.reading.text import Line, Token, fold, tokenise
from assistant.records import Severity, Words

# Frames of time, by how far back; read over the plain line.
_TIMES = {
    "far": re.compile(
        r"(?<!\S)(?:(?:\S+ )?(?:winters|summers|springs|autumns|christmases) (?:ago|back)|(?:in |since |of |back in )?(?:19\d\d|20[0-2]\d)|last (?:year|winter|summer|spring|autumn|fall)|(?:\S+ )?(?:years|yrs|decades) (?:ago|back)|(?:a|1) year (?:ago|back)|\d+ (?:y|yr|yrs) ago|as a (?:child|kid|boy|girl|teenager|student)|pre transplant|long ago)(?!\S)"
    ),
    "mid": re.compile(
        r"(?<!\S)(?:(?:in|back in|since|over|during|last|around|early|late|mid|this past) (?:january|february|march|april|june|july|august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|christmas|easter|new year|may|the summer|the winter|the spring|the autumn)|last month|ages ago|months (?:ago|back)|(?:\S+ )?months? (?:ago|back)|earlier this year|(?:cycle|c) ?\d+ (?!now))(?!\S)"
    ),
    "near": re.compile(
        r"(?<!\S)(?:last (?:week|fortnight|fri|mon|tues|wednes|thurs|sat|sun)\S*|(?:\S+ )?(?:weeks?|wks?|fortnight|days?) (?:ago|back)|\d+ ?/ ?(?:7|52|12) ago|earlier this month|the other (?:week|day)|recent(?:ly)?)(?!\S)"
    ),
    "now": re.compile(
        r"(?<!\S)(?:now|today|todays|tonight|this (?:morning|am|afternoon|evening|week|pm)|currently|at present|overnight|last night|since yesterday|just now|at the moment|presently|woke up|x ?\d+ ?d)(?!\S)"
    ),
}  # fmt: skip
_DRUG_LINE = re.compile(r"^(?:dh|drugs?|dhx|meds?|medications?|medicines|current meds|current medications?|regular meds|home meds|usual meds|takes|tx|rx|regular)(?: :|$| )")
_AMBIGUOUS = {"gent": re.compile(r"(?:^|elderly|old|older|pleasant|nice|this|the|a|an|yo|year|frail|lovely|dear|another|\d+) $"), "abs": re.compile(r"$^"), "nitro": re.compile(r"gtn $")}
_A_DOCTORS = re.compile(r"(?:the|her|his|my|their|your|our|a|by|to|from|per|via|saw|local|usual|called|calling|outside|new)$")
_DOCTOR_DOES = re.compile(r"(?:called|wrote|gave|gives|says|said|prescribed|started|treated|put|sent|office|thinks|wants|told|asked|asks|saw|stopped|held|ordered|is|has|just|visit|clinic|did|diagnosed|recommends?|refuses|will|would|does|doc|and)$")
_ADJECTIVES = re.compile(r"^(?:severe|severely|serious|seriously|mild|mildly|minor|moderate|trivial|slight|minimal|superficial|(?:ctcae )?(?:grade|gr|g) ?\S+)$")


@dataclass(frozen=True, slots=True)
class Item:
    """Something read from a message.

    `kind` is one of: infection, antimicrobial, symptom, drug, state, severity, time, intent. `flags` hold its context:
    negated, uncertain, hypothetical, historical, other, exposure, far, mid, near, now, new, referred, named, recalled, taken_back, claimed, counted, prophylaxis, unasserted.
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


@dataclass(frozen=True, slots=True)
class Scan:
    """A message, its items in order, and the lines that intents and topics are read over."""

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

    def of(self, kind: str) -> list[Item]:
        """The items of one kind, in order."""
        return [i for i in self.items if i.kind == kind]

    def intents(self, name: str) -> bool:
        """Whether any cue of an intent stands in the message."""
        return any(i.kind == "intent" and i.name == name for i in self.items)


_CLASS = {"infection": "<inf>", "antimicrobial": "<abx>", "symptom": "<sym>"}


class _Scanner:
    def __init__(self, text: str, turn: int, lex: Lexicon) -> None:
        self.text, self.turn, self.lex = text, turn, lex
        self.folded = fold(text)
        self.tokens = tokenise(self.folded)
        self.sentence_of = self._sentences()
        self.items: list[Item] = []

    def _sentences(self) -> list[int]:
        found, current = [], 0
        for token in self.tokens:
            found.append(current)
            current += token.breaks
        return found

    def words(self, first: int, last: int) -> Words:
        start, end = self.tokens[first].start, self.tokens[last - 1].end
        return Words(turn=self.turn, start=start, end=end, text=self.text[start:end])

    def add(self, kind: str, name: str, first: int, last: int, entry: Any = None, tier: Severity = Severity.UNSPECIFIED, flags: frozenset[str] = frozenset()) -> None:
        self.items.append(Item(kind, name, self.turn, first, last, self.words(first, last), self.sentence_of[first], entry, tier, flags))

    def vocabulary(self) -> tuple[dict[int, tuple[int, str]], dict[int, tuple[int, str]]]:
        """Finds drugs, infections, antimicrobials and symptoms; returns the classed words by token."""
        taken: set[int] = set()
        names: dict[int, tuple[int, str]] = {}
        quinolones: dict[int, tuple[int, str]] = {}
        for kind, vocabulary in (("drug", self.lex.drugs), ("infection", self.lex.infections), ("antimicrobial", self.lex.antimicrobials), ("symptom", self.lex.symptoms)):
            for found in vocabulary.find(self.tokens, self.text, taken):
                if (kind == "antimicrobial" and self._is_ambiguous(found)) or self._is_primary_care(found):
                    continue
                taken |= set(range(found.first, found.last))
                entry = found.entry
                word = _CLASS.get(kind, "<pom>" if kind == "drug" and entry.role == "pomalidomide" else "<drug>")
                if kind == "infection" and entry.kind in ("not_infection", "carriage"):
                    word = "<other>"
                names[found.first] = (found.last, word)
                if kind == "antimicrobial" and entry.quinolone:
                    quinolones[found.first] = (found.last, "<quin>")
                self.add(kind, entry.id, found.first, found.last, entry, getattr(entry, "tier", Severity.UNSPECIFIED))
        return names, quinolones

    def _is_ambiguous(self, found: Found) -> bool:
        word = self.tokens[found.first].text
        before = " ".join(t.text for t in self.tokens[max(0, found.first - 2) : found.first]) + " "
        return word in _AMBIGUOUS and bool(_AMBIGUOUS[word].search(before))

    def _is_primary_care(self, found: Found) -> bool:
        """'Her PCP called': the family doctor, and no pneumonia."""
        if self.text[self.tokens[found.first].start : self.tokens[found.first].end] != "PCP":
            return False
        before, after = _around(self.tokens, found.first, 1), _after(self.tokens, found.last, 1)
        return bool(_A_DOCTORS.match(before) or _DOCTOR_DOES.match(after))

    def cues(self, kind: str, table: dict[str, Cues], plain: Line, classed: Line) -> None:
        for name, cues in table.items():
            tier = Severity(name) if kind == "severity" else Severity.UNSPECIFIED
            for line, patterns in ((plain, cues.plain), (classed, cues.classed)):
                for pattern in patterns:
                    for match in pattern.finditer(line.text):
                        if match.end() > match.start():
                            first, last = line.token_range(match.start(), match.end())
                            self.add(kind, name, first, last, tier=tier)

    def fractions(self, plain: Line) -> None:
        """'3 of 7 days', 'day 5 out of 10': a course that runs, or one that is done."""
        for match in _FRACTION.finditer(plain.text):
            first, last = plain.token_range(match.start(), match.end())
            self.add("state", "treatment_ongoing" if float(match.group(1)) < float(match.group(2)) else "treatment_done", first, last, flags=frozenset({"counted"}))

    def times(self, plain: Line) -> None:
        for name, pattern in _TIMES.items():
            for match in pattern.finditer(plain.text):
                first, last = plain.token_range(match.start(), match.end())
                self.add("time", name, first, last)


def scan(text: str, turn: int, *, relative_is_patient: bool = False) -> Scan:
    """Read one message into items.

    Args:
        text: the message as typed.
        turn: its number in the conversation, from 0.
        relative_is_patient: a caregiver writes, so that 'my husband' is the patient and nobody else.
    """
    lex = lexicon()
    scanner = _Scanner(text, turn, lex)
    tokens = scanner.tokens
    names, quinolones = scanner.vocabulary()
    mend = lex.spelling.mend
    plain, classed, quin = Line(tokens, mend=mend), Line(tokens, names, mend), Line(tokens, quinolones, mend)
    scanner.cues("state", lex.states, plain, classed)
    scanner.cues("severity", lex.severity, plain, classed)
    scanner.cues("intent", lex.intents, plain, classed)
    scanner.times(plain)
    scanner.fractions(plain)
    mention_tokens = frozenset(i for item in scanner.items if item.kind in ("infection", "symptom") for i in range(item.first, item.last))
    context = Context(tokens, lex, mention_tokens)
    lines = _sentence_lines(tokens, scanner.sentence_of)
    recalled = [bool(phrase("recalled").search(line)) for line in lines]
    items = [_with_context(item, context, tokens, lines, recalled, relative_is_patient) for item in scanner.items]
    items = _with_predicates(_with_lists(_with_shared(items), tokens))
    items = [i for i in items if not (i.kind == "severity" and (_about_something_else(i, tokens) or _another_cause(i, items, lines)))]
    items = _without_covered([i for i in items if not _another_wait(i, items, lines)])
    items = [replace(i, line=lines[i.sentence], message=plain.text) if i.kind == "state" else i for i in _with_use(items, tokens)]
    items.sort(key=lambda i: (i.first, i.kind != "infection", -i.last))
    return Scan(turn, text, scanner.folded, tuple(tokens), tuple(_framed(items, tokens)), plain, classed, quin, tuple(scanner.sentence_of), tuple(lines))


def _sentence_lines(tokens: list[Token], sentence_of: list[int]) -> list[str]:
    lines: dict[int, list[str]] = {}
    for token, sentence in zip(tokens, sentence_of, strict=True):
        lines.setdefault(sentence, []).append(token.text)
    return [" ".join(lines[k]) for k in sorted(lines)]


def _another_wait(item: Item, items: list[Item], lines: list[str]) -> bool:
    """'Wait until the daughter is better': no course of treatment that runs until then."""
    if item.kind != "state" or item.name != "treatment_ongoing" or not item.words.text.lower().startswith(("until", "till", "through")):
        return False
    return not phrase("course").search(lines[item.sentence]) and not any(i.kind == "antimicrobial" and i.sentence == item.sentence for i in items)


def _with_shared(items: list[Item]) -> list[Item]:
    """'Her son has a cold. She has one too': what is said to be shared is the patient's as well."""
    shared = {s for i in items if i.kind == "intent" and i.name == "shared_illness" for s in (i.sentence - 1, i.sentence)}
    return [replace(i, flags=i.flags - {"other", "exposure"}) if i.sentence in shared and i.kind != "intent" else i for i in items]


def _with_predicates(items: list[Item]) -> list[Item]:
    """'I don't think the infection has cleared': what is denied is that it has cleared, and not the infection."""
    denied = [i for i in items if i.kind == "state" and i.name == "resolved" and i.has("negated")]

    def is_subject(item: Item) -> bool:
        return item.kind == "infection" and item.has("negated") and any(s.first <= item.last <= s.last or item.last + 1 == s.first for s in denied)

    return [replace(i, flags=i.flags - {"negated"}) if is_subject(i) else i for i in items]


def _with_lists(items: list[Item], tokens: list[Token]) -> list[Item]:
    """'BK, CMV, EBV all negative': what denies the last of a list denies all of it."""
    found = list(items)
    mentions = [n for n, i in enumerate(found) if i.kind == "infection"]
    for earlier, later in zip(reversed(mentions[:-1]), reversed(mentions[1:]), strict=True):
        between = {t.text for t in tokens[found[earlier].last : found[later].first]}
        if found[later].has("negated") and not found[earlier].has("negated") and between and between <= {",", "/", "and", "&", "or", "nor"}:
            found[earlier] = replace(found[earlier], flags=found[earlier].flags | {"negated"})
    return found


_COVERED_BY = {
    "resolved": ("residual", "no_infection", "treatment_ongoing", "treatment_done"),
    "well": ("residual",),
    "symptom_free": ("residual", "resolved", "well"),
    "treatment_done": ("residual", "treatment_ongoing"),
    "treatment_given": ("treatment_done", "treatment_ongoing"),
    "treatment_ongoing": ("treatment_done",),
    "no_infection": ("residual",),
}


def _without_covered(items: list[Item]) -> list[Item]:
    """A state cue inside a longer one is part of it: 'resolved' in 'not yet resolved' says nothing of its own."""
    states = [i for i in items if i.kind == "state"]

    running = [s for s in states if s.has("counted") and s.name == "treatment_ongoing"]

    def covered(item: Item) -> bool:
        if item.has("counted"):
            return False
        if item.name == "treatment_done" and any(s.sentence == item.sentence and item.first <= s.last + 8 and item.last >= s.first - 4 for s in running):
            return True
        wider = [s for s in states if s.first <= item.first and item.last <= s.last and s.last - s.first > item.last - item.first]
        return any(s.name in _COVERED_BY.get(item.name, ()) for s in wider)

    return [i for i in items if i.kind != "state" or not covered(i)]


def _around(tokens: list[Token], first: int, count: int) -> str:
    """Up to `count` words before the token, within its sentence."""
    start = first
    while start > 0 and first - start < count and not tokens[start - 1].breaks:
        start -= 1
    return " ".join(t.text for t in tokens[start:first])


def _after(tokens: list[Token], last: int, count: int) -> str:
    end = last
    while end < len(tokens) and end - last < count and not (end > last and tokens[end - 1].breaks):
        end += 1
    return " ".join(t.text for t in tokens[last:end])


def _about_something_else(item: Item, tokens: list[Token]) -> bool:
    """'severe back pain', 'grade 4 neutropenia', 'admitted for kyphoplasty': not the infection's severity."""
    words = " ".join(t.text for t in tokens[item.first : item.last])
    after = _after(tokens, item.last, 4)
    if _ADJECTIVES.match(words):
        return bool(phrase("other_noun").match(after))
    return item.tier is Severity.SEVERE and words.split()[0] in ("admitted", "admission", "inpatient", "in") and bool(phrase("elective").search(_after(tokens, item.last, 7)))


def _another_cause(item: Item, items: list[Item], lines: list[str]) -> bool:
    """'In the ICU for DKA', 'STEMI, CCU': where somebody lies for another illness, with no infection in that sentence."""
    if not phrase("places").search(item.words.text.lower()) or not phrase("other_cause").search(lines[item.sentence]):
        return False
    return not any(i.kind == "infection" and i.sentence == item.sentence and i.entry.kind not in ("not_infection", "carriage") and not i.has("negated", "other", "hypothetical") for i in items)


def _with_context(item: Item, context: Context, tokens: list[Token], lines: list[str], recalled: list[bool], relative_is_patient: bool) -> Item:
    if item.kind in ("time", "intent", "drug"):
        return item
    flags = set(item.flags)
    before = _around(tokens, item.first, 6)
    if item.kind == "state":
        after_mark = tokens[item.last].text if item.last < len(tokens) else ""
        flags |= _state_flags(item, context, before, lines[item.sentence], after_mark, _after(tokens, item.last, 4))
        if context.reaching("other_person", item.first, item.last) and not relative_is_patient:
            flags.add("other")
        return replace(item, flags=frozenset(flags))
    negation_reach = 4 if item.kind == "severity" else None
    if context.reaching("negation", item.first, item.last, negation_reach) or _denied_afterwards(tokens, item.last):
        flags.add("negated")
    for scope, flag in (("uncertain", "uncertain"), ("hypothetical", "hypothetical"), ("historical", "historical"), ("exposure", "exposure")):
        if context.reaching(scope, item.first, item.last):
            flags.add(flag)
    if item.kind == "severity" and phrase("places").search(item.words.text.lower()) and context.reaching("averted", item.first, item.last):
        flags.add("negated")
    if not relative_is_patient and context.reaching("other_person", item.first, item.last):
        flags.add("other")
    if phrase("new").search(_around(tokens, item.first, 3)):
        flags.add("new")
    if recalled[item.sentence]:
        flags.add("recalled")
    if item.kind in ("severity", "antimicrobial") and phrase("scrapped").search(before):
        flags |= {"negated", "taken_back"}
    if item.kind == "severity" and _BEYOND.search(_around(tokens, item.first, 3)):
        flags.add("hypothetical")
    if item.first == 0 or phrase("named").search(_around(tokens, item.first, 3)):
        flags.add("named")
    if phrase("referred").search(_around(tokens, item.first, 2)):
        flags.add("referred")
    line = lines[item.sentence]
    if phrase("history_line").match(line):
        flags.add("historical")
    if item.kind == "antimicrobial" and _DRUG_LINE.match(line):
        flags.add("listed")
    return replace(item, flags=frozenset(flags))


_BY_MOUTH = {"po", "oral", "orally", "tablets", "tabs", "caps", "capsules", "mouth", "qds", "125"}
_ON_THE_SKIN = {"drops", "cream", "ointment", "gel", "topical", "topically", "eyedrops", "drop"}


def _with_use(items: list[Item], tokens: list[Token]) -> list[Item]:
    """Antimicrobials with how they are used: to prevent, or by mouth although usually intravenous."""
    preventing = [i for i in items if i.kind == "intent" and i.name == "prophylaxis"]
    used: list[Item] = []
    for item in items:
        if item.kind == "antimicrobial":
            near = {t.text for t in tokens[max(0, item.first - 2) : item.last + 4]}
            if any((p.sentence == item.sentence and -4 <= p.first - item.last <= 4) or 0 <= item.first - p.last <= 4 for p in preventing):
                item = replace(item, flags=item.flags | {"prophylaxis"})
            if "iv" not in near and near & (_BY_MOUTH | _ON_THE_SKIN):
                item = replace(item, flags=item.flags | {"by_mouth" if near & _BY_MOUTH else "topical"})
        used.append(item)
    to_prevent = [i for i in used if i.kind == "antimicrobial" and i.has("prophylaxis")]
    return [
        replace(i, flags=i.flags | {"prophylaxis"}) if i.kind in ("state", "severity") and any(i.first <= a.first < i.last for a in to_prevent) else i
        for i in used
    ]


# 'Hold only for grade 3 or more': a threshold, and no grade of this infection.
_BEYOND = re.compile(r"(?:>|≥|\bonly for|\bat least|\babove|\bfor)(?: =)?$")
_ASSERTIONS = ("resolved", "well", "treatment_done", "symptom_free", "worse", "treatment_given", "treatment_ongoing")
# A course counted in parts: '5 of the 10 days', '3 out of 7 doses'.
_FRACTION = re.compile(
    r"(?<!\S)(\d{1,2}) (?:days?|doses?|tablets|weeks?)? ?(?:of|out of|from|into) (?:the |her |his |my |their |a |an )?(?:full |total |planned |prescribed )?(\d{1,2}) ?(?:-|day\b|days\b|d\b|doses?\b|tablets?\b|tabs?\b|capsules?\b|caps\b|pills?\b|weeks?\b|wks?\b|treatments?\b|infusions?\b|bags?\b|antibiotic)"
)
# What the patient or a relative claims does not outweigh what was found.
_CLAIMED = re.compile(r"(?<!\S)(?:says?|claims?|insists?|reckons?|thinks?|believes?|swears?|tells me|maintains?) (?:that )?(?:he|she|they|hes|shes|it|its|theyre)?(?: is| are| has| was| s)?$")


# A word inside the cue that takes it back, a question whether it is over, and a treatment that will end.
_QUALIFIED = re.compile(r"(?<!\w)(?:not|never|hardly|almost|nearly|largely|mostly|partly|partially|half|may|might|should|presumably|unresolved|\w+n't|isnt|hasnt|havent|\d\d ?%)(?!\w)")
_QUESTIONED = re.compile(r"^(?:so |but |and )?(?:has|have|did|whether|when was) (?:the|his|her|it|she|he|this|that|my|their|all)\b.*\?$|^asked (?:whether|if)\b")
_PLANNED = re.compile(r"(?<!\w)(?:will|to finish|tomorrow|tonight|due|unfinished|\d+ of \d+ (?:days|doses))(?!\w)")


def _state_flags(item: Item, context: Context, before: str, line: str, after_mark: str, item_after: str) -> set[str]:
    flags: set[str] = {"historical"} if phrase("history_line").match(line) else set()
    if item.name == "residual" and context.reaching("negation", item.first, item.last, 5 if "remain" in item.words.text.lower() else 2, for_state=True) and not item.words.text.lower().startswith(("not", "isn", "hasn", "never")):
        flags.add("hypothetical")
    said = item.words.text.lower()
    if item.name == "no_infection" and phrase("once_thought").search(before):
        flags.add("hypothetical")
    if item.name in ("resolved", "well") and _CLAIMED.search(before):
        flags.add("claimed")
    if item.name == "residual" and (phrase("other_event").search(before) or phrase("means").search(before)):
        flags.add("hypothetical")
    if item.name == "resolved" and said.endswith("over") and phrase("given_up").search(line):
        flags.add("hypothetical")
    if item.name in ("resolved", "well") and phrase("another_organ").search(before):
        flags.add("hypothetical")
    if item.name == "worse" and (phrase("good_to_have_back").search(before) or phrase("back_on").search(item_after)):
        flags.add("hypothetical")
    if item.name == "residual" and phrase("sequela").search(f"{before} {item.words.text.lower()} {item_after}"):
        flags.add("hypothetical")
    if item.name in ("resolved", "well") and (_QUALIFIED.search(said) or _QUESTIONED.search(line) or after_mark == "?" or item_after.startswith(("or not", "or no"))):
        flags.add("unasserted")
    if item.name == "treatment_done" and _PLANNED.search(said):
        flags.add("unasserted")
    if phrase("not_asserted").search(before) and item.name in ("resolved", "well", "treatment_done", "symptom_free"):
        flags.add("unasserted")
    if context.reaching("hypothetical", item.first, item.last, 6):
        flags.add("hypothetical")
    if context.reaching("refutation", item.first, item.last, for_state=True):
        flags.add("hypothetical" if item.name in ("no_infection", "residual", "worse") else "negated")
    says_no = item.words.text.lower().startswith(("no ", "not ", "off ", "without ", "never "))
    if not says_no and item.name in _ASSERTIONS and context.reaching("negation", item.first, item.last, 3, for_state=True):
        flags.add("negated")
    return flags


def _denied_afterwards(tokens: list[Token], last: int) -> bool:
    """'life-threatening?? no, it was not': the writer takes it back."""
    rest = [t.text for t in tokens[last : last + 4]]
    return len(rest) >= 2 and rest[0] == "?" and next((w for w in rest if w != "?"), "") in ("no", "nope", "nah")


def _framed(items: list[Item], tokens: list[Token]) -> list[Item]:
    """Each infection, severity and state item with the time expression that belongs to it."""
    drugs = {i.last for i in items if i.kind == "drug"}
    # 'pomalidomide since last summer' dates the drug and not the infection.
    times = [i for i in items if i.kind == "time" and not ({i.first, i.first - 1, i.first - 2} & drugs)]
    # 'transplant in 2019', 'admitted last year for a hip fracture': the time of another event.
    times = [t for t in times if not (phrase("elective").search(_around(tokens, t.first, 3)) or phrase("elective").match(_after(tokens, t.last, 4).removeprefix("for ").removeprefix("a ")))]
    infections = [i for i in items if i.kind == "infection"]
    found = []
    for item in items:
        if item.kind in ("infection", "symptom", "severity", "antimicrobial", "state") and times:
            following = next((n.first for n in infections if n.first >= item.last and n.sentence == item.sentence), 10**9)
            own = [t for t in times if t.sentence == item.sentence and (item.last <= t.first < following or t.last <= item.first)]
            own = [t for t in own if not any(t.last <= n.first < item.first for n in infections)]
            if own:
                nearest = min(own, key=lambda t: (t.first - item.last if t.first >= item.last else item.first - t.last + 1))
                item = replace(item, flags=item.flags | {nearest.name})
        found.append(item)
    return found
