"""Cuts a draft into pieces with exact offsets: sentences, their parts at a semicolon, headings, bullets, table rows, markup.

Every character that is not blank belongs to exactly one piece, so that nothing of a draft can go unaccounted for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style|iframe|svg|object)\b.*?(?:</\1\s*>|\Z)|<(?:img|input|meta|link|embed)\b[^>]*>|!\[[^\]]*\]\([^)\n]*\)|```.*?(?:```|\Z)"
    r"|</?(?:form|div|span|html|body|style|button|font|table|td|tr|p|br|section|label|marquee)\b[^>\n]*>|\[(?:system|assistant|developer|admin)\b[^\]\n]*\]",
    re.S | re.I,
)
_PREFIX = re.compile(
    r"\s*(?:(?:>\s*)*(?:#{1,6}\s+|[-*•+–·‣▪]\s+(?:\[[ xX]\]\s+)?|\(?\d{1,2}[.)]\s+|\(?[a-dA-D]\)\s+|☐\s*|✓\s*|✔\s*|→\s*)|(?:>\s*)+)+"
)
_RULE = re.compile(r"\s*\|?[\s:|+=*_-]+\|?\s*$")
_END = re.compile(r"[.!?…][\"'”’)\]*_]*(?:\s*\[[^\]\s]{1,4}\])*(?=\s|$)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|vs|approx|Dr|Mr|Mrs|Ms|Prof|St|No|Fig|ca|cf|resp|incl|max|min|b\.d|o\.d|t\.d\.s|p\.o|i\.v|et al|etc))\.$"
)
_SPECIES = re.compile(r"(?:^|[\s(])[A-Z]\.$")
_TITLE = re.compile(r"\s*\**[A-Z][A-Z ]{3,40}\**:?\s*")
_SEMI = re.compile(r";\s+")


SPOKEN = ("text", "item", "row")
"""Kinds of pieces that say something, which the second ear listens to."""


@dataclass(frozen=True, slots=True)
class Piece:
    """`draft[start:end] == text`; `body` is the text without list or heading marks; `sentence` groups parts of one sentence."""

    start: int
    end: int
    text: str
    body: str
    kind: str
    line: int
    sentence: int


class _Cutter:
    """Walks over a draft once and gathers its pieces."""

    def __init__(self, draft: str) -> None:
        self.draft = draft
        self.found: list[Piece] = []
        self.line = 0
        self.sentence = 0

    def add(self, start: int, end: int, kind: str, body_at: int | None = None, *, same: bool = False) -> None:
        text = self.draft[start:end]
        stripped = text.strip()
        if not stripped:
            return
        lead = len(text) - len(text.lstrip())
        self.sentence += 0 if same else 1
        body = self.draft[max(body_at or start, start) : end].strip()
        self.found.append(Piece(start + lead, start + lead + len(stripped), stripped, body or stripped, kind, self.line, self.sentence))

    def cut_line(self, start: int, end: int) -> None:
        self.line += 1
        line = self.draft[start:end]
        if not line.strip():
            return
        if _RULE.fullmatch(line):
            if self.found and self.found[-1].kind == "row":
                self.found[-1] = replace(self.found[-1], kind="header")
            self.add(start, end, "rule")
        elif line.count("|") >= 2 or line.lstrip().startswith("|"):
            self.add(start, end, "row")
        else:
            mark = _PREFIX.match(line)
            body = start + (mark.end() if mark else 0)
            kind = "heading" if (mark and "#" in mark.group()) or _TITLE.fullmatch(line) else "item" if mark else "text"
            if kind == "heading":
                self.add(start, end, kind, body)
            else:
                self.cut_sentences(start, body, end, kind)

    def cut_sentences(self, start: int, body: int, end: int, kind: str) -> None:
        at = start
        for stop in _END.finditer(self.draft, body, end):
            before = self.draft[max(at, stop.start() - 12) : stop.start() + 1]
            following = self.draft[stop.end() : min(end, stop.end() + 12)].lstrip()
            if _SPECIES.search(before) and following[:1].islower():
                continue
            if _ABBREVIATION.search(before) and not (before.endswith("etc.") and following[:1].isupper()):
                continue
            if following and following[0].islower() and stop.group()[0] in ".…" and not before.endswith(" "):
                continue
            self.cut_parts(at, body if at == start else at, stop.end(), kind)
            at = stop.end()
        self.cut_parts(at, body if at == start else at, end, kind)

    def cut_parts(self, start: int, body: int, end: int, kind: str) -> None:
        at, first = start, True
        if ";" not in self.draft[body:end]:
            self.add(start, end, kind, body)
            return
        for mark in _SEMI.finditer(self.draft, body, end):
            self.add(at, mark.start() + 1, kind, body if first else at, same=not first)
            at, first = mark.end(), False
        self.add(at, end, kind, body if first else at, same=not first)


def cut(draft: str) -> tuple[Piece, ...]:
    """The pieces of a draft, in order and without overlap."""
    cutter = _Cutter(draft)
    at = 0
    for mark in _MARKUP.finditer(draft):
        _cut_lines(cutter, at, mark.start())
        cutter.add(mark.start(), mark.end(), "markup")
        at = mark.end()
    _cut_lines(cutter, at, len(draft))
    return tuple(cutter.found)


def _cut_lines(cutter: _Cutter, start: int, end: int) -> None:
    at = start
    while at < end:
        stop = cutter.draft.find("\n", at, end)
        stop = end if stop < 0 else stop
        cutter.cut_line(at, stop)
        at = stop + 1
