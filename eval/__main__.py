"""Evaluation from the command line: `python -m eval COMMAND`, offline, with no judge model.

Exit status: 0 all gates hold, 1 one does not (or a hole, a leak, a surviving mutant), 2 the command could not run,
130 interrupted (the same command goes on where it stopped).
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from assistant.errors import HoldfastError

COMMANDS = {
    "run": "score question sets and drafts: results, reports and gates in a dated folder",
    "compare": "two result folders, revisions or settings, case by case; what is newly unsafe first",
    "ablate": "leave out one part at a time: guardrail and its checks, parts of the reader, kinds of search",
    "make": "make question sets: from tables, feedback and other sets; find near-duplicates and leaks",
    "model": "write down what a configured model drafts, and score it from the file",
    "mutate": "break each rule and each check on purpose; lists what no question and no test notices",
    "table": "print the whole decision table, for review",
    "coverage": "which questions fire each rule and nearly fire it, which sentence stands behind it; prints the holes",
    "retrieval": "compare kinds of search on labelled questions",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; without any, `run` over the project's own sets."""
    parser = argparse.ArgumentParser(prog="python -m eval", description="Scores labelled questions and drafts, offline.")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    given = list(arguments if arguments is not None else sys.argv[1:]) or ["run"]
    for name, about in COMMANDS.items():
        sub = commands.add_parser(name, help=about, description=about.capitalize() + ".")
        if name in given[:1] or {"-h", "--help"} & set(given[:1]):  # modules are imported for the command that is run
            importlib.import_module(f"eval.commands.{name}").arguments(sub)
        sub.set_defaults(command=name)
    options = parser.parse_args(given)
    try:
        return int(importlib.import_module(f"eval.commands.{options.command}").run(options))
    except HoldfastError as fault:
        print(f"holdfast: {fault}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("interrupted; what is done is kept, and the same command goes on from there", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output has gone: no fault of ours
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
