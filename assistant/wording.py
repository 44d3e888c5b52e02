"""Reads `knowledge/wording.yaml`: the sentences that the dictated answer is made of."""

from __future__ import annotations

import re
from functools import lru_cache

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import KnowledgeError
from assistant.knowledge import HOME, load_yaml

_MARKER = re.compile(r"\[([0-9A-Z]+)\]")


class Wording(BaseModel):
    """All sentences, by what they are said for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    headline: dict[str, str]
    headline_held: dict[str, str]
    elements: dict[str, str]
    variants: dict[str, str]
    outlook: dict[str, str]
    labels: dict[str, str]
    notes: dict[str, str]
    outside: dict[str, str]


@lru_cache(maxsize=1)
def wording() -> Wording:
    """The project's wording, read once.

    Raises:
        KnowledgeError: naming the key that is unknown or missing.
    """
    try:
        return Wording.model_validate(load_yaml(HOME / "wording.yaml"))
    except ValidationError as fault:
        lines = [f"wording.yaml: {'.'.join(str(p) for p in e['loc'])}: {e['msg']}." for e in fault.errors()]
        raise KnowledgeError("knowledge/ has fault(s):\n- " + "\n- ".join(lines)) from None


def markers_in(text: str) -> tuple[str, ...]:
    """The citation markers that stand in a text, in order, each once."""
    return tuple(dict.fromkeys(_MARKER.findall(text)))
