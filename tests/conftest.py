"""Fixtures that several tests use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant import settings
from tests.support import run_assistant

# Before any library is imported by a test: most of them read these names once, at import.
settings.switch_off_telemetry()


@pytest.fixture(autouse=True)
def no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """A developer's own HOLDFAST_ variables change no test."""
    for name in os.environ:
        if name.startswith(settings.PREFIX):
            monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def data_with_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the real index, built by the real command. Tests only read it."""
    data = tmp_path_factory.mktemp("data")
    done = run_assistant("index", "build", data=data)
    assert done.returncode == 0, done.stderr
    return data
