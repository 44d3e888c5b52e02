"""`model`: write down a configured model's drafts, or score those that were."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from assistant import settings as environment
from assistant.wiring import build_assistant
from eval import engine, model, sets
from eval.commands.run import progress


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("sets", nargs="*", type=Path, default=[sets.HOME / "build" / "development.jsonl"], metavar="SET.jsonl", help="default: the development questions")
    kind = parser.add_mutually_exclusive_group(required=True)
    kind.add_argument("--record", type=Path, metavar="FILE.jsonl", help="ask the model of HOLDFAST_MODEL; goes on where it stopped")
    kind.add_argument("--replay", type=Path, metavar="FILE.jsonl", help="score what was recorded; asks no model")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Always 0."""
    items = [i for path in options.sets for i in sets.load(path).items if i.draft is None]
    if options.record:
        environment.switch_off_telemetry()
        model.record(build_assistant(environment.read()), items, options.record, progress())
        return 0
    found = model.measure(engine.assistant(), model.read(options.replay), items)
    print(json.dumps(found, indent=1) if options.json else model.table(found))
    return 0
