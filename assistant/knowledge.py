"""Reads and validates `knowledge/`; the only reader of that folder.

Every file is checked whole before anything is used: unknown keys, doubled ids, quotes that do not stand in the
passage they name. All faults are reported at once, each with file, key and remedy.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.errors import KnowledgeError
from assistant.records import Passage

T = TypeVar("T", bound=BaseModel)

HOME = Path(__file__).resolve().parent.parent / "knowledge"

_ANCHOR = re.compile(r"\s*\{#([a-z0-9][a-z0-9.\-]*)\}\s*$")
_BULLET = re.compile(r"^\s*(?:[-•]|\d+\.)\s+")
_MARKER = re.compile(r"(?<=[A-Za-z.)]) ([1-9])(?=$|,|\s*$)")


class _Strict(BaseModel):
    """A record of a knowledge file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class QuoteEntry(_Strict):
    """Words that must stand verbatim in the passage named."""

    passage: str
    words: str = Field(min_length=8)


class Outcome(_Strict):
    """What a rule of the decision table decides."""

    action: Literal["hold", "resume", "reassess", "no_hold", "inform", "out_of_scope"]
    restart: Literal["same_dose", "consider_reduction", "depends_on_severity", "reassess_first"] | None = None
    basis: Literal["article", "precautionary", "label"] | None = None
    severity: Literal["unspecified", "none"] | None = None


class Rule(_Strict):
    """A row of the decision table; `quotes` are the article's words for it."""

    id: str
    says: str
    when: dict[str, list[str]]
    then: Outcome | None = None
    elements: list[str] = []
    quotes: list[QuoteEntry] = []
    label: str | None = None


class Element(_Strict):
    """Something an answer can owe, with the markers and passages that carry it."""

    markers: list[str]
    passages: list[str]
    labels: list[str] = []


class AskEntry(_Strict):
    """A question back, with ready answers."""

    question: str
    answers: list[str]


class Algorithm(_Strict):
    """The decision table, whole."""

    outcomes: list[Rule]
    modifiers: list[Rule]
    elements: dict[str, Element]
    asks: dict[str, AskEntry]


class FactEntry(_Strict):
    """A question of fact that the article answers."""

    id: str
    title: str
    say: str
    cites: list[str] = Field(min_length=1)
    labels: list[str] = []
    asked_as: list[str] = Field(min_length=2)


class Reference(_Strict):
    """One of the article's reference numbers and what checking found."""

    marker: Literal["1", "2", "3", "4"]
    status: Literal["verified", "identified", "unknown"]
    identity: str
    doi: str
    confidence: str
    found: str


class Label(_Strict):
    """A product-label fact in our own words."""

    id: str
    marker: str = Field(pattern=r"^[A-Z][A-Z]+$")
    jurisdiction: str
    section: str
    read: Literal["original", "secondary"]
    text: str


class Source(_Strict):
    """A source: where it lies and how far it may be trusted."""

    id: str
    file: str
    kind: Literal["article", "references", "labels"]
    status: str
    identity: str
    licence: str


class ArticleHead(_Strict):
    """What stands around the article's text: status, date, disclaimer."""

    title: str
    heading: str
    publisher: str
    updated: Any
    updated_words: str
    review_status: str
    review_stages: list[str]
    review_note: str
    purpose: str
    disclaimer: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All of `knowledge/` but the lexicon and the wording, validated."""

    head: ArticleHead
    blocks: tuple[tuple[str, str, str], ...]
    passages: dict[str, Passage]
    references: dict[str, Reference]
    labels: dict[str, Label]
    sources: tuple[Source, ...]
    algorithm: Algorithm
    facts: dict[str, FactEntry]
    sha256: str

    def passage(self, short_id: str) -> Passage:
        """The article's passage by its anchor (`lead`, `algorithm.mild.hold`, ...)."""
        return self.passages[f"article:{short_id}"]


