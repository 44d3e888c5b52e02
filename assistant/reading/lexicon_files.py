"""Reads one file of `knowledge/lexicon/` and says what is wrong with it: a key that nobody reads must not load silently."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from assistant.errors import KnowledgeError
from assistant.knowledge import load_yaml

R = TypeVar("R", bound=BaseModel)

# What the reader asks for, by file: a key that is not named here would be read by nobody, one that is missing found by nobody.
KINDS = {
    "states": ("resolved", "well", "treatment_done", "untreated", "treatment_given", "treatment_ongoing", "symptom_free", "residual", "worse", "no_infection", "another_cause", "worked_up"),
    "severity": ("life_threatening", "severe", "mild"),
    "intents": (
        "decision", "general", "fact", "injection", "outside_drugless", "outside_asked", "outside", "permanent_stop", "permanent_stop_not", "held", "taking", "new_patient",
        "two_patients", "prophylaxis", "clinician_voice", "caregiver_voice", "shared_illness", "leading", "hold_asked", "antimicrobial_choice", "figure", "dose_asked",
    ),
}  # fmt: skip
SCOPES = ("negation", "uncertain", "hypothetical", "historical", "other_person", "exposure", "refutation", "averted")


def keyed(folder: Path, name: str, keys: Iterable[str], faults: list[str]) -> dict[str, Any]:
    """The content of a file that holds exactly these keys: a misspelt one would be read by nobody. {} and the fault kept, otherwise."""
    file, wanted = f"{name}.yaml", set(keys)
    try:
        data = load_yaml(folder / file, words_only=True)
    except KnowledgeError as fault:
        faults.append(f"lexicon/{fault}")
        return {}
    if not isinstance(data, dict):
        faults.append(f"lexicon/{file}: must hold {', '.join(sorted(wanted))}.")
        return {}
    faults += [f"lexicon/{file}: {key}: nothing reads this key; check its spelling or remove it." for key in data if key not in wanted]
    faults += [f"lexicon/{file}: {key}: is missing; add it." for key in sorted(wanted - set(data))]
    empty = [key for key in data if not isinstance(data[key], (list, dict))]
    faults += [f"lexicon/{file}: {key}: must be a list." for key in empty]
    return {key: value for key, value in data.items() if key not in empty}


def record(model: type[R], raw: Any, where: str, faults: list[str]) -> R | None:
    """A record, or None and its faults kept."""
    try:
        return model.model_validate(raw)
    except ValidationError as fault:
        faults += [f"lexicon/{where}: {'.'.join(map(str, e['loc']))}: {e['msg']}." for e in fault.errors()]
        return None
