"""What the label records say of a drug that is asked about: whether they name it, and what it does to CYP1A2.

The records are the labels' own word (`knowledge/labels.yaml`); what a drug does stands in `knowledge/inhibitors.yaml` and is no label's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from assistant.knowledge import Inhibitor, Label, knowledge
from assistant.wording import wording

TOPIC = "cyp1a2"
Told = tuple[str, tuple[Label, ...]]


def told(drugs: Sequence[str], *, quinolones: bool, shown: Sequence[Label]) -> list[Told]:
    """A sentence for each drug with the records behind it; for quinolones of which none is named, which of them the records name."""
    known = knowledge().inhibitors
    records = tuple(label for label in shown if label.topic == TOPIC)
    if not records:
        return []
    if drugs:
        return [_of(known[name], records) for name in drugs]
    return [_of_the_class([drug for drug in known.values() if drug.quinolone], records)] if quinolones else []


def _of(drug: Inhibitor, records: Sequence[Label]) -> Told:
    by_label = {label.marker: any(_names(other, drug) for other in records if other.marker == label.marker) for label in records}
    naming, silent = [m for m, named in by_label.items() if named], [m for m, named in by_label.items() if not named]
    form = "drug_split" if naming and silent else "drug_named" if naming else "drug_strong" if drug.strong else "drug_unnamed"
    words = wording().labels
    text = words[form].format(
        drug=drug.id[:1].upper() + drug.id[1:], codes=_codes(naming or silent), others=_codes(silent), say=drug.say, sure=words["drug_remembered" if drug.confidence == "M" else "drug_seen"]
    )
    return text, tuple(_speaking(drug, records))


def _of_the_class(quinolones: Sequence[Inhibitor], records: Sequence[Label]) -> Told:
    """Each quinolone that a record names, with the markers of those that do."""
    bearing = {drug.id: _codes([label.marker for label in records if _names(label, drug)]) for drug in quinolones}
    names = ", ".join(f"{name} {codes}" for name, codes in bearing.items() if codes)
    return wording().labels["class_named"].format(names=names), tuple(label for label in records if any(_names(label, drug) for drug in quinolones))


def _speaking(drug: Inhibitor, records: Sequence[Label]) -> list[Label]:
    """Of each label the record that names the drug, or else its first: the one with the rule."""
    first = {label.marker: label for label in reversed(records)}
    naming = {label.marker: label for label in reversed(records) if _names(label, drug)}
    return list({**first, **naming}.values())


def _names(label: Label, drug: Inhibitor) -> bool:
    return re.search(rf"\b{re.escape(drug.id)}\b", label.text, re.IGNORECASE) is not None  # 'ciprofloxacin' holds 'ofloxacin'


def _codes(markers: Sequence[str]) -> str:
    return " ".join(f"[{marker}]" for marker in dict.fromkeys(markers))
