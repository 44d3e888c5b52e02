"""Settings: what the environment may say, and how it is told that it may not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant import settings
from assistant.errors import SettingsError
from assistant.settings import ROOT, Settings, read


def test_an_empty_environment_is_offline_without_a_model_and_keeps_its_data_in_the_checkout() -> None:
    kept = f"sqlite:///{ROOT / '.holdfast' / 'conversations.sqlite'}"
    assert read({}) == Settings(
        model="", model_base_url="", model_timeout=20.0, send_question=False, data=ROOT / ".holdfast", encoder="bundled", database=kept, other_models=()
    )


def test_nothing_is_kept_where_that_is_set_and_another_database_is_a_url() -> None:
    assert read({"HOLDFAST_DATABASE": "nothing"}).database == ""
    assert read({"HOLDFAST_DATABASE": "postgresql+psycopg://db/ward"}).database == "postgresql+psycopg://db/ward"


def test_a_database_that_is_no_url_is_not_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        read({"HOLDFAST_DATABASE": "user=ward password=hunter2"})
    assert "HOLDFAST_DATABASE: must be an SQLAlchemy URL" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_every_setting_is_read(tmp_path: Path) -> None:
    (tmp_path / "modules.json").write_text("[]")
    found = read(
        {
            "HOLDFAST_MODEL": "openai:gpt-x",
            "HOLDFAST_MODEL_BASE_URL": "http://127.0.0.1:8000/v1",
            "HOLDFAST_MODEL_TIMEOUT": " 7.5 ",
            "HOLDFAST_MODEL_OUTPUT": "Text",
            "HOLDFAST_MODEL_STREAM": "off",
            "HOLDFAST_MODEL_READS": "on",
            "HOLDFAST_SEND_QUESTION": "Yes",
            "HOLDFAST_DATA": str(tmp_path / "d"),
            "HOLDFAST_ENCODER": str(tmp_path),
            "HOLDFAST_DATABASE": "sqlite:////tmp/kept.sqlite",
            "HOLDFAST_OTHER_MODELS": "ollama:a, openai:b",
            "PATH": "is not ours",
        }
    )
    assert found == Settings(
        model="openai:gpt-x",
        model_base_url="http://127.0.0.1:8000/v1",
        model_timeout=7.5,
        model_output="text",
        model_stream=False,
        model_reads=True,
        send_question=True,
        data=tmp_path / "d",
        encoder=str(tmp_path),
        database="sqlite:////tmp/kept.sqlite",
        other_models=("ollama:a", "openai:b"),
    )


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("HOLDFAST_MODEL", "gpt-x", "HOLDFAST_MODEL: must be 'provider:name', for instance 'openai:gpt-4o-mini' or 'ollama:llama3.1'."),
        ("HOLDFAST_MODEL_TIMEOUT", "soon", "HOLDFAST_MODEL_TIMEOUT: must be a number of seconds from 1 to 600."),
        ("HOLDFAST_MODEL_TIMEOUT", "0.5", "HOLDFAST_MODEL_TIMEOUT: must be a number of seconds from 1 to 600."),
        ("HOLDFAST_MODEL_TIMEOUT", "nan", "HOLDFAST_MODEL_TIMEOUT: must be a number of seconds from 1 to 600."),
        ("HOLDFAST_SEND_QUESTION", "perhaps", "HOLDFAST_SEND_QUESTION: must be one of 1, on, true, yes (on) or 0, false, no, off (off)."),
        ("HOLDFAST_ENCODER", "/nowhere", "HOLDFAST_ENCODER: must be 'bundled' or a folder with a sentence-transformers model"),
        ("HOLDFAST_MODLE", "openai:x", "HOLDFAST_MODLE: nothing reads this; allowed are HOLDFAST_CHROMA, HOLDFAST_DATA, HOLDFAST_DATABASE, HOLDFAST_ENCODER, HOLDFAST_JURISDICTION, HOLDFAST_MODEL,"),
    ],
)
def test_what_cannot_be_used_is_refused_with_what_is_allowed(name: str, value: str, said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read({name: value})
    assert said in str(caught.value)


def test_all_faults_are_told_at_once_and_no_value_is_repeated() -> None:
    with pytest.raises(SettingsError) as caught:
        read({"HOLDFAST_MODEL": "sk-secret", "HOLDFAST_MODEL_BASE_URL": "sk-secret", "HOLDFAST_SEND_QUESTION": "sk-secret"})
    assert str(caught.value).startswith("3 setting(s) cannot be used:\n- ")
    assert "sk-secret" not in str(caught.value)


def test_an_address_without_a_model_is_refused() -> None:
    with pytest.raises(SettingsError, match="is set without HOLDFAST_MODEL"):
        read({"HOLDFAST_MODEL_BASE_URL": "http://127.0.0.1:1/v1"})


def test_tracing_and_telemetry_stay_off_whatever_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setenv("HF_HUB_OFFLINE", "0")
    settings.switch_off_telemetry()
    assert os.environ["LANGSMITH_TRACING"] == "false"
    assert os.environ["HF_HUB_OFFLINE"] == "1"


@pytest.mark.parametrize(("value", "code"), [("", ""), ("us", "US"), ("EU", "EU"), ("ch", "CH"), ("CA", "CA")])
def test_the_jurisdiction_is_one_whose_labels_are_on_record(value: str, code: str) -> None:
    assert settings.read({"HOLDFAST_JURISDICTION": value}).jurisdiction == code
    with pytest.raises(SettingsError, match="HOLDFAST_JURISDICTION: must be one of US, EU, CH, CA, or unset"):
        settings.read({"HOLDFAST_JURISDICTION": "Mars"})


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"HOLDFAST_MODEL_OUTPUT": "xml"}, "HOLDFAST_MODEL_OUTPUT: must be one of auto, text."),
        ({"HOLDFAST_MODEL_READS": "on"}, "HOLDFAST_MODEL_READS: a model can only read the question where HOLDFAST_MODEL names one and HOLDFAST_SEND_QUESTION allows it."),
        ({"HOLDFAST_MODEL_READS": "on", "HOLDFAST_MODEL": "openai:m"}, "HOLDFAST_MODEL_READS: a model can only read"),
        ({"HOLDFAST_MODEL_STREAM": "maybe"}, "HOLDFAST_MODEL_STREAM: must be one of"),
    ],
)
def test_what_a_model_may_do_is_checked(environ: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read(environ)
    assert said in str(caught.value)
