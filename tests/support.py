"""What several tests share: a fake encoder, a scripted model server, and how to run the command line."""

from __future__ import annotations

import hashlib
import json
import math
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from langchain_core.embeddings import Embeddings

from assistant.knowledge import knowledge
from assistant.records import Asked, Case, Decision, Drug, Fact, Hit, Infection, Passage, Severity, Why, Words

ROOT = Path(__file__).resolve().parent.parent


class WordEmbedder(Embeddings):
    """Texts that share words are near each other: enough meaning for tests, in microseconds."""

    SIZE = 64

    def embed_query(self, text: str) -> list[float]:
        vector = [0.001] * self.SIZE
        for word in text.lower().split():
            vector[hashlib.sha256(word.encode()).digest()[0] % self.SIZE] += 1.0
        length = math.hypot(*vector)
        return [value / length for value in vector]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        return [self.embed_query(text) for text in texts]


class QuotedOnly:
    """A search that finds what the decision quotes, and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def search(self, question: str, decision: Decision) -> tuple[Hit, ...]:
        self.asked.append(question)
        return tuple(Hit(passage=knowledge().passages[quote.passage_id], score=0.5, why=Why.RULE) for quote in decision.quotes)


def case(infection: Infection, severity: Severity = Severity.UNSPECIFIED, **facts: object) -> Case:
    """A case that asks for a decision on pomalidomide 4 mg."""
    return Case(**{"asked": Asked.DECISION, "drug": Drug.POMALIDOMIDE, "dose_mg": 4.0, "infection": infection, "severity": severity, **facts})  # type: ignore[arg-type]


def named(*drugs: str) -> tuple[Fact, ...]:
    """Facts that name drugs in the question."""
    return tuple(Fact(name="antimicrobial", value=d, words=Words(turn=0, start=0, end=len(d), text=d)) for d in drugs)


def some_passages(count: int = 12) -> tuple[Passage, ...]:
    """Passages that differ in one word each."""
    kinds = ("fever", "renal", "dose", "elderly", "quinolone", "sepsis", "platelet", "lung", "skin", "bladder", "tooth", "sinus")
    return tuple(
        Passage(id=f"test:{n:03d}", source="test", text=f"What the source says about {kinds[n % len(kinds)]} number{n}", section=("Part", kinds[n % len(kinds)]))
        for n in range(count)
    )


def without_settings() -> dict[str, str]:
    """The environment without a developer's own HOLDFAST_ variables."""
    return {name: value for name, value in os.environ.items() if not name.startswith("HOLDFAST_")}


def run_assistant(*arguments: str, data: Path, environ: Mapping[str, str] | None = None, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run the command line in a process of its own, with its own data folder."""
    return run_python("-m", "assistant", *arguments, environ={"HOLDFAST_DATA": str(data), **(environ or {})}, stdin=stdin)


def run_python(*arguments: str, environ: Mapping[str, str] | None = None, stdin: str = "", home: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run Python from the project's root, or a copy of it; HOLDFAST_ variables of the outside are not passed on."""
    return subprocess.run([sys.executable, *arguments], cwd=home, env={**without_settings(), **(environ or {})}, input=stdin, capture_output=True, text=True, timeout=180, check=False)


# --------------------------------------------------------------------------- a model server on loopback


def event(text: str = "", finish: str | None = None, **more: object) -> str:
    """One server-sent event of a chat completion."""
    choice = {"index": 0, "delta": {"role": "assistant", "content": text, **more}, "finish_reason": finish}
    return "data: " + json.dumps({"id": "x", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}) + "\n\n"


DONE = "data: [DONE]\n\n"


@dataclass
class Script:
    """What the server does with each request, and the requests it saw."""

    reply: Callable[[BaseHTTPRequestHandler], None]
    requests: list[dict[str, object]] = field(default_factory=list)
    address: str = ""
    release: threading.Event = field(default_factory=threading.Event)


@contextmanager
def model_server(reply: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[Script]:
    """An OpenAI-compatible server on loopback that answers as `reply` does."""
    script = Script(reply)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True  # otherwise each call waits 40 ms for a delayed acknowledgement

        def do_POST(self) -> None:
            script.requests.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.close_connection = True
            with suppress(BrokenPipeError, ConnectionResetError):  # the client has given up, which is what some tests want
                script.reply(self)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    script.address = f"http://127.0.0.1:{server.server_port}/v1"
    try:
        yield script
    finally:
        script.release.set()
        server.shutdown()
        server.server_close()
        thread.join()


def send_events(handler: BaseHTTPRequestHandler, *events: str) -> None:
    """Answer 200 with a stream of events, whole or not: its end is the end of the connection."""
    handler.send_response(200)
    handler.send_header("Content-Type", "text/event-stream")
    handler.send_header("Connection", "close")
    handler.end_headers()
    for one in events:
        handler.wfile.write(one.encode())
        handler.wfile.flush()


def send_completion(handler: BaseHTTPRequestHandler, text: str, finish: str = "stop") -> None:
    """Answer 200 with a chat completion in one piece, as a server does that does not stream."""
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": finish}
    send_status(handler, 200, json.dumps({"id": "x", "object": "chat.completion", "created": 0, "model": "m", "choices": [choice]}))


def send_status(handler: BaseHTTPRequestHandler, status: int, body: str = '{"error": {"message": "no"}}', **headers: str) -> None:
    """Answer with a status and a JSON body."""
    handler.send_response(status)
    handler.send_header("Content-Type", "application/json")
    handler.send_header("Content-Length", str(len(body.encode())))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body.encode())
