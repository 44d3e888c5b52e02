"""Reads one file into pieces of text by its own structure. Runs as a process of its own, since a file may be made to do harm:

    python -m assistant.library.extract FILE

prints a JSON object, {"pieces": [{"text", "section", "page"}, ...], "pages": n} or {"refused": "why"}.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Piece = dict[str, Any]

MEMORY = 2_000_000_000  # bytes of address space
SECONDS = 90  # of processor time
MAX_TEXT = 30_000_000  # characters
MAX_UNPACKED = 300_000_000  # bytes of a DOCX, which is a ZIP and may be a bomb
LEAST_PER_PAGE = 20  # characters; fewer on average, and the pages are pictures
_OLD_OFFICE = bytes.fromhex("d0cf11e0a1b11ae1")  # also how an encrypted DOCX begins
_HEADING = re.compile(r"^(?:\d+(?:\.\d+)*\.?\s+)?[A-Z][^.;:?!]{2,70}$")


class Refused(Exception):
    """The file cannot be added; the message says why and what to do."""


def markdown(path: Path) -> tuple[list[Piece], int]:
    """Headings, paragraphs, list items and table rows of a Markdown file."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark", {"html": False}).enable("table").parse(_decoded(path))
    section: list[str] = []
    pieces: list[Piece] = []
    row: list[str] = []
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type == "inline" and before is not None:
            text = _plain_inline(token)
            if before.type == "heading_open":
                level = int(before.tag[1])
                section = [*section[: level - 1], text]
            elif before.type in ("td_open", "th_open"):
                row.append(text)
            else:
                pieces.append(_piece(text, section))
        elif token.type == "tr_close":
            pieces.append(_piece(" | ".join(row), section))
            row = []
        elif token.type in ("fence", "code_block"):
            pieces.append(_piece(token.content, section))
    return pieces, 0


def _plain_inline(token: Any) -> str:
    return "".join(child.content if child.type in ("text", "code_inline") else " " if child.type in ("softbreak", "hardbreak") else "" for child in token.children)


