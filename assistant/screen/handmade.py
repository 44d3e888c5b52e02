"""What was set by hand, in one line beside the decision: nobody may take it for one on what was typed alone."""

from __future__ import annotations

from assistant import reading, rules
from assistant.corrections import Value
from assistant.records import Answer, Case, Decision
from assistant.screen.words import fact_name, fact_value, words

_COUNTS = ("anc", "platelets", "platelets_nadir")


def handmade(answer: Answer) -> str:
    """What was set or removed by hand, and what the typed words alone give where that is another decision; "" where nothing was."""
    if not answer.corrections:
        return ""
    typed, told = reading.read(answer.turns), words().by_hand
    set_so = [text for field, value in answer.corrections if (text := _change(field, value, typed))]
    if not set_so:
        return ""
    alone = rules.decide(typed)
    lines = [told["told"].format(what="; ".join(set_so))]
    if _named(alone) != _named(answer.decision):
        lines.append(told["typed"].format(word=_named(alone)))
    return " ".join(lines)


def _change(field: str, value: Value, typed: Case) -> str:
    """One field in words; "" where a number is forgotten that nobody typed, or that is told as the current count."""
    if value is not None:
        return f"{fact_name(field)} {fact_value(field, value)}"
    before = getattr(typed, field)
    if before is None or (field == "platelets_nadir" and before == typed.platelets):
        return ""
    form = words().by_hand["count" if field in _COUNTS else "removed"]
    return form.format(name=fact_name(field), value=fact_value(field, before))


def _named(decision: Decision) -> str:
    """The decision as it is called in a line: the action, and how pomalidomide comes back."""
    word = words().actions[decision.action.value].word
    return f"{word}, {words().restarts[decision.restart.value].lower()}" if decision.restart else word
