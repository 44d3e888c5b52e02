"""The whole decision table as text, a row for each constellation that the rules tell apart: for review, and as a golden file for a test.

A `*` stands for every value. Both sides of every threshold are rows. `python -m eval table` prints it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from assistant.records import Asked, Case, Decision, Drug, Infection, Severity, Treatment
from assistant.rules import decide

COUNTS: Mapping[str, Mapping[str, float]] = {
    "not stated": {},
    "ANC 0.49": {"anc": 0.49},
    "ANC 0.5": {"anc": 0.5},
    "platelets 24": {"platelets": 24.0},
    "platelets 25": {"platelets": 25.0},
    "platelets 49, nadir 24": {"platelets": 49.0, "platelets_nadir": 24.0},
    "platelets 50, nadir 24": {"platelets": 50.0, "platelets_nadir": 24.0},
    "platelets 49, nadir 25": {"platelets": 49.0, "platelets_nadir": 25.0},
}
DOSES = (4.0, 3.0, 2.0, 1.0, 2.5, None)
EXTRAS: Mapping[str, Mapping[str, Any]] = {
    "nothing more": {},
    "age 75": {"age": 75.0},
    "age 75.5": {"age": 75.5},
    "age 76": {"age": 76.0},
    "elderly": {"elderly": True},
    "elderly, age 75": {"elderly": True, "age": 75.0},
    "elderly, age 76": {"elderly": True, "age": 76.0},
    "renal impairment": {"renal_impairment": True},
    "dialysis": {"renal_impairment": True, "dialysis": True},
    "quinolone": {"quinolone": "ciprofloxacin"},
    "permanent stop asked": {"permanent_stop_asked": True},
    "contradiction": {"contradiction": True},
    "moderate": {"moderate": True},
    "patient's voice": {"patient_voice": True},
    "caregiver's voice": {"caregiver_voice": True},
    "fever derived": {"neutropenic_fever": True, "neutropenic_fever_derived": True},
    "ANC 0.49": {"anc": 0.49},
    "ANC 1.5": {"anc": 1.5},
    "infection in doubt": {"ambiguous": ("infection",)},
    "severity in doubt": {"ambiguous": ("severity",)},
    "a topic": {"topics": ("quinolone",)},
}


def _case(**facts: Any) -> Case:
    return Case(asked=Asked.DECISION, drug=Drug.POMALIDOMIDE, **facts)


def bases() -> dict[str, Case]:
    """One case for each kind of decision."""
    return {
        "severe, active": _case(infection=Infection.ACTIVE, severity=Severity.SEVERE, dose_mg=4.0),
        "suspected": _case(infection=Infection.SUSPECTED),
        "unknown": _case(),
        "mild, resolved": _case(infection=Infection.RESOLVED, severity=Severity.MILD, dose_mg=4.0),
        "severe, resolved": _case(infection=Infection.RESOLVED, severity=Severity.SEVERE, dose_mg=4.0),
        "resolved": _case(infection=Infection.RESOLVED),
        "life-threatening, resolved": _case(infection=Infection.RESOLVED, severity=Severity.LIFE_THREATENING),
        "resolved, ANC low": _case(infection=Infection.RESOLVED, severity=Severity.MILD, anc=0.3),
        "no infection": _case(infection=Infection.NONE),
        "general": Case(asked=Asked.DECISION, infection=Infection.GENERAL, general=True),
        "a fact": Case(asked=Asked.FACT, topics=("renal_dose",)),
        "outside": Case(asked=Asked.OUTSIDE, outside="uncovered"),
        "another drug": Case(asked=Asked.DECISION, drug=Drug.OTHER, other_drug="lenalidomide"),
        "nothing": Case(asked=Asked.NOTHING),
    }


def _joined(values: Sequence[Any]) -> str:
    return " ".join(map(str, values)) or "-"


def outcome(d: Decision) -> tuple[str, ...]:
    """What a decision says, as cells."""
    dose = "-" if d.restart_dose_mg is None else f"{d.restart_dose_mg:g}"
    cells = (d.action.value, d.restart.value if d.restart else "-", dose, d.basis.value if d.basis else "-", d.severity.value if d.severity else "-")
    return (*cells, _joined(d.rules), _joined(d.elements), _joined(d.missing))


def by_infection() -> Iterator[str]:
    """Infection, severity, fever and counts against treatment and dose, folded where these do not matter."""
    yield "\t".join(("infection", "severity", "neutropenic fever", "counts", "pomalidomide", "dose", "action", "restart", "mg", "basis", "severity said", "rules", "elements", "missing"))
    for infection, severity, fever, counts in itertools.product(Infection, Severity, (False, True), COUNTS):
        base = _case(infection=infection, severity=severity, neutropenic_fever=fever, **COUNTS[counts])
        found = {(t, d): outcome(decide(replace(base, treatment=t, dose_mg=d))) for t in Treatment for d in DOSES}
        for treatment, dose, cells in _folded(found):
            yield "\t".join((infection.value, severity.value, "yes" if fever else "no", counts, treatment, dose, *cells))


def _folded(found: Mapping[tuple[Treatment, float | None], tuple[str, ...]]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Rows of equal cells as one, over both, over the treatment, or over the dose."""
    by_treatment = all(len({found[t, d] for d in DOSES}) == 1 for t in Treatment)
    by_dose = all(len({found[t, d] for t in Treatment}) == 1 for d in DOSES)
    treatments = [None] if by_dose else list(Treatment)
    doses: Sequence[float | str | None] = ["*"] if by_treatment else DOSES
    for treatment, dose in itertools.product(treatments, doses):
        cells = found[treatment or Treatment.UNKNOWN, None if dose == "*" else dose]  # type: ignore[index]
        yield treatment.value if treatment else "*", "unknown" if dose is None else dose if isinstance(dose, str) else f"{dose:g}", cells


