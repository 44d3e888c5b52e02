"""Masks what could tell who a patient is, before any word of a question may leave the machine.

It fails closed: besides the rules for numbers, dates, titles and addresses, a word passes only where it belongs to the
clinical vocabulary that the project holds. A name in no list is masked because it is in no list.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from assistant.knowledge import HOME, knowledge

_MONTH = r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
_PASS = frozenset(  # days, months, titles: none of them names anyone by itself
    "mr mrs ms miss mx dr prof professor sir dame sister nurse rev father monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri sat sun easter christmas "
    "january february march april may june july august september october november december i i'm i'd i've i'll".split()
)
_CALLED = r"(?:[ -](?:no|num|number|id|ref|record|identifier))?\.?\s*(?:is|[:#=])?\s*"
_NAMED = r"(?:[ -](?:no|num|number|id|ref|identifier)\b\.?\s*(?:is|[:#=])?|\s*[:#=])\s*"
_NUMBER = r"(?=(?:[A-Z/-]*\d){3})[A-Z]{0,4}[ -]?\d[\w/-]*(?:[ -]\d{2,}[\w-]*)*"
_STREET = r"(?:street|road|avenue|lane|rd|ave|crescent|boulevard|blvd|terrace)"
_STREET_CASED = r"(?:St|Ln|Drive|Dr|Close|Court|Ct|Way|Place|Pl|Square|Gardens|Grove|Hill|Park)"

# In this order: what a later rule would break up comes first. Each takes its whole match away.
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("e-mail", re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+")),
    ("link", re.compile(r"(?:https?://|www\.)\S+", re.I)),
    ("date of birth", re.compile(r"\b(?:d\.?o\.?b\.?|date of birth|born(?: on)?)\b\W{0,3}(?:\d[\d\s./-]*\d|(?:\w+\W+){0,2}\d{4})", re.I)),
    ("record number", re.compile(rf"\b(?:mrn|nhs|chi|ssn|urn|nhi|accession|passport|medicare|medicaid|insurance)\b{_CALLED}{_NUMBER}", re.I)),
    ("record number", re.compile(rf"\b(?:hospital|record|chart|account|acct|policy|case|patient|study|subject|lab|unit){_NAMED}(?=(?:[A-Z/-]*\d){{4}}){_NUMBER}", re.I)),
    ("phone", re.compile(r"\b(?:tel(?:ephone)?|phone|mobile|mob|cell|fax|bleep|pager|ext(?:ension)?)\b\.?\W{0,3}(?:no|number|is|on)?\W{0,3}\+?\d[\d\s().-]{1,16}\d", re.I)),
    ("date", re.compile(r"\b(?:\d{1,2}([./-])\d{1,2}\1(?:19|20)?\d\d|(?:19|20)\d\d([./-])\d{1,2}\2\d{1,2})\b")),
    ("date", re.compile(rf"\b(?:\d{{1,2}}(?:st|nd|rd|th)?(?: of)? ?{_MONTH}\b\.?(?:,? (?:19|20)\d\d)?|{_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?\b(?:,? (?:19|20)\d\d)?)", re.I)),
    ("number", re.compile(r"(?<![\w.])\+?\(?\d{2,5}\)?(?:[ .-]\(?\d{2,5}\)?){1,4}(?![\w%])(?<=\d)")),
    ("number", re.compile(r"(?<![\w.])\d{7,}(?!\w)")),
    ("address", re.compile(rf"\b\d{{1,5}}[a-z]? (?:[a-z'’]+ ){{1,3}}{_STREET}\b", re.I)),
    ("address", re.compile(rf"\b\d{{1,5}}[A-Za-z]? (?:[A-Z][\w'’]+ ){{1,3}}{_STREET_CASED}\b")),
    ("address", re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b")),
    ("address", re.compile(r"\b[A-Z]{2} \d{5}(?:-\d{4})?\b")),
    ("age over 89", re.compile(r"\b(?:9\d|1[01]\d)(?=(?:[ -]?(?:y(?:o|rs?|ears?)\b|[mf]\b)))", re.I)),
)
_DIGITS = 7  # a run of numbers with fewer digits than this is a row of results, not a telephone
_CODE = 6  # digits in a word with letters, from which on it is a record number whatever the letters
_TITLE = re.compile(r"\b(Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Dame|Sister|Nurse|Rev|Father|Name|Named|Called)\b(\.?(?: is|:)?) +((?:[A-Z][\w'’-]+|[A-Z]\.)(?: (?:[A-Z][\w'’-]+|[A-Z]\.))*)", re.I)
_TOKEN = re.compile(r"\[[a-z0-9 -]+\]|[^\W_]+(?:['’-][^\W\d_]+)*")
_OPENS = re.compile(r"(?:\A|[.!?:;\n]|- )\s*[\"'“‘(]*\Z")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Masked:
    """A text with what was taken out of it, by kind; the text itself holds `[kind]` in each place."""

    text: str
    kinds: tuple[str, ...] = ()


def mask(text: str) -> Masked:
    """The text without identifiers. What cannot be told from one is masked too: the facts that were read go along anyway."""
    kinds: list[str] = []

    def taken(kind: str) -> Callable[[re.Match[str]], str]:
        def put(found: re.Match[str]) -> str:
            if kind == "number" and sum(map(str.isdigit, found.group())) < _DIGITS:
                return found.group()
            kinds.append(kind)
            return f"[{kind}]"

        return put

    for kind, pattern in _RULES:
        text = pattern.sub(taken(kind), text)
    text = _TITLE.sub(lambda found: _titled(found, kinds), text)
    shouting = sum(map(str.isupper, text)) > sum(map(str.islower, text))
    text = _TOKEN.sub(lambda found: _token(found, kinds, shouting=shouting), text)
    return Masked(text, tuple(dict.fromkeys(kinds)))


def _titled(found: re.Match[str], kinds: list[str]) -> str:
    """A title and the names behind it, as far as they are names: `Dr Osei said`, and `dr osei said` as well."""
    title, point, behind = found.groups()
    words = behind.split()
    names = 0
    for word in words:
        bare = word.rstrip(".,").removesuffix("'s").removesuffix("’s")
        if bare.islower() and bare in _vocabulary().common:
            break
        names += 1
    if not names:
        return found.group()
    kinds.append("name")
    return " ".join([f"{title}{point} [name]", *words[names:]])


def _token(found: re.Match[str], kinds: list[str], *, shouting: bool) -> str:
    """One word or code as it may leave: known to medicine, or an everyday word that is no name where it stands."""
    word = found.group()
    if word.startswith("["):
        return word
    opens = bool(_OPENS.search(found.string[max(0, found.start() - 12) : found.start()]))
    if all(_passes(part, opens=opens, shouting=shouting) for part in re.split(r"[-\d]+", word) if part) and not _code(word):
        return word
    kinds.append("word")
    return "[masked]"


def _passes(word: str, *, opens: bool, shouting: bool) -> bool:
    known = _vocabulary()
    bare = re.sub(r"['’]s?\Z", "", word)
    low = bare.lower().replace("’", "'")
    if low in known.clinical or low in _PASS or len(bare) == 1:
        return True
    if bare.isupper() and len(bare) > 1 and not shouting:
        return bare in known.capitals
    return low in known.common and (shouting or opens or not bare[:1].isupper())


def _code(word: str) -> bool:
    """Whether letters and many digits stand together, as in a record number; `CRP210` and `ANC1500` are none."""
    digits = sum(map(str.isdigit, word))
    known = _passes(re.sub(r"[\d-]", "", word), opens=False, shouting=False)
    return any(map(str.isalpha, word)) and (digits >= _CODE or (digits >= 4 and not known))


@dataclass(frozen=True, slots=True)
class _Vocabulary:
    """`clinical` words pass however they are written; `common` ones in small letters or at the head of a sentence."""

    clinical: frozenset[str]
    common: frozenset[str]
    capitals: frozenset[str]


@lru_cache(maxsize=1)
def _vocabulary() -> _Vocabulary:
    clinical: set[str] = set()
    for path in sorted((HOME / "lexicon").glob("*.yaml")):
        if not path.name.startswith("guardrail_"):
            clinical.update(_WORD.findall(path.read_text(encoding="utf-8").lower()))
    for passage in knowledge().passages.values():
        clinical.update(_WORD.findall(passage.text.lower()))
    told: set[str] = set()
    for path in sorted((HOME / "second_reader" / "examples").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            told.update(_WORD.findall(json.loads(line).get("text", "")))  # the scenes, which have turns, are full of people and places
    return _Vocabulary(
        clinical=frozenset(clinical),
        common=frozenset(word.replace("’", "'") for word in told if word.islower()),
        capitals=frozenset(word for word in told if word.isupper() and len(word) <= 6),
    )
