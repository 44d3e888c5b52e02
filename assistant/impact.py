"""What rests on the sentences of the article that changed: rules, elements, facts, notes, figures, tests, question sets, stored answers."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from assistant.errors import KnowledgeError
from assistant.knowledge import HOME, load_yaml
from assistant.knowledge.article import FILE, split
from assistant.knowledge.files import Faults, read

TESTS = HOME.parent / "tests"
SETS = HOME.parent / "eval" / "sets"
LABELLED = HOME.parent / "eval" / "passages.yaml"  # which passages answer the questions whose own lines do not say it
RUN = 5  # words in a row that are told again as the article's own: fewer stand in many sentences

_PREFIX = "article:"
_SENTENCE = re.compile(r"(?<=[.!?])\s+(?=[A-Z])")
_WORD = re.compile(r"\w+(?:[.,]\d+)*%?")

Texts = Mapping[str, str]
"""Passages of the article by anchor."""


@dataclass(frozen=True, slots=True)
class Change:
    """A passage that differs: `changed`, `removed` or `new`; the sentences that went and those that came."""

    how: str
    gone: tuple[str, ...] = ()
    come: tuple[str, ...] = ()


@dataclass(slots=True)
class Carried:
    """What a stored answer holds of the article: each passage's text, or words of it, as they stood then."""

    named: set[str] = field(default_factory=set)  # cited, quoted, or named by a sentence or a note
    texts: dict[str, str] = field(default_factory=dict)
    words: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


def texts_of(file: Path = HOME / FILE) -> dict[str, str]:
    """The passages of an article as it lies, also where the rules no longer find their words in it.

    Raises:
        KnowledgeError: the file is no such article.
    """
    passages = split(read(file), Faults()).passages
    if not passages:
        raise KnowledgeError(f"{file.name}: is no article with a head and anchors; give an older version of {FILE}.")
    return {name.removeprefix(_PREFIX): passage.text for name, passage in passages.items()}


def of_article(passages: Mapping[str, str]) -> dict[str, str]:
    """The article's among passages by id, by anchor."""
    return {name.removeprefix(_PREFIX): text for name, text in passages.items() if name.startswith(_PREFIX)}


def changed(before: Texts, now: Texts) -> dict[str, Change]:
    """The passages that differ between two whole versions of the article, by anchor."""
    found = {name: _change(before[name], now.get(name)) for name in before if before[name] != now.get(name)}
    return found | {name: Change("new", (), _sentences(now[name])) for name in now if name not in before}


def changed_since(answers: Iterable[Carried], now: Texts) -> dict[str, Change]:
    """The passages that some stored answer holds otherwise than they stand now."""
    found: dict[str, Change] = {}
    for one in answers:
        for anchor in sorted(outdated(one, now)):
            text = one.texts.get(anchor) or " ".join(sorted(one.words[anchor]))
            found.setdefault(anchor, _change(text, now.get(anchor)))
    return found


def _change(before: str, now: str | None) -> Change:
    was, has = _sentences(before), _sentences(now or "")
    return Change("removed" if now is None else "changed", tuple(s for s in was if s not in has), tuple(s for s in has if s not in was))


def _sentences(text: str) -> tuple[str, ...]:
    return tuple(_SENTENCE.split(text)) if text else ()


def carried(record: Any) -> Carried:
    """What the record of an answer (a receipt, or what the page keeps) holds of the article.

    The two are of different form, and an older version's may be of a third; so whatever names a passage counts, wherever it stands.
    """
    found = Carried()
    for one in _objects(record):
        name = one.get("passage_id", one.get("id"))
        if isinstance(name, str) and name.startswith(_PREFIX):
            anchor = name.removeprefix(_PREFIX)
            words = one.get("quote", one.get("words"))
            if isinstance(words, str):
                found.named.add(anchor)
                found.words[anchor].add(words)
            elif isinstance(one.get("text"), str):
                found.texts[anchor] = one["text"]
        ids = one.get("passage_ids")
        if isinstance(ids, list):
            found.named |= {name.removeprefix(_PREFIX) for name in ids if isinstance(name, str) and name.startswith(_PREFIX)}
    return found


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every JSON object inside a value, itself among them; deep nesting costs no recursion."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            yield one
            left += one.values()
        elif isinstance(one, list):
            left += one


def outdated(answer: Carried, now: Texts) -> set[str]:
    """The passages that an answer rests on and that stand otherwise now than in the answer."""
    return {anchor for anchor in answer.named if _stands_otherwise(answer, anchor, now.get(anchor))}


def _stands_otherwise(answer: Carried, anchor: str, now: str | None) -> bool:
    if now is None:
        return True
    return answer.texts.get(anchor, now) != now or any(words not in now for words in answer.words.get(anchor, ()))


def resting_on(anchor: str, home: Path = HOME) -> dict[str, list[str]]:
    """What names a passage in the files of `knowledge/`; they are read as they lie, since a changed article may not load.

    Raises:
        KnowledgeError: one of the files cannot be read, or holds something else.
    """
    try:
        return _resting_on(anchor, home)
    except (KeyError, TypeError, AttributeError) as fault:
        raise KnowledgeError(f"What rests on the article cannot be told while knowledge/ has faults ({type(fault).__name__}); `index verify` tells them.") from fault


