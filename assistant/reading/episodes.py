"""Items to episodes: which infections there are, whose, in which state, how severe at their worst.

The episode that the question is about keeps its cues in the order in which they were said; the last turn that speaks
of a thing (resolution, treatment, symptoms) wins, and within one turn the more cautious reading does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from assistant.reading.items import Item, Scan
from assistant.reading.phrases import phrase
from assistant.records import Episode, EpisodeState, Severity, Words

_GENERIC = ("generic", "organism")
_AFEBRILE = re.compile(r"afeb|apyrex|deferv|fever|temp")
_ASIDE = ("other", "hypothetical", "exposure")


@dataclass(slots=True)
class Thread:
    """One infection while it is being read: its mentions and the cues that belong to it."""

    mentions: list[Item] = field(default_factory=list)
    states: list[Item] = field(default_factory=list)
    severities: list[Item] = field(default_factory=list)
    treatments: list[Item] = field(default_factory=list)
    closed: bool = False

    @property
    def name(self) -> str:
        """The most telling name: a diagnosis before the word 'infection' or an organism."""
        named = [m for m in self.mentions if m.entry.kind not in _GENERIC]
        return (named or self.mentions)[0].name

    @property
    def specific(self) -> set[str]:
        """The diagnoses named."""
        return {m.name for m in self.mentions if m.entry.kind not in _GENERIC}


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the episode in question stands: its state, whether two statements contradict, and the words for it.

    `silent` says that no words told of its course: the state is the cautious default and not a reading.
    """

    state: EpisodeState
    contradiction: bool
    words: tuple[Words, ...]
    silent: bool = False


def _is_aside(item: Item) -> bool:
    return item.has(*_ASIDE)


def _is_current(item: Item) -> bool:
    return (
        item.kind == "infection"
        and item.entry.kind not in ("not_infection", "carriage")
        and not (_is_aside(item) or item.has("negated", "historical"))
    )


def threads_of(scans: Sequence[Scan]) -> tuple[list[Thread], list[Item]]:
    """The threads of current infections in order, and the mentions that are none (absent, historical, aside)."""
    threads: list[Thread] = []
    rest: list[Item] = []
    waiting: list[Item] = []
    for scan in scans:
        if threads and (phrase("wrong_patient").search(scan.plain.text) or phrase("anothers_after_all").search(scan.plain.text)):
            rest += [replace(m, flags=m.flags | {"other"}) for m in threads[-1].mentions]
            threads.pop()
        if threads and phrase("wrong_chart").search(scan.plain.text):
            threads[-1].severities, threads[-1].treatments, threads[-1].states = [], [], []
        elif threads and phrase("only_ever").search(scan.plain.text):
            threads[-1].severities, threads[-1].treatments = [], []
        for item in scan.items:
            if item.kind == "infection":
                if item.entry.kind == "not_infection":
                    continue
                if threads and item.has("negated", "taken_back", "other", "historical", "far"):
                    threads[-1].mentions = [
                        m for m in threads[-1].mentions if not (m.name == item.name and m.turn < item.turn and len(threads[-1].mentions) > 1)
                    ]
                if not _is_current(item) or _belongs_to_the_past(item, threads):
                    rest.append(item if not _is_current(item) else replace(item, flags=item.flags | {"historical"}))
                    continue
                thread = _place(item, threads)
                for early in waiting:
                    if not _is_before_the_turn(early, item, scan):
                        _attach(early, thread)
                waiting = []
            elif item.kind in ("state", "severity", "antimicrobial") and not _is_aside(item):
                if item.has("taken_back" if item.kind != "severity" else "negated") and item.kind != "state" and threads:
                    _take_back(item, threads[-1])
                if item.kind != "state" and (item.has("negated", "historical") or _belongs_to_the_past(item, threads)):
                    continue
                if item.kind == "state" and (item.has("historical") or _ends_history(item, rest, threads)):
                    continue
                if threads:
                    _attach(item, threads[-1])
                else:
                    waiting.append(item)
    if waiting and not threads:
        threads.append(Thread())
        for early in waiting:
            _attach(early, threads[0])
    return threads, rest


