"""Search at size: builds shelves of 1,000 to 100,000 added passages and measures build, query, recall, memory and disk.

    python -m eval.scale [--sizes 1000 10000 100000] [--out docs/scale]

Texts and vectors are synthetic, since no corpus of that size comes with the project: each text is words drawn from the
knowledge and the build questions, by their frequency; each vector is that of a real passage or question with noise added
(cosine to it about 0.8). Questions are real and encoded by the real encoder. Every size runs in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings

from assistant import encoder, examples, wiring
from assistant import settings as environment
from assistant.collection import Place
from assistant.index import embedded_text
from assistant.knowledge import knowledge
from assistant.library import found
from assistant.library.loading import Loaded, Part
from assistant.library.shelf import Shelf
from assistant.pipeline import Assistant
from assistant.retrieval import Retriever
from assistant.settings import ROOT, Settings

SIZES = (1_000, 10_000, 30_000, 100_000)
SOURCES = 10
QUESTIONS = 200
NOISE = 0.75  # length of the noise beside a vector of length 1: the cosine becomes about 0.8
MARK = "synthetic" + "0" * 55
SETS = ROOT / "eval" / "sets" / "build"


class Synthetic(Embeddings):
    """Vectors of texts that nobody wrote: that of one of the `base` vectors, chosen by the text, with noise seeded by it."""

    def __init__(self, base: np.ndarray[Any, np.dtype[np.float32]]) -> None:
        self._base = base

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        rows = []
        for text in texts:
            random = np.random.default_rng(zlib.crc32(text.encode()))
            noise = random.standard_normal(self._base.shape[1])
            row = self._base[random.integers(len(self._base))] + NOISE * noise / np.linalg.norm(noise)
            rows.append(row / np.linalg.norm(row))
        return [row.tolist() for row in rows]


def questions() -> list[str]:
    """Real questions of the build sets, the last turn of each."""
    lines = [json.loads(line) for line in (SETS / "development.jsonl").read_text(encoding="utf-8").splitlines()]
    return [line.get("question") or line["turns"][-1] for line in lines]


def texts(count: int) -> list[str]:
    """Texts of some 60 words each, drawn by their frequency."""
    words = " ".join([*(p.text for p in knowledge().passages.values()), *questions()]).split()
    random = np.random.default_rng(7)
    return [" ".join(words[i] for i in random.integers(len(words), size=60)) + f" {n}" for n in range(count)]


def measure(size: int, home: Path) -> dict[str, Any]:
    """All figures of one size; seconds, milliseconds, megabytes."""
    import resource

    environment.switch_off_telemetry()
    settings = Settings(data=home)
    model = encoder.load(settings.encoder, environment.read().data)
    asked = questions()[:QUESTIONS]
    base = np.asarray(model.embed_documents([*(embedded_text(p) for p in knowledge().passages.values()), *asked]), dtype=np.float32)
    shelf, place, synthetic = Shelf(home), Place(home / "added" / ".search"), Synthetic(base)
    every = texts(size)
    started = time.perf_counter()
    with shelf.locked():
        for number in range(SOURCES):
            share = every[number * size // SOURCES : (number + 1) * size // SOURCES]
            parts = tuple(Part(text=text, section=("Part",), page=None) for text in share)
            shelf.add(Loaded(name=f"s{number}.txt", sha256=f"{number}", pages=0, parts=parts, withheld=0), synthetic, MARK, _quiet)
    written = time.perf_counter() - started
    first = found.opened(home, place, synthetic, MARK, _tell)
    built = time.perf_counter() - started
    assert first is not None
    started = time.perf_counter()
    found.opened(home, place, synthetic, MARK, _tell)
    reopened = time.perf_counter() - started
    store = wiring.ready_store(settings, model, _quiet)
    following = found.FollowingSearch(home, place, synthetic, MARK, _quiet)
    retriever = Retriever(store, model, wiring.passages(), examples.answered(), added=following)
    return {
        "passages": size,
        "load": round(os.getloadavg()[0], 1),
        "write_s": round(written, 1),
        "index_s": round(built - written, 1),
        "reopen_s": round(reopened, 2),
        **_queries(retriever, asked),
        "recall_at_10": _recall(shelf, place, model, asked),
        "memory_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        "disk_mb": round(sum(f.stat().st_size for f in home.rglob("*") if f.is_file()) / 1e6),
    }


def _queries(retriever: Retriever, asked: list[str]) -> dict[str, float]:
    """Milliseconds of a hybrid query, encoding included, over the knowledge and the added sources."""
    decided = [Assistant(retriever=retriever).decide([question])[1] for question in asked]
    spent, worked = [], []
    for question, decision in zip(asked, decided, strict=True):
        started, cpu = time.perf_counter(), time.process_time()
        retriever.search(question, decision)
        spent.append((time.perf_counter() - started) * 1000)
        worked.append((time.process_time() - cpu) * 1000)
    # Processor time beside the clock's: on a machine that is busy with other work, only the first says what a query costs.
    told = {"query_p50_ms": (spent, 50), "query_p95_ms": (spent, 95), "query_cpu_p50_ms": (worked, 50), "query_cpu_p95_ms": (worked, 95)}
    return {name: round(float(np.percentile(values, share)), 1) for name, (values, share) in told.items()}


def _recall(shelf: Shelf, place: Place, model: Embeddings, asked: list[str]) -> float:
    """The share of the ten truly nearest passages that Chroma's graph finds, over all questions."""
    sources = shelf.all()
    names = [f"added:{s.id}:{n}" for s in sources for n in range(s.passages)]
    matrix = np.concatenate([np.asarray(shelf.vectors(s)) for s in sources])
    held = place.collection(found.NAME, found.SPACE)
    hit = 0
    for question in asked:
        vector = np.asarray(model.embed_query(question), dtype=np.float32)
        true = {names[i] for i in np.argpartition(-(matrix @ vector), 10)[:10]}
        near = held.query(query_embeddings=vector[None, :], n_results=10, include=[])["ids"][0]
        hit += len(true & set(near))
    return round(hit / (10 * len(asked)), 4)


