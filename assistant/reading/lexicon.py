"""Reads and validates `knowledge/lexicon/`: vocabularies, cue patterns and context cues.

A vocabulary entry is found by its forms, word by word, longest first, with a small allowance for misspelling where
the entry says `fuzzy`. A cue pattern is a regular expression over the message's words (see `Line`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError
from rapidfuzz.distance import OSA

from assistant.errors import KnowledgeError
from assistant.knowledge import HOME
from assistant.reading.cue import Anchored, Cue, compile_cue
from assistant.reading.lexicon_files import KINDS, SCOPES, keyed, record
from assistant.reading.text import Line, Token, fold, tokenise
from assistant.records import Severity

LEXICON = HOME / "lexicon"
_LONG = 6  # letters from which a word may be misspelt
_SLIPS = 2  # letters that a long word may be off


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    forms: list[str]
    cased: list[str] = []
    fuzzy: bool = False


class DrugEntry(_Entry):
    """A drug; only `pomalidomide` is what this project answers about."""

    role: Literal["pomalidomide", "look_alike", "partner", "other"]


class InfectionEntry(_Entry):
    """An infection by site, organism or syndrome; `tier` is the severity of the bare name."""

    kind: Literal["infection", "generic", "sepsis", "febrile_neutropenia", "not_infection", "carriage", "organism"] = "infection"
    tier: Severity = Severity.UNSPECIFIED


class AntimicrobialEntry(_Entry):
    """An antimicrobial with its usual route."""

    route: Literal["oral", "iv", "topical", "none"]
    quinolone: bool = False
    prophylactic: bool = False
    oral_for: list[str] = []
    treats: list[str] = []


class SymptomEntry(_Entry):
    """A symptom or sign that points to an infection."""

    fever: bool = False


class Scope(BaseModel):
    """Cues of one kind of context, and how far they reach (in words)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reach: int = 6
    before: list[str] = []
    after: list[str] = []
    pseudo: list[str] = []


