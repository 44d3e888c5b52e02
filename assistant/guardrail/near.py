"""Near-quotations: a piece that is an article sentence but for a word must differ in words that mean the same.

This is what tells a paraphrase from a fabrication: `until partial resolution`, `for the first three weeks`,
`may prevent disease progression` stand as near to the article as any honest rewording.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz import fuzz, process

from assistant.guardrail.readings import Reading
from assistant.guardrail.tokens import Token, plain, tokens_of
from assistant.knowledge import knowledge

_LEAST, _SHARE = 4, 0.72
_ALIKE_IN_LETTERS = 78  # of 100
_CLOSE = 0.6  # share from which a piece is judged by the rules alone, without the second ear's acquittal
_OPAQUE = frozenset(
    {
        "W",
        "NUM",
        "OUTSIDE",
        "UNKNOWN",
        "NEUTRO",
        "NEG",
        "PARTIAL",
        "PARTNER",
        "AMBNAME",
        "RARE",
        "BENEFIT",
        "EVALNEG",
        "EVALPOS",
        "WORSE",
        "RESIDUAL",
        "PUNCT",
    }
)
_ALIKE = (
    frozenset({"IF", "ONCE", "WHILE", "LATER"}), frozenset({"SHOULD", "STRONG", "BE", "EVALPOS"}), frozenset({"BE", "BEEN"}), frozenset({"START", "CONSIDER", "CONFIRM", "MONITOR"}),
    frozenset({"REASON", "CONTR", "AND"}), frozenset({"POM", "PRON", "TREAT"}), frozenset({"AMB", "PROPH"}), frozenset({"REDUCE", "DOSE"}), frozenset({"SAME", "DOSE"}), frozenset({"START", "GO"}), frozenset({"STOP", "DELAY"}), frozenset({"RAISE", "CAUSE"}),
)  # fmt: skip
_ADDED = frozenset(
    {
        "NOW",
        "TEMP",
        "WHO",
        "SOURCE",
        "POM",
        "BE",
        "BEEN",
        "AND",
        "PRON",
        "CONTR",
        "REASON",
        "INF",
        "MILD",
        "SEVERE",
        "LIFETHR",
        "LATER",
        "FULL",
        "SHOULD",
        "START",
        "KEEP",
        "FIRST3",
        "ACTIVE",
        "LABEL",
        "DOSE",
        "RESTART",
        "PUNCT",
        "HARMLESS",
        "EVALPOS",
        "MONITOR",
        "RESOLVED",
        "ONCE",
        "IF",
        "WHILE",
        "CONSIDER",
        "TREAT",
        "RESP",
        "AMB",
        "CONFIRM",
        "STRONG",
        "OR",
        "ELDERLY",
        "RENAL",
        "NEUTRO",
        "QUIN",
        "STOP",
        "WEAK",
        "SAME",
        "CBC",
        "PROPH",
        "UNTIL",
        "OCCUR",
        "COMMON",
        "GO",
        "DELAY",
        "NF",
    }
)
_BESIDE = frozenset({"W", "UNKNOWN", "BRING", "CAUSE", "COMPL", "RISK", "THING", "OTHER", "SILENT", "RECOVERY", "TEMP"})
"""Words that stand beside an article sentence without turning it."""
_HARD = frozenset(
    {
        "UNTIL",
        "BEFORE",
        "ONCE",
        "INF",
        "RESOLVED",
        "FULL",
        "MONITOR",
        "RESP",
        "NOW",
        "RAISE",
        "RESTART",
        "GO",
        "CONSIDER",
        "REDUCE",
        "CBC",
        "PROPH",
        "AMB",
        "ELDERLY",
    }
)
_INSTEAD = frozenset({"W", "STOP", "ONCE", "BEFORE", "WHILE", "GO", "RESTART", "AMB", "CBC", "RENAL"})
_DROPPED = (_ADDED - {"WEAK", "NEUTRO", "STOP", "SAME", "GO"}) | {"MOSTCOMMON", "COMMON", "CAUSE", "REDUCE", "PATHWAY", "RISK"}
_LOSABLE = frozenset({"significant", "multiple", "myeloma", "which", "symptoms", "grade", "modification", "regimens", "years", "occurred", "occurring"})
_SWAPS = frozenset({"in place of", "instead of", "rather than"})
_FIRM = frozenset({"SHOULD", "STRONG", "EVALPOS"})
_FILLERS = frozenset(
    """a an the of to in on at for with by from their her his its this that these those any all both also then there first second third next please yes therefore simply just well such same other following
    plus treated treat patients therapy appropriate need needs needed does do require requires required must who already approximately about roughly around some receiving receive containing regimens occur occurs occurring experience association associated perform
    performed carry carried made make given give gives obtain obtained take taken get check baseline laboratory including include routine common due use used occurred effective low-dose experienced nearly overall seen reported has have having into as be being been is are was were
    out again back per case one two step steps low dose when than more most""".split()
)


def _content(tokens: Sequence[Token]) -> tuple[Token, ...]:
    if len(tokens) > 1 and tokens[0].text in ("no", "yes") and tokens[1].tag == "PUNCT":
        tokens = tokens[2:]
    if len(tokens) > 3 and tokens[0].text == "|" and tokens[1].tag == "NUM" and tokens[2].text == "|":
        tokens = tokens[2:]  # the number of a row
    tokens = _as_one_order(_doses(tokens))
    following = [*tokens[1:], None]
    return tuple(
        t
        for t, after in zip(tokens, following, strict=False)
        if t.tag != "PUNCT"
        and not (t.tag == "W" and t.text in _FILLERS)
        and not (t.tag == "NUM" and after is not None and after.text in ("%", "percent"))
    )


def _doses(tokens: Sequence[Token]) -> list[Token]:
    """`3 mg in place of 4 mg` as one dose: which doses are right is for another check."""
    made: list[Token] = []
    for at, token in enumerate(tokens):
        if token.tag == "NUM" and tokens[at + 1 : at + 2] and tokens[at + 1].text == "mg":
            if not (made and made[-1].tag == "DOSE" and made[-1].text == "mg"):
                made.append(Token("DOSE", "mg"))
        elif (token.text == "mg" and made and made[-1].text == "mg") or (token.text in _SWAPS and made and made[-1].text == "mg"):
            continue
        else:
            made.append(token)
    return made


def _as_one_order(tokens: Sequence[Token]) -> Sequence[Token]:
    """`not stopping` is continuing, `no further pomalidomide` is discontinuing it."""
    made: list[Token] = []
    for token in tokens:
        if made and made[-1].text in ("not", "without") and token.tag == "STOP" and token.form == "ing":
            made[-1] = Token("GO", "continuing", "ing")
        elif made and made[-1].text in ("no further", "no more") and token.tag == "POM":
            made[-1:] = [Token("STOP", "discontinue", "base"), token]
        else:
            made.append(token)
    return made


class Statement(NamedTuple):
    """A sentence of the article or a part of one: its content tokens, its keys as bits, how many they are, where it stands."""

    tokens: tuple[Token, ...]
    bits: int
    size: int
    passage: str


@lru_cache(maxsize=1)
def _statements() -> tuple[dict[str, int], tuple[Statement, ...], tuple[int, ...]]:
    """The bit of each key, the article's statements by size, and the sizes: sets are compared as numbers, which is fast."""
    found: dict[tuple[tuple[str, str], ...], Statement] = {}
    places: dict[str, int] = {}
    for passage in knowledge().passages.values():
        if passage.source != "article":
            continue
        text = re.sub(r" [1-4](?=$|,)", "", passage.text)
        text = re.sub(r"^[^:]{0,60}: (?=[A-Z])", "", text)  # the title of a pitfall is no statement
        for part in (text, *re.split(r"[:;]\s+", text), *re.split(r"[:;,]\s+|\s\(|\)", text)):
            tokens = _content(tokens_of(part))
            if len(tokens) >= _LEAST - 1:
                keys = {_key(t) for t in tokens}
                bits = sum(1 << places.setdefault(key, len(places)) for key in sorted(keys))
                found.setdefault(tuple((t.tag, t.text) for t in tokens), Statement(tokens, bits, len(keys), passage.id))
    ordered = sorted(found.values(), key=lambda one: one.size)
    return places, tuple(ordered), tuple(one.size for one in ordered)


