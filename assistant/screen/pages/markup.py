"""Small pieces of HTML for the pages beside the conversation; every text is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def part(anchor: str, title: str, *body: str, lead: str = "") -> str:
    """A section with its heading; `body` is HTML."""
    told = f'<p class="lead">{escape(lead)}</p>' if lead else ""
    return f'<section id="{anchor}"><h2>{escape(title)}</h2>{told}{"".join(body)}</section>'


def table(head: Sequence[str], rows: Iterable[Sequence[str]], caption: str) -> str:
    """A table that scrolls within itself where there is no room; cells are HTML."""
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}"><table><caption>{escape(caption)}</caption><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'


def badge(kind: str, text: str) -> str:
    """A word in a box; the word says it, the colour repeats it."""
    return f'<span class="badge {escape(kind)}">{escape(text)}</span>'


def entry(*lines: str, anchor: str = "") -> str:
    """One thing in a list of things; `lines` are HTML."""
    named = f' id="{escape(anchor)}"' if anchor else ""
    return f'<div class="entry"{named}>' + "".join(f"<p>{line}</p>" for line in lines if line) + "</div>"
