"""Measures speed and memory: `python -m eval.benchmark`.

A warm process answers questions, and a plain LangChain retrieval chain over the same encoder and the same Chroma
(no reading, rules, guardrail or word search) does so in turn with it, so that both see the same machine. Then memory
over many questions; reading and the check of a draft alone, over texts of the question and draft sets that each come once;
and a fresh process up to its first answer with what that is spent on. Prints one table, or JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

# Written for this, with facts of every kind; no one's data.
QUESTIONS = (
    "78M on pom-dex, admitted with pneumonia on IV antibiotics, hold?",
    "Patient on pomalidomide 4 mg has cystitis, oral nitrofurantoin at home. Continue?",
    "Septic shock in ICU, on Imnovid 3 mg. What do we do with the pomalidomide now and later?",
    "Her mild sinusitis has completely resolved and antibiotics are finished. Which dose do we restart?",
    "Severe pneumonia resolved, off antibiotics for two weeks, CBC fine, was on 4 mg. Resume?",
    "ANC 0.4, temp 38.6, on DPd, cultures pending.",
    "What is the rate of grade 3/4 neutropenia with pomalidomide?",
    "Does pomalidomide need a dose change in renal impairment?",
    "Cellulitis improving on day 4 of flucloxacillin, may she restart tomorrow?",
    "81-year-old, on haemodialysis, urosepsis last month, now recovered, planned ciprofloxacin prophylaxis. Restart?",
    "Which antiemetic goes with daratumumab?",
    "Is permanent discontinuation better after recurrent infections?",
)
# A clinic letter of some 340 words without any infection, which makes a question a long note.
LETTER = (
    "Thank you for asking me to see this pleasant retired bus driver, whom I have known since 2017. Diagnosis: IgG kappa multiple myeloma, ISS stage 2, with a compression fracture of L1 at presentation. "
    "Previous treatment: VTD times four, autologous transplant with melphalan 200, then lenalidomide maintenance for 31 months until the paraprotein rose. Daratumumab, bortezomib and dexamethasone followed. "
    "Past history: hypertension, type 2 diabetes on diet alone, osteoarthritis of both knees, cataract surgery on the left, appendicectomy as a child, a fall in the garden with a Colles fracture. "
    "He lives with his wife in a bungalow, drives, does his own shopping and walks the dog twice a day. He stopped smoking at forty and has a glass of wine at the weekend. His brother had prostate cancer at seventy. "
    "Regular medicines: amlodipine 5 mg once daily, atorvastatin 20 mg at night, apixaban 2.5 mg twice daily, omeprazole 20 mg, calcium with vitamin D, zoledronic acid every four weeks, paracetamol as required. No known allergies. "
    "On examination he looked comfortable. Weight 81.4 kg, height 176 cm, blood pressure 138 over 76, pulse 72 and regular. No lymph nodes, no bruising, no oedema. Heart sounds normal, abdomen soft, spleen not felt. "
    "Power and sensation in the legs were normal, with slightly reduced vibration sense at both ankles, unchanged since the last visit. He performs at ECOG 1. "
    "Results: haemoglobin 108 g/L, MCV 94, calcium 2.31, albumin 38, urea 6.8, bilirubin 9, ALT 22, alkaline phosphatase 84, LDH 190, beta-2 microglobulin 3.1, paraprotein 14 g/L, kappa 212 mg/L, lambda 8 mg/L. "
    "Skeletal survey showed no new lesions. The bone marrow at relapse held 25 per cent plasma cells with gain of 1q and no deletion of 17p. An echocardiogram reported an ejection fraction of 58 per cent. "
    "We talked about his plans for the spring, his grandson's wedding and a trip to the coast, and about keeping up his exercise classes. He has the helpline number, and I have asked for his driving licence form to be completed. "
)
RESULTS = 8
PAGE = os.sysconf("SC_PAGE_SIZE")


def rss_mb() -> float:
    """Resident memory of this process in MB (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE / 1e6


def percentiles(seconds: Sequence[float]) -> dict[str, float]:
    """p50 and p95 in ms."""
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    return {"p50_ms": round(1000 * statistics.median(seconds), 2), "p95_ms": round(1000 * cuts[-1], 2)}


def plain_chain(data: Path, encoder_name: str) -> Callable[[str], Any]:
    """The usual retrieval chain: embed, search Chroma, join the passages into a prompt."""
    import chromadb
    from langchain_chroma import Chroma
    from langchain_core.documents import Document
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.runnables import RunnableLambda, RunnablePassthrough

    from assistant import collection, encoder, index

    folder = index.current(data)
    store = Chroma(client=chromadb.PersistentClient(path=str(folder)), collection_name=collection.NAME, embedding_function=encoder.load(encoder_name, data))

    def join(documents: list[Document]) -> str:
        return "\n\n".join(document.page_content for document in documents)

    prompt = ChatPromptTemplate.from_template("Answer from this context:\n{context}\n\nQuestion: {question}")
    chain = {"context": store.as_retriever(search_kwargs={"k": RESULTS}) | RunnableLambda(join), "question": RunnablePassthrough()} | prompt
    return chain.invoke


def measure_warm(rounds: int, memory: int) -> dict[str, Any]:
    """Latency of both in turn, then resident memory over `memory` further questions of ours."""
    from assistant import settings
    from assistant.wiring import build_assistant

    chosen = settings.read()
    assistant = build_assistant(chosen)
    assistant.answer([QUESTIONS[0]])
    plain = plain_chain(chosen.data, chosen.encoder)
    ours: list[float] = []
    theirs: list[float] = []
    for number in range(rounds + 2):
        for question in QUESTIONS:
            for work, into in ((lambda q: assistant.answer([q]), ours), (plain, theirs)):
                started = time.perf_counter()
                work(question)
                if number >= 2:  # two rounds to warm up
                    into.append(time.perf_counter() - started)
    levels = []
    for number in range(memory):
        assistant.answer([QUESTIONS[number % len(QUESTIONS)]])
        if number % 50 == 49:
            levels.append(rss_mb())
    settled = levels[len(levels) // 4 :]
    slope = statistics.linear_regression(range(len(settled)), settled).slope * 20
    a, b = percentiles(ours), percentiles(theirs)
    return {
        "answers": {"n": len(ours), **a},
        "plain_chain": {"n": len(theirs), **b},
        "ratio_p50": round(a["p50_ms"] / b["p50_ms"], 2),
        "memory": {"questions": memory, "rss_mb": round(levels[-1]), "slope_mb_per_1000": round(slope, 1)},
    }


def measure_parts() -> dict[str, Any]:
    """Reading of questions of 55 to 65 words, of the same in a note of 400 words, and of 20,000 characters; the check of drafts of 90 words and more."""
    from assistant import guardrail, reading, rules
    from assistant.composing import compose
    from eval.sets import HOME

    letter = LETTER.split()
    asked = [" ".join(turns) for row in _rows(HOME / "build") if len(turns := row.get("turns") or [row["question"]]) == 1 and 55 <= len(turns[0].split()) <= 65]
    notes = [" ".join([*letter[: 400 - len(one.split())], one]) for one in asked]
    longest = (" ".join(asked) * 9)[:20_000]
    reading.read([longest[:2000]])  # to warm up
    found: dict[str, Any] = {name: _timed(texts, lambda one: reading.read([one])) for name, texts in (("60 words", asked), ("400 words", notes), ("20,000 characters", [longest]))}
    drafts: list[tuple[str, dict[str, Any]]] = []
    for row in _rows(HOME / "drafts"):
        if len(row["answer"].split()) >= 90:
            turns = tuple(row.get("turns") or [row["question"]])
            case = reading.read(turns)
            decision = rules.decide(case)
            drafts.append((row["answer"], {"case": case, "decision": decision, "dictated": compose(case, decision), "question": "\n".join(turns)}))
    guardrail.check("Hold it until the infection has resolved.", **drafts[0][1])  # to warm up
    found["check of a draft"] = _timed(drafts, lambda draft: guardrail.check(draft[0], **draft[1]))
    return found


def _rows(folder: Path) -> list[dict[str, Any]]:
    """The records of a folder's sets, the held-back ones left out."""
    return [json.loads(line) for path in sorted(folder.glob("*.jsonl")) if not path.name.startswith("held_back") for line in path.read_text(encoding="utf-8").splitlines()]


def _timed(texts: Sequence[Any], work: Callable[[Any], Any]) -> dict[str, float]:
    """p50 and p95 in ms of some work on each text, and how many there are."""
    seconds = []
    for text in texts:
        started = time.perf_counter()
        work(text)
        seconds.append(time.perf_counter() - started)
    return {**(percentiles(seconds) if len(seconds) > 1 else {"p50_ms": round(1000 * seconds[0], 1)}), "n": len(seconds)}


STAGES = """
import time; started = time.perf_counter(); spent = {}
def stage(name):
    global started
    now = time.perf_counter(); spent[name] = round(now - started, 2); started = now
import gc; gc.disable()  # as `ask` does
from assistant import settings, index, encoder, wiring
settings.switch_off_telemetry(); chosen = settings.read(); stage("our modules")
assistant = wiring.build_assistant(chosen); assistant.decide(["Hold?"]); stage("knowledge and lexicon")
import langchain_chroma; stage("import langchain and chromadb")
import bm25s; stage("import bm25s")
model = encoder.begun(chosen.encoder, chosen.data)(); stage("hash and load the encoder (beside the imports in use)")
assistant.retriever.ready(); stage("open and verify the index")
assistant.answer(["78M on pom-dex, admitted with pneumonia on IV antibiotics, hold?"]); stage("first answer")
import json; print(json.dumps(spent))
"""


ENCODER = """
import json, statistics, sys, time
started = time.perf_counter()
from assistant import encoder, settings
from eval.benchmark import QUESTIONS, rss_mb
settings.switch_off_telemetry(); chosen = settings.read()
model = encoder.load(chosen.encoder, chosen.data) if sys.argv[1] == "everyday" else encoder.by_sentence_transformers(chosen.encoder)
model.embed_query(QUESTIONS[0]); first, first_cpu, spent, worked = time.perf_counter() - started, time.process_time(), [], []
for question in QUESTIONS * 20:
    began, cpu = time.perf_counter(), time.process_time(); model.embed_query(question)
    spent.append(time.perf_counter() - began); worked.append(time.process_time() - cpu)
print(json.dumps({"first_s": round(first, 2), "first_cpu_s": round(first_cpu, 2), "query_ms": round(1000 * statistics.median(spent), 1),
                  "query_cpu_ms": round(1000 * statistics.median(worked), 1), "rss_mb": round(rss_mb())}))
"""


def measure_encoders() -> dict[str, Any]:
    """For each way to run the encoder, in a process of its own: seconds to the first vector, milliseconds a query, memory."""
    return {
        way: json.loads(subprocess.run([sys.executable, "-c", ENCODER, way], stdout=subprocess.PIPE, check=True, text=True).stdout)
        for way in ("everyday", "sentence-transformers")
    }


def measure_start(repeats: int) -> dict[str, Any]:
    """From process start to the printed answer of `ask`, with the processor time of all its threads, and once by stages."""
    seconds, worked = [], []
    for _ in range(repeats):
        started, cpu = time.perf_counter(), _children_cpu()
        subprocess.run([sys.executable, "-m", "assistant", "ask", QUESTIONS[0]], stdout=subprocess.DEVNULL, check=True)
        seconds.append(time.perf_counter() - started)
        worked.append(_children_cpu() - cpu)
    spent = subprocess.run([sys.executable, "-c", STAGES], stdout=subprocess.PIPE, check=True, text=True).stdout
    return {
        "ask_s": [round(s, 2) for s in seconds],
        "median_s": round(statistics.median(seconds), 2),
        "cpu_s": [round(s, 2) for s in worked],
        "median_cpu_s": round(statistics.median(worked), 2),
        "spent_s": json.loads(spent),
    }


def _children_cpu() -> float:
    """Seconds of processor time of all processes that were waited for."""
    used = os.times()
    return used.children_user + used.children_system


def show(found: dict[str, Any]) -> str:
    """The figures as lines to read."""
    ours, theirs, memory, start = found["answers"], found["plain_chain"], found["memory"], found["start"]
    lines = [
        f"machine                 {found['machine']}",
        f"an answer, warm         p50 {ours['p50_ms']} ms, p95 {ours['p95_ms']} ms (n = {ours['n']})",
        f"plain retrieval chain   p50 {theirs['p50_ms']} ms, p95 {theirs['p95_ms']} ms (n = {theirs['n']})",
        f"ratio at p50            {found['ratio_p50']}",
        *(f"{name:23} p50 {part['p50_ms']} ms" + (f", p95 {part['p95_ms']} ms" if "p95_ms" in part else "") + f" (n = {part['n']})" for name, part in found["parts"].items()),
        f"memory                  {memory['rss_mb']} MB after {memory['questions']} questions, {memory['slope_mb_per_1000']:+} MB per 1,000",
        f"start to first answer   median {start['median_s']} s of {start['ask_s']}; processor {start['median_cpu_s']} s of {start['cpu_s']}",
        *(f"    {seconds:6.2f} s  {name}" for name, seconds in start["spent_s"].items()),
        "the encoder alone, in a fresh process:",
        *(f"    first vector {e['first_s']} s (processor {e['first_cpu_s']}), then {e['query_ms']} ms (processor {e['query_cpu_ms']}) a question, {e['rss_mb']} MB  {way}" for way, e in found["encoders"].items()),
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure all, print it."""
    parser = argparse.ArgumentParser(prog="python -m eval.benchmark", description="Measures speed and memory of the warm and of the fresh process.")
    parser.add_argument("--rounds", type=int, default=20, help="how often each of the questions is answered")
    parser.add_argument("--memory", type=int, default=1_000, help="over how many questions memory is watched")
    parser.add_argument("--starts", type=int, default=3, help="how many fresh processes")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args(arguments)
    found = measure_warm(options.rounds, options.memory)
    found["parts"] = measure_parts()
    found["start"] = measure_start(options.starts)
    found["encoders"] = measure_encoders()
    found["machine"] = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    print(json.dumps(found, indent=1) if options.json else show(found))
    return 0


if __name__ == "__main__":
    sys.exit(main())
