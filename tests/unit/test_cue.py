"""Cue patterns: what they match, and that no match is lost by looking for their anchors first."""

from __future__ import annotations

import json

import pytest

from assistant.reading.cue import Anchored, Cue, anchors_of, compile_cue
from assistant.reading.lexicon import lexicon
from assistant.reading.reader import scans_of
from eval.sets import HOME


@pytest.mark.parametrize(("pattern", "anchors"), [
    ("no longer active", {"no longer active"}),
    ("(gone|went) away", {"away"}),
    ("(gone|went) up", {"gone", "went"}),
    ("(is |was )*over now", {"over now"}),
    ("antibiotics? (finished|done)", {"antibiotic"}),
    ("<abx> ~ (complete|over)", {"<abx>"}),
    ("(all )?(better|well)(?= now)", {"better", "well"}),
    ("it|(gone since)", {"it", "gone since"}),
    (r"\d+ ?/ ?(7|52)", set()),
    (r"(\S+ ){0,2}<num>", set()),
    ("<past> onwards", {"onwards"}),
    (r"[abc] (?:x|y)", set()),
    (r"(not|never) (treated|well)(?= [.,;)]|$| it)", {"treated", "well"}),
    (r"up(?=[)|] x)", {"up"}),
])  # fmt: skip
def test_anchors_are_what_every_match_holds(pattern: str, anchors: set[str]) -> None:
    assert anchors_of(pattern) == anchors


def test_a_line_without_an_anchor_is_not_tried() -> None:
    cue = compile_cue("(gone|went) away")
    assert cue.search("it is here") is None
    many = Anchored([(7, cue), (3, compile_cue("<num>")), (5, compile_cue("cough"))])
    assert sorted((n, m.group()) for n, m in many.matches("it has gone away , the cough went away")) == [(5, "cough"), (7, "gone away"), (7, "went away")]
    assert [n for n, _ in many.matches("on day 4")] == [3], "a cue without an anchor is always tried"
    assert list(Anchored([]).matches("it has gone away")) == []


def test_no_match_is_lost() -> None:
    lex = lexicon()
    cues: list[Cue] = [c for table in (lex.states, lex.severity, lex.intents) for kind in table.kinds.values() for c in (*kind.plain, *kind.classed)]
    assert sum(bool(c.anchors) for c in cues) > 0.95 * len(cues), "anchors spare most of the work"
    rows = [json.loads(line) for path in sorted((HOME / "build").glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()[::12]]
    lines = [line for row in rows for scan in scans_of(row.get("turns") or [row["question"]]) for line in (scan.plain.text, scan.classed.text)]
    assert len(lines) > 400
    lost = [(c.pattern, line) for c in cues for line in lines if not c.may_match(line) and c.compiled.search(line)]
    assert lost == []
