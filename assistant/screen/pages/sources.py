"""The sources: the article with what rests on each of its sentences, the references, the labels, what is disputed, and the editions."""

from __future__ import annotations

import hashlib
from html import escape

import streamlit as st

from assistant.knowledge import HOME, knowledge
from assistant.screen import clock, component, keeping
from assistant.screen.notes import SURE
from assistant.screen.pages.markup import badge, entry, part, table
from assistant.screen.words import words

_VERDICTS = {"correct": "verified", "differs": "unknown", "incomplete": "identified", "not verified": "unknown"}


def draw() -> None:
    """Draw the page."""
    st.html(f"<style>{component.asset('pages.css')}</style>")
    head = knowledge().head
    top = f"<h1>Sources</h1><p class='lead'>Every decision rests on one article. It is marked “{escape(head.review_status)}” and was {escape(head.updated_words[0].lower() + head.updated_words[1:])}.</p>"
    links = "".join(f'<a href="#{anchor}" target="_self">{title}</a>' for anchor, title in (("article", "Article"), ("references", "References"), ("disputed", "Disputed and silent"), ("labels", "Labels"), ("editions", "Editions")))
    body = _article() + _references() + _notes() + _labels() + _editions()
    st.html(f'<div class="page">{top}<nav aria-label="On this page">{links}</nav>{body}</div>')


def resting() -> dict[str, list[str]]:
    """What rests on each passage of the article, by its id: rules, elements of the answer, facts that can be asked for."""
    known = knowledge()
    found: dict[str, list[str]] = {name: [] for name, passage in known.passages.items() if passage.source == "article"}
    for rule in (*known.algorithm.outcomes, *known.algorithm.modifiers):
        for passage in dict.fromkeys(f"article:{quote.passage}" for quote in rule.quotes):
            found[passage].append(f"rule {rule.id}")
    for name, element in known.algorithm.elements.items():
        for short in element.passages:
            found[f"article:{short}"].append(f"element {name}")
    for fact in known.facts.values():
        for short in fact.cites:
            found[f"article:{short}"].append(f"fact “{fact.title}”")
    return found


def _article() -> str:
    known = knowledge()
    carried = resting()
    used = sum(bool(owners) for owners in carried.values())
    rows = [
        [f"<span class='soft'>{escape(' › '.join(known.passages[name].section) or 'Opening sentence')}</span><br><q>{escape(known.passages[name].text)}</q>", "<br>".join(map(escape, owners)) or "<span class='soft'>nothing; it is found by search</span>"]
        for name, owners in carried.items()
    ]
    lead = f"{known.head.publisher}: {known.head.title} {used} of {len(carried)} sentences carry a rule, a part of the answer, or a fact that can be asked for."
    return part("article", "The article, sentence by sentence", table(("Sentence", "What rests on it"), rows, "Sentences of the article and what rests on each"), lead=lead)


def _references() -> str:
    told = words().references
    entries = []
    for reference in knowledge().references.values():
        figures = [f"{badge(_VERDICTS[f.verdict], f.verdict)} “{escape(f.words)}”. {escape(f.found)}" for f in reference.figures]
        doi = f" doi:{escape(reference.doi)}" if reference.doi else ""
        entries.append(entry(f"<b>[{reference.marker}]</b> {badge(reference.status, told[reference.status])} {escape(reference.identity or 'No publication could be tied to it.')}{doi}", escape(reference.found), *figures))
    return part("references", "Its references", *entries, lead="The article prints four numbers and no bibliography. This is what checking found of each.")


def _notes() -> str:
    names = {"disagreement": ("identified", "disagreement"), "silence": ("unknown", "silence")}
    entries = []
    for note in sorted(knowledge().notes.values(), key=lambda note: note.severity):
        kind, word = names[note.kind]
        entries.append(entry(f"{badge(kind, word)} <b>{escape(note.title)}</b>", f"{escape(note.say)} <span class='soft'>{escape(SURE[note.confidence])}</span>", anchor=note.id))
    return part("disputed", "Where it is disputed, incomplete or silent", *entries, lead="In our own words. These stand beside an answer and never change a decision. Those that could change a dose or cause harm come first.")


def _labels() -> str:
    rows = [[f"<b>[{escape(label.marker)}]</b> {escape(label.jurisdiction)}<br><span class='soft'>{escape(label.section)}</span>", f"{escape(label.text)}<br><span class='soft'>{escape(label.face_on(clock.today()))}</span>"] for label in knowledge().labels.values()]
    return part("labels", "Product labels", table(("Label", "What it says, in our own words"), rows, "Facts of product labels"), lead="Used where the article is silent. Read the current label before relying on one.")


def _editions() -> str:
    rows = []
    for source in knowledge().sources:
        digest = hashlib.sha256((HOME / source.file).read_bytes()).hexdigest()
        rows.append([f"<b>{escape(source.identity)}</b><br><span class='soft'>{escape(source.file)}</span>", escape(source.status), escape(source.licence), f"<code>{digest[:16]}</code>"])
    table_of_files = table(("Source", "Status", "Whose words", "SHA-256, first 16"), rows, "Files that hold the sources")
    return part("editions", "Editions", table_of_files, lead=f"All files of rules and sources together: edition {keeping.edition()}. An answer that was kept says so when it was given with another edition.")
