"""Holds mutants against the question sets, the drafts and the tests: a mutant that none of them notices survives.

Tests are collected once; each mutant is made in a fork of that process, so that nothing of it is left. First come the tests
that are plain functions of their parameters, those about the changed part before the others, called without pytest's protocol
(a tenth of a millisecond each instead of several); then the labelled items, then all other tests, up to the first that notices.
What does not depend on the changed module was read before the fork and is not read again. Each fate can be written down at
once, so that a measurement of hours that was interrupted goes on.
"""

from __future__ import annotations

import contextlib
import gc
import inspect
import io
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from assistant import composing, guardrail, rules
from assistant.errors import HoldfastError
from assistant.guardrail.cues import words_of
from assistant.knowledge import HOME as KNOWLEDGE
from assistant.pipeline import Assistant
from assistant.records import Case, Decision, Dictated
from assistant.settings import ROOT
from eval import runs
from eval.mutants import Mutant, remember_all
from eval.scoring import owed
from eval.sets import Item

KILLED_BY_ITEM, KILLED_BY_TEST, SURVIVED = 10, 11, 12
FINE = "test_guardrail_checks"  # files of single sentences against one check
TIMES = 10  # a mutant that takes this many times as long as the code without a change loops, and is killed by that
LEAST_SECONDS = 20.0  # and no less than this, whatever else the machine is busy with
Json = dict[str, Any]
Notice = Callable[[Mutant | None], bool]


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

    def notice(self, mutant: Mutant | None = None) -> bool:
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
    words: list[frozenset[str]] = field(default_factory=list)

    @classmethod
    def of(cls, assistant: Assistant, items: Sequence[Item]) -> Drafts:
        """The drafts, with what is right of each before any change."""
        made = cls([])
        for item in items:
            if item.draft is not None:
                case, decision = assistant.decide(item.turns)
                made.held.append((item, case, decision, composing.compose(case, decision)))
        made.right = [made.met(n) for n in range(len(made.held))]
        made.words = [frozenset(words_of("\n".join((*item.turns, str(item.draft))))) for item, *_ in made.held]
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

    def notice(self, mutant: Mutant | None = None) -> bool:
        """Whether one of them comes out worse now, of those that hold a word that the change is about."""
        words = mutant.words if mutant else frozenset()
        return any(was - self.met(n) for n, was in enumerate(self.right) if not words or words & self.words[n])


