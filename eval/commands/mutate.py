"""`mutate`: are rules and checks noticed when they break?"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from assistant.errors import HoldfastError
from assistant.settings import ROOT
from eval import engine, sets

if TYPE_CHECKING:
    from eval import mutating

RULE_TESTS = ("tests/spec/test_decision_table.py", *(f"tests/spec/test_section_{n}.py" for n in ("2_decisions", "3_severity", "4_edges", "5_elements")))
CHECK_TESTS = tuple(sorted(str(p) for p in (ROOT / "tests" / "unit").glob("test_guardrail_*.py")))


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("what", choices=["rules", "checks", "all"], nargs="?", default="all")
    parser.add_argument("--only", default="", metavar="WORD", help="mutants whose group or change holds this word")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every so-manieth mutant alone, for a quick look")
    parser.add_argument("--quick", action="store_true", help="hold the checks against the tables of single sentences alone: what these kill, the whole kills, too")
    parser.add_argument("--at-least", type=float, default=95.0, metavar="PERCENT", help="fail where fewer are killed")
    parser.add_argument("--keep", type=Path, metavar="FILE.jsonl", help="write each fate down at once; the same command goes on from there")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (default: one for each core)")


def _nothing(mutant: object) -> bool:
    return False


def _notice(what: str) -> mutating.Notice:
    """Whether a labelled item of the project's sets notices a change of the rules or of the checks."""
    from eval import mutating  # needs pytest, which the other commands do without

    items = [i for path in sets.project_sets() for i in sets.load(path).items]
    if what == "rules":
        return mutating.Questions.of(engine.assistant(), items).notice
    return mutating.Drafts.of(engine.assistant(), items).notice


def run(options: argparse.Namespace) -> int:
    """0 where enough are killed, 1 where too many survive."""
    from eval import mutants, mutating

    journal = mutating.Journal(options.keep)
    fates: list[mutating.Fate] = []
    for what, made, tests in (("rules", mutants.all_rules, RULE_TESTS), ("checks", mutants.all_checks, CHECK_TESTS)):
        if options.what not in (what, "all"):
            continue
        chosen = [m for m in made() if options.only in f"{m.group} {m.what}"][:: options.every]
        quick = options.quick and what == "checks"
        notice = _nothing if quick else _notice(what)
        tests = tuple(t for t in tests if not quick or Path(t).name.startswith(mutating.FINE))
        print(f"{what}: {len(chosen)} mutants", file=sys.stderr)
        runner = mutating.hold(chosen, notice, tests, options.workers, mutating.progress, journal)
        if runner.broken or len(runner.fates) != len(chosen):
            raise HoldfastError(f"mutants of {what} could not be held against the tests: {runner.broken or 'pytest stopped early'}.")
        fates += runner.fates
    print(mutating.table(fates))
    return 0 if 100 * mutating.killed_share(fates) >= options.at_least else 1
