"""What may change in how a question is typed without changing its decision, and what no input may do to the reader."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.reading import read
from assistant.records import Action, Case
from assistant.rules import decide
from tests.support import ROOT

RUN = settings(max_examples=80, deadline=None, derandomize=True)
SET = ROOT / "eval" / "sets" / "build" / "development.jsonl"
QUESTIONS: list[tuple[str, list[str]]] = [
    (row["id"], row.get("turns") or [row["question"]]) for row in map(json.loads, SET.read_text(encoding="utf-8").splitlines()) if row
]  # fmt: skip

BRITISH = {
    "bacteraemia": "bacteremia", "septicaemia": "septicemia", "haemodialysis": "hemodialysis", "diarrhoea": "diarrhea", "dyspnoea": "dyspnea", "haematologist": "hematologist", "anaemia": "anemia",
    "hospitalised": "hospitalized", "colonised": "colonized", "oedema": "edema", "necrotising": "necrotizing", "dialysed": "dialyzed", "litre": "liter", "hypoxaemia": "hypoxemia",
}  # fmt: skip
BRANDS = {"pomalidomide": "Imnovid", "Imnovid": "pomalidomide", "imnovid": "pomalidomide", "Pomalyst": "Imnovid"}


def decided(turns: list[str]) -> tuple[object, ...]:
    """What a clinician would see differ: action, severity, restart, flags."""
    decision = decide(read(turns))
    return decision.action, decision.severity, decision.restart, frozenset(decision.flags)


@cache
def as_typed() -> dict[str, tuple[object, ...]]:
    """What is decided for each question as it stands."""
    return {name: decided(turns) for name, turns in QUESTIONS}


def swapped(text: str, table: dict[str, str]) -> str:
    """Each word of the table replaced by its counterpart, in one pass."""
    return re.sub("|".join(rf"\b{re.escape(word)}\b" for word in table), lambda m: table[m.group()], text)


def changed_by(change: Callable[[str], str]) -> tuple[int, list[str]]:
    """How many questions a change of typing touches, and the ids of those whose decision it moves."""
    plain = as_typed()
    touched, moved = 0, []
    for name, turns in QUESTIONS:
        other = [change(turn) for turn in turns]
        if other == turns:
            continue
        touched += 1
        if decided(other) != plain[name]:
            moved.append(name)
    return touched, moved


class TestTyping:
    """The decision is the same however a question is typed."""

    @pytest.mark.parametrize(("change", "at_least"), [
        pytest.param(lambda t: t.replace(" ", "  "), 200, id="double spaces"),
        pytest.param(lambda t: f"  {t} ", 200, id="spaces around"),
        pytest.param(lambda t: t.replace(" ", "\u00a0"), 200, id="spaces that do not break"),
        pytest.param(lambda t: t.replace("-", "\u2013"), 50, id="typographic dashes"),
        pytest.param(lambda t: t.replace("'", "\u2019"), 20, id="typographic apostrophes"),
        pytest.param(lambda t: t.replace("\n", "\r\n"), 1, id="line ends of Windows"),
    ])  # fmt: skip
    def test_spaces_and_signs_change_nothing(self, change: Callable[[str], str], at_least: int) -> None:
        touched, moved = changed_by(change)
        assert touched >= at_least
        assert moved == []

    def test_british_and_american_spelling_are_read_alike(self) -> None:
        there, back = changed_by(lambda t: swapped(t, BRITISH)), changed_by(lambda t: swapped(t, {a: b for b, a in BRITISH.items()}))
        assert there[0] + back[0] >= 8
        assert there[1] + back[1] == []

    def test_lower_case_is_read_alike_but_where_capitals_mean_something(self) -> None:
        meaning = re.compile(r"\b(?:Pd|PD|CAP|HAP|VAP|HZ|PCP|TB|Rd|RVd|VRd|DRd|KRd|Rev|PomD|Pom-d|AS|US|IT|ALL|OR|DIC)\b")
        touched, moved = changed_by(lambda t: t if meaning.search(t) else t.lower())
        assert touched >= 150
        assert moved == []

    def test_the_brand_and_the_generic_name_are_read_alike(self) -> None:
        touched, moved = changed_by(lambda t: swapped(t, BRANDS))
        assert touched >= 50
        assert moved == []

    def test_reading_again_gives_the_same(self) -> None:
        for _, turns in QUESTIONS[:60]:
            assert read(turns) == read(list(turns))


PIECES = st.sampled_from(
    "pneumonia UTI sepsis resolved not no yes pom pomalidomide 4 mg ANC 0.4 fever 38.5 ? . , ; ( ) [ ] : \n ICU IV oral antibiotics finished still husband if query "
    "hold restart 78M cipro bed 3 || Mr Jones CKD dialysis \u2013 \u2019 \u00e9 \u6f22 \U0001f912 \u0130 \u200b <!-- --> <script> 1,000 10^9/L x10^9 -> ~ ' \"".split(" ")
)


class TestAnyInput:
    """No input makes the reader raise, and what it cannot read never resumes."""

    @RUN
    @given(st.lists(st.text(max_size=200), min_size=1, max_size=3))
    def test_any_text_is_read(self, turns: list[str]) -> None:
        assert isinstance(read(turns), Case)

    @RUN
    @given(st.lists(st.lists(PIECES, max_size=40).map(" ".join), min_size=1, max_size=3))
    def test_clinical_words_in_any_order_are_read_with_their_words(self, turns: list[str]) -> None:
        case = read(turns)
        decide(case)
        for one in (case, *case.others):
            for fact in one.facts:
                assert turns[fact.words.turn][fact.words.start : fact.words.end] == fact.words.text

    @RUN
    @given(st.text(alphabet="abcdefghij 0123456789.,?!\n", max_size=300))
    def test_text_without_a_clinical_word_never_restarts_anything(self, text: str) -> None:
        assert decide(read([text])).action not in (Action.RESUME, Action.REASSESS)

    @pytest.mark.parametrize("text", [
        "", " ", "\n\n\n", "?", "[" * 400, "(" * 300 + ")" * 300, "9" * 500, "0" * 300, "," * 500, "no " * 300, "not " * 300, "no no no no", "resolved? " * 60, "if " * 200, "\x00\x01\x02",
        "\u202e\u200f\u200b" * 60, "\U0001f912" * 200, "e\u0301" * 200, "\u0130" * 200, "ANC " * 200, "ANC " + "9" * 400, "temp " + "1" * 300, "1/2/3/4/5/6" * 60, "." * 500, "pom" * 200, "-" * 500,
        "1,000," * 100, "1 000 " * 100, "0.0.0.0.0" * 50, "<!--" * 100, "<script>" * 100, "bed 1 bed 2 bed 3 " * 30, "Mr A has flu. " * 40, "a)" * 200, "\ud800",
    ], ids=lambda t: repr(t[:12]))  # fmt: skip
    def test_a_pathological_text_is_read(self, text: str) -> None:
        decide(read([text]))
        decide(read(["Pneumonia on pom", text]))

    @pytest.mark.parametrize("unit", [
        "pneumonia resolved on pom, ", "no ", "(", "[", "9", "9,", "ANC 0.3 -> ", "a", " ", "\n", "not yet resolved and ", "ANC was low and then ", "he said she said ", "1 000 ", "fever at 38 ",
        "eGFR of is was ", "kidneys are not ", "temp was is of at ", "?", "Mr Jones ", "\u6f22", "ab-", "platelets was is of ",
    ], ids=repr)  # fmt: skip
    def test_twenty_thousand_characters_are_read_within_a_second(self, unit: str) -> None:
        text = (unit * (20_000 // len(unit) + 1))[:20_000]
        read(["warm"])
        start = time.process_time()
        decide(read([text]))
        assert time.process_time() - start < 1.0

    def test_many_turns_are_read(self) -> None:
        turns = ["Pneumonia on pom, hold?", "still coughing", "better"] * 15
        assert decide(read(turns)).action is Action.HOLD
