"""Notes beside an answer, and the switch between product labels."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from assistant.knowledge import knowledge
from assistant.screen import jurisdiction
from tests.page.conftest import asked, turns

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
    from assistant.screen import sources

    assert all(label["face"] for label in sources.labels().values())
    assert sources.references()["2"]["figures"][0]["verdict"] == "differs"
