"""What rests on the sentences of the article that changed: rules, elements, facts, notes, figures, tests, question sets, stored answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from assistant.errors import KnowledgeError
from assistant.knowledge import HOME, load_yaml
from assistant.knowledge.article import FILE, split
from assistant.knowledge.files import Faults, read

TESTS = HOME.parent / "tests"
SETS = HOME.parent / "eval" / "sets"


def changed(before: Path, now: Path = HOME / FILE) -> dict[str, str]:
    """The passages that differ between two versions of the article, by anchor: `changed`, `removed` or `new`.

    Raises:
        KnowledgeError: one of the files is no such article.
    """
    faults = Faults()
    old, new = (split(read(path), faults).passages for path in (before, now))
    if not old or not new:
        raise KnowledgeError(f"{(before if not old else now).name}: is no article with a head and anchors; give an older version of {FILE}.")
    found = {name: "removed" if name not in new else "changed" for name in old if name not in new or old[name].text != new[name].text}
    found |= {name: "new" for name in new if name not in old}
    return {name.removeprefix("article:"): how for name, how in found.items()}


def resting_on(anchor: str, home: Path = HOME) -> dict[str, list[str]]:
    """What names a passage in the files of `knowledge/`; they are read as they lie, since a changed article may not load."""
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


def tests_naming(names: Iterable[str], folder: Path = TESTS) -> list[str]:
    """The test files, tables among them, that name one of these: an anchor, a rule or an element."""
    wanted = re.compile("|".join(_named(name) for name in names))
    files = sorted(path for kind in ("*.py", "*.tsv", "*.yaml") for path in folder.rglob(kind))
    found = (path for path in files if wanted.search(path.read_text(encoding="utf-8")))
    return [str(path.relative_to(folder.parent)) for path in found]


def _named(name: str) -> str:
    """A pattern for a name; one that is a word of English, too (`lead`), must stand in quotes or behind `article:`."""
    if re.search(r"[._]", name):
        return rf"(?<![\w.]){re.escape(name)}(?![\w.]|-\w)"
    return rf"""["']{re.escape(name)}["']|article:{re.escape(name)}(?![\w.])"""


def questions_naming(anchor: str, folder: Path = SETS) -> list[str]:
    """The labelled questions whose right answer rests on a passage, as set and number of lines."""
    found = ((path, path.read_text(encoding="utf-8").count(f'"article:{anchor}"')) for path in sorted(folder.rglob("*.jsonl")))
    return [f"{path.relative_to(folder)} ({count})" for path, count in found if count]


def report(before: Path, stored: Mapping[str, str]) -> list[str]:
    """All of it, in lines; `stored` are kept conversations by name, each as it is stored."""
    lines: list[str] = []
    for anchor, how in changed(before).items():
        lines.append(f"{anchor}: {how}")
        resting = resting_on(anchor)
        lines += [f"  {kind}: {', '.join(names)}" for kind, names in resting.items() if names]
        tests = tests_naming([anchor, *resting["rules that quote it"], *resting["elements"]])
        lines += [f"  tests: {', '.join(tests)}"] if tests else []
        sets = questions_naming(anchor)
        lines += [f"  labelled questions: {', '.join(sets)}"] if sets else []
        answers = [name for name, text in stored.items() if f'"passage_id": "article:{anchor}"' in text]
        lines += [f"  stored answers: {', '.join(answers)}"] if answers else []
    return lines or ["no passage differs"]


def _naming(entries: list[dict[str, Any]], key: str, anchor: str) -> list[str]:
    return [entry["id"] for entry in entries if anchor in entry.get(key, ())]
