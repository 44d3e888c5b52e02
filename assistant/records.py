"""What passes from step to step, frozen, in the order of the flow.

turns -> Case -> Decision -> Hits -> Draft -> Verdict -> Answer.
Steps import these records and not one another; this module imports nothing of ours.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# --------------------------------------------------------------------------- reading


class Infection(StrEnum):
    """State of the infection that the question is about (spec, section 1, seen by the rules)."""

    NONE = "none"
    SUSPECTED = "suspected"
    ACTIVE = "active"
    RESOLVING = "resolving"
    RESOLVED = "resolved"
    GENERAL = "general"
    UNKNOWN = "unknown"


class EpisodeState(StrEnum):
    """The seven states of one infection that is mentioned."""

    ACTIVE = "active"
    POSSIBLE = "possible"
    RESOLVING = "resolving"
    RESOLVED = "resolved"
    ABSENT = "absent"
    HISTORICAL = "historical"
    NOT_THIS_PATIENT = "other person or hypothetical"


class Severity(StrEnum):
    """The article's three tiers, and not knowing; ordered by `rank`."""

    UNSPECIFIED = "unspecified"
    MILD = "mild"
    SEVERE = "severe"
    LIFE_THREATENING = "life_threatening"

    @property
    def rank(self) -> int:
        """0 (unspecified) to 3 (life-threatening): a larger rank is a worse infection."""
        return list(Severity).index(self)


class Treatment(StrEnum):
    """What happens to pomalidomide now."""

    TAKING = "taking"
    HELD = "held"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


class Drug(StrEnum):
    """Which drug the question is about."""

    POMALIDOMIDE = "pomalidomide"
    OTHER = "other"
    UNSPECIFIED = "unspecified"


class Asked(StrEnum):
    """What kind of thing is asked."""

    DECISION = "decision"
    FACT = "fact"
    OUTSIDE = "outside"
    NOTHING = "nothing"


class FactStatus(StrEnum):
    """Denied, stated and conflicting; a fact that was not mentioned is absent from the case."""

    STATED = "stated"
    DENIED = "denied"
    CONFLICTING = "conflicting"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The words that something was read from: `text == turns[turn][start:end]`."""

    turn: int
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One thing read from the question, with its words.

    `value` has its unit normalised: ages in years, doses in mg, counts in 10^9/L, temperature in
    degrees Celsius, filtration in mL/min, creatinine in umol/L, time on therapy in months.
    """

    name: str
    value: str | float | bool
    status: FactStatus = FactStatus.STATED
    words: Words
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """One infection: what, in which state, how severe at its worst, and the words for each."""

    name: str
    state: EpisodeState
    severity: Severity
    words: tuple[Words, ...]
    severity_words: tuple[Words, ...] = ()
    state_words: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One patient (or one general question) as read, over all turns of the conversation.

    None means "not mentioned", never "no". `anc` and `platelets` are the current counts in 10^9/L,
    `platelets_nadir` the lowest count mentioned. `topics` name the facts of the article that are asked for,
    `jurisdictions` the product labels that are named ("US", "EU" ...), `drugs` those whose interaction is known (inhibitors.yaml).
    """

    asked: Asked = Asked.NOTHING
    topics: tuple[str, ...] = ()
    outside: str = ""
    jurisdictions: tuple[str, ...] = ()
    drugs: tuple[str, ...] = ()
    drug: Drug = Drug.UNSPECIFIED
    other_drug: str = ""
    general: bool = False
    infection: Infection = Infection.UNKNOWN
    infection_name: str = ""
    severity: Severity = Severity.UNSPECIFIED
    moderate: bool = False
    neutropenic_fever: bool = False
    neutropenic_fever_derived: bool = False
    treatment: Treatment = Treatment.UNKNOWN
    dose_mg: float | None = None
    age: float | None = None
    elderly: bool = False
    renal_impairment: bool = False
    dialysis: bool = False
    quinolone: str = ""
    anc: float | None = None
    platelets: float | None = None
    platelets_nadir: float | None = None
    temperature: float | None = None
    months_on_therapy: float | None = None
    permanent_stop_asked: bool = False
    contradiction: bool = False
    patient_voice: bool = False
    caregiver_voice: bool = False
    ambiguous: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    episodes: tuple[Episode, ...] = ()
    others: tuple[Case, ...] = ()

    @property
    def two_patients(self) -> bool:
        """Whether the message speaks of several patients: `others` then holds each of them."""
        return bool(self.others)


# --------------------------------------------------------------------------- rules


class Action(StrEnum):
    """What the algorithm says to do with pomalidomide (spec, section 2)."""

    HOLD = "hold"
    RESUME = "resume"
    REASSESS = "reassess"
    NO_HOLD = "no_hold"
    INFORM = "inform"
    OUT_OF_SCOPE = "out_of_scope"


class Restart(StrEnum):
    """How pomalidomide comes back; only with `resume` and `reassess`."""

    SAME_DOSE = "same_dose"
    CONSIDER_REDUCTION = "consider_reduction"
    DEPENDS_ON_SEVERITY = "depends_on_severity"
    REASSESS_FIRST = "reassess_first"


class Basis(StrEnum):
    """On whose authority: the article, a safe default where it is silent, or a product label."""

    ARTICLE = "article"
    PRECAUTIONARY = "precautionary"
    LABEL = "label"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words of the article, found verbatim in the passage named."""

    passage_id: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NearRule:
    """A rule that would have fired but for one condition."""

    rule_id: str
    unmet: str
    found: str
    needed: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A question back to the clinician: the fact that is missing, and ready answers."""

    fact: str
    question: str
    answers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One change of fact that would change the decision, and what it would become."""

    fact: str
    value: str
    action: Action
    restart: Restart | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What the algorithm says for a case, and why.

    `elements` are what the answer owes (spec, section 5), `notes` what it must disclose besides
    (derived, contradiction, no moderate tier ...). `restart_dose_mg` is in mg, None where the dose is not known.
    """

    action: Action
    severity: Severity | None = None
    restart: Restart | None = None
    restart_dose_mg: float | None = None
    basis: Basis | None = None
    rules: tuple[str, ...] = ()
    near: tuple[NearRule, ...] = ()
    elements: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    missing: tuple[str, ...] = ()
    asks: tuple[Ask, ...] = ()
    changes: tuple[Change, ...] = ()
    quotes: tuple[Quote, ...] = ()
    patients: tuple[Decision, ...] = ()


# --------------------------------------------------------------------------- a model's reading


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A value that a model says it read, with the words of the question that it quotes for it; units as in `Fact`."""

    name: str
    value: str | float | bool
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimsRead:
    """What a model read from the question, those claims alone whose quotation stands; or why it could not."""

    claims: tuple[Claim, ...] = ()
    model: str = ""
    failure: str = ""


