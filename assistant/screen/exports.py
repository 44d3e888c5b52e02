"""A conversation to take away: chart note, Markdown, JSON, and what readers said of answers as a question set."""

from __future__ import annotations

import json
from typing import Any

from assistant import contract
from assistant.knowledge import knowledge
from assistant.records import Answer
from assistant.screen import card, keeping, reading_view, sources, voice
from assistant.screen.conversation import Conversation, Entry
from assistant.screen.course import course, ticked
from assistant.screen.handmade import handmade
from assistant.screen.words import typeset, words
from assistant.storage import Feedback

Json = dict[str, Any]
Line = str | Json

BY_HAND = "The answer rests on what was set by hand, which the turns do not say."


def note(answer: Answer, reader: str = "clinician") -> list[Line]:
    """The lines of a chart note, in the words of who reads; an item of the checklist is a line of its own that holds `id` and `text`, since it may be ticked later."""
    answer, worded = voice.said_to(answer, reader), words().voices[voice.voice_for(answer, reader)]
    shown = card.card(answer.case, answer.decision, reader, handmade=handmade(answer))
    lines: list[Line] = [f"POMALIDOMIDE AND INFECTION: {shown['word']}", " ".join(part for part in (shown["call"], shown["line"], shown["says"]) if part)]
    lines += [shown["handmade"]] if shown["handmade"] else []
    lines += [f"{label}: {value}" for label, value in shown["about"]]
    read = [f"{chip['label']} {chip['value']}" + (f" ({chip['note']})" if chip["note"] else "") for chip in reading_view.chips(answer.case, dict(answer.corrections), -1)]
    if read:
        lines += ["", "Read from the question: " + "; ".join(read) + "."]
    if shown["unknown"]:
        lines.append(f"Not stated: {shown['unknown']}.")
    lines += ["", worded, _plain(answer.text)]
    items = ticked(course(answer.case, answer.decision), set())
    if items:
        lines += ["", "Checklist:", *({"id": item["id"], "text": f"{item['stage']}: {item['text']}"} for item in items)]
    return [*lines, "", *_sources(answer), "", _basis(answer)]


def written(lines: list[Line], done: set[str]) -> str:
    """The note as text, with the items ticked that are done."""
    return "\n".join(line if isinstance(line, str) else f"[{'x' if line['id'] in done else ' '}] {line['text']}" for line in lines)


def _plain(text: str) -> str:
    return typeset(text.replace("**", ""))


def _sources(answer: Answer) -> list[str]:
    """Each place that the answer rests on, in its own words."""
    found = dict.fromkeys((stop["mark"], stop["passage"]) for stop in sources.stops(answer))
    places = [(mark, sources.named(name, answer, knowledge())) for mark, name in found]
    return ["Sources:", *(f"[{mark}] {' › '.join(p.section) or 'Opening sentence'}: “{p.text}”" for mark, p in places)] if places else []


def _basis(answer: Answer) -> str:
    head = knowledge().head
    rules = ", ".join(answer.decision.rules)
    return f"{head.publisher}: {head.title} {head.review_status}. {head.updated_words}. Decided by the rules {rules}, edition {keeping.edition()}. Does not replace clinical judgment."


def markdown(conversation: Conversation) -> str:
    """The whole conversation with its sources."""
    parts = [f"# {conversation.title}"]
    for number, entry in enumerate(conversation.entries):
        parts.append(f"## {number + 1}. {entry.text}")
        if entry.answer is None:
            parts.append(entry.fault or "Not answered.")
            continue
        head, *rest = written(note(entry.answer, conversation.reader), _done(conversation, number)).split("\n")
        parts.append(f"**{head}**\n\n" + "\n".join(f"- {line}" if line[:3] in ("[ ]", "[x]") else line for line in rest))
    return "\n\n".join(parts) + "\n"


def as_json(conversation: Conversation) -> str:
    """The whole conversation as records in the words of who reads, with what was ticked and what was said of each answer."""
    return json.dumps({"title": conversation.title, "edition": keeping.edition(), "answers": [_record(conversation, n, e) for n, e in enumerate(conversation.entries)]}, ensure_ascii=False, indent=1)


def _record(conversation: Conversation, number: int, entry: Entry) -> Json:
    if entry.answer is None:
        return {"question": entry.text, "error": entry.fault}
    items = ticked(course(entry.answer.case, entry.answer.decision), _done(conversation, number))
    said = next((one for one in conversation.said if one.number == number), None)
    return {
        "question": entry.text,
        "turns": list(entry.answer.turns),
        "corrections": dict(entry.answer.corrections),
        "worded_for": voice.voice_for(entry.answer, conversation.reader).value,
        **contract.answer_record(f"{conversation.id}-{number}", voice.said_to(entry.answer, conversation.reader)),
        "checklist": items,
        "feedback": {"verdict": said.verdict, "comment": said.comment, "expected": said.expected} if said else None,
    }


def _done(conversation: Conversation, number: int) -> set[str]:
    return {item for entry, item in conversation.ticked if entry == number}


def question_set(feedback: list[Feedback]) -> str:
    """What readers said as a labelled question set: the decision where they called it right, else the action that they expected.

    A set holds turns alone, and what was set by hand is in none of them: such an answer has no label, and says why.
    """
    return "".join(contract.dump(_labelled(said)) + "\n" for said in feedback)


def _labelled(said: Feedback) -> Json:
    receipt = json.loads(said.receipt)
    decision = receipt["decision"]
    right = said.verdict == "right"
    told: Json = {"id": receipt["id"], "turns": receipt["turns"]}
    more: Json = {"tags": ["feedback", said.verdict], "comment": said.comment, "answered": decision["action"]}
    by_hand = receipt.get("corrections")
    if by_hand:
        return {**told, "gold": {"action": []}, **more, "corrections": by_hand, "left_out": BY_HAND}
    gold: Json = {"action": [decision["action"]] if right else [said.expected] if said.expected else []}
    if right:
        gold |= {"severity": [decision["severity"]], "restart": [decision["restart"]], "flags": decision["flags"], "facts": [], "citations": []}
    return {**told, "gold": gold, **more}
