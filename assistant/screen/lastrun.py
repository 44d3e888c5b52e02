"""What the last evaluation found, read from the files that it wrote; the app itself evaluates nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assistant.settings import ROOT

HOME = ROOT / "eval" / "runs"
# What a run must have scored to speak for the whole: a try of a single set does not.
CORE = frozenset({"build/development", "drafts/development", "adversarial/red_team"})
# From the worst; what is not listed failed in a label alone.
RISKS = ("dangerous", "missed", "bold", "false_alarm", "overcautious")
Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LastRun:
    """One finished run: all measures and gates, what the clock and the checkout said, and where it lies."""

    folder: Path
    summary: Json
    clock: Json

    def failures(self) -> list[Json]:
        """The items that erred in a direction, the worst first; of held-back sets none."""
        lines = (self.folder / "results.jsonl").read_text(encoding="utf-8").splitlines()
        found = [r for r in map(json.loads, lines) if r["risk"] and "trace" in r]
        return sorted(found, key=lambda r: (RISKS.index(r["risk"]) if r["risk"] in RISKS else len(RISKS), r["set"], r["id"]))


def last(home: Path = HOME, holding: frozenset[str] = frozenset()) -> LastRun | None:
    """The newest finished run that scored (at least) some sets, None where there is none."""
    for folder in sorted(home.iterdir(), reverse=True) if home.is_dir() else ():
        try:
            summary, clock = (json.loads((folder / name).read_text(encoding="utf-8")) for name in ("summary.json", "run.json"))
        except (OSError, ValueError):
            continue
        if not holding <= summary["sets"].keys():
            continue
        return LastRun(folder, summary, clock)
    return None


def danger(figures: Json) -> str:
    """The dangerous errors of questions in words, with their bound."""
    found = figures.get("dangerous", {"of": 0})
    return f"{found['count']} of {found['of']} (upper 95 % bound {100 * found['upper_95']:.1f} %)" if found["of"] else "none could occur"


def conformance(run: LastRun) -> str:
    """One line: when, on what, with which figures."""
    whole, gates, stamp = run.summary["all"], run.summary["gates"], run.summary["stamp"]
    checks = whole.get("checks", {})
    shares = ", ".join(f"{name} {100 * checks[name]['share']:.1f} %" for name in ("action", "severity", "restart") if checks.get(name, {}).get("trials"))
    hashes = f"code {stamp['code_sha256'][:12]}, knowledge {stamp['knowledge_sha256'][:12]}, results {run.clock['fingerprint'][:12]}"
    return (
        f"Evaluated on {run.clock['date'][:10]} with {whole['questions']} questions and {whole['drafts']} drafts: dangerous errors {danger(whole)}; {shares}; "
        f"{sum(g['holds'] for g in gates)} of {len(gates)} gates hold. Revision {run.clock['revision'] or 'unknown'}, Python {run.clock['python']}; {hashes}."
    )
