"""One run over sets: a dated folder that is filled as the run goes, so that a crash or Ctrl-C loses nothing.

    results.jsonl   one record for each item, in order        summary.json   all measures and gates
    summary.md      a block for a pull request                junit.xml      for CI
    report.html     self-contained, with plots                run.json       date, versions, timings: all that a clock touches

All but run.json, and the block of the report that shows it, are the same bytes for the same code, knowledge and sets.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from assistant import encoder
from assistant.files import replacing
from assistant.knowledge import HOME as KNOWLEDGE
from assistant.settings import ROOT
from eval import engine, gates
from eval.measures import summarise
from eval.sets import Item, QuestionSet
from eval.stats import quantile

Json = dict[str, Any]
HOME = Path(__file__).parent / "runs"
JOURNAL = "results.part.jsonl"
RESULTS = "results.jsonl"
Tell = Callable[[int, int], None]


def digest_of(folders: Sequence[Path], patterns: Sequence[str] = ("*.py", "*.yaml", "*.md", "*.json", "*.npy", "*.npz", "*.jsonl")) -> str:
    """SHA-256 over names and contents of the files in some folders."""
    whole = hashlib.sha256()
    for folder in folders:
        for path in sorted({p for pattern in patterns for p in folder.rglob(pattern)}):
            name = path.relative_to(folder)
            if name.parts[0] not in ("runs", "sets"):
                whole.update(f"{name}\x1f".encode() + path.read_bytes() + b"\x1e")
    return whole.hexdigest()


def stamp(sets: Sequence[QuestionSet]) -> Json:
    """What the results depend on: code, knowledge, the settings that change an answer, sets."""
    code = digest_of([ROOT / "assistant", ROOT / "eval"])
    used = engine.offline()
    settings = {"encoder": encoder.fingerprint(used.encoder), "jurisdiction": used.jurisdiction}
    return {"code_sha256": code, "knowledge_sha256": digest_of([KNOWLEDGE]), "settings": settings, "sets": {s.name: s.sha256 for s in sets}}


@contextmanager
def claimed(wanted: Json, home: Path = HOME) -> Iterator[tuple[Path, bool]]:
    """The folder to write to, ours alone while the block lasts: an unfinished run of the same stamp that nobody is at (then True), else a new one."""
    home.mkdir(parents=True, exist_ok=True)
    for folder in sorted(home.iterdir(), reverse=True):
        if _unfinished(folder, wanted):
            with _held(folder) as ours:
                if ours and _unfinished(folder, wanted):  # whoever was at it may just have finished
                    yield folder, True
                    return
    folder = _new(home)
    with _held(folder):
        (folder / "stamp.json").write_text(json.dumps(wanted), encoding="utf-8")
        yield folder, False


def _unfinished(folder: Path, wanted: Json) -> bool:
    return (folder / JOURNAL).is_file() and _json(folder / "stamp.json") == wanted


def _new(home: Path) -> Path:
    """A new folder named by the time; of two that start in the same second each gets its own."""
    name = datetime.now().strftime("%Y-%m-%dT%H-%M-%S")
    for number in itertools.count(1):
        folder = home / (name if number == 1 else f"{name}.{number}")
        with contextlib.suppress(FileExistsError):
            folder.mkdir()
            return folder
    raise AssertionError


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Whether the folder is this process's now; the lock goes with the process, so that a killed run can be gone on with."""
    lock = FileLock(folder / "lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        yield True
    finally:
        lock.release()
        (folder / "lock").unlink(missing_ok=True)


def finished(home: Path = HOME) -> list[Path]:
    """The complete runs, newest first."""
    return [f for f in sorted(home.iterdir(), reverse=True) if (f / "summary.json").is_file()] if home.is_dir() else []


def _json(path: Path) -> Json:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def line(record: Json) -> str:
    """A record as one line of JSON, keys in order."""
    return json.dumps(record, ensure_ascii=False, sort_keys=True, allow_nan=False)


def fill(folder: Path, items: Sequence[Item], workers: int, tell: Tell) -> list[Json]:
    """Answer and score what the journal does not hold yet; every record is on disk before the next is waited for."""
    done = _journal(folder / JOURNAL)
    left = [i for i in items if (i.set, i.id) not in done]
    with (folder / JOURNAL).open("a", encoding="utf-8") as journal:
        for record in _answered(left, workers):
            done[record["set"], record["id"]] = record
            journal.write(line(record) + "\n")
            journal.flush()
            tell(len(done), len(items))
    return [done[i.set, i.id] for i in items]


def _answered(items: Sequence[Item], workers: int) -> Iterator[Json]:
    """The records: first those of drafts, which need no vectors, while those of the questions are computed beside them."""
    drafts, questions = ([i for i in items if i.kind == kind] for kind in ("draft", "question"))
    if workers < 2 or len(drafts) < engine.FEW:
        engine.prepare(questions, workers)
        yield from engine.answers([*drafts, *questions], workers)
        return
    with ThreadPoolExecutor(1) as beside:
        prepared = beside.submit(engine.prepare, questions, workers)
        yield from engine.answers(drafts, workers)
        prepared.result()
    yield from engine.answers(questions, workers)


def _journal(path: Path) -> dict[tuple[str, str], Json]:
    """The records of a journal; a last line that was cut off in the middle is left out, and cut from the file."""
    if not path.exists():
        return {}
    return {(r["set"], r["id"]): r for r in whole_lines(path, cut=True)}


def whole_lines(path: Path, *, cut: bool = False) -> list[Json]:
    """The records of a file of JSON lines up to the first that is not whole; with `cut` the file ends there from now on.

    Raises:
        OSError: the file cannot be read.
    """
    found = []
    whole = 0
    for part in path.read_bytes().splitlines(keepends=True):
        try:
            record = json.loads(part)
        except ValueError:
            break
        if not part.endswith(b"\n"):
            break
        found.append(record)
        whole += len(part)
    if cut:
        os.truncate(path, whole)
    return found


def summary_of(sets: Sequence[QuestionSet], records: Sequence[Json], wanted: Json, bounds: Sequence[gates.Gate]) -> Json:
    """All measures, per set and over all, and the gates."""
    found: Json = {"stamp": wanted, "sets": {}, "all": {}}
    for one in sets:
        mine = [r for r in records if r["set"] == one.name]
        found["sets"][one.name] = {"held_back": one.held_back, **summarise(mine, len(one.unscored))}
        found["sets"][one.name]["unscored_lines"] = [{"line": n, "why": why} for n, why in one.unscored]
    found["all"] = summarise(records, sum(len(s.unscored) for s in sets))
    found["gates"] = [asdict(r) for r in gates.hold(bounds, found)]
    found["passed"] = all(g["holds"] for g in found["gates"])
    return found


def clocked(records: Sequence[Json], seconds: float) -> Json:
    """All that differs from run to run: date, machine, revision, latency, memory."""
    spent = {kind: [1000 * r["_seconds"] for r in records if r["kind"] == kind and "_seconds" in r] for kind in ("question", "draft")}
    latency = {k: {"n": len(v), "p50_ms": round(quantile(v, 0.5), 2), "p95_ms": round(quantile(v, 0.95), 2)} for k, v in spent.items() if v}
    return {
        "date": datetime.now().astimezone().isoformat(timespec="seconds"),
        "revision": revision(),
        "python": platform.python_version(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "seconds": round(seconds, 1),
        "latency": latency,
        "peak_mb": round(engine.peak_mb()),
        "tokens": 0,
    }


def revision() -> str:
    """The checkout's revision, with `+` where files differ from it; "" outside of one."""
    try:
        done = subprocess.run([shutil.which("git") or "git", "describe", "--always", "--dirty=+", "--exclude=*"], cwd=ROOT, capture_output=True, text=True, timeout=10, check=False)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def execute(sets: Sequence[QuestionSet], bounds: Sequence[gates.Gate], *, workers: int, tell: Tell, home: Path = HOME) -> tuple[Path, Json, Json]:
    """Run, or go on with, and write all results: the folder, the summary, what the clock says.

    Raises:
        KeyboardInterrupt: after what is done has been written down.
    """
    started = time.perf_counter()
    wanted = stamp(sets)
    with claimed(wanted, home) as (folder, resumed):
        if resumed:
            print(f"going on with {folder.name}", file=sys.stderr)
        records = fill(folder, [i for s in sets for i in s.items], workers, tell)
        clock = clocked(records, time.perf_counter() - started)
        plain = [_plain(r) for r in records]
        summary = summary_of(sets, plain, wanted, bounds)
        _write(folder, summary, plain, clock)
    return folder, summary, clock


def _plain(record: Json) -> Json:
    """A record without what the clock said."""
    return {k: v for k, v in record.items() if k != "_seconds"}


def _write(folder: Path, summary: Json, records: Sequence[Json], clock: Json) -> None:
    """Write all results; the summary last, by which a run is told to be whole."""
    from eval import report

    with replacing(folder / RESULTS) as file:
        file.writelines(line(r) + "\n" for r in records)
    report.write_all(folder, summary, records, clock)
    clock["fingerprint"] = fingerprint(folder)
    with replacing(folder / "run.json") as file:
        json.dump(clock, file, indent=1)
    with replacing(folder / "summary.json") as file:
        json.dump(summary, file, indent=1, sort_keys=True)
    for name in (JOURNAL, "stamp.json"):
        (folder / name).unlink()


def fingerprint(folder: Path) -> str:
    """SHA-256 of the results: equal for two runs of the same code, knowledge and sets."""
    return hashlib.sha256((folder / RESULTS).read_bytes()).hexdigest()
