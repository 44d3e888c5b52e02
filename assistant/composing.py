"""The dictated answer: what the decision owes, in the field's terms, each part with its citation.

Needs no model. Every sentence says what it rests on, so that the page, the guardrail and the tests can follow it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from assistant import findings, interactions
from assistant.knowledge import Knowledge, Label, LabelTopic, knowledge
from assistant.knowledge.choice import chosen, cited
from assistant.records import Action, Asked, Basis, Case, Citation, Decision, Dictated, Fate, Hit, Infection, Restart, Sentence, Severity, Treatment
from assistant.wording import Voice, Wording, markers_in, wording

_BLOCKS = ("head", "now", "restart", "special", "facts")
_ON_RESTART = ("confirm_resolution", "cbc_before_restart", "resume_same_dose", "consider_dose_reduction", "prophylaxis_on_restart", "consider_prophylaxis")
_SPECIAL = (
    "count_threshold", "dex_20mg_weekly", "elderly_3mg", "renal_monitoring", "dialysis_disagreement", "quinolone_caution", "planned_resumption",
)  # fmt: skip
_OUTLOOK_PASSAGES = {
    Severity.MILD: ("article:algorithm.mild.resume",),
    Severity.SEVERE: ("article:algorithm.severe.reduce", "article:resuming.prophylaxis"),
    Severity.UNSPECIFIED: ("article:resuming.dose", "article:algorithm.life-threatening.reassess"),
}
REFERENCES = "references"  # the topic that asks for the references themselves
ADDED = "added"  # the source of passages that were added here
_MOST_ADDED = 3
_BELOW_4_MG = ("us.severe", "eu.severe")  # what the labels say where the article names no step
_IN_HEADLINE = ("stop_now", "hold_until_resolved")
_DECIDED = (Action.HOLD, Action.RESUME, Action.REASSESS, Action.NO_HOLD)


@dataclass(frozen=True, slots=True)
class _Telling:
    """What an answer is put together from: the sources, the words of one voice, and whose label counts."""

    known: Knowledge
    words: Wording
    jurisdictions: Sequence[str]
    voice: Voice


def plain_number(value: float | None) -> str:
    """A number as people write it: 4, not 4.0; at most two decimals."""
    return "" if value is None else f"{value:.2f}".rstrip("0").rstrip(".")


def compose(case: Case, decision: Decision, hits: Iterable[Hit] = (), jurisdictions: Sequence[str] = (), voice: Voice = Voice.CLINICIAN) -> Dictated:
    """The answer for a decision; `hits` are not needed to say it, they stand beside it on the page.

    `jurisdictions` are those whose label counts ("US", "EU" ...); with none the US and the EU label stand side by side.
    `voice` is in whose words it is said; what the article and the labels say of a fact is in their own words for all.
    """
    telling = _Telling(knowledge(), wording(voice), jurisdictions, voice)
    if decision.action in _DECIDED:
        sentences = _decided(case, decision, telling)
    elif decision.action is Action.INFORM:
        sentences = _facts(case, decision, telling)
    else:
        sentences = _outside(case, telling)
    sentences = _with_findings(sentences)
    text = "\n\n".join(" ".join(s.text for s in sentences if s.block == block) for block in _BLOCKS if any(s.block == block for s in sentences))
    return Dictated(text=text, sentences=tuple(sentences), citations=_citations(sentences, telling.known))


def _with_findings(sentences: Iterable[Sentence]) -> list[Sentence]:
    """The sentences, each followed by what was not verified of the figures that it shows; of a figure that is said twice it is told once."""
    told: set[tuple[str, str]] = set()
    found: list[Sentence] = []
    for sentence in sentences:
        figures = {(reference.marker, figure.words) for reference, figure in findings.shown(sentence)}
        found += [sentence, *(findings.unverified(sentence) if figures - told else ())]
        told |= figures
    return found


def _decided(case: Case, decision: Decision, telling: _Telling) -> list[Sentence]:
    words = telling.words
    found: list[Sentence] = []
    if "patient_voice" in decision.notes or telling.voice is Voice.PATIENT:
        found.append(Sentence(text=words.notes["patient_voice"], kind=Fate.HARMLESS, basis="patient_voice", block="head"))
    if decision.patients:
        found.append(Sentence(text=words.notes["several"], kind=Fate.HARMLESS, basis="several", block="head"))
    found.append(_headline(case, decision, telling))
    found += [s for name in decision.notes if (s := _note(name, case, words))]
    if decision.basis is Basis.PRECAUTIONARY and case.infection is Infection.SUSPECTED:
        found.append(Sentence(text=words.notes["suspected"], kind=Fate.HARMLESS, basis="suspected", block="head"))
    for name in _ordered(decision):
        found += _element(name, case, decision, telling)
    if decision.restart is Restart.DEPENDS_ON_SEVERITY:
        found.append(_worst_branch(words))
    if decision.action is Action.HOLD and case.infection not in (Infection.RESOLVED, Infection.GENERAL):
        found += _outlook(case, decision, words)
    if decision.topics:
        have = " ".join(s.text for s in found)
        found += [s for s in _facts(case, decision, telling) if s.text not in have]
    return found


def _headline(case: Case, decision: Decision, telling: _Telling) -> Sentence:
    words, known = telling.words, telling.known
    rule = next(name for name in decision.rules if name in words.headline)
    held = case.treatment in (Treatment.HELD, Treatment.STOPPED) and rule in words.headline_held
    text = words.headline_held[rule] if held else words.headline[rule]
    quoted = [q.passage_id for q in decision.quotes]
    table = next(r for r in known.algorithm.outcomes if r.id == rule)
    own = tuple(p for p in quoted if p.removeprefix("article:") in {q.passage for q in table.quotes})
    carried = {m for p in own for m in known.passages[p].markers}
    lead = () if set(markers_in(text)) <= carried else (known.passage("lead").id,)
    return Sentence(text=text, kind=Fate.RULE, basis=rule, passage_ids=lead + own, block="head")


def _ordered(decision: Decision) -> list[str]:
    """The elements owed that the headline has not said, in the order of doing; nothing is said twice."""
    owed = [e for e in decision.elements if e not in _IN_HEADLINE]
    if "prophylaxis_on_restart" in owed and "consider_prophylaxis" in owed and decision.restart is Restart.CONSIDER_REDUCTION:
        owed.remove("consider_prophylaxis")
    if decision.restart is Restart.DEPENDS_ON_SEVERITY:
        owed.remove("prophylaxis_on_restart")
    rank = {name: i for i, name in enumerate((*_ON_RESTART, *_SPECIAL))}
    return sorted(owed, key=lambda name: rank.get(name, -1))


def _values(case: Case, decision: Decision) -> dict[str, str]:
    return {"dose": plain_number(case.dose_mg), "lower": plain_number(decision.restart_dose_mg)}


def _variant(name: str, case: Case, decision: Decision) -> str:
    """The name of the wording that this case calls for."""
    low = case.dose_mg is not None and case.dose_mg < 4
    branch = decision.restart is Restart.DEPENDS_ON_SEVERITY
    if name == "resume_same_dose" and branch:
        return "resume_same_dose.branch"
    if name == "resume_same_dose" and case.dose_mg is not None:
        return "resume_same_dose.dose"
    if name == "consider_dose_reduction" and branch:
        return "consider_dose_reduction.branch_low" if low else "consider_dose_reduction.branch"
    if name == "consider_dose_reduction" and case.dose_mg == 1:
        return "consider_dose_reduction.none"
    if name == "consider_dose_reduction" and low and decision.restart_dose_mg is not None:
        return "consider_dose_reduction.lower"
    if name == "renal_monitoring" and "dialysis_disagreement" in decision.elements:
        return "renal_monitoring.dialysis"  # the sentence on dialysis says that renal function changes no dose
    if name == "planned_resumption" and decision.severity is Severity.LIFE_THREATENING:
        return "planned_resumption.reassess"
    return name


def _by_jurisdiction(name: str, telling: _Telling) -> str:
    """The wording under a name, in the form for the one jurisdiction that counts where there is such a form."""
    words, jurisdictions = telling.words, telling.jurisdictions
    form = words.variants.get(f"{name}.{jurisdictions[0]}") if len(jurisdictions) == 1 else None
    return form or words.variants.get(name) or words.elements[name]


def _element(name: str, case: Case, decision: Decision, telling: _Telling) -> list[Sentence]:
    """What an element owed is said by, and that a label which was chosen and bears on it is not held."""
    known = telling.known
    element = known.algorithm.elements[name]
    text = _by_jurisdiction(_variant(name, case, decision), telling).format(**_values(case, decision))
    labels = [known.labels[label] for label in (*element.labels, *(_BELOW_4_MG if name == "consider_dose_reduction" else ()))]
    shown = markers_in(text)
    passages = tuple(f"article:{p}" for p in element.passages) + tuple(f"label:{label.id}" for label in labels if label.marker in shown)
    block = "restart" if name in _ON_RESTART else "special" if name in _SPECIAL else "now"
    said = Sentence(text=text, kind=Fate.RULE, basis=name, passage_ids=passages, block=block)
    return [said, *(_absent(labels, telling, block) if any(label.marker in shown for label in labels) else ())]


def _absent(held: Iterable[Label], telling: _Telling, block: str) -> list[Sentence]:
    """That no record is held of a label which was named or chosen: what is shown is then another's."""
    text, have = telling.words.labels["absent"], {label.marker for label in held}
    return [Sentence(text=text.format(code=code), kind=Fate.HARMLESS, basis="labels", block=block) for code in telling.jurisdictions if code not in have]