def _resting_on(anchor: str, home: Path) -> dict[str, list[str]]:
    table = load_yaml(home / "algorithm.yaml")
    rules = [rule["id"] for rule in (*table["outcomes"], *table["modifiers"]) if anchor in {q["passage"] for q in rule.get("quotes", ())}]
    elements = [name for name, element in table["elements"].items() if anchor in element["passages"]]
    owing = [rule["id"] for rule in (*table["outcomes"], *table["modifiers"]) if set(rule.get("elements", ())) & set(elements) and rule["id"] not in rules]
    return {
        "rules that quote it": rules,
        "rules that owe an element on it": owing,
        "elements": elements,
        "facts": _naming(load_yaml(home / "facts.yaml")["facts"], "cites", anchor),
        "notes": _naming(load_yaml(home / "disagreements.yaml")["notes"], "passages", anchor),
        "label questions": _naming(load_yaml(home / "label_questions.yaml")["topics"], "cites", anchor),
        "references": [r["marker"] for r in load_yaml(home / "references.yaml")["references"] if anchor in {p for f in r.get("figures", ()) for p in f["passages"]}],
    }


def _naming(entries: list[dict[str, Any]], key: str, anchor: str) -> list[str]:
    return [entry["id"] for entry in entries if anchor in entry.get(key, ())]


def tests_naming(names: Iterable[str], gone: Iterable[str] = (), folder: Path = TESTS) -> list[str]:
    """The test files, tables among them, that name one of these (an anchor, a rule or an element) or carry words of a sentence that is `gone`."""
    wanted = re.compile("|".join(_named(name) for name in names))
    runs = _runs(gone)
    files = sorted(path for kind in ("*.py", "*.tsv", "*.yaml") for path in folder.rglob(kind))
    texts = ((path, path.read_text(encoding="utf-8")) for path in files)
    return [str(path.relative_to(folder.parent)) for path, text in texts if wanted.search(text) or _carries(_worded(text), runs)]


def _named(name: str) -> str:
    """A pattern for a name; one that is a word of English, too (`lead`), must stand in quotes or behind `article:`."""
    if re.search(r"[._]", name):
        return rf"(?<![\w.]){re.escape(name)}(?![\w.]|-\w)"
    return rf"""["']{re.escape(name)}["']|article:{re.escape(name)}(?![\w.])"""


def lines_naming(anchor: str, folder: Path = SETS, labels: Path = LABELLED) -> dict[str, list[str]]:
    """The labelled questions whose right answer rests on a passage: their ids, by the name of their set."""
    found = {name: [one for one, line, _ in lines if f'"{_PREFIX}{anchor}"' in line] for name, lines in _sets(folder).items()}
    for group in load_yaml(labels) if labels.is_file() else ():
        if f"{_PREFIX}{anchor}" in group["passages"]:
            for name, ids in group["questions"].items():
                found[name] = [*found.get(name, ()), *ids]
    return {name: ids for name, ids in sorted(found.items()) if ids}


def lines_carrying(gone: Iterable[str], folder: Path = SETS) -> dict[str, list[str]]:
    """The lines of question sets and drafts that carry words of a sentence that is gone: their ids, by the name of their set."""
    runs = _runs(gone)
    found = {name: [one for one, _, words in lines if _carries(words, runs)] for name, lines in _sets(folder).items()}
    return {name: ids for name, ids in found.items() if ids}


@lru_cache(maxsize=1)
def _sets(folder: Path) -> dict[str, list[tuple[str, str, str]]]:
    """Id, line and words of every line of every set."""
    sets: dict[str, list[tuple[str, str, str]]] = {}
    for path in sorted(folder.rglob("*.jsonl")):
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        sets[path.relative_to(folder).with_suffix("").as_posix()] = [(str(json.loads(line).get("id")), line, _worded(line)) for line in lines]
    return sets


def _runs(sentences: Iterable[str]) -> frozenset[str]:
    """The words of sentences in runs of five, a shorter sentence whole."""
    found = set()
    for words in (_worded(sentence).split() for sentence in sentences):
        found |= {" ".join(words[n : n + RUN]) for n in range(max(1, len(words) - RUN + 1)) if words}
    return frozenset(f" {run} " for run in found)


def _carries(words: str, runs: frozenset[str]) -> bool:
    return any(run in words for run in runs)


def _worded(text: str) -> str:
    """A text as its words alone, in small letters, each between two blanks."""
    return f" {' '.join(_WORD.findall(text.lower()))} "


def report(changes: Mapping[str, Change], answers: Mapping[str, set[str]]) -> list[str]:
    """All of it, in lines; `answers` are stored answers by name, each with the passages that count for it."""
    lines: list[str] = []
    for anchor, change in changes.items():
        lines.append(f"{anchor}: {change.how}")
        lines += [f"  said: {sentence}" for sentence in change.gone] + [f"  says: {sentence}" for sentence in change.come]
        resting = resting_on(anchor)
        lines += [f"  {kind}: {', '.join(names)}" for kind, names in resting.items() if names]
        gone = _only_gone(change)
        told = {
            "tests": tests_naming([anchor, *resting["rules that quote it"], *resting["elements"]], gone),
            "labelled questions": _listed(lines_naming(anchor)),
            "lines with its words": _listed(lines_carrying(gone)),
            "stored answers": [name for name, anchors in answers.items() if anchor in anchors],
        }
        lines += [f"  {kind}: {', '.join(names)}" for kind, names in told.items() if names]
    return lines


def _only_gone(change: Change) -> tuple[str, ...]:
    """The stretches of the sentences that went which the sentences that came do not have: the words that nobody may quote any more."""
    kept = _runs(change.come)
    return tuple(run for run in sorted(_runs(change.gone)) if run not in kept)


def _listed(found: Mapping[str, list[str]]) -> list[str]:
    return [f"{name} ({', '.join(ids)})" for name, ids in found.items()]
