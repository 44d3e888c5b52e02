"""Reads and validates the guardrail's cue words (`knowledge/lexicon/guardrail_*.yaml`); the only reader of them.

All faults of all files are told at once. A phrase has one tag, so that a draft can be read in one way only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, RootModel, ValidationError, field_validator

from assistant.errors import KnowledgeError
from assistant.knowledge import HOME, load_yaml

T = TypeVar("T", bound=BaseModel)
WORD = re.compile(r"[a-z0-9]+(?:[.,][0-9]+)+|[a-z0-9]+(?:['./+-][a-z0-9]+)*|[<>≥≤=%→]|[.,;:()\"?!|]")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TagEntry(_Strict):
    """The words of one tag: `words` as they stand, `verbs` in base form."""

    words: list[str] = []
    verbs: list[str] = []


class CueFile(_Strict):
    """guardrail_cues.yaml."""

    irregular: dict[str, list[str]]
    tags: dict[str, TagEntry]


class DrugEntry(BaseModel):
    """An antimicrobial of antimicrobials.yaml, as far as it matters here."""

    forms: list[str]
    route: str
    quinolone: bool = False


class DrugFile(BaseModel):
    """antimicrobials.yaml, which the reader validates whole."""

    antimicrobials: list[DrugEntry]


class OutsideFile(_Strict):
    """guardrail_outside.yaml: medicine that the sources do not speak of."""

    words: list[str]
    suffixes: list[str]
    suffix_exceptions: list[str]
    antimicrobial_suffixes: list[str]
    infection_suffixes: list[str]


class PlainFile(_Strict):
    """guardrail_plain.yaml: everyday words, which claim nothing in medicine by themselves."""

    words: str


class EffectEntry(_Strict):
    """A relation that the article states: what does what to what, where it stands, how firmly it may be said."""

    id: str
    subject: list[str]
    effect: str
    object: list[str] = Field(min_length=1)
    passage: str
    hedged: bool = False


class FigureEntry(_Strict):
    """A percentage of the article: the words that must stand beside it, and those that must not."""

    value: float
    scope: Literal["chunk", "piece"]
    needs: list[list[str]] = Field(min_length=1)
    never: list[str]
    marker: str
    passage: str


class MarkerEntry(_Strict):
    """What the article says on the authority of a marker: all tags of one list must stand in the sentence."""

    marker: str
    needs: list[list[str]] = Field(min_length=1)


class InjectionEntry(_Strict):
    """A pattern of text that carries instructions, markup or links out; `needs` are words without which it cannot match."""

    needs: list[str]
    pattern: str

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str) -> str:
        re.compile(value)
        return value


class ClaimFile(_Strict):
    """guardrail_claims.yaml: the closed world of the article's statements."""

    effects: list[EffectEntry]
    figures: list[FigureEntry]
    markers: list[MarkerEntry]
    injection: list[InjectionEntry]
    foreign: list[str]
    monitored: list[str]
    likened: list[str]


class PatternFile(RootModel[dict[str, str]]):
    """guardrail_patterns.yaml: regular expressions by name."""

    @field_validator("root")
    @classmethod
    def _compile(cls, value: dict[str, str]) -> dict[str, str]:
        for name, one in value.items():
            try:
                re.compile(one)
            except re.error as fault:
                raise ValueError(f"'{name}' is no pattern ({fault})") from fault
        return value


@dataclass(frozen=True, slots=True)
class Cues:
    """All cue words, compiled: `phrases` maps the first two words of a phrase (the one of a single word) to its (words, tag, form), longest first."""

    phrases: dict[tuple[str, ...], tuple[tuple[tuple[str, ...], str, str], ...]]
    outside: dict[str, tuple[tuple[str, ...], ...]]
    outside_file: OutsideFile
    plain: frozenset[str]
    claims: ClaimFile
    injection: tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]
    foreign: frozenset[str]
    patterns: dict[str, re.Pattern[str]]


def words_of(text: str) -> tuple[str, ...]:
    """The words of a phrase, cut as a draft is cut."""
    return tuple(WORD.findall(re.sub(r"'(?:s|re|ve|ll|d|m)\b", "", text.lower())))


def _regular(base: str) -> list[str]:
    if base.endswith("e"):
        return [base + "s", base[:-1] + "ing", base + "d", base + "d"]
    if base.endswith("y") and base[-2] not in "aeiou":
        return [base[:-1] + "ies", base + "ing", base[:-1] + "ied", base[:-1] + "ied"]
    if re.search(r"[^aeiou][aeiou][bdgklmnprt]$", base) and len(re.findall(r"[aeiou]+", base)) == 1:
        base2 = base + base[-1]
        return [base + "s", base2 + "ing", base2 + "ed", base2 + "ed"]
    end = "es" if re.search(r"(s|x|ch|sh)$", base) else "s"
    return [base + end, base + "ing", base + "ed", base + "ed"]


