"""Checks across files: every id that is named exists, and every quote stands word for word in its passage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from assistant.knowledge.entries import Algorithm, FactEntry, Inhibitor, Label, LabelQuestions, NoteEntry, Reference, Rule
from assistant.knowledge.files import Faults
from assistant.records import Passage

TABLE = "algorithm.yaml"


def check_table(faults: Faults, table: Algorithm, passages: Mapping[str, Passage], labels: Mapping[str, Label]) -> None:
    """The rules of the decision table, each by itself."""
    ids: set[str] = set()
    for rule in [*table.outcomes, *table.modifiers]:
        if rule.id in ids:
            faults.lines.append(f"{TABLE}: {rule.id}: this id stands twice; give each rule its own.")
        ids.add(rule.id)
        if rule.then is None and rule in table.outcomes:
            faults.lines.append(f"{TABLE}: {rule.id}: an outcome needs 'then'; add it.")
        _check_conditions(faults, rule, table.fields if rule in table.modifiers else {k: v for k, v in table.fields.items() if k != "action"})
        _check_quotes(faults, rule, passages)
        if rule.label is not None and rule.label not in labels and rule.label not in faults.broken:
            faults.lines.append(f"{TABLE}: {rule.id}: there is no label '{rule.label}'; use an id of labels.yaml.")
        faults.lines += [f"{TABLE}: {rule.id}: there is no element '{e}'; add it under 'elements'." for e in rule.elements if e not in table.elements]
    for name, element in table.elements.items():
        check_ids(faults, f"{TABLE}: elements.{name}", element.passages, element.labels, passages, labels)


def _check_conditions(faults: Faults, rule: Rule, fields: Mapping[str, list[str]]) -> None:
    """A misspelt condition would never hold, and its rule would be silent without a word."""
    where = f"{TABLE}: {rule.id}: when"
    for name, values in rule.when.items():
        allowed = fields.get(name)
        if allowed is None:
            faults.lines.append(f"{where}: there is no field '{name}'; use one of 'fields'.")
            continue
        if not values:
            faults.lines.append(f"{where}.{name}: names no value, so the rule can never hold; name one or remove the line.")
        faults.lines += [f"{where}.{name}: there is no value '{v}'; use one of {', '.join(allowed)}." for v in values if v not in allowed]


def _check_quotes(faults: Faults, rule: Rule, passages: Mapping[str, Passage]) -> None:
    decides = rule.then is None or rule.then.action not in ("inform", "out_of_scope")
    if decides and not rule.quotes and not rule.label:
        faults.lines.append(f"{TABLE}: {rule.id}: quotes nothing; add the article's words under 'quotes' or name a 'label'.")
    for quote in rule.quotes:
        passage = passages.get(f"article:{quote.passage}")
        if passage is None:
            faults.lines.append(f"{TABLE}: {rule.id}: there is no passage '{quote.passage}'; use an anchor of article.md.")
        elif quote.words not in passage.text:
            faults.lines.append(
                f"{TABLE}: {rule.id}: these words do not stand in '{quote.passage}': '{quote.words}'; copy them from article.md."
            )


def check_facts(faults: Faults, facts: Mapping[str, FactEntry], passages: Mapping[str, Passage], labels: Mapping[str, Label]) -> None:
    """Every fact cites what exists."""
    for fact in facts.values():
        check_ids(faults, f"facts.yaml: facts[{fact.id}]", fact.cites, fact.labels, passages, labels)


def check_references(faults: Faults, references: Mapping[str, Reference], passages: Mapping[str, Passage], notes: Mapping[str, NoteEntry]) -> None:
    """Every figure that was checked stands in each of its passages, on the authority of that reference, and its notes exist."""
    for reference in references.values():
        where = f"references.yaml: references[{reference.marker}]"
        for figure in reference.figures:
            for name in figure.passages:
                passage = passages.get(f"article:{name}")
                if passage is None:
                    faults.lines.append(f"{where}: there is no passage '{name}'; use an anchor of article.md.")
                elif figure.words not in passage.text or reference.marker not in passage.markers:
                    faults.lines.append(f"{where}: '{figure.words}' does not stand in '{name}' with this marker; copy it from article.md.")
            faults.lines += [f"{where}: there is no note '{n}'; use an id of disagreements.yaml." for n in figure.notes if n not in notes and n not in faults.broken]
            _check_patterns(faults, where, figure.shown_as)


def check_notes(
    faults: Faults, notes: Mapping[str, NoteEntry], table: Algorithm, facts: Mapping[str, FactEntry], references: Mapping[str, Reference]
) -> None:
    """Everything that brings a note up exists; what does not exist would never bring it up."""
    known = {
        "rules": {r.id for r in [*table.outcomes, *table.modifiers]},
        "elements": set(table.elements),
        "topics": set(facts),
        "actions": set(table.fields.get("action", ())),
    }
    for note in notes.values():
        where = f"disagreements.yaml: notes[{note.id}]"
        for kind, allowed in known.items():
            named = getattr(note.raised_by, kind)
            faults.lines += [f"{where}: raised_by.{kind}: there is no '{n}'; check its spelling." for n in named if n not in allowed and n not in faults.broken]
        faults.lines += [f"{where}: there is no reference '{r}'; use a marker of references.yaml." for r in note.references if r not in references and r not in faults.broken]
        _check_patterns(faults, where, note.raised_by.words)


def check_questions(faults: Faults, questions: LabelQuestions, labels: Mapping[str, Label]) -> None:
    """Every topic has label records, every record can be asked for, and every pattern can be read."""
    file = "label_questions.yaml"
    have = {label.topic for label in labels.values()}
    asked = {topic for entry in questions.topics for topic in entry.topics}
    faults.lines += [f"{file}: there is no label with the topic '{t}'; use one of labels.yaml." for t in sorted(asked - have)]
    faults.lines += [f"{file}: nothing asks for the labels with the topic '{t}'; add it to 'topics'." for t in sorted(have - asked)]
    ids = [entry.id for entry in questions.topics]
    faults.lines += [f"{file}: topics[{name}]: this id stands twice; give each entry its own." for name in sorted({n for n in ids if ids.count(n) > 1})]
    for owner, patterns in [
        ("named", questions.named),
        *((f"jurisdictions.{k}", v) for k, v in questions.jurisdictions.items()),
        *((f"topics[{t.id}]", [*t.words, *t.never]) for t in questions.topics),
    ]:
        _check_patterns(faults, f"{file}: {owner}", patterns)


def check_inhibitors(faults: Faults, drugs: Mapping[str, Inhibitor]) -> None:
    """Every name can be read."""
    for drug in drugs.values():
        _check_patterns(faults, f"inhibitors.yaml: drugs[{drug.id}]", drug.words)


def _check_patterns(faults: Faults, where: str, patterns: Iterable[str]) -> None:
    for pattern in patterns:
        try:
            re.compile(pattern)
        except re.error as fault:
            faults.lines.append(f"{where}: '{pattern[:40]}': not a pattern ({fault}); check its brackets.")


def check_ids(
    faults: Faults, owner: str, cites: Iterable[str], named: Iterable[str], passages: Mapping[str, Passage], labels: Mapping[str, Label]
) -> None:
    """The passages and labels that an entry names exist."""
    faults.lines += [f"{owner}: there is no passage '{c}'; use an anchor of article.md." for c in cites if f"article:{c}" not in passages]
    faults.lines += [f"{owner}: there is no label '{c}'; use an id of labels.yaml." for c in named if c not in labels and c not in faults.broken]
