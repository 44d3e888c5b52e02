"""What surrounds one cue or mention: denied, doubted, supposed, of another person, claimed, asked; as flags of its item."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from assistant.reading.context import Context, Cue
from assistant.reading.items import Item, after, around
from assistant.reading.phrases import phrase
from assistant.reading.text import Token
from assistant.records import Severity

_DRUG_LINE = re.compile(
    r"^(?:dh|drugs?|dhx|meds?|medications?|medicines|current meds|current medications?|regular meds|home meds|usual meds|takes|tx|rx|regular)(?: :|$| )"
)
_ADJECTIVES = re.compile(
    r"^(?:severe|severely|serious|seriously|mild|mildly|minor|moderate|trivial|slight|minimal|superficial|(?:ctcae )?(?:grade|gr|g) ?\S+)$"
)
# 'Hold only for grade 3 or more': a threshold, and no grade of this infection.
_BEYOND = re.compile(r"(?:>|≥|\bonly for|\bat least|\babove|\bfor)(?: =)?$")
# Only a word of degree is one: 'brought in for IV' and 'LRTI -> admitted' tell what happened.
_DEGREE = re.compile(r"^(?:sever|serious|grade|gr\b|g\s?\d|ctcae|life|mild|moderate|minor)")
_ASSERTIONS = ("resolved", "well", "treatment_done", "symptom_free", "worse", "treatment_given", "treatment_ongoing")
# What the patient or a relative claims does not outweigh what was found.
_CLAIMED = re.compile(
    r"(?<!\S)(?:says?|claims?|insists?|reckons?|thinks?|believes?|swears?|tells me|maintains?) (?:that )?(?:he|she|they|hes|shes|it|its|theyre)?(?: is| are| has| was| s)?$"
)
# A word inside the cue that takes it back, a question whether it is over, and a treatment that will end.
_QUALIFIED = re.compile(
    r"(?<!\w)(?:not(?! an? )|never|hardly|almost|nearly|largely|mostly|partly|partially|half|may|might|should|presumably|unresolved|\w+n't|isnt|hasnt|havent|\d\d ?%)(?!\w)"
)
_QUESTIONED = re.compile(
    r"^(?:so |but |and )?(?:has|have|did|whether|when was) (?:the|his|her|it|she|he|this|that|my|their|all)\b.*\?$|^asked (?:whether|if)\b"
)
# 'Do I need a CT before restarting after a resolved pneumonia?': what is supposed is told. 'CBC not done yet': a test, and no treatment.
_SUPPOSED = re.compile(r"(?<!\S)(?:after|following|post|since|despite)(?: (?:an?|the|his|her|my|our|their))?(?: (?:now|fully|completely|recently|since))*$")
_A_TEST = re.compile(r"(?<!\S)(?:cbc|fbc|bloods?|counts?|differential|diff|labs?|cxr|x ?ray|ct|scan|mri|echo|ecg|ekg|test|tests|culture|cultures|swab|pcr|lfts?|u ?& ?es?|creatinine|anc)(?: \S+)?$")
# 'Stop it now because of that cold?': the one that was told of, and no new one.
_POINTED_AT = re.compile(r"(?<!\S)that(?: \S+)?$")
_PLANNED = re.compile(r"(?<!\w)(?:will|to finish|tomorrow|tonight|due|unfinished|\d+ of \d+ (?:days|doses))(?!\w)")
# The most words looked at for how a clause begins.
_CLAUSE = 14
_ASKED_OF_A_REST = re.compile(r"^(?:so |and |but )?(?:does|do|would|will|should|can|is) .*\b(?:keep|block|mean|matter|stop|prevent|delay|bar|preclude|count)\w*\b.*\?$")
_RECOVERY = ("resolved", "well")
DENIALS = ("no_infection", "another_cause")
"""States that say that there is no infection, or what else explains the signs."""
_STAFF = frozenset({"nurse", "nurses", "doctor", "doctors", "consultant", "registrar", "fellow"})  # 'my wife is an ICU nurse'
_NOT_SO = frozenset({"non", "not", "isnt", "wasnt", "never", "hardly"})
_SCOPES = ("uncertain", "hypothetical", "historical", "exposure")


@dataclass(frozen=True, slots=True)
class Near:
    """The words near a state cue: the cue itself, up to six before it, four behind, its sentence, the sign that follows,
    and its clause so far."""

    said: str
    before: str
    behind: str
    line: str
    sign: str
    clause: str


# Flag, the states it is for, and the test: whether what was said of the course is not asserted, or is not of the infection.
_STATE_TESTS: tuple[tuple[str, tuple[str, ...], Callable[[Near], object]], ...] = (
    ("historical", (), lambda near: phrase("history_line").match(near.line)),
    ("unasserted", (*_RECOVERY, "treatment_done"), lambda near: phrase("condition").match(near.clause)),
    ("hypothetical", DENIALS, lambda near: phrase("condition").match(near.clause)),
    ("hypothetical", DENIALS, lambda near: phrase("once_thought").search(near.before)),
    ("claimed", (*_RECOVERY, *DENIALS), lambda near: _CLAIMED.search(near.before) or phrase("lay_claim").search(near.clause)),
    ("hypothetical", ("residual",), lambda near: phrase("other_event").search(near.before) or phrase("means").search(near.before)),
    ("hypothetical", ("residual", "worse"), lambda near: near.line.endswith("?") and phrase("counted_as").search(near.before)),
    ("hypothetical", ("resolved",), lambda near: near.said.endswith("over") and phrase("given_up").search(near.line)),
    ("hypothetical", ("resolved",), lambda near: near.said.endswith("cleared") and phrase("cleared_for").match(near.behind)),
    ("hypothetical", ("residual",), lambda near: phrase("still_asked").match(near.said)),
    ("hypothetical", ("resolved",), lambda near: phrase("another_organ").search(near.before)),
    ("hypothetical", ("well",), lambda near: phrase("another_organ").search(near.before) and not near.before.endswith(",")),
    ("hypothetical", ("worse",), lambda near: phrase("good_to_have_back").search(near.before) or ("back" in near.said and phrase("back_on").search(near.behind))),
    ("hypothetical", ("worse",), lambda near: "back" in near.said and phrase("may_it").match(near.line)),
    ("hypothetical", ("residual",), lambda near: _ASKED_OF_A_REST.search(near.line)),
    ("hypothetical", ("residual",), lambda near: phrase("sequela").search(f"{near.before} {near.said} {near.behind}")),
    ("hypothetical", ("residual",), lambda near: phrase("still_found").search(f"{near.said} {near.behind}") and phrase("dead_virus").search(near.line)),
    ("unasserted", _RECOVERY, lambda near: _QUALIFIED.search(near.said) or _QUESTIONED.search(near.line)),
    ("unasserted", _RECOVERY, lambda near: (near.sign == "?" and not _SUPPOSED.search(near.before)) or near.behind.startswith(("or not", "or no"))),
    ("hypothetical", ("treatment_ongoing",), lambda near: near.said.startswith("not ") and _A_TEST.search(near.before)),
    ("unasserted", ("treatment_done",), lambda near: _PLANNED.search(near.said)),
    ("unasserted", (*_RECOVERY, "treatment_done", "symptom_free"), lambda near: phrase("not_asserted").search(near.before) and not _SUPPOSED.search(near.before)),
)


class Surroundings:
    """What surrounds the items of one message.

    Args:
        tokens: of the message.
        context: its context cues.
        lines: its sentences as plain words.
        relative_is_patient: a caregiver writes, so that 'my husband' is the patient and nobody else.
    """

    def __init__(self, tokens: list[Token], context: Context, lines: list[str], *, relative_is_patient: bool) -> None:
        self._tokens, self._context, self._lines = tokens, context, lines
        self._relative_is_patient = relative_is_patient
        self._recalled = [bool(phrase("recalled").search(line)) for line in lines]

    def placed(self, item: Item) -> Item:
        """The item with the flags that its surroundings give it."""
        if item.kind in ("time", "intent", "drug"):
            return item
        flags = self._state(item) if item.kind == "state" else self._mention(item)
        person = self._context.reaching("other_person", item.first, item.last)
        if self._is_beside_the_patient(item) if self._relative_is_patient else person:
            flags.add("other")
        return replace(item, flags=item.flags | flags)

    def _is_beside_the_patient(self, item: Item) -> bool:
        """Where a carer writes: the carer's own illness, or the recovery of another relative."""
        own = item.kind == "infection" and phrase("writers_own").search(around(self._tokens, item.first, 6))
        return bool(own) or self._recovers_beside_the_patient(item)

    def _recovers_beside_the_patient(self, item: Item) -> bool:
        """'Nan, on pomalidomide, is ill. Grandad's has cleared up': the recovery of another relative than the one who takes the drug."""
        told_over = item.kind == "state" and item.name in (*_RECOVERY, "treatment_done", "symptom_free")
        takes = [m.group(1) for line in self._lines for m in phrase("kin_takes_it").finditer(line)]
        if not told_over or not takes:
            return False
        named = {_same_kin(m.group(1)) for m in phrase("kin_told_of").finditer(self._lines[item.sentence])}
        return bool(named) and not named & {_same_kin(word) for word in takes}

    def _state(self, item: Item) -> set[str]:
        reaching, said = self._context.reaching, item.words.text.lower()
        sign = self._tokens[item.last].text if item.last < len(self._tokens) else ""
        near = Near(said, around(self._tokens, item.first, 6), after(self._tokens, item.last, 4), self._lines[item.sentence], sign, self._clause(item))
        flags = {flag for flag, names, test in _STATE_TESTS if (not names or item.name in names) and test(near)}
        if item.name == "residual" and not said.startswith(("not", "isn", "hasn", "never")):
            reach = 5 if "remain" in said else 2
            flags |= {"hypothetical"} if reaching("negation", item.first, item.last, reach, for_state=True) else set()
        if reaching("hypothetical", item.first, item.last, 6):
            flags.add("hypothetical")
        if reaching("refutation", item.first, item.last, for_state=True):
            flags.add("hypothetical" if item.name in (*DENIALS, "residual", "worse") else "negated")
        says_no = said.startswith(("no ", "not ", "off ", "without ", "never ", "nothing "))
        if not says_no and item.name in _ASSERTIONS and reaching("negation", item.first, item.last, 3, for_state=True):
            flags.add("negated")
        return flags

    def _clause(self, item: Item) -> str:
        """The words from the last comma or sentence end up to the item."""
        start = item.first
        while start > max(0, item.first - _CLAUSE) and not self._tokens[start - 1].breaks and self._tokens[start - 1].text != ",":
            start -= 1
        return " ".join(t.text for t in self._tokens[start : item.first])

    def _mention(self, item: Item) -> set[str]:
        reaching, before = self._context.reaching, around(self._tokens, item.first, 6)
        flags = {scope for scope in _SCOPES if reaching(scope, item.first, item.last)}
        if item.kind == "infection" and item.entry.kind == "carriage" and item.last < len(self._tokens) and self._tokens[item.last].text == "?":
            flags.add("uncertain")
        denial = reaching("negation", item.first, item.last, 4 if item.kind == "severity" else None)
        if (denial and not self._denies_its_degree(denial, item) and not self._denies_a_finding(denial, item)) or _denied_afterwards(self._tokens, item.last):
            flags.add("negated")
        if item.kind == "infection" and item.entry.kind == "febrile_neutropenia" and any(phrase("unmet").search(one) for one in self._lines):
            flags.add("negated")
        if item.has("quoted") and phrase("in_error").search(after(self._tokens, item.last, 8)):
            flags.add("negated")
        if item.kind in ("severity", "antimicrobial"):
            flags |= self._measure(item, before)
        close, line = around(self._tokens, item.first, 3), self._lines[item.sentence]
        tests = {
            "new": phrase("new").search(close) or (item.kind == "infection" and (phrase("onset").search(close) or phrase("begun").match(after(self._tokens, item.last, 4)))),
            "uncertain": item.name == "sepsis" and self._is_stood_down(item, before),
            "owned": item.kind == "infection" and phrase("owned").search(before),
            "recalled": self._recalled[item.sentence],
            "named": item.first == 0 or phrase("named").search(close),
            "pointed_at": item.kind == "infection" and _POINTED_AT.search(around(self._tokens, item.first, 2)),
            "referred": phrase("referred").search(around(self._tokens, item.first, 2)),
            "historical": (phrase("history_line").match(line) or self._is_as_ever(item)) or (item.kind == "antimicrobial" and (phrase("allergy").search(line) or phrase("allergic_to").search(before))),
            "hypothetical": item.name == "antibiotics" and close.endswith("any") and not phrase("yet_to_run").search(line),
            "label": item.kind == "infection" and (item.has("quoted") or phrase("label_line").match(line)),
            "listed": item.kind == "antimicrobial" and _DRUG_LINE.match(line),
        }
        return flags | {flag for flag, holds in tests.items() if holds}

    def _is_as_ever(self, item: Item) -> bool:
        """'Bronchiectasis, sputum unchanged': what somebody has always had is no new sign."""
        chronic = item.name == "cough" and any(phrase("chronic_lung").search(one) for one in self._lines)
        return chronic and bool(phrase("as_ever").match(after(self._tokens, item.last, 4)))

    def _is_stood_down(self, item: Item, before: str) -> bool:
        """A sepsis box that was ticked or an alert that fired, and that somebody overruled; a lesion that 'went septic'."""
        if phrase("lesion").search(before) and item.words.text.lower() == "septic":
            return True
        if item.has("quoted") and item.words.text.lower() == "septic" and any(phrase("septic_site").search(one) for one in self._lines):
            return True  # 'septic arthritis; someone wrote "septic" beside it'
        line = self._lines[item.sentence]
        return bool(phrase("alert").search(line)) and any(phrase("stood_down").search(one) for one in self._lines[item.sentence :])

    def _denies_its_degree(self, denial: Cue, item: Item) -> bool:
        """'Non-severe infection', 'not a serious infection': there is one, and what is denied is its degree."""
        if item.kind != "infection" or denial.after or denial.word not in _NOT_SO:
            return False
        return bool(phrase("degree").search(" ".join(t.text for t in self._tokens[denial.last : item.first])))

    def _denies_a_finding(self, denial: Cue, item: Item) -> bool:
        """'No focus going home on co-amoxiclav', 'no sx valganciclovir started': what is denied is the finding, and not the drug told behind it."""
        if item.kind not in ("severity", "antimicrobial") or denial.after or denial.last == item.first:
            return False
        between = self._tokens[denial.last : item.first]
        if phrase("told_behind").search(" ".join(t.text for t in between)):
            return True
        if any(t.text in (",", "/", "or", "and", "nor", "&") for t in between):
            return False
        found = phrase("denied_itself").match(" ".join(t.text for t in between))
        return bool(found) or self._context.is_mention(denial.last)

    def _measure(self, item: Item, before: str) -> set[str]:
        """Of a cue of severity or a treatment: taken back, a mere threshold, or an escalation that did not come about."""
        flags = {"negated", "taken_back"} if phrase("scrapped").search(before) else set()
        close, said = around(self._tokens, item.first, 3), item.words.text.lower()
        if item.kind == "severity" and _BEYOND.search(close) and _DEGREE.match(said):
            flags.add("hypothetical")
        if item.kind == "severity" and phrase("idioms").search(said) and phrase("by_own_account").match(after(self._tokens, item.last, 6)):
            flags.add("hypothetical")
        if item.kind == "severity" and phrase("places").search(item.words.text.lower()):
            works_there = after(self._tokens, item.last, 1) in _STAFF
            if works_there or self._context.reaching("averted", item.first, item.last):
                flags.add("negated")
        return flags