def by_extra() -> Iterator[str]:
    """One further fact at a time on one case of each kind: what it adds."""
    yield "\t".join(("case", "and", "action", "restart", "mg", "basis", "severity said", "rules", "elements", "missing", "flags", "notes", "topics", "asked back"))
    for (name, base), (more, facts) in itertools.product(bases().items(), EXTRAS.items()):
        d = decide(replace(base, **facts))
        yield "\t".join((name, more, *outcome(d), _joined(d.flags), _joined(d.notes), _joined(d.topics), _joined([a.fact for a in d.asks])))


def by_change() -> Iterator[str]:
    """What one change of fact would change, the rules that nearly fired, and the passages quoted, for one case of each kind."""
    yield "\t".join(("case", "would change", "nearly", "quotes"))
    for name, base in bases().items():
        d = decide(base)
        changes = [f"{c.fact}={c.value.replace(' ', '_')}:{c.action.value}{'/' + c.restart.value if c.restart else ''}" for c in d.changes]
        near = [f"{n.rule_id}({n.unmet}:{n.found})" for n in d.near]
        yield "\t".join((name, _joined(changes), _joined(near), _joined([q.passage_id for q in d.quotes])))


def by_pair() -> Iterator[str]:
    """Two patients: the more cautious decision stands."""
    yield "\t".join(("first", "second", "action", "restart", "mg", "basis", "severity said", "rules", "elements", "missing", "flags"))
    patients = {n: c for n, c in bases().items() if c.asked is Asked.DECISION and n not in ("general", "another drug")}
    for one, other in itertools.permutations(patients, 2):
        d = decide(replace(_case(), others=(replace(patients[one], elderly=True), patients[other])))
        yield "\t".join((one, other, *outcome(d), _joined(d.flags)))


def whole() -> str:
    """All parts, a blank line between them."""
    return "\n\n".join("\n".join(part) for part in (by_infection(), by_extra(), by_change(), by_pair())) + "\n"
