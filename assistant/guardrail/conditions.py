"""What a condition or a span of time amounts to: complete resolution, something less, a worse course, a date."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from enum import StrEnum
from functools import lru_cache

from assistant.guardrail.clauses import Segment
from assistant.guardrail.tokens import Token

_NEARLY = frozenset(
    {
        "mostly",
        "nearly",
        "almost",
        "largely",
        "partly",
        "partially",
        "partial",
        "substantially",
        "improving",
        "improved",
        "improves",
        "improvement",
        "better",
    }
)
_REMAINS = frozenset({"remain", "remains"})
_SPAN = re.compile(
    r"\b(?:for|after|in|within|another|skip|omit|miss|first|next|only|of)\s+(?:(?:at least|about|up to|only|just|roughly|the next|another|a further|the first)\s+)*"
    r"(?:\d+|one|two|three|four|five|six|seven|ten|twelve|fourteen|a few|a couple of|several|a|some)(?:\s*(?:-|to|or)\s*(?:\d+|two|three|four|five|seven|ten))?\s*(?:clear |full |more |afebrile |further |short )*(?:days?|weeks?|hours?|h|doses?|cycles?|nights?|capsules?|months?)\b"
)
_DAY = re.compile(r"\b(?:on|from|after|by) day \d+")
_PAUSE = re.compile(r"\b(?:\d+|two|three|five|seven|ten)[- ](?:hour|day|week|dose)s?(?:-long| long)? (?:pause|break|hold|interruption|stop|gap)\b")
_EXCLUDED = ("excluded", "ruled", "exclusion")


class Condition(StrEnum):
    """The kinds of condition that an order can hang on."""

    RESOLVED = "complete resolution"
    NOT_RESOLVED = "something short of complete resolution"
    WORSE = "a worse course"
    INFECTION = "an infection"
    TIER = "a tier of severity"
    REASSESSED = "reassessment of risk and benefit"
    COUNTS = "a blood count"
    DATE = "a date or a span of time"
    OTHER = "something else"


@lru_cache(maxsize=4096)
def spans_time(text: str) -> bool:
    """Whether a text names a span such as `for 7 days` or `skip two doses`."""
    text = re.sub(r"\b(?:first|initial) (?:three|3)[ -]months?\b", "", text)
    return _SPAN.search(text) is not None or _PAUSE.search(text) is not None or _DAY.search(text) is not None


def text_of(segment: Segment) -> str:
    """The words of a segment."""
    return " ".join(t.text for t in segment.tokens)


@lru_cache(maxsize=4096)
def kinds_of(segment: Segment) -> frozenset[Condition]:
    """What a segment amounts to as a condition; several kinds can hold."""
    tags, words = segment.tags, {t.text for t in segment.tokens}
    found: set[Condition] = set()
    short = bool(words & _NEARLY) or ("PARTIAL" in tags and not ("RESOLVED" in tags and tags & {"INF", "FULL"}))
    short = short or ("FEVER" in tags and "RESOLVED" in tags and not tags & {"INF", "FULL", "NF", "TREAT", "AMB"})
    if "RESIDUAL" in tags and "NEG" not in tags and not ("MILD" in tags and words & _REMAINS):
        short = True
    if short:
        found.add(Condition.NOT_RESOLVED)
    elif not count_recovers(segment) and (
        ("RESOLVED" in tags and "NEG" not in tags)
        or (tags >= {"FULL", "RECOVERY"} and "NEG" not in tags)
        or words >= {"nothing", "left"}  # `until nothing of the infection is left`
        or words & set(_EXCLUDED)
        or tags & {"CONFIRM"}
        or ("RESOLVED" in tags and any(t.text in ("every", "all", "symptoms") for t in segment.tokens))
    ):
        found.add(Condition.RESOLVED)
    if tags & {"WORSE"} or (tags & {"FEVER"} and not short and "RESOLVED" not in tags and "NF" not in tags):
        found.add(Condition.WORSE)
    if tags & {"SEVERE", "LIFETHR", "MILD"}:
        found.add(Condition.TIER)
    if tags & {"INF", "OCCUR", "ACTIVE", "NF"} and Condition.RESOLVED not in found:
        found.add(Condition.INFECTION)
    if "REASSESS" in tags:
        found.add(Condition.REASSESSED)
    if tags & {"CBC", "NEUTRO"}:
        found.add(Condition.COUNTS)
    if tags & {"SOON", "NOW"} or spans_time(text_of(segment)):
        found.add(Condition.DATE)
    return frozenset(found or {Condition.OTHER})


@lru_cache(maxsize=4096)
def count_recovers(segment: Segment) -> bool:
    """`when the neutrophils have recovered`, `recovery of the count`: what is over is the low count, which is no word on the infection."""
    tokens = segment.tokens
    ends = [at for at, t in enumerate(tokens) if t.tag == "RESOLVED"]
    if not ends or segment.tags & {"INF", "CONFIRM"}:
        return False
    return all(_of_count(tokens[max(0, at - 5) : at][::-1]) or (tokens[at + 1 : at + 2] and tokens[at + 1].text == "of" and _of_count(tokens[at + 1 : at + 5])) for at in ends)


def _of_count(beside: Sequence[Token]) -> bool:
    """Whether a count is the first thing named in a run of tokens."""
    return next((t.tag for t in beside if t.tag not in ("W", "BE", "BEEN", "FULL")), "") in ("CBC", "NEUTRO")


def all_kinds(parts: Iterable[Segment]) -> frozenset[Condition]:
    """The kinds of several conditions together."""
    return frozenset(kind for part in parts for kind in kinds_of(part))
