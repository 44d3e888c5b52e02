"""Evaluation from the command line: `python -m eval run SET.jsonl [...]`, offline, with no judge model.

Scores the decision of each labelled question against its gold (the formats of the question sets): the dangerous error
first, with the exact upper bound of its rate; then action, severity, restart and flags, and what was not scored.
Exit status 1 where a gate fails: any dangerous error, or an action score under `--fail-under`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.errors import HoldfastError
from assistant.reading import read
from assistant.records import Decision
from assistant.rules import decide

SETS = Path(__file__).parent / "sets"
# Said 'go on' or 'restart' where every acceptable answer holds; and 'no answer' where every acceptable answer holds.
_HOLDS, _GOES_ON, _NO_ANSWER = {"hold", "reassess"}, {"resume", "no_hold"}, {"inform", "out_of_scope"}


@dataclass(slots=True)
class Score:
    """Counts over one set; `confused` holds (gold, said) pairs, `dangerous` the ids of dangerous errors."""

    questions: int = 0
    unscored: int = 0
    right: Counter[str] = field(default_factory=Counter)
    scored: Counter[str] = field(default_factory=Counter)
    confused: Counter[tuple[str, str]] = field(default_factory=Counter)
    dangerous: list[str] = field(default_factory=list)
    missed: int = 0
    flags: Counter[str] = field(default_factory=Counter)


def upper_bound(errors: int, trials: int) -> float:
    """The exact (Clopper-Pearson) upper 95 % bound of a rate, one-sided; 1.0 for no trials."""
    from scipy.stats import beta

    return 1.0 if trials == 0 or errors == trials else float(beta.ppf(0.95, errors + 1, trials - errors))


def score_question(row: dict[str, Any], decision: Decision, score: Score) -> None:
    """Add one question to the score; a gold value of several alternatives is met by any of them."""
    gold = row["gold"]
    acceptable, said = set(gold["action"]), decision.action.value
    score.questions += 1
    score.scored["action"] += 1
    score.right["action"] += said in acceptable
    score.confused["/".join(sorted(acceptable)), said] += 1
    if acceptable <= _HOLDS and said in _GOES_ON:
        score.dangerous.append(str(row["id"]))
    score.missed += acceptable <= _HOLDS and said in _NO_ANSWER
    for name, value in (("severity", decision.severity), ("restart", decision.restart)):
        wanted = gold.get(name, [None])
        if wanted != [None]:
            score.scored[name] += 1
            score.right[name] += (value.value if value else None) in wanted
    wanted_flags, flags = set(gold.get("flags", [])), set(decision.flags)
    score.flags.update(both=len(wanted_flags & flags), missing=len(wanted_flags - flags), extra=len(flags - wanted_flags))


def score_set(path: Path) -> Score:
    """Read, decide and score one labelled set; a line that cannot be scored is counted and not averaged.

    Raises:
        HoldfastError: the file cannot be read, or holds no question that can be scored.
    """
    score = Score()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError as fault:
        raise HoldfastError(f"{path}: {fault.strerror}; check the path.") from None
    for line in filter(str.strip, lines):
        try:
            row = json.loads(line)
            turns = row.get("turns") or [row["question"]]
            decision = decide(read(turns))
            score_question(row, decision, score)
        except (ValueError, KeyError, TypeError, AttributeError):
            score.unscored += 1
    if not score.questions:
        raise HoldfastError(f"{path}: holds no labelled question; each line needs 'question' or 'turns', and 'gold'.")
    return score


def present(name: str, score: Score, seconds: float) -> str:
    """The score of a set in words, what could hurt a patient first."""
    both, missing, extra = (score.flags[k] for k in ("both", "missing", "extra"))
    lines = [
        f"{name}: {score.questions} questions, {score.unscored} not scored, {seconds:.1f} s",
        f"  dangerous (said go on or restart where it holds): {len(score.dangerous)}, upper 95 % bound {upper_bound(len(score.dangerous), score.questions):.1%}"
        + (f"  [{', '.join(score.dangerous)}]" if score.dangerous else ""),
        f"  hold missed (no decision given where it holds):   {score.missed}",
    ]
    lines += [f"  {key}: {score.right[key]}/{score.scored[key]} ({score.right[key] / score.scored[key]:.1%})" for key in ("action", "severity", "restart") if score.scored[key]]
    lines.append(f"  flags: F1 {2 * both / (2 * both + missing + extra):.1%}" if both + missing + extra else "  flags: none")
    wrong = sorted(((n, g, s) for (g, s), n in score.confused.items() if s not in g.split("/")), reverse=True)
    lines += [f"    gold {gold}, said {said}: {n}" for n, gold, said in wrong]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Score the sets named, or all of the project; 0 where all gates hold, 1 where one fails, 2 where it cannot run."""
    parser = argparse.ArgumentParser(prog="python -m eval", description="Scores labelled question sets, offline.")
    commands = parser.add_subparsers(metavar="COMMAND")
    run = commands.add_parser("run", help="score question sets (JSONL)")
    run.add_argument("sets", nargs="*", type=Path, metavar="SET.jsonl", help="default: the project's own build and held-back sets")
    run.add_argument("--fail-under", type=float, default=0.0, metavar="PERCENT", help="fail where fewer actions are right")
    options = parser.parse_args(list(arguments if arguments is not None else sys.argv[1:]) or ["run"])
    failed = False
    try:
        for path in options.sets or sorted([*(SETS / "build").glob("*.jsonl"), *(SETS / "held_back").glob("*.jsonl")]):
            began = time.perf_counter()
            score = score_set(path)
            print(present(f"{path.parent.name}/{path.stem}", score, time.perf_counter() - began), flush=True)
            failed |= bool(score.dangerous) or 100 * score.right["action"] / score.questions < options.fail_under
    except HoldfastError as fault:
        print(f"holdfast: {fault}", file=sys.stderr)
        return 2
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
