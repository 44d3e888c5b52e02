"""A receipt: all that an answer rests on, in one file that can be replayed to the same bytes.

It holds the question's own words, and is written only where someone asks for it. Replaying reads the question anew,
decides, searches and checks the draft that was kept; no model is asked. No clock is in it.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from assistant import contract
from assistant.errors import HoldfastError
from assistant.files import replacing
from assistant.knowledge import HOME
from assistant.pipeline import Assistant
from assistant.records import Answer, Case, Claim, ClaimsRead, Decision, Draft, Hit, Words
from assistant.settings import ROOT

FORMAT = "holdfast-receipt/1"
MAX_BYTES = 16_000_000

_TIMES = ("id", "seconds", "first_sentence_seconds")  # what differs from one run to the next, and is no part of an answer
_LIBRARIES = ("chromadb", "bm25s", "numpy", "onnxruntime", "torch", "sentence-transformers", "langchain-core", "langchain-openai")
_SHOWN = 60  # characters of a value that differs

Json = dict[str, Any]


class ReceiptError(HoldfastError):
    """A file that is no receipt, or cannot be read or written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """What came of a replay: the size and hash of the receipt, and what differs (nothing where the bytes are the same)."""

    size: int
    sha256: str
    differs: tuple[str, ...] = ()


