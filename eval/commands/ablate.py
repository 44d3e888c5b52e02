"""`ablate`: one part left out at a time, on the same drafts, questions and passages."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from assistant.files import replacing
from assistant.records import Action, Decision
from assistant.wiring import passages
from eval import ablation, engine, model, retrieval, sets
from eval.commands.retrieval import ARTICLE

DEFAULT = (sets.HOME / "build" / "development.jsonl", sets.HOME / "drafts" / "development.jsonl")


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("sets", nargs="*", type=Path, metavar="SET.jsonl", help="questions and drafts (default: the development questions and drafts)")
    parser.add_argument("--drafts", type=Path, metavar="FILE.jsonl", help="drafts that `model --record` wrote down for questions of the sets: the arm 'prompt only'")
    parser.add_argument("--plot", type=Path, metavar="FILE.html", help="write the plots to a page")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace) -> int:
    """Always 0: the tables tell."""
    items = [i for path in options.sets or DEFAULT for i in sets.load(path).items]
    assistant, encoder = engine.assistant(), engine.KeptVectors(engine.offline())

    def default(text: str) -> list[str]:
        return [h.passage.id for h in assistant.retriever.search(text, Decision(action=Action.INFORM))]

    found = {
        "drafts": ablation.of_drafts(assistant, items),
        "model": ablation.of_model(assistant, model.as_set(options.drafts, [i for i in items if i.draft is None]).items if options.drafts else ()),
        "questions": ablation.of_questions(assistant, items),
        "retrieval": retrieval.measure(retrieval.from_set(ARTICLE, passages()), encoder, default),
    }
    print(json.dumps(found, indent=1) if options.json else ablation.tables(found))
    if options.plot:
        with replacing(options.plot) as file:
            file.write(ablation.plot(found))
    return 0
