"""`table`: print the whole decision table."""

from __future__ import annotations

import argparse
import sys

from eval.decision_table import whole


def arguments(parser: argparse.ArgumentParser) -> None:
    """The command takes none."""


def run(options: argparse.Namespace) -> int:
    """Always 0."""
    sys.stdout.write(whole())
    return 0
