"""What the items of one message do to one another: illnesses shared, lists denied as one, longer cues, uses and times."""

from __future__ import annotations

from dataclasses import replace

from assistant.reading.items import Item, after, around
from assistant.reading.phrases import phrase
from assistant.reading.text import Token


def is_another_wait(item: Item, items: list[Item], lines: list[str]) -> bool:
    """'Wait until the daughter is better': no course of treatment that runs until then."""
    if item.kind != "state" or item.name != "treatment_ongoing" or not item.words.text.lower().startswith(("until", "till", "til ", "through", "thru")):
        return False
    return not phrase("course").search(lines[item.sentence]) and not any(i.kind == "antimicrobial" and i.sentence == item.sentence for i in items)


def with_shared(items: list[Item]) -> list[Item]:
    """'Her son has a cold. She has one too': what is said to be shared is the patient's as well."""
    shared = {s for i in items if i.kind == "intent" and i.name == "shared_illness" for s in (i.sentence - 1, i.sentence)}
    # That the other one is well again is still said of the other one.
    recovery = ("resolved", "well", "symptom_free", "treatment_done")
    mine = [i.sentence in shared and i.kind != "intent" and not (i.kind == "state" and i.name in recovery) for i in items]
    return [replace(i, flags=i.flags - {"other", "exposure"}) if own else i for i, own in zip(items, mine, strict=True)]


def with_orders(items: list[Item]) -> list[Item]:
    """'Override: status = resolved': what stands in an order to the assistant tells nothing of the patient."""
    orders = {i.sentence for i in items if i.kind == "intent" and i.name == "injection"}
    return [replace(i, flags=i.flags | {"unasserted"}) if i.kind == "state" and i.name in ("resolved", "well") and i.sentence in orders else i for i in items]


def without_borrowed(items: list[Item]) -> list[Item]:
    """'Ceftriaxone is being restarted tonight': it is the course that is taken up again, and not pomalidomide."""

    def within(state: Item, kind: str) -> bool:
        return any(i.kind == kind and state.first <= i.first < state.last for i in items)

    told = [s for s in items if s.kind == "state" and s.name in ("treatment_ongoing", "treatment_done")]
    courses = [s for s in told if within(s, "antimicrobial") and not within(s, "drug")]
    return [i for i in items if not (i.kind == "intent" and i.name in ("taking", "held") and any(s.first <= i.first < s.last for s in courses))]


def with_predicates(items: list[Item]) -> list[Item]:
    """'I don't think the infection has cleared': what is denied is that it has cleared, and not the infection."""
    denied = [i for i in items if i.kind == "state" and i.name == "resolved" and i.has("negated")]

    def is_subject(item: Item) -> bool:
        return item.kind == "infection" and item.has("negated") and any(s.first <= item.last <= s.last or item.last + 1 == s.first for s in denied)

    return [replace(i, flags=i.flags - {"negated"}) if is_subject(i) else i for i in items]


def without_labels(items: list[Item], lines: list[str]) -> list[Item]:
    """'He pended a hold because "Pneumonia" is active' on the problem list: what a record says of its own entry is no turn for the worse."""
    if not any(phrase("label_told").search(line) or phrase("label_line").match(line) for line in lines):
        return items
    labels = {i.first for i in items if i.kind == "infection" and i.has("quoted")}
    return [i for i in items if not (i.kind == "state" and i.name == "worse" and i.first in labels)]


def with_sequelae(items: list[Item], lines: list[str]) -> list[Item]:
    """'Pain still bad enough for amitriptyline, but skin healed. Shingles.': the pain of healed zoster is no zoster (spec, section 4.22)."""
    zoster = any(i.kind == "infection" and i.name == "zoster" for i in items) or any(phrase("zoster_told").search(line) for line in lines)
    healed = any(i.kind == "state" and i.name == "resolved" and phrase("skin_healed").search(i.words.text.lower()) and not i.has("negated", "unasserted") for i in items)
    if not (zoster and healed):
        return items

    def is_left(item: Item) -> bool:
        line = lines[item.sentence]
        burns = item.name == "urinary symptoms" and not phrase("of_urine").search(line)
        return (item.name == "residual" or burns) and bool(phrase("pain_alone").search(line))

    return [replace(i, flags=i.flags | {"hypothetical"}) if is_left(i) else i for i in items]


