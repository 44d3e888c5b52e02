"""A cue pattern of the lexicon, and what must stand in a line for it to match: most patterns need not be tried on a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import ahocorasick

_PLACEHOLDER = {"num": r"\d+(?:[.,]\d+)*", "past": r"(?:yesterday|last \S+|\d+ \S+ ago|\S+ ago|on \S+|\S+day)"}
_NUMBER_OR_PAST = re.compile(r"<(?:num|past)>")
_PLAIN = re.compile(r"[a-z0-9<> %/'&-]+")
_QUANTIFIER = re.compile(r"[?*+]|\{\d*,?\d*\}")
_COMMON = 4  # a shorter anchor stands in most lines, and spares little


@dataclass(frozen=True, slots=True)
class Cue:
    """A compiled cue. `anchors`: strings of which every match holds at least one; empty where none could be derived."""

    compiled: re.Pattern[str]
    anchors: tuple[str, ...]

    @property
    def pattern(self) -> str:
        """The regular expression as text."""
        return self.compiled.pattern

    def may_match(self, line: str) -> bool:
        """Whether the line holds an anchor."""
        for anchor in self.anchors:  # a loop: the hottest line of the reader, and a generator takes twice the time
            if anchor in line:
                return True
        return not self.anchors

    def search(self, line: str) -> re.Match[str] | None:
        """The first match in a line of words in lower case, one space between them."""
        return self.compiled.search(line) if self.may_match(line) else None


class Anchored:
    """Many cues by number, of which only those are tried whose anchor stands in a line: one pass over the line finds all anchors."""

    def __init__(self, cues: Iterable[tuple[int, Cue]]) -> None:
        self._cues = dict(cues)
        self._always = [number for number, cue in self._cues.items() if not cue.anchors]
        places: dict[str, list[int]] = {}
        for number, cue in self._cues.items():
            for anchor in cue.anchors:
                places.setdefault(anchor, []).append(number)
        self._anchors = ahocorasick.Automaton()
        for anchor, numbers in places.items():
            self._anchors.add_word(anchor, numbers)
        self._anchors.make_automaton()

    def matches(self, line: str) -> Iterator[tuple[int, re.Match[str]]]:
        """The number of a cue with each of its matches in a line; the cues in no order."""
        hit = (numbers for _, numbers in self._anchors.iter(line)) if self._anchors else ()
        for number in {*self._always}.union(*hit):
            for match in self._cues[number].compiled.finditer(line):
                yield number, match


def compile_cue(pattern: str) -> Cue:
    """A cue pattern as a regular expression: `~` is up to three words, `<abx>` one word of that vocabulary.

    Raises:
        re.error: where its brackets do not fit.
    """
    # A word that may stand in between is none of another sentence.
    body = pattern.replace("(\\S+ )", "([^ .;?!]\\S* )").replace("~ ", "(?:[^ .;?!]\\S* ){0,3}")
    body = re.sub(r"<(\w+)>", lambda m: _PLACEHOLDER.get(m.group(1), f"<{m.group(1)}>"), body)
    body = re.sub(r"\((?!\?)", "(?:", body)
    return Cue(re.compile(rf"(?<!\S)(?:{body})(?!\S)"), tuple(sorted(anchors_of(pattern))))


def anchors_of(pattern: str) -> frozenset[str]:
    """Strings of which every match of the pattern holds at least one; empty where none could be derived.

    Of all that a match must hold in a row, the part is taken that is likely to be rare: few strings, none of them short.
    """
    found: frozenset[str] = frozenset()
    branches = _split(pattern)
    for branch in branches:
        best = min(_required(branch), key=lambda some: (min(map(len, some)) < _COMMON, len(some)), default=frozenset[str]())
        if not best:
            return frozenset()
        found |= best
    return found


def _split(pattern: str) -> list[str]:
    """The alternatives of a pattern that stand outside all brackets."""
    parts, start, at = [], 0, 0
    while at < len(pattern):
        if pattern[at] == "|":
            parts.append(pattern[start:at])
            start = at + 1
        at = _bracket(pattern, at)[1]
    return [*parts, pattern[start:]]


def _required(branch: str) -> Iterator[frozenset[str]]:
    """What each part of one alternative makes a match hold: a run of plain signs, or one string of each bracketed choice."""
    at = 0
    branch = _NUMBER_OR_PAST.sub("~", branch)
    while at < len(branch):
        plain = _PLAIN.match(branch, at)
        if plain:
            text, at = plain.group(), plain.end()
            if _QUANTIFIER.match(branch, at):  # the quantifier is of the last sign alone
                text = text[:-1]
            if len(text.strip()) > 1:
                yield frozenset({text.strip()})
            continue
        inner, at = _bracket(branch, at)
        quantifier = _QUANTIFIER.match(branch, at)
        at = quantifier.end() if quantifier else at
        optional = quantifier is not None and quantifier.group()[:2] not in ("+", "{1", "{2", "{3")
        if inner and not optional and (choice := anchors_of(inner)):
            yield choice


def _bracket(branch: str, at: int) -> tuple[str, int]:
    """The content of the round bracket at `at`, "" for a look-around and for any other sign, and where it ends."""
    if branch[at] == "\\":
        return "", at + 2
    if branch[at] == "[":
        return "", branch.index("]", at + 1) + 1
    if branch[at] != "(":
        return "", at + 1
    depth, end = 1, at + 1
    while depth:
        if branch[end] == "\\":
            end += 2
        elif branch[end] == "[":
            end = branch.index("]", end + 1) + 1
        else:
            depth += (branch[end] == "(") - (branch[end] == ")")
            end += 1
    inner = branch[at + 1 : end - 1]
    return ("" if inner.startswith("?") else inner), end