_RECOVERED = ("resolved", "well", "symptom_free", "treatment_done")


def _is_before_the_turn(state: Item, mention: Item, scan: Scan) -> bool:
    """'Chest cleared, but he's got a cold sore now': the recovery is of another illness than the one named after the 'but'."""
    if state.name not in _RECOVERED or (state.turn, state.sentence) != (mention.turn, mention.sentence):
        return False
    if mention.has("far", "mid", "near", "recalled", "named", "uncertain"):
        return False
    return any(t.text in ("but", "however", "yet") for t in scan.tokens[state.last : mention.first])


def _ends_history(item: Item, rest: list[Item], threads: list[Thread]) -> bool:
    """'UTI 2024 resolved': what ended is the earlier infection beside it, and not the one of today."""
    past = [
        r
        for r in rest
        if r.has("historical") and r.turn == item.turn and r.sentence == item.sentence and r.first < item.last and item.first - r.last <= 3
    ]
    current = [m for m in threads[-1].mentions if m.turn == item.turn and m.first < item.first] if threads else []
    return bool(past) and not any(m.first > past[-1].first for m in current)


def _take_back(denial: Item, thread: Thread) -> None:
    """'Not life-threatening, that was autotext': the same words said before no longer count."""
    said = denial.words.text.lower()
    thread.severities = [s for s in thread.severities if not (s.words.text.lower() == said and s.turn < denial.turn)]
    if denial.kind == "antimicrobial":
        thread.treatments = [t for t in thread.treatments if not (t.name == denial.name and t.turn < denial.turn)]


def _place(item: Item, threads: list[Thread]) -> Thread:
    """The thread that a mention belongs to; a new one where it is another illness at another time."""
    if threads:
        last = threads[-1]
        if not last.mentions or not _is_another(item, last):
            last.mentions.append(item)
            return last
        last.closed = True
    threads.append(Thread(mentions=[item]))
    if len(threads) > 1 and not any((m.turn, m.sentence) == (item.turn, item.sentence) for m in threads[-2].mentions):
        _hand_over(item, threads[-2], threads[-1])
    return threads[-1]


def _hand_over(item: Item, last: Thread, new: Thread) -> None:
    """'IV micafungin, line tip Candida': what stands before a new illness in its own sentence is of the new one."""

    def of_the_new(cue: Item) -> bool:
        return (cue.turn, cue.sentence) == (item.turn, item.sentence)

    new.severities, last.severities = [c for c in last.severities if of_the_new(c)], [c for c in last.severities if not of_the_new(c)]
    new.treatments, last.treatments = [c for c in last.treatments if of_the_new(c)], [c for c in last.treatments if not of_the_new(c)]


def _is_another(item: Item, last: Thread) -> bool:
    """Whether a mention opens a new episode: after the last one had ended, or when that one lay further back in time."""
    before = last.mentions[-1]
    later = item.turn > before.turn
    same_name = item.entry.kind in _GENERIC or item.name in last.specific
    ended = any(s.name in ("resolved", "treatment_done", "well") and s.asserted for s in last.states)
    if item.has("pointed_at") and same_name and not item.has("new"):
        return False
    if (item.has("recalled") or (item.has("referred") and same_name and not later)) and not item.has("now"):
        return False
    if later and not item.has("new", "now") and not last.specific and item.has("named"):
        return False
    if ended and (item.has("new") or (later and not item.has("referred") and item.entry.kind != "generic")):
        return True
    further_back = any(m.has("far") for m in last.mentions) and not item.has("far")
    if same_name:
        return (further_back or ended) and item.has("now") and (later or item.sentence > before.sentence)
    back = any(m.has("mid") for m in last.mentions) and (item.has("now", "near") or not item.has("mid", "far"))
    apart = later or item.sentence > before.sentence
    return further_back or (back and apart) or (ended and apart) or (ended and item.has("now"))