_KIN = (("dad", "daddy", "father", "papa", "pop"), ("mum", "mummy", "mom", "mommy", "mother", "mama", "mammy"), ("nan", "nana", "gran", "granny", "grandma", "grandmother"),
        ("grandad", "granddad", "grandpa", "grandfather"), ("husband", "hubby"))  # fmt: skip


def _same_kin(word: str) -> str:
    """One word for each relation: 'mum' and 'mother' are the same person."""
    return next((names[0] for names in _KIN if word in names), word)


def is_about_something_else(item: Item, tokens: list[Token]) -> bool:
    """'severe back pain', 'grade 4 neutropenia', 'admitted for kyphoplasty': not the infection's severity."""
    words = " ".join(t.text for t in tokens[item.first : item.last])
    next_words = after(tokens, item.last, 4)
    if _ADJECTIVES.match(words):
        return bool(phrase("other_noun").match(next_words))
    return (
        item.tier is Severity.SEVERE
        and words.split()[0] in ("admitted", "admission", "inpatient", "in")
        and bool(phrase("elective").search(after(tokens, item.last, 7)))
    )


def _denied_afterwards(tokens: list[Token], last: int) -> bool:
    """'life-threatening?? no, it was not': the writer takes it back."""
    rest = [t.text for t in tokens[last : last + 4]]
    return len(rest) >= 2 and rest[0] == "?" and next((w for w in rest if w != "?"), "") in ("no", "nope", "nah")