def _verb_forms(phrase: str, irregular: dict[str, list[str]]) -> list[tuple[str, str]]:
    first, _, rest = phrase.partition(" ")
    forms = irregular.get(first) or _regular(first)
    named = zip((first, *forms), ("base", "s", "ing", "past", "past"), strict=True)
    return [(f"{form} {rest}".strip(), name) for form, name in named]


def _names(file: DrugFile) -> dict[tuple[str, ...], tuple[str, str]]:
    """The antimicrobials that the reader knows, parted by blanks and by hyphens, with their tag; words for all of them stand among the cues."""
    named = ((form, "QUIN" if e.quinolone else "AMBNAME") for e in file.antimicrobials if e.route != "none" for form in e.forms)
    return {words_of(written): (tag, "word") for form, tag in named for written in (form, form.replace(" ", "-"))}


def _phrases(file: CueFile, drugs: DrugFile, faults: list[str]) -> dict[tuple[str, ...], tuple[tuple[tuple[str, ...], str, str], ...]]:
    owner: dict[tuple[str, ...], tuple[str, str]] = {}
    made: dict[tuple[str, ...], tuple[str, str]] = {}
    for tag, entry in file.tags.items():
        for word in entry.words:
            key = words_of(word)
            if key in owner and owner[key][0] != tag:
                faults.append(f"guardrail_cues.yaml: tags.{tag}: '{word}' also stands under {owner[key][0]}; keep it in one of them.")
            owner[key] = (tag, "word")
        for verb in entry.verbs:
            for form, name in _verb_forms(verb, file.irregular):
                made.setdefault(words_of(form), (tag, name))
    by_first: dict[tuple[str, ...], list[tuple[tuple[str, ...], str, str]]] = {}
    for key, (tag, name) in {**_names(drugs), **made, **owner}.items():
        by_first.setdefault(key[:2], []).append((key, tag, name))
    return {first: tuple(sorted(found, key=lambda one: -len(one[0]))) for first, found in by_first.items()}


def _parse(model: type[T], path: Path, faults: list[str]) -> T | None:
    try:
        data: Any = load_yaml(path)
        return model.model_validate(data)
    except KnowledgeError as fault:
        faults.append(str(fault))
    except ValidationError as fault:
        for one in fault.errors():
            where = ".".join(str(part) for part in one["loc"])
            faults.append(f"{path.name}: {where}: {one['msg']}; mend or remove it.")
    return None


def _article_words(home: Path) -> frozenset[str]:
    """The article's own words are known."""
    return frozenset(words_of((home / "article.md").read_text(encoding="utf-8").split("---", 2)[-1]))


def load_cues(home: Path = HOME) -> Cues:
    """Read and validate the cue files below `home`.

    Raises:
        KnowledgeError: with every fault of every file, each with file and key.
    """
    faults: list[str] = []
    folder = home / "lexicon"
    cue = _parse(CueFile, folder / "guardrail_cues.yaml", faults)
    outside = _parse(OutsideFile, folder / "guardrail_outside.yaml", faults)
    plain = _parse(PlainFile, folder / "guardrail_plain.yaml", faults)
    claims = _parse(ClaimFile, folder / "guardrail_claims.yaml", faults)
    patterns = _parse(PatternFile, folder / "guardrail_patterns.yaml", faults)
    drugs = _parse(DrugFile, folder / "antimicrobials.yaml", faults)
    phrases = _phrases(cue, drugs or DrugFile(antimicrobials=[]), faults) if cue else {}
    if cue and claims:
        named = {t for e in claims.effects for t in (*e.subject, e.effect, *e.object)} | {t for m in claims.markers for n in m.needs for t in n}
        faults += [f"guardrail_claims.yaml: there is no tag '{t}'; use one of guardrail_cues.yaml." for t in sorted(named - set(cue.tags) - {"CONT"})]
    if faults or not (cue and outside and plain and claims and patterns):
        raise KnowledgeError(f"knowledge/lexicon has {len(faults)} fault(s):\n- " + "\n- ".join(faults))
    words: dict[str, list[tuple[str, ...]]] = {}
    for phrase in outside.words:
        key = words_of(phrase)
        words.setdefault(key[0], []).append(key)
    return Cues(
        phrases=phrases,
        outside={first: tuple(sorted(found, key=len, reverse=True)) for first, found in words.items()},
        outside_file=outside,
        plain=frozenset(plain.words.split()) | _article_words(home),
        claims=claims,
        injection=tuple((tuple(e.needs), re.compile(e.pattern, re.IGNORECASE)) for e in claims.injection),
        foreign=frozenset(claims.foreign),
        patterns={name: re.compile(one) for name, one in patterns.root.items()},
    )


@lru_cache(maxsize=1)
def cues() -> Cues:
    """The project's own cue words, read once in a process."""
    return load_cues()


def pattern(name: str) -> re.Pattern[str]:
    """One of the project's own patterns."""
    return cues().patterns[name]