def _belongs_to_the_past(item: Item, threads: list[Thread]) -> bool:
    """'Septic shock in 2019' beside a cold sore of today: history, whatever comes first in the message."""
    if not (item.has("far") and threads and threads[-1].mentions) or any(m.has("far") for m in threads[-1].mentions):
        return False
    last = threads[-1].mentions[-1]
    if item.name in threads[-1].specific and all(m.has("label") for m in threads[-1].mentions):
        return False  # 'Problem list: pneumonia. Admitted with pneumonia in 2024': the entry and what it is of
    # 'Meningococcal septicaemia last autumn' is one illness with two names.
    return item.turn != last.turn or item.sentence != last.sentence or item.first - last.last > 1


def _attach(item: Item, thread: Thread) -> None:
    {"state": thread.states, "severity": thread.severities, "antimicrobial": thread.treatments}[item.kind].append(item)


# ----------------------------------------------------------------------------- severity


def routes(thread: Thread) -> list[tuple[Severity, Item]]:
    """The severity that each antimicrobial used as treatment implies: intravenous severe, oral or topical mild."""
    found = []
    for item in thread.treatments:
        if is_prophylaxis(item, thread) or item.has("hypothetical"):
            continue
        route = item.entry.route
        if thread.specific & set(item.entry.oral_for) and route == "iv":
            route = "oral"
        if item.has("by_mouth", "topical"):
            route = "oral"
        if route == "iv":
            found.append((Severity.SEVERE, item))
        elif route in ("oral", "topical"):
            found.append((Severity.MILD, item))
    return found


def is_prophylaxis(item: Item, thread: Thread) -> bool:
    """Whether an antimicrobial is given to prevent: said so, listed among usual drugs, or not for this infection."""
    if item.has("prophylaxis"):
        return True
    if item.entry.prophylactic and item.entry.treats and thread.specific and not thread.specific & set(item.entry.treats):
        return True
    return item.has("listed") and item.entry.prophylactic


_TESTED = {"COVID-19", "influenza", "RSV"}
_NO_SYMPTOMS = re.compile(r"symptom|\basx\b|\bno sx\b|zero sx|absolutely fine|perfectly well|feels? fine")


def only_tested_positive(thread: Thread, told: Sequence[str] = ()) -> bool:
    """Whether a positive test is all there is: no symptoms (spec, section 4.18).

    Args:
        thread: the infection.
        told: the sentences that speak of the patient, as plain words.
    """
    if thread.specific and thread.specific <= _TESTED and any(phrase("no_symptom").search(line) for line in told):
        return True
    free = [s for s in thread.states if s.name in ("symptom_free", "well") and _NO_SYMPTOMS.search(s.words.text.lower()) and not s.has("negated")]
    return bool(free) and bool(thread.specific) and thread.specific <= _TESTED


def is_of_the_test(state: Item, thread: Thread) -> bool:
    """Whether 'no symptoms' is told beside a bare positive test: it says how mild the infection is, and not that it is over."""
    if thread.treatments or thread.severities:
        return False
    tested = bool(thread.specific) and thread.specific <= _TESTED and any(m.turn == state.turn for m in thread.mentions)
    return tested and state.name == "symptom_free" and bool(_NO_SYMPTOMS.search(state.words.text.lower()))


def severity_of(thread: Thread) -> tuple[Severity, tuple[Words, ...]]:
    """The worst tier among names, cues and routes, and the words that say so."""
    candidates = [(m.tier, m) for m in thread.mentions if not m.has("uncertain")]
    candidates += [(s.tier, s) for s in thread.severities if not s.has("hypothetical", "uncertain")]
    candidates += routes(thread)
    worst = max((tier for tier, _ in candidates), key=lambda t: t.rank, default=Severity.UNSPECIFIED)
    if worst is Severity.UNSPECIFIED:
        return worst, ()
    return worst, tuple(item.words for tier, item in candidates if tier is worst)


# ----------------------------------------------------------------------------- state

