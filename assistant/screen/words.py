"""The words of the page, from `words.yaml`; validated, so that a missing word is found by a test and not by a reader."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.composing import plain_number
from assistant.errors import KnowledgeError
from assistant.knowledge import load_yaml
from assistant.wording import Voice

FILE = Path(__file__).with_name("words.yaml")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ActionWord(_Strict):
    """What stands large on the card, and the name of its sign."""

    word: str
    icon: str


class FactWord(_Strict):
    """How a fact is called on its chip, and its unit."""

    name: str
    unit: str


class Example(_Strict):
    """A question to begin with."""

    title: str
    text: str


class Reply(_Strict):
    """The turn that a quick answer sends, and the fields that it sets by hand."""

    text: str
    set: dict[str, str] = {}


class Reader(_Strict):
    """Who reads: what the decision means for them, by action, the things to do in their words, by element, in whose voice the answer is said, and what stands above it."""

    name: str
    voice: Voice = Voice.CLINICIAN
    calls: bool = False
    lead: str = ""
    says: dict[str, str] = {}
    now: dict[str, str] = {}
    alone: dict[str, list[str]] = {}
    also: dict[str, str] = {}


class Stage(_Strict):
    """One stage in the way of a case, and the elements that are done in it."""

    id: str
    name: str
    items: list[str]


class Words(_Strict):
    """All words of the page, by what they are said for."""

    actions: dict[str, ActionWord]
    lines: dict[str, str]
    severities: dict[str, str]
    restarts: dict[str, str]
    restarts_later: dict[str, str]
    bases: dict[str, str]
    now: dict[str, str]
    alone: dict[str, list[str]]
    now_heads: dict[str, str]
    also: dict[str, str]
    facts: dict[str, FactWord]
    values: dict[str, str]
    fields: dict[str, str]
    changes: dict[str, str]
    replies: dict[str, Reply]
    numbers: list[str]
    references: dict[str, str]
    states: dict[str, str]
    notes: dict[str, str]
    by_hand: dict[str, str]
    examples: list[Example]
    readers: dict[str, Reader]
    voices: dict[Voice, str]
    course: list[Stage]
    ticks: dict[str, str]


@lru_cache(maxsize=1)
def words() -> Words:
    """The words, read once.

    Raises:
        KnowledgeError: naming the key that is unknown or missing.
    """
    try:
        return Words.model_validate(load_yaml(FILE, words_only=True))
    except ValidationError as fault:
        lines = [f"words.yaml: {'.'.join(str(p) for p in e['loc'])}: {e['msg']}." for e in fault.errors()]
        raise KnowledgeError("the page's words have fault(s):\n- " + "\n- ".join(lines)) from None


def typeset(text: str) -> str:
    """A text as it is shown: counts in the sign that the chips have."""
    return text.replace("x10^9/L", "×10⁹/L")


def plain(value: str | float | bool) -> str:
    """A value as a reader says it."""
    text = _key(value)
    return words().values.get(text, text.replace("_", " "))


def _key(value: str | float | bool) -> str:
    return plain_number(value) if isinstance(value, float) else str(value)


def fact_name(name: str) -> str:
    """A fact's name as a reader says it."""
    known = words().facts.get(name)
    return known.name if known else name.replace("_", " ").capitalize()


def fact_value(name: str, value: str | float | bool) -> str:
    """A fact's value with its unit."""
    known, own = words().facts.get(name), words().values.get(f"{name}.{_key(value)}")
    return own or (f"{plain(value)} {known.unit}".strip() if known and not isinstance(value, (bool, str)) else plain(value))


def reply(fact: str, answer: str) -> Reply:
    """The turn that a quick answer sends; one that is not foreseen is sent as it stands and read like any other."""
    return words().replies.get(f"{fact}.{answer}", Reply(text=f"{fact_name(fact)}: {answer}."))
