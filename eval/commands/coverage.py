"""`coverage`: rules, sentences and silences against the questions; holes are printed."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from eval import coverage, engine, sets


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("sets", nargs="*", type=Path, metavar="SET.jsonl", help="question sets (default: the project's own, the held-back ones left out)")
    parser.add_argument("--holes", action="store_true", help="print the holes alone")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """0 where there is no hole, 1 where there is one."""
    items = [i for path in options.sets or sets.project_sets() for i in sets.load(path).items if i.draft is None]
    found = coverage.measure(engine.assistant(), items)
    print(json.dumps(found, indent=1) if options.json else "\n".join(found["holes"] or ["no holes"]) if options.holes else coverage.table(found))
    return 1 if found["holes"] else 0