def html(path: Path) -> tuple[list[Piece], int]:
    """Headings, paragraphs, list items and table rows of an HTML file; what a reader would not see is left out."""
    from bs4 import BeautifulSoup
    from bs4.element import Tag

    soup = BeautifulSoup(path.read_bytes(), "html.parser")
    for unseen in soup(["script", "style", "template", "noscript", "head", "nav", "iframe", "object", "svg"]):
        unseen.decompose()
    hidden = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden|font-size\s*:\s*0|opacity\s*:\s*0(?![.\d])", re.I)
    for tag in soup.find_all(lambda t: isinstance(t, Tag) and (t.has_attr("hidden") or t.get("aria-hidden") == "true" or bool(hidden.search(str(t.get("style", "")))))):
        tag.decompose()
    section: list[str] = []
    pieces: list[Piece] = []
    blocks = ("h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "tr", "pre", "blockquote", "dt", "dd", "caption")
    for tag in soup.find_all(blocks):
        if tag.name[0] == "h" and tag.name[1:].isdigit():
            section = [*section[: int(tag.name[1]) - 1], tag.get_text(" ", strip=True)]
        elif (parent := tag.find_parent(blocks)) is None or parent.name in ("li", "blockquote", "dd"):
            inner = "" if tag.find(("p", "li", "tr")) and tag.name in ("li", "blockquote", "dd") else tag.get_text(" | " if tag.name == "tr" else " ", strip=True)
            pieces.append(_piece(inner, section))
    if not pieces:
        pieces = [_piece(part, []) for part in re.split(r"\n\s*\n", soup.get_text("\n"))]
    return pieces, 0


def text(path: Path) -> tuple[list[Piece], int]:
    """Paragraphs of a text file, parted by blank lines."""
    return [_piece(part, []) for part in re.split(r"\n\s*\n", _decoded(path))], 0


def docx(path: Path) -> tuple[list[Piece], int]:
    """Headings, paragraphs and table rows of a Word file, in their order."""
    if path.read_bytes()[:8] == _OLD_OFFICE:
        raise Refused("is encrypted, or in Word's old format; save it as a DOCX without a password")
    with zipfile.ZipFile(path) as parts:
        if sum(part.file_size for part in parts.infolist()) > MAX_UNPACKED:
            raise Refused(f"unpacks to more than {MAX_UNPACKED // 1_000_000} MB; add its parts one by one")
    from docx import Document
    from docx.table import Table

    section: list[str] = []
    pieces: list[Piece] = []
    for block in Document(str(path)).iter_inner_content():
        if isinstance(block, Table):
            pieces += [_piece(" | ".join(dict.fromkeys(cell.text.strip() for cell in row.cells)), section) for row in block.rows]
            continue
        level = re.fullmatch(r"(?:Heading|heading) ([1-9])", block.style.name if block.style is not None and block.style.name else "")
        if level:
            section = [*section[: int(level.group(1)) - 1], block.text.strip()]
        elif block.text.strip():
            pieces.append(_piece(block.text, section))
    return pieces, 0


def pdf(path: Path) -> tuple[list[Piece], int]:
    """The pages of a PDF, each in paragraphs; a short line that looks like a heading is one."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise Refused("is encrypted; save it without a password")
        pages = [page.extract_text() or "" for page in reader.pages]
    except (DependencyError, FileNotDecryptedError):
        raise Refused("is encrypted; save it without a password") from None
    except PyPdfError as fault:
        raise Refused(f"is damaged, or no PDF ({type(fault).__name__})") from None
    if sum(len(page.strip()) for page in pages) < LEAST_PER_PAGE * max(len(pages), 1):
        raise Refused("holds pictures and next to no text; put it through text recognition (OCR) first")
    section: list[str] = []
    pieces: list[Piece] = []
    for number, page in enumerate(pages, start=1):
        for heading, body in _paragraphs(page):
            section = [heading] if heading else section
            if body:
                pieces.append({**_piece(body, section), "page": number})
    return pieces, len(pages)


def _paragraphs(page: str) -> Iterator[tuple[str, str]]:
    """(heading, text) pairs: lines are joined until a blank line or a heading."""
    heading, lines = "", list[str]()
    for line in [*page.splitlines(), ""]:
        bare = line.strip()
        if bare and not _HEADING.match(bare):
            lines.append(bare)
            continue
        if bare and lines and lines[-1][-1:] not in ".:;!?":
            lines.append(bare)  # a line of a running sentence that happens to begin with a capital
            continue
        if heading or lines:
            yield heading, re.sub(r"(\w)- (\w)", r"\1\2", " ".join(lines)) if lines else ""
        heading, lines = bare, []


def _decoded(path: Path) -> str:
    raw = path.read_bytes()
    if b"\x00" in raw[:4096]:
        raise Refused("is no text")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def _piece(text_: str, section: list[str]) -> Piece:
    return {"text": _clean(text_), "section": [_clean(part)[:120] for part in section if part], "page": None}


def _clean(text_: str) -> str:
    """One line, without characters that cannot be seen: they hide words from a reader and not from a machine."""
    seen = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text_ if unicodedata.category(c) not in ("Cf", "Co", "Cs", "Cn"))
    return " ".join(seen.split())


READERS = {".md": markdown, ".markdown": markdown, ".html": html, ".htm": html, ".txt": text, ".docx": docx, ".pdf": pdf}


def extract(path: Path) -> dict[str, Any]:
    """The pieces of a file, or why it is refused."""
    try:
        pieces, pages = READERS[path.suffix.lower()](path)
    except Refused as why:
        return {"refused": str(why)}
    except MemoryError:
        return {"refused": "needs more memory to read than a document should"}
    except Exception as fault:  # a broken or hostile file may raise anything
        return {"refused": f"cannot be read as {path.suffix.lower()} ({type(fault).__name__}); open it, save it anew and try again"}
    pieces = [piece for piece in pieces if piece["text"]]
    if sum(len(piece["text"]) for piece in pieces) > MAX_TEXT:
        return {"refused": f"holds more than {MAX_TEXT:,} characters; add its parts one by one"}
    return {"pieces": pieces, "pages": pages} if pieces else {"refused": "holds no text"}


if __name__ == "__main__":
    if sys.platform != "win32":  # there the caller's time limit stands alone
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    json.dump(extract(Path(sys.argv[1])), sys.stdout)