class Weight(StrEnum):
    """What became of a claim."""

    AGREES = "agrees with the reading"
    STANDS = "stands, since it is more cautious"
    ASKED = "does not stand, since it is less cautious; it is asked"
    UNUSED = "not used"


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A claim and what became of it."""

    claim: Claim
    weight: Weight


# --------------------------------------------------------------------------- retrieval


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """What stands before or after a passage in its source, under its own headings."""

    text: str
    section: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A piece of a source, cut by the source's own structure; `id` is stable over rebuilds.

    `markers` are the article's reference numbers that stand in `text`; `section` is the path of headings. `face` says
    what must be shown with it: how a label record was read, or that a source was added here. `before` and `after` are
    what stands around it in an added source; the panel shows them, and nothing is searched, cited or checked by them.
    """

    id: str
    source: str
    text: str
    section: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
    face: str = ""
    before: Neighbour | None = None
    after: Neighbour | None = None


class Why(StrEnum):
    """Why a passage is among those returned."""

    RULE = "quoted by a rule"
    SEARCH = "found by search"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A passage with its retrieval score: 0 to 1, higher is better (see `retrieval`)."""

    passage: Passage
    score: float
    why: Why


# --------------------------------------------------------------------------- drafting, guardrail


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a model wrote, before any check. `strays` are markers that it used and was not given; they are not in `text`."""

    text: str
    model: str = ""
    prompt_version: str = ""
    failure: str = ""
    strays: tuple[str, ...] = ()


class Outcome(StrEnum):
    """What became of a draft."""

    PASS = "pass"
    REPAIR = "repair"
    OVERRIDE = "override"


class Fate(StrEnum):
    """What became of one sentence of a draft; there is no further kind."""

    QUOTED = "quoted"
    RULE = "follows from a rule"
    QUESTION = "read from the question"
    HARMLESS = "general and harmless"
    CORRECTED = "corrected"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something wrong in a draft: which of the eight checks, in which sentence, why, by which rule."""

    check: str
    severity: str
    sentence: str
    why: str
    rule: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One piece of a draft with its exact offsets, its fate and on what that rests."""

    start: int
    end: int
    text: str
    fate: Fate
    basis: str = ""
    shown: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The guardrail's word on a draft: `text` is what may be shown."""

    outcome: Outcome
    text: str
    findings: tuple[Finding, ...] = ()
    ledger: tuple[LedgerLine, ...] = ()


class EditKind(StrEnum):
    """What the check did with a part of a draft."""

    KEPT = "kept"
    STRUCK = "struck"
    INSERTED = "inserted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """One part of a corrected draft, with the reason, the check and the rule; `part` where it goes on with the sentence before."""

    kind: EditKind
    text: str
    why: str = ""
    check: str = ""
    rule: str = ""
    part: bool = False


# --------------------------------------------------------------------------- answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """One sentence of the dictated answer: what it rests on (a rule, an element, words of the question)."""

    text: str
    kind: Fate
    basis: str = ""
    passage_ids: tuple[str, ...] = ()
    block: str = "now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """A marker that the answer shows, the passage behind it, and the words that stand there."""

    marker: str
    passage_id: str
    quote: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A disagreement or a silence that stands beside the answer: `severity` A (could change a dose or cause harm), B or C.

    `confidence` is V1 (seen in an official page or record), V2 (in a copy), M (from memory) or I (our inference).
    """

    id: str
    severity: str
    kind: str
    title: str
    text: str
    confidence: str
    passage_ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictated:
    """The answer that the rules dictate: always there, needs no model."""

    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """All that is shown, with the draft kept beside it. `decision` is the rules' and nothing else's.

    `corrections` are the fields set by hand; `claims` what a model read, and `weighed` what became of it. `first_sentence_seconds` is when the first checked sentence of a draft
    was released, counted from the question; None where none was.
    """

    text: str
    decision: Decision
    case: Case
    hits: tuple[Hit, ...]
    citations: tuple[Citation, ...]
    sentences: tuple[Sentence, ...]
    verdict: Verdict
    draft: Draft | None = None
    notes: tuple[Note, ...] = ()
    remark: str = ""
    seconds: float = 0.0
    turns: tuple[str, ...] = ()
    corrections: tuple[tuple[str, str | float | bool | None], ...] = ()
    jurisdiction: str = ""
    claims: ClaimsRead | None = None
    weighed: tuple[Weighed, ...] = ()
    first_sentence_seconds: float | None = None
