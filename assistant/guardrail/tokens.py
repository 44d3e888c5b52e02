"""Turns the text of a piece into tagged tokens: what every word means to the guardrail, by the cue words."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from assistant.guardrail.cues import WORD, Cues, cues

MARKER = re.compile(r"\[\s*([A-Za-z]{1,8}|\d{1,3})\s*\]|\[\s*(\d{1,3}(?:\s*[,;–-]\s*\d{1,3})+)\s*\]|\[\^(\d{1,3})\]|【(\d{1,3})[^】]*】")
_CHECKBOX = re.compile(r"^\s*[-*]\s*\[[ xX]?\]")
_SHAPES = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": " - ",
        "\xa0": " ",
        "‑": "-",
        "\u202f": " ",
        "*": " ",
        "_": " ",
        "`": " ",
        "#": " ",
        "~": " ",
        "&": " and ",
    }
)
_SHORT = (
    (re.compile(r"\bcan'?t\b|\bcannot\b"), "can not"),
    (re.compile(r"\bwon't\b"), "will not"),
    (re.compile(r"n't\b"), " not"),
    (re.compile(r"'(?:s|re|ve|ll|d|m)\b"), ""),
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*\+?$")
_GLUED = re.compile(r"(\d+(?:\.\d+)?)(mg|mcg|g|%|d|wk|weeks?|months?|days?|h|hrs?|yo|f|m|yrs?|years?|ml)$")
_SKIP = frozenset({"the", "a", "an", "of", "to", "very", "quite", "rather", "just", "simply", "really", "any", "some", "and/or"})


class Token(NamedTuple):
    """A tagged phrase: `tag` is a cue tag, NUM, PUNCT, OUTSIDE, or W for a plain word; `form` the verb form."""

    tag: str
    text: str
    form: str = ""


def markers_of(text: str) -> tuple[str, ...]:
    """The citation markers in a text, in order: '1', 'US'; a list or range in one bracket counts as each of its numbers."""
    found: list[str] = []
    for mark in MARKER.finditer(text):
        one, many, foot, fancy = mark.groups()
        if many:
            found += _span(many)
        else:
            found.append((one or foot or fancy).upper())
    return tuple(m for m in found if m != "X")


def _span(many: str) -> list[str]:
    ends = [int(n) for n in re.findall(r"\d+", many)]
    if re.search(r"[–-]", many) and len(ends) == 2 and 0 < ends[1] - ends[0] < 9:
        return [str(n) for n in range(ends[0], ends[1] + 1)]
    return [str(n) for n in ends]


@lru_cache(maxsize=2048)
def plain(text: str) -> str:
    """The text in lower case, without markers and emphasis, contractions written out."""
    made = MARKER.sub(" ", _CHECKBOX.sub(" ", text)).translate(_SHAPES).lower()
    for pattern, written in _SHORT:
        made = pattern.sub(written, made)
    return made


def _words(text: str) -> list[str]:
    found: list[str] = []
    for word in WORD.findall(plain(text)):
        glued = _GLUED.match(word) if word[0].isdigit() else None
        if glued:
            found += [glued.group(1), glued.group(2)]
        else:
            found.append(word)
    return found


def _phrase_at(words: list[str], at: int, known: Cues) -> tuple[Token, int] | None:
    for start in (tuple(words[at : at + 2]), (words[at],)):
        for key, tag, form in known.phrases.get(start, ()):
            if len(key) <= 2 or tuple(words[at : at + len(key)]) == key:
                return _token(tag, key, form), len(key)
    for phrase in known.outside.get(words[at], ()):
        if tuple(words[at : at + len(phrase)]) == phrase:
            return _token("OUTSIDE", phrase, ""), len(phrase)
    return None


@lru_cache(maxsize=8192)
def _token(tag: str, words: tuple[str, ...], form: str) -> Token:
    return Token(tag, " ".join(words), form)


@lru_cache(maxsize=8192)
def _single(word: str) -> Token:
    """The token of a word that stands in no phrase."""
    if _NUMBER.match(word):
        return Token("NUM", word.replace(",", ".").rstrip("+."))
    if not word[0].isalnum():
        return Token("PUNCT", word)
    if any(c.isdigit() for c in word):
        return Token("W", word)
    return Token(_by_shape(word, cues()), word)


def _by_shape(word: str, known: Cues) -> str:
    """The tag of a word that no list holds: by its ending, or UNKNOWN."""
    file = known.outside_file
    if word in known.plain or len(word) < 3 or word in _SKIP:
        return "W"
    if word.endswith(tuple(file.antimicrobial_suffixes)) and len(word) > 6:
        return "AMBNAME"
    if word.endswith(tuple(file.infection_suffixes)) and len(word) > 5:
        return "INF"
    if word.endswith(tuple(file.suffixes)) and len(word) > 6 and word not in file.suffix_exceptions:
        return "OUTSIDE"
    if "-" in word or "/" in word:
        parts = [p for p in re.split(r"[-/]", word) if p]
        strange = next((tag for p in parts for _, tag, _ in known.phrases.get((p,), ()) if tag in ("PARTNER", "AMBNAME")), "")
        if strange or any((p,) in known.outside.get(p, ()) for p in parts):
            return strange or "OUTSIDE"
        return "W" if all(p in known.plain or len(p) < 3 or (p,) in known.phrases or p.isdigit() for p in parts) else "UNKNOWN"
    return "W" if any(stem in known.plain or (stem,) in known.phrases for stem in _stems(word)) else "UNKNOWN"


def _stems(word: str) -> list[str]:
    found = []
    for end, written in (
        ("s", ""),
        ("es", ""),
        ("ies", "y"),
        ("ed", ""),
        ("ed", "e"),
        ("d", ""),
        ("ing", ""),
        ("ing", "e"),
        ("ly", ""),
        ("er", ""),
        ("est", ""),
        ("'s", ""),
        ("ness", ""),
        ("able", ""),
        ("ment", ""),
    ):
        if word.endswith(end) and len(word) > len(end) + 2:
            stem = word[: -len(end)] + written
            found.append(stem)
            if len(stem) > 3 and stem[-1] == stem[-2]:
                found.append(stem[:-1])
    if word.startswith(("un", "re", "in")):
        found.append(word[2:])
    return found


@lru_cache(maxsize=2048)
def tokens_of(text: str) -> tuple[Token, ...]:
    """The tagged tokens of a text."""
    known = cues()
    words = _words(text)
    found: list[Token] = []
    at = 0
    while at < len(words):
        token, length = _phrase_at(words, at, known) or (_single(words[at]), 1)
        found.append(token)
        at += length
    return tuple(found)
