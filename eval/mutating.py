"""Holds mutants against the question sets, the drafts and the tests: a mutant that none of them notices survives.

Tests are collected once; each mutant is made in a fork of that process, so that nothing of it is left. First come the tests
of single sentences (milliseconds), then the labelled items, then all other tests, up to the first that notices. What does
not depend on the changed module was read before the fork and is not read again.
"""

from __future__ import annotations

import contextlib
import gc
import io
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from assistant import composing, guardrail, rules
from assistant.pipeline import Assistant
from assistant.records import Case, Decision, Dictated
from assistant.settings import ROOT
from eval.mutants import Mutant, remember_all
from eval.scoring import owed
from eval.sets import Item

KILLED_BY_ITEM, KILLED_BY_TEST, SURVIVED = 10, 11, 12
FINE = "test_guardrail_checks"  # files of single sentences against one check
SECONDS = 120  # a mutant that takes longer than this loops, and is killed by that
Json = dict[str, Any]


@dataclass(slots=True)
class Fate:
    """What became of a mutant: killed by an item, by a test, by its own crash or endless loop, or survived."""

    mutant: Mutant
    by: str


@dataclass(slots=True)
class Questions:
    """Questions with their cases, read once; a mutant of the rules is noticed where a right answer becomes a wrong one."""

    cases: list[tuple[Item, Case]]
    right: list[frozenset[str]] = field(default_factory=list)

    @classmethod
    def of(cls, assistant: Assistant, items: Sequence[Item]) -> Questions:
        """The questions, with what is right of each before any change."""
        apart: dict[object, tuple[Item, Case]] = {}  # of questions that are alike to the rules and in their labels one is enough
        for item in items:
            if item.draft is None:
                case = assistant.decide(item.turns)[0]
                alike = (tuple(rules.fields_of(case).items()), tuple(map(str, case.others)), json.dumps(item.gold, sort_keys=True))
                apart.setdefault(alike, (item, case))
        made = cls(list(apart.values()))
        made.right = [_right(item, rules.decide(case)) for item, case in made.cases]
        return made

    def notice(self) -> bool:
        """Whether one of them comes out worse now."""
        return any(was - _right(item, rules.decide(case)) for (item, case), was in zip(self.cases, self.right, strict=True))


def _right(item: Item, decision: Decision) -> frozenset[str]:
    """Which labels a decision meets."""
    gold = item.gold
    said = {"action": decision.action.value, "severity": decision.severity and decision.severity.value, "restart": decision.restart and decision.restart.value}
    met = {name for name, value in said.items() if value in gold.get(name, [None])}
    met |= {"elements"} if owed(gold) <= set(decision.elements) else set()
    return frozenset(met | ({"flags"} if set(gold.get("flags", [])) == set(decision.flags) else set()))


@dataclass(slots=True)
class Drafts:
    """Labelled drafts with what the guardrail needs for each; a mutant is noticed where a right verdict becomes a wrong one."""

    held: list[tuple[Item, Case, Decision, Dictated]]
    right: list[frozenset[str]] = field(default_factory=list)

    @classmethod
    def of(cls, assistant: Assistant, items: Sequence[Item]) -> Drafts:
        """The drafts, with what is right of each before any change."""
        made = cls([])
        for item in items:
            if item.draft is not None:
                case, decision = assistant.decide(item.turns)
                made.held.append((item, case, decision, composing.compose(case, decision)))
        made.right = [made.met(n) for n in range(len(made.held))]
        return made

    def met(self, number: int) -> frozenset[str]:
        """Which labels the guardrail's verdict on one draft meets."""
        item, case, decision, dictated = self.held[number]
        assert item.draft is not None
        verdict = guardrail.check(item.draft, case=case, decision=decision, dictated=dictated, question="\n".join(item.turns))
        found = {f.check for f in verdict.findings}
        met = {f"finds.{e}" for e in item.gold.get("errors", []) if e in found}
        met |= {"verdict"} if verdict.outcome.value in item.gold.get("verdict", [verdict.outcome.value]) else set()
        met |= {f"gone {n}" for n, s in enumerate(item.gold.get("must_remove", [])) if s not in verdict.text}
        return frozenset(met | {f"kept {n}" for n, s in enumerate(item.gold.get("must_keep", [])) if s in verdict.text or verdict.outcome.value == "override"})

    def notice(self) -> bool:
        """Whether one of them comes out worse now."""
        return any(was - self.met(n) for n, was in enumerate(self.right))


