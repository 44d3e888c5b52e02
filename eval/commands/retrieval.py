"""`retrieval`: kinds of search side by side."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from assistant.index import embedded_text
from assistant.records import Action, Decision
from assistant.wiring import passages
from eval import engine, retrieval, sets

ARTICLE = sets.HOME / "retrieval" / "article.jsonl"


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("set", nargs="?", type=Path, default=ARTICLE, help="questions with passage labels (default: the article's own)")
    parser.add_argument("--pairs", type=Path, metavar="FILE", help="instead: pairs from outside, CSV or JSONL with 'question' and 'answer'")
    parser.add_argument("--most", type=int, default=2_000, metavar="N", help="of the pairs, at most so many")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Always 0: the table is for choosing, gates are for `run`."""
    encoder = engine.KeptVectors(engine.offline())
    task = retrieval.from_pairs(options.pairs, options.most) if options.pairs else retrieval.from_set(options.set, passages())
    if options.pairs:
        found = retrieval.measure(task, encoder)
    else:
        encoder.learn([*task.questions.values(), *(embedded_text(p) for p in task.passages), *(p.text for p in task.passages), *(q for qs in task.examples.values() for q in qs)])
        search = engine.assistant().retriever.search
        found = retrieval.measure(task, encoder, lambda text: [h.passage.id for h in search(text, Decision(action=Action.INFORM))])
    print(json.dumps(found, indent=1) if options.json else retrieval.table(found))
    if not options.json:
        print(f"\np: exact paired test of the first hit against the {'default' if 'default' in found['kinds'] else 'first kind'}.")
        print(f"not among the first five: {len(found['unfound'])} ({', '.join(found['unfound'][:30])})")
    return 0