def _key(token: Token) -> str:
    """What makes two tokens alike: the tag, for words of one meaning; the word itself, for others."""
    if token.tag == "REASSESS":
        return "REASSESS:benefit" if "benefit" in token.text else "REASSESS"
    if token.tag == "NEUTRO":
        return "NEUTRO:" + token.text[:7]
    if token.tag == "NEG" and token.text in ("no", "not", "without", "never", "nor", "neither", "none", "no need", "need not"):
        return "NEG"
    if token.tag in _OPAQUE:
        return f"{token.tag}:{token.text}"
    return token.tag


@lru_cache(maxsize=2048)
def fault(reading: Reading) -> str:
    """Why a piece that stands close to an article sentence says something else, or nothing."""
    if own_clause(reading):
        return ""
    return _fault(_content(reading.tokens))


def _fault(tokens: Sequence[Token]) -> str:
    keys = [_key(t) for t in tokens]
    best: tuple[float, str] = (0.0, "")
    for share, theirs, passage in _close(tokens, _SHARE):
        if (len(theirs) >= _LEAST or share >= 0.9) and share > best[0]:
            why = _difference(tokens, keys, theirs)
            if not why:
                return ""
            best = (share, f"It differs from the article ({passage}): {why}.")
    return best[1]


@lru_cache(maxsize=2048)
def own_clause(reading: Reading) -> str:
    """The words of a clause that a reason taken from the article follows (`it is not given again until ..., as it increases infection risk`), or nothing.

    Each half is compared with the article by itself; the other checks read the clause.
    """
    at = next((n for n, part in enumerate(reading.parts) if part.kind == "reason"), 0)
    before = [t for part in reading.parts[:at] for t in part.tokens]
    own, taken = _content(before), _content([t for part in reading.parts[at:] for t in part.tokens])
    if not at or len(own) < _LEAST or not any(True for _ in _close(taken, _SHARE)) or _fault(own) or _fault(taken):
        return ""
    return " ".join(t.text for t in before)