def _worst_branch(words: Wording) -> Sentence:
    """Both branches are owed; where the severity is not known, the worst one is possible too, and is said."""
    text = words.variants["reassess_risk_benefit.branch"]
    return Sentence(text=text, kind=Fate.RULE, basis="outlook.life_threatening", passage_ids=("article:algorithm.life-threatening.reassess",), block="restart")


def _note(name: str, case: Case, words: Wording) -> Sentence | None:
    """What the answer discloses: derived, contradicting, no moderate tier. The patient's note stands first elsewhere."""
    if name == "patient_voice":
        return None
    values = {"anc": plain_number(case.anc), "temperature": plain_number(case.temperature)}
    return Sentence(text=words.notes[name].format(**values), kind=Fate.QUESTION, basis=name, block="head")


def _outlook(case: Case, decision: Decision, words: Wording) -> list[Sentence]:
    severity = decision.severity
    if severity is None or severity is Severity.LIFE_THREATENING:
        return []
    low = severity is Severity.SEVERE and case.dose_mg is not None and case.dose_mg < 4
    text = words.outlook["severe_low" if low else severity.value]
    passages = _OUTLOOK_PASSAGES[severity]
    return [Sentence(text=text, kind=Fate.RULE, basis=f"outlook.{severity.value}", passage_ids=passages, block="restart")]


