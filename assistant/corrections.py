"""What a reader of the page corrects by hand, put over what was read. Nothing else of the case moves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

from assistant.errors import QuestionError
from assistant.records import Case, Drug, Infection, Severity, Treatment

Value = str | float | bool | None

_CHOICES: dict[str, type[StrEnum]] = {"drug": Drug, "infection": Infection, "severity": Severity, "treatment": Treatment}
_NUMBERS = ("age", "anc", "dose_mg", "months_on_therapy", "platelets", "platelets_nadir", "temperature")
_YES_NO = ("dialysis", "elderly", "neutropenic_fever", "renal_impairment")
_NAMED = {"quinolone": "quinolone"}  # said as yes or no; the case holds a name, and this one where none was read
FIELDS = tuple(sorted((*_CHOICES, *_NUMBERS, *_YES_NO, *_NAMED)))


def apply(case: Case, corrections: Mapping[str, Value]) -> Case:
    """The case with fields replaced by hand; None forgets a number. Units are those of `Fact`.

    A fact that was read under the same name keeps its words and takes the new value, noted as corrected.

    Raises:
        QuestionError: a field that cannot be corrected, or a value that it cannot have.
    """
    fields = {name: _value(name, value) for name, value in corrections.items()}
    facts = tuple(
        replace(fact, value=value, note="corrected by hand") if (value := fields.get(fact.name)) is not None else fact
        for fact in case.facts
        if fields.get(fact.name, fact.value) is not None
    )
    fields |= {name: (getattr(case, name) or _NAMED[name]) if fields[name] else "" for name in _NAMED if name in fields}
    return replace(case, facts=facts, **fields) if fields else case  # type: ignore[arg-type]  # each value was checked for its field


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
