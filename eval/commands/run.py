"""`run`: score sets, write a folder of results, hold the gates."""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from eval import gates, model, repeating, report, runs, sets

TELL_EVERY = 2.0  # seconds


def arguments(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("sets", nargs="*", type=Path, metavar="SET.jsonl", help="questions or drafts (default: the project's own sets, the held-back ones left out)")
    parser.add_argument("--fail-under", type=float, default=0.0, metavar="PERCENT", help="fail where a set has fewer actions right")
    parser.add_argument("--gates", type=Path, default=gates.FILE, metavar="FILE", help="the gates to hold (default: eval/gates.yaml)")
    parser.add_argument("--held-back", action="store_true", help="score the held-back sets too; their texts are in no report")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N", help="processes (default: one for each core)")
    parser.add_argument("--into", type=Path, default=runs.HOME, metavar="FOLDER", help="where the dated folder is made (default: eval/runs)")
    parser.add_argument("--drafts", type=Path, metavar="FILE.jsonl", help="score the drafts that `model --record` wrote down for the questions of the sets, as the fixed ones")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="run N times, in processes of their own, and tell every byte that differs")


def run(options: argparse.Namespace) -> int:
    """0 where all gates hold (with --repeat: where all runs are alike), 1 where one does not."""
    if options.repeat > 1:
        return _repeat(options)
    bounds = list(gates.read(options.gates))
    chosen = [sets.load(path) for path in options.sets or sets.project_sets(held_back=options.held_back)]
    if options.drafts:
        chosen = [model.as_set(options.drafts, [i for s in chosen for i in s.items if i.draft is None])]
    if options.fail_under:
        bounds += [gates.Gate(set=s.name, measure="checks.action.share", at_least=options.fail_under / 100) for s in chosen if s.items[0].draft is None]
    folder, summary, clock = runs.execute(chosen, bounds, workers=options.workers, tell=progress(), home=options.into)
    print(told(summary, clock))
    print(f"\nresults: {folder}")
    return 0 if summary["passed"] else 1


def _repeat(options: argparse.Namespace) -> int:
    paths = [str(path.resolve()) for path in options.sets]
    given = [*paths, "--gates", str(options.gates.resolve()), "--fail-under", str(options.fail_under), "--into", str(options.into.resolve())]
    folders = repeating.repeat([*given, *(["--held-back"] if options.held_back else []), *(["--drafts", str(options.drafts.resolve())] if options.drafts else [])], options.repeat, options.workers)
    for folder in folders:
        clock = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        print(f"{folder.name}: {clock['seconds']} s, at most {clock['peak_mb']} MB, fingerprint {clock['fingerprint'][:16]}")
    found = [told for folder in folders[1:] for told in repeating.differences(folders[0], folder)]
    print("\n".join(found) or f"{len(folders)} runs gave the same bytes, the clock apart: {', '.join(repeating.COMPARED)}")
    return 1 if found else 0


def progress() -> runs.Tell:
    """Says now and then on stderr how far the run is."""
    told = time.monotonic()

    def tell(done: int, of: int) -> None:
        nonlocal told
        if time.monotonic() - told >= TELL_EVERY or done == of:
            told = time.monotonic()
            print(f"{done} of {of} ({done / of:.0%})", file=sys.stderr, flush=True)

    return tell


def told(summary: dict[str, Any], clock: dict[str, Any]) -> str:
    """The run in words, what could hurt a patient first."""
    lines = [f"dangerous (said go on or restart where it holds; let a critical error through): {report.danger_line(summary['all'])}", ""]
    for name, f in summary["sets"].items():
        lines.append(f"{name}: {f['questions'] + f['drafts']} items, {f['unscored']} not scored")
        lines.append(f"  dangerous: {report.danger_line(f)}")
        if f["questions"]:
            lines.append("  " + ", ".join(f"{r}: {f[r]['count']}/{f[r]['of']}" for r in ("missed", "bold", "overcautious")))
        checks = f["checks"] if f["questions"] else f.get("guardrail", {}).get("checks", {})
        lines += [f"  {m}: {c['hits']}/{c['trials']} ({report.percent(c['share'])})" for m, c in checks.items() if m in (*report.MAIN, "caught", "no_false_alarm", "good_kept")]
        if guarded := f.get("guardrail"):
            lines.append(f"  verdicts: {report.counts(guarded['verdicts'])}; without labels: {guarded['unlabelled']}, found in these: {report.counts(guarded['found_in_unlabelled'])}")
    failed = [g for g in summary["gates"] if not g["holds"]]
    lines += ["", f"gates: {len(summary['gates']) - len(failed)} of {len(summary['gates'])} hold"]
    lines += [f"  FAILS {g['set']} {g['measure']}: {g['found']}, must be {g['bound']}" for g in failed]
    spent = ", ".join(f"a {k} p50 {t['p50_ms']} ms, p95 {t['p95_ms']} ms" for k, t in clock["latency"].items())
    lines.append(f"{clock['seconds']} s, at most {clock['peak_mb']} MB, 0 tokens; {spent}; fingerprint {clock['fingerprint'][:16]}")
    return "\n".join(lines)
