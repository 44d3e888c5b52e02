"""Check `citation`: the marker exists, and what the article says on its authority stands in the sentence."""

from __future__ import annotations

import re
from functools import lru_cache

from assistant.guardrail.cues import cues
from assistant.guardrail.number import figures_in
from assistant.guardrail.readings import Context, Fault, Reading
from assistant.knowledge import knowledge

AUTHOR = re.compile(
    r"\s*[(\[]\s*(?:see |cf\. |ref\.? ?)?(?:[A-Z][\w'’-]+(?:(?: et al\.?| and [A-Z][\w'’-]+| & [A-Z][\w'’-]+),?)?,?\s+(?:[A-Z][\w .]+,?\s+)?(?:19|20)\d\d[a-z]?)[^)\]]{0,40}[)\]]"
)
JOURNAL = re.compile(r"\s*[(\[]\s*[A-Z][\w'’-]+ [A-Z]{1,3}\b[^()\[\]]{3,80}?(?:19|20)\d\d\s*[;,:][^()\[\]]*[)\]]")
_AUTHORS = {"dimopoulos": "2014", "moreau": "2017", "usami": "2019"}
_LISTS = re.compile(r"\W*(?:references?|sources?|citations?|refs?|bibliography)?(?:\W|and|article|reference|\d)*$")
_SHARES = re.compile(r"\b(?:a|one) third\b|\bone (?:patient )?in (?:three|seven)\b")
_LABEL_TAGS = frozenset({"LABEL", "NEUTRO", "CBC", "DIALYSIS", "RENAL", "REDUCE", "SOURCE", "DOSE", "SAME"})


def known_markers() -> frozenset[str]:
    """The markers that exist: the article's references and the letters of the labels."""
    known = knowledge()
    return frozenset(known.references) | {label.marker for label in known.labels.values()}


@lru_cache(maxsize=2048)
def supported(reading: Reading) -> frozenset[str]:
    """The markers on whose authority the article says something that stands in this piece."""
    found = {f.marker for f in figures_in(reading)}
    for entry in cues().claims.markers:
        if any(reading.tags.issuperset(needs) for needs in entry.needs):
            found.add(entry.marker)
    if reading.has("MOSTCOMMON"):
        found |= {"2"} if "pneumonia" in reading.plain else {"1"}
    if reading.any("INF") and _SHARES.search(reading.plain):
        found.add("2")
    if "lower start" in reading.plain or "lower dose to start" in reading.plain:
        found.add("3")
    if reading.has("FIRST3", "CONSIDER"):
        found.add("1")
    if reading.any("INF") and (reading.any("RISK", "FIRST3", "COMMON") or "month" in reading.plain or "three in ten" in reading.plain):
        found.add("1")
    if reading.any("ELDERLY") and " mg" in reading.plain:
        found.add("3")
    if "20 mg" in reading.plain and "week" in reading.plain:
        found.add("2")
    if reading.tags & _LABEL_TAGS:
        found |= {"US", "EU"}
    return frozenset(found)


def faults(reading: Reading, context: Context, around: frozenset[str]) -> list[Fault]:
    """The faults of one piece as to its markers; `around` is what the other parts of its sentence support."""
    found = []
    if _LISTS.match(reading.plain):  # a line that only lists the references
        return [Fault("citation", f"There is no source [{m}].", context.rule) for m in dict.fromkeys(reading.markers) if m not in known_markers()]
    for marker in dict.fromkeys(reading.markers):
        if marker not in known_markers():
            found.append(Fault("citation", f"There is no source [{marker}].", context.rule))
        elif marker not in supported(reading) | around:
            found.append(Fault("citation", f"Source [{marker}] does not say this, according to the article.", context.rule))
    for author in (*AUTHOR.findall(reading.body), *JOURNAL.findall(reading.body)):
        if not any(name in author.lower() and year in author for name, year in _AUTHORS.items()) and "august" not in author.lower():
            found.append(Fault("citation", f"There is no source {author.strip()}.", context.rule))
    if found and not recognised(reading) and not around:
        found.append(Fault("support", "No source says this.", context.rule))
    return found


def recognised(reading: Reading) -> bool:
    """Whether a piece says anything that the sources say at all; a wrong marker on something else is no slip of the pen."""
    known = any(o.target in ("POM", "AMB", "PROPH", "GCSF", "CBC", "DEX") or o.act in ("MONITOR", "CONFIRM", "REASSESS") for o in reading.orders)
    return (
        known
        or bool(supported(reading) - {"US", "EU"})
        or reading.any("RESOLVED", "SAME", "REASSESS", "SILENT", "SOURCE", "MILD", "SEVERE", "LIFETHR", "NEUTRO")
    )


def right_marker(reading: Reading, around: frozenset[str]) -> str:
    """The one marker that the article gives what is said here, or nothing where that is not clear."""
    numbers = sorted(m for m in supported(reading) | around if m.isdigit())
    return numbers[0] if len(numbers) == 1 else ""