_ELAPSED = re.compile(r"(?<!\S)(?:\S*days?|d|weeks?|wks?|months?|fortnight|ago|yesterday|last|since|/ ?(?:7|52|12)|\d+d)(?!\S)")
_WEEKS = re.compile(r"(?<!\S)(?:weeks|wks|months|fortnight|/ ?52|\d+ ?/ ?(?:52|12))(?!\S)")
# What runs for months: time and wellness alone do not tell its end.
_LASTING = frozenset({"tuberculosis", "invasive fungal infection", "bone or joint infection"})
# What may speak against 'resolved', and what it takes to overrule each: said later in a later sentence, or in a later turn.
_OVERRULED_BY = {
    "treatment_ongoing": ("treatment_done",),
    "residual": ("resolved", "well"),
    "worse": ("resolved", "well", "symptom_free"),
    "fever": ("resolved", "well", "afebrile"),
}


def _said(thread: Thread) -> dict[str, Item]:
    """The last assertion of each kind; a negated one counts for its opposite."""
    opposite = {"resolved": "residual", "well": "residual", "symptom_free": "residual", "treatment_done": "treatment_ongoing"}
    last: dict[str, Item] = {}
    for item in thread.states:
        if item.has("unasserted", "hypothetical", "prophylaxis"):
            continue
        name = opposite.get(item.name, "") if item.has("negated") else item.name
        if name:
            last[name] = item
            if name == "symptom_free" and _AFEBRILE.search(item.words.text.lower()):
                last["afebrile"] = item
    return last


def _place_of(item: Item) -> tuple[int, int]:
    return item.turn, item.first


def _live(last: dict[str, Item], fever: Item | None) -> list[Item]:
    """The assertions that speak against resolution and that nothing said later has overruled."""
    against: dict[str, Item] = {k: last[k] for k in ("treatment_ongoing", "residual", "worse") if k in last}
    if fever:
        against["fever"] = fever
    found = []
    for name, item in against.items():
        later = [
            last[k]
            for k in _OVERRULED_BY[name]
            if k in last and _place_of(last[k]) > _place_of(item) and not (last[k].has("claimed") and last[k].turn == item.turn)
        ]
        if name == "treatment_ongoing" and "resolved" in last and last["resolved"].turn > item.turn:
            continue
        if not any(o.turn > item.turn or o.sentence > item.sentence or name == "treatment_ongoing" or "afebrile" in o.name for o in later):
            found.append(item)
    return found


# 'The fever has gone, still on the antibiotic': no contradiction. 'All antibiotics completed, currently day 3 of 7': one.
_OF_FEVER = re.compile(r"(?:the |his |her )?(?:fever|temp)")
_WHOLE_COURSE = re.compile(r"antibiotics|abx|course|treatment")


def _against_course(item: Item) -> bool:
    """Whether what speaks against the end is a treatment that runs."""
    return item.name == "treatment_ongoing"


def _contradicts(last: dict[str, Item], live: list[Item]) -> bool:
    """Whether one turn says outright that it is over and that it is not; 'gone apart from the cough' is no contradiction."""
    resolved, done = last.get("resolved"), last.get("treatment_done")
    for item in live:
        if resolved and _OF_FEVER.match(resolved.words.text.lower()) and (_against_course(item) or item.first < resolved.last):
            continue
        reported = bool(phrase("reported").search(item.message or (resolved or done or item).message))
        if resolved and resolved.turn == item.turn and (reported if _against_course(item) else not phrase("partial").search(resolved.message)):
            return not item.has("new") and item.name != "worse"
        at_present = "currently" in item.line and bool(_WHOLE_COURSE.search(done.words.text.lower())) if done else False
        if done and done.turn == item.turn and _against_course(item) and (reported or at_present or "currently" in item.words.text.lower()):
            return True
        afebrile = last.get("afebrile")
        if item.name == "fever" and afebrile and afebrile.turn == item.turn and afebrile.first < item.first and not item.has("now", "near"):
            return True
    return False