@lru_cache(maxsize=2048)
def close(reading: Reading) -> bool:
    """Whether a piece stands so close to an article sentence that a word in it may make all the difference."""
    if any(True for _ in _close(_content(reading.tokens), _CLOSE)):
        return True
    return process.extractOne(reading.plain, _plain_statements(), scorer=fuzz.ratio, score_cutoff=_ALIKE_IN_LETTERS) is not None


@lru_cache(maxsize=1)
def _plain_statements() -> tuple[str, ...]:
    """The article's sentences in plain letters."""
    return tuple(plain(part) for p in knowledge().passages.values() if p.source == "article" for part in re.split(r"(?<=[.:;])\s+", p.text))


def _close(tokens: Sequence[Token], least: float) -> Iterator[tuple[float, Sequence[Token], str]]:
    """The article's statements that share at least so much with some tokens: the share, their tokens, their passage."""
    if len(tokens) < _LEAST - 1:
        return
    keys = {_key(t) for t in tokens}
    places, statements, sizes = _statements()
    mine = sum(1 << places[key] for key in keys if key in places)
    first, last = bisect_left(sizes, len(keys) * least), bisect_right(sizes, len(keys) / least)
    for theirs, bits, size, passage in statements[first:last]:
        share = (mine & bits).bit_count() / max(len(keys), size)
        if share >= least:
            yield share, theirs, passage


def _difference(tokens: Sequence[Token], keys: Sequence[str], theirs: Sequence[Token]) -> str:
    """The first difference that changes the meaning."""
    weaker = sum(t.tag == "WEAK" for t in tokens) > sum(t.tag == "WEAK" for t in theirs)
    if weaker and any(t.tag in _FIRM for t in theirs) and not any(t.tag in _FIRM for t in tokens):
        return "less firm"
    if set(keys) == {_key(t) for t in theirs}:
        return ""
    matcher = SequenceMatcher(None, [_key(t) for t in theirs], list(keys), autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            continue
        gone, come = theirs[i1:i2], tokens[j1:j2]
        moved = {_key(t) for t in tokens}
        lost = [t for t in gone if _key(t) not in moved]
        new = [t for t in come if _key(t) not in {_key(t) for t in theirs}]
        if not _means_same(lost, new):
            return f"'{' '.join(t.text for t in gone) or '-'}' against '{' '.join(t.text for t in come) or '-'}'"
    return ""


def _means_same(gone: Sequence[Token], come: Sequence[Token]) -> bool:
    left = [t for t in gone if not any(_alike(t, other) for other in come)]
    added = [t for t in come if not any(_alike(other, t) for other in gone)]
    if any(t.tag in _FIRM for t in left) and any(t.tag == "WEAK" for t in added):
        return False
    if any(t.tag in _HARD for t in left) and any(t.tag in _INSTEAD for t in added):
        return False
    if left and any(t.tag == "UNKNOWN" for t in added):
        return False
    if {"STOP"} <= {t.tag for t in added} and {t.tag for t in added} & {"ONCE", "WHILE", "IF"}:
        return False
    return all(t.tag in _DROPPED or t.text in _LOSABLE for t in left) and all(t.tag in _ADDED or t.tag in _BESIDE for t in added)


def _alike(one: Token, other: Token) -> bool:
    if _key(one) == _key(other):
        return True
    return any(one.tag in group and other.tag in group for group in _ALIKE)