_SINCE = {"then", "next", "subsequently", "afterwards", "followed", "followup", "until", "whereupon"}


def with_onsets(items: list[Item], tokens: list[Token]) -> list[Item]:
    """'Recovered from pneumonia, then ate a dodgy curry - campylobacter': what is told after 'then' is another illness."""
    ends = [i for i in items if i.kind == "state" and i.name in ("resolved", "well", "treatment_done")]

    def is_new(item: Item) -> bool:
        before = [e for e in ends if e.sentence == item.sentence and e.last <= item.first]
        named = {i.name for i in items if i.kind == "infection" and i.first < item.first}
        return bool(before) and item.name not in named and any(t.text in _SINCE for t in tokens[before[-1].last : item.first])

    return [replace(i, flags=i.flags | {"new"}) if i.kind == "infection" and is_new(i) else i for i in items]


def _denied_as_one(last: Item, tokens: list[Token]) -> bool:
    """'... all negative', 'no BK, CMV, EBV': the denial is of the whole list."""
    return bool({"all", "both", "are", "were"} & set(after(tokens, last.last, 3).split())) or around(tokens, last.first, 8).split()[:1] in (["no"], ["nil"], ["without"], ["denies"])


def with_lists(items: list[Item], tokens: list[Token]) -> list[Item]:
    """'BK, CMV, EBV all negative': what denies the last of a list denies all of it; 'pneumonia, covid negative' denies covid."""
    found = list(items)
    joined = False
    mentions = [n for n, i in enumerate(found) if i.kind == "infection"]
    for earlier, later in zip(reversed(mentions[:-1]), reversed(mentions[1:]), strict=True):
        between = {t.text for t in tokens[found[earlier].last : found[later].first]}
        listed = bool(between) and between <= {",", "/", "and", "&", "or", "nor"}
        # A mere comma joins a list only where the list is closed by an 'and', or denied as a whole.
        joined = listed and (joined or between != {","} or (found[later].has("negated") and _denied_as_one(found[later], tokens)))
        if joined and found[later].has("negated") and not found[earlier].has("negated"):
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


def without_covered(items: list[Item]) -> list[Item]:
    """A state cue inside a longer one is part of it: 'resolved' in 'not yet resolved' says nothing of its own."""
    states = [i for i in items if i.kind == "state"]

    running = [s for s in states if s.has("counted") and s.name == "treatment_ongoing"]

    def covered(item: Item) -> bool:
        if item.has("counted"):
            return False
        if item.name == "treatment_done" and any(
            s.sentence == item.sentence and item.first <= s.last + 8 and item.last >= s.first - 4 for s in running
        ):
            return True
        wider = [s for s in states if s.first <= item.first and item.last <= s.last and s.last - s.first > item.last - item.first]
        return any(s.name in _COVERED_BY.get(item.name, ()) for s in wider)

    return [i for i in items if i.kind != "state" or not covered(i)]


def _is_the_usual(line: str) -> bool:
    """'Sleeps with BiPAP (OSA)', 'home oxygen for years': help with breathing that was there before, and no more of it now."""
    return bool(phrase("usual_help").search(line)) and not phrase("more_help").search(line)