def load_yaml(path: Path, *, words_only: bool = False) -> Any:
    """Parse one YAML file; a file that cannot be parsed is a KnowledgeError that names the line.

    `words_only` keeps every scalar a string, so that the cue `no` is a word and not a truth value.
    """
    names = ("CBaseLoader", "BaseLoader") if words_only else ("CSafeLoader", "SafeLoader")
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, names[0], getattr(yaml, names[1])))
    except FileNotFoundError:
        raise KnowledgeError(f"{path.name}: the file is missing; restore it from the repository.") from None
    except yaml.YAMLError as fault:
        raise KnowledgeError(f"{path.name}: not valid YAML ({fault}); mend that line.") from None


def _describe(file: str, fault: ValidationError) -> list[str]:
    lines = []
    for one in fault.errors():
        where = ".".join(str(part) for part in one["loc"])
        if one["type"] == "extra_forbidden":
            lines.append(f"{file}: {where}: unknown key; check its spelling or remove it.")
        elif one["type"] == "missing":
            lines.append(f"{file}: {where}: is missing; add it.")
        else:
            lines.append(f"{file}: {where}: {one['msg']}.")
    return lines


class _Faults:
    """Collects the faults of all files, so that they are told at once."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def parse(self, model: type[T], data: Any, file: str) -> T | None:
        try:
            return model.model_validate(data)
        except ValidationError as fault:
            self.lines += _describe(file, fault)
            return None

    def parse_list(self, model: type[T], data: Any, file: str, key: str, by: str) -> dict[str, T]:
        if not isinstance(data, dict) or set(data) != {key} or not isinstance(data[key], list):
            self.lines.append(f"{file}: must hold one list named '{key}' and nothing else.")
            return {}
        found: dict[str, T] = {}
        for number, entry in enumerate(data[key]):
            name = entry.get(by, number) if isinstance(entry, dict) else number
            record = self.parse(model, entry, f"{file}: {key}[{name}]")
            if record is None:
                continue
            if name in found:
                self.lines.append(f"{file}: {key}[{name}]: this {by} stands twice; give each entry its own.")
            found[str(name)] = record
        return found

    def raise_if_any(self) -> None:
        if self.lines:
            raise KnowledgeError(f"knowledge/ has {len(self.lines)} fault(s):\n- " + "\n- ".join(self.lines))


def _split_article(text: str, faults: _Faults) -> tuple[ArticleHead | None, list[tuple[str, str, str]], dict[str, Passage]]:
    """Head, blocks in reading order (kind, anchor, text) and passages of article.md."""
    file = "article.md"
    parts = text.split("---\n", 2)
    if len(parts) != 3:
        faults.lines.append(f"{file}: must begin with a head between two lines '---'.")
        return None, [], {}
    head = faults.parse(ArticleHead, yaml.safe_load(parts[1]), file)
    blocks: list[tuple[str, str, str]] = []
    passages: dict[str, Passage] = {}
    section: list[str] = []
    step = ""
    for line in parts[2].splitlines():
        if not line.strip():
            continue
        if line.startswith("#"):
            level = len(line) - len(line.lstrip("#"))
            title = line.lstrip("# ")
            section = [*section[: max(level - 2, 0)], *([title] if level > 1 else [])]
            step = ""
            blocks.append((f"h{level}", "", title))
            continue
        anchor = _ANCHOR.search(line)
        body = _BULLET.sub("", _ANCHOR.sub("", line))
        kind = "p" if not _BULLET.match(line) else "step" if re.match(r"\s*\d", line) else "bullet"
        if anchor is None:
            if kind != "step":
                faults.lines.append(f"{file}: the line '{body[:40]}' has no anchor; add {{#an-id}} at its end.")
            step = body.rstrip(":")
            blocks.append((kind, "", body))
            continue
        name = anchor.group(1)
        if f"article:{name}" in passages:
            faults.lines.append(f"{file}: the anchor '{name}' stands twice; give each passage its own.")
        path = (*section, step) if step and line.startswith("   ") else tuple(section)
        if not line.startswith("   "):
            step = ""
        blocks.append((kind, f"article:{name}", body))
        passages[f"article:{name}"] = Passage(
            id=f"article:{name}", source="article", text=body, section=path, markers=tuple(_MARKER.findall(body))
        )
    return head, blocks, passages


def _check_links(faults: _Faults, algorithm: Algorithm, facts: dict[str, FactEntry], passages: dict[str, Passage], labels: dict[str, Label]) -> None:
    """Every id resolves, and every quote stands word for word in its passage."""
    file = "algorithm.yaml"
    ids: set[str] = set()
    for rule in [*algorithm.outcomes, *algorithm.modifiers]:
        if rule.id in ids:
            faults.lines.append(f"{file}: {rule.id}: this id stands twice; give each rule its own.")
        ids.add(rule.id)
        if rule.then is None and rule in algorithm.outcomes:
            faults.lines.append(f"{file}: {rule.id}: an outcome needs 'then'; add it.")
        decides = rule.then is None or rule.then.action not in ("inform", "out_of_scope")
        if decides and not rule.quotes and not rule.label:
            faults.lines.append(f"{file}: {rule.id}: quotes nothing; add the article's words under 'quotes' or name a 'label'.")
        for quote in rule.quotes:
            passage = passages.get(f"article:{quote.passage}")
            if passage is None:
                faults.lines.append(f"{file}: {rule.id}: there is no passage '{quote.passage}'; use an anchor of article.md.")
            elif quote.words not in passage.text:
                faults.lines.append(f"{file}: {rule.id}: these words do not stand in '{quote.passage}': '{quote.words}'; copy them from article.md.")
        if rule.label is not None and rule.label not in labels:
            faults.lines.append(f"{file}: {rule.id}: there is no label '{rule.label}'; use an id of labels.yaml.")
        faults.lines += [f"{file}: {rule.id}: there is no element '{e}'; add it under 'elements'." for e in rule.elements if e not in algorithm.elements]
    for owner, cites, named in [
        *((f"{file}: elements.{k}", e.passages, e.labels) for k, e in algorithm.elements.items()),
        *((f"facts.yaml: facts[{f.id}]", f.cites, f.labels) for f in facts.values()),
    ]:
        faults.lines += [f"{owner}: there is no passage '{c}'; use an anchor of article.md." for c in cites if f"article:{c}" not in passages]
        faults.lines += [f"{owner}: there is no label '{c}'; use an id of labels.yaml." for c in named if c not in labels]


def load(home: Path = HOME) -> Knowledge:
    """Read and validate the folder `home`.

    Raises:
        KnowledgeError: with every fault of every file, each with file, key and remedy.
    """
    faults = _Faults()
    article = home / "article.md"
    if not article.is_file():
        raise KnowledgeError("article.md: the file is missing; restore it from the repository.")
    head, blocks, passages = _split_article(article.read_text(encoding="utf-8"), faults)
    algorithm = faults.parse(Algorithm, load_yaml(home / "algorithm.yaml"), "algorithm.yaml")
    facts = faults.parse_list(FactEntry, load_yaml(home / "facts.yaml"), "facts.yaml", "facts", "id")
    references = faults.parse_list(Reference, load_yaml(home / "references.yaml"), "references.yaml", "references", "marker")
    labels = faults.parse_list(Label, load_yaml(home / "labels.yaml"), "labels.yaml", "labels", "id")
    sources = faults.parse_list(Source, load_yaml(home / "sources.yaml"), "sources.yaml", "sources", "id")
    if algorithm is not None:
        _check_links(faults, algorithm, facts, passages, labels)
    faults.raise_if_any()
    assert head is not None and algorithm is not None  # raise_if_any has raised otherwise
    for ref in references.values():
        text = ref.identity or f"The article's reference {ref.marker} could not be identified."
        passages[f"reference:{ref.marker}"] = Passage(
            id=f"reference:{ref.marker}", source="references", text=f"{text} {ref.found}", section=("References", f"Reference {ref.marker}"), markers=(ref.marker,)
        )
    for label in labels.values():
        passages[f"label:{label.id}"] = Passage(
            id=f"label:{label.id}", source="labels", text=label.text, section=("Product labels", label.jurisdiction), markers=(label.marker,)
        )
    digest = hashlib.sha256("\x1e".join(f"{p.id}\x1f{p.text}" for p in passages.values()).encode()).hexdigest()
    return Knowledge(head, tuple(blocks), passages, references, labels, tuple(sources.values()), algorithm, facts, digest)


@lru_cache(maxsize=1)
def knowledge() -> Knowledge:
    """The project's own knowledge, read once in a process and never changed."""
    return load()
