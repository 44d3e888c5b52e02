"""Why the decision is what it is: the path, the rules that fired and nearly fired, what would change it, what is asked."""

from __future__ import annotations

from typing import Any

from assistant.composing import compose
from assistant.corrections import MAKES_A_CASE
from assistant.knowledge import Rule, knowledge
from assistant.records import Case, Change, Decision, NearRule, Restart
from assistant.rules import case_if, decide, fields_of
from assistant.screen.card import DECIDED, card
from assistant.screen.diagram import diagram
from assistant.screen.words import fact_name, plain, reply, typeset, words

Json = dict[str, Any]

OTHER_DRUG = "scope.other_drug"  # the rule by which a question about another drug is not answered
_FAR = ("asked", "drug")  # a rule that differs in these is no near miss to a reader
_CLOSE = ("severity", "counts", "neutropenic_fever", "dose", "age", "treatment")  # told before a miss in the infection's state


def why(case: Case, decision: Decision, reader: str = "clinician") -> Json:
    """All of it, in words."""
    known = knowledge()
    table = {rule.id: rule for rule in (*known.algorithm.outcomes, *known.algorithm.modifiers)}
    fired = [table[name] for name in decision.rules if name in table]
    return {
        "path": _path(case, fired[0]) if fired else [],
        "diagram": diagram(fired[0].id) if fired else {},
        "fired": [
            {"id": rule.id, "says": rule.says, "quotes": [{"passage": f"article:{q.passage}", "words": q.words} for q in rule.quotes]}
            for rule in fired
        ],
        "near": [_near(near, table[near.rule_id]) for near in _sorted(decision.near)],
        "changes": [_change(case, change, reader) for change in decision.changes],
    }


def _path(case: Case, rule: Rule) -> list[Json]:
    """The conditions of the rule that decided, each with what the case has there."""
    fields = fields_of(case)
    return [{"field": words().fields.get(name, name), "value": plain(fields[name])} for name in rule.when if name not in _FAR]


def _sorted(near: tuple[NearRule, ...]) -> list[NearRule]:
    told = [n for n in near if n.unmet not in _FAR and "general" not in n.needed]
    return sorted(told, key=lambda n: n.unmet not in _CLOSE)


def _near(near: NearRule, rule: Rule) -> Json:
    needed = " or ".join(plain(value) for value in near.needed)
    return {"id": rule.id, "says": rule.says, "field": words().fields.get(near.unmet, near.unmet), "needed": needed, "found": plain(near.found)}


def _change(case: Case, change: Change, reader: str) -> Json:
    """What would change the answer, and the other answer whole: its card, and its text in paragraphs."""
    when = words().changes.get(f"{change.fact}.{change.value}", f"{change.fact.replace('_', ' ')} were {change.value}")
    other = case_if(case, change)
    decision = decide(other)
    text = typeset(compose(other, decision, voice=words().readers[reader].voice).text.replace("**", ""))
    return {
        "when": when,
        "action": change.action.value,
        "word": words().actions[change.action.value].word,
        "restart": _briefly(change.restart),
        "card": card(other, decision, reader),
        "text": text.split("\n\n"),
    }


def _briefly(restart: Restart | None) -> str:
    return words().restarts[restart.value].lower() if restart else ""


def corrections(decision: Decision) -> list[Json]:
    """What can be put right by hand, with the turn that each choice sends: all where something is decided, else what would make a case of the question.

    Of several patients nothing: it would not be clear whose it is.
    """
    if decision.patients:
        return []
    if decision.action in DECIDED:
        told = words()
        names = [name for name in dict.fromkeys((*_by_reply(), *told.numbers)) if name != "drug"]
        return [_row(name, _by_reply().get(name, []), told.facts[name].unit if name in told.numbers else "") for name in names]
    if OTHER_DRUG in decision.rules:
        return [_row("drug", _by_reply()["drug"])]
    return [_row(name, [answer for answer in _by_reply()[name] if _says_something(answer)]) for name in MAKES_A_CASE]


def _by_reply() -> dict[str, list[Json]]:
    """The ready answers, by what they are about."""
    found: dict[str, list[Json]] = {}
    for name, said in words().replies.items():
        about, label = name.split(".", 1)
        found.setdefault(about, []).append({"label": label, "text": said.text, "set": list(said.set.items())})
    return found


def _row(name: str, answers: list[Json], unit: str = "") -> Json:
    return {"name": name, "label": fact_name(name), "answers": answers, "unit": unit}


def _says_something(answer: Json) -> bool:
    """Whether an answer tells something of the patient; to forget what was never read would make a case of nothing."""
    return any(value not in ("unknown", "unspecified", "false") for _, value in answer["set"])


def asks(decision: Decision) -> list[Json]:
    """What is asked back, with the turn that each ready answer sends."""
    found = []
    for ask in decision.asks:
        answers = [(answer, reply(ask.fact, answer)) for answer in ask.answers]
        found.append({"question": typeset(ask.question), "answers": [{"label": label, "text": r.text, "set": list(r.set.items())} for label, r in answers]})
    return found
