"""`make`: question sets from tables, feedback and other sets; near-duplicates and leaks."""

from __future__ import annotations

import argparse
import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from assistant import settings as environment
from assistant.errors import HoldfastError
from assistant.files import replacing
from assistant.screen import exports
from assistant.storage import open_store
from eval import making, sets


def arguments(parser: argparse.ArgumentParser) -> None:
    """What can be made."""
    kinds = parser.add_subparsers(metavar="WHAT", required=True, dest="what")
    template = kinds.add_parser("template", help="an empty table for a clinician to fill in, with one example row")
    template.add_argument("out", type=Path, metavar="FILE.csv")
    table = kinds.add_parser("table", help="from a CSV file or spreadsheet")
    feedback = kinds.add_parser("feedback", help="from feedback: the page's file, or what is stored")
    for sub in (table, feedback):
        sub.add_argument("source", type=Path, nargs=None if sub is table else "?", help="FILE.csv, FILE.xlsx" if sub is table else "feedback.jsonl (default: the stored feedback)")
        sub.add_argument("--out", type=Path, required=True, metavar="SET.jsonl")
    for name, about in (("perturbed", "typos, abbreviations, units, British and American, case: same labels"), ("pairs", "one fact changed, with the label that it makes")):
        sub = kinds.add_parser(name, help=about)
        sub.add_argument("source", type=Path, metavar="SET.jsonl")
        sub.add_argument("--out", type=Path, required=True, metavar="SET.jsonl")
        sub.add_argument("--every", type=int, default=1, metavar="N", help="every so-manieth alone")
    leaks = kinds.add_parser("leaks", help="near-duplicates within sets, and leaks between build and held-back sets (ids only)")
    leaks.add_argument("sets", type=Path, nargs="*", help="default: the project's own, with the held-back ones")
    leaks.add_argument("--least", type=float, default=0.6, help="how alike, 0 to 1 (default 0.6)")


def run(options: argparse.Namespace) -> int:
    """0 where all went in, 1 where something did not, or leaks."""
    match options.what:
        case "template":
            return _template(options.out)
        case "table":
            return _write(options.out, *making.from_table(making.rows_of(options.source)))
        case "feedback":
            return _write(options.out, *making.from_feedback(_feedback(options.source)))
        case "leaks":
            return _leaks(options.sets or sets.project_sets(held_back=True), options.least)
        case _:
            return _derived(options)


def _template(out: Path) -> int:
    with replacing(out) as file:
        writer = csv.DictWriter(file, fieldnames=making.COLUMNS)
        writer.writeheader()
        writer.writerow(making.EXAMPLE)
    print(f"{out}: fill in a row for each question. Several values: parted by '/'. Turns of a conversation: a line '{making.NEXT_TURN}' between them. No restart: 'none'.")
    return 0


def _feedback(source: Path | None) -> list[dict[str, Any]]:
    if source is not None:
        try:
            return [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines() if line.strip()]
        except (OSError, ValueError) as fault:
            raise HoldfastError(f"{source}: cannot be read as JSON lines ({type(fault).__name__}).") from None
    database = environment.read().database
    if not database:
        raise HoldfastError("HOLDFAST_DATABASE keeps nothing, so there is no stored feedback; give the file that the page saved.")
    store = open_store(database)
    try:
        return [json.loads(line) for line in exports.question_set(store.feedback()).splitlines()]
    finally:
        store.close()


def _write(out: Path, made: list[dict[str, Any]], faults: Iterable[str] = ()) -> int:
    """Write what is right; tell what is not."""
    told = list(faults)
    for fault in told:
        print(fault)
    with replacing(out) as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in made)
    print(f"{out}: {len(made)} questions, {len(told)} fault(s)")
    return 1 if told else 0


def _derived(options: argparse.Namespace) -> int:
    if sets.is_held_back(options.source):
        raise HoldfastError(f"{options.source}: is held back, and what is made from it would show its texts.")
    make = making.perturbed if options.what == "perturbed" else making.paired
    items = [i for i in sets.load(options.source).items if i.draft is None]
    return _write(options.out, [row for item in items for row in make(item)][:: options.every])


def _leaks(paths: list[Path], least: float) -> int:
    """Leaks first; near-duplicates within the open sets after them. Texts are not printed."""
    held = [sets.load(p) for p in paths]
    found = [_leaked(held, kind, least) for kind in ("question", "draft")]
    return 1 if any(found) else 0


def _leaked(held: list[sets.QuestionSet], kind: str, least: float) -> int:
    """How many items of one kind leak; what was made from others on purpose is left out."""
    items = {h: [i for s in held if s.held_back is h for i in s.items if i.kind == kind and not {"perturbed", "pair"} & set(i.tags)] for h in (False, True)}
    leaks = making.near_duplicates(items[False], items[True], least)
    near = [n for n in making.near_duplicates(items[False], items[False], least) if n.one < n.other]
    print(f"{kind}s, leaks between open and held-back sets: {len(leaks)}")
    for n in leaks:
        print(f"  {n.alike:.2f} {n.one} {n.other}")
    print(f"{kind}s, near-duplicates within the open sets: {len(near)}, of which with different labels: {sum(not n.same_label for n in near)}")
    for n in near[:60]:
        print(f"  {n.alike:.2f} {n.one} {n.other}{'' if n.same_label else '  different label'}")
    return len(leaks)