def _facts(case: Case, decision: Decision, telling: _Telling) -> list[Sentence]:
    known, found = telling.known, []
    for topic in decision.topics:
        fact = known.topic(topic)
        if isinstance(fact, LabelTopic):
            found += _label_facts(case, fact, telling)
            continue
        passages = tuple(f"article:{p}" for p in fact.cites)
        found.append(Sentence(text=fact.say, kind=Fate.RULE, basis=f"fact.{topic}", passage_ids=passages, block="facts"))
        found += _references(telling) if topic == REFERENCES else []
        if fact.labels and decision.action is Action.INFORM:  # beside a decision its notes carry what the labels say
            found += _records(case, [known.labels[name] for name in fact.labels], f"fact.{topic}", telling)
    return list(dict.fromkeys(found))


def _references(telling: _Telling) -> list[Sentence]:
    """What each of the article's reference numbers is, as far as it is known."""
    words, known = telling.words.labels, telling.known
    told = [(words["reference" if r.identity else "no_reference"].format(marker=r.marker, identity=r.identity, status=r.status), r.marker) for r in known.references.values()]
    return [Sentence(text=text, kind=Fate.RULE, basis=f"fact.{REFERENCES}", passage_ids=(f"reference:{marker}",), block="facts") for text, marker in told]


