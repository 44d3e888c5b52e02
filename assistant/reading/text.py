"""A message as tokens with offsets, and as the plain string that cue patterns are read over.

Folding never changes the length of a text, so an offset into the folded text is an offset into the original.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

_FOLD = str.maketrans({
    "’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "–": "-", "—": "-", "‑": "-", "−": "-", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
    "µ": "u", "μ": "u", "×": "x", "•": "\n", "·": ".", "℃": "c", "é": "e", "è": "e", "ï": "i", "ö": "o", "ü": "u", "ä": "a", "⁹": "9",
})  # fmt: skip
_TOKEN = re.compile(
    r"(?<![a-z0-9])[+-]ve(?![a-z])|(?:(?<=\s)|^)i\.v\.?(?=\W|$)|p\.o\.?(?=\W|$)|[a-z]+(?:'[a-z]+)*|\d+(?:st|nd|rd|th)(?![a-z])|\d+(?:[.,]\d+)*|\n|[^\w\s]",
)
# What a reader of the message would not see is not the clinician's word; and no quantity has sixteen digits.
_HIDDEN = re.compile(r"<!--.*?-->|<(script|style)\b.*?</\1>|\d{16,}", re.S | re.I)
_BLANKS = re.compile(r"[ \t\u00a0]{2,}|^\s+|\s+$")
_SENTENCE_END = {"?", "!", ";", "\n"}
_ABBREVIATIONS = {"dr", "mr", "mrs", "ms", "vs", "approx", "no", "st", "pt", "eg", "ie", "e", "g", "i", "c", "q", "b", "t", "p", "o", "d"}
_SILENT = {"-", "'", '"', "*", "_", "`", "#", "|", "[", "]", "~"}
_WORDS = {
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
    "eleven": "11", "twelve": "12", "fourteen": "14", "til": "until", "thru": "through", "txd": "treated", "+ve": "pos", "-ve": "neg", "sx": "symptoms", "wat": "what", "wen": "when", "beter": "better",
    "cleard": "cleared", "finishd": "finished", "stoped": "stopped", "negativ": "negative", "positiv": "positive", "helaed": "healed", "recoverd": "recovered",
}  # fmt: skip


@lru_cache(maxsize=256)
def fold(text: str) -> str:
    """Lower case with plain quotes, dashes and spaces; same length as `text`."""
    folded = _HIDDEN.sub(lambda m: " " * len(m.group()), text.translate(_FOLD))
    lowered = folded.lower()
    lowered = lowered if len(lowered) == len(text) else "".join(c.lower() if len(c.lower()) == 1 else c for c in folded)
    lowered = _SCOTS.sub(lambda m: "no " if m.group() == "nae" else "to ", lowered)
    lowered = _SPACED_DECIMAL.sub(lambda m: f"{m[1]}.{m[2]}", lowered)
    return _SPOKEN_COUNT.sub(_count_in_digits, _SPOKEN_NUMBER.sub(_in_digits, lowered))


_SCOTS = re.compile(r"\b(?:nae|tae)\b")  # as many letters with a space, so that every offset stays
# 'Temp 38 8', 'neuts 0 4': the blank stands for the point.
_SPACED_DECIMAL = re.compile(
    r"(\b(?:t|temp|temperature|tmax) (?:of |is |was |up to |still )?(?:3[5-9]|4[01])|\b(?:still|spiking|hit) 3[89]|\b(?:anc|neuts?|neutrophils|newts) (?:of |is |now |are )?\d)"
    r" (\d)(?=[\s,.;?)]|$)(?! ?(?:days?|d\b|nights?|wks?|weeks?|months?|h\b|hrs?|hours?|mins?|x\b|times|of\b|mg|/|\d|cycles?|doses?))"
)
_ONES = "zero nought naught oh one two three four five six seven eight nine".split()
_TENS = {"thirty": 3, "forty": 4}
_SPOKEN_NUMBER = re.compile(
    rf"\b(?:(?P<tens>thirty|forty)[ -]?)?(?:(?P<ones>{'|'.join(_ONES)})[ -])?(?:point|decimal)[ -](?P<part>{'|'.join(_ONES)})\b"
    rf"|\b(?P<hot>thirty|forty)[ -](?P<degrees>{'|'.join(_ONES[4:])})[ -](?P<tenths>and a half|{'|'.join(_ONES)})\b"
)


_SMALL = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split()
_DECADES = "twenty thirty forty fifty sixty seventy eighty ninety".split()
_NUMERAL = rf"(?:{'|'.join([*reversed(_SMALL), *_DECADES])})"
_SPOKEN_COUNT = re.compile(
    rf"(?P<label>\b(?:e?gfr|crcl|creatinine clearance|anc|neut\w*|granulocytes|plts?|platelets?|platelet count)\b[^.;,\d]{{0,24}}?)(?P<count>\b{_NUMERAL}(?:(?:[ -]and)?[ -](?:hundred|thousand|{_NUMERAL}))*\b)"
)


def _count_in_digits(match: re.Match[str]) -> str:
    """'platelets nineteen', 'ANC of three hundred and fifty' in digits, filled with blanks to the same length."""
    total = part = 0
    for word in re.findall(r"[a-z]+", match["count"]):
        if word == "hundred":
            part *= 100
        elif word == "thousand":
            total, part = total + part * 1000, 0
        elif word != "and":
            part += _SMALL.index(word) + 1 if word in _SMALL else 10 * (_DECADES.index(word) + 2)
    return match["label"] + str(total + part).ljust(len(match["count"]))


def _in_digits(match: re.Match[str]) -> str:
    """'nought point four' and 'thirty-nine two' (a temperature) in digits, filled with blanks to the same length."""

    def digit(word: str | None) -> int:
        return max(0, _ONES.index(word) - 3) if word else 0

    if match["hot"]:
        tenths = 5 if match["tenths"] == "and a half" else digit(match["tenths"])
        value = f"{_TENS[match['hot']]}{digit(match['degrees'])}.{tenths}"
    else:
        whole = 10 * _TENS.get(match["tens"] or "", 0) + digit(match["ones"])
        value = f"{whole}.{digit(match['part'])}"
    return value.ljust(len(match.group()))


def squeeze(text: str) -> tuple[str, list[int]]:
    """The text with runs of blanks made one, and for each of its offsets (and its end) the offset in `text`."""
    kept: list[int] = []
    end = 0
    for match in _BLANKS.finditer(text):
        kept += range(end, match.start())
        kept += [match.start()] if match.start() > 0 and match.end() < len(text) else []
        end = match.end()
    kept += range(end, len(text))
    return "".join(" " if text[i] in "\t\u00a0" else text[i] for i in kept), [*kept, len(text)]


@dataclass(frozen=True, slots=True)
class Token:
    """A word, number or sign; `text` is folded, `start` and `end` are offsets into the message; `dashed` after a spaced dash or a quotation mark."""

    text: str
    start: int
    end: int
    breaks: bool = False
    dashed: bool = False


# Signs that a dictating writer speaks; 'stop' is one only where 'comma' shows that the text was dictated.
_SPOKEN = {"comma": ",", "semicolon": ";", "colon": ":", "paragraph": "\n", "period": "."}
_NOT_A_STOP = {"to", "should", "we", "i", "or", "must", "and", "full", "a", "the", "not", "do", "you", "they", "he", "she", "would", "can", "shall"}


def _spoken(word: str, before: str, dictated: bool) -> str:
    """The sign that a dictated word stands for, or the word itself."""
    if not dictated:
        return word
    if word == "stop" and (before == "full" or before not in _NOT_A_STOP):
        return "."
    return _SPOKEN.get(word, word)


def tokenise(folded: str) -> list[Token]:
    """The tokens of a folded message; `breaks` marks the end of a sentence."""
    tokens: list[Token] = []
    dashed = False
    dictated = " comma " in folded or "full stop" in folded
    for match in _TOKEN.finditer(folded):
        start, end = match.start(), match.end()
        text = _spoken(match.group(), tokens[-1].text if tokens else "", dictated)
        if dictated and text != match.group():
            tokens.append(Token("." if text == "\n" else text, start, end, text in (".", "\n", ";")))
            continue
        if text in _SILENT:
            dashed = dashed or text == '"' or (text == "-" and folded[start - 1 : start].isspace() and folded[end : end + 1].isspace())
            continue
        if text == "?" and (start == 0 or folded[start - 1] in " (\n,;:-/") and folded[end : end + 2].strip()[:1].isalnum():
            tokens.append(Token("query", start, end))
            continue
        breaks = text in _SENTENCE_END or (text == "." and _ends_sentence(folded, start, end, tokens))
        text = _WORDS.get(text, text) if text.endswith("ve") and text[0] in "+-" else text
        word = text.replace("'", "").replace(".", "") if text[0].isalpha() else text
        tokens.append(Token("." if text == "\n" else word, start, end, breaks, dashed))
        dashed = False
    return tokens


def _ends_sentence(folded: str, start: int, end: int, before: list[Token]) -> bool:
    quoted = folded[end : end + 1] in ("'", '"') and folded[end + 1 : end + 2].isspace()  # 'pneumonia resolved.' My note: ...
    if end < len(folded) and not folded[end].isspace() and not quoted:
        return False
    last = before[-1].text if before else ""
    return not (last in _ABBREVIATIONS and end < len(folded.rstrip()))


class Line:
    """Tokens joined by single spaces, with the way back from a character to its token.

    `names` may replace token ranges by one class word (`<abx>`); a replaced range counts as its first token.
    `mend` is asked for the spelling of every other word.
    """

    def __init__(self, tokens: list[Token], names: dict[int, tuple[int, str]] | None = None, mend: Callable[[str], str] = str) -> None:
        parts: list[str] = []
        self._starts: list[int] = []
        self._tokens: list[tuple[int, int]] = []
        position = index = 0
        while index < len(tokens):
            end, word = (names or {}).get(index, (index + 1, tokens[index].text))
            if names is None or index not in names:
                word = "." if tokens[index].text == "." and tokens[index].breaks else _WORDS.get(word) or mend(word)
            parts.append(word)
            self._starts.append(position)
            self._tokens.append((index, end))
            position += len(word) + 1
            index = end
        self.text = " ".join(parts)

    def token_range(self, start: int, end: int) -> tuple[int, int]:
        """The range of tokens under the characters [start, end) of `text`."""
        first = bisect_right(self._starts, start) - 1
        last = bisect_right(self._starts, max(start, end - 1)) - 1
        return self._tokens[first][0], self._tokens[last][1]
