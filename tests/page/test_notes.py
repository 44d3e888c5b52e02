"""Notes beside an answer, and the switch between product labels."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from assistant.knowledge import knowledge
from assistant.knowledge.entries import PASSED
from assistant.screen import clock, jurisdiction, sources
from assistant.screen.pages import sources as page_of_sources
from tests.page.conftest import asked, conversation, turns

Script = Callable[..., AppTest]

RESOLVED = "Severe pneumonia completely resolved, ANC 0.7, pomalidomide 3 mg held. Restart?"


def test_what_could_change_a_dose_stands_beside_the_answer_and_the_rest_in_the_panel(script: Script) -> None:
    notes = asked(script(), RESOLVED)["answer"]["notes"]
    always = [n["id"] for n in notes if n["always"]]
    assert always[0] == "N1" and {"D10", "D11"} <= set(always)
    assert {"D25", "D30"} <= {n["id"] for n in notes if not n["always"]}
    for note in notes:
        assert note["title"] and note["say"] and note["sure"]
        assert set(note["labels"]) <= {f"label:{name}" for name in knowledge().labels}


@pytest.mark.parametrize(("choice", "there", "absent"), [("US", "US", "EU"), ("EU", "EU", "US")])
def test_the_switch_shows_one_label_at_once_and_moves_no_decision(script: Script, choice: str, there: str, absent: str) -> None:
    app = script()
    before = asked(app, RESOLVED)["answer"]
    app.selectbox(key=jurisdiction.KEY).set_value(choice).run()
    after = turns(app)[-1]["answer"]
    assert after["card"] == before["card"]
    counts = next(n for n in after["notes"] if n["id"] == "D10")
    assert [name.split(":")[1].split(".")[0].upper() for name in counts["labels"]] == [there]
    text = " ".join(run.get("mark", "") for line in after["paragraphs"] for sentence in line for run in sentence["runs"])
    assert there in text and absent not in text


def test_the_switch_begins_with_the_setting_and_holds_for_the_next_question(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOLDFAST_JURISDICTION", "EU")
    app = script()
    assert app.selectbox(key=jurisdiction.KEY).value == "EU"
    assert "[US]" not in str(asked(app, RESOLVED)["answer"]["notes"])


def test_every_reference_and_label_carries_its_face() -> None:
    assert all(label["face"] for label in sources.labels(clock.today()).values())
    assert sources.references()["2"]["figures"][0]["verdict"] == "differs"


def test_once_its_day_has_passed_a_record_says_so_in_panel_and_sources_page_and_the_answer_stays(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    last = max(label.trusted_until for label in knowledge().labels.values() if label.trusted_until is not None)
    seen = {}
    for when, day in (("before", last), ("after", last + datetime.timedelta(days=1))):
        monkeypatch.setattr(clock, "today", lambda day=day: day)
        app = script()
        answer = asked(app, RESOLVED)["answer"]
        seen[when] = (conversation(app)["labels"]["label:us.counts"]["face"], answer)
        assert (PASSED in page_of_sources._labels()) == (when == "after")
    assert PASSED not in seen["before"][0] and seen["after"][0] == f"{seen['before'][0]} {PASSED}"
    assert seen["before"][1] == seen["after"][1], "no byte of the answer knows the clock"