def receipt(answer: Answer) -> bytes:
    """The receipt of an answer, as the bytes of its file: UTF-8 JSON. The same answer gives the same bytes."""
    told = {name: value for name, value in contract.answer_record(None, answer).items() if name not in _TIMES}
    question = {"turns": list(answer.turns), "corrections": dict(answer.corrections), "jurisdiction": answer.jurisdiction}
    whole = {"format": FORMAT, "question": question, **told, "versions": _versions(), "hashes": _hashes()}
    return (json.dumps(whole, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def name_of(content: bytes) -> str:
    """A name for a receipt's file, from its content alone."""
    return f"holdfast-receipt-{hashlib.sha256(content).hexdigest()[:12]}.json"


def save(answer: Answer, target: Path) -> None:
    """Write the receipt of an answer.

    Raises:
        ReceiptError: the file cannot be written.
    """
    try:
        with replacing(target) as file:
            file.write(receipt(answer).decode())
    except OSError as fault:
        raise ReceiptError(f"{target}: {fault.strerror}; check the path and the free space.") from fault


def replay(source: Path, assistant: Assistant) -> Replay:
    """Answer a receipt's question anew with the draft that it keeps, and compare the receipts byte by byte.

    Raises:
        ReceiptError: the file cannot be read, or is no receipt.
        QuestionError: the question in it cannot be answered.
    """
    raw = _read(source)
    old = _parse(raw, source)
    found = replace(
        assistant,
        drafter=_Kept(old["draft"]) if old["draft"] else None,
        reader=_KeptReading(old["model_reading"]) if old["model_reading"] else None,
        jurisdiction=old["question"]["jurisdiction"],
    )
    if not old["passages"]:  # saved while search was out of reach: the answer is the rules' own
        found = replace(found, retriever=_NoSearch())
    fresh = receipt(found.answer(old["question"]["turns"], corrections=old["question"]["corrections"]))
    same = Replay(size=len(raw), sha256=hashlib.sha256(raw).hexdigest())
    if fresh == raw:
        return same
    differs = tuple(_differences(old, json.loads(fresh))) or ("the layout of the file (its content is the same)",)
    return replace(same, differs=differs)


def read(source: Path) -> Json:
    """The content of a receipt's file.

    Raises:
        ReceiptError: the file cannot be read, or is no receipt.
    """
    return _parse(_read(source), source)


class _Kept:
    """The draft that a receipt keeps, in place of a model."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._draft = Draft(**{**told, "strays": tuple(told["strays"])})

    def draft(self, case: Case, decision: Decision, hits: Sequence[Hit], question: str, heard: Callable[[str, bool], None] | None = None) -> Draft:
        return self._draft


class _KeptReading:
    """The reading of a model that a receipt keeps."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        claims = tuple(_claim(one) for one in told["claims"])
        self._read = ClaimsRead(claims=claims, model=told["model"], failure=told["failure"])

    def read(self, turns: Sequence[str]) -> ClaimsRead:
        return self._read


def _claim(one: Mapping[str, Any]) -> Claim:
    value = one["value"]
    words = Words(turn=one["turn"], start=one["start"], end=one["end"], text=one["text"])
    return Claim(name=one["name"], value=float(value) if isinstance(value, int) and not isinstance(value, bool) else value, words=words)


class _NoSearch:
    """Finds nothing."""

    def search(self, question: str, decision: Decision) -> tuple[Hit, ...]:
        return ()


def _read(source: Path) -> bytes:
    try:
        with source.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as fault:
        raise ReceiptError(f"{source}: {fault.strerror}.") from fault
    if len(raw) > MAX_BYTES:
        raise ReceiptError(f"{source}: has more than {MAX_BYTES:,} bytes and is no receipt.")
    return raw


def _parse(raw: bytes, source: Path) -> Json:
    """The content of a receipt, where it has all that a replay needs."""
    try:
        old = json.loads(raw.decode("utf-8"))
        if old["format"] != FORMAT:
            raise ReceiptError(f"{source}: is not of the form {FORMAT}.")
        turns, corrections, draft = old["question"]["turns"], old["question"]["corrections"], old["draft"]
        sound = isinstance(turns, list) and all(isinstance(turn, str) for turn in turns) and isinstance(corrections, dict)
        sound = sound and isinstance(old["passages"], list) and isinstance(old["question"]["jurisdiction"], str)
        sound = sound and (draft is None or bool(_Kept(draft))) and (old["model_reading"] is None or bool(_KeptReading(old["model_reading"])))
    except (ValueError, KeyError, TypeError, RecursionError):
        sound = False
    if not sound:
        raise ReceiptError(f"{source}: is no receipt of Holdfast; `ask --receipt FILE` and the page write them.")
    content: Json = old
    return content


def _differences(old: Any, new: Any, path: str = "") -> Iterator[str]:
    """Each place where two receipts differ, with what stood there and what stands there now."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys((*old, *new)):
            yield from _differences(old.get(key), new.get(key), f"{path}.{key}" if path else key)
    elif isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (before, after) in enumerate(zip(old, new, strict=True)):
            yield from _differences(before, after, f"{path}[{number}]")
    elif old != new or type(old) is not type(new):
        yield f"{path}: {_short(old)} became {_short(new)}"


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


@lru_cache(maxsize=1)
def _versions() -> Json:
    with (ROOT / "pyproject.toml").open("rb") as file:
        own = tomllib.load(file)["project"]["version"]
    return {"holdfast": own, "python": ".".join(map(str, sys.version_info[:2])), **{name: _version(name) for name in _LIBRARIES}}


def _version(name: str) -> str:
    try:
        return version(name).partition("+")[0]  # a CPU build is the same release
    except PackageNotFoundError:
        return ""


@lru_cache(maxsize=1)
def _hashes() -> Json:
    """What decides an answer besides the question: the program and what it knows."""
    program = ROOT / "assistant"
    return {"program": _tree(program, "*.py", "*.yaml"), "knowledge": _tree(HOME, "*.yaml", "*.md", "*.npy", "*.json", "*.jsonl")}


def _tree(folder: Path, *patterns: str) -> str:
    """One hash over names and contents of a folder's files."""
    whole = hashlib.sha256()
    for path in sorted({path for pattern in patterns for path in folder.rglob(pattern)}):
        whole.update(f"{path.relative_to(folder).as_posix()}\x1f{hashlib.sha256(path.read_bytes()).hexdigest()}\x1e".encode())
    return whole.hexdigest()