class Runner:
    """A pytest plugin: in the place of running the tests once, it runs them in a fork for each mutant."""

    def __init__(self, mutants: Sequence[Mutant], notice: Callable[[], bool], workers: int, tell: Callable[[int, int, str], None]) -> None:
        self._mutants, self._notice, self._workers, self._tell = mutants, notice, workers, tell
        self.fates: list[Fate] = []
        self.broken = ""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Called by pytest with the collected tests."""
        if session.testsfailed:
            self.broken = "the tests cannot be collected"
            return True
        waiting = list(enumerate(self._mutants))
        running: dict[int, tuple[int, float]] = {}
        found: dict[int, str] = {}
        remember_all()
        if self._notice() or _fails(session, session.items):  # which also fills what the forks remember
            self.broken = "items or tests fail without any change; mend that first"
        gc.freeze()
        while (waiting or running) and not self.broken:
            while waiting and len(running) < self._workers:
                number, mutant = waiting.pop(0)
                running[self._fork(mutant, session)] = (number, time.monotonic())
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid in running:
                number, _ = running.pop(pid)
                found[number] = _told(status)
                self._tell(len(found), len(self._mutants), found[number])
            else:
                _end_the_endless(running)
                time.sleep(0.005)
        self.fates = [Fate(m, found[n]) for n, m in enumerate(self._mutants)] if not self.broken else []
        return True

    def _fork(self, mutant: Mutant, session: pytest.Session) -> int:
        pid = os.fork()
        if pid:
            return pid
        status = 1
        try:
            with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
                status = self._hold(mutant, session)
        finally:
            os._exit(status)

    def _hold(self, mutant: Mutant, session: pytest.Session) -> int:
        """In the fork: make the change, then look at items and tests until one notices."""
        mutant.apply()
        fine = [item for item in session.items if item.path.name.startswith(FINE)]
        if _fails(session, fine):
            return KILLED_BY_TEST
        if self._notice():
            return KILLED_BY_ITEM
        return KILLED_BY_TEST if _fails(session, [item for item in session.items if item not in fine]) else SURVIVED


def _fails(session: pytest.Session, items: Sequence[pytest.Item]) -> bool:
    """Run tests up to the first that fails."""
    for item in items:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        if session.testsfailed:
            return True
    return False


def _end_the_endless(running: dict[int, tuple[int, float]]) -> None:
    for pid, (_, began) in running.items():
        if time.monotonic() - began > SECONDS:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)


def _told(status: int) -> str:
    """How a fork ended, in words; "" for one that survived."""
    code = os.waitstatus_to_exitcode(status)
    return {KILLED_BY_ITEM: "item", KILLED_BY_TEST: "test", SURVIVED: ""}.get(code, "crash")


def hold(mutants: Sequence[Mutant], notice: Callable[[], bool], tests: Sequence[str], workers: int, tell: Callable[[int, int, str], None]) -> Runner:
    """Hold all mutants against items and tests (paths below the project's root)."""
    runner = Runner(mutants, notice, workers, tell)
    arguments = ["-q", "-x", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", "--hypothesis-seed=0", *(str(ROOT / t) for t in tests)]
    with contextlib.redirect_stdout(io.StringIO()):
        pytest.main(arguments, plugins=[runner])
    return runner


def table(fates: Sequence[Fate]) -> str:
    """Killed by what, per rule and check; survivors listed."""
    groups = list(dict.fromkeys(f.mutant.group for f in fates))
    lines = ["| changed | mutants | killed by a labelled item | by a test | by their own crash | survived | killed |", "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"]
    for name in [*groups, "all"]:
        mine = [f for f in fates if name in ("all", f.mutant.group)]
        counts = {by: sum(f.by == by for f in mine) for by in ("item", "test", "crash", "")}
        share = 1 - counts[""] / len(mine)
        lines.append(f"| {name} | {len(mine)} | {counts['item']} | {counts['test']} | {counts['crash']} | {counts['']} | {share:.1%} |")
    survivors = [f"- {f.mutant.group}: {f.mutant.what}" for f in fates if not f.by]
    return "\n".join([*lines, "", f"survivors: {len(survivors)}", *survivors])


def killed_share(fates: Sequence[Fate]) -> float:
    """The share of mutants that were noticed; 0.0 without any."""
    return sum(bool(f.by) for f in fates) / len(fates) if fates else 0.0


def progress(done: int, of: int, by: str) -> None:
    """Says on stderr now and then how far it is."""
    if done % 50 == 0 or done == of:
        print(f"{done} of {of}", file=sys.stderr, flush=True)