class Journal:
    """The fates that are known already, in a file that grows with each; without a file, in memory alone.

    Raises:
        HoldfastError: the file was written with other code, tests, knowledge or sets, or is none of fates.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self.known: dict[str, str] = {}
        if path is None:
            return
        stamp = {"code_sha256": runs.digest_of([ROOT / "assistant", ROOT / "eval", ROOT / "tests"]), "knowledge_sha256": runs.digest_of([KNOWLEDGE])}
        try:
            rows = runs.whole_lines(path, cut=True) if path.exists() else []
            if rows and rows[0] != stamp:
                raise HoldfastError(f"{path}: was written with other code, tests or knowledge; remove it, or name another file.")
            self.known = {r["mutant"]: r["by"] for r in rows[1:]}
            if not rows:
                path.write_text(runs.line(stamp) + "\n", encoding="utf-8")
        except (OSError, KeyError, TypeError):
            raise HoldfastError(f"{path}: holds no fates of mutants and cannot take any; name another file.") from None

    def write(self, mutant: Mutant, by: str) -> None:
        """Keep one fate."""
        self.known[mutant.name] = by
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(runs.line({"mutant": mutant.name, "by": by}) + "\n")


class Runner:
    """A pytest plugin: in the place of running the tests once, it runs them in a fork for each mutant."""

    def __init__(self, mutants: Sequence[Mutant], notice: Notice, workers: int, tell: Callable[[int, int, str], None], journal: Journal) -> None:
        self._mutants, self._notice, self._workers, self._tell, self._journal = mutants, notice, workers, tell, journal
        self._plain: list[pytest.Function] = []
        self._others: list[pytest.Item] = []
        self._limit = LEAST_SECONDS  # for the plain tests
        self.fates: list[Fate] = []
        self.broken = ""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Called by pytest with the collected tests."""
        if session.testsfailed:
            self.broken = "the tests cannot be collected"
            return True
        waiting = [m for m in self._mutants if m.name not in self._journal.known]
        done = len(self._mutants) - len(waiting)
        running: dict[int, tuple[Mutant, float]] = {}
        functions = [item for item in session.items if isinstance(item, pytest.Function)]
        self._plain = [item for item in functions if _is_plain(item)]
        plain = {id(item) for item in self._plain}
        self._others = [item for item in session.items if id(item) not in plain]
        remember_all()
        began = time.monotonic()
        self._limit = LEAST_SECONDS + TIMES * _seconds(lambda: _differs(self._plain))
        if waiting and (_differs(self._plain) or self._notice(None) or _fails(session, self._others)):  # which also fills what the forks remember
            self.broken = "items or tests fail without any change; mend that first"
        whole = LEAST_SECONDS + TIMES * (time.monotonic() - began)
        gc.freeze()
        while (waiting or running) and not self.broken:
            while waiting and len(running) < self._workers:
                mutant = waiting.pop(0)
                running[self._fork(mutant, session)] = (mutant, time.monotonic())
            pid, status = os.waitpid(-1, os.WNOHANG)
            if pid in running:
                mutant, _ = running.pop(pid)
                done += 1
                self._journal.write(mutant, _told(status))
                self._tell(done, len(self._mutants), self._journal.known[mutant.name])
            else:
                _end_the_endless(running, whole)
                time.sleep(0.005)
        self.fates = [Fate(m, self._journal.known[m.name]) for m in self._mutants] if not self.broken else []
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
        """In the fork: make the change, then look at tests and items until one notices."""
        mutant.apply()
        about = mutant.group.rpartition(" ")[2]
        signal.alarm(round(self._limit))
        if _differs(sorted(self._plain, key=lambda item: f"[{about}-" not in item.name)):
            return KILLED_BY_TEST
        signal.alarm(0)
        if self._notice(mutant):
            return KILLED_BY_ITEM
        return KILLED_BY_TEST if _fails(session, self._others) else SURVIVED


def _seconds(work: Callable[[], object]) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def _is_plain(item: pytest.Function) -> bool:
    """Whether a test is a function of its parameters alone, so that it can be called as one."""
    return not hasattr(item.obj, "hypothesis") and set(inspect.signature(item.obj).parameters) <= set(_parameters(item))


def _parameters(item: pytest.Function) -> dict[str, Any]:
    return dict(item.callspec.params) if hasattr(item, "callspec") else {}


def _differs(items: Sequence[pytest.Function]) -> bool:
    """Call plain tests up to the first that fails."""
    for item in items:
        try:
            item.obj(**_parameters(item))
        except Exception:  # a failed assertion, or whatever else a broken check brings out
            return True
    return False


def _fails(session: pytest.Session, items: Sequence[pytest.Item]) -> bool:
    """Run tests up to the first that fails."""
    for item in items:
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=None)
        if session.testsfailed:
            return True
    return False


def _end_the_endless(running: dict[int, tuple[Mutant, float]], limit: float) -> None:
    for pid, (_, began) in running.items():
        if time.monotonic() - began > limit:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, 9)


def _told(status: int) -> str:
    """How a fork ended, in words; "" for one that survived."""
    code = os.waitstatus_to_exitcode(status)
    return {KILLED_BY_ITEM: "item", KILLED_BY_TEST: "test", SURVIVED: ""}.get(code, "crash")


def hold(mutants: Sequence[Mutant], notice: Notice, tests: Sequence[str], workers: int, tell: Callable[[int, int, str], None], journal: Journal) -> Runner:
    """Hold all mutants against items and tests (paths below the project's root)."""
    runner = Runner(mutants, notice, workers, tell, journal)
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
    survivors = [f"- {f.mutant.name}" for f in fates if not f.by]
    return "\n".join([*lines, "", f"survivors: {len(survivors)}", *survivors])


def killed_share(fates: Sequence[Fate]) -> float:
    """The share of mutants that were noticed; 0.0 without any."""
    return sum(bool(f.by) for f in fates) / len(fates) if fates else 0.0


def progress(done: int, of: int, by: str) -> None:
    """Says on stderr now and then how far it is."""
    if done % 50 == 0 or done == of:
        print(f"{done} of {of}", file=sys.stderr, flush=True)
