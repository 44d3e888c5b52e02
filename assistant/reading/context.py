"""What surrounds a mention: negation, doubt, hypothesis, history, another person; in the manner of ConText.

Cues, directions, terminators and reach are data (`knowledge/lexicon/context.yaml`).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import lru_cache

from assistant.reading.lexicon import Lexicon
from assistant.reading.text import Token, fold, tokenise

# A new subject ends what is said of somebody else; in the message of the patient, 'she' is somebody else herself.
_SUBJECTS = frozenset({"he", "she", "hes", "shes", "i", "im", "ive", "pt", "patient", "but", "him", ":", ";", "they", "me", "however", "my", "mine", "ours"})
_THIRD_PERSON = frozenset({"he", "she", "hes", "shes", "they", "him"})
_REPORTING = frozenset(
    "says said reports reported tells told thinks noticed noticing rang called calls writes wrote brought wants asks asked worried insists describes phoned messaged texted mentions swears found concerned keen".split()
)
_CLAUSE = 7  # the most words looked at for what a person reports
_PREDICATES = frozenset({"has", "had", "got", "is", "was", "now"})
_HOLDING = frozenset(
    "stop stopping stopped hold holding held pause pausing paused withhold withholding interrupt interrupting skip skipping delay delaying break suspend suspending".split()
)
_IS_NOT = frozenset({"isnt", "wasnt", "not"})
_COURSE = frozenset("any better much getting going improving responding healing clearing settling quite fully completely entirely yet really over gone clear resolved cleared healed under controlled treated too so all shifting".split())
_DENIES = frozenset({"denies", "denied", "deny", "denying"})
_MEMBER = 2  # the most words of a member of a list that is denied
_ENDS_A_MEMBER = frozenset({",", ".", ";", "or", "and", "/", ")"})
# Said of the patient in the midst of such a list: a finding and no member.
_TOLD_OF_HIM = frozenset("febrile pyrexial pyrexic spiking spiked rigoring rigored unwell poorly confused feverish breathless chesty congested coughing cellulitic shivering shivery".split())
_LIST_WORDS = frozenset({"or", "nor", "and", ",", "/", "&"})


@dataclass(frozen=True, slots=True)
class Cue:
    """A context cue at the tokens [first, last)."""

    scope: str
    after: bool
    first: int
    last: int
    word: str


@lru_cache(maxsize=4)
def _table(lexicon: Lexicon) -> dict[str, list[tuple[tuple[str, ...], str, bool]]]:
    """The context cues by their first word: all words, the scope, and whether it reaches back."""
    table: dict[str, list[tuple[tuple[str, ...], str, bool]]] = {}
    for name, scope in lexicon.scopes.items():
        for group, label, after in ((scope.before, name, False), (scope.after, name, True), (scope.pseudo, f"pseudo:{name}", False)):
            for words in (tuple(t.text for t in tokenise(fold(cue))) for cue in group):
                if words:
                    table.setdefault(words[0], []).append((words, label, after))
    return table


def _reports(tokens: list[Token], index: int, mentions: frozenset[int]) -> bool:
    """'wife says he is febrile', 'her daughter is a nurse and thinks': the person reports and is not the one who is ill."""
    for number, token in enumerate(tokens[index : index + _CLAUSE], index):
        if token.breaks or number in mentions or token.text == ",":
            return False
        if token.text in _REPORTING and (number < index + 2 or tokens[number - 1].text in ("and", "who")):
            return True
    return False


class Context:
    """The context cues of one message, and which of them reach a mention."""

    def __init__(self, tokens: list[Token], lexicon: Lexicon, mention_tokens: frozenset[int], *, patient_writes: bool = False) -> None:
        self._tokens = tokens
        self._subjects = _SUBJECTS - _THIRD_PERSON if patient_writes else _SUBJECTS
        self._lexicon = lexicon
        self._mentions = mention_tokens
        table = _table(lexicon)
        cues: list[Cue] = []
        for index, token in enumerate(tokens):
            # 'The grandchildren's chickenpox': a possessive is its person.
            possessive = token.text.endswith("s") and token.end - token.start > len(token.text) and index + 1 in mention_tokens
            owner = token.text[:-1] if possessive else token.text
            for words, scope, after in (*table.get(token.text, ()), *(table.get(owner, ()) if owner != token.text else ())):
                if len(words) == 1 or [t.text for t in tokens[index + 1 : index + len(words)]] == list(words[1:]):
                    if scope == "other_person" and not after and _reports(tokens, index + len(words), mention_tokens):
                        continue
                    if after and scope == "negation" and words[-1] in _IS_NOT and self._goes_on(index + len(words)):
                        continue
                    cues.append(Cue(scope, after, index, index + len(words), " ".join(words)))
        covered = {(c.scope, i) for c in cues if c.scope.startswith("pseudo:") for i in range(c.first, c.last)}
        kept = [c for c in cues if not c.scope.startswith("pseudo:") and not any((f"pseudo:{c.scope}", i) in covered for i in range(c.first, c.last))]
        # 'I cannot say that she is not infected': a denial that is itself refused denies nothing.
        refused = [c for c in kept if c.scope == "refutation"]
        reach = lexicon.scopes["refutation"].reach
        self._cues = [
            c
            for c in kept
            if c.scope != "negation" or c.after or not any(0 <= c.first - r.last <= reach and not self._ended(r.last, c.first) for r in refused)
        ]
        self._by_scope: dict[str, list[Cue]] = {}
        for cue in self._cues:
            self._by_scope.setdefault(cue.scope, []).append(cue)

    def reaching(self, scope: str, first: int, last: int, reach: int | None = None, *, for_state: bool = False) -> Cue | None:
        """The nearest cue of a scope that reaches the tokens [first, last), or None; `reach` in words replaces the scope's.

        `for_state`: the mention is a statement and no noun of a list, so that only a cue before it counts and a comma ends it.
        """
        limit = reach if reach is not None else self._lexicon.scopes[scope].reach
        best: Cue | None = None
        for cue in self._by_scope.get(scope, ()):
            if cue.after and cue.first >= last and not for_state:
                gap, span = cue.first - last, range(last, cue.first)
                allowed = min(limit, 4)
            elif not cue.after and cue.last <= first:
                gap, span = first - cue.last, range(cue.last, first)
                allowed = limit
            else:
                continue
            if gap <= allowed and not self._cut(cue, span, for_state) and (best is None or gap < min(abs(best.first - last), abs(first - best.last))):
                best = cue
        return best

    def is_mention(self, index: int) -> bool:
        """Whether the token is of an infection or a symptom."""
        return index in self._mentions

    def _goes_on(self, index: int) -> bool:
        """'The pneumonia is not any better': what is denied is how it runs, and not the pneumonia."""
        return index < len(self._tokens) and self._tokens[index].text in _COURSE

    def _is_bare_list(self, span: range) -> bool:
        """'Denies pain, drainage, fever.': short members between commas, and nothing told of the last one."""
        members = " ".join(self._tokens[i].text for i in span).split(" , ")
        following = self._tokens[span.stop + 1].text if span.stop + 1 < len(self._tokens) else "."
        return (
            all(len(member.split()) <= _MEMBER for member in members)
            and (self._tokens[span.stop].breaks or following in _ENDS_A_MEMBER)
        )

    def _ended(self, first: int, last: int) -> bool:
        return any(t.breaks for t in self._tokens[first:last])

    def _cut(self, cue: Cue, span: range, for_state: bool) -> bool:
        """Whether a terminator, or a comma that is not part of a list, ends the cue's reach within the span."""
        between = [self._tokens[i] for i in span]
        if cue.scope == "other_person":
            if any(a.text == "," and b.text in _PREDICATES for a, b in itertools.pairwise(between)) and cue.first and not self._tokens[cue.first - 1].breaks:
                return True  # 'lives with husband, has pneumonia': what follows is said of the patient again
            heads = cue.first == 0 or self._tokens[cue.first - 1].breaks  # 'Husband: C diff' is a line of his
            return any(t.breaks or t.text in self._subjects for n, t in enumerate(between) if n or not heads or t.text != ":")
        if not cue.after and any(self._tokens[i].dashed for i in (*span, span.stop)):
            return True
        if cue.scope == "negation" and not cue.after and any(t.text in _HOLDING for t in between):
            return True  # 'not going to stop her for a cold': it is the stop that is denied
        if cue.scope == "negation" and between and between[0].text == "," and cue.word == "no":
            return True
        if any(t.breaks or t.text in self._lexicon.terminators for t in between):
            return True
        if cue.scope == "negation" and any(self._tokens[i].text == "and" and i + 1 not in self._mentions and i + 1 < span.stop + 1 for i in span):
            return True
        if "," not in {t.text for t in between}:
            return False
        if cue.after or for_state:
            return True
        if cue.scope == "hypothetical":
            return False
        words = {t.text for t in between}
        tail = {t.text for t in self._tokens[span.stop : span.stop + 4]}
        if self._tokens[span.stop].text in _TOLD_OF_HIM and not words & {"or", "nor"}:
            return True
        listed = all(i in self._mentions or self._tokens[i].text in _LIST_WORDS for i in span)
        listed = listed or (cue.word in _DENIES and self._is_bare_list(span))
        return not (listed or words & {"or", "nor"} or (tail & {"or", "nor"} and cue.scope == "negation"))
