"""Reads the sentences that the dictated answer is made of: `knowledge/wording.yaml`, and for patients `wording_patient.yaml`."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import KnowledgeError
from assistant.knowledge import HOME, load_yaml

_Read = TypeVar("_Read", bound=BaseModel)
_MARKER = re.compile(r"\[([0-9A-Z]+)\]")


class Voice(StrEnum):
    """In whose words an answer is said. What it says, and on what that rests, is the same in both."""

    CLINICIAN = "clinician"
    PATIENT = "patient"


class _Sentences(BaseModel):
    """The sentences that each voice has of its own, by what they are said for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    headline: dict[str, str]
    headline_held: dict[str, str]
    elements: dict[str, str]
    variants: dict[str, str]
    outlook: dict[str, str]
    notes: dict[str, str]
    outside: dict[str, str]


class Wording(_Sentences):
    """All sentences of one voice; what records are told by is the same for all."""

    labels: dict[str, str]


@lru_cache(maxsize=2)
def wording(voice: Voice = Voice.CLINICIAN) -> Wording:
    """The project's wording in one voice, read once.

    Raises:
        KnowledgeError: naming the file, and the key in it that is unknown or missing.
    """
    if voice is Voice.PATIENT:
        own = _read("wording_patient.yaml", _Sentences)
        return Wording(labels=wording().labels, **own.model_dump())
    return _read("wording.yaml", Wording)


def _read(name: str, kind: type[_Read]) -> _Read:
    try:
        return kind.model_validate(load_yaml(HOME / name))
    except ValidationError as fault:
        lines = [f"{name}: {'.'.join(str(p) for p in e['loc'])}: {e['msg']}." for e in fault.errors()]
        raise KnowledgeError("knowledge/ has fault(s):\n- " + "\n- ".join(lines)) from None


def markers_in(text: str) -> tuple[str, ...]:
    """The citation markers that stand in a text, in order, each once."""
    return tuple(dict.fromkeys(_MARKER.findall(text)))
