"""What a reader of the page corrects by hand, put over what was read. Of the rest of the case only that moves which follows from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from enum import StrEnum

from assistant.errors import QuestionError
from assistant.reading.quantities import FEVER
from assistant.reading.standing import FEBRILE_NEUTROPENIA_ANC
from assistant.records import Asked, Case, Drug, Fact, Infection, Severity, Treatment

Value = str | float | bool | None

_CHOICES: dict[str, type[StrEnum]] = {"drug": Drug, "infection": Infection, "severity": Severity, "treatment": Treatment}
_NUMBERS = ("age", "anc", "dose_mg", "months_on_therapy", "platelets", "platelets_nadir", "temperature")
_YES_NO = ("dialysis", "elderly", "neutropenic_fever", "renal_impairment")
_NAMED = {"quinolone": "quinolone"}  # said as yes or no; the case holds a name, and this one where none was read
READ_AS = {"infection": "state"}  # a correction says how the infection stands; the fact `infection` is its name
MAKES_A_CASE = ("infection", "severity", "treatment", "neutropenic_fever")  # what tells how a patient is
_TELLS_NOTHING = (Infection.UNKNOWN, Severity.UNSPECIFIED, Treatment.UNKNOWN, False)
FIELDS = tuple(sorted((*_CHOICES, *_NUMBERS, *_YES_NO, *_NAMED)))


def apply(case: Case, corrections: Mapping[str, Value]) -> Case:
    """The case with fields replaced by hand; None forgets a number. Units are those of `Fact`.

    A fact that was read of the same thing keeps its words and takes the new value, noted as corrected. Who says how the patient
    is asks for a decision, as whatever else the question was read.

    Raises:
        QuestionError: a field that cannot be corrected, or a value that it cannot have.
    """
    fields = {name: _value(name, value) for name, value in corrections.items()}
    if not fields:
        return case
    facts = _facts(case.facts, {READ_AS.get(name, name): value for name, value in fields.items()})
    fields |= {name: (getattr(case, name) or _NAMED[name]) if fields[name] else "" for name in _NAMED if name in fields}
    doubted = tuple(name for name in case.ambiguous if name not in fields)
    corrected = replace(case, facts=facts, ambiguous=doubted, **fields)  # type: ignore[arg-type]  # each value was checked for its field
    if any(name in fields and fields[name] not in _TELLS_NOTHING for name in MAKES_A_CASE):
        corrected = replace(corrected, asked=Asked.DECISION, outside="")
    return _with_fever(corrected, case, fields)


def _facts(facts: Collection[Fact], values: Mapping[str, Value]) -> tuple[Fact, ...]:
    return tuple(
        replace(fact, value=value, note="corrected by hand") if (value := values.get(fact.name)) is not None else fact
        for fact in facts
        if values.get(fact.name, fact.value) is not None
    )


def _with_fever(case: Case, before: Case, corrected: Collection[str]) -> Case:
    """Neutropenic fever follows from count and temperature as it does when they are read, unless it was stated or set by hand itself."""
    if "neutropenic_fever" in corrected:
        return replace(case, neutropenic_fever_derived=False)
    if "anc" not in corrected and "temperature" not in corrected:
        return case
    if _febrile_neutropenia(case) and not case.neutropenic_fever:
        return replace(case, neutropenic_fever=True, neutropenic_fever_derived=True)
    if case.neutropenic_fever_derived and _febrile_neutropenia(before) and not _febrile_neutropenia(case):
        return replace(case, neutropenic_fever=False, neutropenic_fever_derived=False)
    return case


def _febrile_neutropenia(case: Case) -> bool:
    low = case.anc is not None and case.anc < FEBRILE_NEUTROPENIA_ANC
    return low and case.temperature is not None and case.temperature >= FEVER


def _value(name: str, value: Value) -> Value:
    if name in _CHOICES:
        allowed = [member.value for member in _CHOICES[name]]
        if value not in allowed:
            raise QuestionError(f"The correction of '{name}' must be one of {', '.join(allowed)}.")
        return _CHOICES[name](value)
    if name in _NUMBERS:
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value < 10_000):
            raise QuestionError(f"The correction of '{name}' must be a number from 0 to 10,000, or None to forget it.")
        return None if value is None else float(value)
    if name in _YES_NO or name in _NAMED:
        if not isinstance(value, bool):
            raise QuestionError(f"The correction of '{name}' must be true or false.")
        return value
    raise QuestionError(f"'{name}' cannot be corrected; what can be is {', '.join(FIELDS)}.")
