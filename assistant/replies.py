"""What a model sent back, as text: structured or plain, how far it is whole, and what is wrong with it.

A reply is either plain prose or the JSON object of `prompts.schema`. Nothing here calls a model.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from langchain_core.utils.json import parse_partial_json

from assistant.knowledge import knowledge

MAX_CHARACTERS = 8_000  # some six times the longest answer asked for
FINISHED = frozenset({"stop", "end_turn", "stop_sequence"})  # OpenAI and Ollama; Anthropic
REFUSED = frozenset({"content_filter", "refusal", "safety"})

_REFUSAL = re.compile(
    r"\s*(?:(?:unfortunately|apologies),? )?(?:i['’]m (?:very |really )?(?:sorry|unable|not able)|sorry,|i apologi[sz]e|i (?:can(?:no|['’])t|cannot|am unable|am not able|won['’]t|will not)|as an? (?:ai|language model))\b",
    re.IGNORECASE,
)
_MARKER = re.compile(r"\[[A-Z]{0,2}\d*\]")  # what cites a source is an answer, however it begins
_SHORT = 400  # characters; a refusal is no longer, and a text that begins with an apology may be
_THOUGHT = re.compile(r"\s*<(think|thinking|reasoning)>.*?(?:</\1>\s*|\Z)", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"\s*```(?:json)?\s*(?=\{)|(?<=\})\s*```\s*\Z")
_OPENING = re.compile(r"\s*(?:`{1,3}\w*|<\w*)\s*")
_END = re.compile(r"[.!?…]+[\"'”’)*_]*$")
_MARKER = re.compile(r"\s*\[([0-9A-Za-z]{1,4})\]")
_BREAK = re.compile(r"[.!?\n]+")
_PERIODS, _ROUNDS = range(2, 160), 6  # characters of what is said again and again, and how often, before it counts as a loop
_SAME = 3  # times that a sentence of five words or more may not stand in one reply
_LATIN = 0x24F  # the last letter of the Latin alphabets
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_FEW = 8  # words; of fewer the language is not judged
_ENGLISH = 0.2  # share of words that the English sources know: at least 0.28 in 160 drafts, at most 0.14 in other languages


@dataclass(frozen=True, slots=True)
class Reply:
    """The text of a reply so far. `whole` says that it ends with a sentence; `strays` are markers that were not given."""

    text: str
    whole: bool = False
    strays: tuple[str, ...] = ()


class NotJson(ValueError):
    """A reply that began as JSON and is none."""


def read(raw: str, given: Collection[str], *, ended: bool) -> Reply:
    """What a reply says: thinking aloud removed, structure turned into text, and only markers that were given.

    Raises:
        NotJson: the reply has ended, began as JSON, and is not the object asked for.
    """
    text, inside = _thoughtless(raw), bare(raw)
    if inside.lstrip().startswith("{"):
        return _structured(inside, given, ended=ended)
    if not ended and _OPENING.fullmatch(text):
        return Reply("")  # the beginning of a fence or of a thought; what it holds is still to come
    kept, strays = _given_only(text, given)
    return Reply(kept, whole=ended, strays=strays)


def bare(raw: str) -> str:
    """A reply without thinking aloud and without the fence of a code block."""
    return _FENCE.sub("", _thoughtless(raw))


def _thoughtless(raw: str) -> str:
    return _THOUGHT.sub("", raw, count=1) if raw.lstrip().startswith("<") else raw


def _structured(text: str, given: Collection[str], *, ended: bool) -> Reply:
    try:
        data = json.loads(text) if ended else parse_partial_json(text)
        sentences = [] if data is None else data["sentences"] if ended else data.get("sentences", [])
        told = [_sentence(one, given) for one in (sentences if ended else sentences[:-1])]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        if ended:
            raise NotJson from None
        return Reply("", whole=True)
    strays = tuple(dict.fromkeys(stray for _, strays in told for stray in strays))
    return Reply(" ".join(one for one, _ in told if one), whole=True, strays=strays)


def _sentence(one: Any, given: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """One sentence of the object, its markers before its full stop; markers that stand in the words already are not doubled."""
    text, strays = _given_only(str(one["text"]).strip(), given)
    named = [str(marker).strip("[] ") for marker in one.get("markers", [])]
    fresh = [marker for marker in dict.fromkeys(named) if marker in given and f"[{marker}]" not in text]
    end = _END.search(text)
    at = end.start() if end else len(text)
    marks = "".join(f" [{marker}]" for marker in fresh)
    closing = text[at:] or "."
    return f"{text[:at]}{marks}{closing}" if text else "", (*strays, *(marker for marker in named if marker not in given))


def _given_only(text: str, given: Collection[str]) -> tuple[str, tuple[str, ...]]:
    """The text without the markers that were not among those given, and those markers."""
    strays = tuple(dict.fromkeys(marker for marker in _MARKER.findall(text) if marker not in given))
    return (_MARKER.sub(lambda found: found.group() if found.group(1) in given else "", text), strays) if strays else (text, ())


def going_wrong(raw: str, text: str) -> str:
    """What is wrong with a reply that still goes on, "" where nothing is: then there is no use in waiting for its end."""
    if _loops(raw) or _repeats(text):
        return "it repeated itself"
    return "it did not come to an end" if len(raw) > MAX_CHARACTERS else ""


def incomplete(text: str, finish: str) -> str:
    """What is wrong with a reply that ended, "" where nothing is.

    A connection that is cut can look like an end: only the provider's own word that the model finished is trusted.
    """
    if finish in REFUSED or (_REFUSAL.match(text) and len(text) < _SHORT and not _MARKER.search(text)):
        return "it refused"
    if finish not in FINISHED:
        return f"it was cut off ({finish or 'no end was sent'})"
    if not text.strip():
        return "it sent nothing"
    return "" if in_english(text) else "it did not write in English"


def in_english(text: str) -> bool:
    """Whether a text is English, by the share of its words that the English sources know; too short a text counts as English."""
    if sum(letter.isalpha() and ord(letter) > _LATIN for letter in text) > len(text) / 4:
        return False
    words = _WORD.findall(text.lower())
    return len(words) < _FEW or sum(word in _vocabulary() for word in words) >= _ENGLISH * len(words)


def _loops(raw: str) -> bool:
    return any(raw.endswith(raw[-period:] * _ROUNDS) for period in _PERIODS if raw[-1:] == raw[-1 - period : -period])


def _repeats(text: str) -> bool:
    sentences = Counter(" ".join(part.lower().split()) for part in _BREAK.split(text)[:-1] if len(part.split()) >= 5)
    return any(times >= _SAME for times in sentences.values())


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    return frozenset(word for passage in knowledge().passages.values() for word in _WORD.findall(passage.text.lower()))