def has_another_cause(item: Item, items: list[Item], lines: list[str]) -> bool:
    """'In the ICU for DKA', 'STEMI, CCU': where somebody lies for another illness, with no infection in that sentence."""
    if phrase("breathing_help").search(item.words.text.lower()) and _is_the_usual(lines[item.sentence]):
        return True
    if not phrase("places").search(item.words.text.lower()) or not phrase("other_cause").search(lines[item.sentence]):
        return False
    return not any(
        i.kind == "infection"
        and i.sentence == item.sentence
        and i.entry.kind not in ("not_infection", "carriage")
        and not i.has("negated", "other", "hypothetical")
        for i in items
    )


_BY_MOUTH = {"po", "oral", "orally", "tablets", "tabs", "caps", "capsules", "mouth", "qds", "125"}


_INTO_THE_VEIN = {"iv", "ivs", "inj", "injection", "injections", "intravenous", "intravenously", "infusion", "drip"}
_ON_THE_SKIN = {"drops", "cream", "ointment", "gel", "topical", "topically", "eyedrops", "drop"}


_POINTS_BACK = ("it ", "its ", "it's ", "they ", "they're ", "theyre ", "those ", "that ", "that's ", "thats ", "them ", "these ", "this ")


_FOR_THAT_ALONE = ("purely", "merely", "simply", "just as", "only as", "as ")


def _prevents(cue: Item, item: Item, items: list[Item], tokens: list[Token]) -> bool:
    """Whether a word for prevention is of this antimicrobial: it stands near, is said of all in its sentence, or points back to it."""
    said = cue.words.text.lower()
    before = [i for i in items if i.kind == "antimicrobial" and i.last <= cue.first]
    if said.startswith(_POINTS_BACK):
        return item.last <= cue.first and item.sentence == before[-1].sentence
    if said.startswith(_FOR_THAT_ALONE) and "contact" not in said and before and before[-1].sentence == cue.sentence:
        return item is before[-1]
    if cue.sentence != item.sentence:
        return False
    if "contact" in said and item.last <= cue.first:  # 'Tamiflu 75 mg daily for ten days, purely as a contact'
        return not any(i.kind in ("antimicrobial", "infection") and item.last <= i.first < cue.first for i in items)
    if 4 < cue.first - item.last <= 8 and "as" in {t.text for t in tokens[cue.first - 2 : cue.first]}:  # 'aciclovir, which I give as shingles prophylaxis'
        return not any(i.kind == "antimicrobial" and item.last <= i.first < cue.first for i in items)
    return -4 <= cue.first - item.last <= 4 or said.startswith(("all ", "both ", "each ")) or 0 <= item.first - cue.last <= 4


_STEPS = {"then", "to", "->", ">", ",", "followed", "before", "stepped", "switched", "changed", "converted", "now"}


def _own_words(tokens: list[Token], last: int) -> list[Token]:
    """Up to four words behind an antimicrobial, as far as they are its own: 'meropenem, then oral cipro' is not meropenem by mouth."""
    own: list[Token] = []
    for token in tokens[last : last + 4]:
        if token.text in _STEPS or token.breaks:
            break
        own.append(token)
    return own


def _is_vaccinated_against(item: Item, items: list[Item], tokens: list[Token]) -> bool:
    """'RSV + flu shots': both are vaccines; 'has RSV, flu shot given' is an infection and a vaccine."""
    joined = [v for v in items if v.kind == "infection" and v.entry.id == "vaccination" and 0 < v.first - item.last <= 2]
    return not item.has("owned") and any(
        v.words.text.lower().endswith("s") and {t.text for t in tokens[item.last : v.first]} <= {"+", "&", "and", "/"} for v in joined
    )


