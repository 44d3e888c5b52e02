"""An answer as text for a terminal: the decision first, coloured where the terminal allows it."""

from __future__ import annotations

import os
import re
import textwrap
from collections.abc import Callable, Mapping
from typing import TextIO

from assistant.composing import plain_number
from assistant.difference import difference
from assistant.knowledge import knowledge
from assistant.records import Action, Answer, Decision, EditKind, Outcome, Restart

WIDTH = 100

_Painter = Callable[[str, str], str]

_RED, _GREEN, _AMBER, _BLUE, _GREY, _BOLD = "31", "32", "33", "34", "90", "1"

# A decision is told by its words and its sign; colour only repeats them.
_ACTIONS: Mapping[Action, tuple[str, str, str]] = {
    Action.HOLD: ("■", "HOLD pomalidomide", _RED),
    Action.RESUME: ("▶", "RESUME pomalidomide", _GREEN),
    Action.REASSESS: ("◆", "REASSESS before any reintroduction", _AMBER),
    Action.NO_HOLD: ("○", "NO HOLD called for", _GREEN),
    Action.INFORM: ("i", "INFORMATION", _BLUE),
    Action.OUT_OF_SCOPE: ("–", "NOT COVERED by the article", _GREY),
}
_RESTARTS: Mapping[Restart, str] = {
    Restart.SAME_DOSE: "at the same dose",
    Restart.CONSIDER_REDUCTION: "consider a lower dose",
    Restart.DEPENDS_ON_SEVERITY: "depends on how severe the infection was",
    Restart.REASSESS_FIRST: "only after reassessing risk and benefit",
}


def wants_colour(stream: TextIO, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether to colour: on a terminal that can, unless NO_COLOR is set (no-color.org)."""
    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


def render(answer: Answer, *, colour: bool) -> str:
    """The whole answer: decision, what was read, text, what is asked back, sources, the article's status."""
    paint = _paint if colour else _plain
    parts = [_card(answer.decision, paint), _read(answer.decision, paint), _prose(answer.text, paint)]
    if answer.remark:
        parts.append(paint(_wrap(answer.remark), _AMBER))
    if answer.draft is not None and answer.verdict.outcome is not Outcome.OVERRIDE:
        parts.append(_changed(answer, paint))
    parts += _notes(answer, paint)
    if answer.decision.asks:
        parts.append(_title("To be sure", paint) + "\n" + "\n".join(_wrap(f"- {ask.question} ({' / '.join(ask.answers)})", "  ") for ask in answer.decision.asks))
    if answer.citations:
        faces = {p.id: f" {p.face}" for p in knowledge().passages.values() if p.face}
        lines = [_wrap(f"[{c.marker}] {c.passage_id}: “{c.quote}”{faces.get(c.passage_id, '')}", "    ") for c in answer.citations]
        parts.append(_title("Sources", paint) + "\n" + "\n".join(lines))
    head = knowledge().head
    parts.append(paint(_wrap(f"{head.review_status}. {head.updated_words}. For healthcare professionals; it does not replace clinical judgment."), _GREY))
    return "\n\n".join(part for part in parts if part) + "\n"


def _notes(answer: Answer, paint: _Painter) -> list[str]:
    """What could change a dose or cause harm in full, the rest by its title."""
    grave = [f"- {note.title}: {note.text}" for note in answer.notes if note.severity == "A"]
    parts = [_title("Where the article is silent or at odds", paint) + "\n" + "\n".join(_wrap(line, "  ") for line in grave)] if grave else []
    others = [note.title for note in answer.notes if note.severity != "A"]
    return [*parts, paint(_wrap(f"Also left open: {'; '.join(others)} (in full with --json)."), _GREY)] if others else parts


def _card(decision: Decision, paint: _Painter) -> str:
    sign, words, shade = _ACTIONS[decision.action]
    about = []
    if decision.severity is not None:
        about.append(f"severity: {decision.severity.value.replace('_', '-')}")
    if decision.restart is not None:
        dose = f" ({plain_number(decision.restart_dose_mg)} mg)" if decision.restart_dose_mg is not None else ""
        about.append(f"restart: {_RESTARTS[decision.restart]}{dose}")
    if decision.basis is not None:
        about.append(f"basis: {decision.basis.value}")
    return "\n".join([paint(f"{sign} {words}", f"{_BOLD};{shade}"), *(["  " + " · ".join(about)] if about else [])])


def _read(decision: Decision, paint: _Painter) -> str:
    if not decision.facts:
        return ""
    facts = [f"{f.name.replace('_', ' ')}: {plain_number(f.value) if isinstance(f.value, float) else f.value} (“{f.words.text}”)" for f in decision.facts]
    return _title("Read from the question", paint) + "\n" + _wrap("; ".join(facts))


def _prose(text: str, paint: _Painter) -> str:
    """The answer's markdown for a terminal: paragraphs wrapped, bold as bold."""
    wrapped = "\n\n".join(map(_wrap, text.split("\n\n")))
    return re.sub(r"\*\*(.+?)\*\*", lambda bold: paint(bold.group(1), _BOLD), wrapped, flags=re.DOTALL)


def _changed(answer: Answer, paint: _Painter) -> str:
    """What the check struck from the model's draft and put in, each with its reason; the draft's own words in red."""
    signs = {EditKind.STRUCK: ("-", _RED), EditKind.INSERTED: ("+", _GREEN)}
    changed = [edit for edit in difference(answer.draft, answer.verdict) if edit.kind in signs and edit.text.strip()]
    lines = []
    for edit in changed:
        sign, shade = signs[edit.kind]
        why = f" ({edit.why}{f' Rule {edit.rule}.' if edit.rule else ''})" if edit.why else ""
        lines.append(paint(_wrap(f"{sign} {' '.join(edit.text.split())}", "  "), shade) + "\n" + _wrap(f"  {why.strip()}", "  "))
    return _title("Changed by the check", paint) + "\n" + "\n".join(lines) if lines else ""


def _title(text: str, paint: _Painter) -> str:
    return paint(text, _BOLD)


def _wrap(text: str, indent: str = "") -> str:
    return textwrap.fill(text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _paint(text: str, code: str) -> str:
    return f"\033[{code}m{text}\033[0m"


def _plain(text: str, code: str) -> str:
    return text
