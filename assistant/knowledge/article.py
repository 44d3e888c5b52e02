"""Splits `article.md` by its own structure: head, blocks in reading order, and passages by their anchors."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from assistant.errors import KnowledgeError
from assistant.knowledge.entries import ArticleHead
from assistant.knowledge.files import Faults, parse_yaml
from assistant.records import Passage

FILE = "article.md"
_ANCHOR = re.compile(r"\s*\{#([a-z0-9][a-z0-9.\-]*)\}\s*$")
_BULLET = re.compile(r"^\s*(?:[-•]|\d+\.)\s+")
_MARKER = re.compile(r"(?<=[A-Za-z.)]) ([1-9])(?=$|,|\s*$)")


@dataclass(slots=True)
class Article:
    """The article: `blocks` are (kind, passage id, text) in reading order."""

    head: ArticleHead | None = None
    blocks: list[tuple[str, str, str]] = field(default_factory=list)
    passages: dict[str, Passage] = field(default_factory=dict)


def split(text: str, faults: Faults) -> Article:
    """The article whole; what is wrong with it goes to `faults`."""
    parts = text.split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        faults.lines.append(f"{FILE}: must begin with a head between two lines '---'.")
        return Article()
    article = Article(head=_head(parts[1], faults))
    _Splitter(article, faults).take(parts[2])
    return article


def _head(text: str, faults: Faults) -> ArticleHead | None:
    try:
        return faults.parse(ArticleHead, parse_yaml(text, FILE), FILE)
    except KnowledgeError as fault:
        faults.lines.append(str(fault))
        return None


class _Splitter:
    """Goes through the lines and keeps where it is: the path of headings, and the numbered step that bullets stand under."""

    def __init__(self, article: Article, faults: Faults) -> None:
        self._article = article
        self._faults = faults
        self._section: list[str] = []
        self._step = ""

    def take(self, text: str) -> None:
        for line in filter(str.strip, text.splitlines()):
            if line.startswith("#"):
                self._heading(line)
            else:
                self._line(line)

    def _heading(self, line: str) -> None:
        level = len(line) - len(line.lstrip("#"))
        title = line.lstrip("# ")
        self._section = [*self._section[: max(level - 2, 0)], *([title] if level > 1 else [])]
        self._step = ""
        self._article.blocks.append((f"h{level}", "", title))

    def _line(self, line: str) -> None:
        anchor = _ANCHOR.search(line)
        body = _BULLET.sub("", _ANCHOR.sub("", line))
        kind = "p" if not _BULLET.match(line) else "step" if re.match(r"\s*\d", line) else "bullet"
        if anchor is None:
            if kind != "step":
                self._faults.lines.append(f"{FILE}: the line '{body[:40]}' has no anchor; add {{#an-id}} at its end.")
            self._step = body.rstrip(":")
            self._article.blocks.append((kind, "", body))
            return
        name = f"article:{anchor.group(1)}"
        if name in self._article.passages:
            self._faults.lines.append(f"{FILE}: the anchor '{anchor.group(1)}' stands twice; give each passage its own.")
        inner = line.startswith("   ")
        path = (*self._section, self._step) if self._step and inner else tuple(self._section)
        if not inner:
            self._step = ""
        self._article.blocks.append((kind, name, body))
        self._article.passages[name] = Passage(id=name, source="article", text=body, section=path, markers=tuple(_MARKER.findall(body)))
