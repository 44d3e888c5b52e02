"""The doses that a piece names: how many mg, of which drug, told or only mentioned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from assistant.guardrail.readings import Reading
from assistant.guardrail.tokens import Token

_NUMBERS = {"one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "twenty": 20.0, "forty": 40.0}
_UNITS = ("mg", "milligram", "milligrams")
_FROM = frozenset(
    {"from", "than", "previous", "previously", "was", "before", "currently", "instead of", "rather than", "in place of", "not", "replacing", "current", "original", "starting from", "at the old"}
)  # fmt: skip
_REFUSED = 9  # tokens that a refusal reaches over
_JOINS = frozenset({"to", "→", "instead of", "rather than", "in place of", "or", "not", "down", "-", "than", ">"})


@dataclass(frozen=True, slots=True)
class Amount:
    """A dose in mg: of which drug, and whether it is only what was or would otherwise be given; `refused`: said not to be given."""

    mg: float
    drug: str
    reference: bool
    at: int
    refused: bool = False


@lru_cache(maxsize=2048)
def amounts_of(reading: Reading) -> tuple[Amount, ...]:
    """The doses in a piece."""
    tokens = reading.tokens
    if not any(t.text in _UNITS for t in tokens):
        return ()
    places = [at for at, t in enumerate(tokens) if _number(t) is not None and _has_unit(tokens, at)]
    return tuple(Amount(_number(tokens[at]) or 0.0, _drug(reading, at), refused or _is_reference(tokens, at), at, refused) for at in places for refused in [_is_refused(tokens, at)])


def _number(token: Token) -> float | None:
    if token.tag == "NUM":
        try:
            return float(token.text)
        except ValueError:
            return None
    return _NUMBERS.get(token.text)


def _has_unit(tokens: Sequence[Token], at: int) -> bool:
    def unit(place: int) -> bool:
        return 0 <= place < len(tokens) and tokens[place].text in _UNITS

    if unit(at + 1):
        return True
    if tokens[at].tag != "NUM":
        return False
    near = tokens[at + 1 : at + 3]
    if near and (near[0].text in _JOINS) and len(tokens) > at + 2:
        place = next((p for p in (at + 2, at + 3) if p < len(tokens) and _number(tokens[p]) is not None), None)
        return place is not None and unit(place + 1)
    before = tokens[max(0, at - 2) : at]
    if before and before[-1].text in _JOINS and at >= 2:
        return (
            tokens[at - 2].text in _UNITS
            and (_number(tokens[at]) or 0) <= 40
            and not (at + 1 < len(tokens) and tokens[at + 1].text in ("%", "days", "weeks", "months", "years"))
        )
    return False


def _drug(reading: Reading, at: int) -> str:
    tokens = reading.tokens
    for place in range(at - 1, max(-1, at - 14), -1):
        if tokens[place].text in (";", "|") and place < at - 6:
            break
        if tokens[place].tag in ("POM", "DEX", "PARTNER", "AMBNAME", "OUTSIDE"):
            return tokens[place].tag
    for place in range(at + 1, min(len(tokens), at + 5)):
        if tokens[place].tag in ("POM", "DEX", "PARTNER"):
            return tokens[place].tag
    return "DEX" if (_number(tokens[at]) or 0) >= 8 else "POM"


def _is_reference(tokens: Sequence[Token], at: int) -> bool:
    before = tokens[max(0, at - 3) : at]
    cut = max((place + 1 for place, t in enumerate(before) if t.tag == "PUNCT"), default=0)
    before = before[cut:]
    if any(t.text in _FROM or t.tag == "BEEN" for t in before):
        return True
    after = tokens[at + 1 : at + 4]
    arrow = [t.text for t in after if t.text not in _UNITS]
    return bool(arrow) and (arrow[0] in ("→", "previously", "before") or (arrow[0] == "to" and any(_number(t) is not None for t in after[1:])))


def _is_refused(tokens: Sequence[Token], at: int) -> bool:
    """`no case for 3 mg`, `nothing in a mild episode asks for 3 mg`: named as what is not given."""
    for place in range(at - 1, max(-1, at - _REFUSED), -1):
        if tokens[place].tag in ("PUNCT", "CONTR", "AND") or _number(tokens[place]) is not None:
            return False
        if tokens[place].text in ("no", "nothing"):
            return tokens[place + 1].tag not in ("POM", "DOSE") and tokens[at - 1].text in ("for", "to", "of")
    return False