class Topic(BaseModel):
    """When a question is about one of the article's facts."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    any: list[str]
    all: list[str]
    none: list[str] = []


@dataclass(frozen=True, slots=True)
class Found:
    """An entry found at the tokens [first, last)."""

    entry: Any
    first: int
    last: int


class Vocabulary:
    """Finds the entries of one file in a list of tokens."""

    def __init__(self, entries: Iterable[_Entry], stoplist: frozenset[str]) -> None:
        self._exact: dict[str, list[tuple[tuple[str, ...], _Entry, str]]] = {}
        self._fuzzy: dict[str, list[tuple[str, _Entry]]] = {}
        self._stop = stoplist
        self._guessed: dict[str, _Entry | None] = {}
        for entry in entries:
            for form, cased in [*((f, "") for f in entry.forms), *((c, c) for c in entry.cased)]:
                words = tuple(t.text for t in tokenise(fold(form)) if t.text != "/")
                self._exact.setdefault(words[0], []).append((words, entry, cased))
                if entry.fuzzy and len(words) == 1 and len(words[0]) >= _LONG:
                    self._fuzzy.setdefault(words[0][0], []).append((words[0], entry))
        for forms in self._exact.values():
            forms.sort(key=lambda f: -len(f[0]))

    def known(self, word: str) -> bool:
        """Whether a form of this vocabulary begins with the word."""
        return word in self._exact

    def find(self, tokens: list[Token], original: str, taken: set[int] | None = None) -> Iterator[Found]:
        """All entries, longest first, not overlapping; tokens in `taken` are left alone."""
        index = 0
        while index < len(tokens):
            word = tokens[index].text
            tried = (word in self._exact or len(word) >= _LONG) and not (taken and index in taken)
            hit = self._at(tokens, index, original) if tried else None
            if hit is None:
                index += 1
                continue
            yield hit
            index = hit.last

    def _at(self, tokens: list[Token], index: int, original: str) -> Found | None:
        for words, entry, cased in self._exact.get(tokens[index].text, ()):
            last = _match(tokens, index, words)
            if last and (not cased or original[tokens[index].start : tokens[last - 1].end].replace(".", "") in (cased, f"{cased}s")):
                return Found(entry, index, last)
        word = tokens[index].text
        guess = self._misspelt(word) if len(word) >= _LONG and word not in self._stop and word.isalpha() else None
        return Found(guess, index, index + 1) if guess else None

    def _misspelt(self, word: str) -> _Entry | None:
        """The entry that a word is one slip away from; remembered, for the same words come again and again."""
        if word not in self._guessed:
            if len(self._guessed) > 20_000:
                self._guessed.clear()
            self._guessed[word] = next(
                (entry for form, entry in self._fuzzy.get(word[0], ()) if abs(len(form) - len(word)) <= _SLIPS and _near(word, form)), None
            )
        return self._guessed[word]


def _match(tokens: list[Token], index: int, words: tuple[str, ...]) -> int:
    """The token after the form, or 0; a slash or the point of an abbreviation between its words does not matter."""
    position = index
    for number, word in enumerate(words):
        while number and position < len(tokens) and (tokens[position].text == "/" or (tokens[position].text == "." and not tokens[position].breaks)):
            position += 1
        if position >= len(tokens) or tokens[position].text != word:
            return 0
        position += 1
    return position


def _near(word: str, form: str) -> bool:
    """Same first letter and one slip apart (two from ten letters on): a letter missing, added, changed or swapped."""
    allowed = _SLIPS if len(form) >= 10 else 1
    if abs(len(word) - len(form)) > allowed:
        return False
    return OSA.distance(word, form, score_cutoff=allowed) <= allowed


class Spelling:
    """Mends a slip in a long word of a cue ('threatning'), where the typed word is not a word that we know."""

    def __init__(self, cue_words: Iterable[str], known: frozenset[str]) -> None:
        self._known = known | frozenset(cue_words)
        self._by_letter: dict[str, list[str]] = {}
        for word in sorted(set(cue_words)):
            self._by_letter.setdefault(word[0], []).append(word)
        self._mended: dict[str, str] = {}

    def mend(self, word: str) -> str:
        """The cue word one slip away from `word`, or `word` itself."""
        if len(word) < 8 or word in self._known or not word.isalpha():
            return word
        if word not in self._mended:
            near = [w for w in self._by_letter.get(word[0], ()) if _near(word, w)]
            if len(self._mended) > 5000:
                self._mended.clear()
            self._mended[word] = min(near, key=lambda w: (OSA.distance(word, w, score_cutoff=2), w)) if near else word
        return self._mended[word]


@dataclass(frozen=True, slots=True)
class Cues:
    """The compiled patterns of one kind of cue; those that name a vocabulary are read over the classed line."""

    plain: tuple[Cue, ...]
    classed: tuple[Cue, ...]


class CueTable:
    """The cues of one file by kind, and a quick way to all their matches."""

    def __init__(self, kinds: dict[str, Cues]) -> None:
        self.kinds = kinds
        numbered = list(enumerate((name, line, cue) for name, cues in kinds.items() for line, some in enumerate((cues.plain, cues.classed)) for cue in some))
        self._names = [name for _, (name, _, _) in numbered]
        self._lines = tuple(Anchored((n, cue) for n, (_, line, cue) in numbered if line == at) for at in (0, 1))

    def matches(self, plain: Line, classed: Line) -> Iterator[tuple[str, int, int]]:
        """The kind of each match, in the order of the file, and the tokens [first, last) that it covers."""
        found = [(n, at, m.start(), m.end()) for at, line in enumerate((plain, classed)) for n, m in self._lines[at].matches(line.text) if m.end() > m.start()]
        for number, at, start, end in sorted(found):
            yield self._names[number], *(plain, classed)[at].token_range(start, end)


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """All of `knowledge/lexicon/` that reading needs."""

    drugs: Vocabulary
    infections: Vocabulary
    antimicrobials: Vocabulary
    symptoms: Vocabulary
    states: CueTable
    severity: CueTable
    intents: CueTable
    topics: tuple[tuple[Topic, Cues, Cues, Cues], ...]
    scopes: dict[str, Scope]
    terminators: frozenset[str]
    spelling: Spelling


def _entries(model: type[_Entry], file: str, key: str, faults: list[str], folder: Path) -> list[_Entry]:
    found: list[_Entry] = []
    seen: dict[str, str] = {}
    for number, raw in enumerate(keyed(folder, file.removesuffix(".yaml"), (key,), faults).get(key, [])):
        try:
            entry = model.model_validate(raw)
        except ValidationError as fault:
            faults += [f"lexicon/{file}: {key}[{number}]: {'.'.join(map(str, e['loc']))}: {e['msg']}." for e in fault.errors()]
            continue
        for form, key_ in [*((f, f) for f in entry.forms), *((c, f"={c}") for c in entry.cased)]:
            if not tokenise(fold(form)):
                faults.append(f"lexicon/{file}: {entry.id}: the form '{form}' holds no word; remove it.")
            if seen.setdefault(key_, entry.id) != entry.id:
                faults.append(f"lexicon/{file}: '{form}' stands at '{seen[key_]}' and at '{entry.id}'; keep it at one.")
        found.append(entry)
    return found


def _cues(patterns: list[str], where: str, faults: list[str]) -> Cues:
    plain: list[Cue] = []
    classed: list[Cue] = []
    for pattern in patterns if isinstance(patterns, list) else ():
        if not isinstance(pattern, str):
            faults.append(f"lexicon/{where}: '{str(pattern)[:40]}': no text; put the pattern in quotation marks.")
            continue
        try:
            (classed if re.search(r"<(?!num|past)\w+>", pattern) else plain).append(compile_cue(pattern))
        except re.error as fault:
            faults.append(f"lexicon/{where}: '{pattern[:40]}': not a pattern ({fault}); check its brackets.")
    return Cues(tuple(plain), tuple(classed))


def _names(folder: Path, faults: list[str]) -> dict[str, list[Any]]:
    """The entries of each file of names; an antimicrobial that treats an infection which no entry knows is a fault."""
    models: dict[str, type[_Entry]] = {"drugs": DrugEntry, "infections": InfectionEntry, "antimicrobials": AntimicrobialEntry, "symptoms": SymptomEntry}
    tables: dict[str, list[Any]] = {name: _entries(model, f"{name}.yaml", name, faults, folder) for name, model in models.items()}
    infections = {entry.id for entry in tables["infections"]}
    for entry in tables["antimicrobials"] if not faults else ():  # an infection whose entry is broken is not missing
        missing = [n for n in (*entry.treats, *entry.oral_for) if n not in infections]
        faults += [f"lexicon/antimicrobials.yaml: {entry.id}: there is no infection '{n}'; use an id of infections.yaml." for n in missing]
    return tables


def _topics(folder: Path, faults: list[str]) -> Iterator[tuple[Topic, Cues, Cues, Cues]]:
    """Each topic with its three kinds of cues: one of which must stand, all of which must, none of which may."""
    for raw in keyed(folder, "topics", ("topics",), faults).get("topics", ()):
        topic = record(Topic, raw, f"topics.yaml: topics[{raw.get('id') if isinstance(raw, dict) else raw}]", faults)
        if topic is not None:
            where = f"topics.yaml: {topic.id}"
            yield topic, _cues(topic.any, where, faults), _cues(topic.all, where, faults), _cues(topic.none, where, faults)


def _long_words(kinds: Iterable[Cues]) -> set[str]:
    """The words of cues that are long enough to be mended."""
    return {word for cues in kinds for cue in (*cues.plain, *cues.classed) for word in re.findall(r"[a-z]{8,}", cue.pattern)}


def load_lexicon(folder: Path = LEXICON) -> Lexicon:
    """Read and compile the lexicon.

    Raises:
        KnowledgeError: with all faults, each with file, key and remedy.
    """
    faults: list[str] = []
    tables = _names(folder, faults)
    stop = frozenset(keyed(folder, "confusable", ("words",), faults).get("words", ()))
    known = frozenset(t.text for entries in tables.values() for e in entries for f in e.forms for t in tokenise(fold(f))) | stop
    cues = {
        name: {kind: _cues(patterns, f"{name}.yaml: {kind}", faults) for kind, patterns in keyed(folder, name, kinds, faults).items()}
        for name, kinds in KINDS.items()
    }
    topics = tuple(_topics(folder, faults))
    context = keyed(folder, "context", ("terminators", *SCOPES), faults)
    terminators = frozenset(context.pop("terminators", ()))
    scopes = {name: scope for name, raw in context.items() if (scope := record(Scope, raw, f"context.yaml: {name}", faults)) is not None}
    if faults:
        raise KnowledgeError(f"knowledge/lexicon has {len(faults)} fault(s):\n- " + "\n- ".join(faults))
    vocabularies = {name: Vocabulary(entries, known) for name, entries in tables.items()}
    read_for = {name: CueTable(kinds) for name, kinds in cues.items()}
    return Lexicon(
        drugs=vocabularies["drugs"],
        infections=vocabularies["infections"],
        antimicrobials=vocabularies["antimicrobials"],
        symptoms=vocabularies["symptoms"],
        states=read_for["states"],
        severity=read_for["severity"],
        intents=read_for["intents"],
        topics=topics,
        scopes=scopes,
        terminators=terminators,
        spelling=Spelling(_long_words((*cues["states"].values(), *cues["severity"].values())), known),
    )


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """The project's lexicon, read and compiled once in a process."""
    return load_lexicon()