def _label_facts(case: Case, topic: LabelTopic, telling: _Telling) -> list[Sentence]:
    """What the article says of it, then the label records."""
    basis = f"fact.{topic.id}"
    said = Sentence(text=topic.article, kind=Fate.RULE, basis=basis, passage_ids=tuple(f"article:{c}" for c in topic.cites), block="facts")
    return [said, *_records(case, telling.known.labels_on(topic), basis, telling)]


def _records(case: Case, held: Sequence[Label], basis: str, telling: _Telling) -> list[Sentence]:
    """What the records that count say of a drug that was named, then each of them with its marker, then how they were read."""
    words, shown = telling.words.labels, chosen(held, telling.jurisdictions)
    found = _absent(held, telling, "facts")
    found += [
        Sentence(text=text, kind=Fate.RULE, basis=basis, passage_ids=tuple(f"label:{label.id}" for label in bearing), block="facts")
        for text, bearing in interactions.told(case.drugs, quinolones=bool(case.quinolone), shown=shown)
    ]
    found += [Sentence(text=cited(label), kind=Fate.RULE, basis=basis, passage_ids=(f"label:{label.id}",), block="facts") for label in shown]
    for read in ("memory", "secondary"):
        codes = dict.fromkeys(f"[{label.marker}]" for label in shown if label.read == read)
        if codes:
            text = words[read].format(codes=", ".join(codes))
            found.append(Sentence(text=text, kind=Fate.HARMLESS, basis="labels", passage_ids=tuple(f"label:{s.id}" for s in shown), block="facts"))
    return found


def _outside(case: Case, telling: _Telling) -> list[Sentence]:
    words = telling.words.outside
    if case.other_drug:
        first = words["other_drug"].format(drug=case.other_drug)
    else:
        first = words.get(case.outside, words["nothing" if case.asked is Asked.NOTHING else "uncovered"])
    texts = [first] if first == words["nothing"] else [first, words["covers"]]
    return [Sentence(text=text, kind=Fate.HARMLESS, basis="scope", block="head") for text in texts]


def _citations(sentences: list[Sentence], known: Knowledge) -> tuple[Citation, ...]:
    """For every marker shown, the passages of its sentence that carry it, with their words verbatim."""
    found: dict[tuple[str, str], Citation] = {}
    for sentence in sentences:
        for marker in markers_in(sentence.text):
            for passage_id in sentence.passage_ids:
                passage = known.passages[passage_id]
                if marker in passage.markers:
                    found.setdefault((marker, passage_id), Citation(marker=marker, passage_id=passage_id, quote=passage.text))
    return tuple(found[key] for key in sorted(found))


def added_sentences(hits: Iterable[Hit]) -> list[Sentence]:
    """Which added sources may bear on the question: marker, title and page, and no word of the source itself."""
    found = _best_added(hits)
    if not found:
        return []
    places = "; ".join(f"{hit.passage.section[0]}{_page(hit)} [{hit.passage.markers[0]}]" for hit in found)
    text = wording().labels["added"].format(places=places)
    return [Sentence(text=text, kind=Fate.HARMLESS, basis=ADDED, passage_ids=tuple(hit.passage.id for hit in found), block="added")]


def added_citations(hits: Iterable[Hit]) -> tuple[Citation, ...]:
    """The passages behind those markers."""
    return tuple(Citation(marker=hit.passage.markers[0], passage_id=hit.passage.id, quote=hit.passage.text) for hit in _best_added(hits))


def _best_added(hits: Iterable[Hit]) -> list[Hit]:
    """The best passage of each added source, at most three."""
    best: dict[str, Hit] = {}
    for hit in hits:
        if hit.passage.source == ADDED:
            best.setdefault(hit.passage.markers[0], hit)
    return list(best.values())[:_MOST_ADDED]


def _page(hit: Hit) -> str:
    page = hit.passage.face.partition(", page ")[2].partition(".")[0]
    return f", page {page}" if page else ""
