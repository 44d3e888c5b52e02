"""A draft is cut with exact offsets, and its words are read as they are meant."""

from __future__ import annotations

import pytest

from assistant.guardrail.aims import direction
from assistant.guardrail.pieces import cut
from assistant.guardrail.readings import read
from assistant.guardrail.tokens import markers_of


def bodies(draft: str) -> list[str]:
    """The bodies of the pieces of a draft."""
    return [piece.body for piece in cut(draft)]


def test_every_piece_stands_in_the_draft_at_its_offsets() -> None:
    draft = "# Head\n\n1. One. Two; three.\n- [ ] Four [1]\n\n| a | b |\n|---|---|\n| c | d |\n<script>x</script> Five."
    assert all(draft[p.start : p.end] == p.text for p in cut(draft))


def test_abbreviations_and_decimals_do_not_end_a_sentence() -> None:
    assert bodies("C. difficile, e.g. after clindamycin. ANC 0.5 x10^9/L. Done.") == [
        "C. difficile, e.g. after clindamycin.",
        "ANC 0.5 x10^9/L.",
        "Done.",
    ]


def test_a_marker_after_the_full_stop_stays_with_its_sentence() -> None:
    assert bodies("Hold it. [1] Then wait.") == ["Hold it. [1]", "Then wait."]


def test_a_semicolon_parts_a_sentence_and_a_table_has_a_header() -> None:
    assert bodies("Stop; treat.") == ["Stop;", "treat."]
    assert [p.kind for p in cut("| a | b |\n|---|---|\n| c | d |")] == ["header", "rule", "row"]


@pytest.mark.parametrize(
    ("text", "markers"),
    [("x [1]", ("1",)), ("x [1, 3]", ("1", "3")), ("x [1-3]", ("1", "2", "3")), ("x [us]", ("US",)), ("- [x] done", ()), ("x【2†source】", ("2",))],
)
def test_markers_are_read_in_every_shape(text: str, markers: tuple[str, ...]) -> None:
    assert markers_of(text) == markers


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Stop pomalidomide.", "stop"),
        ("Do not stop pomalidomide.", "go"),
        ("There is no need to hold pomalidomide.", "go"),
        ("It would be wrong to stop pomalidomide.", "go"),
        ("It would not be wrong to stop pomalidomide.", "stop"),
        ("Pomalidomide should not be continued.", "stop"),
        ("Pomalidomide does not have to be interrupted.", "go"),
        ("Nothing speaks against continuing pomalidomide.", "go"),
        ("A hold is not required.", "go"),
        ("Stopping is unnecessary.", "go"),
        ("Hold off on resuming pomalidomide.", "norestart"),
        ("Keep it off.", "stop"),
        ("Bring pomalidomide back.", "restart"),
        ("It is too early to restart.", "norestart"),
        ("It is not too early to restart.", "restart"),
    ],
)
def test_negations_are_counted(text: str, meant: str) -> None:
    assert direction(next(o for o in read(text, "POM").orders if o.act in ("STOP", "GO", "RESTART"))) == meant