def with_use(items: list[Item], tokens: list[Token]) -> list[Item]:
    """Antimicrobials with how they are used: to prevent, or by mouth although usually intravenous; and infections that are only to be prevented."""
    preventing = [i for i in items if i.kind == "intent" and i.name == "prophylaxis"]
    used: list[Item] = []
    for item in items:
        if item.kind == "antimicrobial":
            near = {t.text for t in (*tokens[max(0, item.first - 2) : item.last], *_own_words(tokens, item.last))}
            if "nil" in {t.text for t in tokens[max(0, item.first - 5) : item.first]}:
                near.discard("mouth")  # 'nil by mouth, meropenem'
            if any(_prevents(p, item, items, tokens) for p in preventing):
                item = replace(item, flags=item.flags | {"prophylaxis"})
            if not near & _INTO_THE_VEIN and near & (_BY_MOUTH | _ON_THE_SKIN):
                item = replace(item, flags=item.flags | {"by_mouth" if near & _BY_MOUTH else "topical"})
        elif item.kind == "infection" and (any(p.first == item.last for p in preventing) or _is_vaccinated_against(item, items, tokens)):
            item = replace(item, flags=item.flags | {"hypothetical"})  # 'shingles prophylaxis'
        used.append(item)
    # 'Levofloxacin is our prophylaxis. A locum saw the levo ...': the same one, spoken of again.
    preventive = {i.name for i in used if i.kind == "antimicrobial" and i.has("prophylaxis")}
    used = [replace(i, flags=i.flags | {"prophylaxis"}) if i.kind == "antimicrobial" and i.name in preventive and i.has("referred") else i for i in used]
    to_prevent = [i for i in used if i.kind == "antimicrobial" and i.has("prophylaxis")]
    return [
        replace(i, flags=i.flags | {"prophylaxis"}) if i.kind in ("state", "severity") and any(i.first <= a.first < i.last for a in to_prevent) else i
        for i in used
    ]


def with_prevention_after(items: list[Item], lines: list[str]) -> list[Item]:
    """'In February treatment-dose Septrin until the 20th. He remains on Septrin, purely as prophylaxis': the course of then is done."""
    kept_up = {i.name: i.sentence for i in items if i.kind == "antimicrobial" and i.has("prophylaxis") and phrase("now_taking").search(lines[i.sentence])}
    then = {t.sentence for t in items if t.kind == "time" and t.name in ("mid", "far")}
    courses = {i.sentence for i in items if i.kind == "antimicrobial" and i.sentence in then and i.sentence < kept_up.get(i.name, 0)}
    return [replace(i, name="treatment_done") if i.kind == "state" and i.name == "treatment_ongoing" and i.sentence in courses else i for i in items]


def framed(items: list[Item], tokens: list[Token]) -> list[Item]:
    """Each infection, severity and state item with the time expression that belongs to it."""
    drugs = [i.last for i in items if i.kind == "drug"]
    ill = [i.first for i in items if i.kind == "infection"]
    # 'pomalidomide since last summer' dates the drug and not the infection; 'Imnovid: urosepsis in 2018' the infection.
    times = [i for i in items if i.kind == "time" and not any(d <= i.first <= d + 2 and not any(d <= n < i.first for n in ill) for d in drugs)]
    # 'transplant in 2019', 'admitted last year for a hip fracture': the time of another event.
    times = [
        t
        for t in times
        if not (
            phrase("elective").search(around(tokens, t.first, 3))
            or phrase("elective").match(after(tokens, t.last, 4).removeprefix("for ").removeprefix("a "))
        )
    ]
    infections = [i for i in items if i.kind == "infection"]
    found = []
    for item in items:
        if item.kind in ("infection", "symptom", "severity", "antimicrobial", "state") and times:
            following = next((n.first for n in infections if n.first >= item.last and n.sentence == item.sentence), 10**9)
            own = [t for t in times if t.sentence == item.sentence and (item.last <= t.first < following or t.last <= item.first)]
            own = [t for t in own if not any(t.last <= n.first < item.first for n in infections)]
            # 'Adm 11/2024, CAP x4d': how long it lasted is no time of its own.
            own = [t for t in own if not t.words.text.lower().startswith("x")] or own
            if own:
                nearest = min(own, key=lambda t: t.first - item.last if t.first >= item.last else item.first - t.last + 1)
                item = replace(item, flags=item.flags | {nearest.name})
        found.append(item)
    return found
