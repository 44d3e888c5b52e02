"""Turns to Case: what clinicians type, read as a careful clinician reads it. Deterministic, offline, in milliseconds."""

from __future__ import annotations

from assistant.reading.reader import read

__all__ = ["read"]
