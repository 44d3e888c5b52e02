"""Every question set has a card in eval/README.md: how many lines, what for, who may look, under which licence."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from assistant.settings import ROOT
from eval import sets
from eval.scoring import score
from tests.support import QuotedOnly

CARDS = [line for line in (ROOT / "eval" / "README.md").read_text(encoding="utf-8").splitlines() if line.startswith("| `sets/")]
AUDIENCES = ("anyone", "anyone who builds", "nobody while building", "as the held-back")


def _names(cell: str) -> Iterator[str]:
    """The files of a cell: `a/b1.jsonl` to `b3.jsonl` is three, and a name without a folder lies in the folder of the one before."""
    folder, last = "", ""
    for to, name in re.findall(r"(to )?`(?:sets/)?([\w/]+)\.jsonl`", cell):
        folder = name.rpartition("/")[0] or folder
        name = f"{folder}/{name.rpartition('/')[2]}"
        if to:
            yield from (f"{name[:-1]}{n}" for n in range(int(last[-1]) + 1, int(name[-1])))
        yield name
        last = name


def _sizes(cell: str, files: int) -> list[int]:
    """`3 x 100`, `390, 130`, `90 + 90` and `130 each`."""
    if cell.endswith(" each"):
        return [int(cell.removesuffix(" each"))] * files
    parts = [part.split(" x ") for part in re.split(r", | \+ ", cell)]
    return [int(part[-1]) for part in parts for _ in range(int(part[0]) if len(part) == 2 else 1)]


def _cards() -> Iterator[tuple[str, int]]:
    for line in CARDS:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        names = list(_names(cells[0]))
        yield from zip(names, _sizes(cells[1], len(names)), strict=True)


def test_every_set_has_one_card() -> None:
    assert sorted(name for name, _ in _cards()) == sorted(map(sets.name_of, sets.project_sets(held_back=True)))


@pytest.mark.parametrize(("name", "lines"), list(_cards()))
def test_the_size_on_a_card_is_the_number_of_lines(name: str, lines: int) -> None:
    assert sum(bool(line.strip()) for line in (sets.HOME / f"{name}.jsonl").read_bytes().splitlines()) == lines


@pytest.mark.parametrize("line", CARDS)
def test_a_card_says_what_for_who_may_look_and_under_which_licence(line: str) -> None:
    _, _, purpose, who, licence = (cell.strip() for cell in line.strip("|").split("|"))

    assert purpose
    assert who.startswith(AUDIENCES)
    assert licence == "MIT"


def test_a_held_back_set_s_card_says_that_nobody_looks() -> None:
    for line in CARDS:
        _, _, _, who, _ = (cell.strip() for cell in line.strip("|").split("|"))
        assert ("held_back" in line.split("|")[1]) == who.startswith(("nobody", "as the held-back")), line


def test_the_words_of_a_labelled_fact_stand_in_its_question() -> None:
    """Labels of single facts, by hand: enough of them, each fact on several items, the words as they were written."""
    items = sets.load(sets.HOME / "reading" / "facts.jsonl").items
    worded = [(i.text, label["words"]) for i in items for label in i.gold["read"].values() if isinstance(label, dict)]

    assert len(items) >= 80
    assert [words for text, words in worded if words.lower() not in text.lower()] == []


def test_single_facts_are_scored_with_their_words() -> None:
    from assistant.pipeline import Assistant

    item = next(i for i in sets.load(sets.HOME / "reading" / "facts.jsonl").items if i.id == "fct-031")
    checks = score(Assistant(retriever=QuotedOnly()), item)["checks"]

    assert {name: checks[name] for name in ("read.age", "words.age", "read.anc", "words.anc")} == {name: [1, 1] for name in ("read.age", "words.age", "read.anc", "words.anc")}