def _quiet(message: str, share: float) -> None:
    """Tell nobody."""


def _tell(message: str, share: float) -> None:
    print(message, file=sys.stderr, flush=True)


def plot(rows: list[dict[str, Any]]) -> str:
    """p50 and p95 of a query's processor time against the number of passages, as SVG: a logarithmic axis below, milliseconds at the side."""
    width, height, left, bottom = 640, 360, 60, 50
    top = max(60.0, *(row["query_cpu_p95_ms"] for row in rows)) * 1.1
    low, high = np.log10(rows[0]["passages"]), np.log10(rows[-1]["passages"])

    def at(passages: int, value: float) -> str:
        x = left + (np.log10(passages) - low) / max(high - low, 1e-9) * (width - left - 30)
        return f"{x:.1f},{height - bottom - value / top * (height - bottom - 30):.1f}"

    lines = [
        f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{" ".join(at(r["passages"], r[name]) for r in rows)}"/>'
        f'<text x="{width - 28}" y="{at(rows[-1]["passages"], rows[-1][name]).split(",")[1]}" text-anchor="end" dy="-6" fill="{colour}">{label}</text>'
        for name, label, colour in (("query_cpu_p50_ms", "p50", "#0b5d78"), ("query_cpu_p95_ms", "p95", "#a4511f"))
    ]
    bar = at(rows[0]["passages"], 60).split(",")[1]
    ticks = [f'<text x="{at(r["passages"], 0).split(",")[0]}" y="{height - bottom + 18}" text-anchor="middle">{r["passages"]:,}</text>' for r in rows]
    sides = [f'<text x="{left - 8}" y="{at(rows[0]["passages"], v).split(",")[1]}" text-anchor="end" dy="4">{v:.0f}</text>' for v in (0, 20, 40, 60)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" font-size="13"><rect width="100%" height="100%" fill="white"/>'
        f'<line x1="{left}" y1="{bar}" x2="{width - 30}" y2="{bar}" stroke="#999" stroke-dasharray="4 4"/>'
        + "".join([*lines, *ticks, *sides])
        + f'<text x="{width / 2}" y="{height - 8}" text-anchor="middle">added passages</text><text x="14" y="20">ms of processor time a query (60 ms is the bar)</text></svg>\n'
    )


def main() -> int:
    """Measure each size in a process of its own, print the table, write it and the plot."""
    parser = argparse.ArgumentParser(description="Measure search over 1,000 to 100,000 added passages.")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--out", type=Path, help="write OUT.json and OUT.svg")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        with tempfile.TemporaryDirectory() as home:
            print(json.dumps(measure(options.one, Path(home))))
        return 0
    rows = []
    for size in options.sizes:
        done = subprocess.run([sys.executable, "-m", "eval.scale", "--one", str(size)], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
        rows.append(json.loads(done.stdout.splitlines()[-1]))
        print(rows[-1], flush=True)
    if options.out:
        options.out.with_suffix(".json").write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
        options.out.with_suffix(".svg").write_text(plot(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
