"""The day of today, for what the page shows beside an answer; no answer depends on it."""

from __future__ import annotations

import datetime


def today() -> datetime.date:
    """The day by UTC."""
    return datetime.datetime.now(tz=datetime.UTC).date()