def _only_a_sign_gone(last: dict[str, Item], *, past: bool) -> bool:
    """'On cefalexin since Monday, burning gone': what is over is a sign, and the course is not said to be (spec, section 4.3)."""
    given = last.get("treatment_given")
    if past or given is None or last.keys() & {"treatment_done", "well", "untreated"} or not phrase("course_begun").match(given.words.text.lower()):
        return False
    return bool(phrase("sign_gone").match(last["resolved"].words.text.lower()))


def outcome_of(thread: Thread, *, fever: Item | None, past: bool) -> Outcome:
    """How the episode stands.

    Args:
        thread: its mentions and cues.
        fever: the last report of a temperature of 38.0 C or more, or None.
        past: whether the episode lies in the past by its time ("last month", "in January").
    """
    last = _said(thread)
    words = tuple(dict.fromkeys(item.words for item in last.values()))
    live = _live(last, fever)
    resolved, done = last.get("resolved"), last.get("treatment_done")
    if live:
        better = bool(last.keys() & {"residual", "resolved", "well", "treatment_done"}) and not any(i.name == "worse" for i in live)
        only_suspected = bool(thread.mentions) and all(m.has("uncertain") for m in thread.mentions) and all(i.kind != "state" for i in live)
        if only_suspected and not resolved:
            return Outcome(EpisodeState.POSSIBLE, False, words)
        return Outcome(EpisodeState.RESOLVING if better else EpisodeState.ACTIVE, _contradicts(last, live), words)
    if resolved:
        return Outcome(EpisodeState.RESOLVING if _only_a_sign_gone(last, past=past) else EpisodeState.RESOLVED, False, words)
    untreated = last.get("untreated")
    earlier = [t for t in thread.treatments if untreated and (t.turn, t.sentence) < (untreated.turn, untreated.sentence)]
    if done is None and untreated and (past or earlier):
        done = untreated
    free = last.keys() & {"symptom_free", "well"}
    treated = any(not is_prophylaxis(i, thread) for i in thread.treatments)
    if done:
        # 'No antibiotics for 3 days' where none were ever given is the end of no course.
        never_treated = not treated and done.words.text.lower().startswith(("no ", "nil ", "without "))
        settled = bool(free) or past or done.has("dated") or (not never_treated and bool(_ELAPSED.search(done.line) or _WEEKS.search(done.message)))
        return Outcome(EpisodeState.RESOLVED if settled else EpisodeState.RESOLVING, False, words, silent=not settled)
    long_past = any(m.has("mid", "far") for m in thread.mentions)
    mentioned = max((m.turn for m in thread.mentions), default=-1)
    well_since = "well" in last and (past or last["well"].turn > mentioned) and not any(m.has("now") for m in thread.mentions)
    lasting = thread.specific & _LASTING and not any(m.has("far") for m in thread.mentions)
    if not lasting and ((well_since and (not treated or long_past)) or (free and past and not treated)):
        return Outcome(EpisodeState.RESOLVED, False, words)
    if thread.mentions and all(m.has("uncertain") for m in thread.mentions):
        return Outcome(EpisodeState.POSSIBLE, False, words)
    return Outcome(EpisodeState.RESOLVING if free and treated else EpisodeState.ACTIVE, False, words, silent=True)


# ----------------------------------------------------------------------------- as records


def as_episode(thread: Thread, state: EpisodeState) -> Episode:
    """The record of a thread."""
    severity, severity_words = severity_of(thread)
    return Episode(
        name=thread.name if thread.mentions else "infection",
        state=state,
        severity=severity,
        words=tuple(m.words for m in thread.mentions),
        severity_words=severity_words,
        state_words=tuple(s.words for s in thread.states),
    )


def aside_episode(item: Item) -> Episode:
    """The record of a mention that is no current infection of this patient."""
    if item.has("negated") or item.entry.kind == "carriage":
        state = EpisodeState.ABSENT
    elif item.has("historical"):
        state = EpisodeState.HISTORICAL
    else:
        state = EpisodeState.NOT_THIS_PATIENT
    return Episode(name=item.name, state=state, severity=item.tier, words=(item.words,))
