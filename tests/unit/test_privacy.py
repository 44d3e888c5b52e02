"""What the page says of what leaves the machine."""

from __future__ import annotations

import json

import pytest

from assistant import reading
from assistant.knowledge import HOME
from assistant.privacy import brief, destination, disclosure
from assistant.records import Infection, Severity, Treatment
from assistant.settings import ROOT, Settings, switch_off_telemetry
from assistant.wiring import make_model

OWN = {"organism", "neutropenic fever", "infection", "quinolone", "other infection"}  # what the reading calls what has no entry


def test_without_a_model_nothing_leaves() -> None:
    assert disclosure(Settings(), {}) == "No model is used. Nothing leaves this machine."


@pytest.mark.parametrize(
    ("settings", "environ", "host"),
    [
        (Settings(model="openai:m"), {}, "api.openai.com"),
        (Settings(model="openai:m"), {"OPENAI_BASE_URL": "https://gateway.example/v1"}, "gateway.example"),
        (Settings(model="openai:m"), {"OPENAI_API_BASE": "https://one.example", "OPENAI_BASE_URL": "https://two.example"}, "one.example"),
        (Settings(model="openai:m", model_base_url="https://key:secret@own.example:8443/v1"), {}, "own.example:8443"),
        (Settings(model="anthropic:m"), {}, "api.anthropic.com"),
        (Settings(model="ollama:m"), {}, "127.0.0.1:11434"),
        (Settings(model="ollama:m"), {"OLLAMA_HOST": "gpu.example:11434"}, "gpu.example:11434"),
        (Settings(model="mistralai:m"), {}, ""),
    ],
)
def test_it_names_the_host_that_is_asked(settings: Settings, environ: dict[str, str], host: str) -> None:
    assert destination(settings, environ) == host


def test_it_says_what_is_sent_and_to_whom() -> None:
    told = disclosure(Settings(model="openai:m"), {})
    assert told == "Explained by openai:m. It is sent what was read from the question and the passages, not its words, to api.openai.com."
    told = disclosure(Settings(model="openai:m", send_question=True), {})
    assert "the question, with names, dates, numbers and addresses masked" in told
    assert "to its provider." in disclosure(Settings(model="mistralai:m"), {})


@pytest.mark.parametrize("address", ["http://127.0.0.1:8000/v1", "http://localhost:8000", "http://[::1]:8000"])
def test_a_model_on_this_machine_is_told_as_such(address: str) -> None:
    assert disclosure(Settings(model="openai:m", model_base_url=address), {}).endswith("Nothing leaves this machine.")


def test_a_host_that_looks_local_and_is_not_is_named() -> None:
    assert "to localhost.example:80" in disclosure(Settings(model="openai:m", model_base_url="http://localhost.example:80"), {})


@pytest.mark.parametrize("variable", ["", "OPENAI_API_BASE", "OPENAI_BASE_URL", "LANGSMITH_GATEWAY"])
def test_the_host_that_is_named_is_the_one_that_the_client_asks(variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_BASE", "OPENAI_BASE_URL", "LANGSMITH_GATEWAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", "not-a-key")
    if variable:
        monkeypatch.setenv(variable, "true" if variable == "LANGSMITH_GATEWAY" else "https://gateway.example/v1")
    switch_off_telemetry()
    settings = Settings(model="openai:m")
    asked = make_model(settings).root_client.base_url.host  # type: ignore[attr-defined]  # a ChatOpenAI has it
    assert destination(settings) == asked


def test_the_facts_that_are_sent_are_the_project_s_own_words_and_none_of_the_question_s() -> None:
    """A fact's value is a name from the lexicon, never a piece of what was typed: else a name could leave with it."""
    known = " ".join(path.read_text(encoding="utf-8").lower() for path in sorted((HOME / "lexicon").glob("*.yaml")))
    turns = [
        told.get("turns") or [told["question"]]
        for path in sorted((ROOT / "eval" / "sets" / "build").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if {"turns", "question"} & (told := json.loads(line)).keys()
    ]
    cases = [reading.read(one) for one in turns[::3]]
    values = {fact.value for case in cases for one in (case, *case.others) for fact in one.facts if isinstance(fact.value, str)}
    assert len(values) > 20
    fixed = {str(member) for kind in (Infection, Severity, Treatment) for member in kind}
    assert {value for value in values - fixed if value.lower() not in known} <= OWN


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (Settings(), "No model is used. Nothing leaves this machine."),
        (Settings(model="ollama:m"), "Nothing leaves this machine."),
        (Settings(model="openai:m"), "Facts and passages, not the question, go to api.openai.com."),
        (Settings(model="openai:m", send_question=True), "The masked question, facts and passages go to api.openai.com."),
        (Settings(model="mistralai:m"), "Facts and passages, not the question, go to the model's provider."),
        (Settings(model="ollama:m", other_models=("openai:n",)), "Facts and passages, not the question, go to the model's provider."),
    ],
)
def test_the_line_that_is_always_in_sight_says_it_in_brief(settings: Settings, told: str) -> None:
    assert brief(settings, {}) == told
